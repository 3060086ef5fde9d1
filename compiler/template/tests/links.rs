//! Links that lead nowhere, and images that say nothing.

use persona_diagnostics::{Problems, Sources};
use persona_template::{Source, check_links, parse};

/// What is told of a body, and the texts at its places.
fn problems(body: &str) -> (Problems, Sources) {
    let (mut problems, mut sources) = (Problems::default(), Sources::default());
    let file = sources.add("mail.html", body);
    let source = Source { file, offset: 0, text: body, escapes: false };
    let template = parse(source, &mut problems);
    assert!(problems.is_empty(), "{body}");
    check_links(&template, source, &mut problems);
    (problems, sources)
}

/// A line for each: the text it stands at, and the problem.
fn told(body: &str) -> Vec<String> {
    let (problems, sources) = problems(body);
    problems.iter().map(|told| format!("{} {}", sources.text(told.labels[0].span), told.code)).collect()
}

#[test]
fn an_address_that_no_mail_program_can_open_is_told() {
    for address in [
        "/basket",
        "basket.html",
        "../img/logo.png",
        "?utm_source=mail",
        "www.shop.example",
        "shop.example/basket",
        "shop.example:8080/basket",
        "//cdn.shop.example/a",
        "https:/shop.example",
        "https//shop.example",
        "https:shop.example",
        "htps://shop.example",
        "maito:hello@shop.example",
        "https:///basket",
        "https://shop example/",
        "http://localhost:3000/basket",
        "javascript:alert(1)",
        "file:///home/me/a.html",
        "/basket/{{ id }}",
        "{% if x %}/a{% else %}/b{% endif %}",
        "www.{{ shop }}.example",
    ] {
        let body = format!("<p><a class=x href=\"{address}\">x</a></p>");
        assert_eq!(told(&body), [format!("{address} bad-address")]);
    }
    let images = r#"<table background="img/a.png"><tr><td><img alt="" src='logo.png'></td></tr></table>"#;
    assert_eq!(told(images), ["img/a.png bad-address", "logo.png bad-address"]);
    assert_eq!(told(r#"<mj-button href="/x">x</mj-button>"#), ["/x bad-address"]);
}

#[test]
fn what_can_be_opened_or_is_not_known_is_not_told() {
    for address in [
        "https://shop.example",
        "HTTPS://shop.example/a b?c=d|e#f",
        "https://user@shop.example:8443/",
        "https://[2001:db8::1]/",
        "https://bücher.example/",
        "mailto:hello@shop.example?subject=a",
        "tel:+441234",
        "sms:+44",
        "shopapp://basket",
        "#top",
        "*|UNSUB|*",
        "{{ link }}",
        "{{ shop }}/basket",
        "https://{{ shop }}",
        "https://{{ shop }}.example/",
        "http{{ s }}://shop.example",
        "{% if x %}https{% else %}http{% endif %}://shop.example",
        "{% if x %}https://a.example/{% endif %}{{ path }}",
        "{% if x %}https://a.example/{% else %}https://b.example/{% endif %}a/b",
        "{% render 'link' %}",
        "{% render 'shop' %}/basket",
        "{% if x %}{% render 'shop' %}{% endif %}/basket",
        "{% capture path %}/basket{% endcapture %}{{ path }}",
        "{% increment page %}.html",
    ] {
        let body = format!("<a href=\"{address}\">x</a><v:rect href=\"{address}\"></v:rect>");
        assert_eq!(told(&body), Vec::<String>::new(), "{address}");
    }
    for body in [
        r#"<mj-navbar base-url="https://a.example"><mj-navbar-link href="/x">x</mj-navbar-link></mj-navbar>"#,
        r#"<!-- <a href="/x"> --><!--[if mso]><a href="/x"><![endif]-->"#,
        r#"<img src="cid:logo" alt=""><img src="data:image/png;base64,AA" alt="">"#,
    ] {
        assert_eq!(told(body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn an_address_that_is_still_to_be_written_is_a_warning() {
    assert_eq!(told("<a href=\"#\">x</a>"), ["# placeholder-link"]);
    assert_eq!(told("<a href=\"\">x</a>"), [" placeholder-link"]);
}

#[test]
fn a_slip_is_mended() {
    for (written, better) in [
        ("www.shop.example/a", "https://www.shop.example/a"),
        ("//cdn.shop.example", "https://cdn.shop.example"),
        ("https:/shop.example", "https://shop.example"),
        ("https//shop.example", "https://shop.example"),
        ("htps://shop.example", "https://shop.example"),
        ("maito:a@shop.example", "mailto:a@shop.example"),
    ] {
        let (problems, _) = problems(&format!("<a href=\"{written}\">x</a>"));
        let fix = problems.iter().find_map(|told| told.fix.as_ref()).map(|fix| fix.text.as_str());
        assert_eq!(fix, Some(better), "{written}");
    }
}

#[test]
fn an_image_without_words_is_told_where_it_is_opened() {
    let none: &[&str] = &[];
    for (body, expected) in [
        ("<img src='https://a.example/a.png'>", &["<img image-without-alt"] as &[&str]),
        ("<IMG SRC='https://a.example/a.png' title=x>", &["<IMG image-without-alt"]),
        ("<mj-image src='https://a.example/a.png' />", &["<mj-image image-without-alt"]),
        ("{% for i in x %}<img src='{{ i }}'>{% endfor %}", &["<img image-without-alt"]),
        ("<img src='{{ x }}' alt=\"\"><img src='{{ x }}' alt>", none),
        ("<img src='{{ x }}' {% if x %}alt=\"a\"{% else %}alt=\"b\"{% endif %}>", none),
        ("<mj-attributes><mj-image alt=\"\" /></mj-attributes><mj-image src='{{ x }}' />", none),
        (
            "<mj-attributes><mj-image padding=\"0\" /></mj-attributes><mj-image src='{{ x }}' alt=\"\" />",
            none,
        ),
    ] {
        assert_eq!(told(body), expected, "{body}");
    }
}
