//! One answer a question.

use std::sync::Arc;

use gen_lsp_types::*;
use lsp_server::ErrorCode;
use persona_diagnostics::{FileId, Span};
use persona_ide::{Analysis, Cursor};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::convert::{Places, completion, symbol_kind};
use super::documents::{Documents, uri_of};
use super::text::Lines;

/// An answer, or why there is none.
pub type Answer = Result<Value, (ErrorCode, String)>;

/// Answers a question.
pub fn answer(documents: &mut Documents, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/hover" => ask(params, |p: HoverParams| hover(documents, p)),
        "textDocument/completion" => ask(params, |p: CompletionParams| complete(documents, p)),
        "textDocument/definition" => {
            ask(params, |p: DefinitionParams| definition(documents, p.text_document_position_params))
        }
        "textDocument/references" => ask(params, |p: ReferenceParams| references(documents, p)),
        "textDocument/documentHighlight" => {
            ask(params, |p: DocumentHighlightParams| highlight(documents, p.text_document_position_params))
        }
        "textDocument/documentSymbol" => {
            ask(params, |p: DocumentSymbolParams| symbols(documents, &p.text_document.uri))
        }
        "workspace/symbol" => ask(params, |p: WorkspaceSymbolParams| workspace_symbols(documents, &p.query)),
        "textDocument/formatting" => {
            ask(params, |p: DocumentFormattingParams| formatting(documents, &p.text_document.uri))
        }
        "textDocument/codeAction" => ask(params, |p: CodeActionParams| actions(documents, p)),
        "textDocument/prepareRename" => {
            ask(params, |p: PrepareRenameParams| prepare_rename(documents, p.text_document_position_params))
        }
        "textDocument/rename" => ask(params, |p: RenameParams| rename(documents, p)),
        "textDocument/inlayHint" => ask(params, |p: InlayHintParams| hints(documents, p)),
        "textDocument/semanticTokens/full" => {
            ask(params, |p: SemanticTokensParams| tokens(documents, &p.text_document.uri))
        }
        _ => Err((ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
    }
}

/// Reads a question's parameters, and writes its answer.
fn ask<P: DeserializeOwned, R: Serialize>(
    params: Value,
    answer: impl FnOnce(P) -> Result<R, (ErrorCode, String)>,
) -> Answer {
    let params = serde_json::from_value(params).map_err(|e| (ErrorCode::InvalidParams, e.to_string()))?;
    serde_json::to_value(answer(params)?).map_err(|e| (ErrorCode::InternalError, e.to_string()))
}

/// An open file in what its project means.
pub struct File {
    /// What the project means.
    pub analysis: Arc<Analysis>,
    /// The file; none where nothing of the project names it.
    pub id: Option<FileId>,
}

/// The open file; none where it lies in no project.
fn file(documents: &mut Documents, uri: &Uri) -> Option<(File, std::path::PathBuf)> {
    let document = documents.get(uri)?;
    let (path, folder) = (document.path.clone(), document.project.clone()?);
    let analysis = documents.projects.get_mut(&folder)?.workspace.analysis();
    let id = path.strip_prefix(&folder).ok().and_then(|inside| analysis.file(inside));
    Some((File { analysis, id }, folder))
}

/// URIs of a project's files: as the client writes those that are open.
pub fn uris<'a>(
    documents: &'a Documents,
    folder: &'a std::path::Path,
    analysis: &'a Analysis,
) -> impl Fn(FileId) -> Uri + 'a {
    move |id| {
        let path = folder.join(&analysis.sources.file(id).path);
        documents.by_path(&path).map_or_else(|| uri_of(&path), |(uri, _)| uri.clone())
    }
}

/// Answers about an open file that the project names; else with nothing.
fn about<R>(
    documents: &mut Documents,
    uri: &Uri,
    answer: impl FnOnce(&Analysis, FileId, &mut Places) -> R,
) -> Option<R> {
    let (file, folder) = file(documents, uri)?;
    let id = file.id?;
    let mut places = Places::new(&file.analysis, uris(documents, &folder, &file.analysis));
    Some(answer(&file.analysis, id, &mut places))
}

fn at(places: &mut Places, file: FileId, position: Position) -> Cursor {
    Cursor { file, offset: places.lines(file).offset(position) as u32 }
}

type Asked<R> = Result<R, (ErrorCode, String)>;

fn hover(documents: &mut Documents, params: HoverParams) -> Asked<Option<Hover>> {
    let place = params.text_document_position_params;
    let found = about(documents, &place.text_document.uri, |analysis, file, places| {
        let cursor = at(places, file, place.position);
        let hover = persona_ide::hover(analysis, cursor)?;
        let contents = MarkupContent { kind: MarkupKind::Markdown, value: hover.text };
        Some(Hover { contents: contents.into(), range: Some(places.range(hover.at)) })
    });
    Ok(found.flatten())
}

fn complete(documents: &mut Documents, params: CompletionParams) -> Asked<Vec<CompletionItem>> {
    let place = params.text_document_position_params;
    let found = about(documents, &place.text_document.uri, |analysis, file, places| {
        let cursor = at(places, file, place.position);
        let offered = persona_ide::complete(analysis, cursor).into_iter().enumerate();
        offered.map(|(place, offered)| completion(offered, place)).collect()
    });
    Ok(found.unwrap_or_default())
}

fn definition(documents: &mut Documents, place: TextDocumentPositionParams) -> Asked<Vec<Location>> {
    let found = about(documents, &place.text_document.uri, |analysis, file, places| {
        let cursor = at(places, file, place.position);
        let found = persona_ide::definitions(analysis, cursor);
        found.into_iter().map(|at| places.location(at)).collect()
    });
    Ok(found.unwrap_or_default())
}

fn references(documents: &mut Documents, params: ReferenceParams) -> Asked<Vec<Location>> {
    let place = params.text_document_position_params;
    let declarations = params.context.include_declaration;
    let found = about(documents, &place.text_document.uri, |analysis, file, places| {
        let cursor = at(places, file, place.position);
        let found = persona_ide::references(analysis, cursor, declarations);
        found.into_iter().map(|at| places.location(at)).collect()
    });
    Ok(found.unwrap_or_default())
}

fn highlight(documents: &mut Documents, place: TextDocumentPositionParams) -> Asked<Vec<DocumentHighlight>> {
    let found = about(documents, &place.text_document.uri, |analysis, file, places| {
        let cursor = at(places, file, place.position);
        let found = persona_ide::highlights(analysis, cursor);
        found.into_iter().map(|at| DocumentHighlight { range: places.range(at), kind: None }).collect()
    });
    Ok(found.unwrap_or_default())
}

fn symbols(documents: &mut Documents, uri: &Uri) -> Asked<Vec<DocumentSymbol>> {
    let found = about(documents, uri, |analysis, file, places| {
        persona_ide::outline(analysis, file).iter().map(|entry| places.symbol(entry)).collect()
    });
    Ok(found.unwrap_or_default())
}

fn workspace_symbols(documents: &mut Documents, query: &str) -> Asked<Vec<WorkspaceSymbol>> {
    let folders: Vec<_> = documents.projects.keys().cloned().collect();
    let mut all = Vec::new();
    for folder in folders {
        let Some(project) = documents.projects.get_mut(&folder) else { continue };
        let analysis = project.workspace.analysis();
        let mut places = Places::new(&analysis, uris(documents, &folder, &analysis));
        for entry in persona_ide::search(&analysis, query) {
            let base_symbol_information = BaseSymbolInformation {
                name: entry.name.clone(),
                kind: symbol_kind(&entry.symbol),
                container_name: Some(entry.detail.clone()),
                tags: None,
            };
            let location = places.location(entry.at).into();
            all.push(WorkspaceSymbol { location, data: None, base_symbol_information });
        }
    }
    Ok(all)
}

fn formatting(documents: &mut Documents, uri: &Uri) -> Asked<Vec<TextEdit>> {
    let Some(document) = documents.get(uri).filter(|d| d.path.extension().is_some_and(|e| e == "persona"))
    else {
        return Err((ErrorCode::RequestFailed, "only open `.persona` files are formatted".into()));
    };
    let Some((replaced, new_text)) = persona_ide::formatted(&document.text) else { return Ok(Vec::new()) };
    let lines = Lines::new(&document.text);
    let range = Range { start: lines.position(replaced.start), end: lines.position(replaced.end) };
    Ok(vec![TextEdit { range, new_text }])
}

fn actions(documents: &mut Documents, params: CodeActionParams) -> Asked<Vec<CodeAction>> {
    let found = about(documents, &params.text_document.uri, |analysis, file, places| {
        let start = places.lines(file).offset(params.range.start);
        let end = places.lines(file).offset(params.range.end);
        let found = persona_ide::actions(analysis, Span::new(file, start, end)).into_iter();
        let action = |action: persona_ide::Action| {
            let mended = analysis.problems.iter().find(|told| (told.code, told.span()) == action.mends);
            CodeAction {
                title: action.title,
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: mended.map(|told| vec![places.diagnostic(told)]),
                is_preferred: Some(action.certain),
                edit: Some(places.edit(action.edits)),
                ..Default::default()
            }
        };
        found.map(action).collect()
    });
    Ok(found.unwrap_or_default())
}

fn prepare_rename(documents: &mut Documents, place: TextDocumentPositionParams) -> Asked<Option<Range>> {
    let found = about(documents, &place.text_document.uri, |analysis, file, places| {
        let cursor = at(places, file, place.position);
        persona_ide::prepare_rename(analysis, cursor).map(|at| places.range(at))
    });
    match found {
        Some(Err(why)) => Err((ErrorCode::RequestFailed, why.to_string())),
        Some(Ok(range)) => Ok(Some(range)),
        None => Ok(None),
    }
}

fn rename(documents: &mut Documents, params: RenameParams) -> Asked<WorkspaceEdit> {
    let place = params.text_document_position_params;
    let outside = || (ErrorCode::RequestFailed, "this file lies in no project".to_string());
    let (file, folder) = file(documents, &place.text_document.uri).ok_or_else(outside)?;
    let analysis = file.analysis;
    let id = file.id.ok_or_else(outside)?;
    let cursor = {
        let mut places = Places::new(&analysis, |_| Uri(String::new()));
        at(&mut places, id, place.position)
    };
    let project = documents.projects.get_mut(&folder).ok_or_else(outside)?;
    let edits = persona_ide::rename(&mut project.workspace, cursor, &params.new_name)
        .map_err(|why| (ErrorCode::RequestFailed, why.to_string()))?;
    Ok(Places::new(&analysis, uris(documents, &folder, &analysis)).edit(edits))
}

fn hints(documents: &mut Documents, params: InlayHintParams) -> Asked<Vec<InlayHint>> {
    let found = about(documents, &params.text_document.uri, |analysis, file, places| {
        let shown = persona_ide::hints(analysis, file).into_iter().map(|hint| InlayHint {
            position: places.range(hint.after).end,
            label: hint.text.into(),
            kind: Some(InlayHintKind::Type),
            text_edits: None,
            tooltip: None,
            padding_left: None,
            padding_right: None,
            data: None,
        });
        let (start, end) = (params.range.start, params.range.end);
        shown.filter(|hint| start <= hint.position && hint.position <= end).collect()
    });
    Ok(found.unwrap_or_default())
}

fn tokens(documents: &mut Documents, uri: &Uri) -> Asked<SemanticTokens> {
    let found = about(documents, uri, |analysis, file, places| {
        let tokens = persona_ide::tokens(analysis, file);
        SemanticTokens { result_id: None, data: places.tokens(&tokens) }
    });
    Ok(found.unwrap_or_default())
}
