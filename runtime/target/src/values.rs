//! Values as engines give them.

use persona_value::Value;

/// A count.
pub fn whole(value: &Value) -> i64 {
    value.whole()
}
