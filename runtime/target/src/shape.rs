//! What kind of values a column holds, by the engine's name for its type, and what they can be read as.

use persona_diagnostics::catalogue::unreadable_column::Remedy;
use persona_value::Type;

/// A kind of values that columns hold, as far as reading them depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Bool,
    Whole,
    Number,
    Text,
    Date,
    Time,
    /// A date and time without a zone.
    Clock,
    /// A point in time.
    Instant,
    /// Several values in one: a list, a record, a document.
    Nested,
    Bytes,
    Interval,
    /// One that is not known here. Nothing is said about it.
    Other,
}

/// The kind of a type, as any of the engines writes it: `DECIMAL(38,9)`, `timestamp(3) with time zone`, `ARRAY<INT64>`.
pub(crate) fn shape(type_name: &str, dialect: persona_sql::Target) -> Shape {
    let name = type_name.to_ascii_uppercase();
    if name.ends_with(']') {
        return Shape::Nested;
    }
    let word = name.split(['(', '<', ' ']).next().unwrap_or_default();
    let zoned = name.contains("WITH TIME ZONE");
    match word {
        "BOOL" | "BOOLEAN" => Shape::Bool,
        "TINYINT" | "SMALLINT" | "INT" | "INTEGER" | "BIGINT" | "HUGEINT" | "UTINYINT" | "USMALLINT"
        | "UINTEGER" | "UBIGINT" | "UHUGEINT" | "INT64" | "BYTEINT" => Shape::Whole,
        "DECIMAL" | "NUMERIC" | "BIGNUMERIC" | "NUMBER" | "FIXED" | "FLOAT" | "FLOAT64" | "REAL"
        | "DOUBLE" => Shape::Number,
        "VARCHAR" | "TEXT" | "STRING" | "CHAR" | "CHARACTER" | "CITEXT" | "BPCHAR" | "NAME" => Shape::Text,
        "DATE" => Shape::Date,
        "TIME" if !zoned => Shape::Time,
        "TIMESTAMP_TZ" | "TIMESTAMP_LTZ" | "TIMESTAMPTZ" => Shape::Instant,
        "TIMESTAMP" if zoned || dialect == persona_sql::Target::BigQuery => Shape::Instant,
        "TIMESTAMP" | "TIMESTAMP_NTZ" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS" | "DATETIME" => {
            Shape::Clock
        }
        "INTERVAL" => Shape::Interval,
        "BLOB" | "BYTEA" | "BYTES" | "BINARY" | "VARBINARY" | "BIT" => Shape::Bytes,
        "STRUCT" | "MAP" | "UNION" | "ARRAY" | "OBJECT" | "RECORD" => Shape::Nested,
        _ => Shape::Other,
    }
}

impl Shape {
    /// Whether values of this kind can be read as a type, by the forms that [`persona_sql`] reads.
    pub(crate) fn reads_as(self, ty: &Type) -> bool {
        match (self, ty) {
            (Shape::Other, _) | (_, Type::Raw | Type::Unknown | Type::Record(_) | Type::List(_)) => true,
            (Shape::Nested | Shape::Bytes, _) => false,
            (Shape::Text, _) => true,
            (_, Type::Text | Type::Email | Type::Url | Type::Locale | Type::Timezone | Type::Entity(_)) => {
                true
            }
            (_, Type::Enum(_)) => false,
            (_, Type::Bool) => self == Shape::Bool,
            (_, Type::Int | Type::Duration | Type::Decimal | Type::Money(_) | Type::Percent) => {
                matches!(self, Shape::Whole | Shape::Number)
            }
            (_, Type::Date | Type::Timestamp) => matches!(self, Shape::Date | Shape::Clock | Shape::Instant),
            (_, Type::Time) => self == Shape::Time,
        }
    }

    /// What makes a column of this kind and a field of a type agree, where that is one thing.
    pub(crate) fn remedy(self, ty: &Type) -> Option<Remedy> {
        let declare = |ty| Some(Remedy::Declare { ty });
        match (self, ty) {
            (Shape::Whole | Shape::Number, Type::Bool) => Some(Remedy::IsOne),
            (
                Shape::Whole | Shape::Number | Shape::Nested | Shape::Bytes,
                Type::Timestamp | Type::Date | Type::Time,
            ) => Some(Remedy::View),
            (Shape::Bool, _) => declare("bool"),
            (Shape::Whole, _) => declare("int"),
            (Shape::Number, _) => declare("decimal"),
            (Shape::Date, _) => declare("date"),
            (Shape::Time, _) => declare("time"),
            (Shape::Clock | Shape::Instant, _) => declare("timestamp"),
            _ => None,
        }
    }
}

/// What a type is, in words.
pub(crate) fn wanted(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "a bool",
        Type::Int => "a whole number",
        Type::Duration => "a length of time",
        Type::Decimal => "a number",
        Type::Money(_) => "money",
        Type::Percent => "a share",
        Type::Date => "a date",
        Type::Timestamp => "a timestamp",
        Type::Time => "a time of day",
        Type::Enum(_) => "a name of an enum",
        _ => "text",
    }
}

/// What a type is read from, in words.
pub(crate) fn form(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "`true` and `false`, in letters of either case",
        Type::Int | Type::Duration => "whole numbers, or their digits as text",
        Type::Decimal | Type::Money(_) | Type::Percent => "numbers, or their digits as text",
        Type::Date => "dates and timestamps, or text such as 2026-06-21",
        Type::Timestamp => "timestamps and dates, or text such as 2026-06-21T09:00:00Z",
        Type::Time => "times of day, or text such as 09:00",
        Type::Enum(_) => "text that is one of its names",
        _ => "text, or what has a short form as text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use persona_sql::Target::{BigQuery, DuckDb, Postgres, Snowflake};

    #[test]
    fn the_engines_own_names_are_known() {
        let names = [
            (DuckDb, "DECIMAL(38,9)", Shape::Number),
            (DuckDb, "TIMESTAMP WITH TIME ZONE", Shape::Instant),
            (DuckDb, "TIMESTAMP_NS", Shape::Clock),
            (DuckDb, "STRUCT(a INTEGER)", Shape::Nested),
            (DuckDb, "VARCHAR[]", Shape::Nested),
            (DuckDb, "ENUM('a', 'b')", Shape::Other),
            (Postgres, "timestamp(3) without time zone", Shape::Clock),
            (Postgres, "timestamp with time zone", Shape::Instant),
            (Postgres, "character varying(20)", Shape::Text),
            (Postgres, "double precision", Shape::Number),
            (Postgres, "text[]", Shape::Nested),
            (Postgres, "plan", Shape::Other),
            (Snowflake, "NUMBER(38,0)", Shape::Number),
            (Snowflake, "TIMESTAMP_NTZ(9)", Shape::Clock),
            (Snowflake, "TIMESTAMP_TZ(9)", Shape::Instant),
            (BigQuery, "TIMESTAMP", Shape::Instant),
            (BigQuery, "DATETIME", Shape::Clock),
            (BigQuery, "ARRAY<INT64>", Shape::Nested),
        ];
        for (dialect, name, expected) in names {
            assert_eq!(shape(name, dialect), expected, "{dialect}: {name}");
        }
    }
}
