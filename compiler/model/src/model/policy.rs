//! What holds for every message.

use std::sync::Arc;

use jiff::civil::Time;
use persona_diagnostics::Span;
use persona_value::Decimal;

use crate::Length;

/// What holds for every message, whatever sends it. There is one in a program, or none.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Hours in which messages are held.
    pub quiet: Option<Quiet>,
    /// How many a customer gets at most.
    pub caps: Vec<Cap>,
    /// Messages of which a customer gets one.
    pub one_of: Vec<OneOf>,
    /// How sending begins with a new sender.
    pub warm_up: Option<WarmUp>,
    /// Rates at which a flow pauses itself.
    pub pauses: Vec<Pause>,
    /// Where it is declared.
    pub span: Span,
}

/// Hours of the day where the customer is, from the first on and without the second; they may cross midnight.
#[derive(Clone, Debug)]
pub struct Quiet {
    /// When they begin.
    pub from: Time,
    /// When they end.
    pub to: Time,
    /// What is sent all the same.
    pub except: Exempt,
    /// Where it is written.
    pub span: Span,
}

/// What a rule of the policy leaves alone.
#[derive(Clone, Debug, Default)]
pub struct Exempt {
    /// All that is transactional.
    pub transactional: bool,
    /// E-mails and destinations, by name.
    pub messages: Vec<Arc<str>>,
}

/// So many messages at most in a time.
#[derive(Clone, Debug)]
pub struct Cap {
    /// How many.
    pub most: i64,
    /// E-mails alone, rather than all that is sent and called.
    pub emails: bool,
    /// In the time before each.
    pub per: Length,
    /// What neither counts nor is withheld.
    pub except: Exempt,
    /// Where it is written.
    pub span: Span,
}

/// One of some messages in a time.
#[derive(Clone, Debug)]
pub struct OneOf {
    /// E-mails and destinations, by name.
    pub messages: Vec<Arc<str>>,
    /// In the time before each.
    pub per: Length,
    /// Where it is written.
    pub span: Span,
}

/// How many e-mails a day a new sender sends.
#[derive(Clone, Debug)]
pub struct WarmUp {
    /// On the first day.
    pub from: i64,
    /// The seconds after which that has doubled, again and again.
    pub doubling: i64,
    /// Where it is written.
    pub span: Span,
}

/// What a receiver may say of what they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// They call it spam.
    Complaint,
    /// It cannot be delivered.
    Bounce,
}

/// A share of what a flow or campaign sent at which it pauses itself.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Of what.
    pub of: Rate,
    /// From this share on: 0.003 is `0.3%`.
    pub rate: Decimal,
    /// Of what was sent in this time.
    pub per: Length,
    /// Where it is written.
    pub span: Span,
}

impl Quiet {
    /// Whether a time of day lies in these hours.
    pub fn holds(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            time >= self.from || time < self.to
        }
    }
}

impl Exempt {
    /// Whether a message is left alone.
    pub fn holds(&self, message: &str, transactional: bool) -> bool {
        self.transactional && transactional || self.messages.iter().any(|m| **m == *message)
    }
}
