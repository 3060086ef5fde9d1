//! From rendered parts to a finished MIME message in an outbox.
