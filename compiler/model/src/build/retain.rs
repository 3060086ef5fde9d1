//! `retain`: how long events are kept.

use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{Declaration, DeclarationKind as Kind};

use super::Names;
use crate::Retention;
use crate::infer::Checker;

pub(super) fn retentions(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Retention> {
    let mut names = Names::new("retention of");
    let mut retentions = Vec::new();
    for declaration in declarations {
        let Kind::Retain { event: Some(name), length, .. } = &declaration.kind else { continue };
        let keep = length.as_ref().and_then(|l| checker.length(l));
        let Some(event) = checker.event_name(name) else { continue };
        let parts = checker.events.get(&event).map_or(Vec::new(), |e| e.of.clone());
        if let Some(part) = parts.first() {
            checker.problems.report(Misplaced {
                headline: format!("`{event}` unites other events, of which each is kept by itself"),
                at: name.span,
                why: "a union of events".into(),
                help: Some(format!("say it of each of them, such as `{part}`")),
            });
            continue;
        }
        if names.add(name, checker.problems)
            && let Some(keep) = keep
        {
            retentions.push(Retention { event, keep, span: declaration.span });
        }
    }
    retentions
}
