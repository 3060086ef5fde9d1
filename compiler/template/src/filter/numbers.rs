//! Filters on numbers. Units are the checker's: money and percent are decimals here.

use persona_value::{Currency, Decimal, Type, Value};

use super::{Gift, Given, Refusal, Setting};
use crate::cell::Cell;
use crate::kind::{Kind, Unit};
use crate::show;

// ---- what they give

fn gift(unit: Unit) -> Result<Gift, Refusal> {
    Ok(Gift { kind: unit.kind(), may_be_missing: false })
}

fn units(given: &Given) -> Option<(Unit, Unit)> {
    Some((given.input.unit()?, given.arguments.first()?.unit()?))
}

/// What an unknown kind makes of a rule: nothing is known, nothing is refused.
const UNKNOWN: Gift = Gift { kind: Kind::UNKNOWN, may_be_missing: false };

fn wanted(unit: Unit) -> String {
    match unit {
        Unit::Int | Unit::Decimal => "a number".into(),
        Unit::Money(currency) => format!("money in {currency}, such as `10 {currency}`"),
        Unit::Percent => "a percentage, such as `10%`".into(),
        Unit::Duration => "a length of time".into(),
    }
}

/// Two numbers of one unit give that unit.
pub(super) fn same_unit(given: &Given) -> Result<Gift, Refusal> {
    let Some((left, right)) = units(given) else { return Ok(UNKNOWN) };
    match (left, right) {
        (left, right) if left == right => gift(left),
        (left, right) if left.is_plain() && right.is_plain() => gift(Unit::Decimal),
        (left, _) => Err(Refusal::Argument(0, wanted(left))),
    }
}

pub(super) fn product(given: &Given) -> Result<Gift, Refusal> {
    let Some((left, right)) = units(given) else { return Ok(UNKNOWN) };
    match (left, right) {
        (Unit::Int, Unit::Int) => gift(Unit::Int),
        (left, right) if left.is_plain() && right.is_plain() => gift(Unit::Decimal),
        (Unit::Duration, Unit::Int) | (Unit::Int, Unit::Duration) => gift(Unit::Duration),
        (Unit::Duration, _) | (_, Unit::Duration) => Err(Refusal::Argument(0, "a whole number".into())),
        (Unit::Percent, Unit::Percent) => gift(Unit::Percent),
        (left, Unit::Percent) => gift(if left == Unit::Int { Unit::Decimal } else { left }),
        (Unit::Percent, right) if !right.is_plain() => gift(right),
        (left, right) if right.is_plain() => gift(left),
        (left, right) if left.is_plain() => gift(right),
        _ => Err(Refusal::Argument(0, "a number or a percentage".into())),
    }
}

pub(super) fn quotient(given: &Given) -> Result<Gift, Refusal> {
    let Some((left, right)) = units(given) else { return Ok(UNKNOWN) };
    let kind = match (left, right) {
        (Unit::Int, Unit::Int) | (Unit::Duration, Unit::Duration) => Unit::Int.kind(),
        (Unit::Duration, Unit::Int) => Unit::Duration.kind(),
        (left, right) if left == right => Unit::Decimal.kind(),
        (Unit::Duration, _) => return Err(Refusal::Argument(0, "a whole number".into())),
        (left, Unit::Int | Unit::Decimal | Unit::Percent) => {
            if left == Unit::Int {
                Unit::Decimal.kind()
            } else {
                left.kind()
            }
        }
        (left, _) => return Err(Refusal::Argument(0, wanted(left))),
    };
    Ok(Gift { kind, may_be_missing: !given.divisor_known })
}

pub(super) fn remainder(given: &Given) -> Result<Gift, Refusal> {
    let gift = same_unit(given)?;
    Ok(Gift { may_be_missing: !given.divisor_known, ..gift })
}

pub(super) fn unchanged(given: &Given) -> Result<Gift, Refusal> {
    Ok(Gift { kind: given.input.clone(), may_be_missing: false })
}

pub(super) fn whole(given: &Given) -> Result<Gift, Refusal> {
    match given.input.unit() {
        Some(unit @ Unit::Money(_)) => gift(unit),
        Some(Unit::Int | Unit::Decimal) => gift(Unit::Int),
        None => Ok(UNKNOWN),
        Some(_) => Err(Refusal::Input("a number or money".into())),
    }
}

pub(super) fn rounded(given: &Given) -> Result<Gift, Refusal> {
    match given.input.unit() {
        Some(Unit::Decimal) if !given.arguments.is_empty() => gift(Unit::Decimal),
        _ => whole(given),
    }
}

pub(super) fn money(given: &Given) -> Result<Gift, Refusal> {
    match (given.input.unit(), given.arguments.len()) {
        (Some(Unit::Money(_)), 0) | (Some(Unit::Int | Unit::Decimal), 1) => {
            Ok(Gift { kind: Kind::Data(Type::Text), may_be_missing: false })
        }
        (Some(Unit::Int | Unit::Decimal), _) => {
            Err(Refusal::Input("money; of a number, say the currency: `| money: \"GBP\"`".into()))
        }
        (None, _) => Ok(UNKNOWN),
        _ => Err(Refusal::Input("money".into())),
    }
}

// ---- what they do

/// The number a cell is; Liquid's bending of texts into numbers where types are not checked.
pub(super) fn number(setting: &Setting, cell: &Cell) -> Value {
    match cell {
        Cell::Value(value @ (Value::Int(_) | Value::Decimal(_))) => value.clone(),
        Cell::Value(Value::Text(text)) if !setting.typed => parsed(text).unwrap_or(Value::Int(0)),
        _ => Value::Int(0),
    }
}

/// `12`, `-1.50`, with blanks around.
fn parsed(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(whole) = text.parse() {
        return Some(Value::Int(whole));
    }
    text.split_once('.').filter(|(whole, _)| !whole.is_empty())?;
    text.parse().ok().map(Value::Decimal)
}

fn decimal(value: &Value) -> Decimal {
    crate::cell::number(value).unwrap_or_default()
}

const TOO_LARGE: &str = "the result has more than 38 digits";

/// Whole numbers stay whole where they can; others are decimals.
fn calculated(
    setting: &Setting,
    input: &Cell,
    argument: &Cell,
    whole: impl Fn(i64, i64) -> Option<i64>,
    decimals: impl Fn(Decimal, Decimal) -> Result<Decimal, persona_value::OutOfRange>,
) -> Result<Cell, String> {
    let (left, right) = (number(setting, input), number(setting, argument));
    if let (Value::Int(l), Value::Int(r)) = (&left, &right) {
        return whole(*l, *r).map(Cell::int).ok_or_else(|| "the result has more than 18 digits".to_string());
    }
    let result = decimals(decimal(&left), decimal(&right)).map_err(|_| TOO_LARGE.to_string())?;
    Ok(Cell::Value(Value::Decimal(result)))
}

pub(super) fn plus(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    calculated(s, input, &arguments[0], i64::checked_add, Decimal::add)
}

pub(super) fn minus(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    calculated(s, input, &arguments[0], i64::checked_sub, Decimal::sub)
}

pub(super) fn times(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    calculated(s, input, &arguments[0], i64::checked_mul, Decimal::mul)
}

/// Whole numbers divide down to whole numbers, as in Liquid: 5 by 3 is 1. By zero there is nothing.
pub(super) fn divided_by(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    if let Some(nothing) = no_divisor(s, &arguments[0])? {
        return Ok(nothing);
    }
    let floor = |l: i64, r: i64| l.checked_div_euclid(r).map(|q| if r < 0 && l % r != 0 { q - 1 } else { q });
    calculated(s, input, &arguments[0], floor, Decimal::div)
}

pub(super) fn modulo(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    if let Some(nothing) = no_divisor(s, &arguments[0])? {
        return Ok(nothing);
    }
    // The result has the divisor's sign.
    let whole = |l: i64, r: i64| {
        let rest = l.checked_rem(r)?;
        Some(if rest != 0 && (rest < 0) != (r < 0) { rest + r } else { rest })
    };
    let decimals = |l: Decimal, r: Decimal| {
        let rest = l.units() % r.units();
        Decimal::from_units(if rest != 0 && (rest < 0) != (r.units() < 0) { rest + r.units() } else { rest })
    };
    calculated(s, input, &arguments[0], whole, decimals)
}

/// Division by zero: nothing where types are checked (and the checker asks for a fallback), else an error.
fn no_divisor(setting: &Setting, divisor: &Cell) -> Result<Option<Cell>, String> {
    if decimal(&number(setting, divisor)) != Decimal::ZERO {
        return Ok(None);
    }
    if setting.typed { Ok(Some(crate::cell::MISSING)) } else { Err("divided by 0".to_string()) }
}

pub(super) fn at_least(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let (value, bound) = (number(s, input), number(s, &arguments[0]));
    Ok(Cell::Value(if decimal(&bound) > decimal(&value) { bound } else { value }))
}

pub(super) fn at_most(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let (value, bound) = (number(s, input), number(s, &arguments[0]));
    Ok(Cell::Value(if decimal(&bound) < decimal(&value) { bound } else { value }))
}

pub(super) fn abs(s: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    Ok(Cell::Value(match number(s, input) {
        Value::Int(whole) => Value::Int(whole.saturating_abs()),
        value if decimal(&value) < Decimal::ZERO => {
            Value::Decimal(Decimal::ZERO.sub(decimal(&value)).map_err(|_| TOO_LARGE.to_string())?)
        }
        value => value,
    }))
}

fn to_whole(s: &Setting, input: &Cell, cut: impl Fn(Decimal) -> i128) -> Result<Cell, String> {
    match number(s, input) {
        value @ Value::Int(_) => Ok(Cell::Value(value)),
        value => i64::try_from(cut(decimal(&value)))
            .map(Cell::int)
            .map_err(|_| "the result has more than 18 digits".to_string()),
    }
}

pub(super) fn ceil(s: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    to_whole(s, input, Decimal::ceil)
}

pub(super) fn floor(s: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    to_whole(s, input, Decimal::floor)
}

/// To so many places (none, if not said), halves away from zero.
pub(super) fn round(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let places = arguments.first().map_or(Value::Int(0), |cell| number(s, cell));
    let places = decimal(&places).trunc().clamp(-18, 9);
    if places < 0 {
        let step = 10i64.pow(places.unsigned_abs() as u32);
        return to_whole(s, input, |d| {
            let half = i128::from(step) / 2 * d.trunc().signum();
            (d.trunc() + half) / i128::from(step) * i128::from(step)
        });
    }
    let places = places as u32;
    match number(s, input) {
        Value::Decimal(value) if places > 0 => Ok(Cell::Value(Value::Decimal(value.round(places)))),
        value => to_whole(s, &Cell::Value(value), |d| d.round(0).trunc()),
    }
}

/// An amount with its currency. The currency is always an argument here: the checker adds that of the type.
pub(super) fn show_money(s: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let code = arguments.first().map(Cell::to_text).unwrap_or_default();
    let currency =
        Currency::parse(&code).ok_or_else(|| format!("`{code}` is not a currency, such as `GBP`"))?;
    let amount = decimal(&number(s, input));
    let own = s.language.as_ref().and_then(|l| l.money(amount, currency, show::places(currency)));
    Ok(Cell::text(own.unwrap_or_else(|| show::money(amount, currency))))
}
