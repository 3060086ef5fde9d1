//! `layout`: a frame around bodies.

use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{Declaration, DeclarationKind as Kind};

use super::super::scope::ContentScope;
use super::super::{Names, shared};
use super::block::BlockShows;
use super::files::Read;
use super::templates::Templates;
use crate::infer::Checker;
use crate::{Layout, Reads};

pub(super) fn layouts(
    checker: &mut Checker,
    declarations: &[&Declaration],
    read: &Read,
    scope: &ContentScope,
) -> (Vec<Layout>, BlockShows) {
    let mut names = Names::new("layout");
    let (mut layouts, mut all) = (Vec::new(), BlockShows::new());
    for declaration in declarations {
        let Kind::Layout { name: Some(name), body } = &declaration.kind else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        let Some(body) = body else {
            let what = format!("the layout `{}`", name.text);
            checker.missing_member(what, "body", name.span, "body html file \"layouts/base.html\"");
            continue;
        };
        let compiled = Templates { checker, read }.body(body, scope);
        if let Some((compiled, shown)) = compiled {
            if !shown.uses.placeholders.contains("content") {
                let what = format!("the layout `{}`", name.text);
                checker.missing_member(what, "place for the e-mail's body", body.span, "{% block content %}");
            }
            if let Some(other) = shown.uses.placeholders.iter().find(|p| *p != "content") {
                let headline = format!("nothing fills `{{% block {other} %}}`");
                let why = "an e-mail's body fills `content`, and nothing else".to_string();
                let help = Some("write there what it shall show, or `{% block content %}`".to_string());
                checker.problems.report(Misplaced { headline, at: body.span, why, help });
            }
            all.insert(shared(&name.text), shown);
            layouts.push(Layout { name: shared(&name.text), body: compiled, reads_at: Reads::default() });
        }
    }
    (layouts, all)
}
