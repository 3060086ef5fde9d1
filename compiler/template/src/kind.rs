//! Types as a template sees them: those of the language, and what only templates have.

use persona_value::{Currency, Type, Value};

use crate::cell::{Cell, MISSING};
use crate::tree::Literal;

/// What an expression of a template yields.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A value of the language.
    Data(Type),
    /// HTML that is safe as it stands.
    Markup,
    /// `(a..b)`
    Range,
    /// `nil`
    Nil,
    /// `blank`
    Blank,
    /// `empty`
    Empty,
}

impl From<Type> for Kind {
    fn from(ty: Type) -> Kind {
        Kind::Data(ty)
    }
}

impl Kind {
    pub const UNKNOWN: Kind = Kind::Data(Type::Unknown);
    pub const TEXT: Kind = Kind::Data(Type::Text);
    pub const INT: Kind = Kind::Data(Type::Int);

    pub fn list(item: Type) -> Kind {
        Kind::Data(Type::List(Box::new(item)))
    }

    pub fn is_unknown(&self) -> bool {
        *self == Kind::UNKNOWN
    }

    pub fn ty(&self) -> Option<&Type> {
        match self {
            Kind::Data(ty) => Some(ty),
            _ => None,
        }
    }

    /// What its items are, if it is a list or range.
    pub fn item(&self) -> Option<Type> {
        match self {
            Kind::Data(Type::List(item)) => Some((**item).clone()),
            Kind::Range => Some(Type::Int),
            _ => None,
        }
    }

    /// Held and compared as text.
    pub fn is_text(&self) -> bool {
        match self {
            Kind::Data(ty) => ty.is_text(),
            kind => *kind == Kind::Markup,
        }
    }

    pub fn unit(&self) -> Option<Unit> {
        Some(match self {
            Kind::Data(Type::Int) => Unit::Int,
            Kind::Data(Type::Decimal) => Unit::Decimal,
            Kind::Data(Type::Percent) => Unit::Percent,
            Kind::Data(Type::Money(currency)) => Unit::Money(*currency),
            Kind::Data(Type::Duration) => Unit::Duration,
            _ => return None,
        })
    }

    /// Whether it prints as one line of text.
    pub fn is_printable(&self) -> bool {
        match self {
            Kind::Data(Type::Record(_) | Type::List(_)) | Kind::Range => false,
            Kind::Nil | Kind::Blank | Kind::Empty => false,
            Kind::Data(_) | Kind::Markup => true,
        }
    }

    /// In a marketer's words, with an article: "a number", "money in GBP".
    pub fn words(&self) -> String {
        match self {
            Kind::Markup => "text".into(),
            Kind::Range => "a range of numbers".into(),
            Kind::Nil | Kind::Blank | Kind::Empty => "nothing".into(),
            Kind::Data(ty) => type_words(ty),
        }
    }
}

fn type_words(ty: &Type) -> String {
    match ty {
        Type::Bool => "true or false".into(),
        Type::Int => "a whole number".into(),
        Type::Decimal => "a number".into(),
        Type::Money(currency) => format!("money in {currency}"),
        Type::Percent => "a percentage".into(),
        Type::Text | Type::Raw => "text".into(),
        Type::Email => "an e-mail address".into(),
        Type::Url => "a web address".into(),
        Type::Locale => "a language".into(),
        Type::Date => "a date".into(),
        Type::Timestamp => "a point in time".into(),
        Type::Time => "a time of day".into(),
        Type::Duration => "a length of time".into(),
        Type::Timezone => "a time zone".into(),
        Type::Enum(e) => format!("one of {}", e.values.join(", ")),
        Type::Record(record) => format!("a `{}` with fields", record.name),
        Type::List(item) => format!("a list of {}", plural(item)),
        Type::Entity(name) => format!("a `{name}`"),
        Type::Unknown => "unknown".into(),
    }
}

fn plural(item: &Type) -> String {
    match item {
        Type::Text => "texts".into(),
        Type::Int | Type::Decimal => "numbers".into(),
        Type::Record(record) => format!("`{}`", record.name),
        Type::Entity(name) => format!("`{name}`"),
        other => format!("`{other}`"),
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Int,
    Decimal,
    Percent,
    Money(Currency),
    Duration,
}

impl Unit {
    /// A number without a unit.
    pub fn is_plain(self) -> bool {
        matches!(self, Unit::Int | Unit::Decimal)
    }

    pub fn kind(self) -> Kind {
        Kind::Data(match self {
            Unit::Int => Type::Int,
            Unit::Decimal => Type::Decimal,
            Unit::Percent => Type::Percent,
            Unit::Money(currency) => Type::Money(currency),
            Unit::Duration => Type::Duration,
        })
    }
}

/// A literal's value and kind.
pub(crate) fn constant(literal: &Literal) -> (Cell, Kind) {
    match literal {
        Literal::Nil => (MISSING, Kind::Nil),
        Literal::Blank => (Cell::Blank, Kind::Blank),
        Literal::Empty => (Cell::Empty, Kind::Empty),
        Literal::Bool(truth) => (Cell::bool(*truth), Kind::Data(Type::Bool)),
        Literal::Int(whole) => (Cell::int(*whole), Kind::INT),
        Literal::Decimal(decimal) => (Value::Decimal(*decimal).into(), Kind::Data(Type::Decimal)),
        Literal::Percent(share) => (Value::Decimal(*share).into(), Kind::Data(Type::Percent)),
        Literal::Money(amount, currency) => {
            (Value::Decimal(*amount).into(), Kind::Data(Type::Money(*currency)))
        }
        Literal::Text(text) => (Cell::Value(Value::Text(text.clone())), Kind::TEXT),
    }
}
