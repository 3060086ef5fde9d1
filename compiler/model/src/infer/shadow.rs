//! Names that mean two things.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::shadowed_name::ShadowedName;
use persona_syntax::ast::Name;
use persona_value::{EnumType, Type};

use super::{Checker, Row};
use crate::{Expr, ExprKind};

impl Checker<'_> {
    /// Tells of a bare name that is a field of the row at hand, and a value of the customer as well.
    pub(super) fn shadows(&mut self, name: &Name, found: &Expr) {
        if !self.knows_customer() {
            return;
        }
        // Fields of built-in events have the names they have.
        let Some((row, taken_at)) = self.field_at_hand(found) else { return };
        let Some((hidden, hidden_at)) = self.value_of_customer(&name.text) else { return };
        let text = &name.text;
        self.problems.report(ShadowedName {
            name: text.clone(),
            at: name.span,
            taken: format!("a field of `{row}`"),
            taken_at: Some(taken_at),
            hidden: hidden.to_string(),
            hidden_at,
            instead: vec![
                (format!("to keep the field of `{row}`, write"), format!("it.{text}")),
                ("for the customer's, write".into(), format!("customer.{text}")),
            ],
        });
    }

    /// Tells of a bare name that is a value of an enum or a stage, and an attribute of that kind as well.
    pub(super) fn shadows_attribute(&mut self, name: &Name, values: &Arc<EnumType>) {
        let Some(attribute) = self.customer.attribute(&name.text) else { return };
        if !self.knows_customer() || !matches!(attribute.ty, Type::Enum(_) | Type::Text) {
            return;
        }
        let (text, hidden_at) = (&name.text, attribute.span);
        let taken_at = self.declared_at(&values.name);
        self.problems.report(ShadowedName {
            name: text.clone(),
            at: name.span,
            taken: format!("a value of `{}`", values.name),
            taken_at,
            hidden: "an attribute".into(),
            hidden_at,
            instead: vec![
                (format!("for the value of `{}`, write", values.name), format!("\"{text}\"")),
                ("for the attribute, write".into(), format!("customer.{text}")),
            ],
        });
    }

    /// The event or record that a field is read of, and where it declares it.
    fn field_at_hand(&self, found: &Expr) -> Option<(Arc<str>, Span)> {
        let (fields, of, name) = match (&found.kind, self.rows.last()?) {
            (ExprKind::EventField(name), Row::Event(event)) => (&self.events.get(event)?.fields, event, name),
            (ExprKind::ItemField(name), Row::Item(record)) => {
                (&self.records.iter().find(|r| r.name == record.name)?.fields, &record.name, name)
            }
            _ => return None,
        };
        Some((of.clone(), fields.iter().find(|f| f.name == *name)?.span?))
    }

    /// What a customer has under this name, and where it is declared.
    fn value_of_customer(&self, name: &str) -> Option<(&'static str, Option<Span>)> {
        if let Some(attribute) = self.customer.attribute(name) {
            return Some(("an attribute of the customer", attribute.span));
        }
        if let Some((lifecycle, _)) = self.lifecycles.iter().find(|(l, _)| *l.name == *name) {
            return Some(("a lifecycle", Some(lifecycle.span)));
        }
        self.traits.get(name).map(|(span, _)| ("a trait", Some(*span)))
    }
}
