//! Ends that are not where they belong: which block each was most likely meant for, so that it is told once.

use persona_diagnostics::catalogue::unexpected_tag::UnexpectedTag;
use persona_diagnostics::catalogue::unknown_tag::UnknownTag;

use super::blocks::{Parser, Tag};
use super::pieces::Piece;
use super::tags::{PARTS, TAGS};

/// How many pieces ahead the end of a block is looked for.
const FURTHEST: usize = 1000;

impl Parser<'_> {
    /// Whether there is no tag of this name.
    pub(super) fn is_unknown(&self, word: &str) -> bool {
        !TAGS.contains(&word) && word != "#"
    }

    /// Whether a block that is open around this point is left without its end if this one is not for it.
    pub(super) fn is_needed(&self, end: &str) -> bool {
        let Some((_, opener)) = PARTS.iter().find(|(part, _)| *part == end) else { return false };
        let around = self.open.iter().filter(|open| open.ends.contains(&end)).count() as i64;
        around > 0 && self.surplus(end, opener) < around
    }

    /// How many more of these ends than of their openers stand ahead.
    fn surplus(&self, end: &str, opener: &str) -> i64 {
        let count = |piece: &Piece| match piece {
            Piece::Tag { name, .. } if self.source.text[name.clone()] == *end => 1,
            Piece::Tag { name, .. } if self.source.text[name.clone()] == *opener => -1,
            _ => 0,
        };
        self.pieces.iter().take(FURTHEST).map(count).sum()
    }

    /// Whether an end that is not the innermost block's own stands in its place: that block has none ahead, and no
    /// block further out waits for this one.
    pub(super) fn is_wrong_end(&self, word: &str) -> bool {
        let Some(open) = self.open.last().filter(|open| !open.ends.is_empty()) else { return false };
        let own = format!("end{}", open.name);
        !self.open.iter().any(|open| open.ends.contains(&word)) && self.surplus(&own, &open.name) <= 0
    }

    /// Tells of `{% end %}` or `{% endif %}` where another block ends.
    pub(super) fn wrong_end(&mut self, tag: &Tag) {
        let Some(open) = self.open.last() else { return };
        let right = format!("end{}", open.name);
        if self.is_unknown(self.word(tag)) {
            self.problems.report(UnknownTag {
                name: self.word(tag).to_string(),
                span: self.source.span(tag.name.clone()),
                suggestion: Some(right),
            });
        } else {
            self.unexpected(tag);
        }
    }

    /// Tells of a part or an end that nothing is open for.
    pub(super) fn unexpected(&mut self, tag: &Tag) {
        let name = self.word(tag);
        let opener = PARTS.iter().find(|(part, _)| *part == name).map_or("if", |(_, opener)| opener);
        let inside = self.open.last().map(|open| (open.name.clone(), open.span));
        let span = self.source.span(tag.at.clone());
        self.problems.report(UnexpectedTag { name: name.to_string(), span, opener, inside });
    }
}
