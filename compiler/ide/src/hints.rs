//! Types that are not written, shown beside the name.

use persona_diagnostics::{FileId, Span};
use persona_model::Symbol;

use crate::Analysis;
use crate::typed::shown;

/// What is shown behind a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Behind this word.
    pub after: Span,
    /// `: money<GBP>?`
    pub text: String,
}

/// The types of traits, and of the variables of templates, in a file.
pub fn hints(analysis: &Analysis, file: FileId) -> Vec<Hint> {
    let Some(model) = &analysis.model else { return Vec::new() };
    let mut hints = Vec::new();
    for definition in model.index.definitions().iter().filter(|d| d.at.file == file) {
        if let (Symbol::Trait(_), Some(holds)) = (&definition.symbol, &definition.holds) {
            hints.push(Hint { after: definition.at, text: format!(": {}", shown(holds)) });
        }
    }
    for reference in model.index.references().iter().filter(|r| r.at.file == file) {
        if let (Symbol::Variable { first, .. }, Some(holds)) = (&reference.to, &reference.holds)
            && *first == reference.at
        {
            hints.push(Hint { after: reference.at, text: format!(": {}", shown(holds)) });
        }
    }
    hints.retain(|h| !h.text.contains("unknown"));
    hints.sort_by_key(|h| h.after.start);
    hints
}
