//! However deep and however long: an answer, or a limit that is told.

#![allow(clippy::unwrap_used)] // these are tests

use std::fmt::Write as _;

use persona_robust::{Checked, PRELUDE, checked, formatted, liquid, mail, parsed, typed};

/// Deeper than any stack would bear.
const DEEP: usize = 10_000;

fn repeated(open: &str, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP))
}

/// Checks a program beside a shop, and gives the headlines of what is told.
fn told(text: &str) -> Vec<String> {
    parsed(text);
    let checked = checked(&[PRELUDE, text], "");
    checked.tell();
    checked.problems.iter().map(|told| told.headline.clone()).collect()
}

#[track_caller]
fn is_limited(text: &str, limit: &str) {
    let told = told(text);
    assert!(
        told.iter().any(|headline| headline.contains(limit)),
        "{limit}: {:#?}",
        &told[..told.len().min(5)]
    );
    assert!(told.len() < 20, "one mistake is not told {} times", told.len());
}

#[test]
fn expressions_nested_without_end() {
    let nesting = "at most 200 levels of nesting";
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("not ", "true", ""),
        ("- ", "1", ""),
        ("if true then ", "1", " else 2"),
        ("if ", "true", " then true else false"),
        ("lower(", "email", ")"),
        ("count(purchase where ", "true", ")"),
        ("[", "1", "]"),
    ] {
        is_limited(&format!("trait deep = {}", repeated(open, middle, close)), nesting);
    }
}

#[test]
fn chains_without_end() {
    for link in [" + 1", " and true", " or true", " ?? 1", " * 2"] {
        let first = if link.contains("true") { "true" } else { "1" };
        let text = format!("trait long = {first}{}", link.repeat(DEEP));
        is_limited(&text, "at most 500 operators");
    }
    // A path is a chain, too.
    told(&format!("trait long = customer{}", ".country".repeat(DEEP)));
}

#[test]
fn blocks_nested_without_end() {
    is_limited(
        &format!("trigger t {{ on purchase {} }}", repeated("if true { ", "send welcome", " }")),
        "at most 200 levels of nesting",
    );
    is_limited(&format!("event e {{ x: {} }}", repeated("list<", "line", ">")), "nesting");
    told(&repeated("{", "", "}"));
    told(&repeated("source s { ", "", " }"));
    told(&repeated("customer ", "", ""));
    told(&"\"{{ ".repeat(DEEP));
    told(&"\"\"\"{% ".repeat(DEEP));
}

#[test]
fn templates_nested_without_end() {
    for (open, close) in [
        ("{% if first_name %}", "{% endif %}"),
        ("{% for item in cart %}", "{% endfor %}"),
        ("{% case tier %}{% when gold %}", "{% endcase %}"),
        ("{% capture x %}", "{% endcapture %}"),
        ("{% unless first_name %}", "{% endunless %}"),
        ("<div>", "</div>"),
        ("<a href=\"", "\">"),
        ("{% comment %}", "{% endcomment %}"),
        ("{% if first_name %}{% elsif tier %}", ""),
    ] {
        let text = repeated(open, "{{ email }}", close);
        typed(&text);
        liquid(&text);
        mail(&text).tell();
    }
    for text in [
        format!("{{{{ 1{} }}}}", " | plus: 1".repeat(DEEP)),
        format!("{{{{ first_name{} }}}}", ".x".repeat(DEEP)),
        format!("{{{{ first_name{} }}}}", "[0]".repeat(DEEP)),
        format!("{{% if {}true{} %}}x{{% endif %}}", "(".repeat(DEEP), ")".repeat(DEEP)),
        format!("{{% if true{} %}}x{{% endif %}}", " and true".repeat(DEEP)),
        format!("{{% case tier %}}{}{{% endcase %}}", "{% when gold %}x".repeat(DEEP)),
        format!("{{% liquid\n{}{} %}}", "if first_name\n".repeat(DEEP), "endif\n".repeat(DEEP)),
        format!("{{% assign x = {} %}}", "cart | map: ".repeat(DEEP)),
    ] {
        typed(&text);
        liquid(&text);
    }
}

/// So many declarations, each written by its number and the one before it.
fn chain(count: usize, declare: impl Fn(usize, usize) -> String) -> String {
    (1..=count).fold(String::new(), |mut text, i| {
        let _ = writeln!(text, "{}", declare(i, i - 1));
        text
    })
}

#[test]
fn declarations_that_read_each_other_without_end() {
    let count = 2_000;
    let deep = "is read through more than 50 others";
    is_limited(&format!("trait t0 = 1\n{}", chain(count, |i, p| format!("trait t{i} = t{p} + 1"))), deep);
    let segments = chain(count, |i, p| format!("segment s{i} {{ when in s{p} }}"));
    is_limited(&format!("segment s0 {{ when tier == gold }}\n{segments}"), deep);
    told(&format!(
        "event e0 = purchase or refund\n{}",
        chain(count, |i, p| format!("event e{i} = e{p} or refund"))
    ));
    let blocks =
        chain(count, |i, p| format!("content c{i} {{ otherwise \"\"\"{{% render \"c{p}\" %}}\"\"\" }}"));
    told(&format!("content c0 {{ otherwise \"\"\"x\"\"\" }}\n{blocks}"));
    let circle = chain(count, |i, p| format!("trait r{i} = r{} + 1", if i == 1 { count } else { p }));
    told(&circle);
    let circle =
        chain(count, |i, p| format!("segment q{i} {{ when in q{} }}", if i == 1 { count } else { p }));
    told(&circle);
}

#[test]
fn lists_without_end() {
    let names: Vec<String> = (0..100_000).map(|i| format!("v{i}")).collect();
    let text = format!("event big {{ kind: enum {{ {} }} }}", names.join(", "));
    assert_eq!(told(&text), Vec::<String>::new());
    let text = format!("segment big {{ when country in [{}] }}", vec!["UK"; 20_000].join(", "));
    told(&text);
    let text = format!("event any = {}", vec!["purchase"; 20_000].join(" or "));
    told(&text);
    told(&format!("event wide {{ {} }}", chain(20_000, |i, _| format!("f{i}: int"))));
}

/// Twenty thousand bytes of each; `PERSONA_BYTES` makes it more.
fn long(piece: &str) -> String {
    let bytes = std::env::var("PERSONA_BYTES").ok().and_then(|bytes| bytes.parse().ok()).unwrap_or(20_000);
    piece.repeat(bytes / piece.len())
}

#[test]
fn garbage() {
    for piece in ["§", "(", "}", "\"", "a ", "a\n", "= \n", "event ", "\0", "\r", "\\", "{% ", "'", "/* "] {
        told(&long(piece));
    }
    // Bytes as they come, as far as they are text.
    let mut random = fastrand::Rng::with_seed(1);
    let bytes: Vec<u8> = (0..200_000).map(|_| random.u8(..)).collect();
    told(&String::from_utf8_lossy(&bytes));
}

#[test]
fn long_lines_and_strings() {
    told(&format!("trait x = \"{}\"", long("x ")));
    told(&format!("trait x = \"\"\"{}\"\"\"", long("x\n")));
    told(&format!("trait x = {}", long("9")));
    told(&long("y"));
    told(&format!("// {}", long("x ")));
    told(&format!("trait x = 1 {}", long("+ 1 ")));
    told(&long("segment s { when tier == gold } "));
}

#[test]
fn long_templates() {
    for piece in
        ["{{ email }} ", "<p>x</p>\n", "{{", "{%", "{% if first_name %}x{% endif %}", "<", "{{ nothing }}"]
    {
        typed(&long(piece));
        mail(&long(piece)).tell();
    }
}

/// Told once for each, and nothing is lost on the way.
#[test]
fn a_long_program() {
    let count = long("trait t0 = count(purchase in last 30 days)\n").len() / 44;
    let text = chain(count, |i, _| format!("trait t{i} = count(purchase in last {i} seconds)"));
    let Checked { model, problems, .. } = checked(&[PRELUDE, &text], "");
    assert!(problems.is_empty());
    assert!(model.traits.len() >= count);
    let count = count.min(500);
    let text = chain(count, |i, _| format!("trait t{i} = count(purchase in last {i} parsecs)"));
    assert_eq!(told(&text).len(), count);
    formatted(&text);
}
