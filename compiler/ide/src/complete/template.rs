//! In templates: between `{{` and `}}`, and in tags.

use persona_diagnostics::{FileId, Span};
use persona_model::{Coupon, Model, On, Step, Symbol};
use persona_syntax::ast::DeclarationKind;
use persona_template::{filters, tags};
use persona_value::Type;

use super::{Completion, CompletionKind, keyword, member, named};
use crate::Analysis;
use crate::context::values_of;
use crate::typed::{self, Member};

/// `before`: the template up to the cursor; it begins at `start` of the file.
pub(super) fn complete(
    analysis: &Analysis,
    model: &Model,
    before: &str,
    file: FileId,
    start: u32,
) -> Vec<Completion> {
    let Some((inside, tag)) = open(before) else { return Vec::new() };
    let word = inside.len() - tail(inside, |c| c.is_alphanumeric() || c == '_').len();
    let until = inside[..word].trim_end();
    let quoted = inside.matches('"').count() % 2 == 1 || inside.matches('\'').count() % 2 == 1;
    if tag && until.trim_start_matches('-').is_empty() {
        return tags().map(keyword).collect();
    }
    let first = inside.trim_start_matches('-').split_whitespace().next().unwrap_or("");
    if tag && first == "render" && (quoted || until.ends_with("render")) {
        let blocks = model.contents.iter().map(|c| Symbol::Content(c.name.clone()));
        return blocks.map(|s| named(analysis, s, true)).collect();
    }
    if quoted {
        return Vec::new();
    }
    if until.ends_with('|') {
        let filter = |(name, form): (&str, String)| Completion {
            label: name.to_string(),
            kind: CompletionKind::Filter,
            detail: form,
            docs: String::new(),
            first: false,
        };
        return filters().map(filter).collect();
    }
    let place = Span::new(file, start as usize, start as usize + before.len());
    if let Some(path) = until.strip_suffix('.') {
        let path = tail(path, |c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        let members = behind(analysis, model, path, place);
        return members.into_iter().map(|m| member(analysis, m, true)).collect();
    }
    if until.ends_with(" in") && until.trim_end_matches("in").trim_end().ends_with("customer") {
        let segments = model.segments.iter().map(|s| Symbol::Segment(s.name.clone()));
        return segments.map(|s| named(analysis, s, true)).collect();
    }
    let mut offered = Vec::new();
    if let Some(left) = until.strip_suffix("==").or_else(|| until.strip_suffix("!=")) {
        let path = tail(left.trim_end(), |c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        let ty = type_of(analysis, model, path, place);
        let values = ty.map_or(Vec::new(), |ty| values_of(model, &ty));
        offered.extend(values.into_iter().map(|(_, symbol)| named(analysis, symbol, true)));
    }
    offered.extend(typed::of_customer(model).into_iter().map(|m| member(analysis, m, false)));
    offered.extend(variables(model, place).into_iter().map(|m| member(analysis, m, true)));
    let roots = ["customer", "brand", "unsubscribe_url"];
    offered.extend(roots.into_iter().chain(event(analysis, model, place).map(|_| "event")).map(keyword));
    offered.extend(offer(analysis, model, place).map(|_| keyword("offer")));
    if tag {
        offered.extend(["and", "or", "contains", "in"].map(keyword));
    }
    offered
}

/// What stands behind the last `{{` or `{%` that is not closed, and whether it is a tag.
fn open(before: &str) -> Option<(&str, bool)> {
    let (print, tag) = (before.rfind("{{"), before.rfind("{%"));
    let (at, is_tag) = match (print, tag) {
        (Some(print), Some(tag)) if tag > print => (tag, true),
        (Some(print), _) => (print, false),
        (None, Some(tag)) => (tag, true),
        (None, None) => return None,
    };
    let inside = &before[at + 2..];
    let closed = if is_tag { inside.contains("%}") } else { inside.contains("}}") };
    (!closed).then_some((inside, is_tag))
}

/// The end of a text, as long as it is of these characters.
fn tail(text: &str, is: impl Fn(char) -> bool) -> &str {
    let from = text.char_indices().rev().take_while(|(_, c)| is(*c)).last().map_or(text.len(), |(at, _)| at);
    &text[from..]
}

/// What lies behind a path.
fn behind(analysis: &Analysis, model: &Model, path: &str, place: Span) -> Vec<Member> {
    let mut steps = path.split('.');
    let root = steps.next().unwrap_or("");
    let mut members = match root {
        "customer" => typed::of_customer(model),
        "brand" => brand(model),
        root => match root_type(analysis, model, root, place) {
            Some(ty) => typed::members(model, &ty),
            None => return Vec::new(),
        },
    };
    for step in steps {
        let Some(found) = members.into_iter().find(|m| m.name == step) else { return Vec::new() };
        members = typed::members(model, &found.holds.0);
    }
    members
}

fn type_of(analysis: &Analysis, model: &Model, path: &str, place: Span) -> Option<Type> {
    match path.rsplit_once('.') {
        None => root_type(analysis, model, path, place),
        Some((base, name)) => {
            let found = behind(analysis, model, base, place).into_iter().find(|m| m.name == name);
            found.map(|m| m.holds.0)
        }
    }
}

fn root_type(analysis: &Analysis, model: &Model, name: &str, place: Span) -> Option<Type> {
    if let Some(variable) = variables(model, place).into_iter().find(|m| m.name == name) {
        return Some(variable.holds.0);
    }
    if name == "event" {
        let event = model.event(&event(analysis, model, place)?)?;
        return Some(Type::Record(std::sync::Arc::new(event.record())));
    }
    if name == "offer" {
        return Some(Type::Record(std::sync::Arc::new(offer(analysis, model, place)?.record())));
    }
    typed::of_customer(model).into_iter().find(|m| m.name == name).map(|m| m.holds.0)
}

/// The coupon that the e-mail of this template offers, if it is one and the same for all that have it.
fn offer<'m>(analysis: &Analysis, model: &'m Model, place: Span) -> Option<&'m Coupon> {
    let of = emails(analysis, model, place);
    let mut offers = model.emails.iter().filter(|e| of.contains(&e.name.to_string())).map(|e| &e.offer);
    let (first, _) = offers.next()?.as_ref()?;
    let all = offers.all(|other| other.as_ref().is_some_and(|(name, _)| name == first));
    model.coupons.iter().find(|coupon| all && coupon.name == *first)
}

fn brand(model: &Model) -> Vec<Member> {
    let property = |(name, _): &(std::sync::Arc<str>, _)| Member {
        name: name.to_string(),
        symbol: Symbol::Property(name.clone()),
        holds: (Type::Text, false),
    };
    model.brand.properties.iter().map(property).collect()
}

/// The template's own variables before the cursor, the last first.
fn variables(model: &Model, place: Span) -> Vec<Member> {
    let mut found: Vec<Member> = Vec::new();
    for reference in model.index.references().iter().rev().filter(|r| place.holds(r.at)) {
        if let (Symbol::Variable { name, .. }, Some(holds)) = (&reference.to, &reference.holds)
            && !found.iter().any(|m| *m.name == **name)
        {
            let (symbol, holds) = (reference.to.clone(), holds.clone());
            found.push(Member { name: name.to_string(), symbol, holds });
        }
    }
    found
}

/// The e-mails that a template is of: those it stands in, that name its file, or that its experiment tries.
fn emails(analysis: &Analysis, model: &Model, place: Span) -> Vec<String> {
    let path = &analysis.sources.file(place.file).path;
    // The file's name stands in the declaration.
    let file = format!("\"{}\"", path.display());
    let is_of = |whole: Span| {
        let inside = whole.file == place.file && whole.start <= place.start && place.start < whole.end;
        inside || analysis.sources.text(whole).contains(&file)
    };
    let emails = model.index.definitions().iter().filter_map(|d| match &d.symbol {
        Symbol::Email(name) if is_of(d.whole) => Some(name.to_string()),
        _ => None,
    });
    let declarations = analysis.parsed.iter().flat_map(|file| file.declarations());
    let tried = declarations.filter(|d| is_of(d.span)).filter_map(|d| match &d.kind {
        DeclarationKind::Experiment(experiment) => experiment.on.as_ref().map(|on| on.text.clone()),
        _ => None,
    });
    emails.chain(tried).collect()
}

/// The event that starts the flows which send what this template is of, if it is one and the same.
fn event(analysis: &Analysis, model: &Model, place: Span) -> Option<String> {
    let emails = emails(analysis, model, place);
    let mut events = model.triggers.iter().filter(|t| emails.iter().any(|email| sends(&t.steps, email)));
    let of = |on: &On| match on {
        On::Event { filter, .. } => Some(filter.event.to_string()),
        _ => None,
    };
    let first = of(&events.next()?.on)?;
    events.all(|t| of(&t.on).as_ref() == Some(&first)).then_some(first)
}

fn sends(steps: &[Step], email: &str) -> bool {
    steps.iter().any(|step| match step {
        Step::Send { email: name, .. } => **name == *email,
        Step::If(_, then, otherwise) => sends(then, email) || sends(otherwise, email),
        _ => false,
    })
}
