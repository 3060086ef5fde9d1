//! A function is given what it does not take.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct WrongArguments {
    /// Its name.
    pub function: String,
    /// The call, or the argument that does not fit.
    pub at: Span,
    /// What is wrong: "it takes 2 arguments, not 1".
    pub why: String,
    /// How it is written.
    pub form: String,
}

impl Problem for WrongArguments {
    const CODE: &'static str = "wrong-arguments";

    fn tell(&self, to: &mut Report) {
        let WrongArguments { function, why, .. } = self;
        to.headline(format!("`{function}`: {why}"));
        to.label(self.at, why.clone());
        to.paste("it is written like this", self.form.clone());
    }
}
