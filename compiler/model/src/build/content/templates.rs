//! Templates compiled where they are written, with what they show.

use std::collections::BTreeMap;
use std::sync::Arc;

use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_diagnostics::{Sources, Span};
use persona_syntax::ast::{self, Text};
use persona_template::{Compiled, Elements, Escape, Mentioned, ReadAs, Uses};

use super::super::scope::ContentScope;
use super::files::Read;
use crate::infer::Checker;
use crate::{Body, Expr, ExprKind, Format, Project, Reads};

/// What a template reads, and where it first shows what may need a consent.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// What it reads.
    pub uses: Uses,
    /// What it reads by itself, with where.
    pub reads: Reads,
    /// Content blocks, each with where it is first shown.
    pub blocks: BTreeMap<Arc<str>, Span>,
    /// Names of values, each with where it first stands.
    pub values: BTreeMap<Arc<str>, Span>,
}

impl Shown {
    /// With all that another template shows.
    pub fn merge(&mut self, other: &Shown) {
        self.uses.names.extend(other.uses.names.iter().cloned());
        self.uses.segments.extend(other.uses.segments.iter().cloned());
        self.uses.blocks.extend(other.uses.blocks.iter().cloned());
        self.uses.entities.extend(other.uses.entities.iter().cloned());
        self.reads.extend(other.reads.clone());
        for (name, at) in &other.blocks {
            self.blocks.entry(name.clone()).or_insert(*at);
        }
        for (name, at) in &other.values {
            self.values.entry(name.clone()).or_insert(*at);
        }
    }

    /// With what a condition reads, as a template's would be told.
    pub fn read_by(&mut self, condition: &Expr) {
        condition.walk(&mut |e| match &e.kind {
            ExprKind::Attribute(name)
            | ExprKind::Trait(name)
            | ExprKind::Stage(name)
            | ExprKind::Model(name) => {
                self.uses.names.insert(name.to_string());
            }
            ExprKind::InSegment(name) => {
                self.uses.segments.insert(name.to_string());
            }
            _ => {}
        });
    }
}

/// Compiles templates and remembers what they read.
pub(super) struct Templates<'c, 'a> {
    pub checker: &'c mut Checker<'a>,
    pub read: &'c Read,
}

impl Templates<'_, '_> {
    /// A string or text of the program as a template.
    pub fn inline(&mut self, text: &Text, scope: &ContentScope, escape: Escape) -> (Compiled, Shown) {
        self.compiled(written(text), read_as(self.checker.project, escape, None), scope)
    }

    /// What a block shows in an HTML body: elements that it opens, it closes.
    pub fn block(&mut self, text: &Text, scope: &ContentScope) -> (Compiled, Shown) {
        let read_as = read_as(self.checker.project, Escape::Html, Some(Format::Html));
        self.compiled(written(text), read_as, scope)
    }

    /// Compiles a template, and notes its names.
    fn compiled(
        &mut self,
        source: persona_template::Source,
        read_as: ReadAs,
        scope: &ContentScope,
    ) -> (Compiled, Shown) {
        let problems = &mut *self.checker.problems;
        let (compiled, mut uses) = self.checker.kept.compile(source, read_as, scope, problems);
        let mut shown = Shown::default();
        for mention in &uses.mentions {
            match &mention.of {
                Mentioned::Block(name) => shown.blocks.entry(name.clone()).or_insert(mention.at),
                Mentioned::Root(name) => shown.values.entry(name.clone()).or_insert(mention.at),
                _ => continue,
            };
        }
        shown.reads.add(&uses);
        self.checker.refer_template(&mut uses);
        shown.uses = uses;
        (compiled, shown)
    }

    /// A body: of a file or written out. None where its file could not be read, or no body is given.
    pub fn body(&mut self, body: &ast::Body, scope: &ContentScope) -> Option<(Body, Shown)> {
        let (text, written_as) = (body.text.as_ref()?, &body.format.as_ref()?.text);
        let (source, format, escape) = source(body, self.read, self.checker.sources)?;
        let read_as = read_as(self.checker.project, escape, Some(format));
        let path = [".html", ".mjml", ".txt", ".htm", ".md"].iter().any(|end| text.raw.trim().ends_with(end));
        if !body.is_file && path && !text.raw.trim().contains(char::is_whitespace) {
            let headline = format!("the body would be the words `{}`", text.raw.trim());
            let why = "this looks like a file's path".to_string();
            let help = Some(format!("write `body {written_as} file \"{}\"`", text.raw.trim()));
            self.checker.problems.report(Misplaced { headline, at: text.span, why, help });
            return None;
        }
        let (template, shown) = self.compiled(source, read_as, scope);
        Some((Body { format, template, span: body.span }, shown))
    }
}

/// As what a template of this project is read; a body has a format.
pub(super) fn read_as(project: &Project, escape: Escape, format: Option<Format>) -> ReadAs {
    let elements = match format {
        Some(Format::Html) => Elements::Html,
        Some(Format::Mjml) => Elements::Mjml,
        Some(Format::Markdown) => Elements::Markdown,
        Some(Format::Text) | None => Elements::Any,
    };
    ReadAs { escape, elements, clients: project.clients }
}

/// The template of a body, and as what it is read. None where its file could not be read, or no body is given.
pub(super) fn source<'s>(
    body: &'s ast::Body,
    read: &Read,
    sources: &'s Sources,
) -> Option<(persona_template::Source<'s>, Format, Escape)> {
    let name = body.format.as_ref()?;
    let (format, escape) = match name.text.as_str() {
        "html" => (Format::Html, Escape::Html),
        "mjml" => (Format::Mjml, Escape::Html),
        // HTML may stand in it, and what is printed must not become any.
        "markdown" => (Format::Markdown, Escape::Html),
        "text" => (Format::Text, Escape::Text),
        _ => return None,
    };
    let text = body.text.as_ref()?;
    if !body.is_file {
        return Some((written(text), format, escape));
    }
    let file = *read.bodies.get(&text.span)?;
    let content = &sources.file(file).text;
    Some((persona_template::Source { file, offset: 0, text: content, escapes: false }, format, escape))
}

/// A string or text of the program as the source of a template.
pub(super) fn written(text: &Text) -> persona_template::Source<'_> {
    persona_template::Source {
        file: text.span.file,
        offset: text.span.start,
        text: &text.raw,
        escapes: text.escapes,
    }
}

/// A text of the program as a template of plain text, and what it reads.
pub(in super::super) fn text(checker: &mut Checker, text: &Text, scope: &ContentScope) -> (Compiled, Reads) {
    let read = Read::default();
    let (compiled, shown) = Templates { checker, read: &read }.inline(text, scope, Escape::Text);
    (compiled, shown.reads)
}
