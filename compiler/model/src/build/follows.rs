//! What follows from a mistake is not told as another one.
//!
//! A declaration that could not be read whole lacks what was not read; one that was mended in reading has what nobody
//! wrote. Whatever else is told *of* it, or elsewhere of what it names, would mostly go away with the first mistake, and
//! comes to light when that is mended, if not.

use std::collections::{BTreeMap, BTreeSet};

use persona_diagnostics::{FileId, Problems, Severity, Sources, Span, Told};
use persona_syntax::{Kind, SyntaxNode, SyntaxToken, ast};

use super::line_of;
use crate::places::Places;

/// Problems that say that something is not there, or not as it should be, where something else may be to blame.
const OF_OTHERS: &[&str] =
    &["missing-mapping", "missing-fallback", "misplaced", "unknown-name", "unknown-value", "cycle"];

/// Mistakes after which it is not known what something is: whatever else misses it may follow.
const OF_NAMES: &[&str] = &["unknown-name", "unknown-value", "duplicate-name", "bad-literal"];

/// Declarations that give a name by which others find them.
const GIVES_NAME: &[Kind] = &[
    Kind::Record,
    Kind::Event,
    Kind::Entity,
    Kind::Trait,
    Kind::Segment,
    Kind::Consent,
    Kind::Layout,
    Kind::Content,
    Kind::Email,
];

/// Declarations of data: their members are names for all others.
const DATA: &[Kind] = &[Kind::Customer, Kind::Record, Kind::Event, Kind::Entity];

/// What could not be read whole.
struct Unread {
    lines: BTreeSet<(FileId, usize)>,
    declarations: Places,
    /// Names given in those declarations.
    names: BTreeSet<String>,
    /// Whether one of them says to whom something is sent, or by what event.
    sender: bool,
    /// Whether one of them gives no name, which is lost.
    nameless: bool,
}

/// Drops what follows from other mistakes. The first `parsers` problems are the parser's, which are kept.
pub(super) fn drop(
    problems: &mut Problems,
    parsers: usize,
    parsed: &[ast::File],
    sources: &Sources,
    places: &Places,
) {
    let told: Vec<&Told> = problems.iter().collect();
    if told.len() == parsers {
        return;
    }
    let unread = unread(problems, parsers, parsed, sources, places);
    // Those that say what is wrong come before those that say what is missing.
    let (others, own): (Vec<usize>, Vec<usize>) = (parsers..told.len())
        .filter(|i| !unread.explains(told[*i], sources))
        .partition(|i| OF_OTHERS.contains(&told[*i].code));
    let mut mistaken = Mistaken::default();
    let mut kept: BTreeSet<usize> = (0..parsers).chain(own).collect();
    kept.iter().for_each(|i| mistaken.add(told[*i], parsed, sources, places));
    for i in others {
        if !mistaken.explains(told[i], sources, places) {
            kept.insert(i);
            mistaken.add(told[i], parsed, sources, places);
        }
    }
    problems.retain(|index, _| kept.contains(&index));
}

fn unread(
    problems: &Problems,
    parsers: usize,
    parsed: &[ast::File],
    sources: &Sources,
    places: &Places,
) -> Unread {
    let mistakes: Vec<Span> = problems.iter().take(parsers).filter_map(Told::span).collect();
    let declarations: Vec<Span> = mistakes.iter().filter_map(|at| places.before(*at)).collect();
    let mut names = BTreeSet::new();
    let (mut sender, mut nameless) = (false, false);
    for file in parsed {
        let here: Vec<Span> = declarations.iter().copied().filter(|d| d.file == file.id()).collect();
        if here.is_empty() {
            continue;
        }
        let broken = |node: &SyntaxNode| here.iter().any(|declaration| holds(node, *declaration));
        for declaration in file.tree().children().filter(broken) {
            sender |= matches!(
                declaration.kind(),
                Kind::Trigger | Kind::Campaign | Kind::Segment | Kind::Lifecycle | Kind::Email | Kind::Error
            );
            let mut named = declaration.descendants().filter(|node| node.kind() == Kind::Named).peekable();
            nameless |= GIVES_NAME.contains(&declaration.kind())
                && !declaration.children().any(|node| node.kind() == Kind::Named);
            names.extend(named.by_ref().map(|node| name(&node)));
            // `customer`, `brand`: what is declared without a name is called by its keyword.
            names.extend(declaration.first_token().map(|token| token.text().to_string()));
        }
        // What was skipped may have been a declaration.
        for skipped in file.tree().children().filter(|node| node.kind() == Kind::Error) {
            let tokens = skipped.descendants_with_tokens().filter_map(|e| e.into_token());
            names.extend(tokens.filter(|t| t.kind() == Kind::Name).map(|t| t.text().to_string()));
            sender = true;
        }
    }
    let lines = mistakes.iter().filter_map(|at| line_of(sources, *at)).collect();
    Unread { lines, declarations: declarations.into_iter().collect(), names, sender, nameless }
}

impl Unread {
    fn explains(&self, told: &Told, sources: &Sources) -> bool {
        let on_line = |at: Span| line_of(sources, at).is_some_and(|line| self.lines.contains(&line));
        let sent = told.code == "missing-fallback" || told.names().any(|name| name == "event");
        told.span().is_some_and(on_line)
            || told.labels.iter().any(|label| self.declarations.around(label.span).is_some())
            || told.names().any(|name| self.names.contains(name))
            || self.sender && sent
            || self.nameless && matches!(told.code, "unknown-name" | "unknown-value")
    }
}

/// What was read whole, and in which something is wrong.
#[derive(Default)]
struct Mistaken {
    /// Declarations that give one thing twice.
    twice: Places,
    /// Names given on lines with a mistake, and the lines.
    names: BTreeMap<String, BTreeSet<(FileId, usize)>>,
    /// Names of declarations with a mistake: there are such things, whatever else is wrong with them.
    declared: BTreeSet<String>,
    /// Whether something unknown is sent, or sent for an unknown reason.
    sender: bool,
}

impl Mistaken {
    fn add(&mut self, told: &Told, parsed: &[ast::File], sources: &Sources, places: &Places) {
        let is_error = told.severity == Severity::Error;
        let Some(at) = told.span().filter(|_| is_error && OF_NAMES.contains(&told.code)) else { return };
        let (Some(line), Some(declaration)) = (line_of(sources, at), places.around(at)) else { return };
        if told.code == "duplicate-name" {
            self.twice.insert(declaration);
        }
        let Some(file) = parsed.iter().find(|file| file.id() == at.file) else { return };
        let Some(node) = file.tree().children().find(|node| holds(node, declaration)) else { return };
        self.sender |= matches!(node.kind(), Kind::Trigger | Kind::Campaign);
        let head = node.children().find(|node| node.kind() == Kind::Named);
        self.declared.extend(head.map(|head| name(&head)));
        // A type that is none may have stood in the place of the name.
        let tokens = node.descendants_with_tokens().filter_map(|e| e.into_token());
        let gives = |token: &SyntaxToken| {
            token.kind() == Kind::Name
                && (DATA.contains(&node.kind()) || token.parent().is_some_and(|p| p.kind() == Kind::Named))
        };
        for token in tokens.filter(gives) {
            let start =
                Span::new(file.id(), token.text_range().start().into(), token.text_range().end().into());
            if line_of(sources, start) == Some(line) {
                self.names.entry(token.text().to_string()).or_default().insert(line);
            }
        }
    }

    /// Whether one of these mistakes is likely the reason of a problem.
    fn explains(&self, told: &Told, sources: &Sources, places: &Places) -> bool {
        let Some(here) = told.span() else { return false };
        let own = line_of(sources, here);
        let elsewhere = |lines: &BTreeSet<_>| lines.iter().any(|line| Some(*line) != own);
        let sent = told.code == "missing-fallback" || told.names().any(|name| name == "event");
        told.names().any(|name| self.names.get(name).is_some_and(elsewhere))
            || told.code == "unknown-name" && told.names().any(|name| self.declared.contains(name))
            || told.code == "missing-mapping"
                && places.around(here).is_some_and(|d| self.twice.around(d).is_some())
            || self.sender && sent
    }
}

fn holds(node: &SyntaxNode, part: Span) -> bool {
    let range = node.text_range();
    u32::from(range.start()) <= part.start && part.end <= u32::from(range.end())
}

fn name(named: &SyntaxNode) -> String {
    named.text().to_string().trim().to_string()
}
