//! Parts of files that do not overlap, such as declarations: found by a place in them.

use std::collections::BTreeSet;

use persona_diagnostics::Span;

/// Spans of which none overlaps another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeSet<Span>);

impl Places {
    /// The last one that begins here or before, in the same file.
    pub fn before(&self, at: Span) -> Option<Span> {
        let here = Span { end: u32::MAX, ..at };
        self.0.range(..=here).next_back().copied().filter(|found| found.file == at.file)
    }

    /// The one that holds this place.
    pub fn around(&self, at: Span) -> Option<Span> {
        self.before(at).filter(|found| found.holds(at))
    }

    /// Adds those of others that lie here.
    pub fn extend(&mut self, others: &Places, here: Span) {
        self.0.extend(others.0.iter().copied().filter(|place| here.holds(*place)));
    }

    /// Adds one.
    pub fn insert(&mut self, place: Span) {
        self.0.insert(place);
    }
}

impl FromIterator<Span> for Places {
    fn from_iter<I: IntoIterator<Item = Span>>(places: I) -> Places {
        Places(places.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use persona_diagnostics::FileId;

    use super::*;

    #[test]
    fn a_place_is_found_by_what_lies_in_it() {
        let span = |file, start, end| Span { file: FileId(file), start, end };
        let places: Places = [span(0, 0, 10), span(0, 12, 20), span(2, 5, 6)].into_iter().collect();
        assert_eq!(places.around(span(0, 12, 20)), Some(span(0, 12, 20)));
        assert_eq!(places.around(span(0, 3, 4)), Some(span(0, 0, 10)));
        assert_eq!(places.around(span(0, 10, 12)), None);
        assert_eq!(places.before(span(0, 11, 11)), Some(span(0, 0, 10)));
        assert_eq!(places.before(span(1, 0, 0)), None);
        assert_eq!(places.around(span(2, 5, 6)), Some(span(2, 5, 6)));
    }
}
