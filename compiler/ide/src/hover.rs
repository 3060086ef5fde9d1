//! What is shown beside the pointer: the type, the comment, the place; of a keyword how its rule is written.

use persona_diagnostics::Span;
use persona_model::{Model, Symbol};
use persona_syntax::{FORMS, Kind, SyntaxToken, rules};

use crate::typed::shown;
use crate::{Analysis, Cursor, names};

/// What is shown of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The word.
    pub at: Span,
    /// What is to be said, as Markdown.
    pub text: String,
}

/// What is to be said of what stands at a cursor.
pub fn hover(analysis: &Analysis, cursor: Cursor) -> Option<Hover> {
    named(analysis, cursor).or_else(|| written(analysis, cursor))
}

/// Of a name: what it is, what it holds here, its comment, where it is declared.
fn named(analysis: &Analysis, cursor: Cursor) -> Option<Hover> {
    let model = analysis.model.as_ref()?;
    let found = names::at(&model.index, cursor)?;
    let here = model.index.references().iter().find(|r| r.at == found.at).and_then(|r| r.holds.as_ref());
    let mut parts = Vec::new();
    for symbol in &found.symbols {
        let definition = model.index.definition(symbol);
        let holds = here.or_else(|| definition.and_then(|d| d.holds.as_ref()));
        let mut text = format!("```persona\n{}\n```", headline(symbol, holds.map(shown)));
        let docs = definition.map(|d| d.docs.join("\n")).filter(|d| !d.is_empty());
        let docs = docs.or_else(|| built_in(model, symbol));
        if let Some(docs) = docs {
            text.push_str(&format!("\n\n{docs}"));
        }
        if let (Some((_, false)), Some((_, true))) = (holds, definition.and_then(|d| d.holds.as_ref())) {
            text.push_str("\n\nDeclared as optional; known to be present here.");
        }
        if let Some(more) = more(model, symbol) {
            text.push_str(&format!("\n\n{more}"));
        }
        if let Some(d) = definition.filter(|d| d.at != found.at) {
            let file = analysis.sources.file(d.at.file);
            let line = file.locate(d.at.start).line;
            text.push_str(&format!("\n\n*{}:{line}*", file.path.display()));
        }
        parts.push(text);
    }
    Some(Hover { at: found.at, text: parts.join("\n\n---\n\n") })
}

/// `trait spend: money<GBP>?`, `field total of purchase: money<GBP>`
fn headline(symbol: &Symbol, holds: Option<String>) -> String {
    let of = match symbol {
        Symbol::Field { of, .. } | Symbol::Value { of, .. } | Symbol::Stage { of, .. } => format!("{of}."),
        _ => String::new(),
    };
    let holds = holds.map(|h| format!(": {h}")).unwrap_or_default();
    match symbol {
        Symbol::Customer => "customer".to_string(),
        _ => format!("{} {of}{}{holds}", symbol.kind(), symbol.name()),
    }
}

/// The comment of what no program declares.
fn built_in(model: &Model, symbol: &Symbol) -> Option<String> {
    let text = match symbol {
        Symbol::Event(name) => model.event(name).filter(|e| e.span.is_none())?.docs.join("\n"),
        Symbol::Field { name, .. } => match &**name {
            "id" => "What tells this event apart from all others.".to_string(),
            "at" => "When it happened.".to_string(),
            "received" => "When it arrived.".to_string(),
            "customer" => "Whose it is: the customer's key.".to_string(),
            _ => return None,
        },
        _ => return None,
    };
    Some(text)
}

/// A fact worth knowing without going there.
fn more(model: &Model, symbol: &Symbol) -> Option<String> {
    match symbol {
        Symbol::Event(name) => {
            let event = model.event(name)?;
            match event.of.is_empty() {
                true => {
                    let field = |a: &persona_model::Attribute| {
                        format!("`{}: {}`", a.name, shown(&(a.ty.clone(), a.optional)))
                    };
                    let fields: Vec<String> = event.fields.iter().map(field).collect();
                    (!fields.is_empty()).then(|| fields.join(", "))
                }
                false => Some(format!("One of {}.", event.of.join(", "))),
            }
        }
        Symbol::Segment(name) => {
            let segment = model.segment(name)?;
            (segment.label != segment.name).then(|| format!("“{}”", segment.label))
        }
        Symbol::Attribute(name) => {
            let attribute = model.customer.attribute(name)?;
            attribute.pii.then(|| "Personal data.".to_string())
        }
        Symbol::Consent(name) => model.consent(name).map(|c| format!("“{}”", c.label)),
        _ => None,
    }
}

/// Of a word of the language: how what it begins is written. Of a function: how it is called.
fn written(analysis: &Analysis, cursor: Cursor) -> Option<Hover> {
    let tree = analysis.program(cursor.file)?.tree();
    let token = tree.token_at_offset(cursor.offset.into()).find(|token| token.kind() == Kind::Name)?;
    let range = token.text_range();
    let at = Span::new(cursor.file, range.start().into(), range.end().into());
    let call = token.parent().filter(|p| p.kind() == Kind::Call);
    let called = persona_model::functions().find(|(name, _)| *name == token.text());
    if let (Some((name, form)), Some(_)) =
        (called, call.or_else(|| token.parent().and_then(|p| p.parent()).filter(|p| p.kind() == Kind::Call)))
    {
        return Some(Hover { at, text: format!("```persona\n{form}\n```\n\nfunction `{name}`") });
    }
    let form = form_of(&token)?;
    Some(Hover { at, text: format!("```persona\n{form}\n```") })
}

/// The example of the rule that a keyword belongs to.
fn form_of(token: &SyntaxToken) -> Option<&'static str> {
    let node = token.parent()?;
    if matches!(node.kind(), Kind::NameRef | Kind::Named | Kind::Error | Kind::File) {
        return None;
    }
    let (_, rule) = rules().find(|(kind, _)| *kind == node.kind())?;
    let form = FORMS.iter().find(|(name, _)| *name == rule).map(|(_, form)| *form)?;
    // A word that the rule's example does not have is a name.
    let words = form.split(|c: char| !c.is_alphanumeric() && c != '_');
    let begins = node.first_token().is_some_and(|first| first == *token);
    (begins || words.into_iter().any(|word| word == token.text())).then_some(form)
}
