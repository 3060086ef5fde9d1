//! Bodies of Markdown, and e-mails in several languages: what customers read, by every command that renders.

use crate::help::{AT, Project, told};

const WELCOME: &str = r#"# Welcome, {{ first_name | default: "friend" }}

{% if customer in loyal %}
You ordered **{{ orders_90d }} times**. [{{ first_name | default: "Your" }} page]({{ page }})
{% else %}
See [what is *new*](https://shop.example/new?for={{ first_name | default: "you" }}).
{% endif %}

{% for order in orders %}
- {{ order.total }} of {{ order.order_id }}
{% endfor %}
"#;

const TEST: &str = r#"
test "a loyal customer's welcome has their orders" {
  eve = customer { email: "eve@example.com"  page: "https://shop.example/eve" }
  2026-03-01 10:00  eve gives news
  expect eve gets welcome at 2026-03-01 10:00
}
"#;

/// The shop with a welcome of Markdown.
fn with_welcome(markdown: &str) -> Project {
    let project = Project::new();
    project.write("content/welcome.md", markdown);
    project.replace(
        "shop.persona",
        "html file \"content/welcome.html\"",
        "markdown file \"content/welcome.md\"",
    );
    project
}

/// A shop whose welcome is written in Markdown, to a customer whose name is all that Markdown and HTML have signs for.
fn shop() -> Project {
    let project = with_welcome(WELCOME);
    project.replace(
        "shop.persona",
        "trait average_order",
        "trait orders = list(purchase)\ntrait average_order",
    );
    project.replace("shop.persona", "first_name:  string? pii", "first_name:  string?\n  page: url");
    project.replace("shop.persona", "first_name = first_name", "first_name = first_name\n    page = page");
    project.write(
        "data/customers.csv",
        "id,email,first_name,signed_up,page\n\
         1,ada@example.com,\"# <b>\"\"Ada\"\"</b>\n\n**x** [y](https://evil.example)\n- '&z\",2026-02-27 10:12,https://shop.example/1\n\
         2,ben@example.com,,2025-06-03 18:40,javascript:alert(1)\n",
    );
    project
}

const ENGLISH: &str = r#"
greeting = "Hello, {name}"
[orders]
title = "Your orders"
so_far = { one = "One order, {total} in all", other = "{count} orders, {total} in all" }
"#;

const POLISH: &str = r#"
greeting = "Dzień dobry, {name}"
[orders]
title = "Twoje zamówienia"
so_far = { one = "{count} zamówienie, razem {total}", few = "{count} zamówienia, razem {total}", many = "{count} zamówień, razem {total}", other = "{count} zamówienia, razem {total}" }
"#;

const LANGUAGES_TEST: &str = r#"
test "a Polish customer has a Polish mail" {
  ewa = customer { email: "ewa@example.com"  locale: "pl-PL" }
  2026-03-01 09:00  ewa purchase { order_id: "1"  total: 1 GBP }
  2026-03-01 10:00  ewa gives news
  expect ewa gets welcome at 2026-03-01 10:00
}
test "skipped where the text says so" {
  ada = customer { email: "ada@example.com" }
  2026-03-01 10:00  ada gives news
  expect ada never gets welcome
}
"#;

const GREETING: &str = r#"# {{ "greeting" | t: name: first_name }}

{{ "orders.so_far" | t: count: orders, total: spent }}, {{ signed_up }}, <b title="{{ "greeting" | t: name: first_name }}">{{ signed_up | date: "%-d %B" }}</b>
"#;

/// The shop with a welcome in English and Polish.
fn two_languages() -> Project {
    let project = with_welcome(GREETING);
    std::fs::create_dir(project.path("i18n")).unwrap();
    project.write("i18n/en.toml", ENGLISH);
    project.write("i18n/pl.toml", POLISH);
    project.replace(
        "shop.persona",
        "  layout   base\n",
        "  locales en, pl otherwise en\n  strings file \"i18n/{locale}.toml\"\n",
    );
    project.replace(
        "shop.persona",
        "Welcome, {{ first_name | default: \"friend\" }}",
        "{{ \"orders.title\" | t }}: {{ \"greeting\" | t: name: first_name }}",
    );
    project.replace(
        "shop.persona",
        "trait average_order",
        "trait orders = count(purchase)\ntrait spent = sum(purchase.total)\ntrait average_order",
    );
    project.replace("shop.persona", "first_name:  string? pii", "first_name:  string\n  locale: locale?");
    project.replace(
        "shop.persona",
        "first_name = first_name",
        "first_name = first_name\n    locale = locale",
    );
    project.write(
        "data/customers.csv",
        "id,email,first_name,signed_up,locale\n\
         1,ada@example.com,\"{name} <b>\"\"A\"\"\nBcc: x@example.com\",2026-02-27 10:12,en-US\n\
         2,ben@example.com,Ben,2025-06-03 18:40,pl_PL\n\
         3,cleo@example.com,Cleo,2025-11-20 09:05,\n",
    );
    project
}

fn render(project: &Project, customer: &str, part: &str) -> String {
    let about =
        ["--customer", customer, "--at", AT, "--project", project.folder.to_str().unwrap(), "--part", part];
    let shown = told(crate::help::persona(&[&["render", "welcome"], &about[..]].concat()));
    assert_eq!(shown.code, Some(0), "{shown:?}");
    shown.out
}

#[test]
fn markdown_is_sent_as_it_is_shown() {
    let project = shop();
    let html = render(&project, "1", "html");
    let name = "# &lt;b&gt;&quot;Ada&quot;&lt;/b&gt;\n\n**x** [y](https://evil.example)\n- &#39;&amp;z";
    let link = "https://shop.example/new?for=%23%20%3Cb%3E%22Ada%22%3C%2Fb%3E%0A%0A%2A%2Ax%2A%2A%20%5By%5D%28https%3A%2F%2Fevil.example%29%0A-%20%27%26z";
    assert!(html.contains(&format!("<h1>Welcome, {name}</h1>")), "{html}");
    assert!(html.contains(&format!("<p>See <a href=\"{link}\">what is <em>new</em></a>.</p>")), "{html}");
    assert_eq!(html.matches("<li>").count(), 1, "{html}");
    // Of somebody with orders; an address that is no link leads nowhere.
    let html = render(&project, "2", "html");
    assert!(
        html.contains("<p>You ordered <strong>3 times</strong>. <a href=\"#\">Your page</a></p>"),
        "{html}"
    );
    assert_eq!((html.matches("<ul>").count(), html.matches("<li>").count()), (1, 3), "{html}");
    let text = render(&project, "2", "text");
    assert!(
        text.starts_with("Welcome, friend\n\nYou ordered 3 times. Your page\n* £18.90 of 1003\n"),
        "{text}"
    );

    project.run(AT);
    let mails = project.mails();
    let mail = mails.iter().find(|mail| mail.to == "ben@example.com").unwrap();
    assert_eq!((&*mail.text, mail.html.replace("\r\n", "\n").trim_end()), (&*text, html.trim_end()));
}

/// Without a layout there is a document all the same, with what the law asks for.
#[test]
fn markdown_alone_is_a_document() {
    let project = shop();
    project.replace("shop.persona", "  layout   base\n", "");
    let html = render(&project, "2", "html");
    assert!(
        html.starts_with("<!DOCTYPE html>\n<html>") && html.ends_with("</p></body>\n</html>\n"),
        "{html}"
    );
    assert!(html.contains("1 High Street, York") && html.contains(">Unsubscribe</a>"), "{html}");
    // A layout may be of Markdown, too.
    project
        .write("layouts/base.md", "*Shop*\n\n{% block content %}\n\n---\n\n[Bye]({{ unsubscribe_url }})\n");
    project.replace("shop.persona", "html file \"layouts/base.html\"", "markdown file \"layouts/base.md\"");
    project.replace("shop.persona", "  subject  \"W", "  layout base\n  subject  \"W");
    let html = render(&project, "2", "html");
    assert!(html.contains("<p><em>Shop</em></p>\n<h1>Welcome, friend</h1>"), "{html}");
    assert!(
        html.contains(
            "<hr />\n<p><a href=\"mailto:hello@shop.example?subject=Unsubscribe%20news\">Bye</a></p>"
        ),
        "{html}"
    );
}

#[test]
fn tests_render_it_and_mistakes_are_told_in_its_file() {
    let project = shop();
    project.write("wish.persona", TEST);
    let test = told(project.command("test", &[]));
    assert_eq!(
        (test.code, &*test.out),
        (Some(0), "ok      a loyal customer's welcome has their orders\n"),
        "{test:?}"
    );
    // `skip` in the text withholds it: the test renders the same template.
    project.write(
        "content/welcome.md",
        &format!("{WELCOME}\n{{% if orders.size == 0 %}}{{% skip \"no orders\" %}}{{% endif %}}\n"),
    );
    let test = told(project.command("test", &[]));
    assert!(test.code == Some(1) && test.out.contains("no orders"), "{test:?}");

    project.write("content/welcome.md", "Hello\n\n- **{{ frist_name }}**\n");
    let check = told(project.command("check", &["--format", "concise"]));
    assert_eq!(check.code, Some(1), "{check:?}");
    assert!(check.out.contains("content/welcome.md:3:8: error[unknown-name]"), "{check:?}");
}

#[test]
fn each_reads_their_language() {
    let project = two_languages();
    // Three orders of somebody who reads Polish: the form for a few, money and dates as in Poland.
    let html = render(&project, "2", "html");
    assert!(html.contains("<html lang=\"pl\">") && html.contains("<h1>Dzień dobry, Ben</h1>"), "{html}");
    let line =
        "3 zamówienia, razem 74,40\u{a0}£, 3 czerwca 2025 18:40, <b title=\"Dzień dobry, Ben\">3 czerwca</b>";
    assert!(html.contains(line), "{html}");
    // An American reads English as Americans write it; what a name holds is neither filled in nor read.
    let html = render(&project, "1", "html");
    let name = "{name} &lt;b&gt;&quot;A&quot;\nBcc: x@example.com";
    assert!(
        html.contains("<html lang=\"en\">") && html.contains(&format!("<h1>Hello, {name}</h1>")),
        "{html}"
    );
    assert!(html.contains("One order, £12.00 in all, February 27, 2026 at 10:12\u{202f}AM, "), "{html}");
    assert!(html.contains(&format!("<b title=\"Hello, {name}\">27 February</b>")), "{html}");
    // Of whom no language is known, that of everybody else.
    let text = render(&project, "3", "text");
    assert!(text.starts_with("Hello, Cleo\n\n") && text.contains(", 20 November 2025, 09:05, "), "{text}");

    project.run(AT);
    let mails = project.mails();
    let of = |to: &str| mails.iter().find(|mail| mail.to == to).unwrap();
    assert_eq!(of("ben@example.com").subject, "Twoje zamówienia: Dzień dobry, Ben");
    assert_eq!(of("ada@example.com").subject, "Your orders: Hello, {name} <b>\"A\" Bcc: x@example.com");
    assert!(of("ben@example.com").html.contains(line));
}

#[test]
fn tests_know_whose_language_it_is() {
    let project = two_languages();
    project.replace("shop.persona", "first_name:  string\n", "first_name: string?\n");
    project.replace("shop.persona", "name: first_name", "name: id");
    // Only in English there is no such thing as an order of nobody.
    project.write("content/welcome.md", "{{ \"greeting\" | t: name: id }}{% assign said = \"orders.so_far\" | t: count: orders, total: 1 GBP %}{% unless said contains \"razem\" %}{% skip \"not Polish\" %}{% endunless %}");
    project.write("languages.persona", LANGUAGES_TEST);
    let test = told(project.command("test", &[]));
    assert_eq!((test.code, test.out.matches("ok  ").count()), (Some(0), 2), "{test:?}");
}
