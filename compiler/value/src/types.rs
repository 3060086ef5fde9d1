//! The types of the language. Whether a value may be missing is not part of its type: it stands beside it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// 38 digits, 9 of them after the point.
    Decimal,
    /// An amount in one currency; two currencies do not mix.
    Money(Currency),
    /// A share: `20%` is the decimal 0.2.
    Percent,
    /// Text, compared by code point.
    Text,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A language tag such as `en-GB`.
    Locale,
    /// A day of the calendar.
    Date,
    /// An instant, in UTC.
    Timestamp,
    /// A time of day.
    Time,
    /// A length of time, in seconds.
    Duration,
    /// An IANA time zone's name.
    Timezone,
    /// One of a closed list of names, held as text.
    Enum(Arc<EnumType>),
    /// Named fields.
    Record(Arc<RecordType>),
    /// Any number of one type; never missing, holds no missing.
    List(Box<Type>),
    /// A reference to a row of an entity, held as its key; the name is the entity's.
    Entity(Arc<str>),
    /// A column of a source as it lies in the warehouse, before it is given a type.
    Raw,
    /// Not known because of a problem already told; starts no further ones.
    Unknown,
}

/// An ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(pub [u8; 3]);

/// The values of an `enum`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumType {
    /// Name it was declared under: the attribute's, the lifecycle's.
    pub name: Arc<str>,
    /// Its values, in the order declared.
    pub values: Vec<Arc<str>>,
    /// Whether `<` stood between them.
    pub ordered: bool,
}

/// A record's or an entity's fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordType {
    /// Its name.
    pub name: Arc<str>,
    /// Its fields, in the order declared.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// What it holds.
    pub ty: Type,
    /// Whether it may be missing.
    pub optional: bool,
}

impl RecordType {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| &*f.name == name)
    }
}

impl EnumType {
    /// Where a value stands in the order declared.
    pub fn rank(&self, value: &str) -> Option<usize> {
        self.values.iter().position(|v| &**v == value)
    }
}

impl Type {
    /// Whether it is held as text: text, addresses, zones, enums, keys of entities.
    pub fn is_text(&self) -> bool {
        matches!(
            self,
            Type::Text
                | Type::Email
                | Type::Url
                | Type::Locale
                | Type::Timezone
                | Type::Enum(_)
                | Type::Entity(_)
        )
    }

    /// Whether it is held as a number: int, decimal, money, percent, duration.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Decimal | Type::Money(_) | Type::Percent | Type::Duration)
    }
}

impl Currency {
    /// The code, if `text` is three capital letters.
    pub fn parse(text: &str) -> Option<Currency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Currency(bytes))
    }

    /// The code as text: `GBP`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(code: String) -> Result<Currency, String> {
        Currency::parse(&code).ok_or_else(|| format!("`{code}` is no currency: three capital letters are"))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// As the user writes it.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Decimal => f.write_str("decimal"),
            Type::Money(currency) => write!(f, "money<{currency}>"),
            Type::Percent => f.write_str("percent"),
            Type::Text => f.write_str("string"),
            Type::Email => f.write_str("email"),
            Type::Url => f.write_str("url"),
            Type::Locale => f.write_str("locale"),
            Type::Date => f.write_str("date"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Time => f.write_str("time"),
            Type::Duration => f.write_str("duration"),
            Type::Timezone => f.write_str("timezone"),
            Type::Enum(e) => {
                let between = if e.ordered { " < " } else { ", " };
                write!(f, "enum {{ {} }}", e.values.join(between))
            }
            Type::Record(r) => f.write_str(&r.name),
            Type::List(item) => write!(f, "list<{item}>"),
            Type::Entity(name) => f.write_str(name),
            Type::Raw => f.write_str("column"),
            Type::Unknown => f.write_str("?"),
        }
    }
}
