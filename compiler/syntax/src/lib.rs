//! Text to tokens to a lossless tree. Parsing never fails: it gives a tree and the problems met on the way.
//!
//! `grammar/persona.pest` is the written law; the functions in [`mod@grammar`] carry its rules' names.

mod allow;
pub mod ast;
mod forms;
mod grammar;
mod kind;
mod lexer;
mod parser;

pub use allow::{allow, allow_more};
pub use forms::FORMS;
pub use grammar::{DECLARATIONS, RESERVED, SHOUTED};
pub use kind::{Kind, Persona, SyntaxNode, SyntaxToken, rules, tokens};
pub use lexer::{Token, lex};

use persona_diagnostics::{FileId, Problems};

/// The tree of one file. Its text is the file's text, whatever it holds.
pub fn parse(file: FileId, text: &str, problems: &mut Problems) -> ast::File {
    let mut parser = parser::Parser::new(file, text, problems);
    grammar::file(&mut parser);
    ast::File::new(file, parser.finish())
}
