//! Typed Liquid: parsed, checked against a scope, rendered.

mod data;
mod parse;
mod scope;
mod tree;

pub use data::{Data, Escape, Stop};
pub use parse::parse;
pub use tree::Template;
pub use scope::{Binding, Scope, Uses};
use persona_diagnostics::{FileId, Problems};

/// A template's text and where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file it lies in.
    pub file: FileId,
    /// Byte offset of `text` in that file.
    pub offset: u32,
    /// The template.
    pub text: &'a str,
    /// Whether literal text is that of a `"…"` string, where `\"`, `\\` and `\n` are escapes. Tags hold none.
    pub escapes: bool,
}

/// A checked template, ready to be rendered.
#[derive(Clone, Debug)]
pub struct Compiled {}

/// Checks.
pub fn check(_template: &Template, _scope: &dyn Scope, _escape: Escape, _problems: &mut Problems) -> (Compiled, Uses) {
    (Compiled {}, Uses::default())
}
/// Renders.
pub fn render(_template: &Compiled, _data: &dyn Data) -> Result<String, Stop> {
    Ok(String::new())
}
