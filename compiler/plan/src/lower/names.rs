//! Names that nothing else has: users call their columns as they like.

use std::collections::BTreeSet;
use std::sync::Arc;

/// The names that are taken. DuckDB and BigQuery tell no upper case from lower, so neither does this.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Also these.
    pub fn take<N: AsRef<str>>(&mut self, names: impl IntoIterator<Item = N>) {
        self.0.extend(names.into_iter().map(|n| n.as_ref().to_lowercase()));
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
        while full(&name).iter().any(|name| self.0.contains(name)) {
            n += 1;
            name = format!("{base}_{n}");
        }
        self.0.extend(full(&name));
        name.into()
    }
}
