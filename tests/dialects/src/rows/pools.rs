//! Values by type: the program's constants and their neighbours, and what is known to be awkward.

use fastrand::Rng;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use persona_model::{Expr, ExprKind, Length, Model, Window};
use persona_value::{Decimal, Type, Value};

use crate::Raw;

/// How many rows each entity has.
pub const ENTITIES: usize = 12;

/// A key of an entity.
pub fn entity(number: usize) -> Value {
    Value::text(format!("p{number}"))
}

/// What values are taken from.
pub struct Pools {
    zone: TimeZone,
    now: Timestamp,
    ints: Vec<i64>,
    decimals: Vec<Decimal>,
    texts: Vec<String>,
    dates: Vec<Date>,
    times: Vec<Time>,
    instants: Vec<Timestamp>,
}

const TEXTS: [&str; 18] = [
    "",
    "a",
    "A",
    "ab",
    "aB",
    "Zebra",
    "straße",
    "ÄÖÜ",
    "ß",
    "naïve",
    " padded ",
    "\ttab",
    "日本",
    "😀",
    "é",
    "e\u{301}",
    "%",
    "a_b'c\"d\\e",
];
const INTS: [i64; 12] = [0, 1, -1, 2, 3, 5, 10, 100, 2_147_483_648, -2_147_483_649, i64::MAX, i64::MIN];
const DECIMALS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "0.5",
    "2.5",
    "1.005",
    "0.000000001",
    "-0.000000001",
    "99.99",
    "100",
    "0.333333333",
    "99999999999999999999999999999.999999999",
    "-99999999999999999999999999999.999999999",
    "10000000000000000000",
    "12345678901234.123456789",
    "0.1",
];

impl Pools {
    /// Of a program at an instant.
    pub fn of(model: &Model, now: Timestamp) -> Pools {
        let zone = model.project.zone.clone();
        let mut pools = Pools {
            now,
            ints: INTS.to_vec(),
            decimals: DECIMALS.iter().map(|d| d.parse().expect("a decimal")).collect(),
            texts: TEXTS.map(str::to_string).to_vec(),
            dates: vec![],
            times: ["00:00:00", "09:00:00", "23:59:59.999999"].map(|t| t.parse().expect("a time")).to_vec(),
            instants: vec![],
            zone,
        };
        let today = pools.zone.to_datetime(now).date();
        pools.dates.extend([0, 1, -1, -2, -7, -30, -31].map(|days| moved(today, Span::new().days(days))));
        pools.dates.push(Date::constant(2024, 2, 29));
        let values = model.traits.iter().map(|t| &t.value).chain(model.segments.iter().map(|s| &s.when));
        let stages = model.lifecycles.iter().flat_map(|l| &l.stages).filter_map(|s| s.when.as_ref());
        for expr in values.chain(stages) {
            expr.walk(&mut |e| pools.learn(e));
        }
        // What is worth knowing of an instant lies within a microsecond of a boundary.
        let midnight = |d: &Date| pools.zone.to_ambiguous_timestamp(d.at(0, 0, 0, 0)).compatible().ok();
        let midnights: Vec<_> = pools.dates.iter().filter_map(midnight).collect();
        pools.instants.extend(midnights);
        let changes = pools.zone.preceding(now + SignedDuration::from_hours(24 * 200)).take(3);
        pools.instants.extend(changes.map(|c| c.timestamp()).collect::<Vec<_>>());
        pools.instants.push(now);
        pools
    }

    fn learn(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(Value::Int(n)) => {
                self.ints.extend([*n, n.saturating_add(1), n.saturating_sub(1)]);
            }
            ExprKind::Literal(Value::Decimal(d)) => {
                let near = |by: i128| Decimal::from_units(d.units() + by).unwrap_or(*d);
                self.decimals.extend([*d, *d, near(1), near(-1)]);
            }
            ExprKind::Literal(Value::Text(text)) => self.texts.push(text.to_string()),
            ExprKind::Literal(Value::Date(date)) => {
                self.dates.extend([*date, moved(*date, Span::new().days(1))])
            }
            ExprKind::Literal(Value::Time(time)) => self.times.push(*time),
            ExprKind::Literal(Value::Instant(instant)) => self.instants.push(*instant),
            ExprKind::OneOf(_, options) => {
                for option in options {
                    match option {
                        Value::Text(text) => self.texts.push(text.to_string()),
                        Value::Int(n) => self.ints.push(*n),
                        _ => {}
                    }
                }
            }
            ExprKind::Ago(length) => self.boundary(length),
            ExprKind::Within(_, window) => self.window(window),
            ExprKind::Query(query) => {
                query.window.iter().for_each(|w| self.window(w));
                if let Some(sequence) = &query.sequence {
                    self.boundary(&sequence.within);
                }
            }
            _ => {}
        }
    }

    fn window(&mut self, window: &Window) {
        if let Window::Last(length) = window {
            self.boundary(length);
        }
    }

    /// The instant at which a trailing window begins, and the days around it.
    fn boundary(&mut self, length: &Length) {
        let today = self.zone.to_datetime(self.now).date();
        match length {
            Length::Seconds(seconds) => {
                self.instants.extend(self.now.checked_sub(SignedDuration::from_secs(*seconds)));
                self.dates.push(moved(today, Span::new().days(-(seconds / 86_400).min(100_000))));
            }
            Length::Months(months) => {
                let date = moved(today, Span::new().months(-*months));
                self.dates.extend([date, moved(date, Span::new().days(1))]);
            }
        }
    }

    /// A raw value that is read as `ty`, as a rule, in a column of this kind. `extreme`: of up to 38 digits, else of as
    /// many as leave room for products, their sums, and division by these: an engine's own SUM ends at some 10^29.
    pub fn value(&self, ty: &Type, kind: Raw, extreme: bool, rng: &mut Rng) -> Value {
        let value = match ty {
            Type::Bool => Value::Bool(rng.bool()),
            Type::Int | Type::Duration => match self.int(rng) {
                large if !extreme => Value::Int(large % 1_000_000),
                any => Value::Int(any),
            },
            Type::Decimal | Type::Money(_) | Type::Percent => match self.decimal(rng) {
                large if !extreme => {
                    Value::Decimal(Decimal::from_units(large.units() % 10i128.pow(18)).unwrap_or(large))
                }
                any => Value::Decimal(any),
            },
            Type::Date => Value::Date(self.date(rng)),
            Type::Time => Value::Time(*rng.choice(&self.times).expect("some")),
            Type::Timestamp => Value::Instant(self.instant(rng)),
            Type::Enum(values) if rng.u8(0..20) > 0 => {
                Value::Text(rng.choice(&values.values).expect("some").clone())
            }
            Type::Email => {
                Value::text(format!("{}@example.com", rng.choice(["a", "B", "ü", "x.y"]).expect("some")))
            }
            Type::Timezone => Value::text(*rng.choice(&["Europe/Paris", "Asia/Tokyo"]).expect("some")),
            _ => Value::text(rng.choice(&self.texts).expect("some").as_str()),
        };
        if kind == Raw::Text { self.as_text(value, rng) } else { value }
    }

    /// As a file would have it: in any of the forms that are read, and now and then in one that is not.
    fn as_text(&self, value: Value, rng: &mut Rng) -> Value {
        if rng.u8(0..60) == 0 {
            return Value::text(
                *rng.choice(&["n/a", "-", "1e400", "2024-02-30", "  ", "25:00"]).expect("some"),
            );
        }
        let pad = |text: String, rng: &mut Rng| if rng.u8(0..10) == 0 { format!(" {text}\t") } else { text };
        Value::text(match value {
            Value::Text(text) => return Value::Text(text),
            Value::Bool(truth) => {
                let text = truth.to_string();
                pad(if rng.bool() { text } else { text.to_uppercase() }, rng)
            }
            Value::Int(whole) if rng.u8(0..5) == 0 => pad(format!("{whole}.0"), rng),
            Value::Int(whole) => pad(whole.to_string(), rng),
            Value::Decimal(decimal) => {
                let places = if rng.bool() { decimal.to_fixed(9) } else { decimal.to_string() };
                pad(places, rng)
            }
            Value::Date(date) => pad(date.to_string(), rng),
            Value::Time(time) => pad(time.to_string(), rng),
            Value::Instant(instant) => match rng.u8(0..4) {
                // By some clock, with or without saying which.
                0 => self.zone.to_datetime(instant).to_string().replace('T', " "),
                1 => TimeZone::UTC.to_datetime(instant).to_string(),
                2 => instant.display_with_offset(self.zone.to_offset(instant)).to_string(),
                _ => instant.to_string(),
            },
            other => unreachable!("{other:?} is not made here"),
        })
    }

    fn int(&self, rng: &mut Rng) -> i64 {
        match rng.u8(0..10) {
            0..4 => *rng.choice(&self.ints).expect("some"),
            _ => rng.i64(-3..30),
        }
    }

    fn decimal(&self, rng: &mut Rng) -> Decimal {
        let units = match rng.u8(0..10) {
            0..4 => return *rng.choice(&self.decimals).expect("some"),
            4..8 => i128::from(rng.i64(-2_000..20_000)) * 10_000_000,
            8 => i128::from(rng.i64(..)),
            _ => {
                let digits = 10i128.pow(rng.u32(1..38));
                rng.i128(-digits..digits)
            }
        };
        Decimal::from_units(units).expect("fewer than 38 digits")
    }

    fn date(&self, rng: &mut Rng) -> Date {
        match rng.bool() {
            true => *rng.choice(&self.dates).expect("some"),
            false => moved(self.zone.to_datetime(self.now).date(), Span::new().days(rng.i64(-800..10))),
        }
    }

    fn instant(&self, rng: &mut Rng) -> Timestamp {
        let micros = match rng.u8(0..12) {
            // At a boundary, or a microsecond beside it.
            0..5 => rng.choice(&self.instants).expect("some").as_microsecond() + rng.i64(-1..2),
            5..8 => self.now.as_microsecond() - rng.i64(0..72) * 1_800_000_000,
            8..11 => self.now.as_microsecond() - rng.i64(0..500) * 86_400_000_000,
            _ => self.now.as_microsecond() - rng.i64(-3..400) * 86_399_999_999,
        };
        Timestamp::from_microsecond(micros).expect("near now")
    }
}

fn moved(date: Date, by: Span) -> Date {
    date.saturating_add(by)
}
