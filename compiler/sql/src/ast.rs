//! Short words for building sqlparser's expressions. Parentheses are put here and nowhere else: the library's
//! printer adds none.

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, DataType, DateTimeField, DuplicateTreatment, ExactNumberInfo, Expr,
    Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, InTarget,
    Interval, ObjectName, OrderByExpr, TypedString, UnaryOperator, Value, WindowSpec, WindowType,
};

/// How tightly an expression holds together: what is looser than its surroundings gets parentheses.
fn tightness(expr: &Expr) -> u8 {
    use BinaryOperator::*;
    match expr {
        Expr::BinaryOp { op: Or, .. } => 1,
        Expr::BinaryOp { op: And, .. } => 2,
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => 3,
        Expr::BinaryOp { op: Eq | NotEq | Lt | LtEq | Gt | GtEq, .. } => COMPARISON,
        Expr::In { .. } | Expr::Between { .. } | Expr::IsNull(_) | Expr::IsNotNull(_) => COMPARISON,
        Expr::BinaryOp { op: Plus | Minus, .. } => SUM,
        Expr::BinaryOp { op: Multiply | Divide | Modulo | DuckIntegerDivide, .. } => PRODUCT,
        // Engines do not agree where `||`, `~`, COLLATE and AT TIME ZONE stand: alone.
        Expr::BinaryOp { .. } | Expr::Collate { .. } | Expr::AtTimeZone { .. } => 5,
        _ => ATOM,
    }
}

const COMPARISON: u8 = 4;
const SUM: u8 = 6;
const PRODUCT: u8 = 7;
const ATOM: u8 = 10;

/// The expression, in parentheses if it is looser than this.
fn within(expr: Expr, least: u8) -> Expr {
    if tightness(&expr) < least { Expr::Nested(Box::new(expr)) } else { expr }
}

fn binary(left: Expr, op: BinaryOperator, right: Expr, own: u8) -> Expr {
    // Left-associative: an equally tight right side needs parentheses.
    let (left, right) = (within(left, own), within(right, own + 1));
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}

/// `left op right` for a comparison.
pub fn compare(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp {
        left: Box::new(within(left, COMPARISON + 1)),
        op,
        right: Box::new(within(right, COMPARISON + 1)),
    }
}

/// `left = right`
pub fn equal(left: Expr, right: Expr) -> Expr {
    compare(left, BinaryOperator::Eq, right)
}

/// `left + right`
pub fn add(left: Expr, right: Expr) -> Expr {
    binary(left, BinaryOperator::Plus, right, SUM)
}

/// `left - right`
pub fn subtract(left: Expr, right: Expr) -> Expr {
    binary(left, BinaryOperator::Minus, right, SUM)
}

/// `left * right`
pub fn multiply(left: Expr, right: Expr) -> Expr {
    binary(left, BinaryOperator::Multiply, right, PRODUCT)
}

/// `left / right`
pub fn divide(left: Expr, right: Expr) -> Expr {
    binary(left, BinaryOperator::Divide, right, PRODUCT)
}

/// `left // right`, cut towards zero.
pub fn integer_divide(left: Expr, right: Expr) -> Expr {
    binary(left, BinaryOperator::DuckIntegerDivide, right, PRODUCT)
}

/// `left % right`
pub fn modulo(left: Expr, right: Expr) -> Expr {
    binary(left, BinaryOperator::Modulo, right, PRODUCT)
}

/// An operator of one engine; its sides are atoms.
pub fn operator(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    binary(left, op, right, ATOM - 1)
}

/// All of them; of none, TRUE.
pub fn all(parts: impl IntoIterator<Item = Expr>) -> Expr {
    let join = |l, r| binary(l, BinaryOperator::And, within(r, 3), 2);
    parts.into_iter().reduce(join).unwrap_or_else(|| boolean(true))
}

/// One of them; of none, FALSE.
pub fn any(parts: impl IntoIterator<Item = Expr>) -> Expr {
    let join = |l, r| binary(l, BinaryOperator::Or, r, 1);
    parts.into_iter().reduce(join).unwrap_or_else(|| boolean(false))
}

/// `NOT x`, told the short way where there is one.
pub fn not(expr: Expr) -> Expr {
    match expr {
        Expr::IsNull(inner) => Expr::IsNotNull(inner),
        Expr::IsNotNull(inner) => Expr::IsNull(inner),
        Expr::In { expr, target, negated, global } => Expr::In { expr, target, negated: !negated, global },
        Expr::BinaryOp { left, op, right } if opposite(&op).is_some() => {
            Expr::BinaryOp { left, op: opposite(&op).unwrap_or(op), right }
        }
        Expr::Value(ref v) if v.value == Value::Boolean(true) => boolean(false),
        Expr::Value(ref v) if v.value == Value::Boolean(false) => boolean(true),
        expr => Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(within(expr, ATOM)) },
    }
}

fn opposite(op: &BinaryOperator) -> Option<BinaryOperator> {
    Some(match op {
        BinaryOperator::Eq => BinaryOperator::NotEq,
        BinaryOperator::NotEq => BinaryOperator::Eq,
        BinaryOperator::Lt => BinaryOperator::GtEq,
        BinaryOperator::GtEq => BinaryOperator::Lt,
        BinaryOperator::Gt => BinaryOperator::LtEq,
        BinaryOperator::LtEq => BinaryOperator::Gt,
        _ => return None,
    })
}

/// `x IS NULL`
pub fn is_null(expr: Expr) -> Expr {
    Expr::IsNull(Box::new(within(expr, COMPARISON + 1)))
}

/// `x IN (…)`
pub fn one_of(expr: Expr, options: Vec<Expr>) -> Expr {
    let expr = Box::new(within(expr, COMPARISON + 1));
    Expr::In { expr, target: InTarget::List(options), negated: false, global: false }
}

/// A number as it is written.
pub fn number(text: impl ToString) -> Expr {
    Expr::value(Value::Number(text.to_string(), false))
}

/// TRUE or FALSE.
pub fn boolean(truth: bool) -> Expr {
    Expr::value(Value::Boolean(truth))
}

/// NULL
pub fn null() -> Expr {
    Expr::value(Value::Null)
}

/// A literal whose text, quotes included, the dialect has already written: sqlparser's own printer guesses which
/// quotes are escaped already, and guesses wrong after a backslash.
pub fn finished(literal: String) -> Expr {
    Expr::value(Value::Placeholder(literal))
}

/// `TYPE 'text'`, with a text that holds no quotes.
pub fn typed(data_type: DataType, text: impl ToString) -> Expr {
    let value = Value::SingleQuotedString(text.to_string()).into();
    Expr::TypedString(TypedString { data_type, value, uses_odbc_syntax: false })
}

/// A text literal of our own, without quotes and backslashes.
pub fn plain(text: impl ToString) -> Expr {
    Expr::value(Value::SingleQuotedString(text.to_string()))
}

/// `INTERVAL value UNIT`, or with the unit inside the text.
pub fn interval(value: Expr, unit: Option<DateTimeField>) -> Expr {
    Expr::Interval(Interval {
        value: Box::new(value),
        leading_field: unit,
        leading_precision: None,
        last_field: None,
        fractional_seconds_precision: None,
    })
}

/// `name(args)`
pub fn call(name: &str, args: Vec<Expr>) -> Expr {
    function(name, args, None, None)
}

/// `name(DISTINCT arg)`
pub fn call_distinct(name: &str, arg: Expr) -> Expr {
    function(name, vec![arg], Some(DuplicateTreatment::Distinct), None)
}

/// `name(*)`
pub fn call_star(name: &str) -> Expr {
    let star = Expr::Wildcard(AttachedToken::empty());
    function(name, vec![star], None, None)
}

/// `name(args) OVER (PARTITION BY … ORDER BY …)`
pub fn call_over(name: &str, args: Vec<Expr>, per: Vec<Expr>, order_by: Vec<OrderByExpr>) -> Expr {
    let window = WindowSpec { window_name: None, partition_by: per, order_by, window_frame: None };
    function(name, args, None, Some(WindowType::WindowSpec(window)))
}

fn function(
    name: &str,
    args: Vec<Expr>,
    distinct: Option<DuplicateTreatment>,
    over: Option<WindowType>,
) -> Expr {
    let arg = |e| match e {
        Expr::Wildcard(_) => FunctionArg::Unnamed(FunctionArgExpr::Wildcard),
        e => FunctionArg::Unnamed(FunctionArgExpr::Expr(e)),
    };
    Expr::Function(Function {
        name: ObjectName::from(name.split('.').map(Ident::new).collect::<Vec<_>>()),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: distinct,
            args: args.into_iter().map(arg).collect(),
            clauses: vec![],
        }),
        within_group: vec![],
        filter: None,
        null_treatment: None,
        over,
    })
}

/// The arguments of a call; none of anything else, nor of a window function.
pub fn arguments(expr: &Expr) -> Vec<&Expr> {
    let Expr::Function(Function { args: FunctionArguments::List(list), over: None, .. }) = expr else {
        return vec![];
    };
    let arg = |arg| match arg {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref expr)) => Some(expr),
        _ => None,
    };
    list.args.iter().filter_map(arg).collect()
}

/// `COALESCE(x, otherwise)`
pub fn coalesce(expr: Expr, otherwise: Expr) -> Expr {
    call("COALESCE", vec![expr, otherwise])
}

/// `CAST(x AS type)`
pub fn cast(expr: Expr, data_type: DataType) -> Expr {
    cast_as(CastKind::Cast, expr, data_type)
}

/// `CAST`, `TRY_CAST` or `SAFE_CAST`.
pub fn cast_as(kind: CastKind, expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast { kind, expr: Box::new(expr), data_type, format: None }
}

/// `CASE WHEN … THEN … ELSE … END`
pub fn case(conditions: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Expr {
    case_of(None, conditions, otherwise)
}

/// `CASE x WHEN … THEN … ELSE … END`
pub fn case_of(operand: Option<Expr>, whens: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: operand.map(Box::new),
        conditions: whens.into_iter().map(|(condition, result)| CaseWhen { condition, result }).collect(),
        else_result: otherwise.map(Box::new),
    }
}

/// A column by the parts of its name.
pub fn column(parts: Vec<Ident>) -> Expr {
    match <[Ident; 1]>::try_from(parts) {
        Ok([name]) => Expr::Identifier(name),
        Err(parts) => Expr::CompoundIdentifier(parts),
    }
}

/// Digits in all and after the point.
pub fn digits(precision: u64, scale: i64) -> ExactNumberInfo {
    ExactNumberInfo::PrecisionAndScale(precision, scale)
}

/// Whether it is a window function.
pub fn is_window(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(Function { over: Some(_), .. }))
}

/// Whether it is a column, a literal, or so short that writing it twice harms nobody.
pub fn is_simple(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) | Expr::TypedString(_))
}

/// The number if it lies between these two, else NULL; written once.
pub fn within_bounds(expr: Expr, (below, above): (&str, &str)) -> Expr {
    let clamped = call("GREATEST", vec![expr, number(below)]);
    let clamped = call("LEAST", vec![clamped, number(above)]);
    call("NULLIF", vec![call("NULLIF", vec![clamped, number(below)]), number(above)])
}
