//! Event queries and summaries of lists.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{
    misplaced::Misplaced, type_mismatch::TypeMismatch, wrong_arguments::WrongArguments,
};
use persona_syntax::ast::{self, Name};
use persona_value::{Field, RecordType, Type};

use super::{Checker, Row, describe};
use crate::{Expr, ExprKind, ItemSource, Items, Query, Sequence, Subject, Summary, Symbol};

/// What stands before `where` in a query.
enum Root {
    Event(Arc<str>),
    List(ItemSource, Type),
}

impl Checker<'_> {
    /// A summary such as `count(…)` with its arguments.
    pub(super) fn summary(
        &mut self,
        summary: Summary,
        function: &Name,
        args: &[ast::Expr],
        span: Span,
    ) -> Expr {
        let Some((first, rest)) = args.split_first() else {
            return self.wrong_arguments(function, span, "it needs an event or a list", form(summary));
        };
        let bare;
        let query = match first {
            ast::Expr::Query(query) => query,
            ast::Expr::Missing(_) => return Expr::unknown(span),
            other => {
                let (subject, span) = (other.clone(), other.span());
                bare = ast::Query { span, subject, filter: None, sequence: None, less: None, window: None };
                &bare
            }
        };
        let mut path = Vec::new();
        if !flatten(&query.subject, &mut path) {
            let why = "it summarises events or the items of a list, and this is neither";
            return self.wrong_arguments(function, query.subject.span(), why, form(summary));
        }
        let Some((head, fields)) = path.split_first() else { return Expr::unknown(span) };
        match self.root(head) {
            Some(Root::Event(event)) => {
                if let [extra, ..] = rest {
                    let why = "of an event it takes one argument";
                    return self.wrong_arguments(function, extra.span(), why, form(summary));
                }
                self.event_query(summary, function, event, fields, query, span)
            }
            Some(Root::List(of, item)) => self.items(summary, function, of, item, fields, query, rest, span),
            None => Expr::unknown(span),
        }
    }

    /// An event, or a list of the row at hand or of the customer.
    fn root(&mut self, head: &Name) -> Option<Root> {
        for row in self.rows.clone().iter().rev() {
            if let Row::Event(event) = row
                && let Some((Type::List(item), _)) = self.event(event).and_then(|e| e.field(&head.text))
            {
                let of = ItemSource::EventField { event: event.clone(), field: head.text.as_str().into() };
                self.refer_field(event, head);
                return Some(Root::List(of, *item));
            }
        }
        if let Some(event) = self.event(&head.text).map(|e| e.name.clone()) {
            self.refer(head, Symbol::Event);
            return Some(Root::Event(event));
        }
        if self.traits.contains_key(head.text.as_str()) {
            let name: Arc<str> = head.text.as_str().into();
            self.refer(head, Symbol::Trait);
            return match self.trait_type(&name).0 {
                Type::List(item) => Some(Root::List(ItemSource::Trait(name), *item)),
                Type::Unknown => None,
                ty => {
                    let headline = format!("`{name}` is neither an event nor a list");
                    let why = format!("this is {}", describe(&ty));
                    self.problems.report(Misplaced { headline, at: head.span, why, help: None });
                    None
                }
            };
        }
        let candidates = self.events.iter().map(|e| (e.name.to_string(), e.span)).collect();
        self.unknown_name("event or list", head, candidates);
        None
    }

    fn event_query(
        &mut self,
        summary: Summary,
        function: &Name,
        event: Arc<str>,
        fields: &[Name],
        ast: &ast::Query,
        span: Span,
    ) -> Expr {
        let rows = [Row::Customer, Row::Event(event.clone())];
        let Some(subject) = self.subject(&event, fields) else { return Expr::unknown(span) };
        let mut filter = ast.filter.as_ref().map(|f| self.condition(f, &rows));
        let sequence = match &ast.sequence {
            Some(sequence) => match self.sequence(sequence) {
                Some(sequence) => Some(sequence),
                None => return Expr::unknown(span),
            },
            None => None,
        };
        let less = match &ast.less {
            Some(less) => match self.less(less, &event) {
                Some(less) => Some(less),
                None => return Expr::unknown(span),
            },
            None => None,
        };
        let window = match &ast.window {
            Some(window) => {
                let outer = std::mem::replace(&mut self.rows, vec![Row::Customer]);
                let window = self.window(window);
                self.rows = outer;
                if window.is_none() {
                    return Expr::unknown(span);
                }
                window
            }
            None => None,
        };
        if filter.as_ref().is_some_and(Expr::is_unknown) {
            return Expr::unknown(span);
        }
        if sequence.is_some() && !matches!(summary, Summary::Count | Summary::Any | Summary::None) {
            let why = "a sequence of two events stands inside `count`, `any` or `none`";
            return self.wrong_arguments(
                function,
                ast.span,
                why,
                "any(cart_add then purchase within 1 hour)",
            );
        }
        if less.is_some() && summary != Summary::List {
            let why = "`less` stands inside `list`";
            return self.wrong_arguments(function, ast.span, why, form(Summary::List));
        }
        let Some((ty, optional)) = self.summary_type(summary, function, &event, &subject, ast.subject.span())
        else {
            return Expr::unknown(span);
        };
        // `count(purchase.total)`: those that have one.
        let mut subject = subject;
        if matches!(summary, Summary::Count | Summary::Any | Summary::None)
            && let Subject::Value(value) = subject
        {
            let condition = |kind| Expr { kind, ty: Type::Bool, optional: false, span: value.span };
            let present = condition(ExprKind::IsPresent(Box::new(value.clone())));
            filter = Some(match filter {
                Some(filter) => condition(ExprKind::And(Box::new(filter), Box::new(present))),
                None => present,
            });
            subject = Subject::Event;
        }
        let query = Query { summary, event, subject, filter, sequence, less, window, field: None };
        self.kept_long_enough(&query, span);
        Expr { kind: ExprKind::Query(Box::new(query)), ty, optional, span }
    }

    /// `.FIELD…` after an event's name.
    fn subject(&mut self, event: &Arc<str>, fields: &[Name]) -> Option<Subject> {
        let Some((first, rest)) = fields.split_first() else { return Some(Subject::Event) };
        let outer = std::mem::replace(&mut self.rows, vec![Row::Event(event.clone())]);
        let start = self.event(event).and_then(|e| e.field(&first.text));
        let subject = match start {
            None => {
                let declared = self.event(event).map(|e| e.fields.clone()).unwrap_or_default();
                let fields = declared.iter().map(|f| (f.name.to_string(), f.span));
                let built_in = crate::EVENT_FIELDS.iter().map(|(n, _)| (n.to_string(), None));
                let candidates = fields.chain(built_in).collect();
                self.unknown_name(&format!("field of `{event}`"), first, candidates);
                None
            }
            Some((Type::List(item), _)) => match (&*item, rest.split_first()) {
                (Type::Record(record), Some((field, deeper))) => {
                    self.refer_field(event, first);
                    self.rows = vec![Row::Item(record.clone())];
                    let value = self.name(field);
                    let value = self.deeper(value, deeper);
                    (!value.is_unknown()).then(|| Subject::Items(first.text.as_str().into(), value))
                }
                (_, _) => {
                    let headline = format!("`{event}.{}` is a list", first.text);
                    let why = "say which field of its items is meant".to_string();
                    let help = Some(format!("write `{event}.{}.FIELD`", first.text));
                    self.problems.report(Misplaced { headline, at: first.span, why, help });
                    None
                }
            },
            Some(_) => {
                let value = self.name(first);
                let value = self.deeper(value, rest);
                (!value.is_unknown()).then_some(Subject::Value(value))
            }
        };
        self.rows = outer;
        subject
    }

    fn deeper(&mut self, mut value: Expr, fields: &[Name]) -> Expr {
        for field in fields {
            let span = value.span.to(field.span);
            value = self.field_of(value, field, span);
        }
        value
    }

    fn sequence(&mut self, ast: &ast::Sequence) -> Option<Sequence> {
        let event = self.event_name(ast.event.as_ref()?)?;
        let rows = [Row::Customer, Row::Event(event.clone())];
        let filter = ast.filter.as_ref().map(|f| self.condition(f, &rows));
        let within = self.length(&ast.within?)?;
        if let crate::Length::Months(_) = within {
            let at = ast.within.map(|l| l.span)?;
            let headline = "steps follow each other within an exact time".to_string();
            let why = "months and years differ in length".to_string();
            let help = Some("write it in days or weeks".to_string());
            self.problems.report(Misplaced { headline, at, why, help });
            return None;
        }
        if filter.as_ref().is_some_and(Expr::is_unknown) {
            return None;
        }
        Some(Sequence { then: ast.then, event, filter, within })
    }

    /// `less cart_remove by sku`: both events have the field.
    fn less(&mut self, ast: &ast::Less, event: &Arc<str>) -> Option<(Arc<str>, Arc<str>)> {
        let other = self.event_name(ast.event.as_ref()?)?;
        let by = ast.by.as_ref()?;
        for event in [event, &other] {
            if self.event(event).is_some_and(|e| e.field(&by.text).is_none()) {
                let fields = self.event(event).map(|e| e.fields.clone()).unwrap_or_default();
                let candidates = fields.iter().map(|f| (f.name.to_string(), f.span)).collect();
                self.unknown_name(&format!("field of `{event}`"), by, candidates);
                return None;
            }
            self.refer_field(event, by);
        }
        Some((other, by.text.as_str().into()))
    }

    fn summary_type(
        &mut self,
        summary: Summary,
        function: &Name,
        event: &Arc<str>,
        subject: &Subject,
        at: Span,
    ) -> Option<(Type, bool)> {
        let value = match subject {
            Subject::Event => None,
            Subject::Value(value) | Subject::Items(_, value) => Some(value.ty.clone()),
        };
        match (summary, value) {
            (Summary::Count, _) => Some((Type::Int, false)),
            (Summary::Any | Summary::None, _) => Some((Type::Bool, false)),
            (Summary::First | Summary::Last, None) => {
                let mut record = self.event(event)?.record();
                record.fields.retain(|f| !matches!(f.ty, Type::List(_)));
                Some((Type::Record(Arc::new(record)), true))
            }
            (Summary::List, None) => {
                let record = self.event(event)?.record();
                let fields = record.fields.into_iter().filter(|f| !matches!(f.ty, Type::List(_))).collect();
                let record = RecordType { name: event.clone(), fields };
                Some((Type::List(Box::new(Type::Record(Arc::new(record)))), false))
            }
            (_, None) => {
                self.wrong_arguments(
                    function,
                    at,
                    &format!("say which field of `{event}` is meant"),
                    form(summary),
                );
                None
            }
            (Summary::First | Summary::Last | Summary::List | Summary::Rfm, Some(_))
                if matches!(subject, Subject::Items(..)) =>
            {
                self.wrong_arguments(function, at, "it takes a field of the event itself", form(summary));
                None
            }
            (_, Some(ty)) => self.of_values(summary, function, ty, at),
        }
    }

    /// The type of a summary of values of a type.
    fn of_values(&mut self, summary: Summary, function: &Name, ty: Type, at: Span) -> Option<(Type, bool)> {
        let number = matches!(ty, Type::Int | Type::Decimal | Type::Money(_) | Type::Percent);
        let scalar = !matches!(ty, Type::Record(_) | Type::List(_));
        let needs = |this: &mut Self, what: &str| {
            let headline = format!("`{}` needs {what}, not {}", function.text, describe(&ty));
            let labels = vec![(at, format!("this is {}", describe(&ty)))];
            this.problems.report(TypeMismatch { headline, labels, help: None });
            None
        };
        match summary {
            Summary::Count | Summary::Distinct if scalar => Some((Type::Int, false)),
            Summary::Sum if number || ty == Type::Duration => Some((ty, false)),
            Summary::Avg if ty == Type::Int => Some((Type::Decimal, true)),
            Summary::Avg if number => Some((ty, true)),
            Summary::Sum | Summary::Avg => needs(self, "numbers or money"),
            Summary::Min | Summary::Max if matches!(&ty, Type::Enum(values) if !values.ordered) => {
                needs(self, "values that have an order")
            }
            Summary::Min | Summary::Max if scalar && !matches!(ty, Type::Bool | Type::Entity(_)) => {
                Some((ty, true))
            }
            Summary::First | Summary::Last | Summary::MostFrequent if scalar => Some((ty, true)),
            Summary::List if scalar => Some((Type::List(Box::new(ty)), false)),
            Summary::Rfm if number => {
                let score = |name: &str| Field { name: name.into(), ty: Type::Int, optional: true };
                let fields = vec![score("recency"), score("frequency"), score("monetary")];
                Some((Type::Record(Arc::new(RecordType { name: "rfm".into(), fields })), true))
            }
            Summary::Rfm => needs(self, "money or a number"),
            _ => needs(self, "values that can be compared"),
        }
    }

    /// A summary of a list's items: `sum(cart, it.quantity * it.price)`, `any(lines where …)`, `count(cart)`.
    #[allow(clippy::too_many_arguments)] // the parts of one form
    fn items(
        &mut self,
        summary: Summary,
        function: &Name,
        of: ItemSource,
        item: Type,
        fields: &[Name],
        ast: &ast::Query,
        rest: &[ast::Expr],
        span: Span,
    ) -> Expr {
        let counted = matches!(summary, Summary::Count | Summary::Any | Summary::None);
        let bare =
            ast.filter.is_none() && ast.sequence.is_none() && ast.less.is_none() && ast.window.is_none();
        if let (ItemSource::Trait(_), true, true) =
            (&of, counted && bare, fields.is_empty() && rest.is_empty())
            && !matches!(item, Type::Record(_))
        {
            let ty = if summary == Summary::Count { Type::Int } else { Type::Bool };
            let kind = ExprKind::Items(Box::new(Items { summary, of, filter: None, value: None }));
            return Expr { kind, ty, optional: false, span };
        }
        let Type::Record(record) = item else {
            let why = "it summarises lists of records";
            return self.wrong_arguments(function, ast.subject.span(), why, form(summary));
        };
        if ast.sequence.is_some() || ast.less.is_some() || ast.window.is_some() {
            let why = "a list's items have no order in time of their own; choose them with `where`";
            return self.wrong_arguments(function, ast.span, why, form(summary));
        }
        let rows = [Row::Customer, Row::Item(record.clone())];
        let filter = ast.filter.as_ref().map(|f| self.condition(f, &rows));
        let value = match (fields.split_first(), rest) {
            (None, []) => None,
            (None, [value]) => Some(self.expression(value, &rows)),
            (Some((field, deeper)), []) => {
                let outer = std::mem::replace(&mut self.rows, vec![Row::Item(record)]);
                let value = self.name(field);
                let value = self.deeper(value, deeper);
                self.rows = outer;
                Some(value)
            }
            _ => {
                let at = rest.last().map_or(span, ast::Expr::span);
                return self.wrong_arguments(function, at, "it takes a list and one value", form(summary));
            }
        };
        if filter.as_ref().is_some_and(Expr::is_unknown) || value.as_ref().is_some_and(Expr::is_unknown) {
            return Expr::unknown(span);
        }
        let typed = match (summary, &value) {
            (Summary::Count, None) => Some((Type::Int, false)),
            (Summary::Any | Summary::None, None) => Some((Type::Bool, false)),
            (Summary::Sum | Summary::Avg | Summary::Min | Summary::Max | Summary::Distinct, Some(value)) => {
                self.of_values(summary, function, value.ty.clone(), value.span)
            }
            _ => {
                let why = "of a list's items this cannot be asked";
                return self.wrong_arguments(function, span, why, "sum(cart, it.quantity * it.price)");
            }
        };
        let Some((ty, optional)) = typed else { return Expr::unknown(span) };
        let items = Items { summary, of, filter, value };
        Expr { kind: ExprKind::Items(Box::new(items)), ty, optional, span }
    }

    /// A query that is no argument.
    pub(super) fn stray_query(&mut self, query: &ast::Query) -> Expr {
        let headline = "an event query stands inside a summary such as `count`".to_string();
        let why = "not a value by itself".to_string();
        let help = Some(format!("write `any({})`", self.written(query.span)));
        self.problems.report(Misplaced { headline, at: query.span, why, help });
        Expr::unknown(query.span)
    }

    pub(super) fn wrong_arguments(&mut self, function: &Name, at: Span, why: &str, form: &str) -> Expr {
        if self.is_broken(at) {
            return Expr::unknown(at);
        }
        self.problems.report(WrongArguments {
            function: function.text.clone(),
            at,
            why: why.to_string(),
            form: form.to_string(),
        });
        Expr::unknown(at)
    }
}

/// `a.b.c` as names; false if it is anything else.
fn flatten(expr: &ast::Expr, path: &mut Vec<Name>) -> bool {
    match expr {
        ast::Expr::Name(name) => {
            path.push(name.clone());
            true
        }
        ast::Expr::Member(base, field) => {
            let fits = flatten(base, path);
            path.push(field.clone());
            fits
        }
        _ => false,
    }
}

/// How a summary is written.
pub(super) fn form(summary: Summary) -> &'static str {
    match summary {
        Summary::Count => "count(purchase in last 30 days)",
        Summary::Any => "any(purchase in last 30 days)",
        Summary::None => "none(purchase in last 30 days)",
        Summary::Sum => "sum(purchase.total in last 30 days)",
        Summary::Avg => "avg(purchase.total in last 365 days)",
        Summary::Min => "min(purchase.total)",
        Summary::Max => "max(purchase.total)",
        Summary::First => "first(purchase).at",
        Summary::Last => "last(purchase).at",
        Summary::MostFrequent => "most_frequent(product_view.category in last 90 days)",
        Summary::Distinct => "distinct(product_view.sku in last 90 days)",
        Summary::List => "list(cart_add less cart_remove by sku since last(purchase).at)",
        Summary::Rfm => "rfm(purchase.total in last 365 days)",
    }
}
