//! Flows that start each other without end.

use crate::{Problem, Report, Span};

/// What the checker has found.
pub struct TriggerCycle {
    /// The flows of the circle: name, the e-mail it sends, and where its name stands.
    pub path: Vec<(String, String, Span)>,
}

impl Problem for TriggerCycle {
    const CODE: &'static str = "trigger-cycle";

    fn tell(&self, to: &mut Report) {
        match &self.path[..] {
            [(name, ..)] => to.headline(format!("the flow `{name}` starts itself, without end")),
            path => {
                let names: Vec<String> = path.iter().map(|(name, ..)| format!("`{name}`")).collect();
                to.headline(format!("the flows {} start each other, without end", names.join(", ")));
            }
        }
        for (at, (_, email, span)) in self.path.iter().enumerate() {
            let next = &self.path[(at + 1) % self.path.len()].0;
            to.label(*span, format!("sends `{email}`, and that starts `{next}`"));
        }
        to.help("say which e-mails start it: `on email_sent where email == \"…\"`");
        to.paste("or let it start once in a while only", "once per 30 days");
    }
}
