//! The HTML or MJML of a template, read for what it uses.

use std::ops::Range;

use super::{Clients, Findings, style};
use crate::page::{Attribute, Page, Tag};

/// Attributes of MJML's own elements that become the CSS property of the same name; the others become tables, or code that
/// Outlook has its own part of.
const STYLING: &[&str] = &["border-radius", "letter-spacing", "text-decoration", "text-transform"];

/// Reads all of a template.
pub(super) fn read(findings: &mut Findings, page: &Page) {
    let windows = Clients::named("outlook-windows").unwrap_or_default();
    let all = findings.clients;
    page.tags(|tag| {
        let seen_by = if tag.in_outlook { all } else { all.without(windows) };
        self::tag(findings, page, &tag, seen_by);
    });
}

/// What a tag uses, and what is read with it.
fn tag(findings: &mut Findings, page: &Page, tag: &Tag, seen_by: Clients) {
    let (name, named) = (tag.name.as_str(), &tag.named);
    let of_mjml = tag.is_mjml();
    let is_style = name == "style" || name == "mj-style";
    // What MJML writes into `style` attributes itself needs no element.
    let inlined = name == "mj-style" && tag.get("inline").is_some_and(|a| a.value == "inline");
    let mut styled = seen_by;
    if is_style && !inlined {
        styled = findings.uses("element:style", named.clone(), seen_by);
    } else if !of_mjml {
        findings.uses(&format!("element:{name}"), named.clone(), seen_by);
    }
    let kind = match name {
        "input" => Some(tag.get("type").map_or("text", |a| a.value)),
        "button" => Some(tag.get("type").map_or("submit", |a| a.value)),
        "meta" => tag.get("name").map(|a| a.value),
        _ => None,
    };
    if let Some(kind) = kind {
        findings.uses(&format!("element:{name}:{}", kind.to_ascii_lowercase()), named.clone(), seen_by);
    }
    for attribute in &tag.attributes {
        let Attribute { name: key, name_at, value, value_at } = attribute;
        if of_mjml && STYLING.contains(&&**key) {
            findings.uses(&format!("property:{key}"), name_at.clone(), seen_by);
        } else if !of_mjml && key == "style" {
            style::attribute(findings, value, value_at.start, seen_by);
        } else if !of_mjml {
            findings.uses(&format!("attribute:{key}"), name_at.clone(), seen_by);
        }
        address(findings, name, key, value, value_at, seen_by);
    }
    if let Some(sheet) = tag.content.clone().filter(|_| is_style) {
        style::sheet(findings, &page.text[sheet.clone()], sheet.start, styled, inlined);
    }
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
