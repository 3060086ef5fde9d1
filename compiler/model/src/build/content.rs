//! What is said: `consent`, `brand`, `layout`, `content`, `coupon`, `email`.

mod ahead;
mod block;
mod coupon;
mod email;
mod files;
mod layout;
mod length;
mod locale;
mod promotion;
mod sender;
mod started;
mod templates;
mod variant;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use persona_diagnostics::Span;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind};
use persona_value::Field;

use self::ahead::{Ahead, Sent};
use self::block::BlockShows;
use self::email::Written;
use self::started::senders_events;
use self::templates::Shown;
use self::variant::Said;
use super::experiment::Flows;
use super::scope::ContentScope;
use super::{Names, shared};
use crate::beside::both;
use crate::infer::Checker;
use crate::presence::{Presence, senders};
use crate::{Coupon, Layout, Model};

pub(super) use block::{Parameters, parameters};
pub(super) use coupon::coupons;
pub(super) use files::{Read, read_files};
pub(super) use sender::{brand, consents};
pub(super) use started::{Started, started};
pub(super) use templates::text;

/// What all that is said is checked against.
pub(super) struct Ground<'g> {
    declarations: &'g [&'g Declaration],
    read: &'g Read,
    model: &'g Model,
    presence: &'g Presence<'g>,
    /// What every template knows.
    scope: ContentScope<'g>,
    layouts: Vec<Layout>,
    /// Those declared with a mistake, too.
    declared_layouts: Vec<(String, Option<Span>)>,
    /// Files of words that were compared.
    compared: RefCell<BTreeSet<Vec<String>>>,
}

impl Ground<'_> {
    fn layout(&self, name: &str) -> Option<&Layout> {
        self.layouts.iter().find(|l| *l.name == *name)
    }

    fn coupon(&self, name: &str) -> Option<&Coupon> {
        self.model.coupon(name)
    }
}

/// Blocks, layouts, e-mails, and the experiments that say them in other words.
pub(super) fn build(
    checker: &mut Checker,
    declarations: &[&Declaration],
    read: &Read,
    parameters: &Parameters,
    flows: &Flows,
    model: &mut Model,
) {
    // A variant's steps send e-mails as the flow's own do.
    let triggers = model.triggers.len();
    model.triggers.extend(flows.shadows.iter().cloned());
    let declared: &Model = model;
    let presence = Presence::of(declared);
    let sent = Sent { senders: senders(declared, &presence), events: senders_events(declared) };
    let scope = scope(checker, declared, &presence, parameters);
    let mut ground = Ground {
        declarations,
        read,
        model: declared,
        presence: &presence,
        scope,
        layouts: Vec::new(),
        declared_layouts: named_layouts(declarations),
        compared: RefCell::default(),
    };
    let (mut contents, block_shows, block_scopes) =
        block::contents(checker, declarations, &ground, parameters);
    let (layouts, layout_shows) = layout::layouts(checker, declarations, read, &ground.scope);
    ground.layouts = layouts;

    let ahead = Ahead {
        emails: declarations.iter().filter_map(|d| written_email(d)).collect(),
        sent: &sent,
        model: declared,
        shared: ground.scope.shared(),
        read,
        sources: checker.sources,
        kept: checker.kept,
        met: AtomicUsize::new(0),
    };
    let mut one_by_one = || {
        let emails = emails(checker, &ground, declarations, &sent, &ahead.met);
        ahead.met.store(usize::MAX, Ordering::Relaxed);
        emails
    };
    // Who looked at the program before knows its templates already.
    let emails = if ahead.kept.is_new() { both(|| ahead.run(), one_by_one).1 } else { one_by_one() };
    let mut said = Said { emails, blocks: block_shows, block_scopes, layouts: layout_shows };
    let experiments = variant::experiments(checker, &ground, flows, &mut said);
    let Said { emails, blocks, layouts: layout_shows, .. } = said;
    let mut finished = Vec::new();
    for (Written { mut email, mut shown, .. }, declaration) in emails {
        let Kind::Email(ast) = &declaration.kind else { continue };
        let frame = email.layout.as_ref().and_then(|l| layout_shows.get(l));
        let leave_at = ast.transactional.or(ast.consent.as_ref().map(|c| c.span)).unwrap_or(email.span);
        let templates: Vec<&Shown> = std::iter::once(&shown).chain(frame).collect();
        length::of_body(checker, &email, &ground.layouts, &contents);
        promotion::check(checker, &email, leave_at, &templates, &blocks, &contents, declared);
        email.reads_at = shown.reads.clone();
        frame.into_iter().for_each(|frame| shown.merge(frame));
        with_blocks(&mut shown, &blocks);
        let share = |names: &BTreeSet<String>| names.iter().map(|n| shared(n)).collect::<BTreeSet<_>>();
        let (recommends, reads): (BTreeSet<Arc<str>>, BTreeSet<Arc<str>>) =
            share(&shown.uses.names).into_iter().partition(|n| declared.recommendation(n).is_some());
        email.reads = reads;
        email.recommends = recommends;
        email.segments = share(&shown.uses.segments);
        email.blocks = share(&shown.uses.blocks);
        email.entities = share(&shown.uses.entities);
        finished.push(email);
    }
    let mut layouts = ground.layouts;
    for layout in &mut layouts {
        layout.reads_at = layout_shows.get(&layout.name).map(|s| s.reads.clone()).unwrap_or_default();
    }
    for content in &mut contents {
        content.reads_at = blocks.get(&content.name).map(|s| s.reads.clone()).unwrap_or_default();
    }
    model.triggers.truncate(triggers);
    model.contents = contents.into();
    model.layouts = layouts.into();
    model.emails = finished.into();
    model.experiments = experiments.into();
}

fn written_email(declaration: &Declaration) -> Option<&ast::Email> {
    match &declaration.kind {
        Kind::Email(email) => Some(email),
        _ => None,
    }
}

/// E-mails as they were checked, each where it is declared.
fn emails<'s, 'g>(
    checker: &mut Checker,
    ground: &Ground<'g>,
    declarations: &[&'s Declaration],
    sent: &'g Sent,
    met: &AtomicUsize,
) -> Vec<(Written<'g>, &'s Declaration)> {
    let mut names = Names::new("e-mail");
    let mut emails = Vec::new();
    for declaration in declarations {
        let Some(ast) = written_email(declaration) else { continue };
        met.fetch_add(1, Ordering::Relaxed);
        let Some(name) = &ast.name else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        let scope = sent.scope(&ground.scope, &name.text);
        let written = email::email(checker, ground, declaration, ast, name, scope);
        emails.extend(written.map(|w| (w, *declaration)));
    }
    emails
}

/// What every template of a program knows.
pub(super) fn scope<'g>(
    checker: &Checker,
    model: &'g Model,
    presence: &'g Presence<'g>,
    parameters: &Parameters,
) -> ContentScope<'g> {
    let fields = |all: &Vec<(Field, Span)>| all.iter().map(|(f, _)| f.clone()).collect();
    let blocks = parameters.iter().map(|(name, all)| (name.clone(), fields(all))).collect();
    ContentScope::new(model, presence, blocks, checker.unread.clone())
}

/// Blocks show blocks: all that can be reached are read.
fn with_blocks(shown: &mut Shown, blocks: &BlockShows) {
    let mut waiting: Vec<String> = shown.uses.blocks.iter().cloned().collect();
    while let Some(block) = waiting.pop() {
        if let Some(below) = blocks.get(block.as_str()) {
            waiting.extend(below.uses.blocks.difference(&shown.uses.blocks).cloned());
            shown.merge(below);
        }
    }
}

fn named_layouts(declarations: &[&Declaration]) -> Vec<(String, Option<Span>)> {
    let declared = declarations.iter().filter_map(|d| match &d.kind {
        Kind::Layout { name: Some(name), .. } => Some((name.text.clone(), Some(name.span))),
        _ => None,
    });
    declared.collect()
}
