//! A witness in a few words.

use jiff::Timestamp;
use persona_value::{Type, Value};

use crate::ask::ANY_TIME;
use crate::witness::{Given, Witness};

/// `a customer with tier gold, signed_up 3 days ago and 2 × purchase 1 day ago`.
pub(crate) fn describe(witness: &Witness) -> String {
    let relative = witness.now.as_second() == ANY_TIME;
    let shown = |given: &Given| show(given, witness.now, relative);
    let mut parts: Vec<String> = witness.attributes.iter().filter(|g| g.asked).map(shown).collect();
    parts.extend(witness.scores.iter().map(|(name, score)| format!("`{name}` {score}")));
    let mut events: Vec<(String, usize)> = Vec::new();
    for event in witness.events.iter().filter(|_| witness.counted || witness.scores.is_empty()) {
        let fields: Vec<String> = event.fields.iter().filter(|g| g.asked).map(shown).collect();
        let with = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
        let when = moment(event.at, witness.now, relative);
        let text = format!("`{}`{with} {when}", event.event);
        match events.last_mut() {
            Some((last, count)) if *last == text => *count += 1,
            _ => events.push((text, 1)),
        }
    }
    parts.extend(events.into_iter().map(|(text, count)| format!("{count} × {text}")));
    let at = if relative { String::new() } else { format!(", at {}", clock(witness.now)) };
    match parts.len() {
        0 => format!("a customer who did nothing yet{at}"),
        1 => format!("a customer with {}{at}", parts[0]),
        more => format!("a customer with {} and {}{at}", parts[..more - 1].join(", "), parts[more - 1]),
    }
}

fn show(given: &Given, now: Timestamp, relative: bool) -> String {
    let name = &given.name;
    match &given.value {
        Value::Missing => format!("no `{name}`"),
        Value::Instant(at) => format!("`{name}` {}", moment(*at, now, relative)),
        other => format!("`{name}` {}", value(other, &given.ty)),
    }
}

/// A value as it is written in a program.
pub(crate) fn value(value: &Value, ty: &Type) -> String {
    match (value, ty) {
        (Value::Missing, _) => "nothing".into(),
        (Value::Bool(truth), _) => truth.to_string(),
        (Value::Int(n), Type::Duration) => length(*n),
        (Value::Int(n), _) => n.to_string(),
        (Value::Decimal(d), Type::Money(currency)) => format!("{d} {currency}"),
        (Value::Decimal(d), Type::Percent) => {
            d.mul(persona_value::Decimal::from(100)).map_or(d.to_string(), |p| format!("{p}%"))
        }
        (Value::Decimal(d), _) => d.to_string(),
        (Value::Text(text), Type::Enum(_)) => text.to_string(),
        (Value::Text(text), _) => format!("\"{text}\""),
        (Value::Date(date), _) => date.to_string(),
        (Value::Time(time), _) => time.to_string(),
        (Value::Instant(at), _) => clock(*at),
        (Value::List(_) | Value::Record(_), _) => "a list".into(),
    }
}

/// `3 days ago`, or the time by the clock.
fn moment(at: Timestamp, now: Timestamp, relative: bool) -> String {
    if !relative {
        return clock(at);
    }
    match now.duration_since(at).as_secs() {
        0 => "just now".into(),
        seconds if seconds > 0 => format!("{} ago", length(seconds)),
        seconds => format!("in {}", length(-seconds)),
    }
}

fn clock(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// In the largest unit that fits.
pub(crate) fn length(seconds: i64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    for (size, unit) in units {
        if seconds % size == 0 || size == 1 {
            let count = seconds / size;
            return format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
        }
    }
    String::new()
}
