//! What a problem is, and how it is told.
//!
//! A check builds the facts of one problem (a type in [`catalogue`]) and reports it to [`Problems`]; the words
//! live beside the facts, the drawing lives in [`render`]. Nothing else in the compiler writes a sentence a user
//! reads about their program.

pub mod catalogue;
pub mod fix;
mod groups;
mod problem;
pub mod render;
mod source;
mod suggest;

pub use problem::{Allowed, Code, Fix, Help, Label, Problem, Problems, Report, Severity, Told};
pub use source::{FileId, Location, SourceFile, Sources, Span};
pub use suggest::{slip, suggest};
