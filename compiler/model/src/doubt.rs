//! What of a program with mistakes can still be relied on.
//!
//! A declaration is in doubt where a mistake was told in it, or where it names one that is. The rest means what it says,
//! whatever is wrong elsewhere; to be sure of that, every word of a declaration counts as a name, templates with it.

use std::collections::BTreeSet;

use persona_diagnostics::{Problems, Severity, Span, Told};
use persona_syntax::{Kind, SyntaxNode, ast};

use crate::Model;
use crate::places::Places;

/// The mistakes of a program, from which it is worked out what is in doubt when somebody asks: while somebody types,
/// nobody does.
#[derive(Clone, Debug, Default)]
pub struct Doubt {
    /// Nothing can be relied on.
    everything: bool,
    /// Declarations in which a mistake was told.
    wrong: BTreeSet<Span>,
    /// The programs, where there is any mistake.
    parsed: Vec<ast::File>,
}

/// What is in doubt.
#[derive(Default)]
struct Doubtful {
    declarations: Places,
    /// Whether who is sent what is in doubt.
    senders: bool,
}

/// Declarations that say who is sent what, and what changes that.
const SENDERS: &[Kind] = &[Kind::Trigger, Kind::Campaign, Kind::Experiment, Kind::Event];

impl Doubt {
    /// After everything was told. The first `parsers` problems are the parser's.
    pub(crate) fn of(problems: &Problems, parsers: usize, parsed: &[ast::File], places: &Places) -> Doubt {
        let mut doubt = Doubt::default();
        let is_error = |told: &&Told| told.severity == Severity::Error;
        for (at, told) in problems.iter().enumerate().filter(|(_, told)| is_error(told)) {
            let declaration = told.span().and_then(|span| match at < parsers {
                true => places.before(span),
                false => places.around(span),
            });
            // What goes round in circles cannot be looked into.
            match declaration.filter(|_| told.code != "cycle") {
                Some(declaration) => doubt.wrong.insert(declaration),
                None => return Doubt { everything: true, ..Doubt::default() },
            };
        }
        if !doubt.wrong.is_empty() {
            doubt.parsed = parsed.to_vec();
        }
        doubt
    }

    /// What is in doubt; none where everything is.
    fn spread(&self) -> Option<Doubtful> {
        let mut doubtful = Doubtful::default();
        if self.everything {
            return None;
        }
        let nodes = self.parsed.iter().flat_map(|file| {
            file.tree().children().map(|node| {
                let range = node.text_range();
                (Span::new(file.id(), range.start().into(), range.end().into()), node)
            })
        });
        let mut open: Vec<(BTreeSet<String>, Span, SyntaxNode)> =
            nodes.map(|(span, node)| (words(&node), span, node)).collect();
        // What was skipped may have been anything.
        if open.iter().any(|(.., node)| node.kind() == Kind::Error) {
            return None;
        }
        let places: Places = self
            .parsed
            .iter()
            .flat_map(ast::File::declarations)
            .map(|declaration| declaration.span)
            .collect();
        let mut names: BTreeSet<String> = BTreeSet::new();
        loop {
            let (found, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|(words, span, node)| {
                self.wrong.iter().any(|wrong| span.holds(*wrong))
                    || !names.is_disjoint(words)
                    // What stands in files is not looked into.
                    || matches!(node.kind(), Kind::Email | Kind::Content | Kind::Layout) && words.contains("file")
            });
            open = rest;
            if found.is_empty() {
                return Some(doubtful);
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
                    return None;
                }
                if node.kind() == Kind::Lifecycle {
                    names.insert("stage".to_string());
                }
                doubtful.senders |= SENDERS.contains(&node.kind());
                names.extend(given);
                doubtful.declarations.extend(&places, span);
            }
        }
    }
}

impl Doubtful {
    /// Whether the declaration around this place can be relied on.
    fn spares(&self, at: Span) -> bool {
        self.declarations.around(at).is_none()
    }
}

/// Everything that may be a name.
fn words(node: &SyntaxNode) -> BTreeSet<String> {
    let text = node.text().to_string();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.map(str::to_string).collect()
}

impl Model {
    /// The program without what is in doubt; none where all of it is.
    pub fn sound(&self) -> Option<std::borrow::Cow<'_, Model>> {
        use std::borrow::Cow;
        if !self.doubt.everything && self.doubt.wrong.is_empty() {
            return Some(Cow::Borrowed(self));
        }
        let doubt = self.doubt.spread()?;
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
