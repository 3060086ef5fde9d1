//! Filters that make HTML of text, or text of HTML.
//!
//! Values are escaped where they are printed, so `escape` is hardly needed; it marks its result as HTML, which is
//! not escaped again. In plain text there is nothing to escape for.

use super::{Gift, Given, Refusal, Setting};
use crate::cell::Cell;
use crate::data::Escape;
use crate::html;
use crate::kind::Kind;

pub(super) fn markup(_: &Given) -> Result<Gift, Refusal> {
    Ok(Gift { kind: Kind::Markup, may_be_missing: false })
}

fn made(setting: &Setting, input: &Cell, make: impl Fn(&str) -> String) -> Result<Cell, String> {
    Ok(match (input, setting) {
        (Cell::Markup(html), _) => Cell::Markup(html.clone()),
        (_, Setting { typed: true, escape: Escape::Html, .. }) => Cell::Markup(make(&input.to_text()).into()),
        (_, Setting { typed: true, .. }) => Cell::text(input.to_text()),
        _ => Cell::text(make(&input.to_text())),
    })
}

pub(super) fn escape(setting: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    if input.is_missing() {
        return Ok(input.clone());
    }
    made(setting, input, escaped)
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    html::escape(&mut html, text);
    html
}

/// Escapes what is not escaped yet: `&amp;` stays.
pub(super) fn escape_once(setting: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    made(setting, input, |text| {
        let mut html = String::with_capacity(text.len() + 8);
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            html::escape(&mut html, &rest[..at]);
            let entity = rest[at..].find(';').map(|end| &rest[at..=at + end]).filter(|e| is_entity(e));
            match entity {
                Some(entity) => html.push_str(entity),
                None => html.push_str("&amp;"),
            }
            rest = &rest[at + entity.map_or(1, str::len)..];
        }
        html::escape(&mut html, rest);
        html
    })
}

/// `&name;`, `&#39;`, `&#x27;`
fn is_entity(text: &str) -> bool {
    let inside = &text[1..text.len() - 1];
    match inside.strip_prefix('#') {
        Some(number) => {
            let digits = number.strip_prefix(['x', 'X']).unwrap_or(number);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())
        }
        None => inside.len() > 1 && inside.bytes().all(|b| b.is_ascii_alphanumeric()),
    }
}

/// Line breaks as `<br />`, the text between them escaped.
pub(super) fn newline_to_br(setting: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    let broken = |text: &str| text.replace("\r\n", "\n").replace('\n', "<br />\n");
    match (input, setting) {
        (Cell::Markup(html), _) => Ok(Cell::Markup(broken(html).into())),
        (_, Setting { typed: true, escape: Escape::Html, .. }) => {
            Ok(Cell::Markup(broken(&escaped(&input.to_text())).into()))
        }
        (_, Setting { typed: true, .. }) => Ok(Cell::text(input.to_text())),
        _ => Ok(Cell::text(broken(&input.to_text()))),
    }
}

/// Text without tags, comments, scripts and styles. It is text again: printing escapes it.
pub(super) fn strip_html(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    let mut text = input.to_text().into_owned();
    for (open, close) in [("<script", "</script>"), ("<!--", "-->"), ("<style", "</style>"), ("<", ">")] {
        text = without(&text, open, close);
    }
    // Printed as text, an escaped character would be escaped again.
    Ok(Cell::text(if matches!(input, Cell::Markup(_)) { html::unescape(&text).into_owned() } else { text }))
}

/// The text without what stands from `open` to the next `close`.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(open) {
        let Some(end) = rest[start..].find(close) else { break };
        kept.push_str(&rest[..start]);
        rest = &rest[start + end + close.len()..];
    }
    kept + rest
}

/// HTML as it stands. The checker lets only the author's own HTML come here.
pub(super) fn raw(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    Ok(match input {
        Cell::Markup(_) => input.clone(),
        _ => Cell::Markup(input.to_text().into()),
    })
}
