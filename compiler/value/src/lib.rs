//! Values and their types: what a cell of the warehouse, a field of an event and a merge tag hold.

mod decimal;
mod hidden;
mod total;
mod types;
mod value;

pub use decimal::{Decimal, OutOfRange};
pub use hidden::{MASK, hashed, masked};
pub use total::Total;
pub use types::{Currency, EnumType, Field, RecordType, Type};
pub use value::Value;
