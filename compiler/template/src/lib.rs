//! Typed Liquid: parsed, checked against a scope, rendered.
//!
//! [`parse`] never fails and keeps every place; [`check`] resolves names, types, missing values and the HTML around
//! each printed value, and yields a [`Compiled`] template; [`render`] fills in the values of one message.
//!
//! What it has beyond Liquid: `50 GBP` and `20%`; `customer in SEGMENT` and `x in list`; a bare name beside an enum is
//! its value; `{% block NAME %}` in layouts and `{% skip "reason" %}`. Where it differs on purpose: values are escaped
//! where they are printed; a comparison with nothing is false, also `nil == nil` of two values; of a `case` the first
//! part that fits is printed; a filter given nothing gives nothing; `{% include %}` is not to be had. [`render_untyped`]
//! is Liquid itself.

mod cell;
mod check;
mod choice;
mod clients;
mod code;
mod data;
mod elements;
mod filter;
mod html;
mod kept;
mod kind;
mod language;
mod length;
mod links;
mod markdown;
mod markup;
mod mjml;
mod page;
mod parse;
mod render;
mod scope;
mod show;
mod tree;
mod untyped;

use persona_diagnostics::FileId;

pub use check::check;
pub use check::filters;
pub use choice::{Choice, Condition, ConditionKind, Operand, Order, Way};
pub use clients::{Clients, check_clients};
pub use code::Compiled;
pub use data::{Data, Escape, Fallback, Filled, Stop};
pub use elements::check_elements;
pub use kept::{Elements, Kept, ReadAs};
pub use language::{Language, closest, plural_forms};
pub use length::{Least, Most};
pub use links::check_links;
pub use mjml::check_mjml;
pub use parse::{parse, tags};
pub use render::{fill, render};
pub use scope::{Binding, Given, Mention, Mentioned, Scope, Uses, Wording};
pub use tree::Template;
pub use untyped::render_untyped;

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
