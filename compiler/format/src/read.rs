//! From a text to pieces: one walk over its tree.

use std::borrow::Cow;
use std::collections::HashMap;

use persona_diagnostics::{FileId, Problems};
use persona_syntax::{Kind, SyntaxNode, SyntaxToken};

use crate::piece::{At, Block, BlockId, Chain, Column, Line, Piece, Program, Row};

/// Nodes whose braces are part of a line; those of all others hold members.
const INLINE: &[Kind] = &[Kind::EnumType];

/// Members that are a word and what belongs to it.
const WORDS: &[Kind] = &[
    Kind::Property,
    Kind::ConsentRef,
    Kind::LayoutRef,
    Kind::On,
    Kind::Wait,
    Kind::Send,
    Kind::To,
    Kind::At,
    Kind::OfferRef,
    Kind::Locales,
    Kind::Tracked,
    Kind::Utm,
    Kind::Valid,
    Kind::Predict,
    Kind::Among,
    Kind::Features,
    Kind::Using,
    Kind::History,
    Kind::Validate,
    Kind::Require,
    Kind::Pilot,
    Kind::Fallback,
    Kind::Signals,
    Kind::Top,
    Kind::Bestsellers,
    Kind::Holdout,
    Kind::Goal,
    Kind::Detect,
];

/// A node that is being read.
struct Frame {
    kind: Kind,
    /// Its first piece.
    first: At,
    /// Where it ends in the text.
    end: usize,
    /// The row it is, or is part of: its block and its place in there.
    row: (BlockId, usize),
    /// Its block, while that is open.
    block: Option<BlockId>,
    /// The first block of the `if` it belongs to.
    leader: Option<BlockId>,
}

struct Reader<'t> {
    text: &'t str,
    program: Program<'t>,
    frames: Vec<Frame>,
    /// Blocks that are open, outermost first; the file is one.
    open: Vec<BlockId>,
    /// Chains by the piece they begin with and their operator: `a and b and c` nests to the left, and is one chain.
    chains: HashMap<(At, &'t str), usize>,
    /// The white space since the last piece.
    space: &'t str,
    /// The first item of the list whose comma was just read.
    item: Option<At>,
    /// The `and` or `or` that was just read.
    operator: Option<At>,
}

pub(crate) fn read(text: &str) -> Program<'_> {
    let mut problems = Problems::default();
    let tree = persona_syntax::parse(FileId(0), text, &mut problems).tree();
    let mut reader = Reader {
        text,
        program: Program::default(),
        frames: Vec::new(),
        open: Vec::new(),
        chains: HashMap::new(),
        space: "",
        item: None,
        operator: None,
    };
    reader.open_block(0, None);
    reader.program.blocks[0].broken = true;
    let mut verbatim = false;
    for element in tree.children_with_tokens() {
        if let Some(node) = element.as_node() {
            verbatim = as_written(node, !problems.is_empty());
            if verbatim {
                reader.verbatim(node);
            } else {
                reader.declaration(node);
            }
        } else if let Some(token) = element.as_token() {
            // What stands behind a mistake may still belong to it.
            reader.outside(token, if verbatim { Line::Verbatim } else { Line::Declaration });
        }
    }
    // Not `last_token`: the last node may be an empty one, for what is missing.
    let last = tree.descendants_with_tokens().filter_map(|e| e.into_token()).last();
    reader.program.unclosed = last.is_some_and(|t| t.kind() == Kind::UnclosedText);
    reader.program
}

/// Whether a declaration holds a mistake if it is read by itself.
fn as_written(node: &SyntaxNode, mistakes: bool) -> bool {
    node.kind() == Kind::Error
        || mistakes && {
            let mut problems = Problems::default();
            persona_syntax::parse(FileId(0), &node.text().to_string(), &mut problems);
            !problems.is_empty()
        }
}

impl<'t> Reader<'t> {
    fn declaration(&mut self, node: &SyntaxNode) {
        for element in node.descendants_with_tokens() {
            let start = usize::from(element.text_range().start());
            while self.frames.last().is_some_and(|frame| frame.end <= start) {
                self.frames.pop();
            }
            if let Some(node) = element.as_node() {
                self.enter(node);
            } else if let Some(token) = element.as_token() {
                self.token(token);
            }
        }
        self.frames.clear();
    }

    /// A whole declaration becomes one piece.
    fn verbatim(&mut self, node: &SyntaxNode) {
        let mut text = String::new();
        for token in node.descendants_with_tokens().filter_map(|element| element.into_token()) {
            match token.kind() {
                Kind::Whitespace => text.push_str(&token.text().replace("\r\n", "\n")),
                Kind::Comment | Kind::DocComment => text.push_str(token.text().trim_end()),
                _ => text.push_str(token.text()),
            }
        }
        self.row(0, node.kind());
        self.push(node.kind(), Kind::File, Cow::Owned(text), Line::Verbatim);
    }

    fn enter(&mut self, node: &SyntaxNode) {
        let (kind, first) = (node.kind(), self.program.pieces.len());
        let end = usize::from(node.text_range().end());
        let mut leader = None;
        let row = match self.frames.last() {
            None => self.row(0, kind),
            Some(Frame { block: Some(block), .. }) => self.row(*block, kind),
            Some(around) => {
                leader = around.leader;
                around.row
            }
        };
        self.frames.push(Frame { kind, first, end, row, block: None, leader });
    }

    /// Begins a row of a block at the next piece.
    fn row(&mut self, block: BlockId, kind: Kind) -> (BlockId, usize) {
        let first = self.program.pieces.len();
        let rows = &mut self.program.blocks[block].rows;
        rows.push(Row { first, kind, cells: Vec::new() });
        (block, rows.len() - 1)
    }

    fn text_of(&self, token: &SyntaxToken) -> &'t str {
        let range = token.text_range();
        &self.text[usize::from(range.start())..usize::from(range.end())]
    }

    /// White space or a comment between declarations.
    fn outside(&mut self, token: &SyntaxToken, line: Line) {
        let text = self.text_of(token);
        match token.kind() {
            Kind::Whitespace => self.space = text,
            kind => self.push(kind, Kind::File, Cow::Borrowed(text.trim_end()), line),
        }
    }

    fn token(&mut self, token: &SyntaxToken) {
        let (kind, text) = (token.kind(), self.text_of(token));
        let Some(frame) = self.frames.last() else { return };
        if kind == Kind::Whitespace {
            self.space = text;
            return;
        }
        let (parent, leader) = (frame.kind, frame.leader);
        if kind.is_trivia() {
            let line = if frame.block.is_some() { Line::Member } else { Line::Inside };
            return self.push(kind, parent, Cow::Borrowed(text.trim_end()), line);
        }
        self.cell(kind);
        let line = self.line(kind, text);
        if let Line::Close(block) = line {
            self.close_block(block);
        }
        let at = self.program.pieces.len();
        self.push(kind, parent, Cow::Borrowed(text), line);
        if kind == Kind::LBrace && !INLINE.contains(&parent) {
            let block = self.open_block(at, leader);
            if let Some(frame) = self.frames.last_mut() {
                frame.block = Some(block);
            }
            // The `else` of an `if` looks for its block there.
            for frame in self.frames.iter_mut().rev().take_while(|f| matches!(f.kind, Kind::If | Kind::Else))
            {
                frame.leader = frame.leader.or(Some(block));
            }
        }
    }

    fn push(&mut self, kind: Kind, parent: Kind, text: Cow<'t, str>, line: Line) {
        let at = self.program.pieces.len();
        let space = std::mem::take(&mut self.space);
        let begins = space.contains('\n');
        if begins || text.contains('\n') {
            let closed = if let Line::Close(block) = line { Some(block) } else { None };
            for block in self.open.iter().copied().chain(closed) {
                let leader = self.program.blocks[block].leader;
                self.program.blocks[leader].broken = true;
            }
        }
        if let Some(operator) = self.operator.take().filter(|_| begins) {
            self.program.broken[operator] = true;
        }
        if let Line::Operator { .. } = line {
            self.operator = Some(at);
        }
        let block = self.open.last().copied().unwrap_or(0);
        self.program.pieces.push(Piece { kind, parent, text, space, block, line });
        self.program.broken.push(begins);
    }

    fn open_block(&mut self, at: At, leader: Option<BlockId>) -> BlockId {
        let (block, depth) = (self.program.blocks.len(), self.open.len());
        let leader = leader.unwrap_or(block);
        let rows = Vec::new();
        self.program.blocks.push(Block { depth, leader, open: at, rows, broken: false, empty: false });
        self.open.push(block);
        block
    }

    fn close_block(&mut self, block: BlockId) {
        self.open.pop();
        if let Some(frame) = self.frames.last_mut() {
            frame.block = None;
        }
        let at = self.program.pieces.len();
        let block = &mut self.program.blocks[block];
        block.empty = block.open + 1 == at;
    }

    /// Where the next token may begin a line.
    fn line(&mut self, kind: Kind, text: &'t str) -> Line {
        let at = self.program.pieces.len();
        let item = self.item.take();
        let Some(frame) = self.frames.last() else { return Line::Inside };
        let (first, (block, row)) = (frame.first, frame.row);
        if kind == Kind::Comma || kind == Kind::Less && frame.kind == Kind::EnumType {
            self.item = match frame.kind {
                Kind::ListLiteral
                | Kind::Args
                | Kind::Covers
                | Kind::Parameters
                | Kind::Features
                | Kind::Feeds
                | Kind::Ids
                | Kind::Occasions
                | Kind::Sends => Some(first + 1),
                Kind::Signals => Some(first + 2),
                Kind::EnumType | Kind::GroupBy => Some(first + 2),
                _ => None,
            };
        }
        if self.program.blocks[block].rows[row].first == at {
            return if block == 0 { Line::Declaration } else { Line::Member };
        }
        if let Some(first) = item {
            return Line::Item { first };
        }
        match (frame.kind, kind, text) {
            (Kind::Require, Kind::Name, "and") => {
                self.chain((first + 1, text));
                Line::Operator { first: first + 1 }
            }
            (Kind::Binary, Kind::Name, "and" | "or") => {
                self.chain((first, text));
                Line::Operator { first }
            }
            (Kind::EventUnion, Kind::Name, "or") => {
                self.chain((first + 1, text));
                Line::Operator { first: first + 1 }
            }
            (Kind::IfExpr, Kind::Name, "then" | "else") => {
                self.chain((first, "if"));
                Line::Branch { first }
            }
            (_, Kind::RBrace, _) => frame.block.map_or(Line::Inside, Line::Close),
            (Kind::Else, Kind::Name, "else") => Line::Flush,
            _ => Line::Inside,
        }
    }

    /// The next token is one more operator of a chain.
    fn chain(&mut self, key: (At, &'t str)) {
        let (at, depth) = (self.program.pieces.len(), self.frames.len());
        let chains = &mut self.program.chains;
        let chain = *self.chains.entry(key).or_insert_with(|| {
            chains.push(Chain { depth, operators: Vec::new() });
            chains.len() - 1
        });
        // Its last link is the outermost node.
        chains[chain].depth = chains[chain].depth.min(depth);
        chains[chain].operators.push(at);
    }

    /// Notes where the next token may stand in a column.
    fn cell(&mut self, kind: Kind) {
        let at = self.program.pieces.len();
        let Some((frame, around)) = self.frames.split_last() else { return };
        let (block, row) = frame.row;
        let row = &mut self.program.blocks[block].rows[row];
        let begins = frame.first == at;
        // There the same words stand beside names with signs, or in front of longer members.
        let among_others = around.last().is_some_and(|f| matches!(f.kind, Kind::Source | Kind::CallStep));
        let word = WORDS.contains(&row.kind) && !among_others;
        let column = match (frame.kind, kind) {
            (_, Kind::LBrace) if block == 0 => Column::Head,
            (Kind::Trait | Kind::EventUnion, Kind::Assign) => Column::Head,
            (Kind::Mapping, Kind::Assign) => Column::Sign,
            (Kind::Case, Kind::String | Kind::Text) => Column::Text,
            (Kind::TypeRef | Kind::EnumType, _)
                if begins && row.kind == Kind::Field && row.cells.is_empty() =>
            {
                Column::Type
            }
            (Kind::Label, _) if row.kind == Kind::Stage => Column::Label,
            (Kind::When | Kind::Otherwise, _) if begins && row.kind == Kind::Stage => Column::Condition,
            _ if word && row.first + 1 == at => Column::Word,
            // Behind the date and the time.
            _ if row.kind == Kind::Happening && row.first + 2 == at => Column::Word,
            _ => return,
        };
        row.cells.push((column, at));
    }
}
