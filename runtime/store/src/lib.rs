//! Durable state: what was decided, what was sent.
