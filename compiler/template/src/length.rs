//! How much of its own text a template prints, whoever it is for. Values are not counted: nobody knows how long they are.

use crate::Compiled;
use crate::code::Op;

/// The shortest that a template can be, in characters: every choice falls for its shorter part.
pub struct Least;

/// The longest that a template can be, in bytes of UTF-8, with one round of each loop: every choice falls for its longer part.
pub struct Most<'a> {
    /// The length of a content block, by name.
    pub block: &'a dyn Fn(&str) -> usize,
}

impl Least {
    /// Characters of literal text that everybody gets.
    pub fn of(template: &Compiled) -> usize {
        least(&template.program.body)
    }
}

fn least(ops: &[Op]) -> usize {
    let of = |op: &Op| match op {
        Op::Text(text) => text.chars().count(),
        Op::If { arms, otherwise } => {
            let arms = arms.iter().map(|(_, body)| least(body));
            arms.min().unwrap_or(0).min(least(otherwise))
        }
        Op::Case { whens, .. } => {
            let all = whens.iter().any(|(values, _)| values.is_none());
            let shortest = whens.iter().map(|(_, body)| least(body)).min().unwrap_or(0);
            if all { shortest } else { 0 }
        }
        _ => 0,
    };
    ops.iter().map(of).sum()
}

impl Most<'_> {
    /// Bytes of literal text that somebody can get.
    pub fn of(&self, template: &Compiled) -> usize {
        self.ops(&template.program.body)
    }

    fn ops(&self, ops: &[Op]) -> usize {
        let of = |op: &Op| match op {
            Op::Text(text) => text.len(),
            Op::If { arms, otherwise } => {
                let arms = arms.iter().map(|(_, body)| self.ops(body));
                arms.max().unwrap_or(0).max(self.ops(otherwise))
            }
            Op::Case { whens, .. } => whens.iter().map(|(_, body)| self.ops(body)).max().unwrap_or(0),
            Op::For(repeat) | Op::TableRow(repeat) => self.ops(&repeat.body).max(self.ops(&repeat.otherwise)),
            Op::IfChanged(body) => self.ops(body),
            Op::Block { name, .. } => (self.block)(name),
            _ => 0,
        };
        ops.iter().map(of).sum()
    }
}
