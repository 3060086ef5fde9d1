//! What every program has without declaring it.

use std::sync::Arc;

use persona_value::Type;

use crate::{Attribute, Event};

/// Fields of every event. `received` is when it arrived, `customer` the customer's id.
pub const EVENT_FIELDS: &[(&str, Type)] =
    &[("id", Type::Text), ("at", Type::Timestamp), ("received", Type::Timestamp), ("customer", Type::Text)];

/// The name of the lifecycle declared without one.
pub const STAGE: &str = "stage";

/// Names that no value of a customer can have, and what each of them is wherever it is read.
pub(crate) const RESERVED: &[(&str, &str)] = &[
    ("brand", "who writes"),
    ("customer", "the customer"),
    ("event", "what started the flow"),
    ("false", "a constant"),
    ("now", "the present instant"),
    ("offer", "the coupon of the e-mail"),
    ("today", "the present day"),
    ("true", "a constant"),
];

/// The types that are written as a word; `enum` lists its values behind it.
pub const TYPES: &[&str] = &[
    "bool",
    "int",
    "decimal",
    "money",
    "percent",
    "string",
    "email",
    "url",
    "locale",
    "date",
    "timestamp",
    "time",
    "duration",
    "timezone",
    "list",
];

/// Events of e-mail itself.
pub(crate) fn events() -> Vec<Event> {
    const NAMES: &[(&str, &str)] = &[
        ("email_sent", "An e-mail was handed over for delivery."),
        ("email_delivered", "The receiving server took an e-mail."),
        ("email_open", "An e-mail was opened by a person: opens made by mail proxies are left out."),
        ("email_click", "A link of an e-mail was followed."),
        ("email_bounce", "An e-mail came back."),
        ("email_complaint", "An e-mail was reported as spam."),
        ("unsubscribe", "A customer asked for no more of these e-mails."),
    ];
    const FIELDS: &[&str] = &["email", "trigger", "campaign", "variant", "link"];
    NAMES
        .iter()
        .map(|(name, docs)| Event {
            name: Arc::from(*name),
            docs: vec![docs.to_string()],
            fields: FIELDS.iter().map(|f| Attribute::built_in(f, Type::Text, true)).collect(),
            of: Vec::new(),
            span: None,
        })
        .collect()
}
