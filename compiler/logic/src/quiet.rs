//! Messages that expire in the policy's quiet hours: `valid for` is shorter than what they are held.
//!
//! What goes out by the clock falls due at a known time, and is lost always or never. An event may come at any time: then
//! some of the night is lost, and which is told.

use jiff::civil::Time;
use persona_diagnostics::catalogue::expires_in_quiet_hours::ExpiresInQuietHours;
use persona_diagnostics::{Problems, Span};
use persona_model::{Leave, Length, Model, On, Placed, Policy, Quiet, Step};

use crate::ask::Logic;
use crate::describe::length;

const DAY: i64 = 86_400;
/// Clocks that change move what waits an exact time by so much at most.
const CHANGE: i64 = 3_600;

/// Every flow and every campaign that says how long its messages may be held.
pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    let model = logic.model;
    let Some(Policy { quiet: Some(quiet), .. }) = &model.policy else { return };
    for trigger in &model.triggers {
        let Some(valid) = &trigger.valid else { continue };
        let time = match &trigger.on {
            On::Schedule(schedule) => schedule.time,
            On::Date(date) => date.at,
            _ => None,
        };
        let start = time.map_or(Due::Anytime, |time| Due::at(seconds(time)));
        let mut night = Night { model, quiet, valid, due_at: trigger.on_span, lost: None };
        night.steps(&trigger.steps, start);
        night.lost.into_iter().for_each(|lost| problems.report(lost));
    }
    for campaign in &model.campaigns {
        let Some(valid) = &campaign.valid else { continue };
        let time = campaign.schedule.time.map(seconds);
        let due = time.map_or(Due::Anytime, |first| Due::Within { first, for_: campaign.spread });
        let mut night = Night { model, quiet, valid, due_at: campaign.schedule_span, lost: None };
        night.email(&campaign.email, due);
        night.lost.into_iter().for_each(|lost| problems.report(lost));
    }
}

/// When something falls due, in seconds of the day where the customer is.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    /// Nobody knows.
    Anytime,
    /// From this second on, at most so many later.
    Within { first: i64, for_: i64 },
}

impl Due {
    fn at(first: i64) -> Due {
        Due::Within { first, for_: 0 }
    }

    /// So much later. What waited an exact time comes an hour early or late where the clocks changed meanwhile.
    fn after(self, waited: i64) -> Due {
        match self {
            Due::Within { first, for_: 0 } if waited != 0 => {
                Due::Within { first: first + waited - CHANGE, for_: 2 * CHANGE }
            }
            Due::Within { first, for_ } => Due::Within { first: first + waited, for_ },
            Due::Anytime => Due::Anytime,
        }
    }
}

struct Night<'m> {
    model: &'m Model,
    quiet: &'m Quiet,
    valid: &'m Placed<i64>,
    /// Where it is said when the first message falls due.
    due_at: Span,
    /// The first message that is lost.
    lost: Option<ExpiresInQuietHours>,
}

impl Night<'_> {
    /// Goes through a flow; gives when its next step would be due.
    fn steps(&mut self, steps: &[Step], start: Due) -> Due {
        let mut due = start;
        for step in steps {
            due = match step {
                Step::Wait(Length::Seconds(seconds), _) => due.after(*seconds),
                Step::Wait(Length::Months(_), _) | Step::Update { .. } => due,
                Step::WaitUntil(time, _) => Due::at(seconds(*time)),
                Step::Send { email, .. } => self.email(email, due),
                Step::Call(call) => {
                    self.message(&call.destination, matches!(call.leave, Leave::Transactional), due)
                }
                Step::If(_, then, otherwise) => {
                    let ways = [self.steps(then, due), self.steps(otherwise, due)];
                    if ways[0] == ways[1] { ways[0] } else { Due::Anytime }
                }
            };
        }
        due
    }

    fn email(&mut self, email: &str, due: Due) -> Due {
        let transactional = |leave: &Leave| matches!(leave, Leave::Transactional);
        self.message(email, self.model.email(email).is_some_and(|e| transactional(&e.leave)), due)
    }

    /// One message; gives when it went, or was withheld.
    fn message(&mut self, name: &str, transactional: bool, due: Due) -> Due {
        let quiet = self.quiet;
        if quiet.except.holds(name, transactional) {
            return due;
        }
        let (from, to) = (seconds(quiet.from), seconds(quiet.to));
        let hours = (to - from).rem_euclid(DAY);
        // What falls due so soon after they begin is lost.
        let lost = hours - self.valid.value;
        let (certain, possible) = match due {
            Due::Anytime => (false, lost > 0),
            Due::Within { first, for_ } => {
                let after = (first - from).rem_euclid(DAY);
                (after + for_ < lost, after < lost || after + for_ >= DAY && lost > 0)
            }
        };
        if possible && self.lost.is_none() {
            let at = match due {
                Due::Within { first, for_: 0 } if certain => Some(first),
                _ => None,
            };
            self.lost = Some(ExpiresInQuietHours {
                message: name.to_string(),
                valid: length(self.valid.value),
                at: self.valid.span,
                quiet_at: quiet.span,
                quiet: format!("{} to {}", clock(from), clock(to)),
                from: clock(from),
                to: clock(from + lost),
                due: at.map(|at| (clock(at), self.due_at)),
                enough: length(at.map_or(hours, |at| (to - at).rem_euclid(DAY))),
            });
        }
        match due {
            Due::Within { first, for_: 0 } if !possible => {
                let held = (first - from).rem_euclid(DAY) < hours;
                Due::at(if held { to } else { first })
            }
            // What is lost is withheld at once, and the flow goes on.
            Due::Within { for_: 0, .. } => due,
            _ => Due::Anytime,
        }
    }
}

/// Since midnight.
fn seconds(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

fn clock(seconds: i64) -> String {
    let minutes = seconds.rem_euclid(DAY) / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
