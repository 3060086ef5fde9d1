//! The shop of the tests of templates: its names, and one customer's values.
#![allow(missing_docs)]

#[path = "../../../compiler/template/tests/shop/mod.rs"]
mod of_templates;

pub use of_templates::{ada, checked};
