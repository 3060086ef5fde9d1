//! The one layout of programs.
//!
//! A program is a row of *pieces*: its tokens and its comments. The formatter decides about nothing but the space
//! between two of them, so no piece can be lost, changed or moved. [`mod@read`] goes over the tree once and notes for
//! every piece where it may begin a line and which column it may stand in; [`mod@layout`] decides which lines break,
//! [`mod@columns`] how wide the gaps in them are, and [`mod@page`] writes them down.
//!
//! # The layout
//!
//! **Declarations** begin at the margin. One blank line parts them, and one is the most kept anywhere. Declarations of
//! one kind that take a line each may follow one another without, if they were written so; then their `{` and `=`
//! stand in one column.
//!
//! **Blocks.** One written on one line stays there if it fits into [`WIDTH`]: `{ a  b  c }`, two spaces between
//! members. One written on several lines, or too long for one, has a member a line, indented by two. The blocks of an
//! `if` and its `else` go together. No blank line follows `{` or precedes `}`.
//!
//! **Columns.** Members of a block without a blank line between them share these columns, each two spaces behind the
//! widest of what is before it, `=` one:
//!
//! - the types of fields: `id:      string key`
//! - the `=` of a source's fields: `total    = money(total, GBP)`
//! - what follows the keyword, if one word is all of it: `consent`, `layout`, `subject`, …; `on`, `wait`, `send`,
//!   `to`, `at`. `once per`, `every monday` and `body html` are phrases: they have one space
//! - labels and conditions of stages, texts of content
//!
//! **Expressions** have one space around operators, none inside parentheses, one behind a comma. A line break before
//! `and`, `or`, `then`, `else` and behind a comma is kept; others are taken out. A condition too long for its line
//! breaks before every `and` or `or` of its outermost chain. Operators at the start of a line end where the operands
//! begin:
//!
//! ```text
//! when    count(purchase in last 30 days) > 3
//!     and average_order > 100 GBP
//! ```
//!
//! What cannot break stays long. Width counts columns of a terminal, without trailing comments.
//!
//! **Comments.** One behind code stays behind it, four spaces from the longest such line of its block without a blank
//! line between. One on its own line is indented as what it stands before. A `///` comment behind code that documents
//! the next declaration or field moves to a line of its own, directly above it. A blank line between a `///` comment
//! and a declaration is kept: there, the comment documents nothing.
//!
//! **As written** stay strings and texts, every byte of them; members that this version only reads over, such as
//! `utm campaign "cart"`, but for their indentation; and whole declarations that it only reads over, or that hold a
//! syntax error.
//!
//! **Ends of lines** are LF, but inside texts; the last line has one.

mod columns;
mod layout;
mod page;
mod piece;
mod read;

use layout::Layout;

/// Where a line ends, in columns of a terminal, if it can.
pub const WIDTH: usize = 110;

/// A program in the one layout. Formatting the result again changes nothing.
pub fn format(text: &str) -> String {
    let program = read::read(text);
    let mut layout = Layout::new(&program);
    loop {
        let page = page::write(&layout);
        // Every round breaks one more level of nesting on each line that is too long; what is broken stays so.
        if !layout.break_long(&page) {
            return page.finish();
        }
    }
}
