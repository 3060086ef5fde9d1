//! The `date` filter.

use std::borrow::Cow;

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
        Some(moment) => write(&named(&format, &moment, setting), &moment).map(Cell::text),
        None => Ok(input.clone()),
    }
}

/// A format with the names of months and days of the week as the message's language has them.
fn named<'f>(format: &'f str, moment: &BrokenDownTime, setting: &Setting) -> Cow<'f, str> {
    let (Some(language), Ok(date)) = (&setting.language, moment.to_date()) else { return format.into() };
    let mut named = String::with_capacity(format.len());
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (before, directive) = rest.split_at(at);
        named.push_str(before);
        let pattern = match directive.as_bytes().get(1) {
            Some(b'B') => "MMMM",
            Some(b'b' | b'h') => "MMM",
            Some(b'A') => "EEEE",
            Some(b'a') => "EEE",
            _ => "",
        };
        let name = Some(pattern).filter(|p| !p.is_empty()).and_then(|p| language.name_of(p, date));
        // `%%` is one directive, too.
        let length = 1 + directive[1..].chars().next().map_or(0, char::len_utf8);
        named.push_str(name.as_deref().unwrap_or(&directive[..length]));
        rest = &directive[length..];
    }
    named.push_str(rest);
    named.into()
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

/// The directives that print a part of a date or time.
const DIRECTIVES: &str = "aAbBcCdDeFgGHhIjklLmMNpPrRsSTuUVwWxXyYzZ%";

/// What is wrong with a format, if anything is, and how it is written right.
pub(crate) fn fault(format: &str) -> Option<(String, String)> {
    let right = || translated(format).unwrap_or_else(|| "%-d %B %Y".to_string());
    if !format.contains('%') {
        let why = format!("`{format}` has no directive: each part of a date begins with `%`");
        return Some((why, right()));
    }
    for part in format.replace("%%", "").split('%').skip(1) {
        let part = part.trim_start_matches(['-', '_', '0', '^', '#', ':']);
        let directive = part.trim_start_matches(|c: char| c.is_ascii_digit()).chars().next();
        match directive {
            None => return Some(("a directive is left out behind `%`".into(), right())),
            Some(letter) if !DIRECTIVES.contains(letter) => {
                let why =
                    format!("there is no directive `%{letter}`: a day is `%d`, a month `%m`, a year `%Y`");
                return Some((why, right()));
            }
            Some(_) => {}
        }
    }
    let sample = civil::date(2026, 3, 1).to_zoned_datetime(TimeZone::UTC).ok()?;
    let why = write(format, &BrokenDownTime::from(&sample)).err()?;
    Some((format!("the format cannot be read: {why}"), right()))
}

/// A format in letters, `DD.MM.YYYY`, by directives; `None` where no part of a date is known by its letters.
fn translated(format: &str) -> Option<String> {
    // Longer ones first.
    const PARTS: &[(&str, &str)] = &[
        ("YYYY", "%Y"),
        ("yyyy", "%Y"),
        ("MMMM", "%B"),
        ("dddd", "%A"),
        ("EEEE", "%A"),
        ("MMM", "%b"),
        ("ddd", "%a"),
        ("EEE", "%a"),
        ("YY", "%y"),
        ("yy", "%y"),
        ("MM", "%m"),
        ("DD", "%d"),
        ("dd", "%d"),
        ("HH", "%H"),
        ("hh", "%I"),
        ("mm", "%M"),
        ("ss", "%S"),
        ("D", "%-d"),
        ("d", "%-d"),
        ("M", "%-m"),
        ("H", "%-H"),
        ("h", "%-I"),
        ("A", "%p"),
        ("a", "%P"),
    ];
    // Letters that are none of these are words, not parts of a date.
    if format.contains('%') {
        return None;
    }
    let (mut rest, mut right) = (format, String::new());
    while let Some(c) = rest.chars().next() {
        let part = PARTS.iter().find(|(letters, _)| rest.starts_with(letters));
        let length = match part {
            Some((letters, directive)) => {
                right.push_str(directive);
                letters.len()
            }
            None if c.is_alphanumeric() => return None,
            None => {
                right.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    right.contains('%').then_some(right)
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
