//! What tags on lines of their own part, though it is one: a list whose items a loop repeats, a table's rows.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::back::parts;
use super::marks::{Marks, Of};
use crate::tree::{Node, NodeKind};

/// The events with lists, rows and choices as they were meant.
pub(super) fn arranged<'e>(events: Vec<Event<'e>>, marks: &mut Marks) -> Vec<Event<'e>> {
    let events = events.into_iter().map(Some).collect();
    let mut arranging = Arranging { marks, events, before: BTreeMap::new(), after: BTreeMap::new() };
    arranging.all();
    arranging.finished()
}

/// Events, and what becomes of them.
struct Arranging<'e, 'm> {
    marks: &'m mut Marks,
    /// None where one is left out.
    events: Vec<Option<Event<'e>>>,
    /// What is put before an event, and behind it.
    before: BTreeMap<usize, Vec<Event<'e>>>,
    after: BTreeMap<usize, Vec<Event<'e>>>,
}

/// What stands beside one another in a part of the text.
#[derive(Debug)]
struct Sibling {
    kind: Kind,
    /// Its events.
    at: Range<usize>,
}

#[derive(Debug, PartialEq)]
enum Kind {
    /// Tags alone, by their marks.
    Marks(Vec<usize>),
    /// A list, with numbers or without.
    List(bool),
    Other,
}

impl<'e> Arranging<'e, '_> {
    /// Looks at what stands beside one another, the innermost first. Texts may be deep: nothing here calls itself.
    fn all(&mut self) {
        // Parts that are open: where each begins, and what stands in it so far; around them all, the whole text.
        let mut open: Vec<(usize, Vec<Sibling>)> = vec![(0, Vec::new())];
        let mut at = 0;
        while at < self.events.len() {
            let start = at;
            at += 1;
            let sibling = match &self.events[start] {
                Some(Event::Start(
                    Tag::List(_)
                    | Tag::Item
                    | Tag::BlockQuote(_)
                    | Tag::Table(_)
                    | Tag::FootnoteDefinition(_),
                )) => {
                    open.push((start, Vec::new()));
                    continue;
                }
                Some(Event::Start(_)) => {
                    at = self.end(start);
                    self.leaf(start..at)
                }
                Some(Event::End(_)) => {
                    let Some((begun, siblings)) = open.pop() else { continue };
                    self.lists(siblings);
                    let kind = match &self.events[begun] {
                        Some(Event::Start(Tag::List(first))) => Kind::List(first.is_some()),
                        _ => Kind::Other,
                    };
                    Sibling { kind, at: begun..at }
                }
                _ => Sibling { kind: Kind::Other, at: start..at },
            };
            if let Some((_, siblings)) = open.last_mut() {
                siblings.push(sibling);
            }
        }
        open.into_iter().for_each(|(_, siblings)| self.lists(siblings));
    }

    /// One past the end of what starts here.
    fn end(&self, start: usize) -> usize {
        let mut depth = 0usize;
        for (at, event) in self.events.iter().enumerate().skip(start) {
            match event {
                Some(Event::Start(_)) => depth += 1,
                Some(Event::End(_)) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
        }
        self.events.len()
    }

    /// A part with nothing but words in it.
    fn leaf(&mut self, at: Range<usize>) -> Sibling {
        let kind = match &self.events[at.start] {
            Some(Event::Start(Tag::HtmlBlock)) => self.tags(at.clone()).map_or(Kind::Other, Kind::Marks),
            Some(Event::Start(Tag::TableRow)) => {
                if let Some(tags) = self.row_of_tags(at.clone()) {
                    self.events[at.clone()].fill(None);
                    self.events[at.start] = Some(Event::Html(tags.into()));
                }
                Kind::Other
            }
            Some(Event::Start(Tag::Paragraph)) => {
                self.choice(at.clone());
                Kind::Other
            }
            _ => Kind::Other,
        };
        Sibling { kind, at }
    }

    /// The tags of a part that holds nothing else. A block of content among them is no mere tag.
    fn tags(&self, at: Range<usize>) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for event in self.events[at].iter().flatten() {
            match event {
                Event::Html(text) if self.marks.are_all_of(text) => {
                    found.extend(self.marks.found(text).into_iter().map(|mark| mark.index));
                }
                Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
                _ => return None,
            }
        }
        let unseen = found.iter().all(|index| self.marks.all[*index].of.is_unseen());
        (unseen && !found.is_empty()).then_some(found)
    }

    /// A table's row that is a line of tags, as they stand there.
    fn row_of_tags(&self, at: Range<usize>) -> Option<String> {
        let mut written = String::new();
        for event in self.events[at].iter().flatten() {
            match event {
                Event::Start(Tag::TableRow | Tag::TableCell)
                | Event::End(TagEnd::TableRow | TagEnd::TableCell) => {}
                Event::Text(text) | Event::InlineHtml(text) => written.push_str(text),
                _ => return None,
            }
        }
        let alone = self.marks.found(&written).iter().all(|mark| self.marks.all[mark.index].alone);
        (alone && !written.is_empty() && self.marks.are_all_of(&written)).then_some(written)
    }

    /// A paragraph that is an `if` and nothing else is a paragraph in each of its parts, and none where no part is shown.
    fn choice(&mut self, at: Range<usize>) {
        let (first, last) = (at.start + 1, at.end.saturating_sub(2));
        let (Some(Of::Open(block)), Some(Of::Close(closed))) = (self.tag(first), self.tag(last)) else {
            return;
        };
        let (block, closed) = (*block, *closed);
        let kind = &self.marks.blocks[block].node.kind;
        if block != closed || !matches!(kind, NodeKind::If { .. } | NodeKind::Case { .. }) {
            return;
        }
        let own =
            |of: Option<&Of>| matches!(of, Some(Of::Open(b) | Of::Middle(b) | Of::Close(b)) if *b == block);
        let tags: Vec<usize> = (first..=last).filter(|at| own(self.tag(*at))).collect();
        (self.events[at.start], self.events[at.end - 1]) = (None, None);
        for pair in tags.windows(2) {
            let blank = self.events[pair[0] + 1..pair[1]].iter().flatten().all(|event| match event {
                Event::Text(text) => text.trim().is_empty(),
                event => *event == Event::SoftBreak,
            });
            if blank {
                self.events[pair[0] + 1..pair[1]].fill(None);
            } else {
                self.after.entry(pair[0]).or_default().push(Event::Start(Tag::Paragraph));
                self.before.entry(pair[1]).or_default().push(Event::End(TagEnd::Paragraph));
            }
        }
    }

    /// What stands among words here, if it is a tag.
    fn tag(&self, at: usize) -> Option<&Of> {
        let Some(Some(Event::InlineHtml(text))) = self.events.get(at) else { return None };
        match &self.marks.found(text)[..] {
            [mark] if self.marks.are_all_of(text) => Some(&self.marks.all[mark.index].of),
            _ => None,
        }
    }

    /// Makes one list of lists and tags that stand in a row.
    fn lists(&mut self, siblings: Vec<Sibling>) {
        let mut run: Vec<Sibling> = Vec::new();
        for sibling in siblings {
            // Lists of two kinds are two, and so are those that nothing stands between.
            let other = matches!(sibling.kind, Kind::List(_))
                && (matches!(run.last(), Some(Sibling { kind: Kind::List(_), .. }))
                    || run.iter().any(|s| matches!(s.kind, Kind::List(_)) && s.kind != sibling.kind));
            if sibling.kind == Kind::Other || other {
                self.one_list(&std::mem::take(&mut run));
            }
            if sibling.kind != Kind::Other {
                run.push(sibling);
            }
        }
        self.one_list(&run);
    }

    /// Lists and tags in a row: one list, where tags repeat it or stand between its items.
    fn one_list(&mut self, run: &[Sibling]) {
        let mut waiting = vec![run];
        while let Some(run) = waiting.pop() {
            let lists: Vec<&Sibling> = run.iter().filter(|s| matches!(s.kind, Kind::List(_))).collect();
            let ([one, ..], [first, .., last] | [first @ last]) = (&lists[..], run) else { continue };
            if let Some((opens, otherwise)) = self.with_else(run) {
                self.list_of_rounds(&run[opens..=otherwise]);
                waiting.extend([&run[..opens], &run[otherwise + 1..]]);
                continue;
            }
            // A tag whose other half is elsewhere parts what is on its sides.
            if let Some(at) = self.unpaired(run) {
                waiting.extend([&run[..at], &run[at + 1..]]);
                continue;
            }
            if lists.len() == 1 && !self.repeats(run) {
                continue;
            }
            let begin = self.events[one.at.start].take();
            let mut end = self.events[one.at.end - 1].take();
            for list in &lists[1..] {
                self.events[list.at.start] = None;
                end = self.events[list.at.end - 1].take();
            }
            self.before.entry(first.at.start).or_default().extend(begin);
            self.after.entry(last.at.end - 1).or_default().extend(end);
        }
    }

    /// A loop whose rounds are items, and which says something else where there are none: where its tag stands, and its `else`.
    fn with_else(&self, run: &[Sibling]) -> Option<(usize, usize)> {
        let tag = |sibling: &Sibling, last: bool| match &sibling.kind {
            Kind::Marks(all) => if last { all.last() } else { all.first() }.copied(),
            _ => None,
        };
        run.iter().enumerate().find_map(|(opens, sibling)| {
            let Of::Open(block) = self.marks.all[tag(sibling, true)?].of else { return None };
            let node = &self.marks.blocks[block].node;
            // Where a loop is left early, no round knows that it is the last.
            if !matches!(node.kind, NodeKind::For(_)) || leaves(node) {
                return None;
            }
            let rest = &run[opens + 1..];
            let otherwise = rest.iter().position(|sibling| {
                tag(sibling, false)
                    .is_some_and(|index| matches!(self.marks.all[index].of, Of::Middle(b) if b == block))
            })?;
            let rounds = &rest[..otherwise];
            let lists = rounds.iter().any(|sibling| matches!(sibling.kind, Kind::List(_)));
            (lists && self.unpaired(rounds).is_none()).then_some((opens, opens + 1 + otherwise))
        })
    }

    /// A loop's rounds as one list, which begins in the first and ends in the last.
    fn list_of_rounds(&mut self, run: &[Sibling]) {
        let [opens, rounds @ .., otherwise] = run else { return };
        let mut ordered = None;
        for list in rounds.iter().filter(|sibling| matches!(sibling.kind, Kind::List(_))) {
            if let Some(Event::Start(Tag::List(first))) = self.events[list.at.start].take() {
                ordered.get_or_insert(first);
            }
            self.events[list.at.end - 1] = None;
        }
        let (begin, end) = match ordered.flatten() {
            None => ("<ul>\n".to_string(), "</ul>\n"),
            Some(1) => ("<ol>\n".to_string(), "</ol>\n"),
            Some(first) => (format!("<ol start=\"{first}\">\n"), "</ol>\n"),
        };
        let begin = self.marks.in_round("first", &begin);
        let end = self.marks.in_round("last", end);
        self.after.entry(opens.at.end - 1).or_default().push(Event::Html(begin.into()));
        self.before.entry(otherwise.at.start).or_default().push(Event::Html(end.into()));
    }

    /// Whether a loop is among these tags.
    fn repeats(&self, run: &[Sibling]) -> bool {
        run.iter().any(|sibling| match &sibling.kind {
            Kind::Marks(all) => all.iter().any(|index| match self.marks.all[*index].of {
                Of::Open(block) => matches!(self.marks.blocks[block].node.kind, NodeKind::For(_)),
                _ => false,
            }),
            _ => false,
        })
    }

    /// The first line of tags one of which opens or closes a block whose other half is not in the run.
    fn unpaired(&self, run: &[Sibling]) -> Option<usize> {
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (at, sibling) in run.iter().enumerate() {
            let Kind::Marks(all) = &sibling.kind else { continue };
            for index in all {
                match self.marks.all[*index].of {
                    Of::Leaf(_) => {}
                    Of::Open(block) => open.push((block, at)),
                    Of::Middle(block) | Of::Close(block) if open.last().is_none_or(|(b, _)| *b != block) => {
                        return Some(at);
                    }
                    Of::Middle(_) => {}
                    Of::Close(_) => {
                        open.pop();
                    }
                }
            }
        }
        open.first().map(|(_, at)| *at)
    }

    fn finished(mut self) -> Vec<Event<'e>> {
        let mut out = Vec::with_capacity(self.events.len());
        for (at, event) in self.events.into_iter().enumerate() {
            out.extend(self.before.remove(&at).into_iter().flatten());
            out.extend(event);
            out.extend(self.after.remove(&at).into_iter().flatten());
        }
        out
    }
}

/// Whether a loop may be left, or gone on with, before a round's end.
fn leaves(node: &Node) -> bool {
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        if matches!(node.kind, NodeKind::Break | NodeKind::Continue) {
            return true;
        }
        waiting.extend(parts(&node.kind).into_iter().flatten());
    }
    false
}
