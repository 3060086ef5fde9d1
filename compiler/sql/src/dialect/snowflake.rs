//! Snowflake. Its numbers have 38 digits and nothing catches their overflow, so operands are looked at first, as
//! floats: a result within one part in 10^15 of the limit of 10^29 counts as too large, and so does a divisor
//! above 10^20 and a quotient above 10^26. Its own quotient is cut at 12 places or fewer, so the exact one is put together from remainders.
//! Rounding up to 10^29 and an int sum beyond 38 digits raise.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use persona_plan::Arithmetic;
use persona_value::Decimal;
use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, ExactNumberInfo, Expr, Ident, TimezoneInfo, TypeModifier,
};

use super::{DatePart, Dialect, Number, Stored, clock_text, in_units, letters, utc};
use crate::Unsupported;
use crate::ast::{
    add, all, call, case, case_of, cast, cast_as, coalesce, compare, divide, finished, multiply, number,
    operator, plain, subtract, typed, within_bounds,
};
use crate::read::NEEDLESS_ZEROS;
use crate::zone::Clock;

pub struct Snowflake;

impl Dialect for Snowflake {
    fn parser(&self) -> &dyn sqlparser::dialect::Dialect {
        &sqlparser::dialect::SnowflakeDialect {}
    }

    fn name(&self, name: &str) -> Ident {
        Ident::new(format!("\"{}\"", name.to_uppercase().replace('"', "\"\"")))
    }

    fn text(&self, text: &str) -> Expr {
        let escaped = text.replace('\\', "\\\\").replace('\'', "''");
        finished(format!("'{}'", escaped.replace('\0', "\\u0000")))
    }

    fn decimal(&self, value: Decimal) -> Expr {
        number(value)
    }

    fn date(&self, value: Date) -> Expr {
        typed(DataType::Date, value)
    }

    fn time(&self, value: Time) -> Expr {
        typed(DataType::Time(None, TimezoneInfo::None), clock_text(value))
    }

    fn instant(&self, value: Timestamp) -> Expr {
        cast(plain(utc(value)), self.data_type(Stored::Instant))
    }

    fn data_type(&self, stored: Stored) -> DataType {
        match stored {
            Stored::Bool => DataType::Boolean,
            Stored::Int => number_of(38, 0),
            Stored::Decimal => number_of(38, 9),
            Stored::Text => DataType::Varchar(None),
            Stored::Date => DataType::Date,
            Stored::Time => DataType::Time(Some(6), TimezoneInfo::None),
            Stored::Instant => DataType::TimestampNtz(Some(6)),
        }
    }

    fn replaces_tables(&self) -> bool {
        true
    }

    fn qualifies(&self) -> bool {
        true
    }

    fn now(&self) -> Expr {
        let utc = call("CONVERT_TIMEZONE", vec![plain("UTC"), call("CURRENT_TIMESTAMP", vec![])]);
        cast(utc, self.data_type(Stored::Instant))
    }

    fn shift(&self, instant: Expr, seconds: i64) -> Expr {
        let (count, unit) = in_units(seconds);
        moved(unit, count, instant)
    }

    fn add_days(&self, date: Expr, days: i64) -> Expr {
        moved("DAY", days, date)
    }

    fn add_months(&self, date: Expr, months: i64) -> Expr {
        // Not ADD_MONTHS, which takes the last day of a month to the last day of another.
        moved("MONTH", months, date)
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
        let shown = call("REPLACE", vec![text, plain("+00"), plain("")]);
        of_clock(cast_as(CastKind::TryCast, shown, self.data_type(Stored::Instant)), zone)
    }

    fn read_instant(&self, text: Expr) -> Expr {
        // Into the one form that Snowflake documents for an instant: `YYYY-MM-DD HH:MI:SS.FF +HH:MI`.
        let steps = [
            ("^(.{10})$", "\\\\1 00:00:00"),
            ("^(.{16})([^:]|$)", "\\\\1:00\\\\2"),
            ("^(.{10}).([0-9:.]+)Z?$", "\\\\1 \\\\2 +00:00"),
            ("([0-9])([+-][0-9]{2})$", "\\\\1\\\\2:00"),
            ("^(.{10}).([0-9:.]+)([+-][0-9]{2}):?([0-9]{2})$", "\\\\1 \\\\2 \\\\3:\\\\4"),
        ];
        let replaced = |text, (from, to): (&str, &str)| {
            call("REGEXP_REPLACE", vec![text, plain(from), finished(format!("'{to}'"))])
        };
        let shown = steps.into_iter().fold(text, replaced);
        let with_zone = DataType::Custom(Ident::new("TIMESTAMP_TZ").into(), vec![]);
        let instant = cast_as(CastKind::TryCast, shown, with_zone);
        cast(call("CONVERT_TIMEZONE", vec![plain("UTC"), instant]), self.data_type(Stored::Instant))
    }

    fn date_part(&self, part: DatePart, date: Expr) -> Expr {
        let function = match part {
            DatePart::Year => "YEAR",
            DatePart::Month => "MONTH",
            DatePart::Day => "DAY",
            DatePart::Weekday => "DAYOFWEEKISO",
        };
        call(function, vec![date])
    }

    fn days_between(&self, later: Expr, earlier: Expr) -> Expr {
        call("DATEDIFF", vec![unit("DAY"), earlier, later])
    }

    fn since_midnight(&self, time: Expr) -> Expr {
        let midnight = typed(DataType::Time(None, TimezoneInfo::None), "00:00:00");
        call("DATEDIFF", vec![unit("MICROSECOND"), midnight, time])
    }

    fn microseconds(&self, instant: Expr) -> Expr {
        call("DATE_PART", vec![unit("EPOCH_MICROSECOND"), instant])
    }

    fn calculates_on_groups(&self) -> bool {
        // It could, but would compute each aggregate several times.
        false
    }

    fn repeats(&self, op: Arithmetic, left_int: bool, right_int: bool) -> bool {
        !(left_int && right_int) || op == Arithmetic::Divide
    }

    fn arithmetic(&self, op: Arithmetic, left: Number, right: Number) -> Expr {
        if left.int && right.int && op != Arithmetic::Divide {
            // Of two ints of 64 bits even the product has fewer than 38 digits.
            let exact = match op {
                Arithmetic::Add => add(left.expr, right.expr),
                Arithmetic::Subtract => subtract(left.expr, right.expr),
                _ => multiply(left.expr, right.expr),
            };
            return within_bounds(exact, INT);
        }
        let float = |n: &Number| cast(n.expr.clone(), DataType::Float(ExactNumberInfo::None));
        let below = |limit: &str, e: Expr| compare(call("ABS", vec![e]), BinaryOperator::Lt, number(limit));
        let small = |e: Expr| below("1e29", e);
        let (l, r) = (&left, &right);
        match op {
            Arithmetic::Add => guarded(small(add(float(l), float(r))), add(l.expr.clone(), r.expr.clone())),
            Arithmetic::Subtract => {
                guarded(small(subtract(float(l), float(r))), subtract(l.expr.clone(), r.expr.clone()))
            }
            Arithmetic::Multiply => {
                let exact = if l.int || r.int {
                    multiply(l.expr.clone(), r.expr.clone())
                } else {
                    product(&l.expr, &r.expr)
                };
                guarded(small(multiply(float(l), float(r))), exact)
            }
            Arithmetic::Divide => {
                // The remainder has nine more digits than the divisor.
                let room = (!r.int).then(|| below("1e20", float(r)));
                let ratio = divide(float(l), call("NULLIF", vec![float(r), number(0)]));
                guarded(all(room.into_iter().chain([below("1e26", ratio)])), quotient(&l.expr, &r.expr))
            }
        }
    }

    fn sum(&self, value: Expr, _int: bool) -> Expr {
        coalesce(call("SUM", vec![value]), number(0))
    }

    fn average(&self, value: Expr, _int: bool) -> Expr {
        let count = call("NULLIF", vec![call("COUNT", vec![value.clone()]), number(0)]);
        quotient(&call("SUM", vec![value]), &count)
    }

    fn round(&self, value: Expr, places: u32) -> Expr {
        cast(call("ROUND", vec![value, number(places)]), self.data_type(Stored::Decimal))
    }

    fn floor(&self, value: Expr) -> Expr {
        cast(call("FLOOR", vec![value]), self.data_type(Stored::Decimal))
    }

    fn ceil(&self, value: Expr) -> Expr {
        cast(call("CEIL", vec![value]), self.data_type(Stored::Decimal))
    }

    fn absolute(&self, value: Number) -> Expr {
        let absolute = call("ABS", vec![value.expr]);
        if value.int { within_bounds(absolute, INT) } else { absolute }
    }

    fn units(&self, value: Expr) -> Expr {
        // By its text, without the point and leading zeros.
        let shown = cast(cast(value, self.data_type(Stored::Decimal)), DataType::Varchar(None));
        let bare = call("REPLACE", vec![shown, plain("."), plain("")]);
        let zeros = plain("^(-?)0+([0-9])");
        call("REGEXP_REPLACE", vec![bare, zeros, finished("'\\\\1\\\\2'".to_owned())])
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
        call("TRIM", vec![text, finished("' \\t\\n\\r'".to_owned())])
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
        call("STARTSWITH", vec![text, part])
    }

    fn ends_with(&self, text: Expr, part: Expr) -> Expr {
        call("ENDSWITH", vec![text, part])
    }

    fn matches(&self, text: Expr, pattern: &str) -> Expr {
        // Not REGEXP_LIKE, which wants the whole text to match. Groups that capture nothing are unknown here.
        let place = call("REGEXP_INSTR", vec![text, self.text(&capturing(pattern))]);
        compare(place, BinaryOperator::Gt, number(0))
    }

    fn as_text(&self, value: Expr, stored: Stored) -> Expr {
        match stored {
            // Not by a cast, whose form the session sets.
            Stored::Date => call("TO_CHAR", vec![value, plain("YYYY-MM-DD")]),
            Stored::Time => call("TO_CHAR", vec![value, plain("HH24:MI:SS")]),
            _ => cast(value, DataType::Varchar(None)),
        }
    }

    fn md5(&self, text: Expr) -> Expr {
        call("MD5", vec![text])
    }

    fn bucket(&self, text: Expr) -> Expr {
        let low = call("MD5_NUMBER_LOWER64", vec![text]);
        let bits = call("BITAND", vec![low, number((1_u64 << 60) - 1)]);
        call("MOD", vec![bits, number(10_000)])
    }

    fn raw_text(&self, raw: Expr) -> Expr {
        cast(raw, DataType::Varchar(None))
    }

    fn raw_shortest(&self, raw: Expr) -> Expr {
        let text = self.raw_text(raw.clone());
        let group = finished("'\\\\1'".to_owned());
        let shortest = call("REGEXP_REPLACE", vec![text.clone(), plain(NEEDLESS_ZEROS), group]);
        let ty = call("TYPEOF", vec![call("TO_VARIANT", vec![raw])]);
        case_of(Some(ty), vec![(plain("DECIMAL"), shortest)], Some(text))
    }

    fn raw_time_text(&self, raw: Expr) -> Expr {
        self.raw_text(raw)
    }

    fn day_form(&self) -> &'static str {
        "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    }

    fn of_form(&self, text: Expr, pattern: &str) -> Expr {
        let form = plain(format!("^[[:space:]]*({})[[:space:]]*$", capturing(pattern)));
        call("REGEXP_SUBSTR", vec![text, form, number(1), number(1), plain("e"), number(1)])
    }

    fn read_natively(&self, _: Expr, _: Stored, _: Option<&str>, by_text: Expr) -> Result<Expr, Unsupported> {
        // A conversion that does not fit the column's type would be refused here, taken or not.
        Ok(by_text)
    }

    fn convert(&self, text: Expr, stored: Stored) -> Expr {
        match stored {
            Stored::Int => within_bounds(cast_as(CastKind::TryCast, text, number_of(38, 0)), INT),
            other => cast_as(CastKind::TryCast, text, self.data_type(other)),
        }
    }
}

/// One beyond what an int of 64 bits holds, below and above.
const INT: (&str, &str) = ("-9223372036854775809", "9223372036854775808");

fn number_of(precision: u64, scale: u64) -> DataType {
    let modifiers = [precision, scale].map(|n| TypeModifier::Number(n.to_string(), false));
    DataType::Custom(Ident::new("NUMBER").into(), modifiers.to_vec())
}

fn unit(name: &str) -> Expr {
    Expr::Identifier(Ident::new(name))
}

fn moved(by: &str, count: i64, from: Expr) -> Expr {
    call("DATEADD", vec![unit(by), number(count), from])
}

/// What a zone's clock shows at an instant.
fn clock(instant: Expr, zone: &str) -> Expr {
    if zone == "UTC" {
        return instant;
    }
    call("CONVERT_TIMEZONE", vec![plain("UTC"), Snowflake.text(zone), instant])
}

/// The instant at which a zone's clock shows this.
fn of_clock(wall: Expr, zone: &str) -> Result<Expr, Unsupported> {
    if zone == "UTC" {
        return Ok(wall);
    }
    // Which of two instants Snowflake takes is not documented.
    let instant = |wall| call("CONVERT_TIMEZONE", vec![Snowflake.text(zone), plain("UTC"), wall]);
    let shows = |at| clock(at, zone);
    let shift = |at, by| Snowflake.shift(at, by);
    Clock { zone, instant: &instant, shows: &shows, shift: &shift }.first(wall)
}

fn guarded(condition: Expr, then: Expr) -> Expr {
    case(vec![(condition, then)], None)
}

/// The exact product of two decimals, rounded once.
fn product(l: &Expr, r: &Expr) -> Expr {
    let whole = |e: &Expr| cast(call("TRUNC", vec![e.clone()]), number_of(29, 0));
    let part = |e: &Expr| cast(subtract(e.clone(), call("TRUNC", vec![e.clone()])), number_of(9, 9));
    let units = |e: &Expr| cast(multiply(part(e), number(1_000_000_000)), number_of(9, 0));
    // All four have the product's sign, so rounding the last rounds the sum.
    let mixed = add(multiply(whole(l), part(r)), multiply(part(l), whole(r)));
    let last = call("ROUND", vec![multiply(units(l), units(r)), number(-9)]);
    let last = cast(multiply(last, number("0.000000000000000001")), number_of(38, 9));
    add(add(multiply(whole(l), whole(r)), mixed), last)
}

/// The exact quotient, rounded half away from zero at nine places. A number less its remainder divides evenly.
fn quotient(l: &Expr, r: &Expr) -> Expr {
    let rest = |a: Expr| call("MOD", vec![a, r.clone()]);
    let even = |a: Expr| divide(subtract(a.clone(), rest(a)), r.clone());
    let billionths = multiply(rest(l.clone()), number(1_000_000_000));
    let left_over = rest(billionths.clone());
    let half = compare(
        call("ABS", vec![multiply(left_over, number(2))]),
        BinaryOperator::GtEq,
        call("ABS", vec![r.clone()]),
    );
    let sign = multiply(call("SIGN", vec![l.clone()]), call("SIGN", vec![r.clone()]));
    let rounded = add(even(billionths), case(vec![(half, sign)], Some(number(0))));
    let decimal = |e| cast(e, number_of(38, 9));
    add(decimal(even(l.clone())), decimal(multiply(rounded, number("0.000000001"))))
}

/// A pattern whose groups all capture.
fn capturing(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("(?:") {
            out.push('(');
            rest = &rest[3..];
            continue;
        }
        // What a backslash escapes is no group.
        let length =
            if c == '\\' { 1 + rest[1..].chars().next().map_or(0, char::len_utf8) } else { c.len_utf8() };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}
