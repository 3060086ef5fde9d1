//! Which pieces begin a line.

use persona_syntax::Kind;

use crate::WIDTH;
use crate::page::Page;
use crate::piece::{At, BlockId, Line, Piece, Program};

/// A program with what of it is broken into lines. At first that is what was written so; more may follow.
pub(crate) struct Layout<'p, 't> {
    pub program: &'p Program<'t>,
    /// Blocks, by their leaders.
    blocks: Vec<bool>,
    /// Operators, branches and items.
    pieces: Vec<bool>,
    /// Every operator with its chain, in order.
    links: Vec<(At, usize)>,
}

impl<'p, 't> Layout<'p, 't> {
    pub fn new(program: &'p Program<'t>) -> Self {
        let blocks = program.blocks.iter().map(|b| b.broken).collect();
        let chains = program.chains.iter().enumerate();
        let mut links: Vec<_> =
            chains.flat_map(|(i, c)| c.operators.iter().map(move |at| (*at, i))).collect();
        links.sort_unstable();
        Layout { program, blocks, pieces: program.broken.clone(), links }
    }

    pub fn is_broken(&self, block: BlockId) -> bool {
        let it = &self.program.blocks[block];
        self.blocks[it.leader] && !it.empty
    }

    fn begins_line(&self, at: At) -> bool {
        let piece = &self.program.pieces[at];
        let Some(before) = at.checked_sub(1).map(|i| &self.program.pieces[i]) else { return false };
        match piece.line {
            Line::Verbatim => piece.breaks() > 0,
            _ if piece.is_comment() => !self.program.is_trailing(at),
            _ if before.is_comment() => true,
            Line::Inside | Line::Flush => false,
            Line::Declaration => before.line != Line::Verbatim || piece.breaks() > 0,
            Line::Member => self.is_broken(piece.block),
            Line::Close(block) => self.is_broken(block),
            Line::Operator { .. } | Line::Branch { .. } | Line::Item { .. } => self.pieces[at],
        }
    }

    /// For each piece that begins a line: whether a blank line is above.
    pub fn starts(&self) -> Vec<Option<bool>> {
        let start = |at: At| self.begins_line(at).then(|| self.keeps_blank(at));
        let mut starts: Vec<_> = (0..self.program.pieces.len()).map(start).collect();
        self.part_declarations(&mut starts);
        starts
    }

    /// Whether the blank lines written above a line are kept, as one.
    fn keeps_blank(&self, at: At) -> bool {
        let piece = &self.program.pieces[at];
        let first_of_block = || {
            let before = if self.program.is_trailing(at - 1) { at - 2 } else { at - 1 };
            self.program.blocks[piece.block].open == before && piece.block != 0
        };
        match piece.line {
            Line::Declaration | Line::Verbatim => piece.breaks() > 1,
            Line::Member => piece.breaks() > 1 && !first_of_block(),
            _ => false,
        }
    }

    /// A blank line between any two declarations, but for those of one kind on a line each.
    fn part_declarations(&self, starts: &mut [Option<bool>]) {
        let pieces = &self.program.pieces;
        let rows = &self.program.blocks[0].rows;
        let outside = |piece: &Piece| matches!(piece.line, Line::Declaration | Line::Verbatim);
        let spans_lines =
            |at: At| pieces[at].text.contains('\n') || starts[at].is_some() && !outside(&pieces[at]);
        let ends = rows.iter().skip(1).map(|row| row.first).chain([pieces.len()]);
        let tall: Vec<bool> =
            rows.iter().zip(ends).map(|(row, end)| (row.first..end).any(spans_lines)).collect();
        for (i, pair) in rows.windows(2).enumerate() {
            let may_touch = pair[0].kind == pair[1].kind && !tall[i] && !tall[i + 1];
            let as_written = pair.iter().any(|row| pieces[row.first].line == Line::Verbatim);
            if may_touch || as_written {
                continue;
            }
            let lines = pair[0].first + 1..pair[1].first + 1;
            let mut lines = lines.filter(|at| outside(&pieces[*at]) && starts[*at].is_some());
            let first = lines.next();
            if first.is_some_and(|at| starts[at] == Some(false)) && !lines.any(|at| starts[at] == Some(true))
            {
                first.into_iter().for_each(|at| starts[at] = Some(true));
            }
        }
    }

    /// The spaces before a piece on its line, columns apart.
    pub fn gap(&self, at: At, anchors: &[bool]) -> usize {
        let Some(before) = at.checked_sub(1).map(|i| &self.program.pieces[i]) else { return 0 };
        let piece = &self.program.pieces[at];
        match piece.line {
            Line::Verbatim | Line::Declaration => piece.space.chars().count(),
            Line::Member if before.kind != Kind::LBrace => 2,
            // The operators below get the room that `when` alone does not give them.
            _ if before.parent == Kind::When && before.text == "when" && anchors[at] => 4,
            _ => usize::from(!is_tight(before, piece)),
        }
    }

    /// For each piece: whether an `and` or `or` further down is aligned against it.
    pub fn anchors(&self, starts: &[Option<bool>]) -> Vec<bool> {
        let mut anchors = vec![false; starts.len()];
        for (piece, start) in self.program.pieces.iter().zip(starts) {
            if let (Line::Operator { first }, true) = (piece.line, start.is_some()) {
                anchors[first] = true;
            }
        }
        anchors
    }

    /// Breaks every line that is too long at its outermost place; false where none is left that can be.
    pub fn break_long(&mut self, page: &Page) -> bool {
        let mut changed = false;
        for line in page.lines.iter().filter(|line| line.width > WIDTH) {
            let blocks = &self.program.blocks;
            let opened = blocks.partition_point(|b| b.open < line.first)
                ..blocks.partition_point(|b| b.open <= line.last);
            let block = opened.filter(|b| *b != 0 && !blocks[*b].empty && !self.is_broken(*b));
            if let Some(block) = block.min_by_key(|b| blocks[*b].depth) {
                self.blocks[blocks[block].leader] = true;
                changed = true;
            } else if line.breakable > WIDTH {
                let start = self.links.partition_point(|(at, _)| *at < line.first);
                let links = self.links[start..].iter().take_while(|(at, _)| *at <= line.last);
                let whole = links.filter(|(at, _)| !self.pieces[*at]).map(|(_, chain)| *chain);
                if let Some(chain) = whole.min_by_key(|chain| self.program.chains[*chain].depth) {
                    self.program.chains[chain].operators.iter().for_each(|at| self.pieces[*at] = true);
                    changed = true;
                }
            }
        }
        changed
    }
}

/// Whether nothing stands between two pieces of a line.
fn is_tight(before: &Piece, piece: &Piece) -> bool {
    use Kind::*;
    let type_argument = |p: &Piece| p.parent == TypeRef && matches!(p.kind, Less | Greater);
    matches!(before.kind, LParen | LBracket | Dot)
        // A path would go on: `$ .x` is a field of the whole, `$.x` another path.
        || piece.kind == Dot && before.kind != Path
        || matches!(piece.kind, RParen | RBracket | Comma | Colon | Question | Percent)
        || piece.kind == LParen && matches!(piece.parent, Args | Similar)
        || type_argument(piece)
        || type_argument(before) && before.kind == Less
        // Of two signs without a space between, a comment would begin in other languages.
        || before.kind == Minus && before.parent == Unary && piece.kind != Minus
        || before.kind == LBrace && piece.kind == RBrace
}
