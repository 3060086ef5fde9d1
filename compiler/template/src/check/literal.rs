//! What is wrong with text that is printed as it stands: merge tags of other providers; and with values that begin an address.

use std::ops::Range;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::bad_address::{BadAddress, Why};
use persona_diagnostics::catalogue::foreign_tag::ForeignTag;
use persona_value::Type;

use super::Checker;
use super::value::Typed;
use crate::html::Place;
use crate::kind::Kind;
use crate::markdown::Written;

/// Other providers' merge tags: how each begins and ends.
pub(crate) const TAGS: &[(&str, &str)] = &[("*|", "|*"), ("%%", "%%"), ("%recipient.", "%"), ("[[", "]]")];

impl Checker<'_> {
    /// Literal text.
    pub(super) fn literal(&mut self, text: &str, span: Span) {
        // Where white space was cut or escapes undone, places are not known: all of the text is shown.
        let exact = text.len() == (span.end - span.start) as usize;
        let place = |at: &Range<usize>| {
            let start = span.start as usize;
            if exact { Span::new(span.file, start + at.start, start + at.end) } else { span }
        };
        for at in foreign(text) {
            let written = text[at.clone()].to_string();
            let instead = self.in_liquid(&written);
            self.report(ForeignTag { written, at: place(&at), instead });
        }
    }

    /// The literal text of Markdown, as it is in the file.
    pub(super) fn written(&mut self, written: &Written) {
        for (text, span) in written.iter() {
            self.literal(text, *span);
        }
    }

    /// A value printed where an address begins, or behind its scheme.
    pub(super) fn leads(&mut self, typed: &Typed, place: Option<Place>) {
        let Kind::Data(ty) = &typed.kind else { return };
        let scheme = matches!(&*self.flow.word, "http://" | "https://");
        let why = if *ty == Type::Url && scheme {
            Why::Twice(typed.text.clone())
        } else if place == Some(Place::Address) && !may_be_address(ty) {
            Why::Value(typed.text.clone(), typed.kind.words())
        } else {
            return;
        };
        self.report(BadAddress { at: typed.span, why });
    }

    /// What a merge tag of another provider most likely means.
    fn in_liquid(&self, tag: &str) -> Option<String> {
        let name = tag.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
        if name.starts_with("if") && name.contains(':') {
            return Some("{% if … %}…{% endif %}".into());
        }
        let name = name.rsplit('.').next().unwrap_or(&name);
        let name = match name {
            "fname" | "firstname" => "first_name",
            "lname" | "lastname" => "last_name",
            "emailaddr" => "email",
            name => name,
        };
        let binding = self.scope.lookup(name)?;
        Some(match binding.optional {
            true if binding.ty.is_text() => format!("{{{{ {name} | default: \"…\" }}}}"),
            true => format!("{{% if {name} %}}{{{{ {name} }}}}{{% endif %}}"),
            false => format!("{{{{ {name} }}}}"),
        })
    }
}

/// Merge tags of other providers; of a block the tag that opens it.
fn foreign(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (open, close) in TAGS {
        let mut from = 0;
        while let Some(start) = text[from..].find(open).map(|at| from + at) {
            from = start + open.len();
            let Some(length) = text[from..].find(close) else { break };
            let (inside, end) = (&text[from..from + length], from + length + close.len());
            let named = inside.starts_with(|c: char| c.is_ascii_alphabetic())
                && inside.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:=".contains(c));
            // `[[words]](address)` is a link of Markdown's.
            if !named || text[end..].starts_with('(') {
                continue;
            }
            from = end;
            if !["END", "ELSE"].iter().any(|part| inside.starts_with(part)) {
                found.push(start..end);
            }
        }
    }
    found.sort_by_key(|at| at.start);
    found
}

/// Whether a value of this type can be an address: an enum's values are names.
fn may_be_address(ty: &Type) -> bool {
    matches!(ty, Type::Url | Type::Unknown) || ty.is_text() && !matches!(ty, Type::Enum(_))
}
