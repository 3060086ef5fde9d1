//! What falls due by the clock where the customer is.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use persona_model::{Days, Length, OnDate, Schedule};
use persona_value::Value;

use crate::zone;

/// Something due: on which local day, at which instant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Due {
    pub day: Date,
    pub at: Timestamp,
}

/// The latest due instant in `(from, now]`, each shifted by so many seconds.
pub(crate) fn latest(
    schedule: Schedule,
    shift: i64,
    zone: &TimeZone,
    from: Timestamp,
    now: Timestamp,
) -> Option<Due> {
    let days = around(schedule, shift, zone, now);
    days.into_iter().filter(|due| due.at > from && due.at <= now).max_by_key(|due| due.at)
}

/// The first due instant after another.
pub(crate) fn next(schedule: Schedule, shift: i64, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    around(schedule, shift, zone, after).into_iter().map(|due| due.at).filter(|at| *at > after).min()
}

/// The due instants of the days around an instant: at least one before and one after it, if there are any.
fn around(schedule: Schedule, shift: i64, zone: &TimeZone, now: Timestamp) -> Vec<Due> {
    let on = |day: Date| {
        // The best hour is not carried out yet: a program that has it is refused before.
        let shown = day.to_datetime(schedule.time?);
        Some(Due { day, at: zone::seconds_later(zone::instant(shown, zone), shift) })
    };
    let today = zone.to_datetime(zone::seconds_later(now, -shift)).date();
    match schedule.days {
        Days::First => Vec::new(),
        Days::On(day) => on(day).into_iter().collect(),
        Days::Daily => (-2..=2).filter_map(|days| on(zone::day(today, days))).collect(),
        Days::Weekly(weekday) => {
            let days = (-8..=8).map(|days| zone::day(today, days));
            days.filter(|day| day.weekday() == weekday).filter_map(on).collect()
        }
    }
}

/// What a customer's own date makes due around an instant, with what `event` is then.
pub(crate) fn dates(on: &OnDate, value: &Value, zone: &TimeZone, now: Timestamp) -> Vec<(Due, Value)> {
    let (date, instant) = match value {
        Value::Date(date) => (*date, None),
        Value::Instant(at) => (zone.to_datetime(*at).date(), Some(*at)),
        _ => return Vec::new(),
    };
    let event = |date: Date, years: Option<i16>| {
        let years = years.map(|years| ("years".into(), Value::Int(i64::from(years))));
        Value::Record(std::iter::once(("date".into(), Value::Date(date))).chain(years).collect())
    };
    let Some(time) = on.at.or(instant.is_none().then(Time::midnight)) else {
        let Some(at) = instant else { return Vec::new() };
        let at = moved(at, on.distance, zone);
        return vec![(Due { day: zone.to_datetime(at).date(), at }, event(date, None))];
    };
    let due = |date: Date| {
        let (day, rest) = shifted(date, on.distance);
        let at = zone::seconds_later(zone::instant(day.to_datetime(time), zone), rest);
        Due { day, at }
    };
    if !on.yearly {
        return vec![(due(date), event(date, None))];
    }
    let this = zone.to_datetime(now).date().year();
    // A distance may reach into the years beside this one.
    let years = (this.saturating_sub(2)..=this.saturating_add(2)).filter(|year| *year > date.year());
    let anniversaries = years.filter_map(|year| {
        // 29 February comes on the 28th.
        let day = Date::new(year, date.month(), date.day());
        let day = day.or_else(|_| Date::new(year, date.month(), 28)).ok()?;
        Some((due(day), event(day, Some(year - date.year()))))
    });
    anniversaries.collect()
}

/// A day moved by whole days or months, and the seconds that are left.
fn shifted(date: Date, distance: Option<(Length, bool)>) -> (Date, i64) {
    match distance {
        None => (date, 0),
        Some((Length::Seconds(seconds), back)) => {
            let seconds = if back { -seconds } else { seconds };
            (zone::day(date, seconds / 86_400), seconds % 86_400)
        }
        Some((Length::Months(months), back)) => {
            let months = if back { -months } else { months };
            let span = jiff::Span::new().try_months(months).unwrap_or_default();
            (date.saturating_add(span), 0)
        }
    }
}

fn moved(at: Timestamp, distance: Option<(Length, bool)>, zone: &TimeZone) -> Timestamp {
    match distance {
        None => at,
        Some((length, false)) => zone::later(at, length, zone),
        Some((Length::Seconds(seconds), true)) => zone::seconds_later(at, -seconds),
        Some((Length::Months(months), true)) => zone::later(at, Length::Months(-months), zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::named;

    fn yearly(birthday: &str, now: &str) -> Vec<String> {
        let on = OnDate {
            of: persona_model::Expr::unknown(persona_diagnostics::Span {
                file: persona_diagnostics::FileId(0),
                start: 0,
                end: 0,
            }),
            yearly: true,
            distance: None,
            at: Some("08:00".parse().unwrap()),
        };
        let zone = named("Europe/London").unwrap();
        let due = dates(&on, &Value::Date(birthday.parse().unwrap()), &zone, now.parse().unwrap());
        due.into_iter().map(|(due, _)| due.at.to_string()).collect()
    }

    #[test]
    fn the_29_of_february_comes_on_the_28th() {
        let due = yearly("2000-02-29", "2026-06-01T00:00:00Z");
        assert_eq!(due[1..4], ["2025-02-28T08:00:00Z", "2026-02-28T08:00:00Z", "2027-02-28T08:00:00Z"]);
        assert_eq!(due[0], "2024-02-29T08:00:00Z");
    }

    #[test]
    fn a_day_of_birth_is_no_anniversary() {
        assert_eq!(yearly("2026-06-01", "2026-06-01T12:00:00Z")[0], "2027-06-01T07:00:00Z");
    }
}
