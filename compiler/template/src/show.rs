//! How a value is printed when nothing else is said: by its type.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use persona_value::{Currency, Decimal, Type, Value};

use crate::cell::{Cell, plain};
use crate::filter::Setting;
use crate::language::Language;

/// How a type is printed. Most values say it themselves; numbers need their unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Show {
    /// Text as it is, numbers in their shortest form, days and instants in words.
    Plain,
    /// £1,250.00
    Money(Currency),
    /// 20%, two places at most.
    Percent,
    /// 3 days
    Duration,
    /// Each item of a list.
    Each(Box<Show>),
    /// As Liquid does, which has no types.
    Liquid,
}

impl Show {
    /// How a type is printed; `None` if it is more than a line of text: a record.
    pub fn of(ty: &Type) -> Option<Show> {
        match ty {
            Type::Money(currency) => Some(Show::Money(*currency)),
            Type::Percent => Some(Show::Percent),
            Type::Duration => Some(Show::Duration),
            Type::List(item) => Some(Show::Each(Box::new(Show::of(item)?))),
            Type::Record(_) => None,
            _ => Some(Show::Plain),
        }
    }

    /// A value as text. Instants are told in `zone`.
    pub fn text<'v>(&self, value: &'v Value, zone: &TimeZone, language: Option<&Language>) -> Cow<'v, str> {
        if let Some(text) = language.and_then(|language| self.in_language(value, zone, language)) {
            return text.into();
        }
        match (self, value) {
            (Show::Liquid, value) => liquid(value),
            (Show::Money(currency), value) => match crate::cell::number(value) {
                Some(amount) => money(amount, *currency).into(),
                None => plain(value),
            },
            (Show::Percent, value) => {
                match crate::cell::number(value).map(|share| share.mul(Decimal::from(100))) {
                    Some(Ok(percent)) => format!("{}%", percent.round(2)).into(),
                    _ => plain(value),
                }
            }
            (Show::Duration, Value::Int(seconds)) => duration(*seconds).into(),
            (Show::Each(item), Value::List(items)) => {
                let texts: Vec<Cow<str>> = items.iter().map(|v| item.text(v, zone, language)).collect();
                texts.join(", ").into()
            }
            (_, Value::Date(date)) => date.strftime("%-d %B %Y").to_string().into(),
            (_, Value::Time(time)) => time.strftime("%H:%M").to_string().into(),
            (_, Value::Instant(instant)) => {
                instant.to_zoned_datetime(zone.clone()).strftime("%-d %B %Y, %H:%M").to_string().into()
            }
            (_, value) => plain(value),
        }
    }

    /// A value as it is written in a language; none where it is written alike in all.
    fn in_language(&self, value: &Value, zone: &TimeZone, language: &Language) -> Option<String> {
        match (self, value) {
            (Show::Liquid | Show::Each(_), _) => None,
            (Show::Money(currency), value) => {
                language.money(crate::cell::number(value)?, *currency, places(*currency))
            }
            (Show::Percent, value) => {
                let percent = crate::cell::number(value)?.mul(Decimal::from(100)).ok()?;
                language.percent(percent.round(2))
            }
            (Show::Duration, Value::Int(seconds)) => language.duration(*seconds),
            (_, Value::Date(date)) => language.date(*date),
            (_, Value::Time(time)) => language.time(*time),
            (_, Value::Instant(at)) => language.moment(at.to_zoned_datetime(zone.clone()).datetime()),
            _ => None,
        }
    }

    /// What a cell becomes when it is to be text: items of a list one by one, nothing stays nothing.
    pub fn cell(&self, cell: Cell, setting: &Setting) -> Cell {
        let (zone, language) = (&setting.zone, setting.language.as_deref());
        match (self, cell) {
            (_, cell @ (Cell::Value(Value::Missing | Value::Text(_)) | Cell::Markup(_))) => cell,
            (Show::Each(item), Cell::Value(Value::List(items))) => {
                Cell::list(items.iter().map(|v| Value::text(item.text(v, zone, language))).collect())
            }
            (_, Cell::Value(value)) => Cell::text(self.text(&value, zone, language)),
            (_, cell) => Cell::text(cell.to_text()),
        }
    }
}

/// Liquid's own text of a value: a decimal has a point, a list no separator.
fn liquid(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Decimal(decimal) => {
            let text = decimal.to_string();
            if text.contains('.') { text.into() } else { format!("{text}.0").into() }
        }
        Value::List(items) => items.iter().map(|item| liquid(item).into_owned()).collect::<String>().into(),
        value => plain(value),
    }
}

/// An amount with its currency's symbol (its code where the symbol is shared or unknown), thousands apart, and as
/// many places as the currency has minor units.
pub(crate) fn money(amount: Decimal, currency: Currency) -> String {
    let places = places(currency);
    let rounded = amount.round(places);
    let sign = if rounded < Decimal::ZERO { "-" } else { "" };
    let digits = rounded.to_fixed(places);
    let digits = thousands(digits.trim_start_matches('-'));
    match currency.code() {
        "GBP" => format!("{sign}£{digits}"),
        "EUR" => format!("{sign}€{digits}"),
        "USD" => format!("{sign}${digits}"),
        "JPY" => format!("{sign}¥{digits}"),
        "INR" => format!("{sign}₹{digits}"),
        "KRW" => format!("{sign}₩{digits}"),
        code => format!("{sign}{code} {digits}"),
    }
}

/// How many places a currency's minor unit takes.
pub(crate) fn places(currency: Currency) -> u32 {
    let known = iso_currency::Currency::from_code(currency.code());
    u32::from(known.and_then(|c| c.exponent()).unwrap_or(2))
}

fn thousands(digits: &str) -> String {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::with_capacity(digits.len() + whole.len() / 3);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push('.');
        text.push_str(part);
    }
    text
}

/// A length of time in its largest units: `3 days`, `1 hour 30 minutes`.
fn duration(seconds: i64) -> String {
    let mut rest = seconds.unsigned_abs();
    let mut parts = Vec::new();
    for (unit, length) in [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)] {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            parts.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    let sign = if seconds < 0 { "-" } else { "" };
    if parts.is_empty() { "0 seconds".to_string() } else { format!("{sign}{}", parts.join(" ")) }
}
