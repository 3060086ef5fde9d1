//! What of a program with mistakes can still be relied on.
//!
//! A declaration is in doubt where a mistake was told in it, or where it names one that is. The rest means what it says,
//! whatever is wrong elsewhere; to be sure of that, every word of a declaration counts as a name, templates with it.

use std::collections::BTreeSet;

use persona_diagnostics::{Problems, Severity, Sources, Span, Told};
use persona_syntax::{Kind, SyntaxNode, ast};

use crate::Model;
use crate::places::Places;

/// What is in doubt.
#[derive(Clone, Debug, Default)]
pub struct Doubt {
    /// Nothing can be relied on.
    everything: bool,
    declarations: Places,
    /// Whether who is sent what is in doubt.
    senders: bool,
}

/// Declarations that say who is sent what, and what changes that.
const SENDERS: &[Kind] = &[Kind::Trigger, Kind::Campaign, Kind::Experiment, Kind::Event];

impl Doubt {
    /// After everything was told. The first `parsers` problems are the parser's.
    pub(crate) fn of(
        problems: &Problems,
        parsers: usize,
        parsed: &[ast::File],
        sources: &Sources,
        places: &Places,
    ) -> Doubt {
        let everything = Doubt { everything: true, ..Doubt::default() };
        let mut doubt = Doubt::default();
        let mut names: BTreeSet<String> = BTreeSet::new();
        let is_error = |told: &&Told| told.severity == Severity::Error;
        let mut wrong: BTreeSet<Span> = BTreeSet::new();
        for (at, told) in problems.iter().enumerate().filter(|(_, told)| is_error(told)) {
            let declaration = told.span().and_then(|span| match at < parsers {
                true => places.before(span),
                false => places.around(span),
            });
            // What goes round in circles cannot be looked into.
            let Some(declaration) = declaration.filter(|_| told.code != "cycle") else { return everything };
            wrong.insert(declaration);
        }
        if wrong.is_empty() {
            return doubt;
        }
        let nodes: Vec<(Span, SyntaxNode)> = parsed
            .iter()
            .flat_map(|file| {
                file.tree().children().map(|node| {
                    let range = node.text_range();
                    (Span::new(file.id(), range.start().into(), range.end().into()), node)
                })
            })
            .collect();
        // What was skipped may have been anything.
        if nodes.iter().any(|(_, node)| node.kind() == Kind::Error) {
            return everything;
        }
        let mut open: Vec<(BTreeSet<&str>, &Span, &SyntaxNode)> =
            nodes.iter().map(|(span, node)| (words(sources.text(*span)), span, node)).collect();
        loop {
            let (found, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|(words, span, node)| {
                wrong.iter().any(|wrong| span.holds(*wrong))
                    || words.iter().any(|word| names.contains(*word))
                    // What stands in files is not looked into.
                    || matches!(node.kind(), Kind::Email | Kind::Content | Kind::Layout) && words.contains("file")
            });
            open = rest;
            if found.is_empty() {
                return doubt;
            }
            for (_, span, node) in found {
                let given: Vec<String> = node
                    .descendants()
                    .filter(|node| node.kind() == Kind::Named)
                    .map(|node| node.text().to_string().trim().to_string())
                    .collect();
                let all = matches!(node.kind(), Kind::Customer | Kind::Record | Kind::Entity | Kind::Brand);
                let nameless =
                    given.is_empty() && !matches!(node.kind(), Kind::Policy | Kind::Retain | Kind::Identity);
                if all || nameless {
                    return everything;
                }
                if node.kind() == Kind::Lifecycle {
                    names.insert("stage".to_string());
                }
                doubt.senders |= SENDERS.contains(&node.kind());
                names.extend(given);
                doubt.declarations.extend(places, *span);
            }
        }
    }

    /// Whether the declaration around this place can be relied on.
    fn spares(&self, at: Span) -> bool {
        self.declarations.around(at).is_none()
    }
}

/// Everything that may be a name.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
}

impl Model {
    /// The program without what is in doubt; none where all of it is.
    pub fn sound(&self) -> Option<std::borrow::Cow<'_, Model>> {
        use std::borrow::Cow;
        let doubt = &self.doubt;
        if doubt.everything {
            return None;
        }
        if doubt.declarations.is_empty() {
            return Some(Cow::Borrowed(self));
        }
        let mut model = self.clone();
        model.traits.keep(|t| doubt.spares(t.span));
        model.segments.keep(|s| doubt.spares(s.span));
        model.lifecycles.keep(|l| doubt.spares(l.span));
        model.predictions.keep(|p| doubt.spares(p.span));
        model.contents.keep(|c| doubt.spares(c.span));
        model.layouts.keep(|l| doubt.spares(l.body.span));
        model.emails.keep(|e| !doubt.senders && doubt.spares(e.span));
        model.experiments.keep(|e| doubt.spares(e.span));
        model.triggers.keep(|t| doubt.spares(t.span));
        model.campaigns.keep(|c| doubt.spares(c.span));
        model.policy = model.policy.filter(|p| doubt.spares(p.span));
        Some(Cow::Owned(model))
    }
}
