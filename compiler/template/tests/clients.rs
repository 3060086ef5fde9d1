//! What chosen mail programs do not support, at its place.

use persona_diagnostics::{Problems, Sources};
use persona_template::{Clients, Source, check_clients, parse};

/// What is told of a template, a line each: the text it stands at, and the programs.
#[allow(clippy::unwrap_used)] // A helper: clippy knows tests by their attribute.
fn told(template: &str, clients: &[&str]) -> Vec<String> {
    let (mut problems, mut sources) = (Problems::default(), Sources::default());
    let file = sources.add("mail.html", template);
    let source = Source { file, offset: 0, text: template, escapes: false };
    let parsed = parse(source, &mut problems);
    assert!(problems.is_empty(), "{template}");
    let named = clients.iter().map(|name| Clients::named(name).unwrap());
    let clients = named.reduce(Clients::and).unwrap_or_default();
    check_clients(&parsed, source, clients, &mut problems);
    let line = |told: &persona_diagnostics::Told| {
        let label = &told.labels[0];
        format!("{} {}", sources.text(label.span), label.text.trim_start_matches("not in "))
    };
    problems.iter().map(line).collect()
}

const WINDOWS: &[&str] = &["outlook-windows"];

#[test]
fn properties_values_functions_and_units_are_told_where_they_stand() {
    let html = r#"<p style="margin: 0; border-radius: {{ r }}px">ä</p>
      <div style="display: flex; width: calc(100% - 2rem)"></div>"#;
    let expected = ["border-radius", "flex", "calc(", "2rem"].map(|what| format!("{what} Outlook (Windows)"));
    assert_eq!(told(html, WINDOWS), expected);
    assert!(told(html, &[]).is_empty(), "nobody asked");
}

#[test]
fn elements_attributes_and_images_are_told_where_they_stand() {
    let html = r#"<form><input type="checkbox"></form><p hidden>{% if x %}<img src="a/{{ b }}.webp">{% endif %}</p>
      <a href="https://shop.example/">shop</a><img src="a.png" alt="">"#;
    let expected =
        ["<form", "<input", "hidden", "a/xxxxxxx.webp"].map(|what| format!("{what} Outlook (Windows)"));
    let said = told(html, WINDOWS);
    assert_eq!(said[..3], expected[..3]);
    assert!(said[3].starts_with("a/{{ b }}.webp"), "{said:?}");
    assert_eq!(said.len(), 4);
}

#[test]
fn a_feature_is_told_once_with_everybody_who_lacks_it() {
    let html = r#"<p style="clip-path: none">1</p><p style="clip-path: none">2</p>"#;
    assert_eq!(
        told(html, &["gmail", "outlook-windows", "apple-mail"]),
        ["clip-path Gmail, Outlook (Windows)"]
    );
}

#[test]
fn ways_out_are_understood() {
    for html in [
        // Outlook reads the one, the others the other.
        r#"<!--[if mso]><p style="border-radius: 1px"></p><![endif]-->"#,
        r#"<!--[if !mso]><!--><p style="border-radius: 1px"></p><!--<![endif]-->"#,
        r#"<!-- <p style="border-radius: 1px"> -->"#,
        // Who does not understand the second keeps the first.
        r#"<p style="background: red; background: linear-gradient(red, blue)"></p>"#,
        r#"<style>@supports (display: grid) { p { display: grid } }</style>"#,
        "{% comment %}<video>{% endcomment %}<p>{% raw %}{{ <ok> }}{% endraw %}</p>",
        // Broken off anywhere, nothing is made up.
        "<p",
        "<style>p { color: ",
    ] {
        assert_eq!(told(html, WINDOWS), [""; 0], "{html}");
    }
}

#[test]
fn what_a_client_never_reads_is_not_told_of_it() {
    let sheet = "<style>@media (orientation: portrait) { .a > b { border-radius: 1px } }</style>";
    assert_eq!(told(sheet, WINDOWS), ["@media Outlook (Windows)"]);
    assert_eq!(told(sheet, &["gmail-mobile-webmail"]), ["<style Gmail (mobile webmail)"]);
    let selectors = "<style>a, #b c > d:hover::after { color: red }</style>";
    assert_eq!(told(selectors, WINDOWS), ["> Outlook (Windows)"]);
}

#[test]
fn of_mjml_the_authors_own_is_read() {
    let mjml = r#"<mj-button border-radius="3px" width="10px"></mj-button>
      <mj-style inline="inline">.a > b { display: grid }</mj-style><mj-text><video></video></mj-text>"#;
    let expected = ["border-radius", "grid", "<video"].map(|what| format!("{what} Outlook (Windows)"));
    assert_eq!(told(mjml, WINDOWS), expected);
}
