//! Typed Liquid: parsed, checked against a scope, rendered.
