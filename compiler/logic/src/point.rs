//! What values are compared with: numbers, names, days and instants, the last two also relative to now.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use persona_model::{Expr, ExprKind, Length, Operation, Project};
use persona_plan::{Scalar, Schema, compute};
use persona_value::{Type, Value};

/// A constant, for one evaluation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Point {
    Bool(bool),
    Text(std::sync::Arc<str>),
    /// In units of 10^-9.
    Number(i128),
    /// A time of day or whatever else is only compared with itself.
    Time(jiff::civil::Time),
    Date(Date),
    /// The project's today, moved back by months, then on by days.
    Day {
        months: i64,
        days: i64,
    },
    Instant(Timestamp),
    /// When a date begins where the project is.
    Midnight(Date),
    /// So many seconds before now.
    Ago(i64),
    /// When a [`Point::Day`] begins.
    Start {
        months: i64,
        days: i64,
    },
}

/// Units in a whole number.
pub(crate) const ONE: i128 = 1_000_000_000;

/// A question about one value; a missing one answers every question with no.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Test {
    Present,
    OneOf(Vec<Point>),
    /// From the first to the second; each with whether it is itself taken.
    Range(Option<(Point, bool)>, Option<(Point, bool)>),
}

impl Test {
    pub fn equal(point: Point) -> Test {
        Test::Range(Some((point.clone(), true)), Some((point, true)))
    }

    /// The points it is about.
    pub fn points(&self) -> Vec<&Point> {
        match self {
            Test::Present => vec![],
            Test::OneOf(points) => points.iter().collect(),
            Test::Range(low, high) => low.iter().chain(high).map(|(point, _)| point).collect(),
        }
    }

    /// Whether a value passes that compares with the test's points like this.
    pub fn passes(&self, place: impl Fn(&Point) -> Ordering) -> bool {
        match self {
            Test::Present => true,
            Test::OneOf(points) => points.iter().any(|p| place(p).is_eq()),
            Test::Range(low, high) => {
                let above = low.as_ref().is_none_or(|(p, with)| match place(p) {
                    Ordering::Greater => true,
                    Ordering::Equal => *with,
                    Ordering::Less => false,
                });
                let below = high.as_ref().is_none_or(|(p, with)| match place(p) {
                    Ordering::Less => true,
                    Ordering::Equal => *with,
                    Ordering::Greater => false,
                });
                above && below
            }
        }
    }
}

impl Point {
    /// A constant as a point.
    pub fn of(value: &Value) -> Option<Point> {
        Some(match value {
            Value::Bool(truth) => Point::Bool(*truth),
            Value::Int(whole) => Point::Number(i128::from(*whole) * ONE),
            Value::Decimal(decimal) => Point::Number(decimal.units()),
            Value::Text(text) => Point::Text(text.clone()),
            Value::Date(date) => Point::Date(*date),
            Value::Time(time) => Point::Time(*time),
            Value::Instant(instant) => Point::Instant(*instant),
            Value::Missing | Value::List(_) | Value::Record(_) => return None,
        })
    }

    /// An expression that is the same for every customer at one instant.
    pub fn of_expr(expr: &Expr) -> Option<Point> {
        match &expr.kind {
            ExprKind::Literal(value) => Point::of(value),
            ExprKind::Now => Some(Point::Ago(0)),
            ExprKind::Today => Some(Point::Day { months: 0, days: 0 }),
            ExprKind::Ago(Length::Seconds(seconds)) => Some(Point::Ago(*seconds)),
            ExprKind::Ago(Length::Months(months)) => Some(Point::Start { months: *months, days: 0 }),
            ExprKind::Midnight(day) => match Point::of_expr(day)? {
                Point::Day { months, days } => Some(Point::Start { months, days }),
                Point::Date(date) => Some(Point::Midnight(date)),
                _ => None,
            },
            ExprKind::Moved { from, by, back } => {
                let sign = if *back { -1 } else { 1 };
                match (Point::of_expr(from)?, by) {
                    (Point::Ago(ago), Length::Seconds(by)) => Some(Point::Ago(ago.checked_sub(sign * by)?)),
                    (Point::Day { months, days }, Length::Seconds(by)) => {
                        Some(Point::Day { months, days: days.checked_add(sign * by / 86_400)? })
                    }
                    (Point::Day { months, days: 0 }, Length::Months(by)) => {
                        Some(Point::Day { months: months.checked_sub(sign * by)?, days: 0 })
                    }
                    _ => None,
                }
            }
            // `-5`
            ExprKind::Arithmetic(Operation::Subtract, zero, value) => {
                match (Point::of_expr(zero)?, Point::of_expr(value)?) {
                    (Point::Number(0), Point::Number(value)) => Some(Point::Number(-value)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// How two points compare whatever the instant is; none where that depends on it, or they are of two kinds.
    pub fn order(&self, other: &Point) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        match (self, other) {
            (Point::Bool(a), Point::Bool(b)) => Some(a.cmp(b)),
            (Point::Text(a), Point::Text(b)) => Some(a.cmp(b)),
            (Point::Number(a), Point::Number(b)) => Some(a.cmp(b)),
            (Point::Time(a), Point::Time(b)) => Some(a.cmp(b)),
            (Point::Date(a), Point::Date(b)) => Some(a.cmp(b)),
            (Point::Instant(a), Point::Instant(b)) => Some(a.cmp(b)),
            (Point::Midnight(a), Point::Midnight(b)) => Some(a.cmp(b)),
            (Point::Midnight(a), Point::Instant(b)) => midnight_beside(*a, *b),
            (Point::Instant(a), Point::Midnight(b)) => midnight_beside(*b, *a).map(Ordering::reverse),
            (Point::Ago(a), Point::Ago(b)) => Some(b.cmp(a)),
            (Point::Day { months: m, days: a }, Point::Day { months: n, days: b })
            | (Point::Start { months: m, days: a }, Point::Start { months: n, days: b })
                if m == n =>
            {
                Some(a.cmp(b))
            }
            _ => {
                let ((least, most), (other_least, other_most)) = (self.before_now()?, other.before_now()?);
                match () {
                    _ if least > other_most => Some(Ordering::Less),
                    _ if most < other_least => Some(Ordering::Greater),
                    _ => None,
                }
            }
        }
    }

    /// How many seconds before now it is, at least and at most, whatever the instant is; whole days stand for their
    /// seconds, so that points of one kind alone can be compared.
    fn before_now(&self) -> Option<(i64, i64)> {
        const DAY: i64 = 86_400;
        let days_back = |months: i64, days: i64| {
            if months == 0 {
                return (-days, -days);
            }
            // A month has 28 to 31 days, and no run of them strays further than three from the mean.
            let (a, b) = (months * 365 / 12 - 3, months * 366 / 12 + 3);
            (a.min(b) - 1 - days, a.max(b) + 1 - days)
        };
        match self {
            Point::Ago(seconds) => Some((*seconds, *seconds)),
            Point::Start { months, days } => {
                let (least, most) = days_back(*months, *days);
                // The day itself has begun up to 25 hours ago, and clocks may have been changed meanwhile.
                Some((least * DAY - 7_200, most * DAY + 26 * 3_600))
            }
            Point::Day { months, days } => {
                let (least, most) = days_back(*months, *days);
                Some((least * DAY, most * DAY))
            }
            _ => None,
        }
    }

    /// The same point at one instant: none of what is left depends on it.
    pub fn at(&self, now: Timestamp, project: &Project) -> Point {
        let zone = project.timezone.clone();
        let today = || Scalar::LocalDate { instant: Box::new(Scalar::Now), zone: zone.clone() };
        let moved = |months: i64, days: i64| {
            let date = Scalar::AddMonths { date: Box::new(today()), months: -months };
            Scalar::AddDays { date: Box::new(date), days }
        };
        let computed = |scalar| match compute(&scalar, &Schema::default(), &[], now) {
            Ok(value) => Point::of(&value),
            Err(_) => None,
        };
        let found = match self {
            Point::Ago(seconds) => {
                now.checked_sub(SignedDuration::from_secs(*seconds)).ok().map(Point::Instant)
            }
            Point::Day { months, days } => computed(moved(*months, *days)),
            Point::Midnight(date) => {
                let date = Scalar::literal(Value::Date(*date), Type::Date);
                computed(Scalar::StartOfDay { date: Box::new(date), zone: zone.clone() })
            }
            Point::Start { months, days } => {
                computed(Scalar::StartOfDay { date: Box::new(moved(*months, *days)), zone: zone.clone() })
            }
            _ => None,
        };
        found.unwrap_or_else(|| self.clone())
    }

    /// As a value of a type.
    pub fn value(&self, ty: &Type) -> Option<Value> {
        Some(match (self, ty) {
            (Point::Bool(truth), _) => Value::Bool(*truth),
            (Point::Text(text), _) => Value::Text(text.clone()),
            (Point::Number(units), Type::Int | Type::Duration) if units % ONE == 0 => {
                Value::Int(i64::try_from(units / ONE).ok()?)
            }
            (Point::Number(units), Type::Decimal | Type::Money(_) | Type::Percent) => {
                Value::Decimal(persona_value::Decimal::from_units(*units).ok()?)
            }
            (Point::Date(date), _) => Value::Date(*date),
            (Point::Time(time), _) => Value::Time(*time),
            (Point::Instant(instant), _) => Value::Instant(*instant),
            _ => return None,
        })
    }
}

/// How a day's midnight and an instant compare wherever the project is: no zone is further off than 16 hours.
fn midnight_beside(date: Date, instant: Timestamp) -> Option<Ordering> {
    let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    let apart = midnight.duration_since(instant);
    (apart.abs() > SignedDuration::from_hours(16)).then(|| midnight.cmp(&instant))
}
