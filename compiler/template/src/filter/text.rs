//! Filters on text.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use persona_value::{Type, Value};

use super::{Gift, Given, Refusal, Setting};
use crate::cell::Cell;
use crate::data::Escape;
use crate::html;
use crate::kind::Kind;

// ---- what they give

fn always(kind: Kind) -> Result<Gift, Refusal> {
    Ok(Gift { kind, may_be_missing: false })
}

pub(super) fn text(_: &Given) -> Result<Gift, Refusal> {
    always(Kind::TEXT)
}

pub(super) fn texts(_: &Given) -> Result<Gift, Refusal> {
    always(Kind::list(Type::Text))
}

/// Text; HTML where any part is HTML.
pub(super) fn joined(given: &Given) -> Result<Gift, Refusal> {
    let markup = *given.input == Kind::Markup || given.arguments.contains(&Kind::Markup);
    always(if markup { Kind::Markup } else { Kind::TEXT })
}

pub(super) fn sliced(given: &Given) -> Result<Gift, Refusal> {
    match given.input {
        kind if kind.item().is_some() => always(Kind::list(kind.item().unwrap_or(Type::Unknown))),
        kind if kind.is_printable() => always(Kind::TEXT),
        _ => Err(Refusal::Input("text or a list".into())),
    }
}

pub(super) fn sized(given: &Given) -> Result<Gift, Refusal> {
    if given.input.item().is_some() || given.input.is_text() {
        always(Kind::INT)
    } else {
        Err(Refusal::Input("text or a list".into()))
    }
}

// ---- what they do

pub(super) fn hashed(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, persona_value::hashed)
}

pub(super) fn masked(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, persona_value::masked)
}

fn mapped(input: &Cell, change: impl Fn(&str) -> String) -> Result<Cell, String> {
    Ok(Cell::text(change(&input.to_text())))
}

/// As [`mapped`], for changes that leave HTML safe.
fn kept(input: &Cell, change: impl Fn(&str) -> String) -> Result<Cell, String> {
    match input {
        Cell::Markup(html) => Ok(Cell::Markup(change(html).into())),
        _ => mapped(input, change),
    }
}

/// Two texts in a row; where one is HTML, the other is made so.
fn concatenated(setting: &Setting, first: &Cell, second: &Cell) -> Cell {
    let is_markup = |cell: &Cell| matches!(cell, Cell::Markup(_));
    if setting.escape == Escape::Html && (is_markup(first) || is_markup(second)) {
        let mut html = String::new();
        for cell in [first, second] {
            if is_markup(cell) {
                html.push_str(&cell.to_text());
            } else {
                html::escape(&mut html, &cell.to_text());
            }
        }
        return Cell::Markup(html.into());
    }
    Cell::text(format!("{}{}", first.to_text(), second.to_text()))
}

fn argument<'a>(arguments: &'a [Cell], index: usize) -> Cow<'a, str> {
    arguments.get(index).map_or(Cow::Borrowed(""), Cell::to_text)
}

/// A whole number, or a text that is one.
pub(super) fn int(cell: &Cell) -> Result<i64, String> {
    match cell {
        Cell::Value(Value::Int(whole)) => Ok(*whole),
        cell => {
            let text = cell.to_text();
            text.trim().parse().map_err(|_| format!("`{text}` is not a whole number"))
        }
    }
}

pub(super) fn append(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    Ok(concatenated(s, input, &arguments[0]))
}

pub(super) fn prepend(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    Ok(concatenated(s, &arguments[0], input))
}

pub(super) fn upcase(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, str::to_uppercase)
}

pub(super) fn downcase(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, str::to_lowercase)
}

/// The first character in upper case, the others in lower case.
pub(super) fn capitalize(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| {
        let mut characters = text.chars();
        let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        first + &characters.as_str().to_lowercase()
    })
}

pub(super) fn strip(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    kept(input, |text| text.trim().to_string())
}

pub(super) fn lstrip(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    kept(input, |text| text.trim_start().to_string())
}

pub(super) fn rstrip(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    kept(input, |text| text.trim_end().to_string())
}

pub(super) fn strip_newlines(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    kept(input, |text| text.replace("\r\n", "").replace('\n', ""))
}

pub(super) fn replace(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| text.replace(&*argument(arguments, 0), &argument(arguments, 1)))
}

pub(super) fn replace_first(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| text.replacen(&*argument(arguments, 0), &argument(arguments, 1), 1))
}

pub(super) fn replace_last(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| without_last(text, &argument(arguments, 0), &argument(arguments, 1)))
}

pub(super) fn remove(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| text.replace(&*argument(arguments, 0), ""))
}

pub(super) fn remove_first(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| text.replacen(&*argument(arguments, 0), "", 1))
}

pub(super) fn remove_last(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| without_last(text, &argument(arguments, 0), ""))
}

fn without_last(text: &str, what: &str, instead: &str) -> String {
    match text.rfind(what) {
        Some(at) => format!("{}{instead}{}", &text[..at], &text[at + what.len()..]),
        None => text.to_string(),
    }
}

/// Parts between separators, empty ones at the end left out; a blank separates at any white space, none at every
/// character.
pub(super) fn split(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let (text, separator) = (input.to_text(), argument(arguments, 0));
    let mut parts: Vec<Value> = match &*separator {
        "" => text.chars().map(|c| Value::text(c.to_string())).collect(),
        " " => text.split_whitespace().map(Value::text).collect(),
        separator => text.split(separator).map(Value::text).collect(),
    };
    while parts.last().is_some_and(|part| part.as_text() == Some("")) {
        parts.pop();
    }
    Ok(Cell::list(parts))
}

/// At most so many characters, the ending among them.
pub(super) fn truncate(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let length = arguments.first().map_or(Ok(50), int)?.max(0) as usize;
    let ending = arguments.get(1).map_or(Cow::Borrowed("..."), Cell::to_text);
    mapped(input, |text| {
        if text.chars().count() <= length {
            return text.to_string();
        }
        let kept = length.saturating_sub(ending.chars().count());
        text.chars().take(kept).chain(ending.chars()).collect()
    })
}

/// At most so many words, but at least one; the ending where words were left out.
pub(super) fn truncatewords(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let count = arguments.first().map_or(Ok(15), int)?.max(1) as usize;
    let ending = arguments.get(1).map_or(Cow::Borrowed("..."), Cell::to_text);
    mapped(input, |text| {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() <= count { text.to_string() } else { words[..count].join(" ") + &ending }
    })
}

/// So many characters or items (one, if not said) from a place on, which counts from the end where negative.
pub(super) fn slice(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let start = int(&arguments[0])?;
    let length = match arguments.get(1) {
        None => 1,
        Some(cell) if cell.is_missing() && !setting.typed => 1,
        Some(cell) => int(cell)?,
    };
    let part = |count: usize| -> Option<std::ops::Range<usize>> {
        let from = if start < 0 { (count as i64).checked_add(start)? } else { start };
        let from = usize::try_from(from).ok().filter(|from| *from <= count)?;
        let length = usize::try_from(length).ok()?;
        Some(from..from.saturating_add(length).min(count))
    };
    match input {
        Cell::Value(Value::List(_)) | Cell::Range(..) => {
            let items = input.items();
            Ok(Cell::list(part(items.len()).map(|at| items[at].to_vec()).unwrap_or_default()))
        }
        _ => mapped(input, |text| {
            let characters: Vec<char> = text.chars().collect();
            part(characters.len()).map(|at| characters[at].iter().collect()).unwrap_or_default()
        }),
    }
}

pub(super) fn size(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    Ok(Cell::int(input.size() as i64))
}

/// As a form encodes it: blanks are `+`.
pub(super) fn url_encode(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| {
        let keep = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b' ');
        html::encode(text, keep).replace(' ', "+")
    })
}

pub(super) fn url_decode(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    let text = input.to_text().replace('+', " ");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map(Cell::text).map_err(|_| "the decoded text is not UTF-8".to_string())
}

pub(super) fn base64_encode(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| STANDARD.encode(text))
}

pub(super) fn base64_url_safe_encode(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    mapped(input, |text| URL_SAFE.encode(text))
}

pub(super) fn base64_decode(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    decoded(&STANDARD, input)
}

pub(super) fn base64_url_safe_decode(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    decoded(&URL_SAFE, input)
}

fn decoded(engine: &impl Engine, input: &Cell) -> Result<Cell, String> {
    let bytes = engine.decode(&*input.to_text()).map_err(|_| "the text is not base64".to_string())?;
    String::from_utf8(bytes).map(Cell::text).map_err(|_| "the decoded text is not UTF-8".to_string())
}
