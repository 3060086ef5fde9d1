//! What the words of a file are, for colours.

use std::sync::LazyLock;

use persona_diagnostics::{FileId, Span};
use persona_model::{Index, Symbol};
use persona_syntax::{Kind, SyntaxToken};

use crate::Analysis;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // their names say it
pub enum TokenKind {
    Keyword,
    Comment,
    Text,
    Number,
    Function,
    /// Attributes, fields, properties of the brand.
    Property,
    /// Traits, and variables of templates.
    Variable,
    Event,
    /// Records, entities, customers.
    Struct,
    /// Segments.
    Type,
    /// Lifecycles.
    Enum,
    /// Stages, values.
    EnumMember,
    /// What else is declared by name: sources, consents, layouts, e-mails, …
    Class,
}

/// A stretch of one line that is one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where.
    pub at: Span,
    /// What.
    pub kind: TokenKind,
    /// Whether it is declared here.
    pub declared: bool,
    /// Whether it is the language's own.
    pub built_in: bool,
}

/// The words of a file, in order, none over another.
pub fn tokens(analysis: &Analysis, file: FileId) -> Vec<Token> {
    let mut tokens = named(analysis, file);
    if let Some(program) = analysis.program(file) {
        let names = tokens.clone();
        for token in program.tree().descendants_with_tokens().filter_map(|e| e.into_token()) {
            let range = token.text_range();
            let at = Span::new(file, range.start().into(), range.end().into());
            if let Some(kind) = written(&token) {
                let text = analysis.sources.file(file).text.clone();
                around(at, kind, &names, &text, &mut tokens);
            }
        }
    }
    tokens.sort_by_key(|t| t.at.start);
    tokens.dedup_by_key(|t| t.at.start);
    tokens
}

/// Names, as the index knows them.
fn named(analysis: &Analysis, file: FileId) -> Vec<Token> {
    let Some(model) = &analysis.model else { return Vec::new() };
    let index: &Index = &model.index;
    let declared = index.definitions().iter().filter(|d| d.at.file == file);
    // A keyword that declares without a name stays a keyword.
    let named = |at: Span, name: &str| analysis.sources.text(at) == name;
    let mut tokens: Vec<Token> = declared
        .filter(|d| d.symbol != Symbol::Customer && named(d.at, d.symbol.name()))
        .map(|d| Token { at: d.at, kind: kind(&d.symbol), declared: true, built_in: false })
        .collect();
    let built_in: std::collections::HashSet<&Symbol> =
        index.definitions().iter().map(|d| &d.symbol).collect();
    for reference in index.references().iter().filter(|r| r.at.file == file) {
        let own = !built_in.contains(&reference.to) && !matches!(reference.to, Symbol::Variable { .. });
        let declared = matches!(&reference.to, Symbol::Variable { first, .. } if *first == reference.at);
        tokens.push(Token { at: reference.at, kind: kind(&reference.to), declared, built_in: own });
    }
    tokens.sort_by_key(|t| (t.at.start, std::cmp::Reverse(t.at.end)));
    tokens.dedup_by_key(|t| t.at.start);
    tokens
}

fn kind(symbol: &Symbol) -> TokenKind {
    match symbol {
        Symbol::Attribute(_) | Symbol::Field { .. } | Symbol::Property(_) => TokenKind::Property,
        Symbol::Trait(_) | Symbol::Variable { .. } => TokenKind::Variable,
        Symbol::Event(_) => TokenKind::Event,
        Symbol::Customer | Symbol::Record(_) | Symbol::Entity(_) => TokenKind::Struct,
        Symbol::Segment(_) => TokenKind::Type,
        Symbol::Lifecycle(_) => TokenKind::Enum,
        Symbol::Stage { .. } | Symbol::Value { .. } => TokenKind::EnumMember,
        _ => TokenKind::Class,
    }
}

/// What a token is by the way it is written.
fn written(token: &SyntaxToken) -> Option<TokenKind> {
    Some(match token.kind() {
        Kind::Comment | Kind::DocComment => TokenKind::Comment,
        Kind::String | Kind::Text | Kind::UnclosedString | Kind::UnclosedText => TokenKind::Text,
        Kind::Number | Kind::Date | Kind::Time | Kind::Timestamp => TokenKind::Number,
        Kind::Name => {
            let parent = token.parent().map(|p| p.kind());
            let above = token.parent().and_then(|p| p.parent()).map(|p| p.kind());
            match (parent, above) {
                (_, Some(Kind::Call)) | (Some(Kind::Call), _) => TokenKind::Function,
                (Some(Kind::NameRef | Kind::Named | Kind::Property), _) => return None,
                _ if is_keyword(token.text()) => TokenKind::Keyword,
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// Whether the grammar has this word.
fn is_keyword(word: &str) -> bool {
    static WORDS: LazyLock<std::collections::BTreeSet<&str>> = LazyLock::new(|| {
        persona_grammar::rules().iter().filter_map(|rule| rule.name.strip_prefix("kw_")).collect()
    });
    WORDS.contains(word)
}

/// A token without the names in it, line by line.
fn around(at: Span, kind: TokenKind, names: &[Token], text: &str, tokens: &mut Vec<Token>) {
    let mut from = at.start;
    let first = names.partition_point(|n| n.at.start < at.start);
    let inside = names[first..].iter().take_while(|n| n.at.start < at.end).filter(|n| n.at.file == at.file);
    let mut pieces = Vec::new();
    for name in inside {
        if name.at.start >= from {
            pieces.push((from, name.at.start));
            from = name.at.end;
        }
    }
    pieces.push((from, at.end));
    for (start, end) in pieces {
        let mut start = start as usize;
        for line in text.get(start..end as usize).unwrap_or("").split_inclusive('\n') {
            let length = line.trim_end_matches(['\n', '\r']).len();
            if length > 0 {
                let at = Span::new(at.file, start, start + length);
                tokens.push(Token { at, kind, declared: false, built_in: false });
            }
            start += line.len();
        }
    }
}
