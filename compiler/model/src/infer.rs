//! Gives every expression its type, and tells where one does not fit.

pub(crate) mod ahead;
pub(crate) mod call;
mod coerce;
mod kept;
pub(crate) mod name;
mod narrow;
mod negation;
mod operator;
mod query;
mod remedy;
mod shadow;
mod window;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use persona_diagnostics::catalogue::{
    bad_literal::BadLiteral, misplaced::Misplaced, not_a_condition::NotACondition,
};
use persona_diagnostics::{Problems, Sources, Span};
use persona_syntax::ast;
use persona_template::Kept;
use persona_value::{Currency, Decimal, RecordType, Type, Value};

pub(crate) use coerce::constant;

use self::ahead::Foretold;
use crate::places::Places;
use crate::presence::{Presence, Present};
use crate::{
    Customer, Entity, Event, Expr, ExprKind, Index, Length, Name, Named, Project, Record, Retention,
};

/// What an expression reads: the innermost row is looked at first.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    /// The customer.
    Customer,
    /// An event of the customer, by name.
    Event(Arc<str>),
    /// What started the flow, if that has fields; they are asked for as `event.x`.
    Start(Option<Arc<RecordType>>),
    /// What started the flow, where that is a mistake.
    Unstarted,
    /// An item of a list.
    Item(Arc<RecordType>),
    /// A row of an entity that may be recommended.
    Candidate(Arc<RecordType>),
    /// A row of a source, or a group of them.
    Source {
        /// Whether rows are grouped.
        grouped: bool,
        /// How what is in them is named.
        reads: Reads,
    },
    /// The value a `check` is about.
    It(Type, bool),
}

/// How what a source's row holds is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Columns: `email_address`.
    Columns,
    /// The fields of a form: `email`; `hidden.ref` of those that its page filled in.
    Form,
    /// Properties by their names, which may lie in others: `address.city`.
    Names,
    /// Places in a document: `$.customer.id`.
    Places,
}

/// A trait on its way to a type: traits read each other in any order.
pub(crate) enum Pending {
    /// Not looked at yet.
    Waiting(ast::Expr),
    /// Being worked out: whoever needs it now closes a circle.
    Busy,
    /// Worked out.
    Done(Expr),
}

/// A name with where it is declared.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub name: Arc<str>,
    pub label: Arc<str>,
    pub span: Span,
    /// A lifecycle: whether some customers may be in none of its stages.
    pub optional: bool,
    /// A lifecycle: whether each customer is in exactly one stage, whatever their order.
    pub exclusive: bool,
}

impl Name for Declared {
    fn name(&self) -> &Arc<str> {
        &self.name
    }
}

/// Everything that expressions can name, and where problems go.
pub(crate) struct Checker<'a> {
    pub project: &'a Project,
    pub sources: &'a Sources,
    pub problems: &'a mut Problems,
    pub customer: Customer,
    pub events: Named<Event>,
    pub records: Vec<Record>,
    pub entities: Named<Entity>,
    /// How long events are kept.
    pub retentions: Vec<Retention>,
    pub traits: HashMap<Arc<str>, (Span, Pending)>,
    /// Traits in the order they were worked out: each after those it reads.
    pub order: Vec<Arc<str>>,
    /// Traits being worked out, outermost first.
    pub path: Vec<Arc<str>>,
    /// Whether it was told that values read each other through too many others.
    pub deep: bool,
    /// Models: where each is declared, and what it gives.
    pub models: HashMap<Arc<str>, (Span, Foretold)>,
    /// Models that say nothing of customers they do not know.
    pub without_fallback: BTreeSet<Arc<str>>,
    /// Recommendations: the name of each, and where it is declared.
    pub recommendations: Vec<(Arc<str>, Span)>,
    pub segments: Named<Declared>,
    /// Lifecycles with their stages as an enum.
    pub lifecycles: Vec<(Declared, Type)>,
    /// Innermost last.
    pub rows: Vec<Row>,
    /// What the conditions around the expression at hand prove present.
    pub proved: Present,
    /// Those of which a part could not be read, which was told: what they lack may well be in that part.
    pub broken: Places,
    /// Names that may be declared in what could not be read.
    pub unread: Unread,
    /// Where names are used.
    pub index: Index,
    /// Templates that were checked before, or ahead.
    pub kept: &'a Kept,
}

/// Names that may be declared in what could not be read, which was told: not to find them is no second problem.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    /// The words of every line with a mistake.
    pub words: BTreeSet<String>,
    /// Any name may: a declaration gives none, or a part of the customer could not be read.
    pub all: bool,
}

impl Unread {
    pub fn holds(&self, name: &str) -> bool {
        self.all || self.words.contains(name)
    }
}

impl Checker<'_> {
    /// The type and meaning of an expression over these rows.
    pub fn expression(&mut self, ast: &ast::Expr, rows: &[Row]) -> Expr {
        let outer = self.enter(rows);
        let expr = self.infer(ast);
        self.negations(&expr);
        self.leave(outer);
        self.without_months(expr)
    }

    /// The same for a condition.
    pub fn condition(&mut self, ast: &ast::Expr, rows: &[Row]) -> Expr {
        let outer = self.enter(rows);
        let expr = self.truth(ast);
        self.negations(&expr);
        self.leave(outer);
        self.without_months(expr)
    }

    /// The same for a stage of an exclusive lifecycle. Every customer must be in one, those with no value too: a negation
    /// that takes them in is what was meant, and a stage that lacks them is told as a gap.
    pub fn exclusive_stage(&mut self, ast: &ast::Expr) -> Expr {
        let outer = self.enter(&[Row::Customer]);
        let expr = self.truth(ast);
        self.leave(outer);
        self.without_months(expr)
    }

    /// Months that stand as a value by themselves are told: they are of no fixed length.
    fn without_months(&mut self, expr: Expr) -> Expr {
        let mut found = None;
        expr.walk(&mut |e| {
            if matches!((&e.kind, &e.ty), (ExprKind::Unknown, Type::Duration)) {
                found = Some(e.span);
            }
        });
        match found {
            Some(at) => {
                let written = self.written(at);
                self.bad_literal(&written, at, "months and years differ in length: write it in days or weeks")
            }
            None => expr,
        }
    }

    /// An expression that must be true or false.
    fn truth(&mut self, ast: &ast::Expr) -> Expr {
        let expr = self.infer(ast);
        match &expr.ty {
            Type::Bool | Type::Unknown => expr,
            Type::Raw => self.read(expr, Type::Bool),
            // What makes it a condition may well be in what could not be read.
            _ if self.is_broken(ast.span()) => Expr::unknown(ast.span()),
            ty => {
                let problem = NotACondition {
                    at: ast.span(),
                    written: self.written(ast.span()),
                    is: describe(ty).to_string(),
                    optional: expr.optional,
                };
                self.problems.report(problem);
                Expr::unknown(ast.span())
            }
        }
    }

    /// The program's text, shortened to a line.
    pub(crate) fn written(&self, span: Span) -> String {
        let text = self.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text }
    }

    #[recursive::recursive]
    fn infer(&mut self, ast: &ast::Expr) -> Expr {
        let span = ast.span();
        let plain = |kind, ty| Expr { kind, ty, optional: false, span };
        match ast {
            ast::Expr::Missing(_) => Expr::unknown(span),
            ast::Expr::Name(name) => {
                let value = self.name(name);
                self.narrowed(value)
            }
            ast::Expr::Member(base, field) => {
                let value = self.member(base, field);
                self.narrowed(value)
            }
            ast::Expr::Call { function, args, .. } => self.call(function, args, span),
            ast::Expr::Query(query) => self.stray_query(query),
            ast::Expr::Number(text, _) => self.number(text, span),
            ast::Expr::Percent(text, _) => match text.parse::<Decimal>().and_then(|n| n.div(100.into())) {
                Ok(share) => plain(ExprKind::Literal(Value::Decimal(share)), Type::Percent),
                Err(_) => self.bad_literal(text, span, "it has more than 38 digits"),
            },
            ast::Expr::Money { amount, currency, .. } => self.money(amount, currency, span),
            ast::Expr::Length(length) => match self.length(length) {
                Some(Length::Seconds(s)) => plain(ExprKind::Literal(Value::Int(s)), Type::Duration),
                // Months have no number of seconds: they are understood where they stand beside a date.
                Some(Length::Months(_)) => plain(ExprKind::Unknown, Type::Duration),
                None => Expr::unknown(span),
            },
            ast::Expr::Ago(length, _) => match self.length(length) {
                Some(length) => plain(ExprKind::Ago(length), Type::Timestamp),
                None => Expr::unknown(span),
            },
            ast::Expr::Text(text) => plain(ExprKind::Literal(Value::text(text.value())), Type::Text),
            ast::Expr::Date(text, _) => match text.parse() {
                Ok(date) => plain(ExprKind::Literal(Value::Date(date)), Type::Date),
                Err(_) => self.bad_literal(text, span, "the calendar has no such day"),
            },
            ast::Expr::Time(text, _) => match clock(text) {
                Some(time) => plain(ExprKind::Literal(Value::Time(time)), Type::Time),
                None => self.bad_literal(text, span, "the day has no such time"),
            },
            ast::Expr::Timestamp(text, _) => match self.project.instant(text) {
                Some(instant) => plain(ExprKind::Literal(Value::Instant(instant)), Type::Timestamp),
                None => self.bad_literal(text, span, "there is no such day and time"),
            },
            ast::Expr::Path(text, _) => self.place(text, span),
            ast::Expr::Bool(value, _) => plain(ExprKind::Literal(Value::Bool(*value)), Type::Bool),
            ast::Expr::Now(_) => plain(ExprKind::Now, Type::Timestamp),
            ast::Expr::Today(_) => plain(ExprKind::Today, Type::Date),
            ast::Expr::List(..) => self.misplaced_list(span),
            ast::Expr::Not(inner, _) => {
                let inner = self.truth(inner);
                plain(ExprKind::Not(Box::new(inner)), Type::Bool)
            }
            ast::Expr::Negate(inner, _) => self.negate(inner, span),
            ast::Expr::Binary { op, left, right, op_span } => self.binary(*op, left, right, *op_span),
            ast::Expr::In { value, list, negated, .. } => self.in_list(value, list, *negated, span),
            ast::Expr::InSegment { segment, .. } => match segment {
                Some(name) => self.in_segment(name, span),
                None => Expr::unknown(span),
            },
            ast::Expr::Is { value, present, .. } => {
                let value = self.infer(value);
                if let Type::List(_) = value.ty {
                    return self.always_present(&value);
                }
                // An empty text is as good as none.
                let value = if value.ty == Type::Raw { self.read(value, Type::Text) } else { value };
                let present = *present;
                let is = plain(ExprKind::IsPresent(Box::new(value)), Type::Bool);
                if present { is } else { plain(ExprKind::Not(Box::new(is)), Type::Bool) }
            }
            ast::Expr::Within { value, window, .. } => self.within(value, window, span),
            ast::Expr::If { condition, then, otherwise, .. } => {
                let condition = self.truth(condition);
                let proof = Presence::default().proof(&condition);
                let (then, otherwise) = self.sides_where(then, otherwise, &proof);
                self.choice(condition, then, otherwise, span)
            }
        }
    }

    fn always_present(&mut self, list: &Expr) -> Expr {
        let headline = "a list is never missing: it is empty".to_string();
        let why = "this is a list".to_string();
        let help =
            Some(format!("to ask whether there is anything in it, write `any({})`", self.written(list.span)));
        self.problems.report(Misplaced { headline, at: list.span, why, help });
        Expr::unknown(list.span)
    }

    fn number(&mut self, text: &str, span: Span) -> Expr {
        let literal = match text.contains('.') {
            true => text.parse().ok().map(|d| (Value::Decimal(d), Type::Decimal)),
            false => text.parse().ok().map(|i| (Value::Int(i), Type::Int)),
        };
        match literal {
            Some((value, ty)) => Expr { kind: ExprKind::Literal(value), ty, optional: false, span },
            None => self.bad_literal(text, span, "it is too large"),
        }
    }

    fn money(&mut self, amount: &str, currency: &ast::Name, span: Span) -> Expr {
        match (amount.parse::<Decimal>(), Currency::parse(&currency.text)) {
            (Ok(_), Some(code)) if !crate::project::is_currency(code) => {
                self.bad_literal(&currency.text, currency.span, "there is no such currency")
            }
            (Ok(amount), Some(currency)) => {
                let kind = ExprKind::Literal(Value::Decimal(amount));
                Expr { kind, ty: Type::Money(currency), optional: false, span }
            }
            _ => self.bad_literal(amount, span, "it is too large"),
        }
    }

    /// A length of time that is at least one of its unit and within the calendar.
    pub fn length(&mut self, length: &ast::Length) -> Option<Length> {
        use ast::Unit::*;
        let (seconds, months) = match length.unit {
            Second => (1, 0),
            Minute => (60, 0),
            Hour => (3_600, 0),
            Day => (86_400, 0),
            Week => (7 * 86_400, 0),
            Month => (0, 1),
            Year => (0, 12),
        };
        let written = self.written(length.span);
        if length.count <= 0 {
            self.bad_literal(
                &written,
                length.span,
                "a length of time is a whole number of its unit, at least 1",
            );
            return None;
        }
        // A thousand years, so that no instant ever leaves the calendar.
        let total = length.count.checked_mul(if months > 0 { months } else { seconds });
        match total {
            Some(n) if months > 0 && n <= 12_000 => Some(Length::Months(n)),
            Some(n) if months == 0 && n <= 365_250 * 86_400 => Some(Length::Seconds(n)),
            _ => {
                self.bad_literal(&written, length.span, "that is more than a thousand years");
                None
            }
        }
    }

    pub fn bad_literal(&mut self, written: &str, at: Span, why: &str) -> Expr {
        self.problems.report(BadLiteral { written: written.to_string(), at, why: why.to_string() });
        Expr::unknown(at)
    }

    fn event(&self, name: &str) -> Option<&Event> {
        self.events.get(name)
    }

    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.entities.get(name)
    }
}

/// `09:00` or `9:30`.
pub(crate) fn clock(text: &str) -> Option<jiff::civil::Time> {
    let padded = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_string() };
    padded.parse().ok()
}

/// A type in a reader's words, with its article.
pub(crate) fn describe(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "a condition",
        Type::Int | Type::Decimal => "a number",
        Type::Money(_) => "money",
        Type::Percent => "a percentage",
        Type::Text => "text",
        Type::Email => "an e-mail address",
        Type::Url => "a web address",
        Type::Locale => "a locale",
        Type::Date => "a date",
        Type::Timestamp => "a point in time",
        Type::Time => "a time of day",
        Type::Duration => "a length of time",
        Type::Timezone => "a time zone",
        Type::Enum(_) => "one of a list of names",
        Type::Record(_) => "a record",
        Type::List(_) => "a list",
        Type::Entity(_) => "a reference",
        Type::Raw => "a column",
        Type::Unknown => "unknown",
    }
}
