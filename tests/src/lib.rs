//! Integration tests: language documents, dialects, end to end.
