//! Plan to SQL text, one small file per dialect.
