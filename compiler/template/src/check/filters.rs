//! Filters applied to values of types they take.

use std::sync::Arc;

use persona_diagnostics::catalogue::missing_currency::MissingCurrency;
use persona_diagnostics::catalogue::raw_data::RawData;
use persona_diagnostics::catalogue::type_mismatch::TypeMismatch;
use persona_diagnostics::catalogue::unknown_name::UnknownName;
use persona_diagnostics::catalogue::wrong_arguments::WrongArguments;
use persona_diagnostics::{Span, suggest};
use persona_value::{Type, Value};

use super::Checker;
use super::flow::{Missing, common};
use super::value::Typed;
use crate::cell::Cell;
use crate::code::{Call, Code, Else};
use crate::data::Escape;
use crate::filter::{FILTERS, Filter, Gift, Given, Refusal, Want, date_fault, find, written_date};
use crate::kind::{Kind, Unit};
use crate::scope::Mentioned;
use crate::show::Show;
use crate::tree::*;

impl Checker<'_> {
    /// A value and the filters it goes through.
    pub(super) fn filtered(&mut self, filtered: &Filtered) -> Typed {
        let mut typed = self.operand(&filtered.input);
        for call in &filtered.filters {
            typed = self.apply(typed, call);
        }
        typed.span = filtered.span;
        typed
    }

    fn apply(&mut self, input: Typed, call: &FilterCall) -> Typed {
        if &*call.name.text == "default" {
            return self.fallback(input, call);
        }
        if &*call.name.text == "t" {
            return self.translated(input, call);
        }
        let Some(filter) = find(&call.name.text) else {
            let names = FILTERS.iter().map(|f| f.name).chain(["default", "t"]);
            self.report(UnknownName {
                what: "filter".into(),
                name: call.name.text.to_string(),
                at: call.name.span,
                nearest: suggest(&call.name.text, names).map(|n| (n.to_string(), None)),
                available: Vec::new(),
            });
            return Typed::unknown(input.span, input.text);
        };
        let arguments: Vec<Typed> = call.arguments.iter().map(|a| self.operand(&a.value)).collect();
        let unknown = Typed { key: None, ..Typed::unknown(input.span, input.text.clone()) };
        if !self.takes(filter, call)
            || input.kind.is_unknown()
            || arguments.iter().any(|a| a.kind.is_unknown())
        {
            return unknown;
        }
        match self.called(filter, input, arguments, call) {
            Some(typed) => typed,
            None => unknown,
        }
    }

    /// Whether a filter takes so many arguments, none of them named.
    fn takes(&mut self, filter: &Filter, call: &FilterCall) -> bool {
        let count = call.arguments.len();
        let named = call.arguments.iter().find_map(|a| a.name.as_ref());
        let why = match (named, filter.required, filter.takes.len()) {
            (Some(name), _, _) => format!("it has no argument called `{}`", name.text),
            (None, least, most) if (least..=most).contains(&count) => return true,
            (None, 0, 0) => "it takes no argument".to_string(),
            (None, least, most) if least == most => format!("it takes {}, not {count}", counted(least)),
            (None, least, most) if count < least => format!("it takes {least} to {}", counted(most)),
            (None, _, most) => format!("it takes at most {}", counted(most)),
        };
        self.report(WrongArguments { function: filter.name.into(), at: call.span, why, form: form(filter) });
        false
    }

    fn called(
        &mut self,
        filter: &'static Filter,
        mut input: Typed,
        mut arguments: Vec<Typed>,
        call: &FilterCall,
    ) -> Option<Typed> {
        match filter.name {
            "raw" if self.escape == Escape::Html && input.kind != Kind::Markup && !input.is_constant() => {
                self.report(RawData { name: input.text, span: input.span, filter_at: call.span });
                return None;
            }
            "date" => input = dated(input),
            _ => {}
        }
        let field = if filter.takes.first() == Some(&Want::Field) && !arguments.is_empty() {
            self.wanted(filter, &mut input, filter.input, call)?;
            let (rows, field) = self.named_field(filter, input, &arguments[0])?;
            input = rows;
            Some(field)
        } else {
            self.wanted(filter, &mut input, filter.input, call)?;
            None
        };
        let mut kinds = Vec::with_capacity(arguments.len());
        for (argument, want) in arguments.iter_mut().zip(filter.takes) {
            // What a text is made of stays known, so that HTML stays HTML.
            let before = argument.kind.clone();
            self.argument(filter, argument, *want, call)?;
            kinds.push(if before == Kind::Markup { before } else { argument.kind.clone() });
        }
        if let (Some((kind, _)), [_, wanted]) = (&field, arguments.as_mut_slice()) {
            let beside = Typed { kind: kind.clone(), ..input.clone() };
            *wanted = self.equal_to(beside, wanted.clone())?;
        }
        let divisor_known = arguments.first().is_some_and(is_nonzero);
        let given = Given { input: &input.kind, arguments: &kinds, field, divisor_known };
        match (filter.rule)(&given) {
            Ok(gift) => Some(finished(filter, gift, input, arguments, call.span)),
            Err(Refusal::Input(wants)) => self.refused(filter, &input, &wants, call.name.span),
            Err(Refusal::Argument(index, wants)) => {
                let argument = arguments.get(index).unwrap_or(&input).clone();
                if self.begins_without_currency(&input, &argument, call.name.span) {
                    return None;
                }
                self.refused(filter, &argument, &wants, call.name.span)
            }
        }
    }

    fn refused<T>(&mut self, filter: &Filter, typed: &Typed, wants: &str, filter_at: Span) -> Option<T> {
        let (name, words) = (filter.name, typed.kind.words());
        self.report(TypeMismatch {
            headline: format!("`{name}` takes {wants}, and `{}` is {words}", typed.text),
            labels: vec![
                (typed.span, format!("this is {words}")),
                (filter_at, format!("this takes {wants}")),
            ],
            help: None,
        });
        None
    }

    /// Makes the value before a filter what the filter wants.
    fn wanted(&mut self, filter: &Filter, input: &mut Typed, want: Want, call: &FilterCall) -> Option<()> {
        let fits = match want {
            Want::Any | Want::Field | Want::Format => true,
            Want::Text => input.kind.is_printable(),
            Want::Number => input.kind.unit().is_some(),
            Want::Int => input.kind == Kind::INT,
            Want::List => input.kind.item().is_some(),
        };
        if !fits {
            return self.refused(filter, input, words(want), call.name.span);
        }
        if want == Want::Text {
            self.shown(input);
        }
        // Joining prints each item.
        if filter.name == "join"
            && let Some(item) = input.kind.item()
            && let Some(show) = Show::of(&Type::List(Box::new(item.clone())))
            && input.kind != Kind::Range
            && !item.is_text()
        {
            let code = std::mem::replace(&mut input.code, Code::Now);
            input.code = Code::Shown(Box::new(code), show);
        }
        Some(())
    }

    /// A value as text, the way its type prints.
    fn shown(&mut self, typed: &mut Typed) {
        let show = typed.kind.ty().and_then(Show::of).unwrap_or(Show::Plain);
        if !typed.kind.is_text() {
            let code = std::mem::replace(&mut typed.code, Code::Now);
            typed.code = Code::Shown(Box::new(code), show);
            typed.kind = Kind::TEXT;
        }
    }

    fn argument(
        &mut self,
        filter: &Filter,
        argument: &mut Typed,
        want: Want,
        call: &FilterCall,
    ) -> Option<()> {
        match want {
            Want::Format => {
                let Some(format) = argument.literal_text() else {
                    return self.refused(
                        filter,
                        argument,
                        "a format in quotes, such as `\"%-d %B %Y\"`",
                        call.name.span,
                    );
                };
                if let Some((why, right)) = date_fault(format) {
                    self.report(WrongArguments {
                        function: filter.name.into(),
                        at: argument.span,
                        why,
                        form: format!("| date: \"{right}\""),
                    });
                    return None;
                }
                Some(())
            }
            Want::Field => match argument.literal_text() {
                Some(_) => Some(()),
                None => self.refused(filter, argument, "the name of a field in quotes", call.name.span),
            },
            want => self.wanted(filter, argument, want, call),
        }
    }

    /// The kind of the field that a list filter goes by, and the list with its references followed.
    fn named_field(&mut self, filter: &Filter, list: Typed, name: &Typed) -> Option<(Typed, (Kind, bool))> {
        let Some(name_text) = name.literal_text().cloned() else {
            return self.refused(filter, name, "the name of a field in quotes", name.span);
        };
        let (list, record) = match list.kind.item() {
            Some(Type::Record(record)) => (list, record),
            Some(Type::Entity(entity)) => {
                let record = self.scope.entity(&entity)?;
                self.uses.entities.insert(entity.to_string());
                let code = Code::Rows(entity, Box::new(list.code));
                let kind = Kind::list(Type::Record(record.clone()));
                (Typed { code, kind, ..list }, record)
            }
            _ => return self.refused(filter, &list, "a list of things with fields", name.span),
        };
        match record.field(&name_text) {
            Some(field) => {
                let mentioned = Mentioned::Field { of: record.name.clone(), name: name_text };
                self.mention(name.span, mentioned, Some((field.ty.clone(), field.optional)));
                Some((list, (field.ty.clone().into(), field.optional)))
            }
            None => {
                let names: Vec<String> = record.fields.iter().map(|f| f.name.to_string()).collect();
                let nearest =
                    suggest(&name_text, names.iter().map(String::as_str)).map(|n| (n.to_string(), None));
                self.report(UnknownName {
                    what: format!("field of `{}`", record.name),
                    name: name_text.to_string(),
                    at: name.span,
                    nearest,
                    available: names,
                });
                None
            }
        }
    }

    /// `x | default: y`: y where x is missing, empty or false.
    fn fallback(&mut self, input: Typed, call: &FilterCall) -> Typed {
        let mut allow_false = Code::Constant(Cell::bool(false));
        let mut fallback = None;
        for argument in &call.arguments {
            let typed = self.operand(&argument.value);
            match &argument.name {
                Some(name) if &*name.text == "allow_false" => allow_false = typed.code,
                None if fallback.is_none() => fallback = Some(typed),
                _ => {
                    let why = "it takes 1 argument, and `allow_false: true`".to_string();
                    self.default_form(argument.value.span, why);
                }
            }
        }
        let Some(mut fallback) = fallback else {
            self.default_form(call.span, "it says what to print instead, and that is left out".into());
            return Typed::unknown(input.span, input.text);
        };
        let mut input = input;
        let kind = match common(&input.kind, &fallback.kind) {
            // Both enum and text print alike; the rest of the template knows it as text.
            Some(kind) => kind,
            None if self.lacks_currency(&input, &fallback) => input.kind.clone(),
            None if input.kind.is_printable() && fallback.kind.is_printable() => {
                self.shown(&mut input);
                self.shown(&mut fallback);
                Kind::TEXT
            }
            None => {
                let (l, r) = (input.kind.words(), fallback.kind.words());
                self.report(TypeMismatch {
                    headline: format!("`{}` is {l}, and {r} cannot stand in for it", input.text),
                    labels: vec![
                        (fallback.span, format!("this is {r}")),
                        (input.span, format!("this is {l}")),
                    ],
                    help: None,
                });
                return Typed::unknown(input.span, input.text);
            }
        };
        let encoded = input.encoded && fallback.encoded;
        input.from.extend(fallback.from.iter().cloned());
        let code = Code::Else(Box::new(Else { value: input.code, fallback: fallback.code, allow_false }));
        Typed { code, kind, missing: fallback.missing, key: None, encoded, ..input }
    }

    /// Whether a plain number is to stand in for money, which is told.
    fn lacks_currency(&mut self, input: &Typed, fallback: &Typed) -> bool {
        let (Some(Unit::Money(currency)), Some(Unit::Int | Unit::Decimal)) =
            (input.kind.unit(), fallback.kind.unit())
        else {
            return false;
        };
        self.report(MissingCurrency {
            money: input.text.clone(),
            money_at: input.span,
            number: fallback.text.clone(),
            number_at: fallback.span,
            currency: currency.to_string(),
        });
        true
    }

    /// Whether money is put to a variable that began as a plain number, which is told.
    fn begins_without_currency(&mut self, input: &Typed, argument: &Typed, filter_at: Span) -> bool {
        let (Some(Unit::Int | Unit::Decimal), Some(Unit::Money(currency))) =
            (input.kind.unit(), argument.kind.unit())
        else {
            return false;
        };
        let name = input.text.as_str();
        let Some(variable) = self.flow.variables.get(name) else { return false };
        self.report(TypeMismatch {
            headline: format!("`{name}` began as a plain number, and `{}` is money", argument.text),
            labels: vec![
                (filter_at, "these two do not go together".into()),
                (argument.span, format!("this is {}", argument.kind.words())),
                (variable.assigned_at, "a number without a currency".into()),
            ],
            help: Some(("begin with money".into(), format!("{{% assign {name} = 0 {currency} %}}"))),
        });
        true
    }

    fn default_form(&mut self, at: Span, why: String) {
        let form = "| default: \"friend\"".to_string();
        self.report(WrongArguments { function: "default".into(), at, why, form });
    }

    /// A value to be compared with a field, made comparable.
    fn equal_to(&mut self, field: Typed, value: Typed) -> Option<Typed> {
        let span = value.span;
        let text = field.text.clone();
        let beside = Typed { text, key: None, ..field };
        self.comparable(beside, value, span)
    }
}

/// What a filter gives, as a value.
fn finished(filter: &'static Filter, gift: Gift, input: Typed, arguments: Vec<Typed>, span: Span) -> Typed {
    // A hash or a mask tells nothing of what it was made of.
    let from = match filter.name {
        "hashed" | "masked" => Default::default(),
        _ => arguments.iter().flat_map(|a| &a.from).chain(&input.from).cloned().collect(),
    };
    let own = gift.may_be_missing.then(|| Missing::computed(&input.text));
    let missing = input.missing.clone().or_else(|| arguments.iter().find_map(|a| a.missing.clone())).or(own);
    let mut codes: Vec<Code> = arguments.into_iter().map(|a| a.code).collect();
    if let ("money", Some(Type::Money(currency))) = (filter.name, input.kind.ty()) {
        codes.push(Code::Constant(Cell::text(currency.code())));
    }
    let call = Call { filter, input: input.code, arguments: codes, span };
    let encoded = filter.name == "url_encode";
    let of_time = input.of_time || filter.name == "date";
    Typed {
        code: Code::Filter(Box::new(call)),
        kind: gift.kind,
        missing,
        key: None,
        encoded,
        of_time,
        from,
        ..input
    }
}

/// Text before `date` that is `now` or a date written out, as what it means.
fn dated(input: Typed) -> Typed {
    let written: Option<Arc<str>> = input.literal_text().cloned();
    match written.as_deref() {
        Some("now" | "today") => Typed { code: Code::Now, kind: Kind::Data(Type::Timestamp), ..input },
        Some(text) => match written_date(text) {
            Some(value) => {
                let ty = if matches!(value, Value::Date(_)) { Type::Date } else { Type::Timestamp };
                Typed { code: Code::Constant(value.into()), kind: ty.into(), ..input }
            }
            None => input,
        },
        None => input,
    }
}

fn is_nonzero(typed: &Typed) -> bool {
    match &typed.code {
        Code::Constant(cell) => cell.number().is_some_and(|n| n != persona_value::Decimal::ZERO),
        _ => false,
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 argument".into() } else { format!("{count} arguments") }
}

fn words(want: Want) -> &'static str {
    match want {
        Want::Any => "a value",
        Want::Text => "text",
        Want::Int => "a whole number",
        Want::Number => "a number",
        Want::List => "a list",
        Want::Field => "the name of a field in quotes",
        Want::Format => "a format in quotes",
    }
}

/// How a filter is written.
pub(super) fn form(filter: &Filter) -> String {
    let example = |want: &Want| match want {
        Want::Text => "\"…\"",
        Want::Int | Want::Number => "2",
        Want::Field => "\"name\"",
        Want::Format => "\"%-d %B %Y\"",
        Want::Any | Want::List => "…",
    };
    let count = filter.required.max(usize::from(!filter.takes.is_empty()));
    let arguments: Vec<&str> = filter.takes.iter().take(count).map(example).collect();
    let colon = if arguments.is_empty() { "" } else { ": " };
    format!("| {}{colon}{}", filter.name, arguments.join(", "))
}
