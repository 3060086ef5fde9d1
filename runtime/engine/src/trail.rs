//! What was decided about whom, step by step, with the values it was decided on: what `persona explain send` reads back, and
//! what a test that fails shows.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Time;
use persona_model::Length;
use persona_value::Value;
use serde::{Deserialize, Serialize};

/// Something decided at the instant of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// About whom.
    pub customer: Arc<str>,
    /// The trigger or campaign.
    pub origin: Arc<str>,
    /// Whether that is a campaign.
    pub campaign: bool,
    /// Which of the customer's flows, with `by`.
    pub key: Option<Arc<str>>,
    /// What.
    pub what: What,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A flow started.
    Started {
        /// When what started it happened.
        at: Timestamp,
        /// The id of the event that started it; empty if none did.
        cause: Arc<str>,
    },
    /// A newer event started it over.
    StartedOver {
        /// When that happened.
        at: Timestamp,
        /// The event's id.
        cause: Arc<str>,
    },
    /// What starts a flow came, and none started.
    NotStarted {
        /// When it happened.
        at: Timestamp,
        /// Why none did.
        why: Refusal,
    },
    /// It waits.
    Waits {
        /// Until when, if nothing comes.
        until: Timestamp,
    },
    /// An `if` was decided.
    Answered {
        /// The question's name.
        question: Arc<str>,
        /// Which way.
        yes: bool,
    },
    /// A message is held.
    Held {
        /// Which.
        email: Arc<str>,
        /// Until when; then all is decided again.
        until: Timestamp,
        /// What was looked at.
        saw: Vec<Saw>,
    },
    /// A message is sent.
    Sent {
        /// Which.
        email: Arc<str>,
        /// What was looked at.
        saw: Vec<Saw>,
    },
    /// A message is withheld.
    Withheld {
        /// Which.
        email: Arc<str>,
        /// The first reason that holds.
        why: Arc<str>,
        /// What was looked at.
        saw: Vec<Saw>,
    },
    /// An attribute was given another value.
    Updated {
        /// Which.
        attribute: Arc<str>,
        /// What.
        value: Value,
    },
    /// The flow ended.
    Ended {
        /// Why.
        why: Arc<str>,
    },
    /// The customer is not in a campaign's audience any more, now that its message would go.
    LeftOut {
        /// Why.
        why: Arc<str>,
    },
}

/// Why a flow did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// One is under way that has sent something, or began by something newer.
    Live,
    /// Another sent its first e-mail within `once per`.
    OncePer,
}

/// A value that a decision about a message was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saw {
    /// A consent.
    Consent {
        /// Its name.
        name: Arc<str>,
        /// Whether it is in force.
        given: bool,
    },
    /// Quiet hours.
    Quiet {
        /// The customer's clock.
        clock: Time,
        /// Whether they lie around it.
        holds: bool,
    },
    /// A cap.
    Cap {
        /// How many at most.
        most: i64,
        /// In which time, as it is written.
        per: Arc<str>,
        /// How many there were in it.
        sent: i64,
    },
    /// `one of`.
    OneOf {
        /// In which time, as it is written.
        per: Arc<str>,
        /// Which of them was sent in it, and when.
        sent: Option<(Arc<str>, Timestamp)>,
    },
    /// The warm-up.
    WarmUp {
        /// How many may be sent on this day.
        most: i64,
        /// How many were.
        sent: i64,
    },
    /// Until when it is of use.
    Valid {
        /// That instant.
        until: Timestamp,
    },
}

impl What {
    /// A line for people. Instants are shown as `clock` says, a question as `question` does by its name.
    pub fn told(&self, question: &dyn Fn(&str) -> String, clock: &dyn Fn(Timestamp) -> String) -> String {
        match self {
            What::Started { .. } => "starts".to_string(),
            What::StartedOver { .. } => "starts over".to_string(),
            What::NotStarted { why, .. } => format!("does not start: {why}"),
            What::Waits { until } => format!("waits until {}", clock(*until)),
            What::Answered { question: name, yes } => format!("if {}: {}", question(name), yes_or_no(*yes)),
            What::Held { email, until, .. } => format!("{email} is held until {}", clock(*until)),
            What::Sent { email, .. } => format!("{email} is sent"),
            What::Withheld { email, why, .. } => format!("{email} is withheld: {why}"),
            What::Updated { attribute, .. } => format!("{attribute} is updated"),
            What::Ended { why } => format!("ends: {why}"),
            What::LeftOut { why } => format!("left out: {why}"),
        }
    }

    /// What a decision about a message was made on; of others nothing.
    pub fn saw(&self) -> &[Saw] {
        match self {
            What::Held { saw, .. } | What::Sent { saw, .. } | What::Withheld { saw, .. } => saw,
            _ => &[],
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Live => "one is under way",
            Refusal::OncePer => "once per",
        })
    }
}

impl Saw {
    /// A phrase for people. Instants are shown as `clock` says.
    pub fn told(&self, clock: &dyn Fn(Timestamp) -> String) -> String {
        match self {
            Saw::Consent { name, given } => format!("consent to {name}: {}", yes_or_no(*given)),
            Saw::Quiet { clock, holds: true } => format!("{} there: quiet", clock.strftime("%H:%M")),
            Saw::Quiet { clock, holds: false } => format!("{} there: not quiet", clock.strftime("%H:%M")),
            Saw::Cap { most, per, sent } => format!("{sent} of at most {most} per {per} before"),
            Saw::OneOf { per, sent: None } => format!("none of one-of per {per} before"),
            Saw::OneOf { per, sent: Some((email, at)) } => {
                format!("of one-of per {per}: {email} at {}", clock(*at))
            }
            Saw::WarmUp { most, sent } => format!("warm-up: {sent} of {most} that day"),
            Saw::Valid { until } => format!("of use until {}", clock(*until)),
        }
    }
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// A length of time as it is written.
pub(crate) fn written(length: Length) -> Arc<str> {
    let (n, unit) = match length {
        Length::Months(n) if n % 12 == 0 => (n / 12, "year"),
        Length::Months(n) => (n, "month"),
        Length::Seconds(n) => {
            let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
            let fits = units.iter().find(|(size, _)| n % size == 0);
            fits.map_or((n, "second"), |(size, unit)| (n / size, *unit))
        }
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" }).into()
}
