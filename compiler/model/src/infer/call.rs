//! Functions.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{misplaced::Misplaced, type_mismatch::TypeMismatch};
use persona_syntax::ast::{self, Name};
use persona_value::{Currency, Type};

use super::{Checker, Row, describe, operator::midnight};
use crate::{Expr, ExprKind, Function, Summary};

/// Every function with how it is written.
const FUNCTIONS: &[(&str, &str)] = &[
    ("lower", "lower(text)"),
    ("upper", "upper(text)"),
    ("trim", "trim(text)"),
    ("length", "length(text)"),
    ("concat", "concat(text, text)"),
    ("contains", "contains(text, \"part\")"),
    ("starts_with", "starts_with(text, \"part\")"),
    ("ends_with", "ends_with(text, \"part\")"),
    ("round", "round(number, 2)"),
    ("floor", "floor(number)"),
    ("ceil", "ceil(number)"),
    ("abs", "abs(number)"),
    ("year", "year(date)"),
    ("month", "month(date)"),
    ("day", "day(date)"),
    ("weekday", "weekday(date)"),
    ("hour", "hour(timestamp)"),
    ("days_between", "days_between(later, earlier)"),
    ("hashed", "hashed(text)"),
    ("masked", "masked(text)"),
    ("local", "local(column, \"Europe/London\")"),
    ("money", "money(column, GBP)"),
];

/// Every summary of events or of a list's items.
const SUMMARIES: &[(&str, Summary)] = &[
    ("count", Summary::Count),
    ("any", Summary::Any),
    ("none", Summary::None),
    ("sum", Summary::Sum),
    ("avg", Summary::Avg),
    ("min", Summary::Min),
    ("max", Summary::Max),
    ("first", Summary::First),
    ("last", Summary::Last),
    ("most_frequent", Summary::MostFrequent),
    ("distinct", Summary::Distinct),
    ("list", Summary::List),
    ("rfm", Summary::Rfm),
];

fn summary(name: &str) -> Option<Summary> {
    SUMMARIES.iter().find(|(word, _)| *word == name).map(|(_, summary)| *summary)
}

/// Every summary and every function by its name, and how it is written.
pub fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    let summaries = SUMMARIES.iter().map(|(name, summary)| (*name, super::query::form(*summary)));
    summaries.chain(FUNCTIONS.iter().copied())
}

/// Whether a function of this name summarises events or the items of a list.
pub fn summarises(function: &str) -> bool {
    summary(function).is_some()
}

impl Checker<'_> {
    pub(super) fn call(&mut self, function: &Name, args: &[ast::Expr], span: Span) -> Expr {
        let in_source = self.rows.iter().find_map(|r| match r {
            Row::Source { grouped, .. } => Some(*grouped),
            _ => None,
        });
        if summary(&function.text).is_some() && in_source.is_none() && !self.knows_customer() {
            return self.no_customer("what customers did", span);
        }
        match (summary(&function.text), in_source) {
            (Some(summary), Some(grouped)) => return self.group(summary, grouped, function, args, span),
            (Some(summary), None) => return self.summary(summary, function, args, span),
            _ => {}
        }
        let Some((_, form)) = FUNCTIONS.iter().find(|(name, _)| *name == function.text) else {
            let candidates = FUNCTIONS.iter().map(|(name, _)| (name.to_string(), None));
            let summaries =
                ["count", "any", "none", "sum", "avg", "min", "max", "first", "last", "most_frequent"];
            let candidates = candidates.chain(summaries.map(|s| (s.to_string(), None))).collect();
            self.unknown_name("function", function, candidates);
            return Expr::unknown(span);
        };
        match function.text.as_str() {
            "local" => return self.local(function, args, span),
            "money" => return self.as_money(function, args, span),
            _ => {}
        }
        let (least, most) = match function.text.as_str() {
            "concat" => (2, 20),
            "contains" | "starts_with" | "ends_with" | "days_between" => (2, 2),
            "round" => (1, 2),
            _ => (1, 1),
        };
        if !(least..=most).contains(&args.len()) {
            let takes = if least == most { least.to_string() } else { format!("{least} to {most}") };
            let plural = if most == 1 { "" } else { "s" };
            let why = format!("it takes {takes} argument{plural}, not {}", args.len());
            return self.wrong_arguments(function, span, &why, form);
        }
        let values: Vec<Expr> = args.iter().map(|a| self.infer(a)).collect();
        if values.iter().any(Expr::is_unknown) {
            return Expr::unknown(span);
        }
        self.plain(function, values, span)
    }

    /// A function whose arguments are plain values.
    fn plain(&mut self, function: &Name, mut args: Vec<Expr>, span: Span) -> Expr {
        use Function::*;
        let name = function.text.as_str();
        let done = |f, args: Vec<Expr>, ty, never_missing: bool| {
            let optional = !never_missing && args.iter().any(|a: &Expr| a.optional);
            Expr { kind: ExprKind::Call(f, args), ty, optional, span }
        };
        match name {
            "lower" | "upper" | "trim" | "length" | "concat" | "contains" | "starts_with" | "ends_with"
            | "hashed" | "masked" => {
                let Some(args) = self.each(function, args, Type::Text, "text", |ty| ty.is_text()) else {
                    return Expr::unknown(span);
                };
                match name {
                    "lower" => done(Lower, args, Type::Text, false),
                    "upper" => done(Upper, args, Type::Text, false),
                    "trim" => done(Trim, args, Type::Text, false),
                    "length" => done(Length, args, Type::Int, false),
                    "concat" => done(Concat, args, Type::Text, false),
                    "contains" => done(Contains, args, Type::Bool, true),
                    "starts_with" => done(StartsWith, args, Type::Bool, true),
                    "ends_with" => done(EndsWith, args, Type::Bool, true),
                    "hashed" => done(Hashed, args, Type::Text, false),
                    _ => done(Masked, args, Type::Text, false),
                }
            }
            "round" | "floor" | "ceil" | "abs" => {
                let places = match args.get(1).map(|p| &p.kind) {
                    None => Some(0),
                    Some(ExprKind::Literal(persona_value::Value::Int(p @ 0..=9))) => Some(*p as u32),
                    Some(_) => None,
                };
                let Some(places) = places else {
                    let at = args[1].span;
                    let why = "the number of places is a number from 0 to 9, written out";
                    return self.wrong_arguments(function, at, why, "round(average_order, 2)");
                };
                args.truncate(1);
                let number =
                    |ty: &Type| matches!(ty, Type::Int | Type::Decimal | Type::Money(_) | Type::Percent);
                let Some(args) = self.each(function, args, Type::Decimal, "a number", number) else {
                    return Expr::unknown(span);
                };
                let ty = args[0].ty.clone();
                match name {
                    "round" => done(Round(places), args, ty, false),
                    "floor" => done(Floor, args, ty, false),
                    "ceil" => done(Ceil, args, ty, false),
                    _ => done(Abs, args, ty, false),
                }
            }
            "hour" => {
                let moment = |ty: &Type| *ty == Type::Timestamp;
                let Some(args) = self.each(function, args, Type::Timestamp, "a point in time", moment) else {
                    return Expr::unknown(span);
                };
                done(Hour, args, Type::Int, false)
            }
            _ => {
                let day = |ty: &Type| matches!(ty, Type::Date | Type::Timestamp);
                let Some(args) = self.each(function, args, Type::Date, "a date", day) else {
                    return Expr::unknown(span);
                };
                match name {
                    "year" => done(Year, args, Type::Int, false),
                    "month" => done(Month, args, Type::Int, false),
                    "day" => done(Day, args, Type::Int, false),
                    "weekday" => done(Weekday, args, Type::Int, false),
                    _ => done(DaysBetween, args, Type::Int, false),
                }
            }
        }
    }

    /// Arguments that are all of a kind; columns are read as `ty`.
    fn each(
        &mut self,
        function: &Name,
        args: Vec<Expr>,
        ty: Type,
        needs: &str,
        fits: impl Fn(&Type) -> bool,
    ) -> Option<Vec<Expr>> {
        let mut good = Vec::new();
        for arg in args {
            let arg = if arg.ty == Type::Raw { self.read(arg, ty.clone()) } else { arg };
            if !fits(&arg.ty) {
                let headline = format!("`{}` needs {needs}, not {}", function.text, describe(&arg.ty));
                let labels = vec![(arg.span, format!("this is {}", describe(&arg.ty)))];
                self.problems.report(TypeMismatch { headline, labels, help: None });
                return None;
            }
            good.push(arg);
        }
        Some(good)
    }

    /// `local(column, "Europe/London")`: a wall clock as an instant.
    fn local(&mut self, function: &Name, args: &[ast::Expr], span: Span) -> Expr {
        let form = "local(invoice_date, \"Europe/London\")";
        let [column, ast::Expr::Text(zone)] = args else {
            return self.wrong_arguments(function, span, "it takes a column and a time zone in quotes", form);
        };
        let name = zone.value();
        if jiff::tz::TimeZone::get(&name).is_err() {
            return self.bad_literal(&name, zone.span, "there is no such time zone");
        }
        let raw = self.infer(column);
        self.at_zone(raw, &name, span)
    }

    fn at_zone(&mut self, raw: Expr, zone: &str, span: Span) -> Expr {
        match (raw.ty.clone(), raw.kind) {
            (Type::Unknown, _) => Expr::unknown(span),
            // `local(min(column), …)`: the zone belongs to what is summarised.
            (Type::Raw, ExprKind::Group(summary, Some(inner))) => {
                let inner = self.at_zone(*inner, zone, span);
                let kind = ExprKind::Group(summary, Some(Box::new(inner)));
                Expr { kind, ty: Type::Timestamp, optional: true, span }
            }
            (Type::Raw, ExprKind::Coalesce(a, b)) => {
                let (a, b) = (self.at_zone(*a, zone, span), self.at_zone(*b, zone, span));
                self.coalesce(a, b, span)
            }
            (Type::Raw, ExprKind::If(condition, a, b)) => {
                let (a, b) = (self.at_zone(*a, zone, span), self.at_zone(*b, zone, span));
                self.choice(*condition, a, b, span)
            }
            (Type::Raw, kind) => {
                let raw = Box::new(Expr { kind, ty: Type::Raw, optional: true, span: raw.span });
                let kind = ExprKind::Read { raw, zone: Some(zone.into()) };
                Expr { kind, ty: Type::Timestamp, optional: true, span }
            }
            (Type::Date, kind) => {
                midnight(Expr { kind, ty: Type::Date, optional: raw.optional, span: raw.span })
            }
            (ty, _) => {
                let headline = format!("`local` reads a column of a source, not {}", describe(&ty));
                let labels = vec![(raw.span, format!("this is {}", describe(&ty)))];
                self.problems.report(TypeMismatch { headline, labels, help: None });
                Expr::unknown(span)
            }
        }
    }

    /// `money(column, GBP)`: a number as money.
    fn as_money(&mut self, function: &Name, args: &[ast::Expr], span: Span) -> Expr {
        let form = "money(unit_price, GBP)";
        let [amount, ast::Expr::Name(code)] = args else {
            return self.wrong_arguments(function, span, "it takes an amount and a currency", form);
        };
        let Some(currency) = Currency::parse(&code.text).filter(|c| crate::project::is_currency(*c)) else {
            return self.bad_literal(
                &code.text,
                code.span,
                "a currency is three capital letters, such as `GBP`",
            );
        };
        let amount = self.infer(amount);
        let ty = Type::Money(currency);
        match amount.ty {
            Type::Unknown => Expr::unknown(span),
            Type::Raw => self.assign(amount, &ty, "money", None),
            Type::Int | Type::Decimal => self.assign(amount, &ty, "money", None),
            other => {
                let headline = format!("`money` needs a number, not {}", describe(&other));
                let labels = vec![(amount.span, format!("this is {}", describe(&other)))];
                self.problems.report(TypeMismatch { headline, labels, help: None });
                Expr::unknown(span)
            }
        }
    }

    /// A summary of the rows of a source's group.
    fn group(
        &mut self,
        summary: Summary,
        grouped: bool,
        function: &Name,
        args: &[ast::Expr],
        span: Span,
    ) -> Expr {
        if !grouped {
            let headline =
                format!("`{}` summarises a group of rows, and this source has none", function.text);
            let why = "each row stands for itself here".to_string();
            let help = Some("add `group by` and a column to the source".to_string());
            self.problems.report(Misplaced { headline, at: span, why, help });
            return Expr::unknown(span);
        }
        let form = "sum(quantity * unit_price)";
        let done = |value: Option<Expr>, ty, optional| Expr {
            kind: ExprKind::Group(summary, value.map(Box::new)),
            ty,
            optional,
            span,
        };
        match (summary, args) {
            (Summary::Count, []) => done(None, Type::Int, false),
            (Summary::Sum | Summary::Avg | Summary::Min | Summary::Max | Summary::Distinct, [arg]) => {
                let value = match arg {
                    // `min(column)` of a plain query argument.
                    ast::Expr::Query(query) => return self.stray_query(query),
                    other => self.infer(other),
                };
                match (summary, value.ty.clone()) {
                    (_, Type::Unknown) => Expr::unknown(span),
                    (Summary::Sum | Summary::Avg, Type::Raw) => {
                        let value = self.read(value, Type::Decimal);
                        done(Some(value), Type::Decimal, summary == Summary::Avg)
                    }
                    (Summary::Sum | Summary::Avg, ty) if ty.is_number() => {
                        done(Some(value), ty, summary == Summary::Avg)
                    }
                    (Summary::Distinct, ty) => {
                        let value = if ty == Type::Raw { self.read(value, Type::Text) } else { value };
                        done(Some(value), Type::Int, false)
                    }
                    (Summary::Min | Summary::Max, ty) => done(Some(value), ty, true),
                    (_, ty) => {
                        let headline = format!("`{}` needs numbers, not {}", function.text, describe(&ty));
                        let labels = vec![(value.span, format!("this is {}", describe(&ty)))];
                        self.problems.report(TypeMismatch { headline, labels, help: None });
                        Expr::unknown(span)
                    }
                }
            }
            _ => {
                let why = "of a group of rows, `count()`, `sum`, `avg`, `min`, `max` or `distinct` of a column can be asked";
                self.wrong_arguments(function, span, why, form)
            }
        }
    }
}
