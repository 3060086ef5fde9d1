//! `persona grammar`

use std::path::Path;

use super::{Failure, Outcome, print};

/// Prints the grammar or a rule, or lets the grammar judge a file.
pub fn grammar(rule: Option<&str>, check: Option<&Path>) -> Outcome {
    if let Some(path) = check {
        let text = std::fs::read_to_string(path)
            .map_err(|e| Failure::usage(format!("cannot read {}: {e}", path.display())))?;
        return match persona_grammar::check(&text) {
            Ok(()) => print(&format!("{}: a program by the grammar\n", path.display())),
            Err(why) => Err(Failure { code: 1, message: Some(format!("{}: {why}", path.display())) }),
        };
    }
    match rule {
        None => print(persona_grammar::GRAMMAR),
        Some(name) => match persona_grammar::rule(name) {
            Some(rule) => print(&format!("{}\n", rule.text)),
            None => Err(Failure::usage(format!("the grammar has no rule `{name}`"))),
        },
    }
}
