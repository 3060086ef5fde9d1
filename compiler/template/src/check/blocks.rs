//! Nodes: text, printed values, and the tags.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::missing_fallback::MissingFallback;
use persona_diagnostics::catalogue::repeated_member::RepeatedMember;
use persona_diagnostics::catalogue::type_mismatch::TypeMismatch;
use persona_diagnostics::catalogue::unknown_tag::UnknownTag;
use persona_diagnostics::catalogue::unsafe_place::{self, UnsafePlace};
use persona_value::Type;

use super::Checker;
use super::flow::{Missing, Origins, Variable, is_address};
use super::value::Typed;
use crate::choice::{self, Way};
use crate::code::{Code, Group, Op, Print};
use crate::data::Escape;
use crate::html::{Place, State, Unsafe, one_line};
use crate::kind::Kind;
use crate::scope::Mentioned;
use crate::show::Show;
use crate::tree::*;

impl Checker<'_> {
    pub(super) fn nodes(&mut self, nodes: &[Node]) -> Vec<Op> {
        nodes.iter().filter_map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &Node) -> Option<Op> {
        Some(match &node.kind {
            NodeKind::Text(text) => {
                if self.literal {
                    self.literal(text, node.span);
                }
                if self.escape == Escape::Html {
                    self.flow.html.read(text);
                }
                self.read_word(text);
                Op::Text(if self.escape == Escape::Line { one_line(text).into() } else { text.clone() })
            }
            NodeKind::Print(value) => {
                let typed = self.filtered(value);
                Op::Print(self.print(typed, &spelled_filtered(value), node.span)?)
            }
            NodeKind::If { arms, otherwise, otherwise_at } => {
                self.branches(arms, (otherwise, *otherwise_at), node.span)
            }
            NodeKind::Case { subject, whens } => self.case(subject, whens, node.span),
            NodeKind::For(head) => self.repeat(head, node.span, false)?,
            NodeKind::TableRow(head) => self.repeat(head, node.span, true)?,
            NodeKind::Assign { name, value } => {
                let typed = self.filtered(value);
                Op::Assign {
                    variable: self.assign(name, typed.kind, typed.missing, typed.from),
                    value: typed.code,
                }
            }
            NodeKind::Capture { name, body } => self.capture(name, body, node.span),
            NodeKind::Count { name, step } => Op::Count { counter: self.counter(&name.text), step: *step },
            NodeKind::Cycle { group, values } => self.cycle(group.as_ref(), values, node.span),
            NodeKind::IfChanged(body) => {
                let before = self.flow.clone();
                let body = self.nodes(body);
                let after = std::mem::replace(&mut self.flow, before.clone());
                self.meet(vec![before, after], node.span, true);
                Op::IfChanged(body)
            }
            NodeKind::Break => {
                self.leave("break", node.span);
                Op::Break
            }
            NodeKind::Continue => {
                self.leave("continue", node.span);
                Op::Continue
            }
            NodeKind::Render(render) => self.render(render, node.span)?,
            NodeKind::Include(_) => {
                self.report(UnknownTag {
                    name: "include".into(),
                    span: node.span,
                    suggestion: Some("render".into()),
                });
                return None;
            }
            NodeKind::Placeholder(name) => {
                let what = format!("{{% block {} %}}", name.text);
                self.between_tags(&what, node.span);
                if let Some(first_at) = self.flow.placed.insert(name.text.clone(), node.span) {
                    self.report(RepeatedMember { what, again_at: node.span, first_at });
                }
                self.uses.placeholders.insert(name.text.to_string());
                Op::Placeholder { name: name.text.clone(), span: node.span }
            }
            NodeKind::Skip(reason) => {
                let typed = self.filtered(reason);
                let written = spelled_filtered(reason);
                self.is_there(&typed, &written, |reason| format!("{{% skip {reason} %}}"));
                self.flow.dead = true;
                Op::Skip(typed.code)
            }
        })
    }

    // ---- printing

    /// `written`: the value with its filters, as it stands in the template.
    fn print(&mut self, typed: Typed, written: &str, span: Span) -> Option<Print> {
        let place = self.place(&typed.text, span);
        self.leads(&typed, place);
        self.goes(&typed, place);
        let nothing = matches!(typed.kind, Kind::Nil | Kind::Blank | Kind::Empty);
        if !nothing && !typed.kind.is_printable() {
            self.unprintable(&typed);
            return None;
        }
        let fine = nothing || self.is_there(&typed, written, |value| format!("{{{{ {value} }}}}"));
        let show = typed.kind.ty().and_then(Show::of).unwrap_or(Show::Plain);
        Some(Print {
            value: typed.code,
            show,
            place: place?,
            address: typed.encoded || typed.kind == Kind::Data(Type::Url),
            required: fine && !nothing && !typed.kind.is_unknown(),
            written: typed.text.into(),
            span,
        })
    }

    /// Notes what is written into an address. A mail or a call stays with whom it is meant for.
    fn goes(&mut self, typed: &Typed, place: Option<Place>) {
        for captured in &mut self.captured {
            captured.extend(typed.from.iter().cloned());
        }
        let to_somebody = ["mailto:", "tel:", "sms:"].iter().any(|s| self.flow.word.starts_with(s));
        let in_address = match place {
            Some(Place::Address | Place::AddressRest | Place::AddressPath | Place::AddressQuery) => {
                !to_somebody
            }
            // Mail programs make links of addresses in a text, and so does Markdown.
            Some(Place::Plain | Place::Line | Place::Text) => is_address(&self.flow.word),
            _ => false,
        };
        if typed.kind == Kind::Data(Type::Url)
            && matches!(place, Some(Place::Plain | Place::Line | Place::Text))
        {
            // What follows such a value is part of the address.
            self.flow.word.push_str("://");
        }
        if in_address {
            for origin in &typed.from {
                self.uses.linked.entry(origin.clone()).or_insert(typed.span);
            }
        }
    }

    /// Keeps what an address would begin with.
    fn read_word(&mut self, text: &str) {
        match text.rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>')) {
            Some(end) => {
                let next = text[end..].chars().next().map_or(0, char::len_utf8);
                self.flow.word = text[end + next..].to_string();
            }
            None => self.flow.word.push_str(text),
        }
    }

    /// Whether a value is sure to be there; told where it is not. `written` is the value with its filters, `place`
    /// writes it, or more filters, into its tag.
    pub(super) fn is_there(&mut self, typed: &Typed, written: &str, place: impl Fn(&str) -> String) -> bool {
        let Some(missing) = typed.missing.clone().filter(|_| !typed.kind.is_unknown()) else { return true };
        if !self.flow.doubtful {
            let only_where = missing
                .provable
                .then(|| format!("{{% if {} %}}…{}…{{% endif %}}", missing.name, place(written)));
            let path = missing.name.strip_prefix("customer.").unwrap_or(&missing.name);
            let sent_without = missing.provable.then(|| self.scope.sent_without(path)).flatten();
            self.report(MissingFallback {
                sent_without,
                instead: place(&format!("{written} | default: {}", stand_in(typed, &missing.name))),
                name: missing.name,
                printed_at: typed.span,
                because: missing.because,
                only_where,
            });
        }
        false
    }

    fn unprintable(&mut self, typed: &Typed) {
        let name = &typed.text;
        let help = match &typed.kind {
            kind if kind.item().is_some_and(|item| Kind::from(item).is_printable()) => (
                "print its items with something between them".into(),
                format!("{{{{ {name} | join: \", \" }}}}"),
            ),
            Kind::Data(Type::List(_)) => {
                ("print each item".to_string(), format!("{{% for item in {name} %}}…{{% endfor %}}"))
            }
            Kind::Data(Type::Record(record)) => {
                let field = record.fields.first().map_or("name".to_string(), |f| f.name.to_string());
                ("print one of its fields".to_string(), format!("{{{{ {name}.{field} }}}}"))
            }
            _ => ("print what is in it".to_string(), format!("{{{{ {name} }}}}")),
        };
        self.report(TypeMismatch {
            headline: format!("`{name}` is {}, which is not printed as it is", typed.kind.words()),
            labels: vec![(typed.span, "printed here".into())],
            help: Some(help),
        });
    }

    /// The place of something printed here; `None` where it could not be made safe.
    fn place(&mut self, printed: &str, span: Span) -> Option<Place> {
        match self.escape {
            Escape::Text => return Some(Place::Plain),
            Escape::Line => return Some(Place::Line),
            Escape::Html => {}
        }
        let place = self.flow.html.place();
        self.flow.html.printed();
        match place {
            Ok(place) => Some(place),
            Err(why) => {
                let place = match why {
                    Unsafe::Script => unsafe_place::Place::Script,
                    Unsafe::Tag => unsafe_place::Place::Tag,
                    Unsafe::Unquoted => unsafe_place::Place::Unquoted,
                };
                self.report(UnsafePlace { printed: format!("{{{{ {printed} }}}}"), span, place });
                None
            }
        }
    }

    /// Whole pieces of HTML go between tags.
    pub(super) fn between_tags(&mut self, printed: &str, span: Span) {
        if self.escape == Escape::Html && !matches!(self.flow.html, State::Text | State::Comment) {
            self.report(UnsafePlace { printed: printed.into(), span, place: unsafe_place::Place::Tag });
        }
    }

    // ---- branches

    fn branches(
        &mut self,
        arms: &[Arm],
        (otherwise, otherwise_at): (&[Node], Option<Span>),
        span: Span,
    ) -> Op {
        let (before, dead) = (self.flow.doubtful, self.flow.dead);
        let mut ways = Vec::with_capacity(arms.len() + 1);
        let mut compiled = Vec::with_capacity(arms.len());
        let mut decided = Vec::with_capacity(arms.len() + 1);
        for arm in arms {
            let errors = self.errors;
            let condition = self.condition(&arm.condition);
            let asked = self.asked(&arm.condition, &condition.code);
            let condition = if arm.negated { condition.negated() } else { condition };
            self.flow.doubtful |= self.errors > errors;
            let rest = self.flow.with(&condition.fails);
            self.flow = self.flow.with(&condition.holds);
            let (body, inside) = self.within(|this| this.nodes(&arm.body));
            let (at, ends) = (asked.span, self.ends(&self.flow));
            let when = if arm.negated {
                choice::Condition { kind: choice::ConditionKind::Not(Box::new(asked)), span: at }
            } else {
                asked
            };
            decided.push(Way { at, when: Some(when), inside, ends });
            ways.push(std::mem::replace(&mut self.flow, rest));
            compiled.push((condition.code, body));
        }
        let (otherwise, inside) = self.within(|this| this.nodes(otherwise));
        if let Some(at) = otherwise_at {
            decided.push(Way { at, when: None, inside, ends: self.ends(&self.flow) });
        }
        ways.push(self.flow.clone());
        // Where both ways go on, nothing the condition says holds any more.
        let parted = ways.iter().filter(|way| !way.dead).count() > 1;
        self.choose(decided, dead);
        self.meet(ways, span, false);
        self.flow.doubtful &= before || !parted;
        Op::If { arms: compiled, otherwise }
    }

    fn case(&mut self, subject: &Expr, whens: &[When], span: Span) -> Op {
        let subject = self.operand(subject);
        let before = self.flow.clone();
        let mut ways = Vec::with_capacity(whens.len() + 1);
        let mut compiled = Vec::with_capacity(whens.len());
        let mut seen: Vec<Arc<str>> = Vec::new();
        let mut otherwise = false;
        let mut decided = Vec::with_capacity(whens.len());
        for when in whens {
            self.flow = before.clone();
            let mut asked = None;
            let values = match &when.values {
                None => {
                    otherwise = true;
                    None
                }
                Some(values) => {
                    let errors = self.errors;
                    let (codes, present) = self.when(&subject, values, &mut seen);
                    let parts = values.iter().zip(&codes);
                    let parts =
                        parts.map(|(v, code)| self.equal_values(&subject.code, code, v.span)).collect();
                    asked =
                        Some(choice::Condition { kind: choice::ConditionKind::Any(parts), span: when.span });
                    if present {
                        self.flow.proved.extend(subject.key.clone());
                    }
                    self.flow.doubtful |= self.errors > errors;
                    Some(codes)
                }
            };
            let (body, inside) = self.within(|this| this.nodes(&when.body));
            let ends = self.ends(&self.flow);
            decided.push(Way { at: when.span, when: asked, inside, ends });
            ways.push(self.flow.clone());
            compiled.push((values, body));
        }
        // An enum that is always there and whose every value has its part leaves no other way.
        let all = match &subject.kind {
            Kind::Data(Type::Enum(of)) => {
                subject.missing.is_none() && of.values.iter().all(|v| seen.contains(v))
            }
            _ => false,
        };
        let dead = before.dead;
        if !otherwise && !all {
            ways.push(before);
        }
        self.choose(decided, dead);
        self.meet(ways, span, false);
        Op::Case { subject: subject.code, whens: compiled }
    }

    /// The values of a `when`, and whether any of them proves the subject present.
    fn when(&mut self, subject: &Typed, values: &[Expr], seen: &mut Vec<Arc<str>>) -> (Vec<Code>, bool) {
        let mut codes = Vec::with_capacity(values.len());
        let mut present = true;
        for value in values {
            let typed = self.beside(subject, value);
            if matches!(typed.kind, Kind::Nil | Kind::Blank | Kind::Empty) {
                present = false;
                codes.push(typed.code);
                continue;
            }
            if let Some(text) = typed.literal_text() {
                seen.push(text.clone());
            }
            codes.extend(self.comparable(subject.clone(), typed, value.span).map(|t| t.code));
        }
        let present = present && !codes.is_empty();
        (codes, present)
    }

    // ---- variables

    fn assign(&mut self, name: &Name, kind: Kind, missing: Option<Missing>, from: Origins) -> usize {
        let slot = self.variable(&name.text);
        let kind = if matches!(kind, Kind::Blank | Kind::Empty) { Kind::Nil } else { kind };
        let holds = kind.ty().cloned().map(|ty| (ty, missing.is_some()));
        let first = *self.origins.entry(slot).or_insert(name.span);
        self.mention(name.span, Mentioned::Variable { name: name.text.clone(), first }, holds);
        let (unset, assigned_at, conflict) = (false, name.span, None);
        let variable = Variable { slot, kind, missing, from, unset, assigned_at, conflict };
        self.flow.forget(slot);
        self.flow.variables.insert(name.text.clone(), variable);
        slot
    }

    fn capture(&mut self, name: &Name, body: &[Node], span: Span) -> Op {
        let around = std::mem::replace(&mut self.flow.html, State::Text);
        self.captured.push(Origins::new());
        let body = self.nodes(body);
        let from = self.captured.pop().unwrap_or_default();
        self.ends_as_it_began(&State::Text, span);
        self.flow.html = around;
        let kind = if self.escape == Escape::Html { Kind::Markup } else { Kind::TEXT };
        Op::Capture { variable: self.assign(name, kind, None, from), body }
    }

    fn cycle(&mut self, group: Option<&Expr>, values: &[Expr], span: Span) -> Op {
        let words: Vec<String> = values.iter().map(spelled).collect();
        let group = match group {
            Some(group) => Group::Named(self.operand(group).code),
            None => Group::Values(words.join(",").into()),
        };
        let html = self.flow.html.clone();
        let mut prints = Vec::with_capacity(values.len());
        for value in values {
            // Each is printed at the same place.
            self.flow.html = html.clone();
            let typed = self.operand(value);
            prints.extend(self.print(typed, &spelled(value), span));
        }
        Op::Cycle { group, values: prints }
    }
}

/// What may stand in for a value, of its kind, as it is written in a template.
fn stand_in(typed: &Typed, name: &str) -> String {
    const OF_PEOPLE: &[&str] =
        &["name", "first_name", "forename", "given_name", "full_name", "display_name", "nickname"];
    let attribute = name.strip_prefix("customer.").unwrap_or(name);
    match typed.kind.ty() {
        Some(Type::Int | Type::Decimal) => "0".into(),
        Some(Type::Percent) => "0%".into(),
        Some(Type::Money(currency)) => format!("0 {currency}"),
        Some(Type::Date | Type::Timestamp) => "\"soon\"".into(),
        _ if typed.of_time => "\"soon\"".into(),
        _ if OF_PEOPLE.contains(&attribute) => "\"friend\"".into(),
        _ => "\"…\"".into(),
    }
}
