//! Whatever an author or a customer writes: no panic, and no value that changes the structure of a message.

mod shop;

use persona_template::{Escape, render_untyped};
use persona_value::Value;
use proptest::prelude::*;
use shop::{ada, checked, html_for, markdown};

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

/// Pieces of Markdown, with a value that is a word.
const MARKDOWN: &[&str] = &[
    "{{ city }}",
    "{{ city }}",
    "word",
    " ",
    "  ",
    "\n",
    "\n\n",
    "# ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "*",
    "**",
    "_",
    "`",
    "~~",
    "```\n",
    "[a](",
    "![",
    "](",
    ")",
    "[",
    "]",
    "[a]: ",
    "| ",
    "|---|---|\n",
    "<b>",
    "</b>",
    "<p title=\"",
    "\">",
    "<!--",
    "-->",
    "&amp;",
    "\\",
    "https://a.example/",
    "\n===\n",
    "---\n",
];

/// Tags among them.
const TAGS: &[&str] = &[
    "{% if orders > 1 %}",
    "{% else %}",
    "{% endif %}",
    "{% for x in tags %}",
    "{% endfor %}",
    "{{ x }}",
    "{% assign a = 1 %}",
    "{% if tier == gold %}\n",
    "\n{% endif %}\n",
    "\n{% for x in tags %}\n",
    "\n{% endfor %}\n",
    "{% render \"hero\" %}",
    "{% capture c %}",
    "{% endcapture %}",
    "{%- if orders > 9 -%}",
];

fn markdown() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(MARKDOWN), 0..16).prop_map(|pieces| pieces.concat())
}

fn marked_down() -> impl Strategy<Value = String> {
    let piece = prop_oneof![prop::sample::select(MARKDOWN), prop::sample::select(TAGS)];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
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

    /// What is filled in before or after Markdown is read is the same, if it is a word.
    #[test]
    fn markdown_around_a_word_is_read_as_if_it_stood_there(text in markdown()) {
        let (html, errors) = markdown::made(&text, &ada());
        // A value in a tag, where none can be made safe, has no place.
        if !errors {
            let filled = text.replace("{{ city }}", "York");
            let options = pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_STRIKETHROUGH;
            let mut direct = String::new();
            pulldown_cmark::html::push_html(&mut direct, pulldown_cmark::Parser::new_ext(&filled, options));
            prop_assert_eq!(html, direct);
        }
    }

    /// Tags change nothing of what stands between paragraphs, and no text of tags and Markdown makes anybody panic.
    #[test]
    fn markdown_and_tags_in_any_order(text in marked_down(), value in "[a-z<>\"'*_`#\n\\[\\]()&-]{0,12}") {
        let (_, _) = markdown::made(&text, &ada());
        let of = |value: &str| {
            let (html, errors) = markdown::made(&text, &ada().with("city", Value::text(value)));
            (!errors).then(|| html.chars().filter(|c| "<>".contains(*c)).collect::<String>())
        };
        // Nor does a value change what there is in the HTML.
        prop_assert_eq!(of("x"), of(&value));
    }
}
