//! Event queries, windows and summaries of lists, as they are written.

use super::expression::{EXACT, LENGTHS, Scope, Writer};
use super::{EVENTS, Event, Ty};

impl Writer<'_> {
    /// A window after a query, or none.
    pub fn window(&mut self) -> String {
        if self.rng.u8(0..3) == 0 { String::new() } else { self.bounds(Scope::Customer) }
    }

    /// A window: exact, of the calendar, or between instants.
    pub fn bounds(&mut self, scope: Scope) -> String {
        match self.rng.u8(0..8) {
            0..5 => format!(" in last {}", self.pick(&LENGTHS)),
            5 => format!(" since {}", self.moment(scope)),
            6 => format!(" before {}", self.moment(scope)),
            _ => {
                let (from, to) = (self.moment(scope), self.moment(scope));
                // Two that are the same for everybody may stand in the wrong order, and that is a mistake.
                let varies = |moment: &str| {
                    moment.starts_with(char::is_alphabetic) && !["now", "today"].contains(&moment)
                };
                match varies(&from) || varies(&to) {
                    true => format!(" between {from} and {to}"),
                    false => format!(
                        " between {}",
                        self.pick(&["60 days ago and now", "1 year ago and 3 days ago"])
                    ),
                }
            }
        }
    }

    fn moment(&mut self, scope: Scope) -> String {
        match self.rng.u8(0..6) {
            0 if matches!(scope, Scope::Customer) => {
                let event = self.event();
                let which = self.pick(&["first", "last"]);
                format!("{which}({}).at", event.name)
            }
            1 => self.leaf(Ty::Date, scope),
            _ => self.leaf(Ty::Timestamp, scope),
        }
    }

    /// `where` and a condition, or nothing.
    fn filter(&mut self, event: &'static Event) -> String {
        match self.rng.u8(0..5) {
            0..3 => String::new(),
            _ => format!(" where {}", self.boolean(Scope::Event(event), 2)),
        }
    }

    /// `any` or `none` of events, or of two in sequence.
    pub fn any(&mut self) -> String {
        let word = self.pick(&["any", "none"]);
        format!("{word}({})", self.events())
    }

    fn events(&mut self) -> String {
        let event = self.event();
        let filter = self.filter(event);
        let mut text = format!("{}{filter}", event.name);
        if self.rng.u8(0..5) == 0 {
            let next = self.event();
            let word = self.pick(&["then", "without"]);
            let filter = self.filter(next);
            text += &format!(" {word} {}{filter} within {}", next.name, self.pick(&LENGTHS[..EXACT]));
        }
        text + &self.window()
    }

    /// A condition on an event's lines, or on a summary of them.
    pub fn any_line(&mut self) -> String {
        let filter = |this: &mut Self| match this.rng.bool() {
            true => format!(" where {}", this.boolean(Scope::Item, 1)),
            false => String::new(),
        };
        match self.rng.u8(0..4) {
            0 | 1 => {
                let word = self.pick(&["any", "none"]);
                format!("{word}(lines{})", filter(self))
            }
            2 => format!("count(lines{}) >= {}", filter(self), self.rng.u8(0..4)),
            _ => {
                let op = self.pick(&["<", ">=", "=="]);
                format!(
                    "sum(lines{}, it.quantity * it.unit_price) {op} {}",
                    filter(self),
                    self.leaf(Ty::Money, Scope::Customer)
                )
            }
        }
    }

    /// An average and its type.
    pub fn average(&mut self) -> (String, Ty) {
        let (of, ty) = self.pick(&[
            ("purchase.total", Ty::Money),
            ("purchase.pieces", Ty::Decimal),
            ("look.weight", Ty::Decimal),
            ("purchase.lines.quantity", Ty::Decimal),
            ("purchase.lines.unit_price", Ty::Money),
            ("basket.pieces", Ty::Decimal),
        ]);
        (format!("avg({of}{})", self.window()), ty)
    }

    /// A summary of events that has this type, if there is one.
    pub fn summary(&mut self, ty: Ty) -> Option<String> {
        // Fields of this type, and of look-ups and lines.
        let mut of: Vec<(String, &'static Event)> = Vec::new();
        for event in EVENTS {
            for field in event.fields {
                if field.ty == ty {
                    of.push((format!("{}.{}", event.name, field.name), event));
                }
                if field.ty == Ty::Product {
                    let looked_up = super::PRODUCT.iter().filter(|f| f.ty == ty);
                    of.extend(
                        looked_up.map(|f| (format!("{}.{}.{}", event.name, field.name, f.name), event)),
                    );
                }
            }
        }
        let values = of.clone();
        let lines = super::LINE.iter().filter(|f| f.ty == ty);
        of.extend(lines.map(|f| (format!("purchase.lines.{}", f.name), &EVENTS[0])));
        let fold = |this: &mut Self, words: &[&str], of: &[(String, &'static Event)]| {
            let (field, event) = this.rng.choice(of)?.clone();
            let (word, filter, window) = (*this.rng.choice(words)?, this.filter(event), this.window());
            Some(format!("{word}({field}{filter}{window})"))
        };
        let choice = self.rng.u8(0..8);
        match ty {
            Ty::Int if choice < 3 => Some(format!("count({})", self.events())),
            Ty::Int if choice == 3 => {
                let all: Vec<(String, &'static Event)> = EVENTS
                    .iter()
                    .flat_map(|e| e.fields.iter().map(move |f| (format!("{}.{}", e.name, f.name), e)))
                    .chain([("purchase.lines.sku".to_string(), &EVENTS[0])])
                    .collect();
                fold(self, &["distinct", "count"], &all)
            }
            Ty::Int if choice == 4 => Some(
                self.pick(&[
                    "count(cart)",
                    "sum(cart, it.pieces)",
                    "count(cart where pieces > 1)",
                    "max(cart, it.pieces)",
                    "distinct(cart, it.sku)",
                ])
                .into(),
            ),
            Ty::Decimal if choice == 0 => Some("sum(cart, it.weight * it.pieces)".into()),
            Ty::Decimal | Ty::Money if choice < 3 => {
                let (average, is) = self.average();
                (is == ty).then_some(average)
            }
            Ty::Int | Ty::Decimal | Ty::Money | Ty::Percent => match choice {
                4..6 => fold(self, &["sum", "min", "max"], &of),
                6 => fold(self, &["first", "last"], &values),
                _ => fold(self, &["most_frequent", "sum"], &of),
            },
            Ty::Timestamp if choice < 5 => {
                let (event, which) = (self.event(), self.pick(&["first", "last"]));
                let filter = self.filter(event);
                let window = self.window();
                Some(match self.rng.bool() {
                    true => format!("{which}({}{filter}{window}).at", event.name),
                    false => format!("{}({}.at{filter}{window})", self.pick(&["min", "max"]), event.name),
                })
            }
            Ty::Bool => Some(self.any()),
            Ty::Time | Ty::Product => None,
            _ if choice < 2 => {
                // `last(e).f` may be missing where `last(e.f)` is not.
                let (field, event) = self.rng.choice(&values)?.clone();
                let (_, name) = field.split_once('.')?;
                if name.contains('.') {
                    return None;
                }
                let (which, filter, window) =
                    (self.pick(&["first", "last"]), self.filter(event), self.window());
                Some(format!("{which}({}{filter}{window}).{name}", event.name))
            }
            _ if choice < 5 => fold(self, &["first", "last"], &values),
            Ty::Date | Ty::Timestamp | Ty::Text if choice < 7 => fold(self, &["min", "max"], &of),
            _ => fold(self, &["most_frequent"], &of),
        }
    }
}
