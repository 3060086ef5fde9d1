//! Clocks on walls. The zone table is the one this binary carries, never the machine's.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Span, Timestamp};
use persona_model::Length;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of an IANA name, if there is one.
pub(crate) fn named(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// The instant at which a wall clock shows this: the first if it does twice; if never, as much later as the clock
/// skips.
pub(crate) fn instant(shown: DateTime, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_timestamp(shown).compatible().unwrap_or(Timestamp::MAX)
}

/// The first instant at or after another at which the clock shows this time of day.
pub(crate) fn next(time: Time, after: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = zone.to_datetime(after).date();
    // From yesterday on: a time that was skipped may have moved over midnight.
    let days = (-1..=2).map(|days| day(today, days));
    days.map(|day| instant(day.to_datetime(time), zone)).find(|at| *at >= after).unwrap_or(Timestamp::MAX)
}

/// A date moved by some days; the calendar's end if it runs out.
pub(crate) fn day(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// An instant moved forward by exact seconds, or by months of a zone's calendar.
pub(crate) fn later(from: Timestamp, by: Length, zone: &TimeZone) -> Timestamp {
    match by {
        Length::Seconds(seconds) => seconds_later(from, seconds),
        Length::Months(months) => {
            let local = zone.to_datetime(from);
            let span = Span::new().try_months(months).unwrap_or_default();
            instant(local.saturating_add(span), zone)
        }
    }
}

pub(crate) fn seconds_later(from: Timestamp, seconds: i64) -> Timestamp {
    from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Whether an instant lies in the last `length` before `now`: exact for seconds, whole local days for months.
pub(crate) fn in_last(length: Length, at: Timestamp, now: Timestamp, zone: &TimeZone) -> bool {
    match length {
        Length::Seconds(seconds) => seconds_later(at, seconds) > now,
        Length::Months(months) => {
            let span = Span::new().try_months(months).unwrap_or_default();
            let local = |at| zone.to_datetime(at).date();
            local(at) > local(now).saturating_sub(span)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn next_in(zone: &str, time: &str, after: &str) -> String {
        next(time.parse().unwrap(), at(after), &named(zone).unwrap()).to_string()
    }

    #[test]
    fn the_next_time_of_day_may_be_now() {
        assert_eq!(next_in("UTC", "09:00", "2026-03-01T09:00:00Z"), "2026-03-01T09:00:00Z");
        assert_eq!(next_in("UTC", "09:00", "2026-03-01T09:00:01Z"), "2026-03-02T09:00:00Z");
        assert_eq!(next_in("America/New_York", "09:00", "2026-03-01T02:00:00Z"), "2026-03-01T14:00:00Z");
    }

    #[test]
    fn a_time_that_occurs_twice_is_the_first_and_a_skipped_one_moves_forward() {
        // London's clocks go back at 01:00 UTC on 25 October and forward at 01:00 UTC on 29 March 2026.
        assert_eq!(next_in("Europe/London", "01:30", "2026-10-25T00:00:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(next_in("Europe/London", "01:30", "2026-10-25T01:00:00Z"), "2026-10-26T01:30:00Z");
        assert_eq!(next_in("Europe/London", "01:30", "2026-03-29T00:00:00Z"), "2026-03-29T01:30:00Z");
        // Samoa had no 30 December 2011.
        assert_eq!(next_in("Pacific/Apia", "09:00", "2011-12-30T08:00:00Z"), "2011-12-30T19:00:00Z");
    }

    #[test]
    fn the_last_months_are_whole_local_days() {
        let london = named("Europe/London").unwrap();
        let month = |past: &str, now: &str| in_last(Length::Months(1), at(past), at(now), &london);
        assert!(!month("2026-02-28T23:59:00Z", "2026-03-28T00:00:00Z"));
        assert!(month("2026-03-01T00:00:00Z", "2026-03-31T22:00:00Z"));
    }
}
