//! A small shop: the names a template may use, and one customer's values.
#![allow(clippy::unwrap_used, reason = "a failing helper fails its test")]
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use persona_diagnostics::{Problems, Sources, Told};
use persona_template::{
    Binding, Compiled, Data, Escape, Language, Scope, Source, Stop, Uses, check, parse, render,
};
use persona_value::{Currency, Decimal, EnumType, Field, RecordType, Type, Value};

pub const GBP: Currency = Currency(*b"GBP");

fn field(name: &str, ty: Type, optional: bool) -> Field {
    Field { name: name.into(), ty, optional }
}

pub fn tier() -> Type {
    let values = ["bronze", "silver", "gold"].map(Arc::from).to_vec();
    Type::Enum(Arc::new(EnumType { name: "tier".into(), values, ordered: true }))
}

fn country() -> Type {
    let values = ["UK", "DE", "other"].map(Arc::from).to_vec();
    Type::Enum(Arc::new(EnumType { name: "country".into(), values, ordered: false }))
}

fn line() -> Arc<RecordType> {
    Arc::new(RecordType {
        name: "line".into(),
        fields: vec![
            field("sku", Type::Entity("product".into()), false),
            field("quantity", Type::Int, false),
            field("price", Type::Money(GBP), false),
            field("note", Type::Text, true),
        ],
    })
}

fn product() -> Arc<RecordType> {
    Arc::new(RecordType {
        name: "product".into(),
        fields: vec![
            field("sku", Type::Text, false),
            field("name", Type::Text, false),
            field("image", Type::Url, false),
            field("in_stock", Type::Bool, false),
        ],
    })
}

/// The attributes and traits, in order.
fn attributes() -> Vec<Field> {
    vec![
        field("email", Type::Email, false),
        field("first_name", Type::Text, true),
        field("city", Type::Text, false),
        field("birthday", Type::Date, true),
        field("signed_up", Type::Timestamp, false),
        field("tier", tier(), false),
        field("country", country(), false),
        field("vip", Type::Bool, true),
        field("age", Type::Int, true),
        field("orders", Type::Int, false),
        field("cart_total", Type::Money(GBP), false),
        field("discount", Type::Percent, false),
        field("site", Type::Url, false),
        field("cart", Type::List(Box::new(Type::Record(line()))), false),
        field("wishlist", Type::List(Box::new(Type::Entity("product".into()))), false),
        field("tags", Type::List(Box::new(Type::Text)), false),
        field("prices", Type::List(Box::new(Type::Money(GBP))), false),
    ]
}

/// The shop's names.
pub struct Shop;

impl Scope for Shop {
    fn lookup(&self, name: &str) -> Option<Binding> {
        if name == "customer" {
            let record = RecordType { name: "customer".into(), fields: attributes() };
            return Some(Binding { ty: Type::Record(Arc::new(record)), optional: false, declared_at: None });
        }
        let field = attributes().into_iter().find(|f| &*f.name == name)?;
        Some(Binding { ty: field.ty, optional: field.optional, declared_at: None })
    }
    fn names(&self) -> Vec<String> {
        attributes().iter().map(|f| f.name.to_string()).chain(["customer".to_string()]).collect()
    }
    fn entity(&self, name: &str) -> Option<Arc<RecordType>> {
        (name == "product").then(product)
    }
    fn entity_must_exist(&self, _: &str) -> bool {
        false
    }
    fn segment(&self, name_or_label: &str) -> Option<String> {
        ["high_value", "High-Value"].contains(&name_or_label).then(|| "high_value".to_string())
    }
    fn segment_names(&self) -> Vec<String> {
        vec!["high_value".into(), "High-Value".into()]
    }
    fn block(&self, name: &str) -> Option<Vec<Field>> {
        match name {
            "hero" => Some(Vec::new()),
            "banner" => Some(vec![field("title", Type::Text, false)]),
            "again" | "lines" => Some(Vec::new()),
            _ => None,
        }
    }
    fn block_names(&self) -> Vec<String> {
        vec!["hero".into(), "banner".into(), "again".into()]
    }
}

/// One customer: Ada, with two lines in her cart, one of a product that is gone.
#[derive(Clone)]
pub struct Customer {
    pub values: BTreeMap<&'static str, Value>,
    pub escape: Escape,
    pub language: Option<Rc<Language>>,
}

fn money(text: &str) -> Value {
    Value::Decimal(text.parse::<Decimal>().unwrap())
}

fn record(fields: Vec<(&str, Value)>) -> Value {
    Value::Record(fields.into_iter().map(|(n, v)| (Arc::from(n), v)).collect())
}

pub fn ada() -> Customer {
    let line = |sku: &str, quantity, price| {
        let fields = vec![
            ("sku", Value::text(sku)),
            ("quantity", Value::Int(quantity)),
            ("price", money(price)),
            ("note", Value::Missing),
        ];
        record(fields)
    };
    let values = BTreeMap::from([
        ("email", Value::text("ada@example.com")),
        ("first_name", Value::text("Ada")),
        ("city", Value::text("York")),
        ("birthday", Value::Date(jiff::civil::date(1985, 12, 10))),
        ("signed_up", Value::Instant("2026-03-01T09:30:00Z".parse().unwrap())),
        ("tier", Value::text("silver")),
        ("country", Value::text("UK")),
        ("vip", Value::Missing),
        ("age", Value::Int(40)),
        ("orders", Value::Int(3)),
        ("cart_total", money("1250")),
        ("discount", money("0.125")),
        ("site", Value::text("https://ada.example/?a=1&b=2")),
        ("cart", Value::List(vec![line("A1", 2, "20"), line("GONE", 1, "12.5")])),
        ("wishlist", Value::List(vec![Value::text("A1"), Value::text("GONE")])),
        ("tags", Value::List(vec![Value::text("news"), Value::text("<b>")])),
        ("prices", Value::List(vec![money("5"), money("7.5")])),
    ]);
    Customer { values, escape: Escape::Text, language: None }
}

impl Customer {
    /// One who reads this language, and is of this locale.
    pub fn reading(self, language: &str, locale: &str) -> Customer {
        Customer { language: Some(Rc::new(Language::new(&language.into(), Some(locale)))), ..self }
    }

    pub fn with(mut self, name: &'static str, value: Value) -> Customer {
        self.values.insert(name, value);
        self
    }
}

impl Data for Customer {
    fn value(&self, name: &str) -> Value {
        if name == "customer" {
            return record(self.values.iter().map(|(n, v)| (*n, v.clone())).collect());
        }
        self.values.get(name).cloned().unwrap_or(Value::Missing)
    }
    fn in_segment(&self, segment: &str) -> bool {
        segment == "high_value"
    }
    fn block(&self, name: &str) -> Option<Compiled> {
        let text = match name {
            "hero" => "Hello <b>{{ first_name | default: \"friend\" }}</b>",
            "again" => "{% render \"again\" %}",
            // Compiled for plain text, to be printed into a line.
            "lines" => return Some(compiled("one\n{{ city }}", Escape::Text).0),
            _ => return None,
        };
        Some(compiled(text, self.escape).0)
    }
    fn placeholder(&self, name: &str) -> Option<Compiled> {
        (name == "content").then(|| compiled("<p>{{ city }}</p>", self.escape).0)
    }
    fn entity(&self, entity: &str, key: &Value) -> Value {
        match (entity, key.as_text()) {
            ("product", Some("A1")) => record(vec![
                ("sku", Value::text("A1")),
                ("name", Value::text("Tea & Co")),
                ("image", Value::text("https://img.example/a1.png")),
                ("in_stock", Value::Bool(true)),
            ]),
            _ => Value::Missing,
        }
    }
    fn time_zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get("Europe/London").unwrap()
    }
    fn language(&self) -> Option<Rc<Language>> {
        self.language.clone()
    }
    fn now(&self) -> jiff::Timestamp {
        "2026-07-01T12:00:00Z".parse().unwrap()
    }
}

/// A template compiled in the shop, what it uses, and the problems told about it.
pub fn checked(text: &str, escape: Escape) -> (Compiled, Uses, Vec<Told>, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("mail.persona", text);
    let mut problems = Problems::default();
    let template = parse(Source { file, offset: 0, text, escapes: false }, &mut problems);
    let (compiled, uses) = check(&template, &Shop, escape, &mut problems);
    (compiled, uses, problems.sorted(&sources), sources)
}

fn compiled(text: &str, escape: Escape) -> (Compiled, Uses) {
    let (compiled, uses, problems, _) = checked(text, escape);
    assert_eq!(problems, [], "{text}");
    (compiled, uses)
}

/// The problems of a template, a line each: `line:column code: headline`, and the help behind an arrow.
pub fn problems(text: &str, escape: Escape) -> String {
    let (_, _, problems, sources) = checked(text, escape);
    let lines = problems.iter().map(|told| {
        let span = told.span().unwrap();
        let place = sources.file(span.file).locate(span.start);
        let help = told.helps.first().map_or(String::new(), |help| {
            let paste = help.paste.as_ref().map_or(String::new(), |code| format!(": {code}"));
            format!(" → {}{paste}", help.text)
        });
        format!("{}:{} {}: {}{help}", place.line, place.column, told.code, told.headline)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The template rendered as plain text for Ada.
pub fn text(template: &str) -> String {
    text_for(&ada(), template).unwrap()
}

pub fn text_for(customer: &Customer, template: &str) -> Result<String, Stop> {
    render(&compiled(template, Escape::Text).0, customer)
}

/// The template rendered as a line of text for this customer.
pub fn line_for(customer: &Customer, template: &str) -> String {
    render(&compiled(template, Escape::Line).0, customer).unwrap()
}

/// The template rendered as HTML for this customer.
pub fn html_for(customer: &Customer, template: &str) -> String {
    let customer = Customer { escape: Escape::Html, ..customer.clone() };
    render(&compiled(template, Escape::Html).0, &customer).unwrap()
}

/// Bodies of Markdown.
pub mod markdown {
    use persona_template::{Clients, Elements, Kept, ReadAs};

    use super::*;

    /// A body compiled in the shop, and the problems told about it.
    pub fn checked(text: &str) -> (Compiled, Vec<Told>, Sources) {
        let mut sources = Sources::default();
        let file = sources.add("mail.md", text);
        let mut problems = Problems::default();
        let read_as =
            ReadAs { escape: Escape::Html, elements: Elements::Markdown, clients: Clients::default() };
        let source = Source { file, offset: 0, text, escapes: false };
        let (compiled, _) = Kept::default().compile(source, read_as, &Shop, &mut problems);
        (compiled, problems.sorted(&sources), sources)
    }

    /// A body rendered for this customer, and whether something is wrong with it.
    pub fn made(text: &str, customer: &Customer) -> (String, bool) {
        let (compiled, problems, _) = checked(text);
        let errors = problems.iter().any(|told| told.severity == persona_diagnostics::Severity::Error);
        let customer = Customer { escape: Escape::Html, ..customer.clone() };
        (render(&compiled, &customer).unwrap_or_default(), errors)
    }
}
