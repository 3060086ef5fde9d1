//! DuckDB. Its 128-bit integers and `TRY` carry the exact arithmetic; a quotient whose divisor is above 10^20 in
//! absolute value, and no whole number, is missing.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use persona_plan::Arithmetic;
use persona_value::Decimal;
use sqlparser::ast::{BinaryOperator, CastKind, DataType, Expr, Ident, TimezoneInfo};

use super::{DatePart, Dialect, Number, Stored, clock_text, in_units, letters, span, utc};
use crate::Unsupported;
use crate::ast::{
    add, call, case, case_of, cast, cast_as, coalesce, digits, finished, integer_divide, interval, is_simple,
    modulo, multiply, null, number, one_of, operator, plain, subtract, typed,
};
use crate::read::NEEDLESS_ZEROS;
use crate::zone::Clock;

pub struct DuckDb;

impl Dialect for DuckDb {
    fn parser(&self) -> &dyn sqlparser::dialect::Dialect {
        &sqlparser::dialect::DuckDbDialect {}
    }

    fn name(&self, name: &str) -> Ident {
        Ident::new(format!("\"{}\"", name.replace('"', "\"\"")))
    }

    fn text(&self, text: &str) -> Expr {
        // Where a statement is handed over as C's strings are, the character 0 would end it.
        let parts: Vec<String> =
            text.split('\0').map(|part| format!("'{}'", part.replace('\'', "''"))).collect();
        match &parts[..] {
            [whole] => finished(whole.clone()),
            _ => finished(format!("({})", parts.join(" || CHR(0) || "))),
        }
    }

    fn decimal(&self, value: Decimal) -> Expr {
        // Without a point, what is too large for a BIGINT would be a HUGEINT, whose 39 digits leave a decimal beside it no
        // places.
        let wide = value.round(0) == value && i64::try_from(value.trunc()).is_err();
        number(if wide { value.to_fixed(1) } else { value.to_string() })
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
            Stored::Decimal => DataType::Decimal(digits(38, 9)),
            Stored::Text => DataType::Varchar(None),
            Stored::Date => DataType::Date,
            Stored::Time => DataType::Time(None, TimezoneInfo::None),
            Stored::Instant => DataType::Timestamp(None, TimezoneInfo::None),
        }
    }

    fn replaces_tables(&self) -> bool {
        true
    }

    fn qualifies(&self) -> bool {
        true
    }

    fn now(&self) -> Expr {
        at_zone("UTC", call("NOW", vec![]))
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
        call("HOUR", vec![clock(instant, zone)])
    }

    fn midnight(&self, date: Expr, zone: &str) -> Result<Expr, Unsupported> {
        of_clock(cast(date, self.data_type(Stored::Instant)), zone)
    }

    fn read_wall(&self, text: Expr, zone: &str) -> Result<Expr, Unsupported> {
        let wall = call("REPLACE", vec![text, plain("+00"), plain("")]);
        of_clock(cast_as(CastKind::TryCast, wall, self.data_type(Stored::Instant)), zone)
    }

    fn read_instant(&self, text: Expr) -> Expr {
        // Beside an offset DuckDB wants seconds; without one it would use the session's zone.
        let replaced = |text, from: &str, to: &str| {
            call("REGEXP_REPLACE", vec![text, plain(from), finished(format!("'{to}'"))])
        };
        let timed = replaced(text, "^(.{10})$", "\\1 00:00:00");
        let to_seconds = replaced(timed, "^(.{16})([^:]|$)", "\\1:00\\2");
        let with_offset = replaced(to_seconds, "^(.{11}[0-9:.]+)$", "\\1+00");
        let with_zone = DataType::Timestamp(None, TimezoneInfo::WithTimeZone);
        at_zone("UTC", cast_as(CastKind::TryCast, with_offset, with_zone))
    }

    fn date_part(&self, part: DatePart, date: Expr) -> Expr {
        let function = match part {
            DatePart::Year => "YEAR",
            DatePart::Month => "MONTH",
            DatePart::Day => "DAY",
            DatePart::Weekday => "ISODOW",
        };
        call(function, vec![date])
    }

    fn days_between(&self, later: Expr, earlier: Expr) -> Expr {
        subtract(later, earlier)
    }

    fn since_midnight(&self, time: Expr) -> Expr {
        self.microseconds(time)
    }

    fn microseconds(&self, instant: Expr) -> Expr {
        call("EPOCH_US", vec![instant])
    }

    fn calculates_on_groups(&self) -> bool {
        // TRY takes no aggregates.
        false
    }

    fn repeats(&self, op: Arithmetic, left_int: bool, right_int: bool) -> bool {
        match op {
            Arithmetic::Add | Arithmetic::Subtract => false,
            Arithmetic::Multiply => !left_int && !right_int,
            Arithmetic::Divide => true,
        }
    }

    fn arithmetic(&self, op: Arithmetic, left: Number, right: Number) -> Expr {
        let left = Number { expr: wide_enough(&left, &right), ..left };
        let right = Number { expr: wide_enough(&right, &left), ..right };
        let int = left.int && right.int && op != Arithmetic::Divide;
        let constant = left.constant || right.constant;
        let result = match op {
            Arithmetic::Add => add(left.expr, right.expr),
            Arithmetic::Subtract => subtract(left.expr, right.expr),
            // An int has no places: DuckDB's own product is exact.
            Arithmetic::Multiply if left.int || right.int => multiply(left.expr, right.expr),
            Arithmetic::Multiply => product(&left, &right),
            Arithmetic::Divide => quotient(&left, &right),
        };
        // A constant that is computed may turn out to be none: beside it DuckDB gives no type, and what is chosen
        // between that and a literal has the literal's.
        caught(match constant {
            true => cast(result, self.data_type(if int { Stored::Int } else { Stored::Decimal })),
            false => result,
        })
    }

    fn sum(&self, value: Expr, int: bool) -> Expr {
        let sum = coalesce(call("SUM", vec![value]), number(0));
        if int { cast_as(CastKind::TryCast, sum, self.data_type(Stored::Int)) } else { sum }
    }

    fn average(&self, value: Expr, int: bool) -> Expr {
        let (sum, count) = (call("SUM", vec![value.clone()]), call("COUNT", vec![value]));
        let units = if int { multiply(wide(sum.clone()), number(1_000_000_000)) } else { units(sum.clone()) };
        let half = integer_divide(count.clone(), number(2));
        let some = call("NULLIF", vec![count, number(0)]);
        let mean = integer_divide(add(units, multiply(call("SIGN", vec![sum]), half)), some);
        of_units(mean)
    }

    fn round(&self, value: Expr, places: u32) -> Expr {
        cast_as(
            CastKind::TryCast,
            call("ROUND", vec![value, number(places)]),
            self.data_type(Stored::Decimal),
        )
    }

    fn floor(&self, value: Expr) -> Expr {
        cast_as(CastKind::TryCast, call("FLOOR", vec![value]), self.data_type(Stored::Decimal))
    }

    fn ceil(&self, value: Expr) -> Expr {
        cast_as(CastKind::TryCast, call("CEIL", vec![value]), self.data_type(Stored::Decimal))
    }

    fn absolute(&self, value: Number) -> Expr {
        let absolute = call("ABS", vec![value.expr]);
        if value.int { caught(absolute) } else { absolute }
    }

    fn units(&self, value: Expr) -> Expr {
        cast(units(value), DataType::Varchar(None))
    }

    fn by_code_point(&self, text: Expr) -> Expr {
        text
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
        let spaces = [32, 9, 10, 13].map(|c| call("CHR", vec![number(c)]));
        call("TRIM", vec![text, self.concat(spaces.to_vec())])
    }

    fn length(&self, text: Expr) -> Expr {
        call("LENGTH", vec![text])
    }

    fn concat(&self, texts: Vec<Expr>) -> Expr {
        let join = |l, r| operator(l, BinaryOperator::StringConcat, r);
        texts.into_iter().reduce(join).unwrap_or_else(|| plain(""))
    }

    fn contains(&self, text: Expr, part: Expr) -> Expr {
        call("CONTAINS", vec![text, part])
    }

    fn starts_with(&self, text: Expr, part: Expr) -> Expr {
        call("STARTS_WITH", vec![text, part])
    }

    fn ends_with(&self, text: Expr, part: Expr) -> Expr {
        call("ENDS_WITH", vec![text, part])
    }

    fn matches(&self, text: Expr, pattern: &str) -> Expr {
        call("REGEXP_MATCHES", vec![text, self.text(pattern)])
    }

    fn as_text(&self, value: Expr, _stored: Stored) -> Expr {
        cast(value, DataType::Varchar(None))
    }

    fn md5(&self, text: Expr) -> Expr {
        call("MD5", vec![text])
    }

    fn bucket(&self, text: Expr) -> Expr {
        let digits = call("SUBSTR", vec![self.md5(text), number(18), number(15)]);
        let hex = operator(plain("0x"), BinaryOperator::StringConcat, digits);
        modulo(cast(hex, DataType::BigInt(None)), number(10_000))
    }

    fn raw_text(&self, raw: Expr) -> Expr {
        cast(raw, DataType::Varchar(None))
    }

    fn raw_shortest(&self, raw: Expr) -> Expr {
        let text = self.raw_text(raw.clone());
        let group = finished("'\\1'".to_owned());
        let shortest = call("REGEXP_REPLACE", vec![text.clone(), plain(NEEDLESS_ZEROS), group]);
        case_of(Some(call("TYPEOF", vec![raw])), vec![(plain("VARCHAR"), text)], Some(shortest))
    }

    fn raw_time_text(&self, raw: Expr) -> Expr {
        self.raw_text(raw)
    }

    fn day_form(&self) -> &'static str {
        "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    }

    fn of_form(&self, text: Expr, pattern: &str) -> Expr {
        call("REGEXP_EXTRACT", vec![text, plain(format!("^[[:space:]]*({pattern})[[:space:]]*$")), number(1)])
    }

    fn read_natively(
        &self,
        raw: Expr,
        stored: Stored,
        zone: Option<&str>,
        by_text: Expr,
    ) -> Result<Expr, Unsupported> {
        let own = cast_as(CastKind::TryCast, raw.clone(), self.data_type(stored));
        let (types, own): (&[&str], Expr) = match (stored, zone) {
            (Stored::Int | Stored::Decimal, _) => (&["TINYINT", "SMALLINT", "INTEGER", "BIGINT"], own),
            (Stored::Instant, None | Some("UTC")) => (&["TIMESTAMP"], own),
            (Stored::Instant, Some(zone)) => (&["TIMESTAMP"], of_clock(own, zone)?),
            _ => return Ok(by_text),
        };
        let types = types.iter().map(|t| plain(*t)).collect();
        Ok(case(vec![(one_of(call("TYPEOF", vec![raw]), types), own)], Some(by_text)))
    }

    fn convert(&self, text: Expr, stored: Stored) -> Expr {
        cast_as(CastKind::TryCast, text, self.data_type(stored))
    }
}

/// An expression whose error is a missing value. Around each operation, not around a whole tree of them: DuckDB
/// computes what two trees have in common once, before both, and would raise there.
fn caught(expr: Expr) -> Expr {
    call("TRY", vec![expr])
}

/// `TIMEZONE(zone, x)`: an instant as a zone's wall clock, or a wall clock as an instant.
fn at_zone(zone: &str, expr: Expr) -> Expr {
    call("TIMEZONE", vec![DuckDb.text(zone), expr])
}

/// What a zone's clock shows at an instant.
fn clock(instant: Expr, zone: &str) -> Expr {
    if zone == "UTC" { instant } else { at_zone(zone, at_zone("UTC", instant)) }
}

/// The instant at which a zone's clock shows this.
fn of_clock(wall: Expr, zone: &str) -> Result<Expr, Unsupported> {
    if zone == "UTC" {
        return Ok(wall);
    }
    let instant = |wall| at_zone("UTC", at_zone(zone, wall));
    let shows = |at| clock(at, zone);
    let shift = |at, by| DuckDb.shift(at, by);
    Clock { zone, instant: &instant, shows: &shows, shift: &shift }.first_where_engine_takes_second(wall)
}

/// A number beside another. A literal's type is no wider than its digits, which is too narrow where the other side is
/// an int or a literal, too.
fn wide_enough(value: &Number, other: &Number) -> Expr {
    let expr = value.expr.clone();
    match value.int {
        _ if value.literal.is_none() => expr,
        true if other.literal.is_some() => cast(expr, DataType::BigInt(None)),
        false if other.int || other.literal.is_some() => cast(expr, DataType::Decimal(digits(38, 9))),
        _ => expr,
    }
}

/// A decimal as a whole number of 10^-9, of 128 bits: its text, which always has nine places, without the point.
fn units(value: Expr) -> Expr {
    let nine_places = is_simple(&value) && !matches!(value, Expr::Value(_));
    let value = if nine_places { value } else { cast(value, DataType::Decimal(digits(38, 9))) };
    let shown = cast(value, DataType::Varchar(None));
    wide(call("REPLACE", vec![shown, plain("."), plain("")]))
}

/// The decimal of so many 10^-9.
fn of_units(units: Expr) -> Expr {
    multiply(cast(units, DataType::Decimal(digits(38, 0))), number("0.000000001"))
}

/// As an integer of 128 bits.
fn wide(value: Expr) -> Expr {
    cast(value, DataType::Custom(Ident::new("HUGEINT").into(), vec![]))
}

/// The exact product of two decimals, rounded once: DuckDB's own has 18 places and so an end at 10^20. Wholes and
/// parts are multiplied crosswise; all four products have the sign of the whole one, so that rounding the last
/// rounds the sum.
fn product(left: &Number, right: &Number) -> Expr {
    let decimal = |e: Expr| cast(e, DataType::Decimal(digits(38, 9)));
    let both = |l: Option<Expr>, r: Option<Expr>| Some(multiply(l?, r?));
    let wholes = both(whole(left), whole(right)).map(decimal);
    let mixed = [both(whole(left), part(right)), both(part(left), whole(right))];
    let parts = both(part(left), part(right)).map(decimal);
    let terms = [wholes].into_iter().chain(mixed).chain([parts]).flatten();
    let exact = match [left, right].iter().any(|n| n.literal == Some(Decimal::ZERO)) {
        // Of zero there are no parts, but what it is multiplied with may be missing.
        true => multiply(left.expr.clone(), right.expr.clone()),
        false => terms.reduce(add).unwrap_or_else(|| number(0)),
    };
    // Of two constants alone DuckDB's type has no more places than they have, or 18 of them, beside which no number of
    // 38 digits can stand.
    if left.literal.is_some() && right.literal.is_some() { decimal(exact) } else { exact }
}

/// A number's digits before the point; none for a literal that has none.
fn whole(value: &Number) -> Option<Expr> {
    match value.literal {
        Some(literal) => (literal.trunc() != 0).then(|| number(literal.trunc())),
        None => Some(cast(call("TRUNC", vec![value.expr.clone()]), DataType::Decimal(digits(29, 0)))),
    }
}

/// A number's digits after the point; none for a literal that has none.
fn part(value: &Number) -> Option<Expr> {
    match value.literal {
        Some(literal) => {
            let part = literal.sub(Decimal::from_units(literal.trunc() * 1_000_000_000).ok()?).ok()?;
            (part != Decimal::ZERO).then(|| number(part))
        }
        None => Some(cast(modulo(value.expr.clone(), number(1)), DataType::Decimal(digits(9, 9)))),
    }
}

/// The exact quotient, rounded half away from zero at nine places. By a decimal of more than 20 digits before the point
/// it is missing: its remainder has no room for nine places more in 128 bits.
fn quotient(left: &Number, right: &Number) -> Expr {
    let billion = || number(1_000_000_000);
    let some = |e: Expr| call("NULLIF", vec![e, number(0)]);
    let numerator = match left.literal {
        Some(literal) => wide(number(literal.units())),
        None if left.int => multiply(wide(left.expr.clone()), billion()),
        None => units(left.expr.clone()),
    };
    let sign = call("SIGN", vec![left.expr.clone()]);
    // By a whole number, units are divided as they are.
    match right.literal {
        Some(literal) if literal == Decimal::ZERO => return null(),
        Some(literal) if literal.round(0) == literal => {
            let half = number(literal.trunc().abs() / 2);
            return of_units(integer_divide(add(numerator, multiply(sign, half)), number(literal.trunc())));
        }
        _ if right.int => return of_units(rounded(numerator, sign, some(wide(right.expr.clone())))),
        _ => {}
    }
    let divisor = match right.literal {
        Some(literal) => wide(number(literal.units())),
        None => some(units(right.expr.clone())),
    };
    let whole = multiply(integer_divide(numerator.clone(), divisor.clone()), billion());
    let rest = multiply(modulo(numerator, divisor.clone()), billion());
    of_units(add(whole, rounded(rest, sign, divisor)))
}

/// Half the divisor is put on top, away from zero, before cutting.
fn rounded(numerator: Expr, sign: Expr, divisor: Expr) -> Expr {
    let half = integer_divide(call("ABS", vec![divisor.clone()]), number(2));
    integer_divide(add(numerator, multiply(sign, half)), divisor)
}
