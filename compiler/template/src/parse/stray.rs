//! Braces that close a tag which nothing opened.

use std::ops::Range;

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::unopened_tag::UnopenedTag;

use crate::Source;

/// How far literal text has been read. Braces that the text itself opened, as those of CSS and JSON, it may close.
pub(super) struct Stray {
    open: usize,
    /// What closes nothing is not told: it is with a tag that was never closed, or means nothing here.
    pub untold: bool,
}

impl Stray {
    pub fn new(untold: bool) -> Stray {
        Stray { open: 0, untold }
    }

    /// Reads on over literal text.
    pub fn read(&mut self, source: &Source, at: Range<usize>, problems: &mut Problems) {
        let text = &source.text[at.clone()];
        let mut from = 0;
        while let Some(found) = text[from..].find(['{', '}', '%']).map(|found| from + found) {
            let rest = &text[found..];
            let braces = ["}}", "%}"].into_iter().find(|braces| rest.starts_with(braces));
            let closes = braces.map_or(0, |braces| braces.matches('}').count());
            from = found + 1;
            match braces {
                Some(braces) if self.open < closes => {
                    let (open, text) = (std::mem::take(&mut self.open), &text[..found]);
                    from = found + 2;
                    if !self.untold {
                        let span = source.span(at.start + found..at.start + from);
                        problems.report(UnopenedTag { braces, span, inside: inside(text, open > 0, braces) });
                    }
                }
                _ if rest.starts_with('{') => self.open += 1,
                _ if rest.starts_with('}') => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
    }
}

/// What a tag would say whose end this text comes before: all behind half of its braces, else the last word.
fn inside(before: &str, half: bool, braces: &str) -> Option<String> {
    let line = before.lines().next_back()?;
    let inside = match line.rsplit_once('{').filter(|_| half) {
        Some((_, inside)) => inside.trim_start_matches('%').trim(),
        // Where a tag begins cannot be told; a value is one word.
        None if braces == "%}" => return None,
        None => line.split_whitespace().next_back()?,
    };
    let word = |c: char| c.is_alphanumeric() || "_. |:\"-".contains(c);
    (inside.starts_with(char::is_alphabetic) && inside.chars().all(word)).then(|| inside.to_string())
}
