//! Markdown made into HTML, before it is checked: what is printed and every tag keeps its place in the file.
//!
//! Markdown is made into HTML once, and not for every message: no value is ever read as Markdown. So each tag and each
//! output is a mark while the text around it is read, and the HTML that comes of it is cut at the marks again.
//! Where a tag leaves no trace in a message, its mark is such that Markdown sees nothing there, either: what the author
//! gets is what they would get if the tags were filled in first.

mod back;
mod lines;
mod lists;
mod marks;

use std::sync::Arc;

use persona_diagnostics::catalogue::uneven_branches::{Uneven, UnevenBranches};
use persona_diagnostics::{Problems, Span};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd, html};

use self::marks::{Marks, Of};
use crate::Source;
use crate::links::check_address;
use crate::tree::Template;

/// The literal texts of a template of Markdown as they were written, each with its place.
pub(crate) type Written = Arc<[(Arc<str>, Span)]>;

/// A template of Markdown as one of HTML. A block that begins in another part of the text than it ends in is told.
pub(crate) fn to_html(template: &Template, source: Source, problems: &mut Problems) -> Template {
    let mut marks = Marks::of(template, source);
    let laid = lines::lay(&mut marks);
    let parser = Parser::new_ext(&laid.text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut events = Vec::new();
    for (event, at) in parser.into_offset_iter() {
        let address = match &event {
            // `<hello@shop.example>` gets its `mailto:` in HTML.
            Event::Start(Tag::Link { link_type: LinkType::Email, .. }) => None,
            Event::Start(Tag::Link { dest_url, .. }) => Some((dest_url, true)),
            Event::Start(Tag::Image { dest_url, .. }) => Some((dest_url, false)),
            _ => None,
        };
        if let Some((to, link)) = address {
            let (literal, whole) =
                to.split_once(&*marks.prefix).map_or((&**to, true), |(begin, _)| (begin, false));
            let place = laid.place(&marks, at, literal);
            check_address(literal, whole, link, place, problems);
        }
        events.push(event);
    }
    let events = lists::arranged(events, &mut marks);
    let uneven = uneven(&events, &marks);
    let mut text = String::with_capacity(laid.text.len() * 2);
    html::push_html(&mut text, events.into_iter());
    let nodes = match (uneven, back::nodes(&text, &marks)) {
        (None, Ok(nodes)) => nodes,
        (Some(block), _) | (None, Err(block)) => {
            let span = marks.blocks.get(block).map_or(template.span, |block| block.node.span);
            problems.report(UnevenBranches { span, uneven: Uneven::Markdown });
            // What is wrong inside is told all the same.
            template.nodes.to_vec()
        }
    };
    Template { nodes: nodes.into(), span: template.span, written: Some(marks.texts()) }
}

/// A block whose tags do not stand within the same elements: emphasis that begins in an `if` and ends behind it.
fn uneven(events: &[Event], marks: &Marks) -> Option<usize> {
    let mut path: Vec<TagEnd> = Vec::new();
    let mut begun: Vec<(usize, Vec<TagEnd>)> = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(tag) => path.push(tag.to_end()),
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                for mark in marks.found(text) {
                    match marks.all[mark.index].of {
                        Of::Leaf(_) => {}
                        Of::Open(block) => begun.push((block, path.clone())),
                        Of::Middle(block) | Of::Close(block) => {
                            let last = begun.last().filter(|(open, at)| *open == block && *at == path);
                            if last.is_none() {
                                return Some(block);
                            }
                            if matches!(marks.all[mark.index].of, Of::Close(_)) {
                                begun.pop();
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    begun.first().map(|(block, _)| *block)
}
