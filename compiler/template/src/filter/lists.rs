//! Filters on lists.

use std::cmp::Ordering;

use persona_value::{Decimal, Type, Value};

use super::{Gift, Given, Refusal, Setting};
use crate::cell::{Cell, MISSING, number, order, plain, same};
use crate::kind::{Kind, Unit};

// ---- what they give

fn gift(kind: Kind) -> Result<Gift, Refusal> {
    Ok(Gift { kind, may_be_missing: false })
}

fn item_of(given: &Given) -> Type {
    given.input.item().unwrap_or(Type::Unknown)
}

fn is_line(ty: &Type) -> bool {
    Kind::Data(ty.clone()).is_printable()
}

pub(super) fn joined(given: &Given) -> Result<Gift, Refusal> {
    if is_line(&item_of(given)) {
        gift(Kind::TEXT)
    } else {
        Err(Refusal::Input("a list of texts or numbers".into()))
    }
}

pub(super) fn item(given: &Given) -> Result<Gift, Refusal> {
    Ok(Gift { kind: item_of(given).into(), may_be_missing: true })
}

pub(super) fn unchanged(given: &Given) -> Result<Gift, Refusal> {
    gift(Kind::list(item_of(given)))
}

pub(super) fn united(given: &Given) -> Result<Gift, Refusal> {
    let (left, right) = (item_of(given), given.arguments[0].item().unwrap_or(Type::Unknown));
    match (left, right) {
        (Type::Unknown, other) | (other, Type::Unknown) => gift(Kind::list(other)),
        (left, right) if left == right => gift(Kind::list(left)),
        (left, _) => Err(Refusal::Argument(0, Kind::list(left).words())),
    }
}

pub(super) fn fields(given: &Given) -> Result<Gift, Refusal> {
    match &given.field {
        Some((Kind::Data(ty), _)) => gift(Kind::list(ty.clone())),
        _ => gift(Kind::UNKNOWN),
    }
}

pub(super) fn chosen(given: &Given) -> Result<Gift, Refusal> {
    unchanged(given)
}

pub(super) fn found(given: &Given) -> Result<Gift, Refusal> {
    item(given)
}

pub(super) fn index(_: &Given) -> Result<Gift, Refusal> {
    Ok(Gift { kind: Kind::INT, may_be_missing: true })
}

pub(super) fn truth(_: &Given) -> Result<Gift, Refusal> {
    gift(Kind::Data(Type::Bool))
}

/// A list in order: by a field that can be ordered, or by its items.
pub(super) fn ordered(given: &Given) -> Result<Gift, Refusal> {
    let by = match &given.field {
        Some((kind, _)) => kind.clone(),
        None => item_of(given).into(),
    };
    match by {
        Kind::Data(Type::Record(record)) => {
            Err(Refusal::Input(format!("the name of a field to sort `{}` by", record.name)))
        }
        Kind::Data(Type::List(_)) => Err(Refusal::Argument(0, "a field that can be ordered".into())),
        _ => unchanged(given),
    }
}

pub(super) fn total(given: &Given) -> Result<Gift, Refusal> {
    let of = match &given.field {
        Some((kind, _)) => kind.clone(),
        None => item_of(given).into(),
    };
    match of.unit() {
        Some(unit) => gift(unit.kind()),
        None if of.is_unknown() => gift(Kind::UNKNOWN),
        None if given.field.is_some() => Err(Refusal::Argument(0, "a field that holds numbers".into())),
        None => Err(Refusal::Input(format!(
            "a list of numbers, or the name of a field: {}",
            Unit::Int.kind().words()
        ))),
    }
}

// ---- what they do

/// The items; where types are not checked, lists within the list are flattened, as Liquid does.
fn items(setting: &Setting, input: &Cell) -> Vec<Value> {
    let items = input.items();
    if setting.typed { items } else { flattened(items) }
}

fn flattened(items: Vec<Value>) -> Vec<Value> {
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::List(inner) => flat.extend(flattened(inner)),
            item => flat.push(item),
        }
    }
    flat
}

/// The field's name among the arguments, if one is given.
fn key(arguments: &[Cell]) -> Option<String> {
    arguments.first().filter(|a| !a.is_missing()).map(|a| a.to_text().into_owned())
}

/// A field of an item; `None` of an item that can have none. Where types are not checked, a text has what it
/// contains, and a number is refused unless the key is a number too.
fn field(setting: &Setting, item: &Value, key: &Cell) -> Result<Option<Value>, String> {
    let name = key.to_text();
    match item {
        Value::Record(_) => Ok(Some(item.field(&name).clone())),
        _ if setting.typed => Ok(None),
        Value::Text(_) if key.is_missing() => Ok(None),
        Value::Text(text) => {
            Ok(Some(if text.contains(&*name) { Value::text(&*name) } else { Value::Missing }))
        }
        Value::Int(_) if matches!(key, Cell::Value(Value::Int(_))) => Ok(Some(item.clone())),
        Value::Int(_) | Value::Decimal(_) => Err(format!("an item has no field `{name}`")),
        _ => Ok(None),
    }
}

pub(super) fn join(_: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let separator = arguments.first().map_or(" ".into(), Cell::to_text);
    let texts: Vec<String> = match input {
        Cell::Value(Value::List(_)) => {
            flattened(input.items()).into_iter().map(|v| Cell::Value(v).to_text().into_owned()).collect()
        }
        _ => input.items().iter().map(|v| plain(v).into_owned()).collect(),
    };
    Ok(Cell::text(texts.join(&separator)))
}

pub(super) fn first(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    Ok(end_of(input, true))
}

pub(super) fn last(_: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    Ok(end_of(input, false))
}

/// The first or last item of a list; nothing of anything else.
pub(crate) fn end_of(input: &Cell, first: bool) -> Cell {
    let item = match input {
        Cell::Value(Value::List(items)) => if first { items.first() } else { items.last() }.cloned(),
        Cell::Range(from, to) if to >= from => Some(Value::Int(if first { *from } else { *to })),
        Cell::Value(Value::Record(fields)) => if first { fields.first() } else { None }
            .map(|(name, value)| Value::List(vec![Value::Text(name.clone()), value.clone()])),
        _ => None,
    };
    Cell::Value(item.unwrap_or(Value::Missing))
}

pub(super) fn reverse(setting: &Setting, input: &Cell, _: &[Cell]) -> Result<Cell, String> {
    let mut items = items(setting, input);
    items.reverse();
    Ok(Cell::list(items))
}

pub(super) fn concat(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    if !matches!(arguments[0], Cell::Value(Value::List(_)) | Cell::Range(..)) {
        return Err("only a list can be joined to a list".to_string());
    }
    let mut all = items(setting, input);
    all.extend(arguments[0].items());
    Ok(Cell::list(all))
}

/// A field of each item, where present.
pub(super) fn map(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let key = key(arguments).unwrap_or_default();
    let mut values = Vec::new();
    for item in items(setting, input) {
        if !matches!(item, Value::Record(_)) && !setting.typed {
            return Err(format!("an item has no field `{key}`"));
        }
        let value = item.field(&key).clone();
        if !(setting.typed && value.is_missing()) {
            values.push(value);
        }
    }
    Ok(Cell::list(values))
}

/// Whether an item has the wanted field: equal to the second argument, or anything but nothing and false. `None`
/// where that cannot be said.
fn matching(setting: &Setting, item: &Value, arguments: &[Cell]) -> Result<Option<bool>, String> {
    let Some(value) = field(setting, item, &arguments[0])? else { return Ok(None) };
    Ok(Some(match arguments.get(1) {
        Some(wanted) if !wanted.is_missing() || setting.typed => {
            !value.is_missing() && same(&value, &wanted.clone().into_value())
        }
        _ => Cell::Value(value).is_truthy(),
    }))
}

pub(super) fn choose(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    filtered(setting, input, arguments, true)
}

pub(super) fn reject(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    filtered(setting, input, arguments, false)
}

fn filtered(setting: &Setting, input: &Cell, arguments: &[Cell], keep: bool) -> Result<Cell, String> {
    let mut kept = Vec::new();
    for item in items(setting, input) {
        match matching(setting, &item, arguments)? {
            Some(holds) if holds == keep => kept.push(item),
            Some(_) => {}
            None => return Ok(Cell::list(Vec::new())),
        }
    }
    Ok(Cell::list(kept))
}

/// The first item that has the wanted field; `Err(None)` where that cannot be said.
fn position(
    setting: &Setting,
    input: &Cell,
    arguments: &[Cell],
) -> Result<Option<(usize, Value)>, Option<String>> {
    for (i, item) in items(setting, input).into_iter().enumerate() {
        if matching(setting, &item, arguments)?.ok_or(None)? {
            return Ok(Some((i, item)));
        }
    }
    Ok(None)
}

/// Nothing, where nothing can be said.
fn said(result: Result<Cell, Option<String>>) -> Result<Cell, String> {
    match result {
        Ok(cell) => Ok(cell),
        Err(None) => Ok(MISSING),
        Err(Some(reason)) => Err(reason),
    }
}

pub(super) fn find(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    said(
        position(setting, input, arguments).map(|found| found.map_or(MISSING, |(_, item)| Cell::Value(item))),
    )
}

pub(super) fn find_index(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    said(position(setting, input, arguments).map(|found| found.map_or(MISSING, |(i, _)| Cell::int(i as i64))))
}

pub(super) fn has(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    said(position(setting, input, arguments).map(|found| Cell::bool(found.is_some())))
}

/// Items in order, by a field if one is named; what lacks the field comes last, and equals keep their order.
pub(super) fn sort(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let mut keyed = keyed(setting, input, arguments)?;
    let comparable = keyed.windows(2).all(|pair| {
        pair[0].0.is_missing() || pair[1].0.is_missing() || order(&pair[0].0, &pair[1].0).is_some()
    });
    if !comparable {
        return Err("the items cannot be put in order: they are not of one type".to_string());
    }
    keyed.sort_by(|(l, _), (r, _)| missing_last(l, r, |l, r| order(l, r).unwrap_or(Ordering::Equal)));
    Ok(Cell::list(keyed.into_iter().map(|(_, item)| item).collect()))
}

/// As [`sort`], by text without regard to case.
pub(super) fn sort_natural(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let mut keyed = keyed(setting, input, arguments)?;
    let text = |value: &Value| Cell::Value(value.clone()).to_text().to_lowercase();
    keyed.sort_by(|(l, _), (r, _)| missing_last(l, r, |l, r| text(l).cmp(&text(r))));
    Ok(Cell::list(keyed.into_iter().map(|(_, item)| item).collect()))
}

fn keyed(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Vec<(Value, Value)>, String> {
    let key = key(arguments);
    let items = items(setting, input).into_iter();
    Ok(items
        .map(|item| match &key {
            Some(key) => (item.field(key).clone(), item),
            None => (item.clone(), item),
        })
        .collect())
}

fn missing_last(l: &Value, r: &Value, present: impl Fn(&Value, &Value) -> Ordering) -> Ordering {
    match (l.is_missing(), r.is_missing()) {
        (false, false) => present(l, r),
        (l, r) => l.cmp(&r),
    }
}

/// The first of each kind of item, or of each value of a field.
pub(super) fn uniq(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let mut seen: Vec<Value> = Vec::new();
    let mut kept = Vec::new();
    for (key, item) in keyed(setting, input, arguments)? {
        if !seen.iter().any(|s| same(s, &key)) {
            seen.push(key);
            kept.push(item);
        }
    }
    Ok(Cell::list(kept))
}

/// The items that are there, or have a field.
pub(super) fn compact(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let keyed = keyed(setting, input, arguments)?;
    Ok(Cell::list(keyed.into_iter().filter(|(key, _)| !key.is_missing()).map(|(_, item)| item).collect()))
}

pub(super) fn sum(setting: &Setting, input: &Cell, arguments: &[Cell]) -> Result<Cell, String> {
    let key = key(arguments);
    let (mut whole, mut total) = (true, Decimal::ZERO);
    for item in items(setting, input) {
        let value = match (&key, &item) {
            (None, _) => item,
            (Some(key), Value::Record(_)) => item.field(key).clone(),
            (Some(key), _) => return Err(format!("an item has no field `{key}`")),
        };
        let value = super::numbers::number(setting, &Cell::Value(value));
        whole &= matches!(value, Value::Int(_));
        let amount = number(&value).unwrap_or_default();
        total = total.add(amount).map_err(|_| "the sum has more than 38 digits".to_string())?;
    }
    Ok(match i64::try_from(total.trunc()) {
        Ok(sum) if whole => Cell::int(sum),
        _ => Cell::Value(Value::Decimal(total)),
    })
}
