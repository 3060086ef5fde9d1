//! Types as they are shown, and what lies behind a dot.

use persona_model::{Index, Model, Symbol};
use persona_value::Type;

/// `string?`: as a program writes it.
pub(crate) fn shown(holds: &(Type, bool)) -> String {
    format!("{}{}", holds.0, if holds.1 { "?" } else { "" })
}

/// A field that may follow a dot.
pub(crate) struct Member {
    pub name: String,
    pub symbol: Symbol,
    pub holds: (Type, bool),
}

/// What lies behind a dot after a value of this type. Of a list: what lies in its items.
pub(crate) fn members(model: &Model, ty: &Type) -> Vec<Member> {
    let field = |of: &str, name: &str, ty: &Type, optional: bool| Member {
        name: name.to_string(),
        symbol: Symbol::Field { of: of.into(), name: name.into() },
        holds: (ty.clone(), optional),
    };
    match ty {
        Type::Record(record) => {
            record.fields.iter().map(|f| field(&record.name, &f.name, &f.ty, f.optional)).collect()
        }
        Type::Entity(entity) => model.entity(entity).map_or(Vec::new(), |entity| {
            entity.fields.iter().map(|f| field(&entity.name, &f.name, &f.ty, true)).collect()
        }),
        Type::List(item) => members(model, item),
        _ => Vec::new(),
    }
}

/// Every value of a customer: attributes, traits, lifecycles.
pub(crate) fn of_customer(model: &Model) -> Vec<Member> {
    let mut all = Vec::new();
    for a in &model.customer.attributes {
        let (symbol, holds) = (Symbol::Attribute(a.name.clone()), (a.ty.clone(), a.optional));
        all.push(Member { name: a.name.to_string(), symbol, holds });
    }
    for t in &model.traits {
        let (symbol, holds) = (Symbol::Trait(t.name.clone()), (t.value.ty.clone(), t.value.optional));
        all.push(Member { name: t.name.to_string(), symbol, holds });
    }
    for l in &model.lifecycles {
        let (symbol, holds) = (Symbol::Lifecycle(l.name.clone()), (l.ty.clone(), false));
        all.push(Member { name: l.name.to_string(), symbol, holds });
    }
    all
}

/// The fields of an event, those built in last.
pub(crate) fn of_event(model: &Model, event: &str) -> Vec<Member> {
    model
        .event(event)
        .map_or(Vec::new(), |event| members(model, &Type::Record(std::sync::Arc::new(event.record()))))
}

/// The comment of a symbol.
pub(crate) fn docs(index: &Index, symbol: &Symbol) -> String {
    index.definition(symbol).map(|d| d.docs.join("\n")).unwrap_or_default()
}
