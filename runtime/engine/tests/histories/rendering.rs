//! What a customer reads.

use std::collections::HashMap;

use persona_engine::{Body, Rendered, render};
use persona_model::Model;
use persona_value::Value;

use crate::shop::{PROJECT, Shop, at, model, names};

const PROGRAM: &str = r#"
content hero {
  when in vip            """Only for you: {{ first_name | default: "friend" }}"""
  when stage == lapsed   """We miss you"""
  otherwise              """Welcome"""
}
layout base { body html """<html><body>{% block content %}<p>{{ brand.postal_address }}</p><a href="{{ unsubscribe_url }}">Stop</a></body></html>""" }
email offer {
  consent    marketing
  layout     base
  subject    "{{ first_name | default: "You" }}, {% render "hero" %}"
  preheader  "Look inside"
  body html """<p>{% render "hero" %}</p>{{ cart | size }}{% for line in cart %}<i>{{ line.sku.name | default: "gone" }}</i>{% endfor %}"""
}
email added { transactional  subject "Added {{ event.sku.name | default: "something" }}"  body text """{{ unsubscribe_url }}""" }
trigger on_add { on cart_add  send added }
"#;

fn record(fields: &[(&str, &str)]) -> Value {
    Value::Record(fields.iter().map(|(name, value)| ((*name).into(), Value::text(*value))).collect())
}

fn shop_of(model: std::sync::Arc<Model>) -> Shop {
    let mut shop = Shop::of(model);
    let products = [(Value::text("A1"), record(&[("sku", "A1"), ("name", "Tea & Co")]))];
    shop.entities = HashMap::from([("product".into(), HashMap::from(products))]);
    shop.set("ada", "first_name", Value::text("<b>Ada</b>\nBcc: all@shop.example"));
    shop.set("ada", "cart", Value::List(vec![record(&[("sku", "A1")]), record(&[("sku", "B2")])]));
    shop.customer("ada").answers = names(&["case hero 0", "case hero 1"]);
    shop
}

fn rendered(shop: &Shop, email: &str, customer: &str, event: &Value) -> Rendered {
    let email = shop.model.email(email).unwrap();
    render(&shop.world(at("03-01 12:00")), email, customer, event).unwrap()
}

#[test]
fn the_layout_holds_the_body_and_the_first_case_that_is_true_is_shown() {
    let shop = shop_of(model(PROJECT, PROGRAM));
    let html = |rendered: Rendered| match rendered.body {
        Body::Html(html) => html.text,
        other => panic!("{other:?}"),
    };
    let end = "<p>1 High Street, York</p><a href=\"mailto:care@shop.example?subject=Unsubscribe%20marketing\">Stop</a></body></html>";
    assert_eq!(
        html(rendered(&shop, "offer", "ada", &Value::Missing)),
        format!(
            "<html><body><p>Only for you: &lt;b&gt;Ada&lt;/b&gt;\nBcc: all@shop.example</p>2<i>Tea &amp; Co</i><i>gone</i>{end}"
        )
    );
    // Bob has no name, and no cart: a list is empty, never missing.
    assert_eq!(
        html(rendered(&shop, "offer", "bob", &Value::Missing)),
        format!("<html><body><p>Welcome</p>0{end}")
    );
}

#[test]
fn a_subject_is_one_line_of_plain_text() {
    let shop = shop_of(model(PROJECT, PROGRAM));
    let offer = rendered(&shop, "offer", "ada", &Value::Missing);
    let name = "<b>Ada</b> Bcc: all@shop.example";
    assert_eq!(offer.subject, format!("{name}, Only for you: {name}"));
    assert_eq!(offer.preheader.as_deref(), Some("Look inside"));
    assert_eq!(
        (&*offer.from, offer.reply_to.as_deref()),
        ("Shop <hello@shop.example>", Some("Care <care@shop.example>"))
    );
}

#[test]
fn the_event_that_started_the_flow_can_be_read_and_the_unsubscribe_page_knows_whom() {
    let page =
        "[delivery.unsubscribe]\npage = \"https://shop.example/stop?lang=en#bye\"\nkey = \"stop.key\"\n";
    let mut shop = shop_of(model(&format!("{PROJECT}{page}"), PROGRAM));
    shop.set("a&b c", "email", Value::text("x@example.com"));
    let added = rendered(&shop, "added", "a&b c", &record(&[("sku", "A1")]));
    assert_eq!(added.subject, "Added Tea & Co");
    assert_eq!(added.body, Body::Text("https://shop.example/stop?lang=en&token=a_b_c-none#bye".into()));
}
