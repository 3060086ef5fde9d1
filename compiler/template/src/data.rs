//! What a template is rendered with.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use persona_diagnostics::Span;
use persona_value::Value;

use crate::{Compiled, Language};

/// The values of one message. Answers must agree with the [`crate::Scope`] the template was checked against.
pub trait Data {
    /// The value of a root name.
    fn value(&self, name: &str) -> Value;
    /// The value of an attribute or trait written `customer.x`. The same as the bare name's, but where a content
    /// block has a parameter of that name.
    fn attribute(&self, name: &str) -> Value {
        self.value(name)
    }
    /// Whether the customer is in this segment.
    fn in_segment(&self, segment: &str) -> bool;
    /// The content block of this name, compiled; the case of a conditional block that applies.
    fn block(&self, name: &str) -> Option<Compiled>;
    /// The text of this key in the customer's language; of a plural, the form for this number.
    fn wording(&self, _key: &str, _count: Option<i64>) -> Option<std::sync::Arc<str>> {
        None
    }
    /// The language of the message, if it is written in several.
    fn language(&self) -> Option<Rc<Language>> {
        None
    }
    /// What fills `{% block NAME %}` of a layout.
    fn placeholder(&self, name: &str) -> Option<Compiled>;
    /// The row of `entity` with this key: a record, or missing.
    fn entity(&self, entity: &str, key: &Value) -> Value;
    /// The zone in which instants are printed: the customer's, else the project's.
    fn time_zone(&self) -> jiff::tz::TimeZone;
    /// The instant of rendering.
    fn now(&self) -> jiff::Timestamp;
    /// Where it is noted what was printed in the place of values that are not there. Only previews ask.
    fn fallbacks(&self) -> Option<&RefCell<Vec<Fallback>>> {
        None
    }
}

/// What `default` printed in the place of a value that was missing or empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The value, as a template names it: `first_name`, `event.total`.
    pub name: String,
    /// What stands there instead.
    pub to: String,
}

/// A rendered template, and where in it values stand; all else is the author's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// All of it.
    pub text: String,
    /// Values, in order, as they are written there.
    pub values: Vec<Range<usize>>,
}

impl Filled {
    /// With another text put in at an offset, which stands in no value.
    pub fn insert(&mut self, at: usize, part: &Filled) {
        let first = self.values.partition_point(|value| value.start < at);
        for value in &mut self.values[first..] {
            *value = value.start + part.text.len()..value.end + part.text.len();
        }
        let within = part.values.iter().map(|value| value.start + at..value.end + at);
        self.values.splice(first..first, within);
        self.text.insert_str(at, &part.text);
    }
}

/// How values are made safe for the document they are printed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Escape {
    /// HTML or MJML: escaped by place (text, attribute, address, style).
    Html,
    /// Plain text: the text part. Printed as it is.
    Text,
    /// One line of plain text: a subject, a preheader. Line breaks and other control characters become blanks, so
    /// that no value can end a header.
    Line,
}

/// Why there is no message.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// `{% skip "reason" %}`: the author withholds this message.
    Skip {
        /// Why, in the author's words.
        reason: String,
    },
    /// What the checker was promised does not hold, or a bound was passed.
    Failed {
        /// Where in the template.
        span: Span,
        /// What is wrong.
        reason: String,
    },
}
