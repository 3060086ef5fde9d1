//! What a program means: names, types, units, missing values, consent.
