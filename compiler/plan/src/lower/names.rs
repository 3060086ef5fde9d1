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
/// plans ask for a few names: the program is asked, no list is made.
#[derive(Clone, Copy)]
pub(super) struct ProfileNames<'m>(pub &'m Model);

impl Reserved for ProfileNames<'_> {
    fn holds(&self, name: &str) -> bool {
        let model = self.0;
        let is = |own: &str| same(own, name);
        let behind = |prefix: &str, own: &str| name.strip_prefix(prefix).is_some_and(|rest| same(own, rest));
        let fields = |t: &persona_model::Trait| match &t.value.ty {
            Type::Record(record) if name.contains("__") => {
                record.fields.iter().any(|f| is(&format!("{}__{}", t.name, f.name)))
            }
            _ => false,
        };
        name == "suppressed"
            || model.customer.attributes.iter().any(|a| is(&a.name))
            || model.lifecycles.iter().any(|l| is(&l.name))
            || name.starts_with("in_") && model.segments.iter().any(|s| behind("in_", &s.name))
            || name.starts_with("consent_") && model.consents.iter().any(|c| behind("consent_", &c.name))
            || model.traits.iter().any(|t| is(&t.name) || behind(TRAIT, &t.name) || fields(t))
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
