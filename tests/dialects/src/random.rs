//! Programs by chance: a shop whose attributes and fields are optional or not, and traits, segments and stages of
//! every form of the language over it, as text, so that the whole front end takes part.

mod expression;
mod query;

use fastrand::Rng;
use jiff::Timestamp;

use self::expression::{Scope, Writer};
use crate::{Case, program, rows};

/// What an expression is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Bool,
    Int,
    Decimal,
    Money,
    Percent,
    Text,
    /// `enum { UK, DE, other }`
    Country,
    /// `enum { bronze < silver < gold }`
    Tier,
    Date,
    Timestamp,
    Time,
    /// A reference to a product.
    Product,
}

pub(crate) const TYPES: [Ty; 12] = [
    Ty::Bool,
    Ty::Int,
    Ty::Decimal,
    Ty::Money,
    Ty::Percent,
    Ty::Text,
    Ty::Country,
    Ty::Tier,
    Ty::Date,
    Ty::Timestamp,
    Ty::Time,
    Ty::Product,
];

/// A field, its type, and whether it may be missing.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub name: &'static str,
    pub ty: Ty,
}

/// An event and its fields.
pub(crate) struct Event {
    pub name: &'static str,
    pub fields: &'static [Field],
    /// Whether it has `lines`.
    pub lines: bool,
}

macro_rules! fields {
    ($($name:ident: $ty:ident),* $(,)?) => { &[$(Field { name: stringify!($name), ty: Ty::$ty }),*] };
}

pub(crate) const ATTRIBUTES: &[Field] = fields![
    subscribed: Bool, visits: Int, score: Decimal, balance: Money, share: Percent, nick: Text, country: Country,
    tier: Tier, birthday: Date, signed_up: Timestamp, wakes: Time, pet: Product,
];
pub(crate) const PRODUCT: &[Field] = fields![
    title: Text, price: Money, kind: Country, in_stock: Bool, made: Date, rating: Decimal,
];
pub(crate) const LINE: &[Field] = fields![sku: Product, quantity: Int, unit_price: Money, gift: Bool];
pub(crate) const EVENTS: &[Event] = &[
    Event {
        name: "purchase",
        fields: fields![order_id: Text, total: Money, pieces: Int, note: Text],
        lines: true,
    },
    Event {
        name: "look",
        fields: fields![sku: Product, note: Text, weight: Decimal, seen: Timestamp, day: Date, ok: Bool, tier: Tier],
        lines: false,
    },
    Event { name: "put", fields: fields![sku: Product, pieces: Int, weight: Decimal], lines: false },
    Event { name: "take", fields: fields![sku: Product, pieces: Int], lines: false },
    // A union: what its parts have in common.
    Event { name: "basket", fields: fields![sku: Product, pieces: Int], lines: false },
];

const ZONES: [&str; 7] = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "UTC",
];
/// Ends of months, leap days, both changes of clocks in several zones, and an ordinary afternoon.
const NOWS: [&str; 12] = [
    "2026-03-29T00:59:59.999999Z",
    "2026-03-29T01:00:00Z",
    "2025-10-26T00:30:00Z",
    "2025-10-26T01:00:00Z",
    "2026-03-08T07:00:00Z",
    "2025-11-02T05:30:00Z",
    "2024-02-29T12:00:00Z",
    "2025-03-31T23:59:59.999999Z",
    "2026-01-01T00:00:00Z",
    "2026-04-04T15:15:00Z",
    "2025-10-04T15:45:00Z",
    "2026-06-17T14:23:45.678901Z",
];

/// How large a random case is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Declared values: traits, segments, stages.
    pub declarations: usize,
    /// Customers, each with a history of its own.
    pub customers: usize,
}

/// The case of a seed. A declaration that the front end refuses is left out; the others stay.
pub fn case(seed: u64, size: Size) -> Case {
    let mut rng = Rng::with_seed(seed);
    let zone = *rng.choice(&ZONES).expect("some");
    let now: Timestamp = rng.choice(&NOWS).expect("some").parse().expect("an instant");
    let mut lines: Vec<String> = shop(&mut rng).lines().map(str::to_string).collect();
    let data = lines.len();
    lines.extend(declarations(size.declarations, &mut rng));
    let mut tries = 0;
    let (program, model) = loop {
        let text = format!("{}\n", lines.join("\n"));
        match program::compile(&text, zone) {
            Ok(model) => break (text, model),
            Err(errors) => {
                tries += 1;
                let bad: Vec<usize> = errors.iter().map(|(line, _)| *line).collect();
                assert!(bad.iter().all(|line| *line > data), "the shop itself is wrong: {errors:?}\n{text}");
                assert!(tries < 100, "nothing helps: {errors:?}\n{text}");
                let mut line = 0;
                lines.retain(|_| {
                    line += 1;
                    !bad.contains(&line)
                });
            }
        }
    };
    let tables = rows::invent(&model, now, size.customers, &mut rng);
    // A declaration asked for by itself is another query, of which most is the same.
    let each = rng.u8(0..8) == 0;
    Case { program, zone: zone.into(), now, tables, each }
}

/// How many of so many random declarations the front end takes, and why it refuses the others.
pub fn taken(seed: u64, count: usize) -> (usize, Vec<String>) {
    let mut rng = Rng::with_seed(seed);
    let shop = shop(&mut rng);
    let declarations = declarations(count, &mut rng);
    let text = format!("{shop}\n{}\n", declarations.join("\n"));
    let errors = program::compile(&text, "Europe/London").err().unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let told = |(line, words): &(usize, String)| format!("{words}: {}", lines.get(line - 1).unwrap_or(&""));
    (count.saturating_sub(errors.len()), errors.iter().map(told).collect())
}

/// What customers, events and products there are, and the sources of them.
fn shop(rng: &mut Rng) -> String {
    fn declared(fields: &[Field], rng: &mut Rng) -> String {
        let one = |field: &Field| {
            let ty = match field.ty {
                Ty::Bool => "bool",
                Ty::Int => "int",
                Ty::Decimal => "decimal",
                Ty::Money => "money",
                Ty::Percent => "percent",
                Ty::Text => "string",
                Ty::Country => "enum { UK, DE, other }",
                Ty::Tier => "enum { bronze < silver < gold }",
                Ty::Date => "date",
                Ty::Timestamp => "timestamp",
                Ty::Time => "time",
                Ty::Product => "product",
            };
            // Few must be there: a row without one of them is set aside.
            let optional = if rng.u8(0..4) > 0 { "?" } else { "" };
            format!("  {}: {ty}{optional}", field.name)
        };
        fields.iter().map(one).collect()
    }
    let same = |fields: &[Field]| fields.iter().map(|f| format!("  {0} = {0}", f.name)).collect::<String>();
    let at = *rng
        .choice(&["at", "local(at, \"Europe/London\")", "local(at, \"America/New_York\")"])
        .expect("some");
    let received = if rng.bool() { "  received = received" } else { "" };
    let event = |at_: usize| &EVENTS[at_].fields;
    let mut text = format!("customer {{ id: string key{} }}\n", declared(ATTRIBUTES, rng));
    text += &format!("entity product {{ sku: string key{} }}\n", declared(PRODUCT, rng));
    text += &format!("record line {{{} }}\n", declared(LINE, rng));
    let unique = declared(&event(0)[1..], rng);
    text += &format!("event purchase {{ order_id: string unique{unique}  lines: list<line> }}\n");
    for event in &EVENTS[1..4] {
        text += &format!("event {} {{{} }}\n", event.name, declared(event.fields, rng));
    }
    text += "event basket = put or take\n";
    text += &format!(
        "source people {{ table \"raw.people\"  feeds customer {{ id = id{} }} }}\n",
        same(ATTRIBUTES)
    );
    text +=
        &format!("source goods {{ table \"raw.goods\"  feeds product {{ sku = sku{} }} }}\n", same(PRODUCT));
    text += &format!(
        "source orders {{ table \"raw.orders\"  group by invoice, customer_id  feeds purchase {{ customer = customer_id  \
         at = {}  order_id = invoice  total = sum(quantity * unit_price)  pieces = count()  note = min(remark)  \
         lines = list {{ sku = sku  quantity = quantity  unit_price = money(unit_price, GBP)  gift = gift }} }} }}\n",
        if at == "at" { "min(at)" } else { "local(min(at), \"Europe/London\")" },
    );
    for event in &EVENTS[1..4] {
        text += &format!(
            "source of_{0} {{ table \"raw.{0}\"  feeds {0} {{ customer = customer_id  at = {at}{received}{1} }} }}\n",
            event.name,
            same(event.fields)
        );
    }
    text += "source words { table \"raw.words\"  feeds consent news { customer = customer_id  at = at  given = action == \"given\" } }\n";
    text += "source gone { table \"raw.gone\"  feeds unsubscribe { customer = customer_id  at = at } }\n";
    let expires = *rng.choice(&["", "expires after 1 month", "expires after 30 days"]).expect("some");
    text += &format!("consent news \"News\" {{ covers email  {expires} }}");
    text
}

/// Traits, segments and lifecycles, a line each. A later one may read the earlier.
fn declarations(count: usize, rng: &mut Rng) -> Vec<String> {
    let mut writer = Writer::new(rng);
    let mut lines = vec![
        "trait scores = rfm(purchase.total in last 365 days)".to_string(),
        "trait cart = list(put less take by sku since last(purchase).at)".to_string(),
    ];
    lines[0] = format!("trait scores = rfm({}{})", "purchase.total", writer.window());
    lines[1] = format!("trait cart = list(put less take by sku{})", writer.window());
    for n in 0..count {
        let scope = Scope::Customer;
        match writer.rng.u8(0..10) {
            0 | 1 => {
                lines.push(format!("segment s{n} {{ when {} }}", writer.boolean(scope, 3)));
                writer.segments.push(format!("s{n}"));
            }
            2 if writer.lifecycles.len() < 3 => {
                let stages: String = (0..writer.rng.usize(1..3))
                    .map(|i| format!("stage v{i} when {}  ", writer.boolean(scope, 2)))
                    .collect();
                lines.push(format!("lifecycle l{n} {{ {stages}stage rest otherwise }}"));
                writer.lifecycles.push(format!("l{n}"));
            }
            _ => {
                let ty = *writer.rng.choice(&TYPES).expect("some");
                let ty = if ty == Ty::Time || ty == Ty::Product { Ty::Int } else { ty };
                lines.push(format!("trait t{n} = {}", writer.of(ty, scope, 3)));
                writer.traits.push((format!("t{n}"), ty));
            }
        }
    }
    lines
}
