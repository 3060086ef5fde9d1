//! A secret stands in the program itself.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct SecretInProgram {
    /// Where it stands.
    pub at: Span,
    /// What to write instead: `auth bearer env CRM_TOKEN`.
    pub instead: String,
}

impl Problem for SecretInProgram {
    const CODE: &'static str = "secret-in-program";

    fn tell(&self, to: &mut Report) {
        to.headline("a secret does not stand in a program");
        to.label(self.at, "whoever reads the program reads this");
        to.paste("put it into a variable of the environment, and name that", &self.instead);
        to.note("a secret that was ever committed is known to others: replace it by a new one");
    }
}
