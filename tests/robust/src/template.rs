//! Templates: typed, in a program, and as Liquid is elsewhere.

use std::collections::BTreeMap;

use persona_diagnostics::render::{Style, human};
use persona_template::{Escape, render, render_untyped};

use crate::program::{Checked, PRELUDE, checked};
use crate::shop;

/// A template is checked, told of, and rendered for a customer.
pub fn typed(text: &str) {
    for escape in [Escape::Html, Escape::Text, Escape::Line] {
        let (compiled, _, problems, sources) = shop::checked(text, escape);
        for (index, told) in problems.iter().enumerate() {
            let span = told.span().expect("a problem of a template has a place");
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{told:#?}");
            // Drawing is the slow part, and what the first ones did not show the hundredth rarely does.
            if index < 20 {
                human(told, &sources, Style::PLAIN);
            }
        }
        let _ = render(&compiled, &shop::ada());
    }
}

/// A template is the body of an e-mail.
pub fn mail(text: &str) -> Checked {
    const MAIL: &str =
        "email fuzzed {\n  transactional\n  subject \"Hello\"\n  body html file \"body.html\"\n}";
    checked(&[PRELUDE, MAIL], text)
}

/// A template as Liquid is elsewhere; the part behind the first NUL is a partial called `part`.
pub fn liquid(text: &str) {
    let (text, part) = text.split_once('\0').unwrap_or((text, "{{ item }}"));
    let templates = BTreeMap::from([("part".to_string(), part.to_string())]);
    let data = serde_json::json!({
        "first_name": "Ada", "n": 3, "x": 2.5, "none": null, "yes": true,
        "cart": [{ "name": "A", "price": 20 }, { "name": "B", "price": 35 }],
        "words": ["b", "a", "ä"], "nested": { "deep": { "er": [1, [2, [3]]] } },
        "day": "2026-06-21", "html": "<b>&amp;</b>",
    });
    let _ = render_untyped(text, &templates, &data);
}
