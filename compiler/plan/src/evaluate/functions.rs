//! The closed list of functions.

use md5::{Digest, Md5};
use persona_value::{Decimal, OutOfRange, Value, hashed, masked};

use crate::Function;

/// Its value for arguments of the right kinds, of which none is missing; `found` tells whether a pattern is
/// in a text. None if the arguments are of other kinds, which `check` has ruled out.
pub(super) fn call(function: &Function, args: &[Value], found: impl Fn(&str, &str) -> bool) -> Option<Value> {
    Some(match (function, args) {
        (Function::Lower, [Value::Text(text)]) => Value::text(text.to_ascii_lowercase()),
        (Function::Upper, [Value::Text(text)]) => Value::text(text.to_ascii_uppercase()),
        (Function::Trim, [Value::Text(text)]) => Value::text(text.trim_matches([' ', '\t', '\r', '\n'])),
        (Function::Length, [Value::Text(text)]) => int(text.chars().count()),
        (Function::Concat, texts) => {
            Value::text(texts.iter().map(Value::as_text).collect::<Option<Vec<_>>>()?.concat())
        }
        (Function::Contains, [Value::Text(text), Value::Text(part)]) => Value::Bool(text.contains(&**part)),
        (Function::StartsWith, [Value::Text(text), Value::Text(part)]) => {
            Value::Bool(text.starts_with(&**part))
        }
        (Function::EndsWith, [Value::Text(text), Value::Text(part)]) => Value::Bool(text.ends_with(&**part)),
        (Function::Matches { pattern }, [Value::Text(text)]) => Value::Bool(found(pattern, text)),

        (Function::Round { .. } | Function::Floor | Function::Ceil, [Value::Int(whole)]) => {
            Value::Int(*whole)
        }
        (Function::Round { places }, [Value::Decimal(d)]) => {
            ranged(Decimal::from_units(d.round(*places).units()))
        }
        (Function::Floor, [Value::Decimal(d)]) => whole(d.floor()),
        (Function::Ceil, [Value::Decimal(d)]) => whole(d.ceil()),
        (Function::Abs, [Value::Int(whole)]) => whole.checked_abs().map_or(Value::Missing, Value::Int),
        (Function::Abs, [Value::Decimal(d)]) => ranged(Decimal::from_units(d.units().abs())),

        (Function::Year, [Value::Date(date)]) => Value::Int(date.year().into()),
        (Function::Month, [Value::Date(date)]) => Value::Int(date.month().into()),
        (Function::Day, [Value::Date(date)]) => Value::Int(date.day().into()),
        (Function::Weekday, [Value::Date(date)]) => Value::Int(date.weekday().to_monday_one_offset().into()),
        (Function::DaysBetween, [Value::Date(later), Value::Date(earlier)]) => {
            Value::Int(later.duration_since(*earlier).as_hours() / 24)
        }

        (Function::Canonical, [value]) => Value::text(canonical(value)?),
        (Function::Md5, [Value::Text(text)]) => Value::text(hashed(text)),
        (Function::Masked, [Value::Text(text)]) => Value::text(masked(text)),
        (Function::Bucket { salt }, [Value::Text(id)]) => Value::Int(bucket(salt, id)),
        _ => return None,
    })
}

/// A value as text, the same in every engine.
fn canonical(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Int(whole) => whole.to_string(),
        Value::Decimal(decimal) => decimal.units().to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => {
            let since_midnight = time.duration_since(jiff::civil::Time::midnight());
            since_midnight.as_micros().to_string()
        }
        Value::Instant(instant) => instant.as_microsecond().to_string(),
        Value::Missing | Value::List(_) | Value::Record(_) => return None,
    })
}

/// The last 60 bits of the digest, modulo 10,000.
fn bucket(salt: &str, id: &str) -> i64 {
    let last =
        digest(&format!("{salt}:{id}"))[8..].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    ((last & ((1 << 60) - 1)) % 10_000) as i64
}

fn digest(text: &str) -> [u8; 16] {
    Md5::digest(text.as_bytes()).into()
}

fn int(count: usize) -> Value {
    i64::try_from(count).map_or(Value::Missing, Value::Int)
}

/// So many wholes as a decimal.
fn whole(number: i128) -> Value {
    number.checked_mul(1_000_000_000).map_or(Value::Missing, |units| ranged(Decimal::from_units(units)))
}

fn ranged(decimal: Result<Decimal, OutOfRange>) -> Value {
    decimal.map_or(Value::Missing, Value::Decimal)
}
