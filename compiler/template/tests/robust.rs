//! Whatever an author or a customer writes: no panic, and no value that changes the structure of a message.

mod shop;

use persona_template::{Escape, render_untyped};
use persona_value::Value;
use proptest::prelude::*;
use shop::{ada, checked, html_for};

/// Pieces templates are made of, to be put together in any order.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "-%}",
    "{%-",
    " ",
    "\n",
    "x",
    "é",
    "\"",
    "'",
    "|",
    ":",
    ",",
    ".",
    "..",
    "(",
    ")",
    "[",
    "]",
    "==",
    "<",
    "<a href=\"",
    ">",
    "</a>",
    "<!--",
    "-->",
    "if",
    "elsif",
    "else",
    "endif",
    "for",
    "in",
    "endfor",
    "case",
    "when",
    "endcase",
    "assign",
    "=",
    "capture",
    "endcapture",
    "raw",
    "endraw",
    "comment",
    "endcomment",
    "liquid",
    "cycle",
    "tablerow",
    "endtablerow",
    "break",
    "continue",
    "render",
    "block",
    "skip",
    "#",
    "first_name",
    "cart",
    "item",
    "item.sku.name",
    "customer",
    "tier",
    "default",
    "date",
    "map",
    "1",
    "-1",
    "2.5",
    "50 GBP",
    "20%",
    "true",
    "nil",
    "blank",
    "and",
    "or",
    "limit:",
    "offset:",
    "contains",
    "{{ city }}",
    "{% if first_name %}",
    "{% endif %}",
    "{% for item in cart %}",
    "{% endfor %}",
    "{{ item.price | times: 2 }}",
    "{% assign n = cart | map: \"price\" %}",
];

fn template() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_checked_and_rendered_without_panic(text in template()) {
        for escape in [Escape::Html, Escape::Text] {
            let (compiled, _, problems, sources) = checked(&text, escape);
            for told in &problems {
                let span = told.span().unwrap();
                prop_assert!(span.end as usize <= text.len() && span.start <= span.end, "{told:?}");
                persona_diagnostics::render::human(told, &sources, persona_diagnostics::render::Style::PLAIN);
            }
            let _ = persona_template::render(&compiled, &ada());
        }
        let _ = render_untyped(&text, &Default::default(), &serde_json::json!({ "cart": [{ "price": 1 }] }));
    }

    #[test]
    fn no_value_changes_the_structure(value in "[a-z<>\"'&:/?#;()= \n-]{0,24}|javascript:.*|--><script>|\\PC{0,12}") {
        let template = "<a href=\"{{ city }}\" title='{{ city }}'>{{ city }}</a><!-- {{ city }} -->\
            <td style=\"color: {{ city }}\"><img src=\"https://x.example/{{ city }}?q={{ city }}&r={{ city | url_encode }}\">\
            {{ city | newline_to_br | strip_newlines }}{% capture c %}<b>{{ city }}</b>{% endcapture %}{{ c }}\
            {{ city | append: c }}{{ city | escape | upcase }}{{ city | strip_html }}";
        let of = |value: &str| {
            let html = html_for(&ada().with("city", Value::text(value)), template);
            // A line break may become `<br />`; nothing else may add or take a sign of structure.
            let signs: String = html.replace("<br />", "").chars().filter(|c| "<>\"'".contains(*c)).collect();
            (signs, html)
        };
        let (harmless, _) = of("x");
        let (structure, html) = of(&value);
        prop_assert_eq!(structure, harmless, "{}", html);
        prop_assert!(!html.contains("href=\"javascript"), "{}", html);
    }
}
