//! Databricks, and Spark SQL from 4.0 on, in ANSI mode, which is Databricks' own. A sum, a product or a quotient of two
//! decimals of 38 digits loses places there, so that decimals are calculated as whole numbers of 10^-9, which lose
//! none, and become decimals again by their text. A quotient whose divisor is a decimal above 10^20 in absolute value is
//! missing. There is no type for a time of day: it is text, `09:00:00.000000`, which sorts as times do.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use persona_plan::Arithmetic;
use persona_value::Decimal;
use sqlparser::ast::{BinaryOperator, CastKind, DataType, DateTimeField, Expr, Ident, TimezoneInfo};

use super::{DatePart, Dialect, Number, Stored, clock_text, in_units, letters, utc};
use crate::Unsupported;
use crate::ast::{
    add, call, case, case_of, cast, cast_as, coalesce, compare, digits, finished, interval, modulo, multiply,
    number, plain, subtract, typed,
};
use crate::read::NEEDLESS_ZEROS;

pub struct Databricks;

impl Dialect for Databricks {
    fn parser(&self) -> &dyn sqlparser::dialect::Dialect {
        &sqlparser::dialect::DatabricksDialect {}
    }

    fn name(&self, name: &str) -> Ident {
        Ident::new(format!("`{}`", name.replace('`', "``")))
    }

    fn text(&self, text: &str) -> Expr {
        // `${NAME}` would be replaced by a variable's value before anything is read, in quotes too.
        let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace("${", "$\\{");
        finished(format!("'{}'", escaped.replace('\0', "\\u0000")))
    }

    fn decimal(&self, value: Decimal) -> Expr {
        number(value)
    }

    fn date(&self, value: Date) -> Expr {
        typed(DataType::Date, value)
    }

    fn time(&self, value: Time) -> Expr {
        plain(fixed(&clock_text(value)))
    }

    fn instant(&self, value: Timestamp) -> Expr {
        typed(self.data_type(Stored::Instant), utc(value))
    }

    fn data_type(&self, stored: Stored) -> DataType {
        match stored {
            Stored::Bool => DataType::Boolean,
            Stored::Int => DataType::BigInt(None),
            Stored::Decimal => DataType::Decimal(digits(38, 9)),
            Stored::Text | Stored::Time => DataType::String(None),
            Stored::Date => DataType::Date,
            Stored::Instant => DataType::TimestampNtz(None),
        }
    }

    fn replaces_tables(&self) -> bool {
        true
    }

    fn qualifies(&self) -> bool {
        true
    }

    fn now(&self) -> Expr {
        without_zone(call("CURRENT_TIMESTAMP", vec![]))
    }

    fn shift(&self, instant: Expr, seconds: i64) -> Expr {
        let (count, unit) = in_units(seconds.saturating_abs());
        let field = match unit {
            "DAY" => DateTimeField::Day,
            "HOUR" => DateTimeField::Hour,
            "MINUTE" => DateTimeField::Minute,
            _ => DateTimeField::Second,
        };
        let span = interval(plain(count), Some(field));
        if seconds < 0 { subtract(instant, span) } else { add(instant, span) }
    }

    fn add_days(&self, date: Expr, days: i64) -> Expr {
        call("DATE_ADD", vec![date, number(days)])
    }

    fn add_months(&self, date: Expr, months: i64) -> Expr {
        call("ADD_MONTHS", vec![date, number(months)])
    }

    fn local_date(&self, instant: Expr, zone: &str) -> Expr {
        cast(clock(instant, zone), DataType::Date)
    }

    fn local_hour(&self, instant: Expr, zone: &str) -> Expr {
        self.int(call("HOUR", vec![clock(instant, zone)]))
    }

    fn midnight(&self, date: Expr, zone: &str) -> Result<Expr, Unsupported> {
        Ok(of_clock(cast(date, self.data_type(Stored::Instant)), zone))
    }

    fn read_wall(&self, text: Expr, zone: &str) -> Result<Expr, Unsupported> {
        let shown = call("REPLACE", vec![text, plain("+00"), plain("")]);
        Ok(of_clock(cast_as(CastKind::TryCast, shown, self.data_type(Stored::Instant)), zone))
    }

    fn read_instant(&self, text: Expr) -> Expr {
        // Without an offset the session's zone would be used: it gets one, and beside it a time with seconds.
        let replaced = |text, (from, to)| call("REGEXP_REPLACE", vec![text, plain(from), plain(to)]);
        let steps =
            [("^(.{10})$", "$1 00:00"), ("^(.{16})([^:]|$)", "$1:00$2"), ("^(.{11}[0-9:.]+)$", "$1+00:00")];
        let timed = steps.into_iter().fold(text, replaced);
        let with_zone = DataType::Timestamp(None, TimezoneInfo::None);
        without_zone(cast_as(CastKind::TryCast, timed, with_zone))
    }

    fn date_part(&self, part: DatePart, date: Expr) -> Expr {
        let part = match part {
            DatePart::Year => call("YEAR", vec![date]),
            DatePart::Month => call("MONTH", vec![date]),
            DatePart::Day => call("DAY", vec![date]),
            // Monday 0 to Sunday 6.
            DatePart::Weekday => add(call("WEEKDAY", vec![date]), number(1)),
        };
        self.int(part)
    }

    fn days_between(&self, later: Expr, earlier: Expr) -> Expr {
        self.int(call("DATEDIFF", vec![later, earlier]))
    }

    fn since_midnight(&self, time: Expr) -> Expr {
        let first_day = call("CONCAT", vec![plain("1970-01-01 "), time, plain("+00:00")]);
        call("UNIX_MICROS", vec![cast(first_day, DataType::Timestamp(None, TimezoneInfo::None))])
    }

    fn microseconds(&self, instant: Expr) -> Expr {
        // By its text, since the session's zone would be used.
        let shown = call("CONCAT", vec![cast(instant, DataType::String(None)), plain("+00:00")]);
        call("UNIX_MICROS", vec![cast(shown, DataType::Timestamp(None, TimezoneInfo::None))])
    }

    fn calculates_on_groups(&self) -> bool {
        // It could, but what repeats its operands is better read over named columns.
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
        let function = match op {
            Arithmetic::Add => "TRY_ADD",
            Arithmetic::Subtract => "TRY_SUBTRACT",
            Arithmetic::Multiply => "TRY_MULTIPLY",
            Arithmetic::Divide => return of_units(quotient(units(&left), units(&right))),
        };
        match (op, left.int, right.int) {
            // Of two literals the type would be the narrower.
            (_, true, true) => {
                let left = if right.literal.is_some() { self.int(left.expr) } else { left.expr };
                call(function, vec![left, right.expr])
            }
            (Arithmetic::Multiply, false, false) => of_units(product(&left, &right)),
            (Arithmetic::Multiply, ..) => {
                let side = |n: &Number| if n.int { whole(n.expr.clone()) } else { units(n) };
                of_units(call(function, vec![side(&left), side(&right)]))
            }
            _ => of_units(call(function, vec![units(&left), units(&right)])),
        }
    }

    fn sum(&self, value: Expr, int: bool) -> Expr {
        if !int {
            return coalesce(call("SUM", vec![value]), cast(number(0), self.data_type(Stored::Decimal)));
        }
        let sum = coalesce(call("SUM", vec![whole(value)]), number(0));
        cast_as(CastKind::TryCast, sum, self.data_type(Stored::Int))
    }

    fn average(&self, value: Expr, int: bool) -> Expr {
        let summed = if int { whole(value.clone()) } else { value.clone() };
        let column = |expr, int| Number { expr, int, literal: None, constant: false };
        let sum = units(&column(call("SUM", vec![summed]), int));
        of_units(quotient(sum, units(&column(call("COUNT", vec![value]), true))))
    }

    fn round(&self, value: Expr, places: u32) -> Expr {
        self.to_decimal(call("ROUND", vec![value, number(places)]))
    }

    fn floor(&self, value: Expr) -> Expr {
        self.to_decimal(call("FLOOR", vec![value]))
    }

    fn ceil(&self, value: Expr) -> Expr {
        self.to_decimal(call("CEIL", vec![value]))
    }

    fn absolute(&self, value: Number) -> Expr {
        if !value.int {
            return call("ABS", vec![value.expr]);
        }
        let absolute = call("ABS", vec![whole(value.expr)]);
        cast_as(CastKind::TryCast, absolute, self.data_type(Stored::Int))
    }

    fn units(&self, value: Expr) -> Expr {
        cast(
            units(&Number { expr: value, int: false, literal: None, constant: false }),
            DataType::String(None),
        )
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
        call("BTRIM", vec![text, finished("' \\t\\n\\r'".to_owned())])
    }

    fn length(&self, text: Expr) -> Expr {
        self.int(call("CHAR_LENGTH", vec![text]))
    }

    fn concat(&self, texts: Vec<Expr>) -> Expr {
        call("CONCAT", texts)
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
        call("REGEXP_LIKE", vec![text, self.text(&javas(pattern))])
    }

    fn as_text(&self, value: Expr, _stored: Stored) -> Expr {
        cast(value, DataType::String(None))
    }

    fn md5(&self, text: Expr) -> Expr {
        call("MD5", vec![text])
    }

    fn bucket(&self, text: Expr) -> Expr {
        let digits = call("SUBSTR", vec![self.md5(text), number(18), number(15)]);
        let bits = self.int(call("CONV", vec![digits, number(16), number(10)]));
        modulo(bits, number(10_000))
    }

    fn raw_text(&self, raw: Expr) -> Expr {
        cast(raw, DataType::String(None))
    }

    fn raw_shortest(&self, raw: Expr) -> Expr {
        let text = self.raw_text(raw.clone());
        let shortest = call("REGEXP_REPLACE", vec![text.clone(), plain(NEEDLESS_ZEROS), plain("$1")]);
        case_of(Some(call("TYPEOF", vec![raw])), vec![(plain("string"), text)], Some(shortest))
    }

    fn raw_time_text(&self, raw: Expr) -> Expr {
        // An instant would be shown on the session's clock; as JSON it is shown on the one that is asked for.
        let document = call("NAMED_STRUCT", vec![plain("at"), raw.clone()]);
        let form = [("timeZone", "UTC"), ("timestampFormat", "yyyy-MM-dd HH:mm:ss.SSSSSSXXX")];
        let form = form.into_iter().flat_map(|(name, value)| [plain(name), plain(value)]).collect();
        let shown = call("TO_JSON", vec![document, call("MAP", form)]);
        let shown = call("GET_JSON_OBJECT", vec![shown, plain("$.at")]);
        let ty = call("TYPEOF", vec![raw.clone()]);
        case_of(Some(ty), vec![(plain("timestamp"), shown)], Some(self.raw_text(raw)))
    }

    fn day_form(&self) -> &'static str {
        "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    }

    fn of_form(&self, text: Expr, pattern: &str) -> Expr {
        // No POSIX classes in Java's expressions, and what is not found is an empty text.
        let form = self.text(&format!("^\\s*({pattern})\\s*\\z"));
        call("NULLIF", vec![call("REGEXP_EXTRACT", vec![text, form, number(1)]), plain("")])
    }

    fn read_natively(&self, _: Expr, _: Stored, _: Option<&str>, by_text: Expr) -> Result<Expr, Unsupported> {
        // A conversion that does not fit the column's type would be refused here, taken or not.
        Ok(by_text)
    }

    fn convert(&self, text: Expr, stored: Stored) -> Expr {
        let text = match stored {
            // Zeros after the point are no int's text.
            Stored::Int => cast_as(CastKind::TryCast, text, wide()),
            Stored::Time => {
                let midnight = plain(fixed("00:00:00"));
                return call("OVERLAY", vec![midnight, text, number(1)]);
            }
            _ => text,
        };
        cast_as(CastKind::TryCast, text, self.data_type(stored))
    }
}

impl Databricks {
    /// As an int of 64 bits, where the engine's own has 32.
    fn int(&self, expr: Expr) -> Expr {
        cast(expr, self.data_type(Stored::Int))
    }

    fn to_decimal(&self, expr: Expr) -> Expr {
        cast_as(CastKind::TryCast, expr, self.data_type(Stored::Decimal))
    }
}

/// 38 digits before the point: of these no operation loses any, but for `/`.
fn wide() -> DataType {
    DataType::Decimal(digits(38, 0))
}

fn whole(expr: Expr) -> Expr {
    cast(expr, wide())
}

/// `09:00:00.000000`: a time whose text sorts as times do.
fn fixed(time: &str) -> String {
    const MIDNIGHT: &str = "00:00:00.000000";
    format!("{time}{}", MIDNIGHT.get(time.len()..).unwrap_or_default())
}

/// What a zone's clock shows at an instant.
fn clock(instant: Expr, zone: &str) -> Expr {
    if zone == "UTC" {
        return instant;
    }
    call("CONVERT_TIMEZONE", vec![plain("UTC"), Databricks.text(zone), instant])
}

/// The instant at which a zone's clock shows this: the first of two, and forward over a gap, just what the language
/// says.
fn of_clock(wall: Expr, zone: &str) -> Expr {
    if zone == "UTC" {
        return wall;
    }
    call("CONVERT_TIMEZONE", vec![Databricks.text(zone), plain("UTC"), wall])
}

/// An instant of the engine's own as one in UTC without a zone, whatever the session's zone is.
fn without_zone(instant: Expr) -> Expr {
    let first = typed(Databricks.data_type(Stored::Instant), "1970-01-01 00:00:00");
    let unit = Expr::Identifier(Ident::new("MICROSECOND"));
    call("TIMESTAMPADD", vec![unit, call("UNIX_MICROS", vec![instant]), first])
}

/// A number as a whole number of 10^-9.
fn units(value: &Number) -> Expr {
    match value.literal {
        Some(literal) => whole(number(literal.units())),
        None if value.int => multiply(whole(value.expr.clone()), number(1_000_000_000)),
        None => {
            let decimal = cast(value.expr.clone(), Databricks.data_type(Stored::Decimal));
            whole(call("REPLACE", vec![Databricks.raw_text(decimal), plain("."), plain("")]))
        }
    }
}

/// The decimal of so many 10^-9.
fn of_units(units: Expr) -> Expr {
    Databricks.to_decimal(call("CONCAT", vec![units, plain("E-9")]))
}

/// The exact product of two decimals in units, rounded once. Wholes and parts are multiplied crosswise; all four products
/// have the sign of the whole one, so that rounding the last rounds the sum.
fn product(left: &Number, right: &Number) -> Expr {
    let times = |l, r| call("TRY_MULTIPLY", vec![l, r]);
    let plus = |l, r| call("TRY_ADD", vec![l, r]);
    let part = |n: &Number| modulo(units(n), number(1_000_000_000));
    let before = |n: &Number| {
        let shown = Databricks.raw_text(cast(n.expr.clone(), Databricks.data_type(Stored::Decimal)));
        match n.literal {
            Some(literal) => whole(number(literal.trunc())),
            None => whole(call("SUBSTRING_INDEX", vec![shown, plain("."), number(1)])),
        }
    };
    let wholes = times(times(before(left), before(right)), number(1_000_000_000));
    let mixed = plus(times(before(left), part(right)), times(part(left), before(right)));
    let parts = multiply(times(part(left), part(right)), number("0.000000001"));
    plus(plus(wholes, mixed), whole(parts))
}

/// The exact quotient of two numbers of units, in units, rounded half away from zero. A number less its remainder divides
/// evenly.
fn quotient(l: Expr, r: Expr) -> Expr {
    let rest = |a: Expr| call("TRY_MOD", vec![a, r.clone()]);
    let even = |a: Expr, rest: Expr| whole(call("TRY_DIVIDE", vec![subtract(a, rest), r.clone()]));
    let billion = || number(1_000_000_000);
    let times = |l, r| call("TRY_MULTIPLY", vec![l, r]);
    let first = rest(l.clone());
    let billionths = times(first.clone(), billion());
    let left_over = rest(billionths.clone());
    let absolute = |e| call("ABS", vec![e]);
    // Twice what is left over could have a digit too many.
    let half = compare(
        absolute(left_over.clone()),
        BinaryOperator::GtEq,
        subtract(absolute(r.clone()), absolute(left_over.clone())),
    );
    let sign = multiply(call("SIGN", vec![l.clone()]), call("SIGN", vec![r.clone()]));
    let rounded = case(vec![(half, sign)], Some(number(0)));
    let whole_part = times(even(l, first), billion());
    let part = even(billionths, left_over);
    call("TRY_ADD", vec![call("TRY_ADD", vec![whole_part, part]), whole(rounded)])
}

/// A pattern in Java's expressions. There `$` is also before a last line end and `.` is none of five of them; so
/// these two are written as what the language means.
fn javas(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let (mut chars, mut class) = (pattern.chars(), false);
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
            }
            '$' if !class => out.push_str("\\z"),
            '.' if !class => out.push_str("[^\\n]"),
            _ => {
                class = match c {
                    '[' => true,
                    ']' => false,
                    _ => class,
                };
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_ends_where_the_text_does_and_a_dot_is_any_character_of_a_line() {
        assert_eq!(javas("^a.b$|[.$]\\.\\$"), "^a[^\\n]b\\z|[.$]\\.\\$");
    }

    #[test]
    fn nothing_in_a_text_is_replaced_by_a_variable() {
        assert_eq!(Databricks.text("${env:HOME}'\\").to_string(), "'$\\{env:HOME}\\'\\\\'");
    }

    #[test]
    fn a_time_is_as_wide_as_any_other() {
        assert_eq!(["09:30:00", "09:30:00.25"].map(fixed), ["09:30:00.000000", "09:30:00.250000"]);
    }
}
