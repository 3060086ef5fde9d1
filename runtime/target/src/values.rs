//! Values as their types hold them.

use persona_value::{Type, Value};

/// A value as its type holds it: engines give whole numbers as decimals and decimals as whole numbers.
pub fn shaped(value: &Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::Int(n), Type::Decimal | Type::Money(_) | Type::Percent) => Value::Decimal((*n).into()),
        (Value::Decimal(d), Type::Int | Type::Duration) => {
            i64::try_from(d.trunc()).map_or(Value::Missing, Value::Int)
        }
        (value, _) => value.clone(),
    }
}

/// A count.
pub fn whole(value: &Value) -> i64 {
    match shaped(value, &Type::Int) {
        Value::Int(n) => n,
        _ => 0,
    }
}
