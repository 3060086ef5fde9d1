//! Answers in the protocol's words.

use std::collections::HashMap;

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DiagnosticTag, DocumentSymbol, Location, SemanticToken, SymbolKind, TextEdit, Uri, WorkspaceEdit,
};
use persona_diagnostics::{FileId, Severity, Span, Told};
use persona_ide::{Analysis, Completion, CompletionKind, Edit, Entry, Token};
use persona_model::Symbol;

use super::capabilities::TOKENS;
use super::text::Lines;

/// Ranges and locations of one analysis: the lines of each file are found once.
pub struct Places<'a> {
    analysis: &'a Analysis,
    uri: Box<dyn Fn(FileId) -> Uri + 'a>,
    lines: HashMap<FileId, Lines<'a>>,
}

impl<'a> Places<'a> {
    pub fn new(analysis: &'a Analysis, uri: impl Fn(FileId) -> Uri + 'a) -> Places<'a> {
        Places { analysis, uri: Box::new(uri), lines: HashMap::new() }
    }

    pub fn lines(&mut self, file: FileId) -> &Lines<'a> {
        let text = &self.analysis.sources.file(file).text;
        self.lines.entry(file).or_insert_with(|| Lines::new(text))
    }

    pub fn range(&mut self, span: Span) -> gen_lsp_types::Range {
        self.lines(span.file).range(span)
    }

    pub fn location(&mut self, span: Span) -> Location {
        Location { uri: (self.uri)(span.file), range: self.range(span) }
    }

    pub fn edit(&mut self, edits: Vec<Edit>) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            let range = self.range(edit.at);
            let edits = changes.entry((self.uri)(edit.at.file)).or_default();
            edits.push(TextEdit { range, new_text: edit.text });
        }
        WorkspaceEdit { changes: Some(changes), ..Default::default() }
    }

    /// A problem at its place.
    pub fn diagnostic(&mut self, told: &Told) -> Diagnostic {
        let range = told.span().map(|at| self.range(at)).unwrap_or_default();
        let mut message = told.headline.clone();
        if let Some(label) = told.labels.first().filter(|l| !l.text.is_empty()) {
            message.push_str(&format!("\n{}", label.text));
        }
        for help in &told.helps {
            message.push_str(&format!("\nhelp: {}", help.text));
            if let Some(code) = &help.paste {
                message.push_str(&format!("\n  {}", code.replace('\n', "\n  ")));
            }
        }
        for note in &told.notes {
            message.push_str(&format!("\nnote: {note}"));
        }
        let others = told.labels.iter().skip(1).map(|label| DiagnosticRelatedInformation {
            location: self.location(label.span),
            message: label.text.clone(),
        });
        let others: Vec<_> = others.collect();
        Diagnostic {
            range,
            severity: Some(match told.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
            }),
            code: Some(told.code.into()),
            source: Some("persona".into()),
            message: message.into(),
            tags: (told.code == "unreachable").then(|| vec![DiagnosticTag::Unnecessary]),
            related_information: (!others.is_empty()).then_some(others),
            ..Default::default()
        }
    }

    pub fn symbol(&mut self, entry: &Entry) -> DocumentSymbol {
        let children: Vec<DocumentSymbol> = entry.children.iter().map(|e| self.symbol(e)).collect();
        let (range, selection_range) = (self.range(entry.whole), self.range(entry.at));
        let (kind, detail) = (symbol_kind(&entry.symbol), Some(entry.detail.clone()));
        let children = (!children.is_empty()).then_some(children);
        #[allow(deprecated, reason = "the type has no other way to be made")]
        DocumentSymbol {
            name: entry.name.clone(),
            detail,
            kind,
            tags: None,
            deprecated: None,
            range,
            selection_range,
            children,
        }
    }

    /// Tokens as differences from one to the next.
    pub fn tokens(&mut self, tokens: &[Token]) -> Vec<SemanticToken> {
        let (mut line, mut start) = (0, 0);
        let mut data = Vec::with_capacity(tokens.len());
        for token in tokens {
            let range = self.range(token.at);
            let delta_line = range.start.line - line;
            let delta_start =
                if delta_line == 0 { range.start.character - start } else { range.start.character };
            (line, start) = (range.start.line, range.start.character);
            let token_type = TOKENS.iter().position(|(kind, _)| *kind == token.kind).unwrap_or(0) as u32;
            data.push(SemanticToken {
                delta_line,
                delta_start,
                length: range.end.character.saturating_sub(range.start.character),
                token_type,
                token_modifiers_bitset: u32::from(token.declared) | u32::from(token.built_in) << 1,
            });
        }
        data
    }
}

/// A symbol's kind, as the protocol has kinds.
pub fn symbol_kind(symbol: &Symbol) -> SymbolKind {
    match symbol {
        Symbol::Attribute(_) | Symbol::Field { .. } => SymbolKind::Field,
        Symbol::Property(_) => SymbolKind::Property,
        Symbol::Trait(_) | Symbol::Variable { .. } => SymbolKind::Variable,
        Symbol::Event(_) => SymbolKind::Event,
        Symbol::Customer | Symbol::Record(_) | Symbol::Entity(_) => SymbolKind::Struct,
        Symbol::Lifecycle(_) => SymbolKind::Enum,
        Symbol::Stage { .. } | Symbol::Value { .. } => SymbolKind::EnumMember,
        Symbol::Segment(_) => SymbolKind::Interface,
        Symbol::Trigger(_) | Symbol::Campaign(_) => SymbolKind::Function,
        _ => SymbolKind::Class,
    }
}

/// What can be written; `place` orders it.
pub fn completion(offered: Completion, place: usize) -> CompletionItem {
    let kind = match &offered.kind {
        CompletionKind::Keyword => CompletionItemKind::Keyword,
        CompletionKind::Function | CompletionKind::Filter => CompletionItemKind::Function,
        CompletionKind::Name(symbol) => match symbol_kind(symbol) {
            SymbolKind::Field => CompletionItemKind::Field,
            SymbolKind::Property => CompletionItemKind::Property,
            SymbolKind::Variable => CompletionItemKind::Variable,
            SymbolKind::Event => CompletionItemKind::Event,
            SymbolKind::Struct => CompletionItemKind::Struct,
            SymbolKind::Enum => CompletionItemKind::Enum,
            SymbolKind::EnumMember => CompletionItemKind::EnumMember,
            SymbolKind::Interface => CompletionItemKind::Interface,
            _ => CompletionItemKind::Class,
        },
    };
    CompletionItem {
        label: offered.label,
        kind: Some(kind),
        detail: (!offered.detail.is_empty()).then_some(offered.detail),
        documentation: (!offered.docs.is_empty()).then(|| offered.docs.into()),
        sort_text: Some(format!("{place:05}")),
        ..Default::default()
    }
}
