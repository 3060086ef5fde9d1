//! A word stands where only certain words can.

use crate::{Problem, Report, Span, slip, suggest};

/// What the parser knows.
pub struct UnknownWord {
    /// The word.
    pub found: String,
    /// Where it stands.
    pub at: Span,
    /// What belongs there: "a member of a segment".
    pub what: String,
    /// The words that do.
    pub words: Vec<String>,
}

impl Problem for UnknownWord {
    const CODE: &'static str = "unknown-word";

    fn tell(&self, to: &mut Report) {
        let UnknownWord { found, what, words, .. } = self;
        // Nobody means a word by fifty letters; what is not a word at all need not be compared with every one.
        let found: String = found.chars().take(50).collect();
        to.headline(format!("`{found}` is not {what}"));
        to.label(self.at, format!("expected {what} here"));
        match suggest(&found, words.iter().map(String::as_str)) {
            Some(nearest) => to.did_you_mean(self.at, Some(nearest)),
            None => to.note(format!("it can be one of {}", words.join(", "))),
        }
        // Only these words can stand here, so a slip of the finger has one meaning.
        if let Some(word) = slip(&found, words.iter().map(String::as_str)) {
            to.fix(self.at, word, true);
        }
    }
}
