//! What chosen mail programs do not support, told where a template uses it.
//!
//! The knowledge is a table made of Can I email's data ([`support`]): one line a feature, one sign a client. A template is
//! read with its tags blanked out, so that every offset is one of the file; the parts of an `{% if %}` are read one after
//! the other, each as if it were shown. Only what a test found unsupported is told: not what is supported in part, and not
//! what was never tested.

mod page;
mod style;
mod support;

use std::collections::BTreeSet;

use persona_diagnostics::catalogue::unsupported_by_client::UnsupportedByClient;
use persona_diagnostics::{Problems, Span};

use self::support::{CLIENTS, FEATURES};
use crate::Source;
use crate::page::Page;
use crate::tree::Template;

/// A set of mail programs, each on one platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Clients(u64);

impl Clients {
    /// The clients of a name: of one platform (`outlook-windows`), or of all of a family (`gmail`).
    pub fn named(name: &str) -> Option<Clients> {
        let of = |fits: &dyn Fn(&support::Client) -> bool| {
            let each = CLIENTS.iter().enumerate().filter(|(_, client)| fits(client));
            each.fold(0, |all, (at, _)| all | 1 << at)
        };
        let one = of(&|client| client.name == name);
        let found = if one == 0 { of(&|client| client.family == name) } else { one };
        (found != 0).then_some(Clients(found))
    }

    /// Every name that [`Clients::named`] knows, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let names: BTreeSet<&str> = CLIENTS.iter().flat_map(|client| [client.family, client.name]).collect();
        names.into_iter()
    }

    /// Those of either set.
    pub fn and(self, other: Clients) -> Clients {
        Clients(self.0 | other.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn without(self, other: Clients) -> Clients {
        Clients(self.0 & !other.0)
    }

    fn within(self, other: Clients) -> Clients {
        Clients(self.0 & other.0)
    }

    /// Each family of these, with the platforms that are among these if others are not.
    fn families(self) -> Vec<(&'static str, Vec<&'static str>)> {
        let mut families: Vec<(&str, Vec<&str>)> = Vec::new();
        for (_, client) in CLIENTS.iter().enumerate().filter(|(at, _)| self.0 & (1 << at) != 0) {
            let whole = Clients::named(client.family).is_some_and(|all| all.without(self).is_empty());
            let platform = (!whole).then_some(client.platform);
            match families.last_mut().filter(|(family, _)| *family == client.words) {
                Some((_, platforms)) => platforms.extend(platform),
                None => families.push((client.words, platform.into_iter().collect())),
            }
        }
        families
    }
}

/// Tells what of a template's HTML, MJML and CSS some of the clients do not support, each feature once. `source` is what the
/// template was parsed from.
pub fn check_clients(template: &Template, source: Source, clients: Clients, problems: &mut Problems) {
    if clients.is_empty() {
        return;
    }
    let page = Page::of(template, source);
    page::read(&mut Findings { source, clients, told: BTreeSet::new(), problems }, &page);
}

/// What was found so far.
struct Findings<'a> {
    source: Source<'a>,
    clients: Clients,
    /// Features by their place in the table.
    told: BTreeSet<usize>,
    problems: &'a mut Problems,
}

impl Findings<'_> {
    /// A feature is used at a range of the text, in a part that `seen_by` read. Gives those of them that support it, as far
    /// as is known.
    fn uses(&mut self, key: &str, range: std::ops::Range<usize>, seen_by: Clients) -> Clients {
        let mut left = seen_by;
        for at in FEATURES.get(key).into_iter().flatten() {
            let feature = support::feature(*at);
            let lost = feature.unsupported.within(seen_by);
            left = left.without(lost);
            if lost.is_empty() || !self.told.insert(*at) {
                continue;
            }
            let offset = self.source.offset as usize;
            self.problems.report(UnsupportedByClient {
                what: words(key),
                at: Span::new(self.source.file, offset + range.start, offset + range.end),
                clients: lost.families().into_iter().map(|(f, p)| (f.to_string(), p.join(", "))).collect(),
                tested: feature.tested.to_string(),
            });
        }
        left
    }
}

/// A feature as it is written.
fn words(key: &str) -> String {
    let (kind, name) = key.split_once(':').unwrap_or((key, ""));
    match (kind, name) {
        ("property", name) => format!("the property `{name}`"),
        ("value", value) => format!("`{}`", value.replacen(':', ": ", 1)),
        ("at", name) => format!("`@{name}`"),
        ("media", name) => format!("`@media ({name})`"),
        ("function", name) => format!("`{name}()`"),
        ("unit", unit) => format!("the unit `{unit}`"),
        ("pseudo", name) => format!("`:{name}`"),
        ("pseudo-element", name) => format!("`::{name}`"),
        ("selector", "id") => "a selector by id".into(),
        ("selector", "universal") => "the selector `*`".into(),
        ("selector", "adjacent-sibling") => "the selector `+`".into(),
        ("selector", "general-sibling") => "the selector `~`".into(),
        ("selector", "child") => "the selector `>`".into(),
        ("selector", "chaining") => "a selector by two classes".into(),
        ("selector", "grouping") => "a list of selectors".into(),
        ("selector", kind) => format!("a selector by {kind}"),
        ("element", name) => match name.split_once(':') {
            Some(("meta", name)) => format!("`<meta name=\"{name}\">`"),
            Some((element, kind)) => format!("`<{element} type=\"{kind}\">`"),
            None => format!("`<{name}>`"),
        },
        ("attribute", name) => format!("the attribute `{name}`"),
        ("image", kind) => format!("an image of the kind `.{kind}`"),
        ("address", "#") => "a link within the e-mail".into(),
        ("address", "data") => "an image written into its address".into(),
        ("address", scheme) => format!("a `{scheme}:` link"),
        ("css", "nesting") => "a rule within a rule".into(),
        ("css", "variable") => "a variable of CSS".into(),
        (_, name) => format!("`{name}`"),
    }
}
