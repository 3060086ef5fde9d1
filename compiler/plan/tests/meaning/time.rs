//! Instants, days and wall clocks. London's clocks go forward at 01:00 UTC on 29 March 2026 and back at 01:00
//! UTC on 25 October.

use persona_plan::Scalar;
use persona_value::Type;

use crate::support::*;

fn shift(instant: Scalar, seconds: i64) -> Scalar {
    Scalar::Shift { instant: Box::new(instant), seconds }
}

fn months(day: &str, months: i64) -> Scalar {
    Scalar::AddMonths { date: Box::new(date(day)), months }
}

fn days(day: &str, days: i64) -> Scalar {
    Scalar::AddDays { date: Box::new(date(day)), days }
}

fn local_date(instant: &str, zone: &str) -> Scalar {
    Scalar::LocalDate { instant: Box::new(at(instant)), zone: zone.into() }
}

fn local_hour(instant: &str, zone: &str) -> Scalar {
    Scalar::LocalHour { instant: Box::new(at(instant)), zone: zone.into() }
}

fn start_of_day(day: &str, zone: &str) -> Scalar {
    Scalar::StartOfDay { date: Box::new(date(day)), zone: zone.into() }
}

#[test]
fn a_shift_is_exact_seconds_whatever_the_clocks_do() {
    is(shift(Scalar::Now, -86_400), at("2026-06-14T12:00:00Z"));
    is(shift(at("2026-03-28T12:00:00Z"), 86_400), at("2026-03-29T12:00:00Z"));
    is(shift(missing(Type::Timestamp), 1), missing(Type::Timestamp));
}

#[test]
fn months_are_clamped_at_month_ends() {
    is(months("2026-03-31", -1), date("2026-02-28"));
    is(months("2024-03-31", -1), date("2024-02-29"));
    is(months("2024-02-29", 12), date("2025-02-28"));
    is(months("2026-01-31", 1), date("2026-02-28"));
}

#[test]
fn days_cross_leap_days() {
    is(days("2024-02-28", 2), date("2024-03-01"));
    is(days("2026-01-01", -1), date("2025-12-31"));
}

#[test]
fn what_would_leave_the_calendar_stays_at_its_end() {
    is(days("2026-01-01", i64::MIN), date("-009999-01-01"));
    is(months("2026-01-01", 1_000_000), date("9999-12-31"));
    let long_ago = Scalar::compare(
        persona_plan::Comparison::Less,
        shift(Scalar::Now, i64::MIN),
        at("1066-10-14T09:00:00Z"),
    );
    is(long_ago, yes());
}

#[test]
fn the_local_day_and_hour_follow_the_zone() {
    is(local_date("2026-06-15T23:30:00Z", "Europe/London"), date("2026-06-16"));
    is(local_date("2026-06-15T23:30:00Z", "America/New_York"), date("2026-06-15"));
    is(local_hour("2026-06-15T23:30:00Z", "Europe/London"), int(0));
    is(local_hour("2026-01-15T23:30:00Z", "Europe/London"), int(23));
    is(local_hour("2026-06-15T23:30:00Z", "Asia/Kolkata"), int(5));
    is(local_hour("2026-03-29T00:59:59Z", "Europe/London"), int(0));
    is(local_hour("2026-03-29T01:00:00Z", "Europe/London"), int(2));
}

#[test]
fn a_day_begins_at_its_local_midnight() {
    is(start_of_day("2026-06-15", "Europe/London"), at("2026-06-14T23:00:00Z"));
    is(start_of_day("2026-01-15", "Europe/London"), at("2026-01-15T00:00:00Z"));
}

#[test]
fn a_day_whose_midnight_is_skipped_begins_at_the_first_instant_after() {
    // At midnight clocks jumped to 01:00.
    is(start_of_day("2015-10-18", "America/Sao_Paulo"), at("2015-10-18T03:00:00Z"));
    // At 23:30 of the day before they jumped to 00:30: midnight moved by the gap would be half an hour late.
    is(start_of_day("1919-03-31", "America/Toronto"), at("1919-03-31T04:30:00Z"));
    // Samoa left out the whole of 30 December.
    is(start_of_day("2011-12-30", "Pacific/Apia"), at("2011-12-30T10:00:00Z"));
}

#[test]
fn a_day_whose_midnight_comes_twice_begins_at_the_first() {
    // At 01:00 clocks went back to 00:00.
    is(start_of_day("2026-11-01", "America/Havana"), at("2026-11-01T04:00:00Z"));
}
