//! E-mails that are longer than mail programs show.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{clipped_body::ClippedBody, long_subject::LongSubject};
use persona_template::{Compiled, Least, Most};

use crate::infer::Checker;
use crate::{Content, Email, Format, Layout};

/// Characters of a subject that Gmail shows in a wide window; the others show fewer.
const SUBJECT: usize = 70;

/// Content blocks show blocks, so many deep at most: those that show themselves are told elsewhere.
const DEEPEST: usize = 16;

/// Tells of a subject whose end nobody sees, whatever is printed in it.
pub(super) fn of_subject(checker: &mut Checker, subject: &Compiled, at: Span) {
    let length = Least::of(subject);
    if length > SUBJECT {
        checker.problems.report(LongSubject { length, most: SUBJECT, at });
    }
}

/// Tells of a body whose end somebody does not see.
pub(super) fn of_body(checker: &mut Checker, email: &Email, layouts: &[Layout], contents: &[Content]) {
    let most = checker.project.shown;
    if email.body.format == Format::Text {
        return;
    }
    let body = longest(&email.body.template, contents, 0);
    let layout = layouts.iter().find(|layout| email.layout.as_ref() == Some(&layout.name));
    let layout = layout.map(|layout| (layout.body.span, longest(&layout.body.template, contents, 0)));
    let length = body + layout.map_or(0, |(_, length)| length);
    if length > most {
        let (email, at) = (email.name.to_string(), email.body.span);
        checker.problems.report(ClippedBody { email, length, most, at, layout });
    }
}

/// Bytes that a template prints at most, but for values.
fn longest(template: &Compiled, contents: &[Content], depth: usize) -> usize {
    let block = |name: &str| {
        let shown = contents.iter().find(|content| content.name == Arc::from(name) && depth < DEEPEST);
        let cases = shown.into_iter().flat_map(|content| &content.cases);
        cases.map(|case| longest(&case.html, contents, depth + 1)).max().unwrap_or(0)
    };
    Most { block: &block }.of(template)
}
