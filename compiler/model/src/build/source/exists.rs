//! `must exist`: references whose row is there.

use persona_diagnostics::Span;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, MappingValue};

/// Names of fields that refer to a row which is there: every source that feeds them says `must exist`.
pub(in super::super) fn existing_references(declarations: &[&Declaration]) -> Vec<Span> {
    let feeds: Vec<&ast::Feeds> = declarations
        .iter()
        .filter_map(|d| match &d.kind {
            Kind::Source(source) => Some(&source.feeds),
            _ => None,
        })
        .flatten()
        .collect();
    // Of each mapping into such a field, whether it says so.
    let said = |target: &str, field: &str| -> Vec<bool> {
        let of = feeds.iter().filter(|f| f.target.as_ref().is_some_and(|t| t.text == target));
        let said = |feed: &&ast::Feeds| match &feed.mappings {
            Some(mappings) => {
                let mapping = mappings.iter().find(|m| m.field.text == field);
                mapping.map(|m| m.must_exist.is_some())
            }
            None => Some(false),
        };
        of.filter_map(said).collect()
    };
    // The same for the items of lists of a record.
    let said_of_items = |record: &str, field: &str| -> Vec<bool> {
        let mut found = Vec::new();
        for declaration in declarations {
            let Kind::Event { name: Some(event), fields } = &declaration.kind else { continue };
            for list in fields.iter().filter(|f| is_list_of(f, record)) {
                for feed in feeds.iter().filter(|f| f.target.as_ref().is_some_and(|t| t.text == event.text)) {
                    let Some(mappings) = &feed.mappings else {
                        found.push(false);
                        continue;
                    };
                    let items = mappings.iter().find_map(|m| match &m.value {
                        MappingValue::List(_, _, items) if m.field.text == list.name.text => Some(items),
                        _ => None,
                    });
                    let mapping = items.and_then(|items| items.iter().find(|m| m.field.text == field));
                    found.extend(mapping.map(|m| m.must_exist.is_some()));
                }
            }
        }
        found
    };
    let mut existing = Vec::new();
    for declaration in declarations {
        let (of, fields) = match &declaration.kind {
            Kind::Customer { fields, .. } => ("customer", fields),
            Kind::Event { name: Some(name), fields }
            | Kind::Entity { name: Some(name), fields }
            | Kind::Record { name: Some(name), fields } => (name.text.as_str(), fields),
            _ => continue,
        };
        let in_lists = matches!(declaration.kind, Kind::Record { .. });
        for field in fields {
            let name = &field.name.text;
            let said = if in_lists { said_of_items(of, name) } else { said(of, name) };
            if !said.is_empty() && said.iter().all(|s| *s) {
                existing.push(field.name.span);
            }
        }
    }
    existing
}

fn is_list_of(field: &ast::Field, record: &str) -> bool {
    let Some(ast::TypeRef { kind: ast::TypeKind::Named { name, of: Some(of) }, .. }) = &field.ty else {
        return false;
    };
    name.text == "list" && matches!(&of.kind, ast::TypeKind::Named { name, .. } if name.text == record)
}
