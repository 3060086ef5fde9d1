//! Where in an HTML document a value is printed, and how it is made safe there.
//!
//! The rule: a value never changes the document's structure, starts a script or leads to an address of an
//! unexpected kind. Literal text is the author's and is never changed.

mod write;

pub(crate) use write::{encode, escape, one_line, unescape, write, write_markup};

/// The place of a printed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Plain text: nothing is escaped.
    Plain,
    /// One line of plain text.
    Line,
    /// Between tags.
    Text,
    /// In a quoted attribute.
    Attribute,
    /// At the start of an address (`href`, `src`, …): what decides its scheme.
    Address,
    /// In an address whose scheme may still be open, because values came before.
    AddressRest,
    /// In the path of an address, after its scheme.
    AddressPath,
    /// In the query or fragment of an address.
    AddressQuery,
    /// In CSS.
    Style,
}

/// How far a document has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Between tags.
    Text,
    /// In a comment that is not one of Outlook's conditions.
    Comment,
    /// In `<style>` or `<script>`: the element's name.
    Verbatim(&'static str),
    /// In a tag: the element's name, lower case.
    Tag { element: String },
    /// Within an attribute's name, or after it.
    Name { element: String, attribute: String },
    /// After `=`.
    Equals { element: String, attribute: String },
    /// In a quoted value.
    Quoted { element: String, kind: Kind, quote: char },
    /// In a value without quotes.
    Unquoted { element: String },
}

/// What a quoted attribute's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Style,
    Script,
    Address(Part),
}

/// How far an address has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Start,
    /// Values came, but nothing yet that settles the scheme.
    Open,
    Path,
    Query,
}

/// Attributes that hold an address, in HTML and MJML.
const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "action",
    "formaction",
    "background",
    "background-url",
    "poster",
    "cite",
    "longdesc",
    "data",
    "xlink:href",
    "thumbnails-src",
    "icon-src",
    "srcset",
];

impl State {
    /// Reads on over literal text.
    pub fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = self.step(rest, c);
            rest = &rest[length.min(rest.len())..];
        }
    }

    /// Takes one or more characters; returns how many bytes.
    fn step(&mut self, rest: &str, c: char) -> usize {
        let one = c.len_utf8();
        match self {
            State::Text => {
                let Some(open) = rest.find('<') else { return rest.len() };
                let tag = &rest[open..];
                // `<!--[if mso]>` and its end are tags to Outlook and comments to others; what is between is HTML.
                if tag.starts_with("<!--[if") || tag.starts_with("<![endif]") {
                    return open + tag.find('>').map_or(tag.len(), |end| end + 1);
                }
                if let Some(inside) = tag.strip_prefix("<!--") {
                    // `<!-->` and `<!--->` are closed at once: Outlook's "for all others" begins like that.
                    let closed =
                        if inside.starts_with('>') { 1 } else { 2 * usize::from(inside.starts_with("->")) };
                    if closed == 0 {
                        *self = State::Comment;
                    }
                    return open + 4 + closed;
                }
                let name: String = tag[1..]
                    .char_indices()
                    .take_while(|(i, c)| {
                        c.is_ascii_alphanumeric()
                            || matches!(c, '-' | ':')
                            || (*i == 0 && matches!(c, '/' | '!'))
                    })
                    .map(|(_, c)| c)
                    .collect();
                // A `<` at the very end begins a tag with whatever is printed next.
                if name.is_empty() && tag.len() > 1 {
                    return open + 1;
                }
                let length = name.len();
                *self = State::Tag { element: name.to_ascii_lowercase() };
                open + 1 + length
            }
            State::Comment => match rest.find("-->") {
                Some(end) => {
                    *self = State::Text;
                    end + 3
                }
                None => rest.len(),
            },
            State::Verbatim(element) => {
                let end = format!("</{element}");
                match rest.to_ascii_lowercase().find(&end) {
                    Some(at) => {
                        *self = State::Tag { element: format!("/{element}") };
                        at + end.len()
                    }
                    None => rest.len(),
                }
            }
            State::Tag { element } => {
                if c == '>' {
                    *self = match &**element {
                        "style" | "mj-style" => {
                            State::Verbatim(if element == "style" { "style" } else { "mj-style" })
                        }
                        "script" => State::Verbatim("script"),
                        _ => State::Text,
                    };
                } else if !c.is_whitespace() && c != '/' {
                    *self = State::Name {
                        element: std::mem::take(element),
                        attribute: c.to_ascii_lowercase().into(),
                    };
                }
                one
            }
            State::Name { element, attribute } => {
                let element = std::mem::take(element);
                match c {
                    '=' => *self = State::Equals { element, attribute: std::mem::take(attribute) },
                    '>' => {
                        *self = State::Tag { element };
                        return 0;
                    }
                    c if c.is_whitespace() => {
                        let after = rest.trim_start();
                        if after.is_empty() || after.starts_with('=') {
                            // The name's end is not seen yet: `name =`.
                            let attribute = std::mem::take(attribute);
                            *self = State::Name { element, attribute };
                            return rest.len() - after.len();
                        }
                        *self = State::Tag { element };
                    }
                    c => {
                        attribute.push(c.to_ascii_lowercase());
                        let attribute = std::mem::take(attribute);
                        *self = State::Name { element, attribute };
                    }
                }
                one
            }
            State::Equals { element, attribute } => {
                if c.is_whitespace() {
                    return one;
                }
                let element = std::mem::take(element);
                match c {
                    '"' | '\'' => {
                        *self = State::Quoted { element, kind: kind_of(attribute), quote: c };
                        one
                    }
                    _ => {
                        *self = State::Unquoted { element };
                        0
                    }
                }
            }
            State::Quoted { element, kind, quote } => {
                if c == *quote {
                    *self = State::Tag { element: std::mem::take(element) };
                } else if let Kind::Address(part) = kind {
                    *part = match (c, *part) {
                        ('?' | '#', _) => Part::Query,
                        ('/' | ':', Part::Start | Part::Open) => Part::Path,
                        (_, part) => part,
                    };
                }
                one
            }
            State::Unquoted { element } => {
                if c == '>' || c.is_whitespace() {
                    *self = State::Tag { element: std::mem::take(element) };
                    return 0;
                }
                one
            }
        }
    }

    /// The place a value printed here has; `Err` says why none can be.
    pub fn place(&self) -> Result<Place, Unsafe> {
        match self {
            State::Text | State::Comment => Ok(Place::Text),
            State::Verbatim("script") => Err(Unsafe::Script),
            State::Verbatim(_) => Ok(Place::Style),
            State::Tag { .. } | State::Name { .. } => Err(Unsafe::Tag),
            State::Equals { .. } | State::Unquoted { .. } => Err(Unsafe::Unquoted),
            State::Quoted { kind, .. } => match kind {
                Kind::Plain => Ok(Place::Attribute),
                Kind::Style => Ok(Place::Style),
                Kind::Script => Err(Unsafe::Script),
                Kind::Address(Part::Start) => Ok(Place::Address),
                Kind::Address(Part::Open) => Ok(Place::AddressRest),
                Kind::Address(Part::Path) => Ok(Place::AddressPath),
                Kind::Address(Part::Query) => Ok(Place::AddressQuery),
            },
        }
    }

    /// A value has been printed here.
    pub fn printed(&mut self) {
        match self {
            State::Quoted { kind: Kind::Address(part @ Part::Start), .. } => *part = Part::Open,
            State::Equals { element, .. } => *self = State::Unquoted { element: std::mem::take(element) },
            _ => {}
        }
    }

    /// Where the document is when it came here by either way; `None` if the two do not agree.
    pub fn join(&self, other: &State) -> Option<State> {
        if self == other {
            return Some(self.clone());
        }
        match (self, other) {
            (
                State::Quoted { element, kind: Kind::Address(l), quote },
                State::Quoted { kind: Kind::Address(r), quote: other_quote, .. },
            ) if quote == other_quote => {
                // The more careful of the two: an open scheme first, then a query.
                let settled = |p: &Part| matches!(p, Part::Path | Part::Query);
                let part = match (settled(l), settled(r)) {
                    (true, true) => Part::Query,
                    (false, false) => Part::Open,
                    _ => Part::Open,
                };
                Some(State::Quoted { element: element.clone(), kind: Kind::Address(part), quote: *quote })
            }
            // `<td{% if x %} width="1"{% endif %}>`: a tag is a tag, wherever between attributes.
            (State::Tag { element }, State::Tag { .. } | State::Name { .. })
            | (State::Name { .. }, State::Tag { element }) => Some(State::Tag { element: element.clone() }),
            (State::Name { element, .. }, State::Name { .. }) => {
                Some(State::Tag { element: element.clone() })
            }
            _ => None,
        }
    }
}

/// Why no value can be printed somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsafe {
    /// In a script.
    Script,
    /// In a tag, where an attribute's name stands.
    Tag,
    /// In an attribute's value that has no quotes.
    Unquoted,
}

fn kind_of(attribute: &str) -> Kind {
    match attribute {
        "style" => Kind::Style,
        a if a.starts_with("on") => Kind::Script,
        a if ADDRESSES.contains(&a) => Kind::Address(Part::Start),
        _ => Kind::Plain,
    }
}
