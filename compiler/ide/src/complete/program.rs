//! In programs.

use persona_diagnostics::FileId;
use persona_grammar::expected;
use persona_model::{Model, Symbol, TYPES, functions, summarises};
use persona_syntax::Kind;
use persona_value::Type;

use super::{Completion, CompletionKind, keyword, member, named, template};
use crate::Analysis;
use crate::context::Context;
use crate::typed;

pub(super) fn complete(
    analysis: &Analysis,
    model: &Model,
    text: &str,
    file: FileId,
    offset: usize,
) -> Vec<Completion> {
    if let Some(start) = template_around(text, offset) {
        return text
            .get(start..offset)
            .map_or(Vec::new(), |before| template::complete(analysis, model, before, file, start as u32));
    }
    let context = Context::new(text, offset);
    if context.comment || context.string.is_some() {
        return Vec::new();
    }
    if context.back(0).is_some_and(|w| w.kind == Kind::Dot) {
        let members = context.after_dot(model).into_iter();
        return members.map(|m| member(analysis, m, true)).collect();
    }
    let law = expected(context.before);
    let mut offered = Vec::new();
    match &law {
        Some(law) => {
            offered.extend(law.words.iter().map(|word| keyword(word)));
            if law.type_ {
                types(analysis, model, &mut offered);
            }
            if law.name {
                names(analysis, model, &context, law.value, &mut offered);
            }
        }
        // What stands before is no beginning of a program: names can still be offered.
        None => names(analysis, model, &context, true, &mut offered),
    }
    offered
}

/// Where the text begins that the offset lies in, if it lies in a string or a text of a program.
fn template_around(text: &str, offset: usize) -> Option<usize> {
    let tokens = persona_syntax::lex(text);
    let before = tokens.partition_point(|t| t.start < offset);
    let (token, quotes) = tokens[..before].iter().rev().find_map(|token| match token.kind {
        Kind::String | Kind::UnclosedString => Some((token, 1)),
        Kind::Text | Kind::UnclosedText => Some((token, 3)),
        Kind::Whitespace => None,
        _ => Some((token, 0)),
    })?;
    let inside = match token.kind {
        Kind::String | Kind::Text => offset + quotes <= token.end,
        // One that is not closed goes on to the end of its line.
        Kind::UnclosedString => text.get(token.end..offset).is_none_or(|rest| !rest.contains('\n')),
        Kind::UnclosedText => true,
        _ => false,
    };
    (inside && token.start + quotes <= offset).then_some(token.start + quotes)
}

fn types(analysis: &Analysis, model: &Model, offered: &mut Vec<Completion>) {
    offered.extend(TYPES.iter().chain(&["enum"]).map(|ty| keyword(ty)));
    let records = model.records.iter().map(|r| Symbol::Record(r.name.clone()));
    let entities = model.entities.iter().map(|e| Symbol::Entity(e.name.clone()));
    offered.extend(records.chain(entities).map(|s| named(analysis, s, true)));
}

/// The names that make sense behind the words before the cursor.
fn names(analysis: &Analysis, model: &Model, context: &Context, value: bool, offered: &mut Vec<Completion>) {
    let mut offer = |symbols: Vec<Symbol>| {
        offered.extend(symbols.into_iter().map(|symbol| named(analysis, symbol, true)));
    };
    let (last, before) = (context.back_text(0), context.back_text(1));
    match last {
        "send" => return offer(model.index_of(|s| matches!(s, Symbol::Email(_)))),
        "layout" if context.keyword() == "email" => {
            return offer(model.index_of(|s| matches!(s, Symbol::Layout(_))));
        }
        "consent" if context.words.len() > 1 => {
            return offer(model.index_of(|s| matches!(s, Symbol::Consent(_))));
        }
        "enter" | "leave" if before == "on" => {
            return offer(model.index_of(|s| matches!(s, Symbol::Segment(_) | Symbol::Stage { .. })));
        }
        "in" if context.keyword() != "consent" => {
            return offer(model.index_of(|s| matches!(s, Symbol::Segment(_))));
        }
        "on" | "unless" | "retain" | "less" => return offer(events(model)),
        "then" | "without" if in_query(context) => return offer(events(model)),
        "=" | "or" if context.keyword() == "event" => return offer(events(model)),
        "feeds" => {
            offer(events(model));
            offer(model.index_of(|s| matches!(s, Symbol::Entity(_) | Symbol::Customer)));
            offered.extend(["consent", "suppression"].map(keyword));
            return;
        }
        "by" => return by(analysis, model, context, offered),
        "(" if summarises(before) => {
            offer(events(model));
            let lists = model.traits.iter().filter(|t| matches!(t.value.ty, Type::List(_)));
            offer(lists.map(|t| Symbol::Trait(t.name.clone())).collect());
            if let Some(event) = context.event(model) {
                let fields = typed::of_event(model, event).into_iter();
                let lists = fields.filter(|f| matches!(f.holds.0, Type::List(_)));
                offered.extend(lists.map(|f| member(analysis, f, true)));
            }
            return;
        }
        _ => {}
    }
    if let Some(target) = context.feeds().filter(|_| !value) {
        let fields = match target {
            "customer" => typed::of_customer(model)
                .into_iter()
                .filter(|m| matches!(m.symbol, Symbol::Attribute(_)))
                .collect(),
            event if model.event(event).is_some() => typed::of_event(model, event),
            entity => typed::members(model, &Type::Entity(entity.into())),
        };
        let given =
            |name: &str| context.words.windows(2).any(|w| w[0].text == name && w[1].kind == Kind::Assign);
        offered.extend(fields.into_iter().filter(|f| !given(&f.name)).map(|f| member(analysis, f, true)));
        return;
    }
    if !value {
        return;
    }
    let values = context.values_beside(model);
    offered.extend(values.into_iter().map(|(_, symbol)| named(analysis, symbol, true)));
    if context.keyword() != "source" {
        if let Some(event) = context.event(model) {
            let fields = typed::of_event(model, event).into_iter();
            offered.extend(fields.map(|f| member(analysis, f, true)));
        }
        offered.extend(typed::of_customer(model).into_iter().map(|m| member(analysis, m, false)));
    }
    let function = |(name, form): (&str, &str)| Completion {
        label: name.to_string(),
        kind: CompletionKind::Function,
        detail: form.to_string(),
        docs: String::new(),
        first: false,
    };
    offered.extend(functions().map(function));
}

fn events(model: &Model) -> Vec<Symbol> {
    model.events.iter().map(|e| Symbol::Event(e.name.clone())).collect()
}

fn in_query(context: &Context) -> bool {
    let opener = context.opener().filter(|at| context.words[*at].kind == Kind::LParen);
    opener.and_then(|at| at.checked_sub(1)).is_some_and(|at| summarises(context.words[at].text))
}

/// `on purchase by`, `less cart_remove by`, `feeds customer by`.
fn by(analysis: &Analysis, model: &Model, context: &Context, offered: &mut Vec<Completion>) {
    let of = context.back_text(1);
    let fields = match of {
        "customer" => typed::of_customer(model),
        event => typed::of_event(model, event),
    };
    offered.extend(fields.into_iter().map(|f| member(analysis, f, true)));
}

/// Symbols of the index that are of a kind.
trait OfKind {
    fn index_of(&self, is: impl Fn(&Symbol) -> bool) -> Vec<Symbol>;
}

impl OfKind for Model {
    fn index_of(&self, is: impl Fn(&Symbol) -> bool) -> Vec<Symbol> {
        self.index.definitions().iter().map(|d| &d.symbol).filter(|s| is(s)).cloned().collect()
    }
}
