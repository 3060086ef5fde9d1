//! What values look like when nothing else is said, and what the tags and filters do.

mod shop;

use persona_template::{Escape, Stop};
use persona_value::Value;
use shop::{ada, checked, html_for, text, text_for};

#[test]
fn each_type_has_its_form() {
    assert_eq!(text("{{ cart_total }}"), "£1,250.00");
    assert_eq!(text("{{ discount }}"), "12.5%");
    assert_eq!(text("{{ signed_up }}"), "1 March 2026, 09:30");
    assert_eq!(text("{{ birthday | default: \"unknown\" }}"), "10 December 1985");
    assert_eq!(text("{{ tier }} {{ orders }} {{ vip | default: false }}"), "silver 3 false");
    assert_eq!(text("{{ prices | join: \" and \" }}"), "£5.00 and £7.50");
}

#[test]
fn a_value_inside_a_text_keeps_its_form() {
    assert_eq!(text("{{ \"From \" | append: cart_total }}"), "From £1,250.00");
    assert_eq!(text("{% capture total %}{{ cart_total }}!{% endcapture %}{{ total }}"), "£1,250.00!");
}

#[test]
fn money_is_calculated_with() {
    assert_eq!(text("{{ cart_total | times: discount }}"), "£156.25");
    assert_eq!(text("{{ cart_total | minus: 50 GBP | divided_by: 3 }}"), "£400.00");
    assert_eq!(text("{{ cart | sum: \"price\" }}"), "£32.50");
    assert_eq!(text("{{ 12.5 | money: \"JPY\" }} {{ cart_total | money }}"), "¥13 £1,250.00");
    assert_eq!(text("{{ orders | divided_by: 2 }} {{ orders | times: 1.5 }}"), "1 4.5");
}

#[test]
fn dates_follow_a_format_in_the_readers_zone() {
    assert_eq!(text("{{ \"now\" | date: \"%-d %B %Y, %H:%M\" }}"), "1 July 2026, 13:00");
    assert_eq!(text("{{ \"2026-03-01\" | date: \"%a %d/%m\" }}"), "Sun 01/03");
    assert_eq!(text("{% if signed_up >= \"2026-03-01\" %}new{% endif %}"), "new");
}

#[test]
fn conditions_group_from_the_right() {
    // true or (false and false), not (true or false) and false
    assert_eq!(text("{% if true or false and false %}yes{% else %}no{% endif %}"), "yes");
    assert_eq!(text("{% if tier >= silver and country == \"UK\" %}yes{% endif %}"), "yes");
    assert_eq!(text("{% if tier > \"silver\" %}yes{% else %}no{% endif %}"), "no");
}

#[test]
fn a_comparison_with_nothing_is_false() {
    let nobody = ada().with("age", Value::Missing).with("first_name", Value::Missing);
    let of = |template| text_for(&nobody, template).unwrap();
    assert_eq!(of("{% if age > 18 %}yes{% else %}no{% endif %}"), "no");
    assert_eq!(of("{% if age <= 18 %}yes{% else %}no{% endif %}"), "no");
    assert_eq!(of("{% if age == age %}yes{% else %}no{% endif %}"), "no");
    assert_eq!(of("{% if first_name != \"Ada\" %}yes{% else %}no{% endif %}"), "yes");
    assert_eq!(of("{% if age == nil %}yes{% endif %}"), "yes");
    assert_eq!(of("{% if vip %}yes{% else %}no{% endif %}"), "no");
}

#[test]
fn segments_by_name_and_by_label() {
    let (_, uses, problems, _) = checked(
        "{% if customer in high_value and customer.segment == \"High-Value\" %}x{% endif %}",
        Escape::Text,
    );
    assert_eq!(problems, []);
    assert!(uses.segments.contains("high_value"));
    assert_eq!(text("{% if customer in high_value %}VIP{% endif %}"), "VIP");
    assert_eq!(text("{% if customer.segment != \"High-Value\" %}other{% else %}VIP{% endif %}"), "VIP");
}

#[test]
fn loops_bind_their_items_and_look_through_references() {
    let template = "{% for item in cart %}{{ forloop.index }}. {{ item.sku.name | default: \"gone\" }} \
                    × {{ item.quantity }} {{ item.price }}\n{% endfor %}";
    assert_eq!(text(template), "1. Tea & Co × 2 £20.00\n2. gone × 1 £12.50\n");
    assert_eq!(text("{% for p in wishlist %}{{ p.name | default: p }};{% endfor %}"), "Tea & Co;GONE;");
    assert_eq!(text("{{ wishlist | map: \"name\" | join: \", \" }}"), "Tea & Co");
    let template = "{% for i in (1..9) reversed limit: 3 offset: 2 %}{% if i == 4 %}{% continue %}{% endif %}{{ i }}{% endfor %}";
    assert_eq!(text(template), "53");
    assert_eq!(text("{% for t in tags limit: 0 %}x{% else %}none{% endfor %}"), "none");
}

#[test]
fn variables_counters_cycles_and_cases() {
    assert_eq!(text("{% assign n = orders | plus: 1 %}{{ n }}"), "4");
    assert_eq!(text("{% for i in (1..3) %}{% cycle \"a\", \"b\" %}{% endfor %}"), "aba");
    assert_eq!(text("{% increment x %}{% increment x %}{% decrement x %}"), "011");
    assert_eq!(text("{% case tier %}{% when \"gold\", silver %}shiny{% else %}plain{% endcase %}"), "shiny");
    assert_eq!(
        text("{% liquid\n assign a = 1\n echo a\n%}{% raw %}{{ a }}{% endraw %}{% # nothing %}"),
        "1{{ a }}"
    );
    assert_eq!(text("a  {%- if true -%}  b  {%- endif -%}  c"), "abc");
}

#[test]
fn text_filters() {
    assert_eq!(text("{{ city | upcase | append: \"!\" }}"), "YORK!");
    assert_eq!(text("{{ \"a-b-c\" | split: \"-\" | reverse | join: \"+\" }}"), "c+b+a");
    assert_eq!(text("{{ \"one two three\" | truncatewords: 2 }}"), "one two...");
    assert_eq!(text("{{ city | slice: 0, 2 }}{{ city.size }}"), "Yo4");
}

#[test]
fn blocks_and_layouts() {
    assert_eq!(html_for(&ada(), "<td>{% render \"hero\" %}</td>"), "<td>Hello <b>Ada</b></td>");
    assert_eq!(html_for(&ada(), "<body>{% block content %}</body>"), "<body><p>York</p></body>");
    let (_, uses, _, _) = checked("{% render \"hero\" %}{% block content %}", Escape::Html);
    assert!(uses.blocks.contains("hero") && uses.placeholders.contains("content"));
}

#[test]
fn a_message_can_withhold_itself() {
    let stopped = text_for(&ada(), "{% if orders > 2 %}{% skip \"bought enough\" %}{% endif %}Hi");
    assert_eq!(stopped, Err(Stop::Skip { reason: "bought enough".into() }));
}

/// A value that the program says is always there, and is not: the message is not sent, and what is missing is named.
#[test]
fn a_broken_promise_names_the_value() {
    let without = ada().with("city", Value::Missing);
    match text_for(&without, "In {{ customer.city | upcase }}") {
        Err(Stop::Failed { reason, .. }) => {
            assert_eq!(reason, "`customer.city` is missing, which the program says it never is");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_data_breaks_fails_instead_of_panicking() {
    let failed = |result| matches!(result, Err(Stop::Failed { .. }));
    assert!(failed(text_for(&ada().with("city", Value::Missing), "{{ city }}")));
    assert!(failed(text_for(&ada(), "{% render \"again\" %}")));
    assert!(failed(text_for(&ada().with("orders", Value::Int(i64::MAX)), "{{ orders | plus: 1 }}")));
    assert!(failed(text_for(&ada(), "{% for i in (1..999999999999) %}{% endfor %}")));
}

#[test]
fn uses_are_every_name_read() {
    let (_, uses, _, _) = checked(
        "{{ customer.city }}{% for i in cart %}{{ i.sku.name | default: tier }}{% endfor %}",
        Escape::Text,
    );
    assert_eq!(uses.names.iter().collect::<Vec<_>>(), ["cart", "city", "tier"]);
    assert_eq!(uses.entities.iter().collect::<Vec<_>>(), ["product"]);
}
