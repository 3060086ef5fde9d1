//! How wide the gaps between the pieces of a line are.

use crate::layout::Layout;
use crate::page::width;
use crate::piece::{At, Column, Line, Program, Row};

/// The spaces before every piece that begins no line.
pub(crate) fn gaps(layout: &Layout, starts: &[Option<bool>]) -> Vec<usize> {
    let program = layout.program;
    let anchors = layout.anchors(starts);
    let mut gaps: Vec<usize> = (0..program.pieces.len()).map(|at| layout.gap(at, &anchors)).collect();
    for (id, block) in program.blocks.iter().enumerate().filter(|(id, _)| layout.is_broken(*id)) {
        let apart = |a: &Row, b: &Row| id == 0 && a.kind != b.kind || blank_above(program, starts, b.first);
        for section in block.rows.chunk_by(|a, b| !apart(a, b)) {
            for column in Column::ALL {
                align(program, starts, section, column, &mut gaps);
            }
        }
    }
    gaps
}

/// Whether a blank line is above a row, or above the comments over it.
fn blank_above(program: &Program, starts: &[Option<bool>], first: At) -> bool {
    let over = |at: &At| {
        let piece = &program.pieces[*at];
        piece.is_comment() && matches!(piece.line, Line::Member | Line::Declaration) && starts[*at].is_some()
    };
    let comments = (0..first).rev().take_while(over);
    [first].into_iter().chain(comments).any(|at| starts[at] == Some(true))
}

/// Gives the cells of one column of a section the same place on their lines.
fn align(program: &Program, starts: &[Option<bool>], section: &[Row], column: Column, gaps: &mut [usize]) {
    let mut cells: Vec<(At, usize)> = Vec::new();
    for row in section {
        let Some((_, at)) = row.cells.iter().find(|(c, _)| *c == column) else { continue };
        let one_line =
            (row.first + 1..=*at).all(|i| starts[i].is_none() && !program.pieces[i - 1].text.contains('\n'));
        if one_line {
            let before = (row.first + 1..*at).map(|i| gaps[i] + width(&program.pieces[i].text));
            cells.push((*at, width(&program.pieces[row.first].text) + before.sum::<usize>()));
        } else {
            gaps[*at] = column.gap();
        }
    }
    let widest = cells.iter().map(|(_, width)| *width).max().unwrap_or(0);
    for (at, width) in cells {
        gaps[at] = widest + column.gap() - width;
    }
}
