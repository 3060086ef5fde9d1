//! Loops: what an item is, and what is known in every round.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_diagnostics::catalogue::type_mismatch::TypeMismatch;
use persona_value::Type;

use super::flow::Flow;
use super::{Checker, LoopScope};
use crate::code::{Loop, Op};
use crate::tree::*;

impl Checker<'_> {
    pub(super) fn repeat(&mut self, head: &For, span: Span, table: bool) -> Option<Op> {
        let list = self.operand(&head.list);
        let item = match list.kind.item() {
            Some(item) => item,
            None if list.kind.is_unknown() => Type::Unknown,
            None => {
                self.report(TypeMismatch {
                    headline: format!(
                        "`{}` is {}, and only a list can be gone through",
                        list.text,
                        list.kind.words()
                    ),
                    labels: vec![(list.span, "not a list".into())],
                    help: None,
                });
                Type::Unknown
            }
        };
        let limit = head.limit.as_ref().map(|e| self.bound(e).code);
        let columns = head.columns.as_ref().map(|e| self.bound(e).code);
        let (offset, resume) = match &head.offset {
            Some(Offset::Skip(expr)) => (Some(self.bound(expr).code), false),
            Some(Offset::Continue) => (None, true),
            None => (None, false),
        };
        if table {
            self.between_tags("{% tablerow %}", span);
        }
        let slot = self.new_variable();
        self.loops.push(LoopScope {
            name: head.variable.text.clone(),
            slot,
            kind: item.into(),
            from: list.from.clone(),
        });
        self.name(&head.variable);
        let before = self.flow.clone();
        // What the inside assigns is known to its beginning, too, from the second round on.
        if assigns(&head.body) && self.quiet < 3 {
            self.quiet += 1;
            self.round(&head.body, &before, span);
            self.quiet -= 1;
            let after = self.flow.clone();
            self.flow = flow_into(&before, after);
        }
        let body = self.round(&head.body, &before, span);
        self.loops.pop();
        let after = std::mem::replace(&mut self.flow, before.clone());
        let otherwise = self.nodes(&head.otherwise);
        let never = self.flow.clone();
        self.meet(vec![never, after], span, true);
        let name = format!("{}-{}", head.variable.text, list.text).into();
        let compiled = Box::new(Loop {
            list: list.code,
            variable: slot,
            limit,
            offset,
            resume,
            reversed: head.reversed,
            lone: false,
            columns,
            name,
            body,
            otherwise,
            span,
        });
        Some(if table { Op::TableRow(compiled) } else { Op::For(compiled) })
    }

    /// One round of a loop. Afterwards the flow is what is known when the loop is over, having gone round.
    fn round(&mut self, body: &[Node], before: &Flow, span: Span) -> Vec<Op> {
        self.leaving.push(Vec::new());
        let body = self.nodes(body);
        let mut ways = vec![self.flow.clone()];
        ways.extend(self.leaving.pop().unwrap_or_default());
        self.meet(ways, span, false);
        self.ends_as_it_began(&before.html, span);
        body
    }

    /// `break` and `continue`: nothing comes after.
    pub(super) fn leave(&mut self, tag: &str, span: Span) {
        if self.leaving.is_empty() {
            self.report(Misplaced {
                headline: format!("`{{% {tag} %}}` stands in no loop"),
                at: span,
                why: "this would end the e-mail here".into(),
                help: Some("put it into a `{% for … %}`, or remove it".into()),
            });
        }
        if let Some(ways) = self.leaving.last_mut() {
            ways.push(self.flow.clone());
            self.flow.dead = true;
        }
    }
}

/// What is known at a loop's beginning: what was before, weakened by what a round may have changed.
fn flow_into(before: &Flow, mut after: Flow) -> Flow {
    // What a mistake made of a variable in the silent round is not known: told is the mistake, in the round that counts.
    for (name, variable) in &mut after.variables {
        if let Some(first) = before.variables.get(name).filter(|_| variable.kind.is_unknown()) {
            variable.kind = first.kind.clone();
        }
    }
    let html = before.html.clone();
    super::flow::join(before.clone(), Flow { html, ..after }).0
}

/// Whether any of the nodes sets a variable.
fn assigns(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match &node.kind {
        NodeKind::Assign { .. } | NodeKind::Capture { .. } => true,
        NodeKind::If { arms, otherwise, .. } => arms.iter().any(|a| assigns(&a.body)) || assigns(otherwise),
        NodeKind::Case { whens, .. } => whens.iter().any(|w| assigns(&w.body)),
        NodeKind::For(f) | NodeKind::TableRow(f) => assigns(&f.body) || assigns(&f.otherwise),
        NodeKind::IfChanged(body) => assigns(body),
        _ => false,
    })
}
