//! A customer whom no stage of an exclusive lifecycle takes.

use crate::{Problem, Report, Span};

/// The one point that is left out.
pub struct Edge {
    /// What has it, if people have a name for that: "`spend`", "last `purchase`".
    pub of: Option<String>,
    /// The point, as it is written: `500 GBP`, `60 days ago`.
    pub value: String,
    /// The comparisons that part at it.
    pub at: Vec<Span>,
    /// Where one of them has its sign, and the sign that takes the point in.
    pub take: Option<(Span, String)>,
}

/// What the checker has found.
pub struct StageGap {
    /// The lifecycle.
    pub name: String,
    /// Where it is declared.
    pub at: Span,
    /// The last stage.
    pub last_at: Option<Span>,
    /// All who are in none of them.
    pub edge: Option<Edge>,
    /// Whether it takes something that happened just so long ago, to the second.
    pub instant: bool,
    /// Somebody in none of them: "a customer with …".
    pub witness: String,
}

impl Problem for StageGap {
    const CODE: &'static str = "stage-gap";

    fn tell(&self, to: &mut Report) {
        if let Some(edge) = &self.edge {
            return self.tell_edge(edge, to);
        }
        to.headline(format!("some customers are in no stage of the lifecycle `{}`", self.name));
        to.label(self.at, "its stages do not take everybody");
        to.note(format!("for example {}", self.witness));
        if self.instant {
            to.note("only for an instant: something must have happened just so long ago, to the second");
        }
        to.label_maybe(self.last_at, "a stage is missing, here or before");
        to.paste("give the others a stage as well", "stage others otherwise");
    }
}

impl StageGap {
    fn tell_edge(&self, edge: &Edge, to: &mut Report) {
        let Edge { value, .. } = edge;
        let whose = edge.of.as_deref().unwrap_or("value");
        to.headline(format!("whose {whose} is exactly {value} is in no stage of `{}`", self.name));
        for (place, at) in edge.at.iter().enumerate() {
            let text =
                if place == 0 { format!("this leaves out {value}") } else { "and so does this".into() };
            to.label(*at, text);
        }
        to.label(self.at, "its stages take everybody else");
        to.note(format!("for example {}", self.witness));
        match &edge.take {
            Some((sign, taking)) => {
                to.paste("let one of the two take it", format!("{taking} {value}"));
                to.fix(*sign, format!(" {taking} "), false);
            }
            None => to.paste("give them a stage as well", "stage others otherwise"),
        }
    }
}
