//! What tags on lines of their own part, though it is one: a list whose items a loop repeats, a table's rows.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::marks::{Marks, Of};
use crate::tree::NodeKind;

/// What stands beside one another in a part of the text.
struct Sibling<'e> {
    kind: Kind,
    events: Vec<Event<'e>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// Tags alone, by their marks.
    Marks(Vec<usize>),
    /// A list, with numbers or without.
    List(bool),
    Other,
}

/// The events with lists, rows and choices as they were meant.
pub(super) fn arranged<'e>(events: Vec<Event<'e>>, marks: &Marks) -> Vec<Event<'e>> {
    let siblings = siblings(events).into_iter().map(|events| sibling(events, marks)).collect::<Vec<_>>();
    let mut out = Vec::new();
    let mut run: Vec<Sibling> = Vec::new();
    for sibling in siblings {
        // Lists of two kinds are two, and so are those that nothing stands between.
        let other = matches!(sibling.kind, Kind::List(_))
            && (matches!(run.last(), Some(Sibling { kind: Kind::List(_), .. }))
                || run.iter().any(|s| matches!(s.kind, Kind::List(_)) && s.kind != sibling.kind));
        if sibling.kind == Kind::Other || other {
            out.extend(one_list(std::mem::take(&mut run), marks));
        }
        match sibling.kind {
            Kind::Other => out.extend(sibling.events),
            _ => run.push(sibling),
        }
    }
    out.extend(one_list(run, marks));
    out
}

/// Events cut where one thing ends and the next begins.
fn siblings(events: Vec<Event<'_>>) -> Vec<Vec<Event<'_>>> {
    let mut siblings = Vec::new();
    let (mut depth, mut current) = (0usize, Vec::new());
    for event in events {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        current.push(event);
        if depth == 0 {
            siblings.push(std::mem::take(&mut current));
        }
    }
    siblings.extend(Some(current).filter(|rest| !rest.is_empty()));
    siblings
}

fn sibling<'e>(mut events: Vec<Event<'e>>, marks: &Marks) -> Sibling<'e> {
    let kind = match events.first() {
        Some(Event::Start(Tag::HtmlBlock)) => tags(&events, marks).map_or(Kind::Other, Kind::Marks),
        Some(Event::Start(Tag::List(start))) => Kind::List(start.is_some()),
        _ => Kind::Other,
    };
    match events.first() {
        Some(Event::Start(
            Tag::List(_) | Tag::Item | Tag::BlockQuote(_) | Tag::Table(_) | Tag::FootnoteDefinition(_),
        )) => {
            let (first, last) = (events.remove(0), events.pop());
            let inside = arranged(events, marks);
            events = std::iter::once(first).chain(inside).chain(last).collect();
        }
        Some(Event::Start(Tag::TableRow)) => {
            if let Some(tags) = row_of_tags(&events, marks) {
                events = vec![Event::Html(tags.into())];
            }
        }
        Some(Event::Start(Tag::Paragraph)) => events = choice(events, marks),
        _ => {}
    }
    Sibling { kind, events }
}

/// The tags of a part that holds nothing else. A block of content among them is no mere tag.
fn tags(events: &[Event], marks: &Marks) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    for event in events {
        match event {
            Event::Html(text) if marks.are_all_of(text) => {
                found.extend(marks.found(text).into_iter().map(|mark| mark.index));
            }
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            _ => return None,
        }
    }
    let unseen = found.iter().all(|index| marks.all[*index].of.is_unseen());
    (unseen && !found.is_empty()).then_some(found)
}

/// A table's row that is a line of tags, as they stand there.
fn row_of_tags(events: &[Event], marks: &Marks) -> Option<String> {
    let mut written = String::new();
    for event in events {
        match event {
            Event::Start(Tag::TableRow | Tag::TableCell)
            | Event::End(TagEnd::TableRow | TagEnd::TableCell) => {}
            Event::Text(text) | Event::InlineHtml(text) => written.push_str(text),
            _ => return None,
        }
    }
    let alone = marks.found(&written).iter().all(|mark| marks.all[mark.index].alone);
    (alone && !written.is_empty() && marks.are_all_of(&written)).then_some(written)
}

/// A paragraph that is an `if` and nothing else is a paragraph in each of its parts, and none where no part is shown.
fn choice<'e>(mut events: Vec<Event<'e>>, marks: &Marks) -> Vec<Event<'e>> {
    let of = |event: Option<&Event>| match event {
        Some(Event::InlineHtml(text)) => match &marks.found(text)[..] {
            [mark] if marks.are_all_of(text) => Some(&marks.all[mark.index].of),
            _ => None,
        },
        _ => None,
    };
    let last = events.len().saturating_sub(2);
    let (Some(Of::Open(block)), Some(Of::Close(closed))) = (of(events.get(1)), of(events.get(last))) else {
        return events;
    };
    let kind = &marks.blocks[*block].node.kind;
    if block != closed || !matches!(kind, NodeKind::If { .. } | NodeKind::Case { .. }) {
        return events;
    }
    let block = *block;
    let inside: Vec<Event> = events.drain(1..=last).collect();
    let mut out: Vec<Event> = Vec::with_capacity(inside.len() + 8);
    let mut part: Vec<Event> = Vec::new();
    for event in inside {
        if !matches!(of(Some(&event)), Some(Of::Open(b) | Of::Middle(b) | Of::Close(b)) if *b == block) {
            part.push(event);
            continue;
        }
        let blank = part.iter().all(|e| match e {
            Event::Text(text) => text.trim().is_empty(),
            event => *event == Event::SoftBreak,
        });
        if !blank {
            out.push(Event::Start(Tag::Paragraph));
            out.append(&mut part);
            out.push(Event::End(TagEnd::Paragraph));
        }
        part.clear();
        if let Event::InlineHtml(text) = event {
            out.push(Event::Html(text));
        }
    }
    out
}

/// Lists and tags in a row: one list, where tags repeat it or stand between its items.
fn one_list<'e>(mut run: Vec<Sibling<'e>>, marks: &Marks) -> Vec<Event<'e>> {
    let lists = |run: &[Sibling]| run.iter().filter(|s| matches!(s.kind, Kind::List(_))).count();
    if lists(&run) == 0 {
        return run.into_iter().flat_map(|sibling| sibling.events).collect();
    }
    // A tag whose other half is elsewhere parts what is on its sides.
    if let Some(at) = unpaired(&run, marks) {
        let behind = run.split_off(at + 1);
        let alone = run.pop();
        let mut out = one_list(run, marks);
        out.extend(alone.into_iter().flat_map(|sibling| sibling.events));
        out.extend(one_list(behind, marks));
        return out;
    }
    let repeated = run.iter().any(|sibling| match &sibling.kind {
        Kind::Marks(all) => all.iter().any(|index| match marks.all[*index].of {
            Of::Open(block) => matches!(marks.blocks[block].node.kind, NodeKind::For(_)),
            _ => false,
        }),
        _ => false,
    });
    if lists(&run) == 1 && !repeated {
        return run.into_iter().flat_map(|sibling| sibling.events).collect();
    }
    let (mut begin, mut end) = (None, None);
    let mut inside = Vec::new();
    for sibling in run {
        let mut events = sibling.events;
        if let Kind::List(_) = sibling.kind {
            end = events.pop();
            let start = events.remove(0);
            begin.get_or_insert(start);
        }
        inside.extend(events);
    }
    begin.into_iter().chain(inside).chain(end).collect()
}

/// The first line of tags one of which opens or closes a block whose other half is not in the run.
fn unpaired(run: &[Sibling], marks: &Marks) -> Option<usize> {
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (at, sibling) in run.iter().enumerate() {
        let Kind::Marks(all) = &sibling.kind else { continue };
        for index in all {
            match marks.all[*index].of {
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
