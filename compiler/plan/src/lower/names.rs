//! Names that nothing else has: users call their columns as they like.

use std::collections::BTreeSet;
use std::sync::Arc;

use persona_model::Model;
use persona_value::Type;

/// The names that are taken. DuckDB and BigQuery tell no upper case from lower, so neither does this.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Names<R = Nothing> {
    taken: BTreeSet<String>,
    /// Taken from the start.
    reserved: R,
}

/// Names that are taken without being listed.
pub(super) trait Reserved {
    /// Whether this name, in lower case, is one of them.
    fn holds(&self, name: &str) -> bool;
}

/// No names.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Nothing;

impl Reserved for Nothing {
    fn holds(&self, _: &str) -> bool {
        false
    }
}

/// What the columns of a customer's profile and the tables beside it are called. A big program has thousands, and most
/// plans ask for a few names: the program, which finds by name, is asked, and no list is made.
#[derive(Clone, Copy)]
pub(super) struct ProfileNames<'m>(pub &'m Model);

impl Reserved for ProfileNames<'_> {
    fn holds(&self, name: &str) -> bool {
        let model = self.0;
        let is_trait = |name: &str| model.traits.in_lower_case(name).is_some();
        let behind = |prefix: &str| name.strip_prefix(prefix);
        // A field of a record trait; either may have underscores of its own.
        let is_field = || {
            name.match_indices("__").any(|(at, between)| {
                let (of, field) = (&name[..at], &name[at + between.len()..]);
                match model.traits.in_lower_case(of).map(|t| &t.value.ty) {
                    Some(Type::Record(record)) => record.fields.iter().any(|f| same(&f.name, field)),
                    _ => false,
                }
            })
        };
        name == "suppressed"
            || model.customer.attributes.iter().any(|a| same(&a.name, name))
            || model.lifecycles.in_lower_case(name).is_some()
            || behind("in_").is_some_and(|rest| model.segments.in_lower_case(rest).is_some())
            || behind("consent_").is_some_and(|rest| model.consents.in_lower_case(rest).is_some())
            || is_trait(name)
            || behind(TRAIT).is_some_and(is_trait)
            || is_field()
    }
}

/// What the table of a list trait begins with.
pub(super) const TRAIT: &str = "trait_";

/// Whether a name is this one, which is in lower case.
fn same(name: &str, lower: &str) -> bool {
    if name.is_ascii() { name.eq_ignore_ascii_case(lower) } else { name.to_lowercase() == lower }
}

impl<'m> Names<ProfileNames<'m>> {
    /// Those beside the names of a customer's profile.
    pub fn of_profile(model: &'m Model) -> Names<ProfileNames<'m>> {
        Names { taken: BTreeSet::new(), reserved: ProfileNames(model) }
    }
}

impl<R: Reserved> Names<R> {
    /// Also these.
    pub fn take<N: AsRef<str>>(&mut self, names: impl IntoIterator<Item = N>) {
        self.taken.extend(names.into_iter().map(|n| n.as_ref().to_lowercase()));
    }

    /// A name like this one that was free.
    pub fn fresh(&mut self, base: &str) -> Arc<str> {
        self.family(base, &[""])
    }

    /// A beginning like this one: it was free with each of these endings.
    pub fn family<E: AsRef<str>>(&mut self, base: &str, endings: &[E]) -> Arc<str> {
        let mut name = base.to_string();
        let mut n = 1;
        let full = |name: &str| -> Vec<String> {
            endings.iter().map(|end| format!("{name}{}", end.as_ref()).to_lowercase()).collect()
        };
        while full(&name).iter().any(|name| self.taken.contains(name) || self.reserved.holds(name)) {
            n += 1;
            name = format!("{base}_{n}");
        }
        self.taken.extend(full(&name));
        name.into()
    }
}
