//! What a program is to the formatter: pieces in blocks.

use std::borrow::Cow;

use persona_syntax::Kind;

/// The index of a piece.
pub(crate) type At = usize;

/// The index of a block. The file is block 0.
pub(crate) type BlockId = usize;

/// A token, a comment, or a whole declaration that is printed as written.
#[derive(Debug)]
pub(crate) struct Piece<'t> {
    pub kind: Kind,
    /// The node it is of.
    pub parent: Kind,
    pub text: Cow<'t, str>,
    /// The white space before it, as written.
    pub space: &'t str,
    /// The innermost block it stands in; the braces of a block stand in the one around it.
    pub block: BlockId,
    pub line: Line,
}

/// When a piece begins a line, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Never; unless a comment stands before it.
    Inside,
    /// The same, but then at the block's own indentation.
    Flush,
    /// It begins a declaration.
    Declaration,
    /// It begins a member, or is a comment between members: where the block is broken.
    Member,
    /// It is the `}` of this block: where that is broken.
    Close(BlockId),
    /// `and` or `or`: right-aligned against the piece its chain begins with.
    Operator { first: At },
    /// `then` or `else`: behind the start of its `if`.
    Branch { first: At },
    /// It follows a comma: below the first item.
    Item { first: At },
    /// A declaration printed as written.
    Verbatim,
}

/// A file, or `{ … }` with members.
#[derive(Debug)]
pub(crate) struct Block {
    /// How deep its members are indented, in steps of two spaces.
    pub depth: usize,
    /// The block that decides whether this one is broken: itself, or the first one of an `if … else …`.
    pub leader: BlockId,
    /// Its `{`.
    pub open: At,
    pub rows: Vec<Row>,
    /// Whether it was written on several lines.
    pub broken: bool,
    pub empty: bool,
}

/// A member or declaration, with what of it may stand in columns.
#[derive(Debug)]
pub(crate) struct Row {
    pub first: At,
    pub kind: Kind,
    pub cells: Vec<(Column, At)>,
}

/// A column, in the order in which a row has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// `{` or `=` of a declaration.
    Head,
    /// A field's type.
    Type,
    /// `=` of a mapping.
    Sign,
    /// What follows a member's keyword.
    Word,
    /// A stage's label.
    Label,
    /// A stage's condition.
    Condition,
    /// A text of content.
    Text,
}

impl Column {
    pub const ALL: [Column; 7] = [
        Column::Head,
        Column::Type,
        Column::Sign,
        Column::Word,
        Column::Label,
        Column::Condition,
        Column::Text,
    ];

    /// The spaces before it in the widest row.
    pub fn gap(self) -> usize {
        if matches!(self, Column::Head | Column::Sign) { 1 } else { 2 }
    }
}

/// Operators or branches that break together.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// How many nodes are around it.
    pub depth: usize,
    pub operators: Vec<At>,
}

/// All of a file.
#[derive(Debug, Default)]
pub(crate) struct Program<'t> {
    pub pieces: Vec<Piece<'t>>,
    pub blocks: Vec<Block>,
    pub chains: Vec<Chain>,
    /// For each piece: whether it was written at the start of a line; for an operator, also whether its operand was.
    pub broken: Vec<bool>,
    /// Whether the text ends inside a text that is never closed.
    pub unclosed: bool,
}

impl Piece<'_> {
    /// How many lines end between it and the piece before.
    pub fn breaks(&self) -> usize {
        self.space.matches('\n').count()
    }

    pub fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::Comment | Kind::DocComment)
    }
}

impl Program<'_> {
    /// Whether the piece is a comment behind code.
    pub fn is_trailing(&self, at: At) -> bool {
        let piece = &self.pieces[at];
        at > 0
            && piece.is_comment()
            && piece.breaks() == 0
            && !(piece.kind == Kind::DocComment && self.documents(at))
    }

    /// Whether a `///` comment documents what comes next: no blank line parts them.
    fn documents(&self, at: At) -> bool {
        for piece in &self.pieces[at + 1..] {
            if piece.breaks() > 1 {
                return false;
            }
            if piece.kind != Kind::DocComment {
                return matches!(piece.line, Line::Declaration | Line::Member) && !piece.is_comment();
            }
        }
        false
    }
}
