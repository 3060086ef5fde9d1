//! Whether the events that a query reads are still there.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use persona_diagnostics::Span;
use persona_diagnostics::catalogue::kept_too_short::KeptTooShort;

use super::Checker;
use crate::{ExprKind, Length, Query, Window};

const DAY: i64 = 86_400;

impl Checker<'_> {
    /// Tells of a query that looks further back than one of its events is kept.
    pub(super) fn kept_long_enough(&mut self, query: &Query, at: Span) {
        let Some(back) = query.window.as_ref().and_then(looks_back) else { return };
        let parts = self.event(&query.event).map_or(Vec::new(), |e| e.of.clone());
        let reads = |event: &std::sync::Arc<str>| *event == query.event || parts.contains(event);
        let shorter = self.retentions.iter().find(|r| reads(&r.event) && is_shorter(r.keep, back));
        if let Some(kept) = shorter {
            let problem = KeptTooShort {
                event: kept.event.to_string(),
                looks_back: words(back),
                at,
                kept: words(kept.keep),
                kept_at: kept.span,
            };
            self.problems.report(problem);
        }
    }
}

/// How far back a window reaches from now, where that is one length of time whenever it is asked.
fn looks_back(window: &Window) -> Option<Length> {
    match window {
        Window::Last(length) => Some(*length),
        Window::Since(from) | Window::Between(from, _) => match &from.kind {
            ExprKind::Ago(length) => Some(*length),
            _ => None,
        },
        Window::Before(_) => None,
    }
}

/// Whether one length of time is shorter than another in every year.
fn is_shorter(one: Length, other: Length) -> bool {
    match (one, other) {
        (Length::Seconds(one), Length::Seconds(other)) | (Length::Months(one), Length::Months(other)) => {
            one < other
        }
        (Length::Months(one), Length::Seconds(other)) => days(one).max() < Some(other / DAY),
        (Length::Seconds(one), Length::Months(other)) => Some(one / DAY) < days(other).min(),
    }
}

/// How many days so many months have, from each month of four years with a leap day.
fn days(months: i64) -> impl Iterator<Item = i64> {
    const FIRST: Date = date(2001, 1, 1);
    (0..48).filter_map(move |start| {
        let from = FIRST.checked_add(start.months()).ok()?;
        let to = from.checked_add(months.months()).ok()?;
        Some(i64::from(from.until(to).ok()?.get_days()))
    })
}

/// `25 months`.
fn words(length: Length) -> String {
    let (count, unit) = match length {
        Length::Months(n) if n % 12 == 0 => (n / 12, "year"),
        Length::Months(n) => (n, "month"),
        Length::Seconds(n) if n % DAY == 0 => (n / DAY, "day"),
        Length::Seconds(n) if n % 3_600 == 0 => (n / 3_600, "hour"),
        Length::Seconds(n) if n % 60 == 0 => (n / 60, "minute"),
        Length::Seconds(n) => (n, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
