//! A comment that is to allow a warning, and cannot.

use crate::{Problem, Report, Severity, Span};

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Another word stands for `allow`: this one.
    Misspelt(String),
    /// It does not say what it allows.
    NoCode,
    /// It gives no reason.
    NoReason,
    /// No problem has this name; the nearest that there is.
    Unknown(Option<String>),
    /// What it allows is an error, told here.
    IsError(Span),
}

/// What the reader of comments knows.
pub struct BadAllow {
    /// The problem it names; empty where it names none.
    pub code: String,
    /// The part of the comment that is wrong.
    pub at: Span,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Problem for BadAllow {
    const CODE: &'static str = "bad-allow";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let code = &self.code;
        const FORM: &str = "persona: allow CODE, REASON";
        match &self.fault {
            Fault::Misspelt(word) => {
                to.headline(format!("`{word}` allows nothing"));
                to.label(self.at, "expected `allow` here");
                to.did_you_mean(self.at, Some("allow"));
                to.fix(self.at, "allow", true);
            }
            Fault::NoCode => {
                to.headline("this comment does not say which warning it allows");
                to.label(self.at, "the name of a warning is missing");
                to.paste("it is written like this", FORM);
            }
            Fault::NoReason => {
                to.headline(format!("`{code}` is allowed without a reason"));
                to.label(self.at, "why it is right here is missing");
                to.paste("say why, for those who read this later", format!("persona: allow {code}, …"));
            }
            Fault::Unknown(nearest) => {
                to.headline(format!("there is no problem called `{code}` to allow"));
                to.label(self.at, "no problem of this name");
                to.did_you_mean(self.at, nearest.as_deref());
                if nearest.is_none() {
                    to.help("`persona explain` lists them all");
                }
            }
            Fault::IsError(error) => {
                to.headline(format!("`{code}` is an error here, and only warnings can be allowed"));
                to.label(self.at, "allowed here");
                to.label(*error, "told here all the same");
                to.help("mend what it tells of, and remove this comment");
            }
        }
    }
}
