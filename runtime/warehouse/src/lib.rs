//! Runs SQL where the data is.
