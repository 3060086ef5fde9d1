//! A source's column given a type: the rules stand at [`Scalar::Read`](crate::Scalar::Read).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use persona_value::{Decimal, Type, Value};

use super::kind::Kind;
use super::zones;

/// What text is read without.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The value a raw one has as this type, or missing.
pub(super) fn read(raw: &Value, ty: &Type, zone: &TimeZone) -> Value {
    if raw.as_text().is_some_and(str::is_empty) {
        return Value::Missing;
    }
    let value = match Kind::of(ty) {
        Some(Kind::Text) => text(raw, ty).map(Value::text),
        Some(Kind::Int) => int(raw).map(Value::Int),
        Some(Kind::Decimal) => decimal(raw).map(Value::Decimal),
        Some(Kind::Bool) => truth(raw).map(Value::Bool),
        Some(Kind::Date) => date(raw).map(Value::Date),
        Some(Kind::Time) => time(raw).map(Value::Time),
        Some(Kind::Instant) => instant(raw, zone).map(Value::Instant),
        Some(Kind::List | Kind::Record | Kind::Raw) | None => None,
    };
    value.unwrap_or(Value::Missing)
}

fn text(raw: &Value, ty: &Type) -> Option<String> {
    let text = match raw {
        Value::Text(text) => text.to_string(),
        Value::Int(whole) => whole.to_string(),
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Instant(instant) => {
            let shown = TimeZone::UTC.to_datetime(*instant);
            format!("{} {}", shown.date(), shown.time())
        }
        Value::Missing | Value::List(_) | Value::Record(_) => return None,
    };
    match ty {
        Type::Enum(closed) if closed.rank(&text).is_none() => None,
        _ => Some(text),
    }
}

fn int(raw: &Value) -> Option<i64> {
    match raw {
        Value::Int(whole) => Some(*whole),
        Value::Decimal(decimal) if decimal.round(0) == *decimal => i64::try_from(decimal.trunc()).ok(),
        Value::Text(text) => {
            let text = text.trim_matches(BLANK);
            let (whole, part) = text.split_once('.').unwrap_or((text, ""));
            part.bytes().all(|digit| digit == b'0').then(|| whole.parse().ok())?
        }
        _ => None,
    }
}

fn decimal(raw: &Value) -> Option<Decimal> {
    match raw {
        Value::Int(whole) => Some(Decimal::from(*whole)),
        Value::Decimal(decimal) => Some(*decimal),
        Value::Text(text) => text.trim_matches(BLANK).parse().ok(),
        _ => None,
    }
}

fn truth(raw: &Value) -> Option<bool> {
    match raw {
        Value::Bool(truth) => Some(*truth),
        Value::Text(text) => text.trim_matches(BLANK).to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

fn date(raw: &Value) -> Option<Date> {
    match raw {
        Value::Date(date) => Some(*date),
        Value::Instant(instant) => Some(TimeZone::UTC.to_datetime(*instant).date()),
        Value::Text(text) => Some(Written::parse(text)?.date),
        _ => None,
    }
}

fn time(raw: &Value) -> Option<Time> {
    match raw {
        Value::Time(time) => Some(*time),
        Value::Text(text) => time_of_day(text.trim_matches(BLANK)),
        _ => None,
    }
}

fn instant(raw: &Value, zone: &TimeZone) -> Option<Timestamp> {
    let instant = match raw {
        Value::Date(date) => zones::start_of_day(*date, zone),
        Value::Instant(instant) => zones::instant(TimeZone::UTC.to_datetime(*instant), zone),
        Value::Text(text) => match Written::parse(text)? {
            Written { date, time: None, .. } => zones::start_of_day(date, zone),
            Written { date, time: Some(time), offset: None } => zones::instant(date.to_datetime(time), zone),
            Written { date, time: Some(time), offset: Some(offset) } => {
                offset.to_timestamp(DateTime::from_parts(date, time)).ok()?
            }
        },
        _ => return None,
    };
    let micros = TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Floor);
    Some(instant.round(micros).unwrap_or(instant))
}

/// A point in time as text shows it.
struct Written {
    date: Date,
    time: Option<Time>,
    offset: Option<Offset>,
}

impl Written {
    /// `2011-12-01`, `2011-12-01 09:00`, `2011-12-01T09:00:00.25+01:00`.
    fn parse(text: &str) -> Option<Written> {
        let text = text.trim_matches(BLANK);
        let (day, rest) = text.split_at_checked(10)?;
        let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
        let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        if rest.is_empty() {
            return Some(Written { date, time: None, offset: None });
        }
        let rest = rest.strip_prefix(['T', ' '])?;
        let (clock, offset) = match rest.find(['Z', '+', '-']) {
            Some(at) => (&rest[..at], Some(offset(&rest[at..])?)),
            None => (rest, None),
        };
        Some(Written { date, time: Some(time_of_day(clock)?), offset })
    }
}

/// `09:00`, `09:00:00`, `09:00:00.25`; places past the microsecond are cut off.
fn time_of_day(text: &str) -> Option<Time> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let [hour, minute, second] = match numbers(clock, ':', [2, 2, 2]) {
        Some(parts) => parts,
        // A fraction is one of seconds.
        None if fraction.is_none() => numbers(clock, ':', [2, 2]).map(|[hour, minute]| [hour, minute, 0])?,
        None => return None,
    };
    let mut micros = 0;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        micros = format!("{fraction:0<6}")[..6].parse().ok()?;
    }
    Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, micros * 1_000).ok()
}

/// `Z`, `+01`, `+0100`, `-01:00`: up to 14 hours, the furthest that any clock goes.
fn offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, digits) = text.split_at_checked(1)?;
    let [hours, minutes] = numbers(digits, ':', [2, 2])
        .or_else(|| digits.split_at_checked(2).and_then(|(h, m)| numbers(&format!("{h}:{m}"), ':', [2, 2])))
        .or_else(|| numbers(digits, ':', [2]).map(|[hours]| [hours, 0]))?;
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    let far = minutes >= 60 || seconds > 14 * 3_600;
    if far { None } else { Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok() }
}

/// Numbers between separators, each of just so many digits.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[u32; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}
