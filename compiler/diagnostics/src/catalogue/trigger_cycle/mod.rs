//! Flows that start each other without end.

use crate::{Problem, Report, Span};

/// What the checker has found.
pub struct TriggerCycle {
    /// The flows of the circle, each of which starts the next.
    pub path: Vec<Round>,
    /// A customer who goes round: "a customer with …"; none where everybody does.
    pub witness: Option<String>,
}

/// One flow of a circle.
pub struct Round {
    /// The flow.
    pub name: String,
    /// By what it starts the next.
    pub does: Does,
    /// Where that, or its name, stands.
    pub at: Span,
}

/// By what a flow starts another.
pub enum Does {
    /// It sends this e-mail.
    Sends(String),
    /// It gives this attribute another value.
    Sets(String),
}

impl Problem for TriggerCycle {
    const CODE: &'static str = "trigger-cycle";

    fn tell(&self, to: &mut Report) {
        match &self.path[..] {
            [only] => to.headline(format!("the flow `{}` starts itself, without end", only.name)),
            path => {
                let mut names: Vec<String> = path.iter().map(|round| format!("`{}`", round.name)).collect();
                names.dedup();
                let what = match &names[..] {
                    [only] => format!("the flow {only} starts itself, without end"),
                    _ => format!("the flows {} start each other, without end", names.join(", ")),
                };
                to.headline(what);
            }
        }
        let mut sends = false;
        for (at, round) in self.path.iter().enumerate() {
            let next = &self.path[(at + 1) % self.path.len()].name;
            let what = match &round.does {
                Does::Sends(email) => {
                    sends = true;
                    format!("sends `{email}`")
                }
                Does::Sets(attribute) => format!("sets `{attribute}`"),
            };
            to.label(round.at, format!("{what}, and that starts `{next}`"));
        }
        if let Some(witness) = &self.witness {
            to.note(format!("for example for {witness}"));
        }
        if sends {
            to.help("say which e-mails start it: `on email_sent where email == \"…\"`");
            to.paste("or let it start once in a while only", "once per 30 days");
        } else {
            to.help("let one of them start on something that none of them sets");
        }
    }
}
