//! Bodies made by their shapes are those that would have been made alone, byte for byte.

use std::ops::Range;

use persona_message::{Links, Markup, Shapes, mjml};

/// What values print in text: easy ones often, and what could change the markup or be folded.
const VALUES: &[&str] = &[
    "Ada",
    "Zoë",
    "1",
    "£12.50",
    "50%",
    "Red shoe, size 7",
    "O&#39;Neill &amp; Sons",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "",
    " ",
    "  two  blanks ",
    "line\nbreak",
    "&quot;",
    "a\u{a0}b",
    "नमस्ते",
    "😀",
    "مرحبا",
    "\u{202e}abc",
    "e\u{301}",
    "日本",
    "<b>bold</b>",
    "<br />\n",
    "&nbsp;",
    "&bogus",
    "qv7zx0x",
    "* star",
    "1. one",
    "# no heading",
    "&gt; no quote",
    "a\tb",
    "{{ x }}",
];
/// What values print in addresses and other attributes.
const ADDRESSES: &[&str] = &[
    "https://shop.example/a?b=1&amp;c=2",
    "http://shop.example",
    "/relative",
    "https://shop.example/?utm_campaign=own",
    "https://shop.example/#a?b",
    "#",
    "mailto:a@b.example",
    "",
    "a%20b",
    "HTTPS://SHOP.example/",
    "tel:+441",
    "x",
];
const NUMBERS: &[&str] = &["100px", "1", "20%", "", "red", "#0a5", "x"];

/// A template: texts with `{t}`, `{a}` and `{n}` for values of the three kinds.
fn filled(template: &str, random: &mut fastrand::Rng) -> (String, Vec<Range<usize>>) {
    let (mut text, mut values) = (String::new(), Vec::new());
    // Every other message has easy values alone, so that shapes turn up again.
    let hard = random.bool();
    let mut parts = template.split('{');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let of = match &part[..1] {
            "t" => VALUES,
            "a" => ADDRESSES,
            _ => NUMBERS,
        };
        let easy = if part.starts_with('t') { 6 } else { 1 };
        let value = of[if hard && random.bool() { random.usize(..of.len()) } else { random.usize(..easy) }];
        let start = text.len();
        text.push_str(value);
        if !value.is_empty() {
            values.push(start..text.len());
        }
        text.push_str(&part[2..]);
    }
    (text, values)
}

const MJML: &[&str] = &[
    r##"<mjml><mj-head><mj-preview>{t}</mj-preview><mj-style inline="inline">.a { color: #0a5 }</mj-style></mj-head><mj-body>
      <mj-section><mj-column><mj-image src="{a}" alt="{t}" width="100px"/><mj-text css-class="a">Hello {t},<br/>you have {t} points</mj-text>
      <mj-button href="{a}">See {t}</mj-button></mj-column></mj-section></mj-body></mjml>"##,
    r##"<mjml><mj-body><mj-section background-color="{n}"><mj-column width="{n}"><mj-text>{t} {t}{t}</mj-text>
      <mj-table><tr><td width="{n}">{t}</td><td style="color:{n}"><a href="{a}">{t}</a></td></tr></mj-table>
      <mj-raw><p title="{t}">{t}</p></mj-raw></mj-column></mj-section></mj-body></mjml>"##,
];
const HTML: &[&str] = &[
    r##"<html><head><title>{t}</title><style>p { color: {n} }</style></head><body><h1>{t}</h1><p>Dear {t}, {t}.</p>
      <ul><li>{t}</li><li><a href="{a}">{t}</a></li></ul><img src="{a}" alt="{t}"><pre>  {t}
      {t}</pre></body></html>"##,
    r##"<ol start="{n}"><li>{t}<li>{t}</ol><table width="{n}">{t}<tr><td colspan="{n}">{t}</td><td>{t}</td></tr></table>
      <blockquote>{t}</blockquote><!-- {n} --><a href='{a}' title='{t}'>{t}</a><select>{t}<option>{t}</option></select>"##,
    r##"<html><head><style>p, a { color: #333 } .n { margin: 0 } p:empty { top: 0 }</style></head><body><p class=n>{t}</p>
      <table><tr><td class="n" style="color:{n}">{t}</td></tr></table><p>{t}<a href="{a}" style='color:red'>{t}</a></body></html>"##,
];

#[test]
fn the_short_way_gives_what_the_long_way_gives() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut shapes = Shapes::default();
    let rounds = std::env::var("PERSONA_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let all = MJML.iter().map(|t| (Markup::Mjml, t)).chain(HTML.iter().map(|t| (Markup::Html, t)));
    for (markup, template) in all {
        let before = shapes.short();
        for round in 0..rounds {
            let links = if round % 2 == 0 { Links::default() } else { Links::new([("campaign", "a b")]) };
            let (body, values) = filled(template, &mut random);
            // Without values there is no shape but the body itself, which no other message has.
            let alone = Shapes::default().parts(markup, &body, &[], &links);
            let made = shapes.parts(markup, &body, &values, &links);
            match (made, alone) {
                (Ok(made), Ok(alone)) => assert_eq!(made, alone, "{body}"),
                (made, alone) => assert_eq!(made.is_err(), alone.is_err(), "{body}"),
            }
        }
        assert!(shapes.short() > before, "no message of this went the short way: {template}");
    }
}

#[test]
fn what_moves_others_belongs_to_the_shape() {
    let body = |width: &str, name: &str| {
        let text = format!(
            "<mjml><mj-body><mj-section><mj-column width=\"{width}\"><mj-text>{name}</mj-text></mj-column></mj-section></mj-body></mjml>"
        );
        let at = |what: &str| text.find(what).map(|start| start..start + what.len());
        let values = [at(width), at(name)].into_iter().flatten().collect::<Vec<_>>();
        (text, values)
    };
    let mut shapes = Shapes::default();
    let mut widths = ["100px", "100px", "100px", "50%", "50%", "50%"]
        .into_iter()
        .zip(["Ada", "Bob", "Cyd"].into_iter().cycle());
    assert!(widths.all(|(width, name)| {
        let (text, values) = body(width, name);
        shapes
            .parts(Markup::Mjml, &text, &values, &Links::default())
            .is_ok_and(|(html, _)| mjml(&text).is_ok_and(|m| m == html))
    }));
    assert_eq!(shapes.short(), 2, "the third of each width");
}

#[test]
fn no_value_becomes_css() {
    let page = |name: &str, link: &str| {
        let before = "<style>p { color: red } .x { top: 0 } a { left: 0 }</style><p title=\"";
        let text = format!("{before}{name}\">{name}</p><a href=\"{link}\">{name}</a>");
        let mut values: Vec<Range<usize>> = Vec::new();
        for (opens, value) in [("title=\"", name), ("\">", name), ("href=\"", link), ("\">", name)] {
            let from = values.last().map_or(0, |last| last.end);
            let start = from + text[from..].find(opens).unwrap() + opens.len();
            values.push(start..start + value.len());
        }
        (text, values)
    };
    let escaped = |text: &str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#39;")
    };
    let hostile = [
        "Ada",
        "</style><style>* { display: none }",
        "\" class=\"x",
        "' style='top: 0",
        "; top: 0 } p { top: 0 }",
        "<p class=x>",
        "--><p class=x><!--",
        "expression(alert(1))",
        "/*",
    ];
    let mut shapes = Shapes::default();
    for value in hostile.iter().flat_map(|value| [value; 3]) {
        let name = escaped(value);
        let (text, values) = page(&name, &format!("https://shop.example/{name}"));
        let (html, _) = shapes.parts(Markup::Html, &text, &values, &Links::default()).unwrap();
        let with_rules =
            text.replace("<p ", "<p style=\"color: red\" ").replace("<a ", "<a style=\"left: 0\" ");
        assert_eq!(html, with_rules, "{value}");
    }
    assert!(shapes.short() > 0);
}
