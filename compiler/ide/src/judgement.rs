//! What a whole program's conditions mean together, and which of it still stands while somebody types.
//!
//! To look at a whole program takes its time. Until it was looked at again, what was told of declarations that nobody
//! has touched stays where it was, or moves with them: what is told does not go away and come back at every key.

use std::collections::HashMap;

use persona_diagnostics::{FileId, Sources, Span, Told};
use persona_syntax::ast;

use crate::Analysis;

/// What a look at a whole program found.
#[derive(Debug)]
pub struct Judgement {
    /// Everything wrong with the program, by file and place.
    pub problems: Vec<Told>,
    /// Those among them that nothing but such a look finds.
    whole: Vec<Told>,
    /// What was looked at.
    sources: Sources,
    parsed: Vec<ast::File>,
}

impl Judgement {
    /// Looks at a whole program.
    pub fn of(analysis: &Analysis) -> Judgement {
        let problems = analysis.judged();
        let whole = problems.iter().filter(|told| !analysis.problems.contains(told)).cloned().collect();
        Judgement { problems, whole, sources: analysis.sources.clone(), parsed: analysis.parsed.clone() }
    }

    /// Everything wrong with a program that was edited since, as far as it is known before it is looked at again.
    pub fn until(&self, now: &Analysis) -> Vec<Told> {
        let mut moves = HashMap::new();
        let stands = self.whole.iter().filter_map(|told| self.moved(told, now, &mut moves));
        let mut problems = now.problems.clone();
        problems.extend(stands.collect::<Vec<_>>());
        problems
    }

    /// The same problem where it now lies; none if one of the declarations that it speaks of was touched.
    fn moved(&self, told: &Told, now: &Analysis, moves: &mut HashMap<FileId, Option<Move>>) -> Option<Told> {
        let mut told = told.clone();
        let fix = told.fix.as_mut().map(|fix| &mut fix.span);
        for span in told.labels.iter_mut().map(|label| &mut label.span).chain(fix) {
            let file = span.file;
            let part = self.declaration(*span).unwrap_or(*span);
            let moved = moves.entry(file).or_insert_with(|| Move::of(&self.sources, now, file)).as_ref()?;
            *span = moved.of_part(part, *span)?;
        }
        Some(told)
    }

    /// The declaration around a place; none in templates.
    fn declaration(&self, at: Span) -> Option<Span> {
        let program = self.parsed.iter().find(|program| program.id() == at.file)?;
        let all = program.tree().children().map(|node| {
            let range = node.text_range();
            Span::new(at.file, range.start().into(), range.end().into())
        });
        all.into_iter().find(|declaration| declaration.holds(at))
    }
}

/// How one edited text differs from another: by what lies between a common beginning and a common end.
struct Move {
    file: FileId,
    /// So long is the common beginning.
    begin: usize,
    /// Where the common end begins, before and now.
    end: (usize, usize),
}

impl Move {
    fn of(before: &Sources, now: &Analysis, file: FileId) -> Option<Move> {
        let before = before.file(file);
        let id = now.file(&before.path)?;
        let (old, new) = (before.text.as_bytes(), now.sources.file(id).text.as_bytes());
        let begin = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let ends = old[begin..].iter().rev().zip(new[begin..].iter().rev());
        let end = ends.take_while(|(a, b)| a == b).count();
        Some(Move { file: id, begin, end: (old.len() - end, new.len() - end) })
    }

    /// Where a place in a part of the text lies now, if nothing of that part was touched.
    fn of_part(&self, part: Span, at: Span) -> Option<Span> {
        let (start, end) = (at.start as usize, at.end as usize);
        if part.end as usize <= self.begin {
            return Some(Span::new(self.file, start, end));
        }
        let moved = |offset: usize| offset - self.end.0 + self.end.1;
        (part.start as usize >= self.end.0).then(|| Span::new(self.file, moved(start), moved(end)))
    }
}
