//! The elements of an HTML or MJML body: that each is closed, that what is closed was opened, and that none cross.
//!
//! Told is what is wrong for everybody who reads that part. Where parts of a block leave different elements open,
//! nothing more is said of these: another block may close them for the same customers.

use std::collections::{BTreeSet, HashMap};

use persona_diagnostics::catalogue::unclosed_element::UnclosedElement;
use persona_diagnostics::{Problems, Span};

use crate::Source;
use crate::markup::{Markup, Tag};
use crate::mjml;
use crate::tree::{Node, NodeKind, Template};

/// Elements of HTML that are open until their closing tag.
const CLOSED: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "button",
    "center",
    "cite",
    "code",
    "data",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "i",
    "iframe",
    "ins",
    "kbd",
    "label",
    "legend",
    "main",
    "map",
    "mark",
    "menu",
    "nav",
    "nobr",
    "noscript",
    "ol",
    "picture",
    "pre",
    "q",
    "s",
    "samp",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "table",
    "textarea",
    "time",
    "title",
    "tt",
    "u",
    "ul",
    "var",
    "video",
];

/// Elements whose closing tag may be left out.
const ENDED: &[&str] =
    &["caption", "dd", "dt", "li", "optgroup", "option", "p", "rp", "rt", "td", "tfoot", "th", "thead", "tr"];

/// Elements whose opening tag may be left out, too.
const IMPLIED: &[&str] = &["body", "colgroup", "head", "html", "tbody"];

/// Tells which elements of a body are not closed, or not opened, or cross. `source` is what it was parsed from.
pub fn check_elements(template: &Template, source: Source, problems: &mut Problems) {
    let mut reader = Reader::new(source);
    reader.nodes(&template.nodes);
    reader.ends(0);
    if !reader.lost {
        reader.tell(problems);
    }
}

/// Mistakes after which no more are looked for: what follows is not worth the time.
const MOST: usize = 100;

/// An element that is open.
#[derive(Clone, Copy)]
struct Element {
    name: &'static str,
    span: Span,
}

/// What is wrong, as far as it is known yet.
struct Found {
    element: Element,
    /// What was closed around it while it was open; of an end that nothing is open for, what it was meant to close.
    around: Option<Element>,
    /// Where it was closed after all.
    closed: Option<Span>,
    /// It was closed and never opened: `element` is its end.
    unopened: bool,
}

struct Reader<'a> {
    source: Source<'a>,
    markup: Markup,
    open: Vec<Element>,
    found: Vec<Found>,
    /// Elements that parts of a block leave open or closed in different ways.
    loose: BTreeSet<&'static str>,
    /// How many tags of the whole text open and close an element.
    counts: HashMap<&'static str, (usize, usize)>,
    /// Where the loops around this point began: what was open.
    loops: Vec<Vec<Element>>,
    /// How many mistakes were found.
    wrong: usize,
    /// Nobody gets here: a `skip`, `break` or `continue` stands before.
    dead: bool,
    /// Parts of a block end in different tags or comments, which is told elsewhere: nothing is known from there on.
    lost: bool,
}

impl<'a> Reader<'a> {
    fn new(source: Source<'a>) -> Reader<'a> {
        Reader {
            source,
            markup: Markup::Text,
            open: Vec::new(),
            found: Vec::new(),
            loose: BTreeSet::new(),
            counts: HashMap::new(),
            loops: Vec::new(),
            wrong: 0,
            dead: false,
            lost: false,
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            if self.dead || self.lost {
                return;
            }
            match &node.kind {
                NodeKind::Text(_) => {
                    let (mut tags, mut markup) = (Vec::new(), std::mem::take(&mut self.markup));
                    markup.read(self.source, node.span, |tag| tags.push(tag));
                    self.markup = markup;
                    tags.into_iter().for_each(|tag| self.tag(tag));
                }
                NodeKind::If { arms, otherwise, otherwise_at } => {
                    let all = arms.iter().map(|arm| arm.body.as_slice()).chain([otherwise.as_slice()]);
                    let parts = all.take(arms.len() + usize::from(otherwise_at.is_some()));
                    self.parts(parts.collect(), otherwise_at.is_some());
                }
                NodeKind::Case { whens, .. } => {
                    let all = whens.iter().any(|when| when.values.is_none());
                    self.parts(whens.iter().map(|when| when.body.as_slice()).collect(), all);
                }
                NodeKind::For(repeat) | NodeKind::TableRow(repeat) => {
                    self.loops.push(self.open.clone());
                    self.parts(vec![&repeat.body, &repeat.otherwise], false);
                    self.loops.pop();
                }
                NodeKind::IfChanged(body) => self.parts(vec![body], false),
                NodeKind::Capture { body, .. } => self.captured(body),
                NodeKind::Break | NodeKind::Continue => {
                    if let Some(began) = self.loops.last().cloned() {
                        self.differ(&[self.open.clone(), began]);
                    }
                    self.dead = true;
                }
                NodeKind::Skip(_) => self.dead = true,
                _ => {}
            }
        }
    }

    /// Each part begins at the same place. `all`: one of them is sure to be read.
    fn parts(&mut self, parts: Vec<&[Node]>, all: bool) {
        let (open, markup) = (self.open.clone(), self.markup.clone());
        let mut ways = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            self.nodes(part);
            let way = (
                std::mem::replace(&mut self.open, open.clone()),
                std::mem::replace(&mut self.markup, markup.clone()),
            );
            if !std::mem::take(&mut self.dead) {
                ways.push(way);
            }
        }
        if !all {
            ways.push((open, markup));
        }
        let Some((first, markup)) = ways.first().cloned() else {
            self.dead = true;
            return;
        };
        self.lost |= ways.iter().any(|(_, other)| !other.agrees(&markup));
        let ways: Vec<Vec<Element>> = ways.into_iter().map(|(open, _)| open).collect();
        (self.open, self.markup) = (first, markup);
        self.differ(&ways);
    }

    /// What is open on some of these ways alone is not asked for any more.
    fn differ(&mut self, ways: &[Vec<Element>]) {
        let Some(first) = ways.first() else { return };
        let shared = (0..first.len())
            .take_while(|i| ways.iter().all(|way| way.get(*i).is_some_and(|e| e.name == first[*i].name)))
            .count();
        if ways.iter().all(|way| way.len() == shared) {
            return;
        }
        for element in ways.iter().flat_map(|way| &way[shared..]) {
            if self.counts(element.name).1 > 0 {
                self.loose.insert(element.name);
            } else if !self.found.iter().any(|found| found.element.span == element.span) {
                // No end of its kind is anywhere.
                self.add(Found { element: *element, around: None, closed: None, unopened: false });
            }
        }
        self.open.truncate(shared);
        self.open.retain(|element| !self.loose.contains(element.name));
    }

    /// What is captured is printed elsewhere: what it leaves open may be closed there.
    fn captured(&mut self, body: &[Node]) {
        let before = (std::mem::take(&mut self.open), std::mem::take(&mut self.markup), self.found.len());
        self.nodes(body);
        let unopened = self.found[before.2..].iter().filter(|found| found.unopened);
        self.loose.extend(self.open.iter().chain(unopened.map(|f| &f.element)).map(|e| e.name));
        (self.open, self.markup) = (before.0, before.1);
        self.open.retain(|element| !self.loose.contains(element.name));
    }

    fn tag(&mut self, tag: Tag) {
        let known = known(&tag.name.to_ascii_lowercase()).filter(|name| !self.loose.contains(name));
        let Some(name) = known.filter(|_| self.wrong < MOST) else { return };
        let element = Element { name, span: tag.span };
        if tag.closes {
            self.close(element);
        } else if !tag.alone {
            self.open.push(element);
        }
    }

    fn close(&mut self, end: Element) {
        let at = self.open.iter().rposition(|open| open.name == end.name);
        let Some(at) = at.filter(|at| !self.is_one_too_many(*at, end.name)) else {
            let crossed = self.found.iter_mut().rev();
            let crossed = crossed
                .filter(|found| !found.unopened && found.closed.is_none() && found.element.name == end.name);
            match crossed.last() {
                Some(found) => found.closed = Some(end.span),
                None if is_mjml(end.name) || IMPLIED.contains(&end.name) => {}
                None => {
                    let last = self.open.last().map(|open| open.name);
                    let unclosed = last.is_some_and(|name| {
                        let (begins, ends) = self.counts(name);
                        CLOSED.contains(&name) && ends < begins
                    });
                    let around = self.open.pop_if(|_| unclosed);
                    self.add(Found { element: end, around, closed: None, unopened: true });
                }
            }
            return;
        };
        let known = self.found.len();
        self.ends(at + 1);
        self.open.pop();
        for found in &mut self.found[known..] {
            found.around = Some(end);
        }
    }

    /// Whether an end stands among elements that go on, and there are more of its kind than beginnings: it is the
    /// one that is too many.
    fn is_one_too_many(&mut self, at: usize, name: &'static str) -> bool {
        if !self.open[at + 1..].iter().any(|open| CLOSED.contains(&open.name)) {
            return false;
        }
        let told = self.found.iter().filter(|found| found.unopened && found.element.name == name).count();
        let (begins, ends) = self.counts(name);
        ends > begins + told
    }

    /// How many tags of the whole text open and close an element.
    fn counts(&mut self, name: &'static str) -> (usize, usize) {
        let text = self.source.text;
        *self.counts.entry(name).or_insert_with(|| {
            let text = text.to_ascii_lowercase();
            (count(&text, &format!("<{name}")), count(&text, &format!("</{name}")))
        })
    }

    fn add(&mut self, found: Found) {
        self.wrong += usize::from(found.unopened || CLOSED.contains(&found.element.name));
        self.found.push(found);
    }

    /// What is open from here on is not closed where it should be.
    fn ends(&mut self, from: usize) {
        for element in self.open.split_off(from.min(self.open.len())) {
            self.add(Found { element, around: None, closed: None, unopened: false });
        }
    }

    fn tell(self, problems: &mut Problems) {
        let mut crossed = BTreeSet::new();
        for Found { element, around, closed, unopened } in self.found {
            let loose = |element: &Element| self.loose.contains(element.name);
            if is_mjml(element.name) || loose(&element) || around.as_ref().is_some_and(loose) {
                continue;
            }
            let (span, closes) = (element.span, CLOSED.contains(&element.name));
            let element = element.name.to_string();
            let around = around.map(|around| (around.name.to_string(), around.span));
            match (around, closed) {
                (open, _) if unopened => problems.report(UnclosedElement::Unopened { element, span, open }),
                // Elements that one end crosses are one mistake.
                (Some(around), Some(_)) if !crossed.insert(around.1) => {}
                (Some(around), Some(closed)) => {
                    problems.report(UnclosedElement::Crossed { element, opened: span, around, closed });
                }
                (before, _) if closes => {
                    problems.report(UnclosedElement::Never { element, opened: span, before });
                }
                _ => {}
            }
        }
    }
}

/// The name of an element that is looked at.
fn known(name: &str) -> Option<&'static str> {
    let html = [CLOSED, ENDED, IMPLIED].into_iter().flatten().copied();
    html.chain(mjml::elements()).find(|known| *known == name)
}

/// MJML's own elements are told of by themselves; here they are what HTML stands in.
fn is_mjml(name: &str) -> bool {
    name == "mjml" || name.starts_with("mj-")
}

/// How many tags of a text begin like this.
fn count(text: &str, begin: &str) -> usize {
    let tags = text.match_indices(begin).map(|(at, _)| &text[at + begin.len()..]);
    tags.filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')).count()
}
