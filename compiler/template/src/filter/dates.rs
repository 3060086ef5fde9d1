//! The `date` filter.

use jiff::fmt::strtime::{BrokenDownTime, parse};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime, civil};
use persona_value::{Type, Value};

use super::{Gift, Given, Refusal, Setting};
use crate::cell::Cell;
use crate::kind::Kind;

pub(super) fn date(given: &Given) -> Result<Gift, Refusal> {
    match given.input {
        Kind::Data(Type::Date | Type::Timestamp | Type::Time | Type::Unknown) => {
            Ok(Gift { kind: Kind::TEXT, may_be_missing: false })
        }
        _ => Err(Refusal::Input("a date or a point in time".into())),
    }
}

/// A date, instant or time by a strftime format; instants in the zone of the rendering.
pub(super) fn format(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let format = arguments[0].to_text();
    let moment = match input {
        Cell::Value(value) if setting.typed => moment(value, setting),
        Cell::Value(Value::Int(seconds)) => Timestamp::from_second(*seconds).ok().map(|t| zoned(t, setting)),
        other if !format.is_empty() => read(&other.to_text(), setting),
        _ => None,
    };
    match moment {
        Some(moment) => write(&format, &moment).map(Cell::text),
        None => Ok(input.clone()),
    }
}

fn zoned(instant: Timestamp, setting: &Setting) -> BrokenDownTime {
    BrokenDownTime::from(&instant.to_zoned_datetime(setting.zone.clone()))
}

fn moment(value: &Value, setting: &Setting) -> Option<BrokenDownTime> {
    match value {
        Value::Date(date) => {
            date.to_zoned_datetime(setting.zone.clone()).ok().map(|z| BrokenDownTime::from(&z))
        }
        Value::Instant(instant) => Some(zoned(*instant, setting)),
        Value::Time(time) => {
            let today = setting.now.to_zoned_datetime(setting.zone.clone()).date();
            today
                .to_datetime(*time)
                .to_zoned_datetime(setting.zone.clone())
                .ok()
                .map(|z| BrokenDownTime::from(&z))
        }
        _ => None,
    }
}

fn write(format: &str, moment: &BrokenDownTime) -> Result<String, String> {
    moment.to_string(format).map_err(|error| error.to_string())
}

/// What is wrong with a format, if anything is.
pub(crate) fn fault(format: &str) -> Option<String> {
    let sample = civil::date(2026, 3, 1).to_zoned_datetime(TimeZone::UTC).ok()?;
    write(format, &BrokenDownTime::from(&sample)).err()
}

/// A date written by hand: `now`, `today`, seconds since 1970, or one of the usual forms.
fn read(text: &str, setting: &Setting) -> Option<BrokenDownTime> {
    let text = text.trim();
    if matches!(text, "now" | "today") {
        return Some(zoned(setting.now, setting));
    }
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok().map(|t| zoned(t, setting));
    }
    moment(&written(text)?, setting)
}

/// The date or instant a text is, in one of the usual forms: `2026-03-01`, `1 March 2026`, `March 1, 2026 10:00`.
pub(crate) fn written(text: &str) -> Option<Value> {
    if let Ok(zoned) = text.parse::<ZonedDateTime>() {
        return Some(Value::Instant(zoned.timestamp()));
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Value::Instant(instant));
    }
    if let Ok(date) = text.parse::<civil::Date>()
        && text.len() == 10
    {
        return Some(Value::Date(date));
    }
    const DAYS: &[&str] =
        &["%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d", "%B %d %Y", "%b %d %Y"];
    for day in DAYS {
        if let Ok(time) = parse(day, text).and_then(|t| t.to_date()) {
            return Some(Value::Date(time));
        }
    }
    None
}
