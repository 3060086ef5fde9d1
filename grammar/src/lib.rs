//! The written law of the language.
