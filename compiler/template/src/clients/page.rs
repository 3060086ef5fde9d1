//! The HTML or MJML of a template, read for what it uses.

use std::ops::Range;

use super::{Clients, Findings, style};

/// Attributes of MJML's own elements that become the CSS property of the same name; the others become tables, or code that
/// Outlook has its own part of.
const STYLING: &[&str] = &["border-radius", "letter-spacing", "text-decoration", "text-transform"];

/// An attribute of a tag.
struct Attribute<'a> {
    name: String,
    name_at: Range<usize>,
    value: &'a str,
    value_at: Range<usize>,
}

/// Reads all of a template's flat text.
pub(super) fn read(findings: &mut Findings, flat: &str) {
    let windows = Clients::named("outlook-windows").unwrap_or_default();
    let all = findings.clients;
    // Between `<!--[if !mso]>` and its end, Outlook on Windows reads nothing.
    let mut seen_by = all;
    let mut at = 0;
    while let Some(found) = flat[at..].find('<') {
        at += found;
        let rest = &flat[at..];
        let end_of = |end: &str| rest.find(end).map_or(flat.len(), |found| at + found + end.len());
        if rest.starts_with("<!--[if") {
            let condition = &rest[..rest.find(']').unwrap_or(rest.len())];
            if condition.contains('!') {
                seen_by = all.without(windows);
                at = end_of("]>");
            } else {
                // Written for Outlook alone, by somebody who knows it.
                at = end_of("<![endif]");
            }
        } else if rest.starts_with("<!--<![endif]") || rest.starts_with("<![endif]") {
            seen_by = all;
            at = end_of(">");
        } else if rest.starts_with("<!-->") || rest.starts_with("<!--->") {
            at = end_of(">");
        } else if rest.starts_with("<!--") {
            at = end_of("-->");
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            at = tag(findings, flat, at, seen_by);
        } else {
            at += 1;
        }
    }
}

/// A tag that begins here, and what is read with it; gives where to go on.
fn tag(findings: &mut Findings, flat: &str, start: usize, seen_by: Clients) -> usize {
    let name_ends = |c: char| !c.is_ascii_alphanumeric() && c != '-';
    let name = &flat[start + 1..];
    let name = name[..name.find(name_ends).unwrap_or(name.len())].to_ascii_lowercase();
    let named = start..start + 1 + name.len();
    let (attributes, end) = attributes(flat, named.end);
    let get = |wanted: &str| attributes.iter().find(|a| a.name == wanted);
    let of_mjml = name == "mjml" || name.starts_with("mj-");
    let is_style = name == "style" || name == "mj-style";
    // What MJML writes into `style` attributes itself needs no element.
    let inlined = name == "mj-style" && get("inline").is_some_and(|a| a.value == "inline");
    let mut styled = seen_by;
    if is_style && !inlined {
        styled = findings.uses("element:style", named.clone(), seen_by);
    } else if !of_mjml {
        findings.uses(&format!("element:{name}"), named.clone(), seen_by);
    }
    let kind = match &*name {
        "input" => Some(get("type").map_or("text", |a| a.value)),
        "button" => Some(get("type").map_or("submit", |a| a.value)),
        "meta" => get("name").map(|a| a.value),
        _ => None,
    };
    if let Some(kind) = kind {
        findings.uses(&format!("element:{name}:{}", kind.to_ascii_lowercase()), named, seen_by);
    }
    for attribute in &attributes {
        let Attribute { name: key, name_at, value, value_at } = attribute;
        if of_mjml && STYLING.contains(&&**key) {
            findings.uses(&format!("property:{key}"), name_at.clone(), seen_by);
        } else if !of_mjml && key == "style" {
            style::attribute(findings, value, value_at.start, seen_by);
        } else if !of_mjml {
            findings.uses(&format!("attribute:{key}"), name_at.clone(), seen_by);
        }
        address(findings, &name, key, value, value_at, seen_by);
    }
    if !is_style && name != "script" {
        return end;
    }
    let close = format!("</{name}");
    let length = flat[end..].to_ascii_lowercase().find(&close).unwrap_or(flat.len() - end);
    if is_style {
        style::sheet(findings, &flat[end..end + length], end, styled, inlined);
    }
    end + length
}

/// Where a link leads, and what kind an image is.
fn address(
    findings: &mut Findings,
    element: &str,
    key: &str,
    value: &str,
    at: &Range<usize>,
    seen_by: Clients,
) {
    let value = value.trim();
    match (element, key) {
        (_, "href") if value.len() > 1 && value.starts_with('#') => {
            findings.uses("address:#", at.clone(), seen_by);
        }
        (_, "href") if value.starts_with("mailto:") => {
            findings.uses("address:mailto", at.clone(), seen_by);
        }
        ("img" | "mj-image", "src") if value.starts_with("data:") => {
            findings.uses("address:data", at.clone(), seen_by);
        }
        ("img" | "mj-image", "src") => {
            let path = value.split(['?', '#']).next().unwrap_or_default();
            if let Some((_, kind)) = path.rsplit_once('.').filter(|(_, kind)| !kind.contains('/')) {
                findings.uses(&format!("image:{}", kind.to_ascii_lowercase()), at.clone(), seen_by);
            }
        }
        _ => {}
    }
}

/// The attributes from here to the tag's end, and where that is.
fn attributes(flat: &str, from: usize) -> (Vec<Attribute<'_>>, usize) {
    let mut found = Vec::new();
    let mut at = from;
    let skip = |at: usize, set: &dyn Fn(char) -> bool| {
        let rest = &flat[at..];
        at + rest.find(|c| !set(c)).unwrap_or(rest.len())
    };
    loop {
        at = skip(at, &|c| c.is_whitespace() || c == '/');
        if at >= flat.len() || flat[at..].starts_with('>') {
            return (found, (at + 1).min(flat.len()));
        }
        // A stray `=` is a name's first sign, as HTML has it.
        let first = flat[at..].chars().next().map_or(1, char::len_utf8);
        let end = skip(at + first, &|c| !c.is_whitespace() && !matches!(c, '=' | '>' | '/'));
        let (name, name_at) = (flat[at..end].to_ascii_lowercase(), at..end);
        at = skip(end, &char::is_whitespace);
        let mut value_at = end..end;
        if flat[at..].starts_with('=') {
            at = skip(at + 1, &char::is_whitespace);
            let quote = flat[at..].chars().next().filter(|c| matches!(c, '"' | '\''));
            match quote {
                Some(quote) => {
                    value_at = at + 1..skip(at + 1, &|c| c != quote);
                    at = (value_at.end + 1).min(flat.len());
                }
                None => {
                    value_at = at..skip(at, &|c| !c.is_whitespace() && c != '>');
                    at = value_at.end;
                }
            }
        }
        found.push(Attribute { name, name_at, value: &flat[value_at.clone()], value_at });
    }
}
