//! When tables are made anew, by what segments say of their `refresh`.

use std::collections::BTreeMap;

use persona_model::{Length, Model, Segment};

/// For a segment that says nothing.
const DEFAULT: i64 = 86_400;

/// How old a segment may be at most, in seconds.
pub fn staleness(segment: &Segment) -> i64 {
    match segment.refresh {
        Some(Length::Seconds(seconds)) => seconds,
        // No month is shorter, and it is an upper bound.
        Some(Length::Months(months)) => months.saturating_mul(28 * 86_400),
        None => DEFAULT,
    }
}

/// The shortest time for which something may be left as it is: of the segments, else a day.
pub fn shortest(model: &Model) -> i64 {
    model.segments.iter().map(staleness).min().unwrap_or(DEFAULT)
}

/// The segments by how often they are made anew, the most often first, in spans that are no shorter than `least` seconds.
pub fn by_span(model: &Model, least: i64) -> BTreeMap<i64, Vec<&Segment>> {
    let mut spans: BTreeMap<i64, Vec<&Segment>> = BTreeMap::from([(shortest(model).max(least), vec![])]);
    for segment in &model.segments {
        spans.entry(staleness(segment).max(least)).or_default().push(segment);
    }
    spans
}

/// A span as people write it, in the largest unit that holds it whole: `1 hour`, `90 minutes`. Seconds are cut off.
pub fn words(seconds: i64) -> String {
    let minutes = (seconds / 60).max(1);
    let (count, unit) = match minutes {
        m if m % 1_440 == 0 => (m / 1_440, "day"),
        m if m % 60 == 0 => (m / 60, "hour"),
        m => (m, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The fields of a line of cron's that runs at least this often.
pub fn cron(seconds: i64) -> String {
    let fits = |all: i64, span: i64| (1..=all).rev().find(|n| all % n == 0 && *n <= span).unwrap_or(1);
    match seconds {
        s if s >= 86_400 => "0 0 * * *".to_string(),
        s if s >= 3_600 => format!("0 */{} * * *", fits(24, s / 3_600)).replace("*/1 ", "* "),
        s => format!("*/{} * * * *", fits(60, (s / 60).max(1))).replace("*/1 ", "* "),
    }
}

#[cfg(test)]
mod tests {
    use super::{cron, words};

    #[test]
    fn a_line_of_cron_runs_at_least_as_often() {
        let lines = [60, 420, 3_600, 18_000, 86_400, 604_800].map(cron);
        assert_eq!(lines, ["* * * * *", "*/6 * * * *", "0 * * * *", "0 */4 * * *", "0 0 * * *", "0 0 * * *"]);
    }

    #[test]
    fn spans_are_told_in_their_largest_unit() {
        assert_eq!(
            [30, 60, 5_400, 7_200, 86_400].map(words),
            ["1 minute", "1 minute", "90 minutes", "2 hours", "1 day"]
        );
    }
}
