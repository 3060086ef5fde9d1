//! When something can change by itself: at the ends of windows and at midnight.

use std::collections::BTreeSet;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use persona_engine::{Question, watches};
use persona_model::{Expr, ExprKind, Function, Length, Model, Window};
use persona_value::{Type, Value};

/// What the values of a program depend on, beside what happens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    /// Exact lengths of time, in seconds, forward and back.
    lengths: BTreeSet<i64>,
    /// Those that move an instant, which may be asked about in a window in turn.
    moves: BTreeSet<i64>,
    /// Whether local days matter.
    days: bool,
    /// Whether an instant is compared with another, so that something may change just behind it.
    behind: bool,
    /// Instants that the program names.
    named: Vec<Timestamp>,
}

/// The least that two instants differ by.
const TICK: SignedDuration = SignedDuration::from_micros(1);

impl Clock {
    pub fn of(model: &Model, questions: &[Question]) -> Clock {
        let mut clock = Clock::default();
        let traits = model.traits.iter().map(|t| &t.value);
        let segments = model.segments.iter().map(|s| &s.when);
        let stages = model.lifecycles.iter().flat_map(|l| &l.stages).filter_map(|s| s.when.as_ref());
        let questions = questions.iter().map(|question| &question.condition);
        for expr in traits.chain(segments).chain(stages).chain(questions) {
            clock.read(expr);
        }
        for watch in watches(model) {
            watch.filter.filter.iter().for_each(|filter| clock.read(filter));
        }
        for consent in &model.consents {
            consent.expires.iter().for_each(|length| clock.length(*length));
        }
        clock
    }

    fn read(&mut self, expr: &Expr) {
        let mut parts = Vec::new();
        expr.walk(&mut |part| parts.push(part));
        for part in parts {
            match &part.kind {
                ExprKind::Query(query) => {
                    query.window.iter().for_each(|window| self.window(window));
                    query.sequence.iter().for_each(|sequence| self.length(sequence.within));
                }
                ExprKind::Within(of, window) => {
                    self.days |= of.ty == Type::Date;
                    self.window(window);
                }
                ExprKind::Bought(Some(window)) => self.window(window),
                ExprKind::Ago(length) => self.length(*length),
                ExprKind::Moved { by, back, .. } => match by {
                    Length::Seconds(seconds) => {
                        self.moves.insert(if *back { -seconds } else { *seconds });
                    }
                    Length::Months(_) => self.days = true,
                },
                ExprKind::Today | ExprKind::Midnight(_) => self.days = true,
                ExprKind::Call(Function::Year | Function::Month | Function::Day, _)
                | ExprKind::Call(Function::Weekday | Function::Hour | Function::DaysBetween, _) => {
                    self.days = true;
                }
                ExprKind::Compare(_, left, _) => self.behind |= left.ty == Type::Timestamp,
                ExprKind::Literal(Value::Instant(at)) => self.named.push(*at),
                _ => {}
            }
        }
    }

    fn window(&mut self, window: &Window) {
        if let Window::Last(length) = window {
            self.length(*length);
        }
    }

    fn length(&mut self, length: Length) {
        match length {
            Length::Seconds(seconds) => {
                self.lengths.insert(seconds);
            }
            Length::Months(_) => self.days = true,
        }
    }

    /// The instants at which something may change because of this one.
    pub fn after(&self, at: Timestamp, found: &mut BTreeSet<Timestamp>) {
        let moved = std::iter::once(0).chain(self.moves.iter().copied());
        for moved in moved {
            for length in std::iter::once(0).chain(self.lengths.iter().copied()) {
                let shift = SignedDuration::from_secs(moved.saturating_add(length));
                let Ok(at) = at.checked_add(shift) else { continue };
                found.insert(at);
                if self.behind {
                    found.extend(at.checked_add(TICK));
                }
            }
        }
    }

    /// Those because of the instants that the program names.
    pub fn named(&self, found: &mut BTreeSet<Timestamp>) {
        self.named.iter().for_each(|at| self.after(*at, found));
    }

    /// The next midnight, if days matter.
    pub fn midnight(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let today = zone.to_datetime(now).date();
        let days = (1..=2).map(|days| today.saturating_add(Span::new().days(days)));
        let midnight = |day: jiff::civil::Date| {
            zone.to_ambiguous_timestamp(day.to_datetime(Time::midnight())).compatible().ok()
        };
        days.filter_map(midnight).find(|at| *at > now).filter(|_| self.days)
    }
}
