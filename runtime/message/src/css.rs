//! Rules of style sheets written into the elements that they are about: some mail programs read no style sheet.
//!
//! For a program that does, nothing changes. A rule in an element is stronger than one in a sheet, so a declaration is
//! written there only if no other of a sheet has to win over it: not one of `@media` or `:hover`, which only a sheet can
//! say, nor one that stays in the sheet for the sake of these.
//!
//! Elements are numbered, a library says which selectors mean which, and the rules are written into the author's own
//! text: nothing but `style` attributes changes in it, and the sheets of MJML that ask to be moved are gone.

mod selector;
mod sheet;
mod tags;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use css_inline::CSSInliner;

use crate::Markup;
use selector::selectors;
use sheet::{Declaration, Rule, rules, touch};
use tags::{Tag, raw_end, tags, unquoted};

/// The attribute that numbers elements, and the property that numbers selectors.
const NUMBER: &str = "data-persona-element";
const MET: &str = "--persona-";
/// What the library obeys and nobody here wrote for it.
const FOREIGN: &str = "data-css-inline";
/// Begins a sheet of MJML that asks to be moved into elements.
const MOVES: &str = "/*persona: inline*/";
/// Elements that nobody sees.
const UNSEEN: &[&str] = &["head", "meta", "title", "link", "base", "style", "script"];

/// Whether there is a sheet in a body. One of the author's comments may look like one.
pub(crate) fn has_sheet(body: &str) -> bool {
    body.match_indices('<').any(|(at, _)| {
        let name = body.as_bytes()[at + 1..].strip_prefix(b"mj-").unwrap_or(&body.as_bytes()[at + 1..]);
        name.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"style"))
    })
}

/// Whether a sheet of a body asks what stands in attributes.
pub(crate) fn asks_attributes(body: &str) -> bool {
    let asks = |tag: &Tag| {
        ["style", "mj-style"]
            .iter()
            .any(|name| tag.is(body, name) && body[tag.end..raw_end(body, tag.end, name)].contains('['))
    };
    has_sheet(body) && tags(body).iter().any(asks)
}

/// An MJML document with a mark in each `<mj-style inline="inline">`: of its HTML nobody could tell which they were.
pub(crate) fn marked(document: &str) -> String {
    let mut marked = String::with_capacity(document.len() + MOVES.len());
    let mut from = 0;
    if document.contains("mj-style") {
        for tag in tags(document).iter().filter(|tag| tag.is(document, "mj-style")) {
            if tag.says(document, "inline") == Some("inline") && !document[..tag.end].ends_with("/>") {
                marked.push_str(&document[from..tag.end]);
                marked.push_str(MOVES);
                from = tag.end;
            }
        }
    }
    marked.push_str(&document[from..]);
    marked
}

/// The HTML with the rules of its sheets in the elements that they are about, before what these say themselves: of an
/// author's HTML all rules, of HTML that was MJML those of marked sheets.
pub(crate) fn inline(html: String, markup: Markup) -> String {
    let wanted = match markup {
        Markup::Html => has_sheet(&html),
        Markup::Mjml => html.contains(MOVES),
    };
    if !wanted || html.contains(NUMBER) || html.contains(FOREIGN) {
        return html.replace(MOVES, "");
    }
    let tags = tags(&html);
    let sheets = sheets(&html, &tags, markup);
    let mut said = Said::of(&html, &sheets);
    let Some(met) = said.met(&html, &tags) else { return html.replace(MOVES, "") };
    let mut edits = Vec::new();
    for (number, tag) in tags.iter().enumerate() {
        let Some(asked) = met.get(&number) else { continue };
        let style = said.style(asked);
        if !style.is_empty() && !UNSEEN.iter().any(|name| tag.is(&html, name)) {
            edits.push(edit(&html, tag, &style));
        }
    }
    if markup == Markup::Mjml {
        edits.extend(sheets.iter().enumerate().filter(|(_, s)| s.moves).map(|(n, s)| said.rest(&html, n, s)));
    }
    edited(&html, edits)
}

/// A `<style>` element.
struct Sheet {
    element: Range<usize>,
    text: Range<usize>,
    /// Whether its rules are to be written into elements.
    moves: bool,
}

fn sheets(html: &str, tags: &[Tag], markup: Markup) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    for tag in tags.iter().filter(|tag| tag.is(html, "style")) {
        if tag.says(html, "type").is_some_and(|kind| !kind.eq_ignore_ascii_case("text/css")) {
            continue;
        }
        let open = tag.name.start - 1;
        let text = tag.end..raw_end(html, tag.end, "style");
        let element = open..html[text.end..].find('>').map_or(html.len(), |close| text.end + close + 1);
        // `<!--[if mso]>` and `<!--[if !mso]><!-->`: for some mail programs alone.
        let for_some = html[..open].rfind("[if ") > html[..open].rfind("[endif]");
        let for_all = !for_some && matches!(tag.says(html, "media"), None | Some("all" | "screen"));
        let moves = for_all && (markup == Markup::Html || html[text.clone()].trim_start().starts_with(MOVES));
        sheets.push(Sheet { element, text, moves });
    }
    sheets
}

/// All that the sheets of a body say.
struct Said<'h> {
    /// The rules, each with the number of its sheet.
    rules: Vec<(usize, Rule<'h>)>,
    asked: Vec<Asked>,
    /// Rules that have to stay in their sheets.
    stay: BTreeSet<usize>,
}

/// A selector, and its rule's number.
struct Asked {
    rule: usize,
    selector: String,
    weight: [u32; 3],
    /// Whether what is said of whom it means may stand in them.
    moves: bool,
}

impl<'h> Said<'h> {
    fn of(html: &'h str, sheets: &[Sheet]) -> Said<'h> {
        let read = |(n, sheet): (usize, &Sheet)| {
            rules(&html[sheet.text.clone()]).into_iter().map(move |rule| (n, rule)).collect::<Vec<_>>()
        };
        let rules: Vec<_> = sheets.iter().enumerate().flat_map(read).collect();
        let mut said = Said { rules, asked: Vec::new(), stay: BTreeSet::new() };
        for (number, (sheet, rule)) in said.rules.iter().enumerate() {
            let moves = sheets[*sheet].moves && rule.alone.is_some();
            let selectors = selectors(rule.selectors);
            if selectors.iter().any(|selector| !selector.sure) {
                said.stay.insert(number);
            }
            said.asked.extend(selectors.into_iter().filter(|s| !s.part).map(|s| Asked {
                rule: number,
                selector: s.asked,
                weight: s.weight,
                moves: moves && s.sure,
            }));
        }
        said
    }

    /// By an element's number, the selectors that mean it; none if nothing is to be written anywhere.
    fn met(&mut self, html: &str, tags: &[Tag]) -> Option<HashMap<usize, Vec<usize>>> {
        if !self.asked.iter().any(|asked| asked.moves) {
            return Some(HashMap::new());
        }
        let line = |(n, asked): (usize, &Asked)| format!("{}{{{MET}{n}:1}}\n", asked.selector);
        let sheet: String = self.asked.iter().enumerate().map(line).collect();
        // The library reads what elements say themselves, and gives up where that is no CSS.
        let own = sheet.contains("[style");
        let mut numbered = String::with_capacity(html.len() * 2);
        let mut from = 0;
        for (number, tag) in tags.iter().enumerate().filter(|(_, tag)| !tag.hidden) {
            numbered.push_str(&html[from..tag.name.end]);
            numbered.push_str(&format!(" {NUMBER}=\"{number}\""));
            from = tag.name.end;
            if let Some(style) = tag.attribute(html, "style").filter(|_| !own) {
                numbered.push_str(&html[from..style.start]);
                numbered.push_str("\"\"");
                from = style.end;
            }
        }
        numbered.push_str(&html[from..]);
        let inliner = CSSInliner::options()
            .inline_style_tags(false)
            .keep_style_tags(true)
            .keep_link_tags(true)
            .load_remote_stylesheets(false)
            .extra_css(Some(sheet.into()))
            .build();
        let styled = inliner.inline(&numbered).ok()?;
        let mut met = HashMap::new();
        for tag in self::tags(&styled) {
            let Some(style) = tag.says(&styled, "style") else { continue };
            let number = |one: &str| one.trim().strip_prefix(MET)?.split(':').next()?.parse().ok();
            let asked: Vec<usize> =
                style.split(';').filter_map(number).filter(|n| *n < self.asked.len()).collect();
            match tag.says(&styled, NUMBER).and_then(|number| number.parse().ok()) {
                // A reader of HTML may have made two elements of one tag.
                Some(number) => drop(met.entry(number).or_insert(asked)),
                // Or one of none.
                None => self.stay.extend(asked.iter().map(|n| self.asked[*n].rule)),
            }
        }
        Some(met)
    }

    /// What is written into an element that these selectors mean. Notes what has to stay in the sheet.
    fn style(&mut self, asked: &[usize]) -> String {
        struct One<'s, 'h> {
            declaration: &'s Declaration<'h>,
            rule: usize,
            moves: bool,
            strength: (bool, [u32; 3], usize, usize),
        }
        let said = |n: &usize| {
            let asked = &self.asked[*n];
            let declarations = self.rules[asked.rule].1.declarations.iter().enumerate();
            declarations.map(move |(nth, declaration)| One {
                declaration,
                rule: asked.rule,
                moves: asked.moves,
                strength: (declaration.important, asked.weight, asked.rule, nth),
            })
        };
        let mut all: Vec<One> = asked.iter().flat_map(said).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.strength));
        // From the strongest down: what stays in the sheet keeps what it wins over there.
        let (mut kept, mut written): (Vec<One>, Vec<One>) = (Vec::new(), Vec::new());
        let mut stay = Vec::new();
        for one in all {
            let beats = |other: &One| {
                other.declaration.important == one.declaration.important
                    && !std::ptr::eq(other.declaration, one.declaration)
                    && touch(&other.declaration.property, &one.declaration.property)
            };
            // The values of a property that one rule has stay together: the later is not known everywhere.
            let lost = |other: &One| {
                other.declaration.property == one.declaration.property
                    && (other.rule != one.rule || std::ptr::eq(other.declaration, one.declaration))
            };
            if !one.moves || kept.iter().any(beats) {
                stay.extend(one.moves.then_some(one.rule));
                kept.push(one);
            } else if !written.iter().any(lost) {
                written.push(one);
            }
        }
        let one = |one: &One| format!("{}: {}", one.declaration.property, one.declaration.value);
        let style = written.iter().rev().map(one).collect::<Vec<_>>().join("; ");
        self.stay.extend(stay);
        style
    }

    /// A sheet without the rules that stand in elements now; nothing if none is left.
    fn rest(&self, html: &str, number: usize, sheet: &Sheet) -> (Range<usize>, String) {
        let text = &html[sheet.text.clone()];
        let moved =
            self.rules.iter().enumerate().filter(|(n, (of, _))| *of == number && !self.stay.contains(n));
        let spans = moved.filter_map(|(_, (_, rule))| rule.alone.clone()).map(|span| (span, String::new()));
        let rest = edited(text, spans.collect()).replacen(MOVES, "", 1);
        match rest.contains(['{', '@']) {
            true => (sheet.text.clone(), rest),
            false => (sheet.element.clone(), String::new()),
        }
    }
}

/// What comes in the place of what, so that an element has this before what it says itself.
fn edit(html: &str, tag: &Tag, style: &str) -> (Range<usize>, String) {
    let escaped =
        style.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&lt;");
    let Some(own) = tag.attribute(html, "style") else {
        return (tag.name.end..tag.name.end, format!(" style=\"{escaped}\""));
    };
    let says = unquoted(&html[own.clone()]);
    let joint = if says.trim().is_empty() { "" } else { "; " };
    match says.len() == own.len() {
        true => (own, format!("\"{escaped}{joint}{}\"", says.replace('"', "&quot;"))),
        false => (own.start + 1..own.start + 1, format!("{escaped}{joint}")),
    }
}

/// A text with these in the places of those.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(at, _)| at.start);
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut from = 0;
    for (at, new) in edits {
        out.push_str(&text[from..at.start]);
        out.push_str(&new);
        from = at.end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests;
