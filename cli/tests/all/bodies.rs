//! Bodies of Markdown: what customers read, by every command that renders.

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

/// A shop whose welcome is written in Markdown, to a customer whose name is all that Markdown and HTML have signs for.
fn shop() -> Project {
    let project = Project::new();
    project.write("content/welcome.md", WELCOME);
    project.replace(
        "shop.persona",
        "html file \"content/welcome.html\"",
        "markdown file \"content/welcome.md\"",
    );
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
