//! What an editor asks about a program, as plain data: places are spans, texts are Markdown, nothing is of a protocol.
//!
//! A [`Workspace`] holds a project with what is typed in open editors. Its [`Analysis`] is the model of one moment;
//! the functions of this crate answer from it. What names mean they ask the model's index alone.

mod actions;
mod complete;
mod context;
mod hints;
mod hover;
mod judgement;
mod names;
mod outline;
mod rename;
mod tokens;
mod typed;
mod workspace;

pub use actions::{Action, actions};
pub use complete::{Completion, CompletionKind, complete};
pub use hints::{Hint, hints};
pub use hover::{Hover, hover};
pub use judgement::Judgement;
pub use names::{definitions, highlights, references};
pub use outline::{Entry, outline, search};
pub use rename::{Edit, Refused, prepare_rename, rename};
pub use tokens::{Token, TokenKind, tokens};
pub use workspace::{Analysis, Workspace};

use persona_diagnostics::FileId;

/// A place between two bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The file.
    pub file: FileId,
    /// So many bytes lie before it.
    pub offset: u32,
}

/// A program in its layout: what to replace, if anything.
pub fn formatted(text: &str) -> Option<(std::ops::Range<usize>, String)> {
    let new = persona_format::format(text);
    if new == text {
        return None;
    }
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let start = same(&mut text.chars(), &mut new.chars());
    let end = same(&mut text[start..].chars().rev(), &mut new[start..].chars().rev());
    Some((start..text.len() - end, new[start..new.len() - end].to_string()))
}
