//! PostgreSQL 15 and later. Its NUMERIC has no end that matters, so only results are held to 38 digits; it has no
//! cast that fails softly, so texts are checked before they are cast.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use md5::{Digest, Md5};
use persona_plan::Arithmetic;
use persona_value::Decimal;
use sqlparser::ast::{
    BinaryOperator, DataType, DateTimeField, ExactNumberInfo, Expr, ExtractSyntax, Ident, TimezoneInfo,
};

use super::{DatePart, Dialect, Number, Stored, clock_text, in_units, letters, span, utc};
use crate::Unsupported;
use crate::ast::{
    add, call, case_of, cast, coalesce, compare, digits, divide, equal, finished, interval, modulo, multiply,
    number, operator, plain, subtract, typed, within_bounds,
};
use crate::read::NEEDLESS_ZEROS;
use crate::zone::Clock;

pub struct Postgres;

/// The longest name there is, in bytes of UTF-8.
const MAX_NAME: usize = 63;

/// A name that PostgreSQL takes as it is. It would cut a longer one without a word, and two that begin alike would be
/// one: such a name ends in the MD5 of the whole of it.
fn fitting(name: &str) -> Cow<'_, str> {
    if name.len() <= MAX_NAME {
        return name.into();
    }
    let digest: String = Md5::digest(name).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let end = name.floor_char_boundary(MAX_NAME - digest.len() - 1);
    format!("{}_{digest}", &name[..end]).into()
}

impl Dialect for Postgres {
    fn parser(&self) -> &dyn sqlparser::dialect::Dialect {
        &sqlparser::dialect::PostgreSqlDialect {}
    }

    fn name(&self, name: &str) -> Ident {
        Ident::new(format!("\"{}\"", fitting(name).replace('"', "\"\"")))
    }

    fn text(&self, text: &str) -> Expr {
        // The server refuses the character 0 in any text.
        finished(format!("'{}'", text.replace('\0', "").replace('\'', "''")))
    }

    fn decimal(&self, value: Decimal) -> Expr {
        number(value)
    }

    fn date(&self, value: Date) -> Expr {
        typed(DataType::Date, value)
    }

    fn time(&self, value: Time) -> Expr {
        typed(self.data_type(Stored::Time), clock_text(value))
    }

    fn instant(&self, value: Timestamp) -> Expr {
        typed(self.data_type(Stored::Instant), utc(value))
    }

    fn data_type(&self, stored: Stored) -> DataType {
        match stored {
            Stored::Bool => DataType::Boolean,
            Stored::Int => DataType::BigInt(None),
            Stored::Decimal => DataType::Numeric(digits(38, 9)),
            Stored::Text => DataType::Text,
            Stored::Date => DataType::Date,
            Stored::Time => DataType::Time(None, TimezoneInfo::None),
            Stored::Instant => DataType::Timestamp(None, TimezoneInfo::None),
        }
    }

    fn replaces_tables(&self) -> bool {
        false
    }

    fn qualifies(&self) -> bool {
        false
    }

    fn now(&self) -> Expr {
        at_zone(call("NOW", vec![]), "UTC")
    }

    fn shift(&self, instant: Expr, seconds: i64) -> Expr {
        let (count, unit) = in_units(seconds.saturating_abs());
        let span = interval(plain(span(count, unit)), None);
        if seconds < 0 { subtract(instant, span) } else { add(instant, span) }
    }

    fn add_days(&self, date: Expr, days: i64) -> Expr {
        let count = number(days.saturating_abs());
        if days < 0 { subtract(date, count) } else { add(date, count) }
    }

    fn add_months(&self, date: Expr, months: i64) -> Expr {
        let span = interval(plain(span(months.saturating_abs(), "MONTH")), None);
        let moved = if months < 0 { subtract(date, span) } else { add(date, span) };
        cast(moved, DataType::Date)
    }

    fn local_date(&self, instant: Expr, zone: &str) -> Expr {
        cast(clock(instant, zone), DataType::Date)
    }

    fn local_hour(&self, instant: Expr, zone: &str) -> Expr {
        cast(extract(DateTimeField::Hour, clock(instant, zone)), DataType::BigInt(None))
    }

    fn midnight(&self, date: Expr, zone: &str) -> Result<Expr, Unsupported> {
        of_clock(cast(date, self.data_type(Stored::Instant)), zone)
    }

    fn read_wall(&self, text: Expr, zone: &str) -> Result<Expr, Unsupported> {
        let shown = call("REPLACE", vec![text, plain("+00"), plain("")]);
        // PostgreSQL rounds what is finer than a microsecond; it is cut off.
        let cut = call("SUBSTR", vec![shown, number(1), number(26)]);
        of_clock(cast(cut, self.data_type(Stored::Instant)), zone)
    }

    fn read_instant(&self, text: Expr) -> Expr {
        // Without an offset the session's zone would be used: it gets one.
        let bare = "^(.{10}(?:.[0-9:.]+)?)$";
        let shown = call("REGEXP_REPLACE", vec![text, plain(bare), finished("'\\1+00'".to_owned())]);
        let cut =
            call("REGEXP_REPLACE", vec![shown, plain("([.][0-9]{6})[0-9]+"), finished("'\\1'".to_owned())]);
        at_zone(cast(cut, DataType::Timestamp(None, TimezoneInfo::WithTimeZone)), "UTC")
    }

    fn date_part(&self, part: DatePart, date: Expr) -> Expr {
        let field = match part {
            DatePart::Year => DateTimeField::Year,
            DatePart::Month => DateTimeField::Month,
            DatePart::Day => DateTimeField::Day,
            DatePart::Weekday => DateTimeField::Isodow,
        };
        cast(extract(field, date), DataType::BigInt(None))
    }

    fn days_between(&self, later: Expr, earlier: Expr) -> Expr {
        cast(subtract(later, earlier), DataType::BigInt(None))
    }

    fn since_midnight(&self, time: Expr) -> Expr {
        self.microseconds(time)
    }

    fn microseconds(&self, instant: Expr) -> Expr {
        let seconds = extract(DateTimeField::Epoch, instant);
        cast(multiply(seconds, number(1_000_000)), DataType::BigInt(None))
    }

    fn calculates_on_groups(&self) -> bool {
        true
    }

    fn repeats(&self, _op: Arithmetic, _left_int: bool, _right_int: bool) -> bool {
        false
    }

    fn arithmetic(&self, op: Arithmetic, left: Number, right: Number) -> Expr {
        let ints = left.int && right.int;
        // As NUMERIC, ints have room to overflow their 64 bits before they are looked at.
        let wide =
            |n: Number| if n.int { cast(n.expr, DataType::Numeric(ExactNumberInfo::None)) } else { n.expr };
        let (int, l, r) = (ints && op != Arithmetic::Divide, wide(left), right);
        let exact = match op {
            Arithmetic::Add => add(l, r.expr),
            Arithmetic::Subtract => subtract(l, r.expr),
            Arithmetic::Multiply if ints => multiply(l, r.expr),
            Arithmetic::Multiply => call("ROUND", vec![multiply(l, r.expr), number(9)]),
            Arithmetic::Divide => quotient(l, r.expr),
        };
        if int {
            cast(within_bounds(exact, INT), DataType::BigInt(None))
        } else {
            within_bounds(exact, DECIMAL)
        }
    }

    fn sum(&self, value: Expr, int: bool) -> Expr {
        let sum = coalesce(call("SUM", vec![value]), number(0));
        if int { cast(sum, self.data_type(Stored::Int)) } else { sum }
    }

    fn average(&self, value: Expr, _int: bool) -> Expr {
        quotient(call("SUM", vec![value.clone()]), call("COUNT", vec![value]))
    }

    fn round(&self, value: Expr, places: u32) -> Expr {
        let rounded = call("ROUND", vec![value, number(places)]);
        call("NULLIF", vec![call("NULLIF", vec![rounded, number(DECIMAL.0)]), number(DECIMAL.1)])
    }

    fn floor(&self, value: Expr) -> Expr {
        call("NULLIF", vec![call("FLOOR", vec![value]), number(DECIMAL.0)])
    }

    fn ceil(&self, value: Expr) -> Expr {
        call("NULLIF", vec![call("CEIL", vec![value]), number(DECIMAL.1)])
    }

    fn absolute(&self, value: Number) -> Expr {
        if !value.int {
            return call("ABS", vec![value.expr]);
        }
        let wide = cast(value.expr, DataType::Numeric(ExactNumberInfo::None));
        cast(within_bounds(call("ABS", vec![wide]), INT), DataType::BigInt(None))
    }

    fn units(&self, value: Expr) -> Expr {
        let whole = call("ROUND", vec![multiply(value, number(1_000_000_000)), number(0)]);
        cast(whole, DataType::Text)
    }

    fn by_code_point(&self, text: Expr) -> Expr {
        let collation = Ident::new("\"C\"").into();
        Expr::Collate { expr: Box::new(text), collation }
    }

    fn lower(&self, text: Expr) -> Expr {
        let (upper, lower) = letters();
        call("TRANSLATE", vec![text, plain(upper), plain(lower)])
    }

    fn upper(&self, text: Expr) -> Expr {
        let (upper, lower) = letters();
        call("TRANSLATE", vec![text, plain(lower), plain(upper)])
    }

    fn trim(&self, text: Expr) -> Expr {
        call("BTRIM", vec![text, finished("E' \\t\\n\\r'".to_owned())])
    }

    fn length(&self, text: Expr) -> Expr {
        cast(call("LENGTH", vec![text]), DataType::BigInt(None))
    }

    fn concat(&self, texts: Vec<Expr>) -> Expr {
        let join = |l, r| operator(l, BinaryOperator::StringConcat, r);
        texts.into_iter().reduce(join).unwrap_or_else(|| plain(""))
    }

    fn contains(&self, text: Expr, part: Expr) -> Expr {
        compare(call("STRPOS", vec![text, part]), BinaryOperator::Gt, number(0))
    }

    fn starts_with(&self, text: Expr, part: Expr) -> Expr {
        call("STARTS_WITH", vec![text, part])
    }

    fn ends_with(&self, text: Expr, part: Expr) -> Expr {
        // RIGHT with 0 gives no characters: every text ends with the empty one.
        let end = call("RIGHT", vec![text, call("LENGTH", vec![part.clone()])]);
        equal(end, part)
    }

    fn matches(&self, text: Expr, pattern: &str) -> Expr {
        // `(?p)`: a dot is any character but a line end, as in the other engines.
        operator(text, BinaryOperator::PGRegexMatch, self.text(&format!("(?p){pattern}")))
    }

    fn as_text(&self, value: Expr, _stored: Stored) -> Expr {
        cast(value, DataType::Text)
    }

    fn md5(&self, text: Expr) -> Expr {
        // Of the bytes in UTF-8, whatever the database's own encoding.
        call("MD5", vec![call("CONVERT_TO", vec![text, plain("UTF8")])])
    }

    fn bucket(&self, text: Expr) -> Expr {
        let digits = call("SUBSTR", vec![self.md5(text), number(18), number(15)]);
        let hex = operator(plain("x0"), BinaryOperator::StringConcat, digits);
        let bits = cast(hex, DataType::Bit(Some(64)));
        modulo(cast(bits, DataType::BigInt(None)), number(10_000))
    }

    fn raw_text(&self, raw: Expr) -> Expr {
        cast(raw, DataType::Text)
    }

    fn raw_shortest(&self, raw: Expr) -> Expr {
        let text = self.raw_text(raw.clone());
        let group = finished("'\\1'".to_owned());
        let shortest = call("REGEXP_REPLACE", vec![text.clone(), plain(NEEDLESS_ZEROS), group]);
        let ty = cast(call("PG_TYPEOF", vec![raw]), DataType::Text);
        case_of(Some(ty), vec![(plain("numeric"), shortest)], Some(text))
    }

    fn raw_time_text(&self, raw: Expr) -> Expr {
        self.raw_text(raw)
    }

    fn day_form(&self) -> &'static str {
        DAY
    }

    fn of_form(&self, text: Expr, pattern: &str) -> Expr {
        call("SUBSTRING", vec![text, plain(format!("^[[:space:]]*({pattern})[[:space:]]*$"))])
    }

    fn read_natively(&self, _: Expr, _: Stored, _: Option<&str>, by_text: Expr) -> Result<Expr, Unsupported> {
        // A conversion that does not fit the column's type would be refused here, taken or not.
        Ok(by_text)
    }

    fn convert(&self, text: Expr, stored: Stored) -> Expr {
        let numeric = |text| cast(text, DataType::Numeric(ExactNumberInfo::None));
        match stored {
            Stored::Int => cast(within_bounds(numeric(text), INT), DataType::BigInt(None)),
            Stored::Decimal => within_bounds(call("ROUND", vec![numeric(text), number(9)]), DECIMAL),
            other => cast(text, self.data_type(other)),
        }
    }
}

/// One beyond what an int of 64 bits holds, below and above.
const INT: (&str, &str) = ("-9223372036854775809", "9223372036854775808");
/// One beyond what 38 digits with 9 places hold, below and above.
const DECIMAL: (&str, &str) = ("-1e29", "1e29");

/// The days of the years 0001 to 9999: a cast would fail on the 30th of February.
const DAY: &str = concat!(
    "(?:",
    "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-",
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29",
    ")"
);

/// `x AT TIME ZONE zone`: an instant as a zone's wall clock, or a wall clock as an instant.
fn at_zone(expr: Expr, zone: &str) -> Expr {
    let atom = if crate::ast::is_simple(&expr) || matches!(expr, Expr::Function(_) | Expr::Cast { .. }) {
        expr
    } else {
        Expr::Nested(Box::new(expr))
    };
    Expr::AtTimeZone { timestamp: Box::new(atom), time_zone: Box::new(Postgres.text(zone)) }
}

/// What a zone's clock shows at an instant.
fn clock(instant: Expr, zone: &str) -> Expr {
    if zone == "UTC" { instant } else { at_zone(at_zone(instant, "UTC"), zone) }
}

/// The instant at which a zone's clock shows this.
fn of_clock(wall: Expr, zone: &str) -> Result<Expr, Unsupported> {
    if zone == "UTC" {
        return Ok(wall);
    }
    let instant = |wall| at_zone(at_zone(wall, zone), "UTC");
    let shows = |at| clock(at, zone);
    let shift = |at, by| Postgres.shift(at, by);
    Clock { zone, instant: &instant, shows: &shows, shift: &shift }.first_where_engine_takes_second(wall)
}

fn extract(field: DateTimeField, expr: Expr) -> Expr {
    Expr::Extract { field, syntax: ExtractSyntax::From, expr: Box::new(expr) }
}

/// A quotient has as many places as its longer side: of sixty, rounding to nine is rounding the true quotient,
/// which differs from a tie by 10^-48 or not at all.
fn quotient(left: Expr, right: Expr) -> Expr {
    let long = call("ROUND", vec![left, number(60)]);
    call("ROUND", vec![divide(long, call("NULLIF", vec![right, number(0)])), number(9)])
}
