//! Expressions of a type, as they are written.

use fastrand::Rng;

use super::{ATTRIBUTES, EVENTS, Event, Field, LINE, PRODUCT, Ty};

/// Whose names an expression may use.
#[derive(Clone, Copy)]
pub(crate) enum Scope {
    Customer,
    /// Inside `where` of an event query.
    Event(&'static Event),
    /// Inside `where` of a list's summary.
    Item,
}

/// Writes expressions.
pub(crate) struct Writer<'r> {
    pub rng: &'r mut Rng,
    /// Declared so far.
    pub traits: Vec<(String, Ty)>,
    pub segments: Vec<String>,
    pub lifecycles: Vec<String>,
}

pub(crate) const LENGTHS: [&str; 10] = [
    "1 second",
    "1 hour",
    "90 minutes",
    "1 day",
    "7 days",
    "30 days",
    "2 weeks",
    "1 month",
    "3 months",
    "1 year",
];
/// The exact ones.
pub(crate) const EXACT: usize = 7;

impl<'r> Writer<'r> {
    pub fn new(rng: &'r mut Rng) -> Writer<'r> {
        Writer { rng, traits: vec![], segments: vec![], lifecycles: vec![] }
    }

    pub fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        *self.rng.choice(options).expect("a choice of some")
    }

    /// Of this type, at most so many levels deep.
    pub fn of(&mut self, ty: Ty, scope: Scope, depth: u32) -> String {
        if depth == 0 || self.rng.u8(0..8) == 0 {
            return self.leaf(ty, scope);
        }
        // What every type has.
        match self.rng.u8(0..12) {
            0 => {
                let (condition, a, b) = (
                    self.boolean(scope, depth - 1),
                    self.of(ty, scope, depth - 1),
                    self.of(ty, scope, depth - 1),
                );
                return format!("(if {condition} then {a} else {b})");
            }
            1 | 2 => {
                let (a, b) = (self.of(ty, scope, depth - 1), self.of(ty, scope, depth - 1));
                return format!("({a} ?? {b})");
            }
            3 | 4 if matches!(scope, Scope::Customer) => {
                if let Some(query) = self.summary(ty) {
                    return query;
                }
            }
            _ => {}
        }
        match ty {
            Ty::Bool => self.boolean(scope, depth),
            Ty::Int => self.int(scope, depth),
            Ty::Decimal => self.decimal(scope, depth),
            Ty::Money => self.money(scope, depth),
            Ty::Percent => {
                let (a, b, op) =
                    (self.of(ty, scope, depth - 1), self.of(ty, scope, depth - 1), self.pick(&["+", "-"]));
                format!("({a} {op} {b})")
            }
            Ty::Text => self.text(scope, depth),
            Ty::Date => {
                let (date, op) = (self.of(ty, scope, depth - 1), self.pick(&["+", "-"]));
                let by = self.pick(&["1 day", "2 weeks", "1 month", "13 months", "1 year", "100 years"]);
                format!("({date} {op} {by})")
            }
            Ty::Timestamp => {
                let (instant, op) = (self.of(ty, scope, depth - 1), self.pick(&["+", "-"]));
                let by = self.pick(&LENGTHS[..EXACT]);
                format!("({instant} {op} {by})")
            }
            Ty::Country | Ty::Tier | Ty::Time | Ty::Product => self.leaf(ty, scope),
        }
    }

    /// A name or a constant.
    pub fn leaf(&mut self, ty: Ty, scope: Scope) -> String {
        if self.rng.u8(0..3) > 0
            && let Some(name) = self.name(ty, scope)
        {
            return name;
        }
        match ty {
            Ty::Bool => self.pick(&["true", "false"]).into(),
            Ty::Int => match self.rng.u8(0..8) {
                0 => self
                    .pick(&["9223372036854775807", "(-9223372036854775807 - 1)", "4611686018427387904"])
                    .into(),
                1 => format!("(-{})", self.rng.u8(1..9)),
                _ => self.rng.u8(0..12).to_string(),
            },
            Ty::Decimal => self
                .pick(&[
                    "0.5",
                    "1.5",
                    "3.0",
                    "0.1",
                    "0.000000001",
                    "99999999999999999999999999999.999999999",
                    "(-2.5)",
                    "100.0",
                    "0.333333333",
                    "10000000000000000000.0",
                ])
                .into(),
            Ty::Money => {
                let amount =
                    self.pick(&["0", "1", "9.99", "100", "0.01", "20", "99999999999999999999999999999.99"]);
                format!("{amount} GBP")
            }
            Ty::Percent => self.pick(&["20%", "0%", "100%", "0.5%", "33.3%"]).into(),
            Ty::Text => self
                .pick(&["\"a\"", "\"\"", "\"straße\"", "\"A\"", "\"ab\"", "\"😀\"", "\"it's\"", "\"%\""])
                .into(),
            Ty::Country | Ty::Tier | Ty::Product => {
                self.name(ty, scope).unwrap_or_else(|| "customer.pet".into())
            }
            Ty::Date => self.pick(&["today", "2026-03-29", "2024-02-29", "2025-12-31"]).into(),
            Ty::Timestamp => match self.rng.u8(0..4) {
                0 => "now".into(),
                1 | 2 => format!("({} ago)", self.pick(&LENGTHS)),
                _ => self.pick(&["2026-03-29T01:30", "2025-10-26T01:30", "2026-01-01T00:00"]).into(),
            },
            Ty::Time => self.pick(&["09:00", "00:00", "23:59"]).into(),
        }
    }

    /// Something in scope that has this type.
    fn name(&mut self, ty: Ty, scope: Scope) -> Option<String> {
        let own: &[Field] = match scope {
            Scope::Customer => &[],
            Scope::Event(event) => event.fields,
            Scope::Item => LINE,
        };
        let near = own.iter().map(|f| f.name.to_string());
        let near = near.zip(own.iter().map(|f| f.ty)).filter(|(_, t)| *t == ty).map(|(n, _)| n);
        let mut names: Vec<String> = near.collect();
        // What is nearer is asked for more often.
        names.extend(names.clone());
        let of_customer = ATTRIBUTES.iter().filter(|a| a.ty == ty).map(|a| format!("customer.{}", a.name));
        names.extend(of_customer);
        names.extend(self.traits.iter().filter(|(_, t)| *t == ty).map(|(n, _)| n.clone()));
        let looked_up = PRODUCT.iter().filter(|f| f.ty == ty);
        names.extend(looked_up.clone().map(|f| format!("customer.pet.{}", f.name)));
        for key in own.iter().filter(|f| f.ty == Ty::Product) {
            names.extend(looked_up.clone().map(|f| format!("{}.{}", key.name, f.name)));
        }
        match (scope, ty) {
            (Scope::Event(_), Ty::Timestamp) => names.push("at".into()),
            (Scope::Event(_), Ty::Text) => names.push("id".into()),
            (Scope::Customer, Ty::Int) => {
                names.extend(["scores.recency", "scores.frequency", "scores.monetary"].map(str::to_string));
            }
            _ => {}
        }
        self.rng.choice(names)
    }

    /// A condition.
    pub fn boolean(&mut self, scope: Scope, depth: u32) -> String {
        if depth == 0 {
            return self.test(scope, 0);
        }
        let below = depth - 1;
        match self.rng.u8(0..16) {
            0..3 => {
                let (a, b, op) =
                    (self.boolean(scope, below), self.boolean(scope, below), self.pick(&["and", "or"]));
                format!("({a} {op} {b})")
            }
            3 | 4 => format!("not ({})", self.boolean(scope, below)),
            5..8 if matches!(scope, Scope::Customer) => self.any(),
            5..7 if matches!(scope, Scope::Event(event) if event.lines) => self.any_line(),
            8 => self.leaf(Ty::Bool, scope),
            _ => self.test(scope, below),
        }
    }

    /// A comparison, a window, a list, a test of text.
    fn test(&mut self, scope: Scope, depth: u32) -> String {
        match self.rng.u8(0..20) {
            0..7 => {
                let ty = self.pick(&[
                    Ty::Int,
                    Ty::Int,
                    Ty::Decimal,
                    Ty::Money,
                    Ty::Money,
                    Ty::Percent,
                    Ty::Text,
                    Ty::Date,
                    Ty::Timestamp,
                    Ty::Time,
                ]);
                let op = self.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("{} {op} {}", self.of(ty, scope, depth), self.of(ty, scope, depth))
            }
            7 => {
                let op = self.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("{} {op} {}", self.of(Ty::Int, scope, depth), self.of(Ty::Decimal, scope, depth))
            }
            8 => {
                let (op, value) = (
                    self.pick(&["==", "!=", "<", "<=", ">", ">="]),
                    self.pick(&["bronze", "silver", "gold"]),
                );
                format!("{} {op} {value}", self.leaf(Ty::Tier, scope))
            }
            9 => {
                let (op, value) = (self.pick(&["==", "!="]), self.pick(&["UK", "DE", "other"]));
                format!("{} {op} {value}", self.leaf(Ty::Country, scope))
            }
            10 => {
                let word = self.pick(&["in", "not in"]);
                match self.rng.u8(0..3) {
                    0 => format!("{} {word} [UK, other]", self.leaf(Ty::Country, scope)),
                    1 => format!("{} {word} [1, 2, 5]", self.of(Ty::Int, scope, depth)),
                    _ => format!("{} {word} [\"a\", \"straße\", \"\"]", self.of(Ty::Text, scope, depth)),
                }
            }
            11 | 12 => {
                let ty = self.pick(&[
                    Ty::Int,
                    Ty::Decimal,
                    Ty::Money,
                    Ty::Text,
                    Ty::Country,
                    Ty::Date,
                    Ty::Timestamp,
                    Ty::Time,
                    Ty::Product,
                    Ty::Bool,
                ]);
                let word = self.pick(&["present", "missing"]);
                format!("{} is {word}", self.of(ty, scope, depth))
            }
            13..16 => {
                let ty = self.pick(&[Ty::Date, Ty::Timestamp]);
                let value = self.of(ty, scope, depth.min(1));
                let window = self.bounds(scope);
                format!("({value}{window})")
            }
            16 => {
                let name = self.pick(&["contains", "starts_with", "ends_with"]);
                format!("{name}({}, {})", self.of(Ty::Text, scope, depth), self.of(Ty::Text, scope, depth))
            }
            17 if !self.segments.is_empty() && matches!(scope, Scope::Customer) => {
                let at = self.rng.usize(0..self.segments.len());
                format!("in {}", self.segments[at])
            }
            18 if !self.lifecycles.is_empty() && matches!(scope, Scope::Customer) => {
                let at = self.rng.usize(0..self.lifecycles.len());
                let (op, stage) = (self.pick(&["==", "!="]), self.pick(&["v0", "rest"]));
                format!("{} {op} {stage}", self.lifecycles[at])
            }
            19 if matches!(scope, Scope::Customer) => {
                // An average beside a limit is never divided.
                let average = self.average();
                let op = self.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("{} {op} {}", average.0, self.of(average.1, scope, depth.min(1)))
            }
            _ => {
                let (op, pieces) = (self.pick(&["==", "!="]), self.leaf(Ty::Bool, scope));
                format!("{} {op} {pieces}", self.leaf(Ty::Bool, scope))
            }
        }
    }

    fn int(&mut self, scope: Scope, depth: u32) -> String {
        let below = depth - 1;
        match self.rng.u8(0..10) {
            0..4 => {
                let op = self.pick(&["+", "-", "*"]);
                format!("({} {op} {})", self.of(Ty::Int, scope, below), self.of(Ty::Int, scope, below))
            }
            4 => format!("length({})", self.of(Ty::Text, scope, below)),
            5 => {
                let (part, of) =
                    (self.pick(&["year", "month", "day", "weekday"]), self.pick(&[Ty::Date, Ty::Timestamp]));
                format!("{part}({})", self.of(of, scope, below))
            }
            6 => format!("hour({})", self.of(Ty::Timestamp, scope, below)),
            7 => {
                let of = self.pick(&[Ty::Date, Ty::Timestamp]);
                format!("days_between({}, {})", self.of(of, scope, below), self.of(of, scope, below))
            }
            8 => format!("(-{})", self.of(Ty::Int, scope, below)),
            _ => {
                let name = self.pick(&["abs", "floor", "round"]);
                format!("{name}({})", self.of(Ty::Int, scope, below))
            }
        }
    }

    fn decimal(&mut self, scope: Scope, depth: u32) -> String {
        let below = depth - 1;
        let number = |this: &mut Self| {
            let ty = this.pick(&[Ty::Int, Ty::Decimal, Ty::Decimal, Ty::Percent]);
            this.of(ty, scope, below)
        };
        match self.rng.u8(0..10) {
            0..3 => {
                let op = self.pick(&["+", "-", "*"]);
                format!("({} {op} {})", self.of(Ty::Decimal, scope, below), number(self))
            }
            3 => format!("({} / {})", self.of(Ty::Decimal, scope, below), self.of(Ty::Int, scope, below)),
            4 => format!("({} / {})", number(self), self.divisor(Ty::Decimal, scope, below)),
            5 => {
                format!("({} / {})", self.of(Ty::Money, scope, below), self.divisor(Ty::Money, scope, below))
            }
            6 => {
                let places = self.rng.u8(0..10);
                format!("round({}, {places})", self.of(Ty::Decimal, scope, below))
            }
            7 => {
                let name = self.pick(&["floor", "ceil", "abs"]);
                format!("{name}({})", self.of(Ty::Decimal, scope, below))
            }
            _ => format!("(-{})", self.of(Ty::Decimal, scope, below)),
        }
    }

    fn money(&mut self, scope: Scope, depth: u32) -> String {
        let below = depth - 1;
        let factor = self.pick(&[Ty::Int, Ty::Decimal, Ty::Percent]);
        match self.rng.u8(0..10) {
            0..4 => {
                let op = self.pick(&["+", "-"]);
                format!("({} {op} {})", self.of(Ty::Money, scope, below), self.of(Ty::Money, scope, below))
            }
            4 | 5 => {
                let money = self.of(Ty::Money, scope, below);
                match self.rng.bool() {
                    true => format!("({money} * {})", self.of(factor, scope, below)),
                    false => format!("({money} / {})", self.divisor(factor, scope, below)),
                }
            }
            6 => format!("({} * {})", self.of(factor, scope, below), self.of(Ty::Money, scope, below)),
            7 => format!("(-{})", self.of(Ty::Money, scope, below)),
            _ => format!("round({}, {})", self.of(Ty::Money, scope, below), self.rng.u8(0..4)),
        }
    }

    /// A number to divide by: of at most 20 digits before the point, since DuckDB has no room for more.
    fn divisor(&mut self, ty: Ty, scope: Scope, depth: u32) -> String {
        let value = self.of(ty, scope, depth);
        let (limit, otherwise) = match ty {
            Ty::Money => ("100000000000000000000 GBP", "0.07 GBP"),
            Ty::Int => return value,
            Ty::Percent => ("10000000000000000000000%", "7%"),
            _ => ("100000000000000000000.0", "1.5"),
        };
        format!("(if abs({value}) < {limit} then {value} else {otherwise})")
    }

    fn text(&mut self, scope: Scope, depth: u32) -> String {
        let below = depth - 1;
        match self.rng.u8(0..6) {
            0 | 1 => {
                format!("concat({}, {})", self.of(Ty::Text, scope, below), self.of(Ty::Text, scope, below))
            }
            2 => {
                let name = self.pick(&["hashed", "masked"]);
                format!("{name}({})", self.of(Ty::Text, scope, below))
            }
            _ => {
                let name = self.pick(&["lower", "upper", "trim"]);
                format!("{name}({})", self.of(Ty::Text, scope, below))
            }
        }
    }

    /// An event and, now and then, what it must meet.
    pub fn event(&mut self) -> &'static Event {
        &EVENTS[self.rng.usize(0..EVENTS.len())]
    }
}
