//! What becomes of data: how long it is kept.

use std::sync::Arc;

use persona_diagnostics::Span;

use crate::Length;

/// How long the events of a kind are kept.
#[derive(Clone, Debug)]
pub struct Retention {
    /// The event.
    pub event: Arc<str>,
    /// How long after they happened; then they are erased.
    pub keep: Length,
    /// Where it is declared.
    pub span: Span,
}
