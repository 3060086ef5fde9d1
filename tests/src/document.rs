//! Markdown documents with programs in them.
//!
//! A fenced block is a part of the document's project by the words behind its fence:
//!
//! - `persona`: a program, checked by itself: what is told is what its comments assert.
//! - `persona run`: the same, and what `persona run` tells of it before it begins.
//! - `persona test`: the same, and what `persona test` tells of its own tests.
//! - `persona target`: the same, and what `persona check --target` tells of it beside an empty DuckDB in which all `sql`
//!   blocks above it were run.
//! - `persona fixed`: what becomes of the program above by its certain fixes; what it asserts is told when there is nothing
//!   left to mend.
//! - `persona given`: a program that every later block of the document stands beside.
//! - `persona from PATH`: lines of a program of the examples, quoted.
//! - `file PATH`: a file of the project from here on.
//!
//! A comment at the end of a line asserts what is told there, and nothing else is: `// problem: unknown-name`
//! (`#` in `persona.toml`, `<!--` in HTML). Two problems are parted by a comma.

use std::path::Path;

use persona_run::Asked;

use crate::{Found, PROGRAM, Project};

/// The file that holds what a document gives to all its programs.
const GIVEN: &str = "given.persona";

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The line of the fence, from 1.
    pub line: usize,
    /// The words behind the fence.
    pub info: Vec<String>,
    /// What stands between the fences.
    pub text: String,
}

/// A Markdown document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Where it lies, relative to the checkout's root.
    pub path: String,
    /// Its fenced blocks in order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// The document of this text; panics where a block is not closed.
    pub fn new(path: impl Into<String>, text: &str) -> Document {
        let path = path.into();
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (index, line) in text.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (Some(_), Some("")) => blocks.extend(open.take()),
                (Some(block), _) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, Some(info)) => {
                    let info = info.split_whitespace().map(str::to_string).collect();
                    open = Some(Block { line: index + 1, info, text: String::new() });
                }
                (None, None) => {}
            }
        }
        if let Some(block) = open {
            panic!("{path}:{}: this block is never closed", block.line);
        }
        Document { path, blocks }
    }

    /// Every Markdown file directly in a folder of the checkout, by name.
    pub fn all(folder: &str) -> Vec<Document> {
        let mut paths: Vec<_> = std::fs::read_dir(crate::root().join(folder))
            .unwrap_or_else(|e| panic!("{folder}: {e}"))
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "md"))
            .collect();
        paths.sort();
        paths.iter().map(|path| Document::read(path)).collect()
    }

    /// The document in this file.
    pub fn read(path: &Path) -> Document {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let shown = path.strip_prefix(crate::root()).unwrap_or(path);
        Document::new(shown.display().to_string(), &text)
    }

    /// Each program with the project it stands in and the problems its files assert, in order.
    pub fn programs(&self) -> Vec<(&Block, Project, Vec<Found>)> {
        let mut given = String::new();
        let mut files: Vec<(String, String)> = Vec::new();
        let mut programs = Vec::new();
        for block in &self.blocks {
            match block.info.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["persona", "given"] => given.push_str(&block.text),
                ["file", path] => {
                    files.retain(|(p, _)| p != path);
                    files.push((path.to_string(), block.text.clone()));
                }
                // Quoted from a file that is checked where it lies.
                ["persona", "from", _] => {}
                ["persona", "fixed"] => {}
                ["persona", ..] => {
                    let mut parts = files.clone();
                    parts.push((PROGRAM.to_string(), block.text.clone()));
                    if !given.is_empty() {
                        parts.push((GIVEN.to_string(), given.clone()));
                    }
                    let mut expected: Vec<Found> = parts.iter().flat_map(|(p, t)| asserted(p, t)).collect();
                    expected.sort();
                    let project = parts.iter().fold(Project::new(""), |project, (p, t)| project.with(p, t));
                    programs.push((block, project, expected));
                }
                _ => {}
            }
        }
        programs
    }

    /// Each program that the document shows mended, with what is to become of it.
    pub fn fixed(&self) -> Vec<(&Block, Project, String)> {
        let programs = self.programs().into_iter();
        let fixed = programs.filter_map(|(block, project, _)| {
            let next = self.blocks.iter().find(|next| next.line > block.line)?;
            (next.info == ["persona", "fixed"]).then(|| (next, project, next.text.clone()))
        });
        fixed.collect()
    }

    /// How many programs are told something other than they assert: drawn, with what was asserted.
    pub fn mistakes(&self) -> Vec<String> {
        let of = |(block, project, expected): (&Block, Project, Vec<Found>)| {
            let mut loaded = project.load();
            if block.info.iter().any(|word| word == "run")
                && let Some(model) = loaded.model.as_ref().filter(|_| !loaded.problems.any_error())
            {
                persona_run::not_yet(model, Asked::Run, &mut loaded.problems);
            }
            if block.info.iter().any(|word| word == "test")
                && let Some(model) = loaded.model.as_ref().filter(|_| !loaded.problems.any_error())
            {
                persona_run::not_yet(model, Asked::Test, &mut loaded.problems);
                crate::run_tests(model, &loaded.sources, &mut loaded.problems);
            }
            if block.info.iter().any(|word| word == "refresh")
                && let Some(model) = loaded.model.as_ref().filter(|_| !loaded.problems.any_error())
            {
                // In a warehouse that has no customers.
                persona_refresh::tell_small(model, &[], &mut loaded.problems);
                persona_syntax::allow_more(&mut loaded.problems, &loaded.sources);
            }
            if block.info.iter().any(|word| word == "target")
                && let Some(model) = loaded.model.as_ref().filter(|_| !loaded.problems.any_error())
            {
                let above = self.blocks.iter().filter(|b| b.line < block.line && b.info == ["sql"]);
                let sql: String = above.map(|b| b.text.as_str()).collect();
                let found = crate::compare(model, &project.folder(), &sql);
                loaded.problems.extend(found);
            }
            let found = crate::found(&loaded);
            let place = format!("{}:{}", self.path, block.line);
            (found != expected).then(|| {
                format!("{place}: asserted {expected:#?}\nbut told {found:#?}\n{}", crate::drawn(&loaded))
            })
        };
        self.programs().into_iter().filter_map(of).collect()
    }
}

/// The problems that the comments of a file assert.
pub fn asserted(file: &str, text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let comment =
            ["// problem: ", "# problem: ", "<!-- problem: "].iter().find_map(|c| line.split_once(c));
        let Some((_, codes)) = comment else { continue };
        for code in codes.trim_end_matches("-->").split(',') {
            found.push(Found { file: file.to_string(), line: index + 1, code: code.trim().to_string() });
        }
    }
    found
}
