//! What a program means: its names resolved, its values typed, its promises checked.
//!
//! After [`build`] without errors nothing a user wrote is wrong any more: a violated assumption later is a bug of
//! ours, and says so.

mod beside;
mod build;
mod builtin;
mod doubt;
mod expr;
mod files;
mod flow;
mod freshness;
mod index;
mod infer;
mod load;
mod model;
mod named;
mod pattern;
mod places;
mod presence;
mod project;

pub use beside::{both, free};
pub use build::build;
pub use builtin::{EVENT_FIELDS, STAGE, TYPES};
pub use doubt::Doubt;
pub use expr::{
    Comparison, Expr, ExprKind, Function, ItemSource, Items, Length, Operation, Query, Sequence, Subject,
    Summary, Window,
};
pub use files::{Disk, Edited, Files};
pub use index::{Definition, Index, Reference, Symbol};
pub use infer::call::{functions, summarises};
pub use load::{Loaded, load, load_from, programs, read, understood};
pub use model::*;
pub use named::{Name, Named};
pub use project::{Delivery, Dialect, FILE as PROJECT_FILE, Project, Target, is_project};
