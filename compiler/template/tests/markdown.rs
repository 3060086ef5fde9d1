//! Markdown is made into HTML once; tags and values keep their places in it.

#![allow(clippy::unwrap_used, reason = "a failing helper fails its test")]

mod shop;

use std::time::{Duration, Instant};

use persona_template::{Escape, render};
use persona_value::Value;
use shop::markdown::checked;
use shop::{Customer, ada};

fn html_for(customer: Customer, text: &str) -> String {
    let (compiled, problems, _) = checked(text);
    assert_eq!(problems, [], "{text}");
    render(&compiled, &Customer { escape: Escape::Html, ..customer }).unwrap()
}

/// The HTML that Ada is sent, without empty lines.
fn html(text: &str) -> String {
    let html = html_for(ada(), text);
    html.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// The problems of a text: the words at each place, and its code.
fn problems(text: &str) -> Vec<String> {
    let (_, problems, sources) = checked(text);
    let told = problems.iter().map(|told| {
        let span = told.span().unwrap();
        let words = &sources.file(span.file).text[span.start as usize..span.end as usize];
        format!("{} `{words}`", told.code)
    });
    told.collect()
}

#[test]
fn markdown_around_values() {
    assert_eq!(
        html(
            "# Hello {{ first_name | default: \"you\" }}\n\n**{{ city }}** and _{{ city }}_, `{{ city }}`\n> {{ city }}"
        ),
        "<h1>Hello Ada</h1>\n<p><strong>York</strong> and <em>York</em>, <code>York</code></p>\n<blockquote>\n<p>York</p>\n</blockquote>"
    );
    assert_eq!(
        html("| Town | Tier |\n|---|---|\n| {{ city }} | ~~{{ tier }}~~ |"),
        "<table><thead><tr><th>Town</th><th>Tier</th></tr></thead><tbody>\n<tr><td>York</td><td><del>silver</del></td></tr>\n</tbody></table>"
    );
}

#[test]
fn a_value_is_never_markdown() {
    let hostile = "**a** [b](c) <i>\"'`\n\n# d\n- e\n\n    f &amp; | {{ g }}";
    let customer = || ada().with("city", Value::text(hostile));
    let escaped = "**a** [b](c) &lt;i&gt;&quot;&#39;`\n\n# d\n- e\n\n    f &amp;amp; | {{ g }}";
    assert_eq!(html_for(customer(), "{{ city }}"), format!("<p>{escaped}</p>\n"));
    assert_eq!(html_for(customer(), "- {{ city }}"), format!("<ul>\n<li>{escaped}</li>\n</ul>\n"));
    assert_eq!(html_for(customer(), "`{{ city }}`"), format!("<p><code>{escaped}</code></p>\n"));
    assert_eq!(
        html_for(customer(), "![{{ city }}](https://a.example/b.png)"),
        format!("<p><img src=\"https://a.example/b.png\" alt=\"{escaped}\" /></p>\n")
    );
    assert_eq!(
        html_for(customer(), "[x](https://a.example \"{{ city }}\")"),
        format!("<p><a href=\"https://a.example\" title=\"{escaped}\">x</a></p>\n")
    );
}

#[test]
fn addresses_are_addresses() {
    assert_eq!(
        html("[{{ city }}]({{ site }}) <https://a.example/{{ city }}> [b](https://b.example/?q={{ email }})"),
        "<p><a href=\"https://ada.example/?a=1&amp;b=2\">York</a> <a href=\"https://a.example/York\">https://a.example/York</a> \
         <a href=\"https://b.example/?q=ada%40example.com\">b</a></p>"
    );
    assert_eq!(
        html("[shop][s]\n\n[s]: {{ site }}"),
        "<p><a href=\"https://ada.example/?a=1&amp;b=2\">shop</a></p>"
    );
    let scripted = ada().with("city", Value::text("javascript:alert(1)"));
    assert_eq!(html_for(scripted, "[a]({{ city }})"), "<p><a href=\"#\">a</a></p>\n");
    let gold = "[a](https://a.example/{% if tier == gold %}gold{% else %}all{% endif %}?x=1)";
    assert_eq!(html(gold), "<p><a href=\"https://a.example/all?x=1\">a</a></p>");
}

#[test]
fn html_stands_as_it_is_written() {
    assert_eq!(
        html(
            "<table>\n{% for line in cart %}\n<tr><td{% if line.quantity > 1 %} class=\"more\"{% endif %}>{{ line.quantity }}</td></tr>\n{% endfor %}\n</table>"
        ),
        "<table>\n<tr><td class=\"more\">2</td></tr>\n<tr><td>1</td></tr>\n</table>"
    );
    assert_eq!(
        html(
            "A <b title=\"{{ city }}\">*b*</b> <a href=\"{{ site }}\"{% if orders > 1 %} class=\"x\"{% endif %}>c</a>"
        ),
        "<p>A <b title=\"York\"><em>b</em></b> <a href=\"https://ada.example/?a=1&amp;b=2\" class=\"x\">c</a></p>"
    );
}

#[test]
fn tags_on_lines_of_their_own_part_paragraphs() {
    assert_eq!(
        html("Hello\n{% if orders > 1 %}\n## Again\n\n*Thanks.*\n{% else %}\nWelcome\n{% endif %}\nBye"),
        "<p>Hello</p>\n<h2>Again</h2>\n<p><em>Thanks.</em></p>\n<p>Bye</p>"
    );
    // However far they are indented: they are no code.
    assert_eq!(
        html("{% if orders > 1 %}\n      {% if orders > 2 %}\nA\n      {% endif %}\n{% endif %}"),
        "<p>A</p>"
    );
    assert_eq!(html("A{% if orders > 1 %} _few_{% endif %} shoes"), "<p>A <em>few</em> shoes</p>");
    // A paragraph of which nothing is shown is none.
    assert_eq!(
        html("{% if orders > 9 %}A{% endif %}\n\n{% if orders > 9 %}B{% else %}C{% endif %}"),
        "<p>C</p>"
    );
    assert_eq!(
        html("Before\n\n{% render \"hero\" %}\n\nA {% render \"hero\" %}"),
        "<p>Before</p>\n<div>Hello <b>Ada</b></div>\n<p>A Hello <b>Ada</b></p>"
    );
}

#[test]
fn a_loop_repeats_items_and_rows() {
    let list = "<ul>\n<li>2 of A1</li>\n<li>1 of GONE</li>\n</ul>";
    for text in [
        "{% for line in cart %}\n- {{ line.quantity }} of {{ line.sku }}\n{% endfor %}",
        "{% for line in cart %}- {{ line.quantity }} of {{ line.sku }}\n{% endfor %}",
        "{%- for line in cart %}\n- {{ line.quantity }} of {{ line.sku }}\n{%- endfor %}",
    ] {
        assert_eq!(html(text), list, "{text}");
        assert_eq!(
            html(&format!("Yours:\n\n{text}\n\nBye")),
            format!("<p>Yours:</p>\n{list}\n<p>Bye</p>"),
            "{text}"
        );
    }
    assert_eq!(
        html(
            "1. a\n{% for line in cart %}\n1. {{ line.sku }}\n{% endfor %}\n{% if orders > 9 %}\n1. x\n{% else %}\n1. y\n   {% if orders > 1 %}\n   z\n   {% endif %}\n{% endif %}"
        ),
        "<ol>\n<li>a</li>\n<li>A1</li>\n<li>GONE</li>\n<li>y\nz\n</li>\n</ol>"
    );
    assert_eq!(
        html(
            "| a | b |\n|---|---|\n{% for line in cart %}\n| {{ line.sku }} | {{ line.quantity }} |\n{% endfor %}\n| c | d |"
        ),
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>\n<tr><td>A1</td><td>2</td></tr>\n<tr><td>GONE</td><td>1</td></tr>\n<tr><td>c</td><td>d</td></tr>\n</tbody></table>"
    );
}

#[test]
fn problems_are_told_at_the_tag_of_the_file() {
    assert_eq!(
        problems("# A\n\n- **{{ first_name }}** [a]({{ nope }})"),
        ["missing-fallback `first_name`", "unknown-name `nope`"]
    );
    assert_eq!(
        problems("**a\n\n*|FNAME|* [a](/cart) ![b](www.a.example/b.png) [ok](https://a.example)"),
        ["foreign-tag `*|FNAME|*`", "bad-address `/cart`", "bad-address `www.a.example/b.png`"]
    );
    assert_eq!(problems("<p class={{ city }}>"), ["unsafe-place `{{ city }}`"]);
    assert_eq!(problems("{% if orders > 1 %}\n\n# A"), ["unclosed-block `{% if orders > 1 %}`"]);
    assert_eq!(
        problems("**a {% if orders > 1 %}b** c{% endif %}"),
        ["uneven-branches `{% if orders > 1 %}`"]
    );
    assert_eq!(
        problems("- a {% if orders > 1 %}b\n\nc{% endif %}"),
        ["uneven-branches `{% if orders > 1 %}`"]
    );
}

/// However deep, however long: within a moment, and on a small stack.
#[test]
fn deep_and_long_texts_are_read() {
    for text in [
        "> ".repeat(20_000) + "a",
        "- ".repeat(20_000) + "a",
        (0..400).map(|i| format!("{}- a\n", "  ".repeat(i))).collect::<String>(),
        "*".repeat(20_000),
        "[".repeat(20_000),
        "{% if orders > 1 %}a{% endif %} ".repeat(5_000),
        "{% if orders > 1 %}\n- a\n{% endif %}\n".repeat(5_000),
        "| a | b |\n|---|---|\n".to_string()
            + &"{% if orders > 1 %}\n| {{ city }} | b |\n{% endif %}\n".repeat(3_000),
        "{{ city }}\n".repeat(20_000),
        "{% assign a = 1 %}\n".repeat(10_000),
        "- {{ city }}{% if orders > 1 %}\n".repeat(100) + &"{% endif %}\n".repeat(100),
    ] {
        let start = Instant::now();
        checked(&text);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(5), "{took:?} for {:?}…", text.get(..40));
    }
}
