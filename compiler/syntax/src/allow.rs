//! Comments that allow a warning: `// persona: allow CODE, REASON`, in templates `{% comment %}…{% endcomment %}`.
//!
//! Every phase tells its problems as if there were none of these; [`allow`] is the last step before they are shown.

use std::collections::BTreeSet;
use std::ops::Range;

use persona_diagnostics::catalogue::bad_allow::{BadAllow, Fault};
use persona_diagnostics::catalogue::{OF_DATA, PAGES, unused_allow::UnusedAllow};
use persona_diagnostics::{FileId, Problems, Severity, Sources, Span, Told, slip, suggest};

use crate::{Kind, SyntaxNode, lex};

/// What every such comment begins with.
const MARK: &str = "persona:";

/// A comment that allows something, well written or not.
struct Comment {
    /// `persona: allow CODE, REASON`.
    span: Span,
    /// The word behind the mark.
    word: Span,
    /// The warning's name; empty where there is none.
    code: Span,
    /// The rest.
    reason: String,
    /// What it is about: a problem that is told in here.
    about: Span,
}

/// Sets aside the warnings that comments allow, and tells of comments that allow nothing. What was allowed stays known
/// as [`Problems::allowed`].
pub fn allow(problems: &mut Problems, sources: &Sources) {
    let comments: Vec<Comment> = sources.iter().flat_map(|(id, _)| comments(id, sources)).collect();
    if comments.is_empty() {
        return;
    }
    let mut sound = Vec::new();
    for comment in &comments {
        match fault(comment, problems, sources) {
            Some((at, fault)) => {
                problems.report(BadAllow { code: sources.text(comment.code).to_string(), at, fault })
            }
            None => sound.push(comment),
        }
    }
    let fits = |comment: &Comment, told: &Told| comment.allows(told, sources);
    // A template that is named twice is read twice: what counts is the file.
    let place = |comment: &Comment| (sources.file(comment.span.file).path.clone(), comment.span.start);
    let used: BTreeSet<_> =
        sound.iter().filter(|c| problems.iter().any(|told| fits(c, told))).map(|c| place(c)).collect();
    problems.allow(|told| sound.iter().find(|c| fits(c, told)).map(|c| c.reason.clone()));
    // Behind an error the warning may only not have been looked for.
    if problems.any_error() {
        return;
    }
    let mut told = BTreeSet::new();
    for comment in sound {
        let place = place(comment);
        let code = sources.text(comment.code).to_string();
        if !used.contains(&place) && !OF_DATA.contains(&&*code) && told.insert(place) {
            problems.report(UnusedAllow { code, at: comment.span });
        }
    }
}

/// Sets aside the warnings that comments allow, of those that were found after the rest was told: what is wrong with a
/// comment was told then.
pub fn allow_more(problems: &mut Problems, sources: &Sources) {
    let comments: Vec<Comment> = sources.iter().flat_map(|(id, _)| comments(id, sources)).collect();
    let sound: Vec<&Comment> = comments.iter().filter(|c| fault(c, problems, sources).is_none()).collect();
    problems.allow(|told| sound.iter().find(|c| c.allows(told, sources)).map(|c| c.reason.clone()));
}

impl Comment {
    /// Whether it is about this warning.
    fn allows(&self, told: &Told, sources: &Sources) -> bool {
        let here = told.span().is_some_and(|at| self.about.holds(Span { end: at.start, ..at }));
        here && told.severity == Severity::Warning && told.code == sources.text(self.code)
    }
}

/// What is wrong with a comment, and where.
fn fault(comment: &Comment, problems: &Problems, sources: &Sources) -> Option<(Span, Fault)> {
    let (word, code) = (sources.text(comment.word), sources.text(comment.code));
    if word != "allow" {
        return Some((comment.word, Fault::Misspelt(word.to_string())));
    }
    if code.is_empty() {
        return Some((comment.span, Fault::NoCode));
    }
    if !PAGES.iter().any(|(known, _)| *known == code) {
        let nearest = suggest(code, PAGES.iter().map(|(known, _)| *known));
        return Some((comment.code, Fault::Unknown(nearest.map(str::to_string))));
    }
    if comment.reason.is_empty() {
        return Some((comment.span, Fault::NoReason));
    }
    let error = problems.iter().find_map(|told| {
        let at = told.span().filter(|at| comment.about.holds(*at))?;
        (told.code == code && told.severity == Severity::Error).then_some(at)
    });
    error.map(|at| (comment.span, Fault::IsError(at)))
}

/// Every such comment of a file.
fn comments(id: FileId, sources: &Sources) -> Vec<Comment> {
    let file = sources.file(id);
    if !file.text.contains(MARK) {
        return Vec::new();
    }
    match file.path.extension() {
        Some(extension) if extension == "persona" => in_program(id, &file.text),
        // Nothing that is told of `persona.toml` is a warning.
        Some(extension) if extension == "toml" => Vec::new(),
        _ => in_template(id, &file.text, 0..file.text.len()),
    }
}

fn in_program(id: FileId, text: &str) -> Vec<Comment> {
    let tree = crate::parse(id, text, &mut Problems::default()).tree();
    let tokens = lex(text);
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let range = token.start..token.end;
        match token.kind {
            Kind::Comment => {
                let line = text[..token.start].rfind('\n').map_or(0, |at| at + 1);
                let before = tokens[..index].iter().rev().take_while(|t| t.end > line);
                let behind_code = before.into_iter().any(|t| !t.kind.is_trivia());
                let below = || tokens[index..].iter().find(|t| !t.kind.is_trivia()).map(|t| t.start);
                let about = match below() {
                    _ if behind_code => line_at(text, token.start),
                    Some(start) => begun_at(&tree, start),
                    None => range.clone(),
                };
                // Behind the reason another comment may follow.
                let inside = token.start + 2..token.end;
                let end = text[inside.clone()].find(" //").map_or(token.end, |at| inside.start + at);
                found.extend(read(id, text, inside.start..end, about));
            }
            Kind::Text | Kind::UnclosedText => found.extend(in_template(id, text, range)),
            _ => {}
        }
    }
    found
}

/// The whole of the largest form, short of the file, that begins with the token at an offset.
fn begun_at(tree: &SyntaxNode, offset: usize) -> Range<usize> {
    let Some(token) = tree.token_at_offset((offset as u32).into()).right_biased() else {
        return offset..offset;
    };
    let first = |node: &SyntaxNode| {
        let tokens = node.descendants_with_tokens().filter_map(|e| e.into_token());
        tokens.into_iter().find(|t| !t.kind().is_trivia()).map(|t| usize::from(t.text_range().start()))
    };
    let forms = token.parent_ancestors().take_while(|node| node.parent().is_some());
    let form = forms.take_while(|node| first(node) == Some(offset)).last();
    form.map_or(token.text_range(), |node| node.text_range()).into()
}

/// Comments of the template that lies in a part of a text.
fn in_template(id: FileId, text: &str, part: Range<usize>) -> Vec<Comment> {
    let mut found = Vec::new();
    let marks = text[part.clone()].match_indices(MARK).map(|(at, _)| part.start + at);
    for mark in marks {
        let Some(opened) = opens_comment(&text[part.start..mark]).map(|at| part.start + at) else { continue };
        let rest = &text[mark..part.end];
        let inline = text[..mark].trim_end().ends_with('#');
        let Some(length) = rest.find(if inline { "%}" } else { "{%" }) else { continue };
        let tag = if inline { 2 } else { rest[length..].find("%}").map_or(0, |at| at + 2) };
        let inside = rest[..length].trim_end().trim_end_matches('-').len();
        let (line, end) = (line_at(text, mark), mark + length + tag);
        let alone = [
            &text[line.start.max(part.start)..opened.max(line.start)],
            text.get(end..line.end).unwrap_or(""),
        ]
        .iter()
        .all(|beside| beside.trim().trim_matches('"').is_empty());
        let below = || {
            let blank = text[line.end..part.end].len() - text[line.end..part.end].trim_start().len();
            line_at(text, (line.end + blank).min(part.end))
        };
        let about = if alone { below() } else { line };
        found.extend(read(id, text, mark..mark + inside, about));
    }
    found
}

/// Where the comment opens whose inside begins at the end of this text: `{% comment %}` or `{% #`.
fn opens_comment(text: &str) -> Option<usize> {
    let text = text.trim_end();
    let open = text.rfind("{%")?;
    let tag = text[open + 2..].trim_start_matches('-').trim_start();
    let comment = tag.strip_prefix("comment").map(|rest| rest.trim().trim_start_matches('-'));
    (tag == "#" || comment == Some("%}")).then_some(open)
}

fn line_at(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    start..text[at..].find('\n').map_or(text.len(), |length| at + length)
}

/// Reads a comment's inside, if it is one of these: other words may follow the mark in prose.
fn read(id: FileId, text: &str, inside: Range<usize>, about: Range<usize>) -> Option<Comment> {
    let span = |range: Range<usize>| Span::new(id, range.start, range.end);
    let skip = |from: usize, set: fn(char) -> bool| {
        let rest = &text[from..inside.end];
        from + rest.find(|c| !set(c)).unwrap_or(rest.len())
    };
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let start = skip(inside.start, char::is_whitespace);
    let word =
        skip(start + text[start..inside.end].strip_prefix(MARK).map(|_| MARK.len())?, char::is_whitespace);
    let word = word..skip(word, is_word);
    if &text[word.clone()] != "allow" && slip(&text[word.clone()], ["allow"]).is_none() {
        return None;
    }
    let code = skip(word.end, char::is_whitespace);
    let code = code..skip(code, is_word);
    let reason = text[code.end..inside.end].trim();
    let reason = reason.strip_prefix(',').map_or("", str::trim_start).to_string();
    let end = start + text[start..inside.end].trim_end().len();
    let (word, code) = (span(word), span(code));
    Some(Comment { span: span(start..end), word, code, reason, about: span(about) })
}
