//! `persona lsp`: the language server's wire. What is asked is answered by `persona-ide`.

mod answers;
mod capabilities;
mod convert;
mod documents;
mod server;
mod text;
mod wire;

use super::Outcome;

/// Speaks the language server protocol on standard input and output until told to end.
pub fn lsp() -> Outcome {
    server::serve()
}
