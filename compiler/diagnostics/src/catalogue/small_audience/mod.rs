//! A segment, stage or content branch with too few customers to learn anything from.

use crate::{Problem, Report, Severity, Span};

/// What a refresh has counted.
pub struct SmallAudience {
    /// What is small: ``segment `vip` ``.
    pub what: String,
    /// How many active customers in it can be reached.
    pub size: u64,
    /// How many the project asks for.
    pub least: u64,
    /// Where it is written.
    pub at: Span,
}

impl Problem for SmallAudience {
    const CODE: &'static str = "small-audience";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let SmallAudience { what, size, least, at } = self;
        let customers = match size {
            0 => "nobody active who".to_string(),
            1 => "1 active customer who".to_string(),
            n => format!("{n} active customers who"),
        };
        to.headline(format!("{what} has {customers} can be written to"));
        to.label(*at, format!("`persona.toml` asks for {least} at least"));
        to.help("ask for less, or join it with another, so that it holds more customers");
        to.paste(
            "where it is meant to be small, say why in the line above",
            "// persona: allow small-audience, pilot",
        );
        to.note(
            "active is who did something in the last 365 days; written to can be who has an address that is not \
             suppressed, and gave a consent",
        );
    }
}
