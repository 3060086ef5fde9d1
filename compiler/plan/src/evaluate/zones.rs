//! Clocks on walls. The zone table is the one this binary carries, never the machine's.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Span, Timestamp};

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of an IANA name, or what is wrong with it.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    ZONES.get(name).map_err(|_| format!("no time zone is called `{name}`"))
}

/// The instant at which a wall clock shows this: the first if it does twice; if never, as much later as the
/// clock skips.
pub(super) fn instant(shown: DateTime, zone: &TimeZone) -> Timestamp {
    let instant = zone.to_ambiguous_timestamp(shown).compatible();
    instant.unwrap_or_else(|_| end_of_calendar(shown.date()))
}

/// The instant at which a day begins: its first midnight, or the first instant after a skipped one.
pub(super) fn start_of_day(date: Date, zone: &TimeZone) -> Timestamp {
    let midnight = date.at(0, 0, 0, 0);
    if let AmbiguousOffset::Gap { after, .. } = zone.to_ambiguous_timestamp(midnight).offset() {
        // Read with the later offset, a skipped midnight lies before the clock's jump: the jump is the next
        // one.
        let before_the_jump = after.to_timestamp(midnight);
        if let Some(jump) = before_the_jump.ok().and_then(|at| zone.following(at).next()) {
            return jump.timestamp();
        }
    }
    instant(midnight, zone)
}

/// A date moved by months, clamped at month ends.
pub(super) fn add_months(date: Date, months: i64) -> Date {
    moved(date, Span::new().try_months(months).ok(), months)
}

/// A date moved by days.
pub(super) fn add_days(date: Date, days: i64) -> Date {
    moved(date, Span::new().try_days(days).ok(), days)
}

/// A span of more than the calendar has no [`Span`]: it ends at the calendar's end it points to.
fn moved(date: Date, by: Option<Span>, direction: i64) -> Date {
    match by {
        Some(span) => date.saturating_add(span),
        None if direction < 0 => Date::MIN,
        None => Date::MAX,
    }
}

/// An instant moved by exact seconds.
pub(super) fn shift(instant: Timestamp, seconds: i64) -> Timestamp {
    let end = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    instant.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(end)
}

fn end_of_calendar(date: Date) -> Timestamp {
    if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX }
}
