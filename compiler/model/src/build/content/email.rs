//! `email`: what is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{self, Declaration, Name, Text};
use persona_template::{Compiled, Escape};

use super::super::scope::ContentScope;
use super::super::{Names, shared};
use super::sender::{check_address, leave};
use super::templates::{Shown, Templates};
use super::{Ground, coupon, length, locale};
use crate::infer::Checker;
use crate::{Body, Email, Format, Layout, Reads, Symbol, Tracking};

/// An e-mail, with what it shows itself and the scope it shows it in.
pub(super) struct Written<'g> {
    pub email: Email,
    pub shown: Shown,
    pub scope: ContentScope<'g>,
}

pub(super) fn email<'g>(
    checker: &mut Checker,
    ground: &Ground<'g>,
    declaration: &Declaration,
    ast: &ast::Email,
    name: &Name,
    scope: ContentScope<'g>,
) -> Option<Written<'g>> {
    let what = || format!("the e-mail `{}`", name.text);
    let leave = leave(checker, ast, name, ground.model);
    let layout = ast.layout.as_ref().and_then(|layout| layout_named(checker, ground, layout));
    let properties = properties(checker, &ast.properties);
    let given = |member: &str| ast.properties.iter().any(|p| p.name.text == member);
    if !given("subject") {
        let form = "subject \"{{ first_name | default: \"Hello\" }}, …\"";
        checker.missing_member(what(), "subject", name.span, form);
    }
    checker.repeated("body", &ast.bodies.iter().map(|b| b.span).collect::<Vec<_>>());
    if ast.bodies.is_empty() {
        checker.missing_member(what(), "body", name.span, "body html file \"content/hello.html\"");
    }
    for text in ast.bodies.iter().filter(|body| !body.is_file).filter_map(|body| body.text.as_ref()) {
        if text.raw.trim().is_empty() {
            let form = "body text \"\"\"Hello!\"\"\"";
            checker.missing_member("the e-mail".into(), "body: it is empty", text.span, form);
        }
    }
    let brand = &ground.model.brand;
    let from = properties.get("from").map(|t| t.value());
    let from = from.or_else(|| brand.get("from").map(|f| f.to_string()));
    if from.is_none() && !["brand", "from"].iter().any(|word| checker.unread.holds(word)) {
        checker.missing_member(what(), "sender", name.span, "brand { from \"Shop <hello@shop.example>\" }");
    }
    let reply_to = properties.get("reply_to").map(|t| t.value());
    let reply_to = reply_to.or_else(|| brand.get("reply_to").map(|r| r.to_string()));

    let offer = ast.offer.as_ref().map(|o| (coupon::offered(checker, ground, o), o.span));
    let mut scope = scope;
    if let Some((offer, _)) = &offer {
        scope = scope.with_own("offer", coupon::binding(offer.as_ref().and_then(|o| ground.coupon(o))));
    }
    let locales = locale::locales(checker, ground, ast, name);
    if let Some(locales) = &locales {
        scope = scope.with_wordings(locale::shapes(locales));
    } else if ast.strings.is_some() || ast.locales.is_some() {
        // What is wrong with them was told; what they say is not known.
        scope = scope.with_unknown_wordings();
    }
    let mut shown = Shown::default();
    let subject = properties.get("subject").map(|t| self::subject(checker, ground, t, &scope, &mut shown));
    let preheader = properties.get("preheader").map(|t| header(checker, ground, t, &scope, &mut shown));
    let body = ast.bodies.first().and_then(|b| body(checker, ground, b, &scope, &mut shown));
    let body = body?;
    if let Some(frame) = layout.as_ref().and_then(|name| ground.layout(name)) {
        let at = ast.layout.as_ref().map_or(name.span, |l| l.span);
        of_one_kind(checker, &name.text, frame, &body, at);
    }
    let email = Email {
        name: shared(&name.text),
        docs: declaration.docs.clone(),
        leave: leave?,
        layout,
        from: from?.into(),
        reply_to: reply_to.map(Into::into),
        subject: subject?,
        preheader,
        body,
        offer: offer.and_then(|(offer, at)| Some((offer?, at))),
        locales,
        tracking: tracking(checker, &ast.tracked),
        utm: utm(checker, &ast.utm),
        reads: BTreeSet::new(),
        segments: BTreeSet::new(),
        blocks: BTreeSet::new(),
        entities: BTreeSet::new(),
        recommends: BTreeSet::new(),
        reads_at: Reads::default(),
        span: name.span,
    };
    Some(Written { email, shown, scope })
}

/// `subject`, `preheader`, `from`, `reply_to`, each once and as it can be sent.
pub(super) fn properties<'t>(
    checker: &mut Checker,
    written: &'t [ast::Property],
) -> BTreeMap<&'t str, &'t Text> {
    let mut properties = BTreeMap::new();
    let mut seen = Names::new("member");
    for property in written {
        if seen.add(&property.name, checker.problems)
            && let Some(value) = &property.value
        {
            check_address(checker, &property.name.text, value);
            if property.name.text == "subject" && value.raw.trim().is_empty() {
                let form = "subject \"Your order is on its way\"";
                checker.missing_member("the e-mail".into(), "subject: it is empty", value.span, form);
            }
            properties.insert(property.name.text.as_str(), value);
        }
    }
    properties
}

/// A subject or preheader.
pub(super) fn header(
    checker: &mut Checker,
    ground: &Ground,
    text: &Text,
    scope: &ContentScope,
    shown: &mut Shown,
) -> Compiled {
    let (compiled, found) = Templates { checker, read: ground.read }.inline(text, scope, Escape::Line);
    shown.merge(&found);
    compiled
}

/// A subject: its end should be seen.
pub(super) fn subject(
    checker: &mut Checker,
    ground: &Ground,
    text: &Text,
    scope: &ContentScope,
    shown: &mut Shown,
) -> Compiled {
    let subject = header(checker, ground, text, scope, shown);
    length::of_subject(checker, &subject, text.span);
    subject
}

/// The body of an e-mail: no place in it is left for others to fill.
pub(super) fn body(
    checker: &mut Checker,
    ground: &Ground,
    ast: &ast::Body,
    scope: &ContentScope,
    shown: &mut Shown,
) -> Option<Body> {
    let (body, found) = Templates { checker, read: ground.read }.body(ast, scope)?;
    shown.merge(&found);
    if let Some(place) = found.uses.placeholders.iter().next() {
        let headline = format!("`{{% block {place} %}}` belongs into a layout, not into an e-mail");
        let why = "nothing fills it here".to_string();
        checker.problems.report(Misplaced { headline, at: ast.span, why, help: None });
    }
    Some(body)
}

/// Text is not escaped: inside an HTML frame a customer's name could be markup.
pub(super) fn of_one_kind(checker: &mut Checker, email: &str, frame: &Layout, body: &Body, at: Span) {
    if (frame.body.format == Format::Text) != (body.format == Format::Text) {
        let headline = format!("the body of `{email}` and its layout are not of one kind");
        let why = "one is plain text, the other is not".to_string();
        let help = Some("write both in HTML or MJML, or both as text".to_string());
        checker.problems.report(Misplaced { headline, at, why, help });
    }
}

/// The layout of this name; one declared with a mistake is not unknown.
pub(super) fn layout_named(checker: &mut Checker, ground: &Ground, name: &Name) -> Option<Arc<str>> {
    if !ground.declared_layouts.iter().any(|(n, _)| *n == name.text) {
        checker.unknown_name("layout", name, ground.declared_layouts.clone());
    } else {
        checker.refer(name, Symbol::Layout);
    }
    ground.layout(&name.text).map(|l| l.name.clone())
}

/// What is noted of a mail that was sent.
fn tracking(checker: &mut Checker, words: &[Name]) -> Option<Tracking> {
    let first = words.first()?;
    for (at, word) in words.iter().enumerate() {
        let before = words[..at].iter().find(|w| w.text == word.text);
        before.into_iter().for_each(|before| checker.repeated(&word.text, &[before.span, word.span]));
    }
    let has = |what: &str| words.iter().any(|w| w.text == what);
    Some(Tracking { opens: has("opens"), clicks: has("clicks"), span: first.span })
}

/// What links say of where they were followed, each once.
fn utm(checker: &mut Checker, tags: &[ast::UtmTag]) -> Vec<(Arc<str>, Arc<str>, Span)> {
    let mut kept: Vec<(Arc<str>, Arc<str>, Span)> = Vec::new();
    for tag in tags {
        if let Some((_, _, first)) = kept.iter().find(|(name, ..)| **name == *tag.name.text) {
            checker.repeated(&tag.name.text, &[*first, tag.name.span]);
            continue;
        }
        let Some(value) = &tag.value else { continue };
        if value.raw.contains("{{") || value.raw.trim().is_empty() {
            let why = "it is a plain text, the same for all";
            checker.bad_literal(&value.raw, value.span, why);
            continue;
        }
        kept.push((shared(&tag.name.text), value.value().into(), tag.name.span));
    }
    kept
}
