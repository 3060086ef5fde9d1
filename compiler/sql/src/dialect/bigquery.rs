//! BigQuery. Its NUMERIC is the language's decimal, 38 digits with 9 places, rounded half away from zero; `SAFE_`
//! functions give missing where others raise.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use persona_plan::Arithmetic;
use persona_value::Decimal;
use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, DateTimeField, ExactNumberInfo, Expr, ExtractSyntax, Ident,
    TimezoneInfo,
};

use super::{DatePart, Dialect, Number, Stored, clock_text, in_units, letters, utc};
use crate::Unsupported;
use crate::ast::{add, call, cast, cast_as, coalesce, compare, finished, interval, number, plain, typed};

pub struct BigQuery;

impl Dialect for BigQuery {
    fn parser(&self) -> &dyn sqlparser::dialect::Dialect {
        &sqlparser::dialect::BigQueryDialect {}
    }

    fn name(&self, name: &str) -> Ident {
        Ident::new(format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")))
    }

    fn text(&self, text: &str) -> Expr {
        let mut literal = String::from("'");
        for c in text.chars() {
            match c {
                '\\' | '\'' => literal.extend(['\\', c]),
                '\n' => literal.push_str("\\n"),
                '\r' => literal.push_str("\\r"),
                '\0' => literal.push_str("\\x00"),
                c => literal.push(c),
            }
        }
        literal.push('\'');
        finished(literal)
    }

    fn decimal(&self, value: Decimal) -> Expr {
        typed(self.data_type(Stored::Decimal), value)
    }

    fn date(&self, value: Date) -> Expr {
        typed(DataType::Date, value)
    }

    fn time(&self, value: Time) -> Expr {
        typed(self.data_type(Stored::Time), clock_text(value))
    }

    fn instant(&self, value: Timestamp) -> Expr {
        typed(self.data_type(Stored::Instant), format!("{}+00", utc(value)))
    }

    fn data_type(&self, stored: Stored) -> DataType {
        match stored {
            Stored::Bool => DataType::Bool,
            Stored::Int => DataType::Int64,
            Stored::Decimal => DataType::Numeric(ExactNumberInfo::None),
            Stored::Text => DataType::String(None),
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
        call("CURRENT_TIMESTAMP", vec![])
    }

    fn shift(&self, instant: Expr, seconds: i64) -> Expr {
        let (count, unit) = in_units(seconds.saturating_abs());
        let field = match unit {
            "DAY" => DateTimeField::Day,
            "HOUR" => DateTimeField::Hour,
            "MINUTE" => DateTimeField::Minute,
            _ => DateTimeField::Second,
        };
        let function = if seconds < 0 { "TIMESTAMP_SUB" } else { "TIMESTAMP_ADD" };
        call(function, vec![instant, interval(number(count), Some(field))])
    }

    fn add_days(&self, date: Expr, days: i64) -> Expr {
        move_date(date, days, DateTimeField::Day)
    }

    fn add_months(&self, date: Expr, months: i64) -> Expr {
        move_date(date, months, DateTimeField::Month)
    }

    fn local_date(&self, instant: Expr, zone: &str) -> Expr {
        call("DATE", vec![instant, self.text(zone)])
    }

    fn local_hour(&self, instant: Expr, zone: &str) -> Expr {
        let clock = call("DATETIME", vec![instant, self.text(zone)]);
        extract(DateTimeField::Hour, clock)
    }

    fn midnight(&self, date: Expr, zone: &str) -> Result<Expr, Unsupported> {
        // The first of two instants, and forward over a gap: just what the language says.
        Ok(call("TIMESTAMP", vec![date, self.text(zone)]))
    }

    fn read_wall(&self, text: Expr, zone: &str) -> Result<Expr, Unsupported> {
        let shown = call("REPLACE", vec![text, plain("+00"), plain("")]);
        let wall = cast_as(CastKind::SafeCast, to_seconds(shown), DataType::Datetime(None));
        Ok(call("TIMESTAMP", vec![wall, self.text(zone)]))
    }

    fn read_instant(&self, text: Expr) -> Expr {
        // `+0100`, which BigQuery does not read, becomes `+01:00`, and `Z` goes: UTC is what it assumes.
        let colon = call(
            "REGEXP_REPLACE",
            vec![text, plain("(?:Z|([+-][0-9]{2}):?([0-9]{2})?)$"), finished("'\\\\1\\\\2'".to_owned())],
        );
        cast_as(CastKind::SafeCast, to_seconds(colon), self.data_type(Stored::Instant))
    }

    fn date_part(&self, part: DatePart, date: Expr) -> Expr {
        match part {
            DatePart::Year => extract(DateTimeField::Year, date),
            DatePart::Month => extract(DateTimeField::Month, date),
            DatePart::Day => extract(DateTimeField::Day, date),
            // DAYOFWEEK has Sunday 1 to Saturday 7.
            DatePart::Weekday => {
                let since_monday = add(extract(DateTimeField::DayOfWeek, date), number(5));
                add(self.modulo(since_monday, 7), number(1))
            }
        }
    }

    fn days_between(&self, later: Expr, earlier: Expr) -> Expr {
        call("DATE_DIFF", vec![later, earlier, Expr::Identifier(Ident::new("DAY"))])
    }

    fn since_midnight(&self, time: Expr) -> Expr {
        let midnight = typed(self.data_type(Stored::Time), "00:00:00");
        call("TIME_DIFF", vec![time, midnight, Expr::Identifier(Ident::new("MICROSECOND"))])
    }

    fn microseconds(&self, instant: Expr) -> Expr {
        call("UNIX_MICROS", vec![instant])
    }

    fn calculates_on_groups(&self) -> bool {
        true
    }

    fn repeats(&self, _op: Arithmetic, _left_int: bool, _right_int: bool) -> bool {
        false
    }

    fn arithmetic(&self, op: Arithmetic, left: Number, right: Number) -> Expr {
        let function = match op {
            Arithmetic::Add => "SAFE_ADD",
            Arithmetic::Subtract => "SAFE_SUBTRACT",
            Arithmetic::Multiply => "SAFE_MULTIPLY",
            Arithmetic::Divide => "SAFE_DIVIDE",
        };
        // Two ints would divide as floats.
        let ints = left.int && right.int && op == Arithmetic::Divide;
        let left = if ints { cast(left.expr, self.data_type(Stored::Decimal)) } else { left.expr };
        call(function, vec![left, right.expr])
    }

    fn sum(&self, value: Expr, _int: bool) -> Expr {
        coalesce(call("SUM", vec![value]), number(0))
    }

    fn average(&self, value: Expr, int: bool) -> Expr {
        call("AVG", vec![if int { cast(value, self.data_type(Stored::Decimal)) } else { value }])
    }

    fn round(&self, value: Expr, places: u32) -> Expr {
        call("SAFE.ROUND", vec![value, number(places)])
    }

    fn floor(&self, value: Expr) -> Expr {
        call("SAFE.FLOOR", vec![value])
    }

    fn ceil(&self, value: Expr) -> Expr {
        call("SAFE.CEIL", vec![value])
    }

    fn absolute(&self, value: Number) -> Expr {
        call(if value.int { "SAFE.ABS" } else { "ABS" }, vec![value.expr])
    }

    fn units(&self, value: Expr) -> Expr {
        let wide = DataType::BigNumeric(ExactNumberInfo::None);
        let whole = crate::ast::multiply(cast(value, wide), number(1_000_000_000));
        cast(whole, DataType::String(None))
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
        call("CHAR_LENGTH", vec![text])
    }

    fn concat(&self, texts: Vec<Expr>) -> Expr {
        call("CONCAT", texts)
    }

    fn contains(&self, text: Expr, part: Expr) -> Expr {
        compare(call("STRPOS", vec![text, part]), BinaryOperator::Gt, number(0))
    }

    fn starts_with(&self, text: Expr, part: Expr) -> Expr {
        call("STARTS_WITH", vec![text, part])
    }

    fn ends_with(&self, text: Expr, part: Expr) -> Expr {
        call("ENDS_WITH", vec![text, part])
    }

    fn matches(&self, text: Expr, pattern: &str) -> Expr {
        call("REGEXP_CONTAINS", vec![text, self.text(pattern)])
    }

    fn as_text(&self, value: Expr, _stored: Stored) -> Expr {
        cast(value, DataType::String(None))
    }

    fn md5(&self, text: Expr) -> Expr {
        call("TO_HEX", vec![call("MD5", vec![text])])
    }

    fn bucket(&self, text: Expr) -> Expr {
        let digits = call("SUBSTR", vec![self.md5(text), number(18), number(15)]);
        let hex = call("CONCAT", vec![plain("0x"), digits]);
        self.modulo(cast(hex, DataType::Int64), 10_000)
    }

    fn raw_text(&self, raw: Expr) -> Expr {
        cast(raw, DataType::String(None))
    }

    fn raw_shortest(&self, raw: Expr) -> Expr {
        // As BigQuery shows numbers anyway.
        self.raw_text(raw)
    }

    fn raw_time_text(&self, raw: Expr) -> Expr {
        self.raw_text(raw)
    }

    fn day_form(&self) -> &'static str {
        "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    }

    fn of_form(&self, text: Expr, pattern: &str) -> Expr {
        call("REGEXP_EXTRACT", vec![text, plain(format!("^[[:space:]]*({pattern})[[:space:]]*$"))])
    }

    fn read_natively(&self, _: Expr, _: Stored, _: Option<&str>, by_text: Expr) -> Result<Expr, Unsupported> {
        // A conversion that does not fit the column's type would be refused here, taken or not.
        Ok(by_text)
    }

    fn convert(&self, text: Expr, stored: Stored) -> Expr {
        let text = match stored {
            // Zeros after the point are no int's text to BigQuery.
            Stored::Int => cast_as(CastKind::SafeCast, text, self.data_type(Stored::Decimal)),
            // Nor is a time without seconds a time.
            Stored::Time => {
                let seconds = finished("'\\\\1:00'".to_owned());
                call("REGEXP_REPLACE", vec![text, plain("^([0-9]{2}:[0-9]{2})$"), seconds])
            }
            _ => text,
        };
        cast_as(CastKind::SafeCast, text, self.data_type(stored))
    }
}

impl BigQuery {
    fn modulo(&self, value: Expr, by: i64) -> Expr {
        call("MOD", vec![value, number(by)])
    }
}

fn extract(field: DateTimeField, expr: Expr) -> Expr {
    Expr::Extract { field, syntax: ExtractSyntax::From, expr: Box::new(expr) }
}

fn move_date(date: Expr, by: i64, unit: DateTimeField) -> Expr {
    let function = if by < 0 { "DATE_SUB" } else { "DATE_ADD" };
    call(function, vec![date, interval(number(by.saturating_abs()), Some(unit))])
}

/// BigQuery takes no time without seconds and no more than six digits of a second.
fn to_seconds(text: Expr) -> Expr {
    let cut =
        call("REGEXP_REPLACE", vec![text, plain("([.][0-9]{6})[0-9]+"), finished("'\\\\1'".to_owned())]);
    let minutes = plain("^(.{10}.[0-9]{2}:[0-9]{2})([^:]|$)");
    call("REGEXP_REPLACE", vec![cut, minutes, finished("'\\\\1:00\\\\2'".to_owned())])
}
