//! A value of the customer with a name that always means something else.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct ReservedName {
    /// The name.
    pub name: String,
    /// Where it is declared.
    pub at: Span,
    /// What it means: "what started the flow".
    pub means: String,
}

impl Problem for ReservedName {
    const CODE: &'static str = "reserved-name";

    fn tell(&self, to: &mut Report) {
        let ReservedName { name, means, .. } = self;
        to.headline(format!("no value can be called `{name}`: that is {means}"));
        to.label(self.at, format!("where it is read, this would be {means}"));
        to.help(format!("give it another name, such as `customer_{name}`"));
        to.fix(self.at, format!("customer_{name}"), false);
    }
}
