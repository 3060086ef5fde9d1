//! Plans as a person reads them: an indented tree, the result of a node above what it is made from.
//!
//! ```text
//! step spend =
//!   aggregate per customer
//!       total = sum(amount)
//!     filter at > now - 30d
//!       table own.purchase: customer string, at timestamp, amount money<GBP>?
//! result =
//!   filter total > 100 GBP
//!     step spend
//! ```

use std::fmt::{self, Display, Formatter, Write};

use persona_value::{Type, Value};

use crate::evaluate::Rows;
use crate::{
    Aggregate, Arithmetic, Column, Comparison, Function, Join, Order, Place, Plan, Rel, Scalar, Schema,
};

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "step {} =", step.name)?;
            tree(&step.rel, 1, f)?;
        }
        writeln!(f, "result =")?;
        tree(&self.result, 1, f)
    }
}

impl Display for Rel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        tree(self, 0, f)
    }
}

/// A node at this depth, its columns four spaces further in, what it is made from two.
fn tree(rel: &Rel, depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let own = "  ".repeat(depth);
    let column = "  ".repeat(depth + 2);
    let mut inputs: Vec<&Rel> = Vec::new();
    match rel {
        Rel::Table(table) => writeln!(f, "{own}table {}: {}", table.place, table.schema)?,
        Rel::Step { name, .. } => writeln!(f, "{own}step {name}")?,
        Rel::Filter { input, keep } => {
            writeln!(f, "{own}filter {keep}")?;
            inputs.push(input);
        }
        Rel::Project { input, columns } => {
            writeln!(f, "{own}project")?;
            for (name, scalar) in columns {
                match scalar {
                    Scalar::Column(same) if same == name => writeln!(f, "{column}{name}")?,
                    _ => writeln!(f, "{column}{name} = {scalar}")?,
                }
            }
            inputs.push(input);
        }
        Rel::Join { kind, left, right, on, and } => {
            let mut conditions: Vec<String> = on.iter().map(|(a, b)| format!("{a} == {b}")).collect();
            conditions.extend(and.as_ref().map(nested));
            let on = if conditions.is_empty() {
                String::new()
            } else {
                format!(" on {}", conditions.join(" and "))
            };
            writeln!(f, "{own}{kind} join{on}")?;
            inputs.extend([&**left, &**right]);
        }
        Rel::Aggregate { input, keys, values } => {
            writeln!(f, "{own}aggregate{}", per(keys))?;
            for (name, value) in values {
                writeln!(f, "{column}{name} = {value}")?;
            }
            inputs.push(input);
        }
        Rel::Number { input, per: keys, order, name } => {
            writeln!(f, "{own}number {name}{} by {}", per(keys), list(order))?;
            inputs.push(input);
        }
        Rel::Ntile { input, buckets, order, name } => {
            writeln!(f, "{own}ntile {name} of {buckets} by {}", list(order))?;
            inputs.push(input);
        }
        Rel::Union(parts) => {
            writeln!(f, "{own}union")?;
            inputs.extend(parts);
        }
    }
    inputs.into_iter().try_for_each(|input| tree(input, depth + 1, f))
}

fn per(keys: &[std::sync::Arc<str>]) -> String {
    if keys.is_empty() { String::new() } else { format!(" per {}", list(keys)) }
}

fn list<T: Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Place::Users(name) => f.write_str(name),
            Place::Own(name) => write!(f, "own.{name}"),
        }
    }
}

impl Display for Column {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.name, self.ty, if self.optional { "?" } else { "" })
    }
}

impl Display for Schema {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&list(&self.columns))
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.column, if self.descending { " descending" } else { "" })
    }
}

impl Display for Join {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Join::Inner => "inner",
            Join::Left => "left",
            Join::Semi => "semi",
            Join::Anti => "anti",
        })
    }
}

impl Display for Aggregate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Aggregate::Count => f.write_str("count()"),
            Aggregate::CountPresent(column) => write!(f, "count({column})"),
            Aggregate::CountDistinct(column) => write!(f, "count_distinct({column})"),
            Aggregate::Sum(column) => write!(f, "sum({column})"),
            Aggregate::Avg(column) => write!(f, "avg({column})"),
            Aggregate::Min(column) => write!(f, "min({column})"),
            Aggregate::Max(column) => write!(f, "max({column})"),
        }
    }
}

/// On one line; what stands inside an operator is in parentheses unless it is a name, a constant or a call.
impl Display for Scalar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Column(name) => f.write_str(name),
            Scalar::Literal { value, ty } => constant(value, ty, f),
            Scalar::Now => f.write_str("now"),
            Scalar::And(parts) if parts.is_empty() => f.write_str("true"),
            Scalar::Or(parts) if parts.is_empty() => f.write_str("false"),
            Scalar::And(parts) => f.write_str(&parts.iter().map(nested).collect::<Vec<_>>().join(" and ")),
            Scalar::Or(parts) => f.write_str(&parts.iter().map(nested).collect::<Vec<_>>().join(" or ")),
            Scalar::Not(part) => write!(f, "not {}", nested(part)),
            Scalar::Compare { op, left, right } => write!(f, "{} {op} {}", nested(left), nested(right)),
            Scalar::IsMissing(part) => write!(f, "{} is missing", nested(part)),
            Scalar::OneOf { value, options } => {
                let options: Vec<String> = options.iter().map(|option| Plain(option).to_string()).collect();
                write!(f, "{} in [{}]", nested(value), options.join(", "))
            }
            Scalar::Coalesce(options) => write!(f, "coalesce({})", list(options)),
            Scalar::If { condition, then, otherwise } => {
                write!(f, "if {} then {} else {}", nested(condition), nested(then), nested(otherwise))
            }
            Scalar::Arithmetic { op, left, right, .. } => {
                write!(f, "{} {op} {}", nested(left), nested(right))
            }
            Scalar::Shift { instant, seconds } => {
                moved(instant, *seconds, &length(seconds.unsigned_abs()), f)
            }
            Scalar::AddDays { date, days } => moved(date, *days, &format!("{} days", days.unsigned_abs()), f),
            Scalar::AddMonths { date, months } => {
                moved(date, *months, &format!("{} months", months.unsigned_abs()), f)
            }
            Scalar::LocalDate { instant, zone } => write!(f, "local_date({instant}, {zone})"),
            Scalar::LocalHour { instant, zone } => write!(f, "local_hour({instant}, {zone})"),
            Scalar::StartOfDay { date, zone } => write!(f, "start_of_day({date}, {zone})"),
            Scalar::Read { raw, ty, zone: None } => write!(f, "read({raw}, {ty})"),
            Scalar::Read { raw, ty, zone: Some(zone) } => write!(f, "read({raw}, {ty}, {zone})"),
            Scalar::Rank { value, order } => write!(f, "rank({value}, {})", order.join(" < ")),
            Scalar::Call { function, args } => {
                write!(f, "{}({}", function.name(), list(args))?;
                match function {
                    Function::Matches { pattern } => write!(f, ", {pattern:?}")?,
                    Function::Round { places } => write!(f, ", {places}")?,
                    Function::Bucket { salt } => write!(f, ", salt {salt:?}")?,
                    _ => {}
                }
                f.write_char(')')
            }
        }
    }
}

/// A part of an operator.
fn nested(part: &Scalar) -> String {
    let atom = match part {
        Scalar::And(parts) | Scalar::Or(parts) => parts.is_empty(),
        Scalar::Not(_)
        | Scalar::Compare { .. }
        | Scalar::IsMissing(_)
        | Scalar::OneOf { .. }
        | Scalar::If { .. }
        | Scalar::Arithmetic { .. }
        | Scalar::Shift { .. }
        | Scalar::AddDays { .. }
        | Scalar::AddMonths { .. } => false,
        _ => true,
    };
    if atom { part.to_string() } else { format!("({part})") }
}

fn moved(from: &Scalar, by: i64, length: &str, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} {length}", nested(from), if by < 0 { '-' } else { '+' })
}

/// Exact seconds in the largest unit that divides them.
fn length(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min")];
    match units.iter().find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size)) {
        Some((size, unit)) => format!("{}{unit}", seconds / size),
        None => format!("{seconds}s"),
    }
}

/// A constant with its type where the type is not to be seen: `100 GBP`, `missing date`.
fn constant(value: &Value, ty: &Type, f: &mut Formatter<'_>) -> fmt::Result {
    match (value, ty) {
        (Value::Missing, _) => write!(f, "missing {ty}"),
        (Value::Decimal(amount), Type::Money(currency)) => write!(f, "{amount} {currency}"),
        (Value::Int(seconds), Type::Duration) if *seconds >= 0 => {
            f.write_str(&length(seconds.unsigned_abs()))
        }
        _ => Plain(value).fmt(f),
    }
}

/// A value by itself: text in quotes, decimals with a point.
struct Plain<'a>(&'a Value);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Missing => f.write_str("missing"),
            Value::Bool(truth) => write!(f, "{truth}"),
            Value::Int(whole) => write!(f, "{whole}"),
            Value::Decimal(decimal) => {
                let text = decimal.to_string();
                f.write_str(&text)?;
                f.write_str(if text.contains('.') { "" } else { ".0" })
            }
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Date(date) => write!(f, "{date}"),
            Value::Time(time) => write!(f, "{time}"),
            Value::Instant(instant) => write!(f, "{instant}"),
            Value::List(items) => write!(f, "[{}]", list(&items.iter().map(Plain).collect::<Vec<_>>())),
            Value::Record(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(name, value)| format!("{name}: {}", Plain(value))).collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Equal => "==",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
        })
    }
}

impl Display for Arithmetic {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
        })
    }
}

impl Function {
    fn name(&self) -> &'static str {
        match self {
            Function::Lower => "lower",
            Function::Upper => "upper",
            Function::Trim => "trim",
            Function::Length => "length",
            Function::Concat => "concat",
            Function::Contains => "contains",
            Function::StartsWith => "starts_with",
            Function::EndsWith => "ends_with",
            Function::Matches { .. } => "matches",
            Function::Round { .. } => "round",
            Function::Floor => "floor",
            Function::Ceil => "ceil",
            Function::Abs => "abs",
            Function::Year => "year",
            Function::Month => "month",
            Function::Day => "day",
            Function::Weekday => "weekday",
            Function::DaysBetween => "days_between",
            Function::Canonical => "canonical",
            Function::Md5 => "md5",
            Function::Masked => "masked",
            Function::Bucket { .. } => "bucket",
        }
    }
}

/// A line of names, then a line a row.
impl Display for Rows {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.schema.columns.iter().map(|column| &*column.name).collect();
        writeln!(f, "{}", names.join(" | "))?;
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| Plain(cell).to_string()).collect();
            writeln!(f, "{}", cells.join(" | "))?;
        }
        Ok(())
    }
}
