//! The written law of the language: `persona.pest`, readable, printable and executable.
//!
//! The compiler does not parse with it (a grammar of this kind stops at the first mistake and leaves no tree); the
//! tests hold the compiler's parser to it, and `persona grammar` prints it and judges by it.

mod expected;

use std::sync::LazyLock;

use pest::error::{ErrorVariant, LineColLocation};
use pest_meta::parser::Rule as Meta;
use pest_vm::Vm;

pub use expected::{Expected, expected};

/// The whole text of `persona.pest`.
pub const GRAMMAR: &str = include_str!("../persona.pest");

/// One rule of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name: `segment`.
    pub name: &'static str,
    /// One thing it stands for, from the `///` line above it: `segment vip { when … }`.
    pub example: &'static str,
    /// The rule as it is written in the file.
    pub text: &'static str,
}

/// Why the grammar refuses a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was expected there, in the grammar's own terms.
    pub message: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Refusal {}

/// Every rule, in the order of the file.
pub fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = Vec::new();
        let mut example = "";
        for pair in pest_meta::parser::parse(Meta::grammar_rules, GRAMMAR).into_iter().flatten() {
            let text = pair.as_str();
            for part in pair.into_inner() {
                match part.as_rule() {
                    Meta::line_doc => example = part.into_inner().last().map_or("", |doc| doc.as_str()),
                    Meta::identifier => {
                        rules.push(Rule { name: part.as_str(), example: std::mem::take(&mut example), text });
                        break;
                    }
                    _ => {}
                }
            }
        }
        rules
    });
    &RULES
}

/// The rule of this name, with or without the `_` that keeps it apart from a word of Rust.
pub fn rule(name: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.name.trim_end_matches('_') == name.trim_end_matches('_'))
}

/// Every rule's name with its example.
pub fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    rules().iter().map(|rule| (rule.name, rule.example))
}

/// The grammar as a machine that parses by any of its rules.
pub fn machine() -> &'static Vm {
    static MACHINE: LazyLock<Vm> = LazyLock::new(|| {
        // The grammar is part of this program: a mistake in it is met by the first test, and leaves no rules.
        let rules = pest_meta::parse_and_optimize(GRAMMAR).map(|(_, rules)| rules);
        Vm::new(rules.unwrap_or_default())
    });
    &MACHINE
}

/// Whether the text is a program, by the letter of the law.
pub fn check(text: &str) -> Result<(), Refusal> {
    let refused = match machine().parse("file", text) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let (line, column) = match refused.line_col {
        LineColLocation::Pos(at) | LineColLocation::Span(at, _) => at,
    };
    let message = match &refused.variant {
        ErrorVariant::ParsingError { positives, .. } if !positives.is_empty() => {
            let words: Vec<&str> = positives.iter().map(|rule| rule.trim_start_matches("kw_")).collect();
            format!("expected {}", words.join(", "))
        }
        ErrorVariant::ParsingError { .. } => "something else is expected".to_string(),
        ErrorVariant::CustomError { message } => message.clone(),
    };
    Err(Refusal { line, column, message })
}
