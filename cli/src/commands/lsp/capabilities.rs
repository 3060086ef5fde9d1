//! What this server can do.

use gen_lsp_types::*;
use persona_ide::TokenKind;

/// The kinds of tokens, in the order of their numbers.
pub const TOKENS: &[(TokenKind, &str)] = &[
    (TokenKind::Keyword, "keyword"),
    (TokenKind::Comment, "comment"),
    (TokenKind::Text, "string"),
    (TokenKind::Number, "number"),
    (TokenKind::Function, "function"),
    (TokenKind::Property, "property"),
    (TokenKind::Variable, "variable"),
    (TokenKind::Event, "event"),
    (TokenKind::Struct, "struct"),
    (TokenKind::Type, "type"),
    (TokenKind::Enum, "enum"),
    (TokenKind::EnumMember, "enumMember"),
    (TokenKind::Class, "class"),
];

/// What is said of tokens, by its bit.
const MODIFIERS: &[&str] = &["declaration", "defaultLibrary"];

/// Everything this server can do.
pub fn capabilities() -> ServerCapabilities {
    let legend = SemanticTokensLegend {
        token_types: TOKENS.iter().map(|(_, name)| name.to_string()).collect(),
        token_modifiers: MODIFIERS.iter().map(|name| name.to_string()).collect(),
    };
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        save: Some(Save::Bool(true)),
        ..Default::default()
    };
    let triggers = [".", "|", "(", "\"", "{", "%", "="];
    ServerCapabilities {
        position_encoding: Some(PositionEncodingKind::UTF16),
        text_document_sync: Some(sync.into()),
        hover_provider: Some(true.into()),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(triggers.map(str::to_string).to_vec()),
            ..Default::default()
        }),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        document_formatting_provider: Some(true.into()),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
                ..Default::default()
            }
            .into(),
        ),
        rename_provider: Some(RenameOptions { prepare_provider: Some(true), ..Default::default() }.into()),
        inlay_hint_provider: Some(true.into()),
        semantic_tokens_provider: Some(
            SemanticTokensOptions { legend, full: Some(Full::Bool(true)), ..Default::default() }.into(),
        ),
        ..Default::default()
    }
}
