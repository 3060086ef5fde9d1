//! Lists of what has a name: in the order of declaration, and found by name at once.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

/// Something that is declared by a name.
pub trait Name {
    /// Its name.
    fn name(&self) -> &Arc<str>;
}

/// A list of what has a name. Of two with one name, which is a mistake that was told, the first is found.
#[derive(Clone, Debug)]
pub struct Named<T> {
    items: Vec<T>,
    places: HashMap<Arc<str>, usize>,
    /// By the name in lower case, where it is not written so.
    lower: HashMap<String, usize>,
}

impl<T: Name> Named<T> {
    /// The one with this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.places.get(name).map(|place| &self.items[*place])
    }

    /// One whose name is this in lower case, however it is written.
    pub fn in_lower_case(&self, lower: &str) -> Option<&T> {
        let place = self.places.get(lower).or_else(|| self.lower.get(lower));
        place.map(|place| &self.items[*place])
    }

    /// Adds one behind the others.
    pub fn push(&mut self, item: T) {
        let name = item.name();
        if !name.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
            self.lower.entry(name.to_lowercase()).or_insert(self.items.len());
        }
        self.places.entry(name.clone()).or_insert(self.items.len());
        self.items.push(item);
    }

    /// Keeps those of which this is true.
    pub fn keep(&mut self, wanted: impl Fn(&T) -> bool) {
        self.items.retain(|item| wanted(item));
        self.places.clear();
        for (place, item) in self.items.iter().enumerate() {
            self.places.entry(item.name().clone()).or_insert(place);
        }
    }

    /// Keeps only the first ones.
    pub fn truncate(&mut self, count: usize) {
        self.items.truncate(count);
        self.places.retain(|_, place| *place < count);
        self.lower.retain(|_, place| *place < count);
    }
}

impl<T> Named<T> {
    /// Each of them, to be changed; but for its name.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }
}

impl<T: Name> Extend<T> for Named<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named { items: Vec::new(), places: HashMap::new(), lower: HashMap::new() }
    }
}

impl<T> Deref for Named<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T: Name> FromIterator<T> for Named<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Named<T> {
        let mut named = Named::default();
        items.into_iter().for_each(|item| named.push(item));
        named
    }
}

impl<T: Name> From<Vec<T>> for Named<T> {
    fn from(items: Vec<T>) -> Named<T> {
        items.into_iter().collect()
    }
}

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Word(Arc<str>, u32);

    impl Name for Word {
        fn name(&self) -> &Arc<str> {
            &self.0
        }
    }

    #[test]
    fn the_first_of_a_name_is_found_and_the_order_kept() {
        let words: Named<Word> =
            [("b", 1), ("a", 2), ("b", 3)].map(|(w, n)| Word(w.into(), n)).into_iter().collect();
        assert_eq!(words.get("b").map(|w| w.1), Some(1));
        assert_eq!(words.get("a").map(|w| w.1), Some(2));
        assert!(words.get("c").is_none());
        assert_eq!(words.iter().map(|w| w.1).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_name_in_lower_case_is_found_however_it_is_written() {
        let mut words: Named<Word> =
            [("plain", 1), ("Big", 2), ("ÄRA", 3)].map(|(w, n)| Word(w.into(), n)).into_iter().collect();
        let found = |words: &Named<Word>, lower: &str| words.in_lower_case(lower).map(|w| w.1);
        assert_eq!(["plain", "big", "ära"].map(|w| found(&words, w)), [Some(1), Some(2), Some(3)]);
        words.truncate(2);
        assert_eq!(["big", "ära"].map(|w| found(&words, w)), [Some(2), None]);
    }
}
