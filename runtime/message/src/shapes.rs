//! HTML and text of bodies, made once for all customers who get the same words around their own values.
//!
//! The author's text with a mark for each value is a body's *shape*. MJML, and the text for readers without HTML, are made
//! of a shape the second time it turns up; from then on a message is that shape's text with the values put in. Since a
//! shape has every condition and loop behind it, nothing has to be assumed of what a tag may do to the markup around it.
//! Whether values change nothing but their own place is not assumed, either: a shape is used only if it gives, for the
//! values at hand and for others that are hard to put anywhere, what the long way gives. Values that could still do more
//! (markup, white space that a reader would fold, an attribute that moves others) belong to the shape itself.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::ops::Range;

use crate::text::{WIDTH, from_html};
use crate::{Error, Links, css};

/// Shapes kept at most; each is about as long as its message, three times.
const MOST: usize = 2_000;
/// Shapes remembered as seen once, at most.
const MOST_SEEN: usize = 100_000;
/// What a mark begins with. A body that holds it has no shape.
const MARK: &str = "qv7zx";

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Markup {
    /// HTML.
    Html,
    /// MJML, to be made into HTML.
    Mjml,
}

/// Bodies made so far, by their shapes.
#[derive(Debug, Default)]
pub struct Shapes {
    /// By a body with marks; none where values do more in it than stand in their places.
    known: HashMap<Key, Option<Shape>>,
    /// What turned up once, by its hash.
    seen: HashSet<u64>,
    short: u64,
}

/// What a body is written in, what is added to its links, and itself with a mark for each value.
type Key = (Markup, Links, String);

/// HTML and text between values.
#[derive(Debug)]
struct Shape {
    html: Vec<Piece>,
    text: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    /// The value of this number.
    Value(usize),
}

/// A value, as it stands in markup and as it reads.
#[derive(Clone, Debug)]
struct Slot {
    markup: String,
    words: String,
}

impl Shapes {
    /// A body's HTML, its links complete, and the text for readers without HTML. `values` says where in the markup values stand, each made safe
    /// for its place; all else is the author's.
    pub fn parts(
        &mut self,
        markup: Markup,
        body: &str,
        values: &[Range<usize>],
        links: &Links,
    ) -> Result<(String, String), Error> {
        let Some((shape, slots)) = outline(markup, body, values) else { return long(markup, body, links) };
        let key = (markup, links.clone(), shape);
        if let Some(known) = self.known.get(&key) {
            let Some(shape) = known else { return long(markup, body, links) };
            let (html, text) = (put(&shape.html, &slots, false), put(&shape.text, &slots, true));
            // The long way breaks longer lines.
            if text.len() >= WIDTH / 2 {
                return long(markup, body, links);
            }
            self.short += 1;
            return Ok((html, text));
        }
        let made = long(markup, body, links)?;
        if self.known.len() < MOST && self.turned_up(&key) {
            let shape = Shape::of(&key).filter(|shape| shape.holds(&key, &slots));
            self.known.insert(key, shape);
        }
        Ok(made)
    }

    /// Whether a shape turned up before; notes that it did now.
    fn turned_up(&mut self, key: &Key) -> bool {
        let hash = self.known.hasher().hash_one(key);
        if self.seen.remove(&hash) {
            return true;
        }
        if self.seen.len() >= MOST_SEEN {
            self.seen.clear();
        }
        self.seen.insert(hash);
        false
    }

    /// How many bodies were made the short way.
    pub fn short(&self) -> u64 {
        self.short
    }
}

/// The way that each body would go alone.
fn long(markup: Markup, body: &str, links: &Links) -> Result<(String, String), Error> {
    let html = match markup {
        Markup::Html => css::inline(body.to_string(), markup),
        Markup::Mjml => crate::mjml(body)?,
    };
    let html = links.put(html);
    let text = from_html(&html)?;
    Ok((html, text))
}

impl Shape {
    fn of((markup, links, outline): &Key) -> Option<Shape> {
        // Which element a rule is about may depend on what stands in an attribute.
        if css::asks_attributes(outline) {
            return None;
        }
        let (html, text) = long(*markup, outline, links).ok()?;
        Some(Shape { html: pieces(&html)?, text: pieces(&text)? })
    }

    /// Whether the short way gives what the long way gives, for these values and for hard ones.
    fn holds(&self, (markup, links, outline): &Key, slots: &[Slot]) -> bool {
        let Some(source) = pieces(outline) else { return false };
        let hard = |words: &str, escaped: &str| {
            let slot = Slot { markup: escaped.to_string(), words: words.to_string() };
            vec![slot; slots.len()]
        };
        let trials = [
            slots.to_vec(),
            hard("1", "1"),
            hard("Zoë's \"a\" & <b>; 50%", "Zoë&#39;s &quot;a&quot; &amp; &lt;b&gt;; 50%"),
        ];
        trials.iter().all(|slots| {
            let short = (put(&self.html, slots, false), put(&self.text, slots, true));
            long(*markup, &put(&source, slots, false), links).is_ok_and(|long| long == short)
        })
    }
}

/// A body with a mark for each value that only stands in its place, and those values.
fn outline(markup: Markup, body: &str, values: &[Range<usize>]) -> Option<(String, Vec<Slot>)> {
    if body.contains(MARK) {
        return None;
    }
    let styled = css::has_sheet(body);
    let mut shape = String::with_capacity(body.len());
    let mut slots = Vec::with_capacity(values.len());
    let mut from = 0;
    for value in values {
        let written = body.get(value.clone())?;
        shape.push_str(body.get(from..value.start)?);
        from = value.start;
        // What an address begins with decides how it is read.
        let scheme = ["https://", "http://", "mailto:", "tel:"].iter().find(|s| written.starts_with(**s));
        let scheme = scheme.map_or(0, |scheme| scheme.len());
        let parts = parts(&written[scheme..]);
        let plain = parts.iter().map(|part| plain(part)).collect::<Option<Vec<_>>>();
        // A link that says already where it was followed is told nothing more.
        let Some(plain) = plain.filter(|_| only_stands(markup, styled, &shape) && !written.contains("utm_"))
        else {
            continue;
        };
        shape.push_str(&written[..scheme]);
        for (part, words) in parts.into_iter().zip(plain) {
            if matches!(part, "?" | "#") {
                shape.push_str(part);
                continue;
            }
            shape.push_str(&format!("{MARK}{}x", slots.len()));
            slots.push(Slot { markup: part.to_string(), words });
        }
        from = value.end;
    }
    shape.push_str(body.get(from..)?);
    Some((shape, slots))
}

/// A value cut where an address has its query and its fragment: what is added to a link depends on them.
fn parts(written: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, sign) in written.match_indices(['?', '#']).filter(|(at, _)| !written[..*at].ends_with('&')) {
        parts.extend([&written[from..at], sign].into_iter().filter(|part| !part.is_empty()));
        from = at + 1;
    }
    parts.extend(Some(&written[from..]).filter(|part| !part.is_empty() || parts.is_empty()));
    parts
}

/// A value's words, if it is text in one line that no reader folds, and shows as it is.
fn plain(written: &str) -> Option<String> {
    let edge = |c: char| c == ' ';
    if written.is_empty() || written.starts_with(edge) || written.ends_with(edge) || written.contains("  ") {
        return None;
    }
    let mut words = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];
        let (length, c) = match c {
            '&' => known.iter().find(|(entity, _)| rest.starts_with(entity)).map(|(e, c)| (e.len(), *c))?,
            '<' | '>' => return None,
            ' '..='~' => (1, c),
            c if c.is_alphanumeric() || "£€¥₹₩©®™°–—‘’“”…•×".contains(c) => {
                (c.len_utf8(), c)
            }
            _ => return None,
        };
        words.push(c);
        rest = &rest[length..];
    }
    Some(words)
}

/// Whether a value behind this markup changes nothing but its own place: it stands between tags, or in an attribute that
/// moves nothing. Beside rules of a sheet, what stands in a `style` is read.
fn only_stands(markup: Markup, styled: bool, before: &str) -> bool {
    let Some(open) = before.rfind('<').filter(|open| before.rfind('>').is_none_or(|close| close < *open))
    else {
        return true;
    };
    let tag = &before[open + 1..];
    let Some((names, value)) = tag.rsplit_once("=\"").or_else(|| tag.rsplit_once("='")) else { return false };
    let attribute = names.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
    let of_mjml = markup == Markup::Mjml && tag.starts_with("mj-");
    let free: &[&str] = match of_mjml {
        true => &["href", "src", "alt", "title"],
        false => &["href", "src", "alt", "title", "style", "bgcolor", "background", "color"],
    };
    let mut free = free.iter().filter(|name| !(styled && **name == "style"));
    !value.contains(['"', '\'']) && free.any(|name| attribute.eq_ignore_ascii_case(name))
}

/// A text cut at its marks; none where something else looks like one.
fn pieces(marked: &str) -> Option<Vec<Piece>> {
    let mut parts = marked.split(MARK);
    let mut pieces: Vec<Piece> =
        parts.next().map(|first| Piece::Text(first.to_string())).into_iter().collect();
    for part in parts {
        let (number, rest) = part.split_once('x')?;
        pieces.push(Piece::Value(number.parse().ok()?));
        pieces.push(Piece::Text(rest.to_string()));
    }
    Some(pieces)
}

fn put(pieces: &[Piece], slots: &[Slot], words: bool) -> String {
    let of = |slot: usize| slots.get(slot).map_or("", |s| if words { &s.words } else { &s.markup });
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Value(slot) => of(*slot).len(),
    };
    let mut text = String::with_capacity(pieces.iter().map(piece).sum());
    for piece in pieces {
        text.push_str(match piece {
            Piece::Text(text) => text,
            Piece::Value(slot) => of(*slot),
        });
    }
    text
}
