//! What is computed from one row.

use std::sync::Arc;

use persona_value::{Type, Value};
use serde::{Deserialize, Serialize};

use crate::Schema;

/// A value computed from one row at one instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    /// The row's column of this name.
    Column(Arc<str>),
    /// A constant; `Value::Missing` is the typed missing value.
    Literal {
        /// The value.
        value: Value,
        /// What it is.
        ty: Type,
    },
    /// The instant of the evaluation.
    Now,
    /// All are true; of none: true.
    And(Vec<Scalar>),
    /// One is true; of none: false.
    Or(Vec<Scalar>),
    /// Not true. A missing bool is false, so its negation is true.
    Not(Box<Scalar>),
    /// Two values of one kind compared; false when either is missing. Text compares by code point, ordered enums
    /// are compared through [`Scalar::Rank`].
    Compare {
        /// How.
        op: Comparison,
        /// Left side.
        left: Box<Scalar>,
        /// Right side.
        right: Box<Scalar>,
    },
    /// There is no value.
    IsMissing(Box<Scalar>),
    /// The value is one of these; false when missing.
    OneOf {
        /// The value.
        value: Box<Scalar>,
        /// Constants of its type, none missing.
        options: Vec<Value>,
    },
    /// The first that is not missing.
    Coalesce(Vec<Scalar>),
    /// One of two values.
    If {
        /// The condition.
        condition: Box<Scalar>,
        /// Where it is true.
        then: Box<Scalar>,
        /// Where it is not.
        otherwise: Box<Scalar>,
    },
    /// Arithmetic on numbers; missing on missing, missing on overflow and on division by zero. Two ints give an
    /// int except by `/`; all else is exact decimals, `*` and `/` rounded half away from zero at 9 places. Its
    /// type is written down because money times int is money, money by money is a decimal.
    Arithmetic {
        /// Which.
        op: Arithmetic,
        /// Left side.
        left: Box<Scalar>,
        /// Right side.
        right: Box<Scalar>,
        /// What the result is.
        ty: Type,
    },
    /// An instant moved by exact seconds, forward or (negative) back. Here and with dates, what would leave
    /// the calendar (years -9999 to 9999) stays at its end, so a window longer than history is all of it.
    Shift {
        /// The instant.
        instant: Box<Scalar>,
        /// How far.
        seconds: i64,
    },
    /// A date moved by days.
    AddDays {
        /// The date.
        date: Box<Scalar>,
        /// How far.
        days: i64,
    },
    /// A date moved by calendar months, clamped at month ends (31 March less a month is 28 or 29 February).
    AddMonths {
        /// The date.
        date: Box<Scalar>,
        /// How far.
        months: i64,
    },
    /// The day an instant falls on in a zone.
    LocalDate {
        /// The instant.
        instant: Box<Scalar>,
        /// IANA name.
        zone: Arc<str>,
    },
    /// The hour of day, 0 to 23, of an instant in a zone.
    LocalHour {
        /// The instant.
        instant: Box<Scalar>,
        /// IANA name.
        zone: Arc<str>,
    },
    /// The instant at which a day begins in a zone: its first midnight, or where that is skipped the first instant
    /// after it.
    StartOfDay {
        /// The date.
        date: Box<Scalar>,
        /// IANA name.
        zone: Arc<str>,
    },
    /// A column of a source given a type; missing where it is missing, empty text, or cannot be read as that
    /// type. Text is read as written in ISO form (`2011-12-01 09:00`, `12.50`, `true`), but for spaces, tabs
    /// and line ends around it; numbers and times of the engine's own types are converted:
    ///
    /// - *text*: as it is, not even trimmed; a number in its shortest form (`12.5`), a day `2011-12-01`, an
    ///   instant `2011-12-01 09:00:00`, with as many places of seconds as it needs. An enum's is one of its
    ///   values.
    /// - *int, duration*: `[+-]?[0-9]+(\.0*)?`, or a whole number.
    /// - *decimal, money, percent*: `[+-]?` digits, a point somewhere or not, no exponent; more than 9 places
    ///   are rounded.
    /// - *bool*: `true` or `false` in letters of either case.
    /// - *date*: `YYYY-MM-DD`, or that and a time of day, which is ignored; the same of an instant, in UTC.
    /// - *timestamp*: `YYYY-MM-DD`, then a time of day after `T` or a space, then an offset (`Z`, `+01`,
    ///   `+0100`, `+01:00`) which rules out `zone`. A day alone is its start. What is finer than a
    ///   microsecond is cut off.
    /// - *time*: `HH:MM`, `HH:MM:SS` or `HH:MM:SS.FFFFFF`.
    Read {
        /// Of [`Type::Raw`].
        raw: Box<Scalar>,
        /// As this.
        ty: Type,
        /// For instants: the zone whose wall clock the column shows; else it is read as UTC.
        zone: Option<Arc<str>>,
    },
    /// Where an enum's value stands in its order, from 0; missing where it is none of them.
    Rank {
        /// The enum's value.
        value: Box<Scalar>,
        /// The order.
        order: Vec<Arc<str>>,
    },
    /// A function; missing on missing unless its description says otherwise.
    Call {
        /// Which.
        function: Function,
        /// Its arguments.
        args: Vec<Scalar>,
    },
}

/// How two values compare. There is no `!=`: it is `not (a == b)`, true for missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// The four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// The closed list of functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Function {
    /// Text with `A` to `Z` in lower case; other letters stay.
    Lower,
    /// Text with `a` to `z` in upper case; other letters stay.
    Upper,
    /// Text without spaces, tabs and line ends at both ends.
    Trim,
    /// Length in characters (code points): int.
    Length,
    /// Texts joined; missing if one is.
    Concat,
    /// Whether the first text holds the second; false on missing.
    Contains,
    /// Whether the first text starts with the second; false on missing.
    StartsWith,
    /// Whether the first text ends with the second; false on missing.
    EndsWith,
    /// Whether the pattern (checked to mean the same everywhere) is found; false on missing.
    Matches {
        /// The pattern.
        pattern: Arc<str>,
    },
    /// A number rounded half away from zero at this many places (0 to 9).
    Round {
        /// How many.
        places: u32,
    },
    /// Towards minus infinity: int from int, decimal from decimal.
    Floor,
    /// Towards plus infinity.
    Ceil,
    /// Without sign.
    Abs,
    /// Year of a date: int.
    Year,
    /// Month of a date, 1 to 12.
    Month,
    /// Day of the month of a date, 1 to 31.
    Day,
    /// Day of the week of a date, Monday 1 to Sunday 7.
    Weekday,
    /// Days from the second date to the first.
    DaysBetween,
    /// A value as text the same in every engine, for hashing: ints and decimals as whole 10^-9 units for
    /// decimals and plain digits for ints, instants as microseconds since 1970, times of day as microseconds
    /// since midnight, dates as `YYYY-MM-DD`, bools as `true` or `false`, text as it is.
    Canonical,
    /// MD5 of UTF-8 text: 32 lower-case hex digits.
    Md5,
    /// The first character of a text and `***`.
    Masked,
    /// The bucket of `salt:id`: the last 15 hex digits of its MD5 as an integer, modulo 10,000. One argument, text.
    Bucket {
        /// The salt.
        salt: Arc<str>,
    },
}

impl Scalar {
    /// The column of this name.
    pub fn column(name: impl Into<Arc<str>>) -> Scalar {
        Scalar::Column(name.into())
    }

    /// A constant.
    pub fn literal(value: Value, ty: Type) -> Scalar {
        Scalar::Literal { value, ty }
    }

    /// A whole number.
    pub fn int(value: i64) -> Scalar {
        Scalar::literal(Value::Int(value), Type::Int)
    }

    /// A text.
    pub fn text(value: impl Into<Arc<str>>) -> Scalar {
        Scalar::literal(Value::Text(value.into()), Type::Text)
    }

    /// `left op right`.
    pub fn compare(op: Comparison, left: Scalar, right: Scalar) -> Scalar {
        Scalar::Compare { op, left: Box::new(left), right: Box::new(right) }
    }

    /// A function of arguments.
    pub fn call(function: Function, args: Vec<Scalar>) -> Scalar {
        Scalar::Call { function, args }
    }

    /// What it is made of, one level down.
    pub fn children(&self) -> Vec<&Scalar> {
        match self {
            Scalar::Column(_) | Scalar::Literal { .. } | Scalar::Now => vec![],
            Scalar::And(parts) | Scalar::Or(parts) | Scalar::Coalesce(parts) => parts.iter().collect(),
            Scalar::Call { args, .. } => args.iter().collect(),
            Scalar::Not(x) | Scalar::IsMissing(x) => vec![x],
            Scalar::Compare { left, right, .. } | Scalar::Arithmetic { left, right, .. } => vec![left, right],
            Scalar::OneOf { value, .. } | Scalar::Rank { value, .. } => vec![value],
            Scalar::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Scalar::Shift { instant, .. }
            | Scalar::LocalDate { instant, .. }
            | Scalar::LocalHour { instant, .. } => vec![instant],
            Scalar::AddDays { date, .. }
            | Scalar::AddMonths { date, .. }
            | Scalar::StartOfDay { date, .. } => vec![date],
            Scalar::Read { raw, .. } => vec![raw],
        }
    }

    /// What it is made of, one level down, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Scalar> {
        match self {
            Scalar::Column(_) | Scalar::Literal { .. } | Scalar::Now => vec![],
            Scalar::And(parts) | Scalar::Or(parts) | Scalar::Coalesce(parts) => parts.iter_mut().collect(),
            Scalar::Call { args, .. } => args.iter_mut().collect(),
            Scalar::Not(x) | Scalar::IsMissing(x) => vec![x],
            Scalar::Compare { left, right, .. } | Scalar::Arithmetic { left, right, .. } => vec![left, right],
            Scalar::OneOf { value, .. } | Scalar::Rank { value, .. } => vec![value],
            Scalar::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Scalar::Shift { instant, .. }
            | Scalar::LocalDate { instant, .. }
            | Scalar::LocalHour { instant, .. } => vec![instant],
            Scalar::AddDays { date, .. }
            | Scalar::AddMonths { date, .. }
            | Scalar::StartOfDay { date, .. } => vec![date],
            Scalar::Read { raw, .. } => vec![raw],
        }
    }

    /// Every column it reads, once for each time.
    #[recursive::recursive]
    pub fn columns<'s>(&'s self, found: &mut dyn FnMut(&'s Arc<str>)) {
        if let Scalar::Column(name) = self {
            found(name);
        }
        self.children().into_iter().for_each(|child| child.columns(found));
    }

    /// What must all hold for this to be true: the parts of its conjunctions, or itself.
    pub fn conjuncts(&self) -> Vec<&Scalar> {
        match self {
            Scalar::And(parts) => parts.iter().flat_map(Scalar::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// Whether all of these are true.
    pub fn all(mut parts: Vec<Scalar>) -> Scalar {
        if parts.len() == 1 { parts.remove(0) } else { Scalar::And(parts) }
    }

    /// What it is and whether it may be missing, over rows of this schema. A column the schema lacks is
    /// [`Type::Unknown`]: that is a bug of the lowering, and its tests look for it.
    pub fn typed(&self, schema: &Schema) -> (Type, bool) {
        match self {
            Scalar::Column(name) => {
                schema.column(name).map_or((Type::Unknown, true), |c| (c.ty.clone(), c.optional))
            }
            Scalar::Literal { value, ty } => (ty.clone(), value.is_missing()),
            Scalar::Now => (Type::Timestamp, false),
            Scalar::And(_)
            | Scalar::Or(_)
            | Scalar::Not(_)
            | Scalar::Compare { .. }
            | Scalar::IsMissing(_)
            | Scalar::OneOf { .. } => (Type::Bool, false),
            Scalar::Coalesce(options) => {
                let typed: Vec<_> = options.iter().map(|o| o.typed(schema)).collect();
                let ty = typed.first().map_or(Type::Unknown, |(ty, _)| ty.clone());
                (ty, typed.iter().all(|(_, optional)| *optional))
            }
            Scalar::If { then, otherwise, .. } => {
                let ((ty, a), (_, b)) = (then.typed(schema), otherwise.typed(schema));
                (ty, a || b)
            }
            // Overflow and division by zero make any arithmetic optional.
            Scalar::Arithmetic { ty, .. } => (ty.clone(), true),
            Scalar::Shift { instant, .. } => (Type::Timestamp, instant.typed(schema).1),
            Scalar::AddDays { date, .. } | Scalar::AddMonths { date, .. } => {
                (Type::Date, date.typed(schema).1)
            }
            Scalar::LocalDate { instant, .. } => (Type::Date, instant.typed(schema).1),
            Scalar::LocalHour { instant, .. } => (Type::Int, instant.typed(schema).1),
            Scalar::StartOfDay { date, .. } => (Type::Timestamp, date.typed(schema).1),
            Scalar::Read { ty, .. } => (ty.clone(), true),
            Scalar::Rank { .. } => (Type::Int, true),
            Scalar::Call { function, args } => {
                let optional = args.iter().any(|a| a.typed(schema).1);
                let same = || args.first().map_or(Type::Unknown, |a| a.typed(schema).0);
                match function {
                    Function::Lower | Function::Upper | Function::Trim | Function::Concat => {
                        (Type::Text, optional)
                    }
                    Function::Canonical | Function::Md5 | Function::Masked => (Type::Text, optional),
                    Function::Contains
                    | Function::StartsWith
                    | Function::EndsWith
                    | Function::Matches { .. } => (Type::Bool, false),
                    // At the ends of the range the result may lie outside.
                    Function::Round { .. } | Function::Floor | Function::Ceil | Function::Abs => {
                        (same(), true)
                    }
                    Function::Length
                    | Function::Year
                    | Function::Month
                    | Function::Day
                    | Function::Weekday
                    | Function::DaysBetween
                    | Function::Bucket { .. } => (Type::Int, optional),
                }
            }
        }
    }
}
