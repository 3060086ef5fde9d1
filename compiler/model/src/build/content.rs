//! `consent`, `brand`, `layout`, `content`, `email`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::catalogue::{
    cycle::Cycle, file_not_found::FileNotFound, misplaced::Misplaced, missing_consent::MissingConsent,
    unreachable::Unreachable,
};
use persona_diagnostics::{FileId, Problems, Sources, Span};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Text};
use persona_template::{Compiled, Escape, Uses, check, parse};

use super::scope::ContentScope;
use super::{Names, shared};
use crate::infer::{Checker, Row};
use crate::presence::{Presence, Present, senders};
use crate::{
    Body, Brand, Case, Consent, Content, Email, Expr, Files, Format, Layout, Leave, Model, On, Reads, Symbol,
};

/// Texts of the files that bodies name, by where they are named.
pub(super) type Read = HashMap<Span, FileId>;

/// Reads every file that a body names, once.
pub(super) fn read_files(
    declarations: &[&Declaration],
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Read {
    let mut read = Read::new();
    for declaration in declarations {
        let bodies: Vec<&ast::Body> = match &declaration.kind {
            Kind::Layout { body, .. } => body.iter().collect(),
            Kind::Email(email) => email.bodies.iter().collect(),
            _ => continue,
        };
        for body in bodies.into_iter().filter(|b| b.is_file) {
            let Some(text) = &body.text else { continue };
            let path = text.value();
            if let Some(id) = sources.find(Path::new(&path)) {
                read.insert(text.span, id);
                continue;
            }
            match files.read(Path::new(&path)) {
                Ok(content) => {
                    read.insert(text.span, sources.add(&path, content));
                }
                Err(why) => {
                    problems.report(FileNotFound { path, at: text.span, why, looked_in: files.folder() });
                }
            }
        }
    }
    read
}

pub(super) fn consents(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Consent> {
    let mut names = Names::new("consent");
    let mut consents = Vec::new();
    for declaration in declarations {
        let Kind::Consent(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        if ast.label.is_none() {
            let form = format!("consent {} \"Offers and news by e-mail\"", name.text);
            let what = format!("the consent `{}`", name.text);
            checker.missing_member(what, "label: the words people agree to", name.span, &form);
        }
        consents.push(Consent {
            name: shared(&name.text),
            label: ast.label.as_ref().map_or(name.text.clone(), Text::value).into(),
            double: ast.double,
            covers: ast.covers.iter().map(|c| shared(&c.text)).collect(),
            expires: ast.expires.as_ref().and_then(|e| checker.length(e)),
            without_engagement: ast.without_engagement,
            span: name.span,
        });
    }
    consents
}

pub(super) fn brand(checker: &mut Checker, declarations: &[&Declaration]) -> Brand {
    let mut brand = Brand::default();
    let mut names = Names::new("property of the brand");
    let mut first = None;
    for declaration in declarations {
        let Kind::Brand { keyword, properties } = &declaration.kind else { continue };
        if let Some(first) = first.replace(*keyword) {
            checker.repeated("brand", &[first, *keyword]);
        }
        for property in properties {
            if names.add(&property.name, checker.problems)
                && let Some(value) = &property.value
            {
                check_address(checker, &property.name.text, value);
                brand.properties.push((shared(&property.name.text), value.value().into()));
            }
        }
    }
    brand
}

/// A sender's address is looked at here, where it is written: no message could be made with a bad one.
fn check_address(checker: &mut Checker, property: &str, value: &Text) {
    if !matches!(property, "from" | "reply_to") {
        return;
    }
    let text = value.value();
    let address = match text.rsplit_once('<') {
        Some((_, rest)) => rest.trim().strip_suffix('>').unwrap_or(""),
        None => text.trim(),
    };
    let plausible = match address.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty() && domain.contains('.') && !address.contains(char::is_whitespace)
        }
        None => false,
    };
    if !plausible {
        let why = "an address is written `Shop <hello@shop.example>`, or `hello@shop.example`";
        checker.bad_literal(&text, value.span, why);
    }
}

/// Compiles templates and remembers what they read.
struct Templates<'c, 'a> {
    checker: &'c mut Checker<'a>,
    read: &'c Read,
    reads: Reads,
}

impl<'c, 'a> Templates<'c, 'a> {
    fn new(checker: &'c mut Checker<'a>, read: &'c Read) -> Templates<'c, 'a> {
        Templates { checker, read, reads: Reads::default() }
    }

    /// A string or text of the program as a template.
    fn inline(&mut self, text: &Text, scope: &ContentScope, escape: Escape) -> (Compiled, Uses) {
        let source = persona_template::Source {
            file: text.span.file,
            offset: text.span.start,
            text: &text.raw,
            escapes: text.escapes,
        };
        self.compiled(source, scope, escape)
    }

    /// Compiles a template, and notes its names.
    fn compiled(
        &mut self,
        source: persona_template::Source,
        scope: &ContentScope,
        escape: Escape,
    ) -> (Compiled, Uses) {
        let template = parse(source, self.checker.problems);
        let (compiled, mut uses) = check(&template, scope, escape, self.checker.problems);
        self.reads.add(&uses);
        self.checker.refer_template(&mut uses);
        (compiled, uses)
    }

    /// A body: of a file or written out. None where its file could not be read, or no body is given.
    fn body(&mut self, body: &ast::Body, scope: &ContentScope) -> Option<(Body, Uses)> {
        let name = body.format.as_ref()?;
        let (format, escape) = match name.text.as_str() {
            "html" => (Format::Html, Escape::Html),
            "mjml" => (Format::Mjml, Escape::Html),
            "text" => (Format::Text, Escape::Text),
            _ => {
                self.checker.later(std::slice::from_ref(name), &[]);
                return None;
            }
        };
        let text = body.text.as_ref()?;
        let path = [".html", ".mjml", ".txt", ".htm"].iter().any(|end| text.raw.trim().ends_with(end));
        if !body.is_file && path && !text.raw.trim().contains(char::is_whitespace) {
            let headline = format!("the body would be the words `{}`", text.raw.trim());
            let why = "this looks like a file's path".to_string();
            let help = Some(format!("write `body {} file \"{}\"`", name.text, text.raw.trim()));
            self.checker.problems.report(Misplaced { headline, at: text.span, why, help });
            return None;
        }
        let (template, uses) = if body.is_file {
            let file = *self.read.get(&text.span)?;
            let content = self.checker.sources.file(file).text.clone();
            let source = persona_template::Source { file, offset: 0, text: &content, escapes: false };
            self.compiled(source, scope, escape)
        } else {
            self.inline(text, scope, escape)
        };
        Some((Body { format, template }, uses))
    }
}

pub(super) fn build(checker: &mut Checker, declarations: &[&Declaration], read: &Read, model: &mut Model) {
    // Blocks take no parameters in this version.
    let blocks = declarations.iter().filter_map(|d| match &d.kind {
        Kind::Content { name: Some(name), .. } => Some((name.text.clone(), Vec::new())),
        _ => None,
    });
    let declared: &Model = model;
    let presence = Presence::of(declared);
    let senders = senders(declared, &presence);
    let events = senders_events(declared);
    let scope = ContentScope::new(declared, &presence, blocks.collect(), checker.unread.clone());
    let (contents, block_uses) = contents(checker, declarations, read, &presence, &scope);
    let (layouts, layout_uses) = layouts(checker, declarations, read, &scope);

    let declared = declarations.iter().filter_map(|d| match &d.kind {
        Kind::Layout { name: Some(name), .. } => Some((name.text.clone(), Some(name.span))),
        _ => None,
    });
    let declared: Vec<_> = declared.collect();
    let mut names = Names::new("e-mail");
    let mut emails = Vec::new();
    for declaration in declarations {
        let Kind::Email(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        let event = events.get(name.text.as_str()).and_then(Option::as_deref);
        let scope = scope
            .clone()
            .with_event(event)
            .with_senders(senders.get(name.text.as_str()).map(Vec::as_slice).unwrap_or_default());
        let mut email_uses = Uses::default();
        let email =
            email(checker, declaration, ast, name, read, model, &layouts, &declared, &scope, &mut email_uses);
        if let Some(mut email) = email {
            if let Some(uses) = email.layout.as_ref().and_then(|l| layout_uses.get(l)) {
                merge(&mut email_uses, uses);
            }
            // Blocks show blocks: all that can be reached are read.
            let mut waiting: Vec<String> = email_uses.blocks.iter().cloned().collect();
            while let Some(block) = waiting.pop() {
                if let Some(uses) = block_uses.get(block.as_str()) {
                    waiting.extend(uses.blocks.difference(&email_uses.blocks).cloned());
                    merge(&mut email_uses, uses);
                }
            }
            let share = |names: &BTreeSet<String>| names.iter().map(|n| shared(n)).collect();
            email.reads = share(&email_uses.names);
            email.segments = share(&email_uses.segments);
            email.blocks = share(&email_uses.blocks);
            email.entities = share(&email_uses.entities);
            emails.push(email);
        }
    }
    model.contents = contents;
    model.layouts = layouts;
    model.emails = emails;
}

fn merge(uses: &mut Uses, other: &Uses) {
    uses.names.extend(other.names.iter().cloned());
    uses.segments.extend(other.segments.iter().cloned());
    uses.blocks.extend(other.blocks.iter().cloned());
    uses.entities.extend(other.entities.iter().cloned());
}

/// E-mails with the event that starts every flow which sends them, if all start with the same.
fn senders_events(model: &Model) -> HashMap<Arc<str>, Option<Arc<str>>> {
    fn sent<'m>(steps: &'m [crate::Step], emails: &mut Vec<&'m Arc<str>>) {
        for step in steps {
            match step {
                crate::Step::Send(email) => emails.push(email),
                crate::Step::If(_, then, otherwise) => {
                    sent(then, emails);
                    sent(otherwise, emails);
                }
                _ => {}
            }
        }
    }
    let mut events: HashMap<Arc<str>, Option<Arc<str>>> = HashMap::new();
    for trigger in &model.triggers {
        let event = match &trigger.on {
            On::Event(filter, _) => Some(&filter.event),
            _ => None,
        };
        let mut emails = Vec::new();
        sent(&trigger.steps, &mut emails);
        for email in emails {
            let known = events.entry(email.clone()).or_insert_with(|| event.cloned());
            if known.as_ref() != event {
                *known = None;
            }
        }
    }
    for campaign in &model.campaigns {
        events.insert(campaign.email.clone(), None);
    }
    events
}

type BlockUses = BTreeMap<Arc<str>, Uses>;

fn contents(
    checker: &mut Checker,
    declarations: &[&Declaration],
    read: &Read,
    presence: &Presence,
    scope: &ContentScope,
) -> (Vec<Content>, BlockUses) {
    let mut names = Names::new("content block");
    let (mut contents, mut all) = (Vec::new(), BlockUses::new());
    for declaration in declarations {
        let Kind::Content { name: Some(name), cases, .. } = &declaration.kind else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        let (mut uses, mut reads_at) = (Uses::default(), Reads::default());
        // Whoever comes to a case did not fit those before it.
        let mut passed = Present::new();
        let mut kept = Vec::new();
        let mut otherwise: Option<Span> = None;
        for case in cases {
            if let Some(otherwise_at) = otherwise {
                let what = format!("this case of `{}`", name.text);
                checker.problems.report(Unreachable { what, at: case.span, otherwise_at });
                continue;
            }
            otherwise = case.otherwise;
            let when = case.when.as_ref().map(|w| checker.condition(w, &[Row::Customer]));
            if let Some(when) = &when {
                read_by(when, &mut uses);
            }
            let mut present = passed.clone();
            if let Some(proof) = when.as_ref().map(|when| presence.proof(when)) {
                present.extend(proof.holds);
                passed.extend(proof.fails);
            }
            let scope = scope.clone().with_present(present);
            let Some(text) = &case.text else { continue };
            let mut templates = Templates::new(checker, read);
            let (html, html_uses) = templates.inline(text, &scope, Escape::Html);
            let (text, _) = templates.inline(text, &scope, Escape::Text);
            reads_at.extend(templates.reads);
            merge(&mut uses, &html_uses);
            kept.push(Case { when, html, text });
        }
        if otherwise.is_none() && !cases.is_empty() {
            let what = format!("the content block `{}`", name.text);
            let form = "otherwise \"\"\"…\"\"\"";
            checker.missing_member(what, "`otherwise`: some customers would see nothing", name.span, form);
        }
        if let Some(through) = leads_to(&name.text, &uses, &all) {
            let mut names = vec![name.text.clone()];
            names.extend(through.filter(|t| *t != name.text));
            let at =
                contents.iter().filter(|c: &&Content| names.contains(&c.name.to_string())).map(|c| c.span);
            let at = std::iter::once(name.span).chain(at).collect();
            checker.problems.report(Cycle { names, at });
        }
        all.insert(shared(&name.text), uses);
        contents.push(Content { name: shared(&name.text), cases: kept, reads_at, span: name.span });
    }
    (contents, all)
}

/// The block through which a block shows itself, if it does: itself, or one declared before it.
fn leads_to(name: &str, uses: &Uses, known: &BlockUses) -> Option<Option<String>> {
    if uses.blocks.contains(name) {
        return Some(None);
    }
    for first in &uses.blocks {
        let mut waiting = vec![first.clone()];
        let mut seen = BTreeSet::new();
        while let Some(block) = waiting.pop() {
            let Some(below) = known.get(block.as_str()) else { continue };
            if below.blocks.contains(name) {
                return Some(Some(first.clone()));
            }
            waiting.extend(below.blocks.iter().filter(|b| seen.insert((*b).clone())).cloned());
        }
    }
    None
}

/// What a condition reads, as a template's would be told.
fn read_by(condition: &Expr, uses: &mut Uses) {
    use crate::ExprKind;
    condition.walk(&mut |e| match &e.kind {
        ExprKind::Attribute(name) | ExprKind::Trait(name) | ExprKind::Stage(name) | ExprKind::Model(name) => {
            uses.names.insert(name.to_string());
        }
        ExprKind::InSegment(name) => {
            uses.segments.insert(name.to_string());
        }
        _ => {}
    });
}

fn layouts(
    checker: &mut Checker,
    declarations: &[&Declaration],
    read: &Read,
    scope: &ContentScope,
) -> (Vec<Layout>, BlockUses) {
    let mut names = Names::new("layout");
    let (mut layouts, mut all) = (Vec::new(), BlockUses::new());
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
        let mut templates = Templates::new(checker, read);
        let compiled = templates.body(body, scope);
        let reads_at = templates.reads;
        if let Some((compiled, uses)) = compiled {
            if !uses.placeholders.contains("content") {
                let what = format!("the layout `{}`", name.text);
                checker.missing_member(what, "place for the e-mail's body", body.span, "{% block content %}");
            }
            if let Some(other) = uses.placeholders.iter().find(|p| *p != "content") {
                let headline = format!("nothing fills `{{% block {other} %}}`");
                let why = "an e-mail's body fills `content`, and nothing else".to_string();
                let help = Some("write there what it shall show, or `{% block content %}`".to_string());
                checker.problems.report(Misplaced { headline, at: body.span, why, help });
            }
            all.insert(shared(&name.text), uses);
            layouts.push(Layout { name: shared(&name.text), body: compiled, reads_at });
        }
    }
    (layouts, all)
}

#[allow(clippy::too_many_arguments)] // everything an e-mail is made of
fn email(
    checker: &mut Checker,
    declaration: &Declaration,
    ast: &ast::Email,
    name: &ast::Name,
    read: &Read,
    model: &Model,
    layouts: &[Layout],
    declared_layouts: &[(String, Option<Span>)],
    scope: &ContentScope,
    uses: &mut Uses,
) -> Option<Email> {
    let what = || format!("the e-mail `{}`", name.text);
    let leave = leave(checker, ast, name, model);
    let layout =
        ast.layout.as_ref().and_then(|layout| layout_named(checker, layout, declared_layouts, layouts));
    let mut properties: BTreeMap<&str, &Text> = BTreeMap::new();
    let mut seen = Names::new("member");
    for property in &ast.properties {
        if seen.add(&property.name, checker.problems)
            && let Some(value) = &property.value
        {
            check_address(checker, &property.name.text, value);
            if property.name.text == "subject" && value.raw.trim().is_empty() {
                checker.missing_member(
                    what(),
                    "subject: it is empty",
                    value.span,
                    "subject \"Your order is on its way\"",
                );
            }
            properties.insert(property.name.text.as_str(), value);
        }
    }
    let given = |member: &str| ast.properties.iter().any(|p| p.name.text == member);
    if !given("subject") {
        checker.missing_member(
            what(),
            "subject",
            name.span,
            "subject \"{{ first_name | default: \"Hello\" }}, …\"",
        );
    }
    checker.repeated("body", &ast.bodies.iter().map(|b| b.span).collect::<Vec<_>>());
    if ast.bodies.is_empty() {
        checker.missing_member(what(), "body", name.span, "body html file \"content/hello.html\"");
    }
    let from = properties.get("from").map(|t| t.value());
    let from = from.or_else(|| model.brand.get("from").map(|f| f.to_string()));
    if from.is_none() && !["brand", "from"].iter().any(|word| checker.unread.holds(word)) {
        checker.missing_member(what(), "sender", name.span, "brand { from \"Shop <hello@shop.example>\" }");
    }
    let reply_to = properties.get("reply_to").map(|t| t.value());
    let reply_to = reply_to.or_else(|| model.brand.get("reply_to").map(|r| r.to_string()));

    let mut templates = Templates::new(checker, read);
    let mut header = |text: &&Text| {
        let (compiled, found) = templates.inline(text, scope, Escape::Line);
        merge(uses, &found);
        compiled
    };
    let subject = properties.get("subject").map(&mut header);
    let preheader = properties.get("preheader").map(&mut header);
    let body = ast.bodies.first().and_then(|body| templates.body(body, scope));
    let (body, found) = body?;
    merge(uses, &found);
    // Text is not escaped: inside an HTML frame a customer's name could be markup.
    let frame = layout.as_ref().and_then(|name| layouts.iter().find(|l| l.name == *name));
    if let Some(frame) = frame
        && (frame.body.format == Format::Text) != (body.format == Format::Text)
    {
        let headline = format!("the body of `{}` and its layout are not of one kind", name.text);
        let why = "one is plain text, the other is not".to_string();
        let help = Some("write both in HTML or MJML, or both as text".to_string());
        let at = ast.layout.as_ref().map_or(name.span, |l| l.span);
        templates.checker.problems.report(Misplaced { headline, at, why, help });
    }
    if let Some(place) = found.placeholders.iter().next() {
        let headline = format!("`{{% block {place} %}}` belongs into a layout, not into an e-mail");
        let at = ast.bodies.first().map_or(name.span, |b| b.span);
        let why = "nothing fills it here".to_string();
        templates.checker.problems.report(Misplaced { headline, at, why, help: None });
    }
    Some(Email {
        name: shared(&name.text),
        docs: declaration.docs.clone(),
        leave: leave?,
        layout,
        from: from?.into(),
        reply_to: reply_to.map(Into::into),
        subject: subject?,
        preheader,
        body,
        reads: BTreeSet::new(),
        segments: BTreeSet::new(),
        blocks: BTreeSet::new(),
        entities: BTreeSet::new(),
        reads_at: templates.reads,
        span: name.span,
    })
}

/// The layout of this name; one declared with a mistake is not unknown.
fn layout_named(
    checker: &mut Checker,
    name: &ast::Name,
    declared: &[(String, Option<Span>)],
    layouts: &[Layout],
) -> Option<Arc<str>> {
    if !declared.iter().any(|(n, _)| *n == name.text) {
        checker.unknown_name("layout", name, declared.to_vec());
    } else {
        checker.refer(name, Symbol::Layout);
    }
    layouts.iter().find(|l| *l.name == *name.text).map(|l| l.name.clone())
}

/// By whose leave an e-mail is sent; told where it says nothing.
fn leave(checker: &mut Checker, ast: &ast::Email, name: &ast::Name, model: &Model) -> Option<Leave> {
    match (&ast.consent, ast.transactional) {
        (Some(consent), None) => match model.consent(&consent.text) {
            Some(found) if !found.covers.iter().any(|c| **c == *"email") => {
                let headline = format!("the consent `{}` does not cover e-mail", found.name);
                let why = "so this may not be sent by its leave".to_string();
                let help =
                    Some("write `covers email` in the consent, if that is what people agreed to".to_string());
                checker.problems.report(Misplaced { headline, at: consent.span, why, help });
                None
            }
            Some(found) => {
                checker.refer(consent, Symbol::Consent);
                Some(Leave::Consent(found.name.clone()))
            }
            None => {
                let candidates = model.consents.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
                checker.unknown_name("consent", consent, candidates);
                None
            }
        },
        (None, Some(_)) => Some(Leave::Transactional),
        (Some(consent), Some(at)) => {
            let headline = format!("`{}` is transactional and needs a consent at the same time", name.text);
            let why = format!("a transactional e-mail needs no consent, and `{}` is named", consent.text);
            let help = Some(
                "keep `consent` for offers and news, `transactional` for receipts and notices".to_string(),
            );
            checker.problems.report(Misplaced { headline, at, why, help });
            None
        }
        (None, None) if checker.is_broken(name.span) => None,
        (None, None) => {
            let consents = model.consents.iter().map(|c| c.name.to_string()).collect();
            checker.problems.report(MissingConsent { email: name.text.clone(), at: name.span, consents });
            None
        }
    }
}
