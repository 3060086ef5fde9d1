//! Values are made safe for the place they are printed at.

mod shop;

use persona_template::Escape;
use persona_value::Value;
use shop::{ada, html_for, problems};

fn named(first_name: &str, template: &str) -> String {
    html_for(&ada().with("city", Value::text(first_name)), template)
}

#[test]
fn text_and_quoted_attributes() {
    assert_eq!(
        named("<b>\"&'", "<p title=\"{{ city }}\">{{ city }}</p>"),
        "<p title=\"&lt;b&gt;&quot;&amp;&#39;\">&lt;b&gt;&quot;&amp;&#39;</p>"
    );
}

#[test]
fn an_address_has_a_harmless_scheme() {
    let link = |to: &str| named(to, "<a href=\"{{ city }}\">");
    assert_eq!(link("https://a.example/?a=1&b=2"), "<a href=\"https://a.example/?a=1&amp;b=2\">");
    assert_eq!(link("/shoes"), "<a href=\"/shoes\">");
    assert_eq!(link("mailto:ada@example.com"), "<a href=\"mailto:ada@example.com\">");
    for bad in
        ["javascript:alert(1)", " java\nscript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x"]
    {
        assert_eq!(link(bad), "<a href=\"#\">", "{bad:?}");
    }
}

#[test]
fn a_scheme_cannot_be_put_together() {
    let customer = ada().with("city", Value::text("javascript")).with("first_name", Value::text(":alert(1)"));
    let template = "<a href=\"{{ city }}{{ first_name | default: '' }}\">";
    assert_eq!(html_for(&customer, template), "<a href=\"javascript%3Aalert(1)\">");
}

#[test]
fn a_part_of_an_address_stays_a_part() {
    assert_eq!(
        named("a&b=c/d", "<a href=\"https://x.example/?q={{ city }}\">"),
        "<a href=\"https://x.example/?q=a%26b%3Dc%2Fd\">"
    );
    assert_eq!(
        named("a b&c", "<a href=\"https://x.example/?q={{ city | url_encode }}\">"),
        "<a href=\"https://x.example/?q=a+b%26c\">"
    );
    assert_eq!(
        named("two words", "<a href=\"https://x.example/{{ city }}\">"),
        "<a href=\"https://x.example/two%20words\">"
    );
    let branches = "<a href=\"{% if tier == gold %}https://a/{% else %}https://b/?x={% endif %}{{ city }}\">";
    assert_eq!(named("a&b", branches), "<a href=\"https://b/?x=a%26b\">");
}

#[test]
fn a_part_of_a_path_begins_no_query() {
    assert_eq!(
        named("a@b.example?bcc=c", "<a href=\"mailto:{{ city }}\">"),
        "<a href=\"mailto:a@b.example%3Fbcc=c\">"
    );
    let site = html_for(&ada(), "<a href=\"{{ site }}\"><a href=\"https://x.example/r/{{ site }}\">");
    assert_eq!(
        site,
        "<a href=\"https://ada.example/?a=1&amp;b=2\"><a href=\"https://x.example/r/https://ada.example/?a=1&amp;b=2\">"
    );
}

#[test]
fn one_line_stays_one_line() {
    let customer = ada().with("city", Value::text("York\r\nBcc: x@example.com"));
    let subject = |template| shop::line_for(&customer, template);
    assert_eq!(subject("To {{ city }}\n& you"), "To York  Bcc: x@example.com & you");
    assert_eq!(subject("{% render \"lines\" %}!"), "one York  Bcc: x@example.com!");
    assert_eq!(subject("{% capture c %}{{ city }}{% endcapture %}{{ c | raw }}"), "York  Bcc: x@example.com");
}

#[test]
fn style_takes_only_plain_words() {
    assert_eq!(named("#0a5", "<td style=\"color: {{ city }}\">"), "<td style=\"color: #0a5\">");
    assert_eq!(
        named("red; background: url(x)", "<td style=\"color: {{ city }}\">"),
        "<td style=\"color: \">"
    );
}

#[test]
fn captured_html_is_not_escaped_again() {
    let template =
        "{% capture x %}<b>{{ city }}</b>{% endcapture %}{{ x }}{{ x | append: city }}{{ x | raw }}";
    assert_eq!(named("<", template), "<b>&lt;</b><b>&lt;</b>&lt;<b>&lt;</b>");
    assert_eq!(named("a\n<", "{{ city | newline_to_br }}{{ city | escape }}"), "a<br />\n&lt;a\n&lt;");
    let linked = "{% capture url %}https://x.example/{{ city }}{% endcapture %}<a href=\"{{ url }}\">";
    assert_eq!(named("a&b", linked), "<a href=\"https://x.example/a&amp;b\">");
    assert_eq!(named("x", "{{ \"<br>\" | raw }}{{ \"<br>\" }}"), "<br>&lt;br&gt;");
}

#[test]
fn a_default_is_escaped_too() {
    assert_eq!(
        html_for(&ada().with("first_name", Value::Missing), "{{ first_name | default: \"you & me\" }}"),
        "you &amp; me"
    );
}

#[test]
fn outlooks_conditions_are_html() {
    assert_eq!(
        named("<", "<!--[if mso]><td>{{ city }}</td><![endif]-->"),
        "<!--[if mso]><td>&lt;</td><![endif]-->"
    );
}

#[test]
fn places_where_nothing_is_safe_are_refused() {
    let of = |template| problems(template, Escape::Html);
    assert_eq!(
        of("<p title={{ city }}>"),
        "1:10 unsafe-place: `{{ city }}` stands in an attribute without quotes → put quotes around it: \"{{ city }}\""
    );
    assert_eq!(
        of("<p {{ city }}>"),
        "1:4 unsafe-place: `{{ city }}` cannot be printed inside a tag → put it into the quotes of an attribute"
    );
    assert_eq!(
        of("<{{ city }}>"),
        "1:2 unsafe-place: `{{ city }}` cannot be printed inside a tag → put it into the quotes of an attribute"
    );
    assert_eq!(
        of("<script>x = {{ city }}</script><b onclick=\"{{ city }}\">"),
        "1:13 unsafe-place: `{{ city }}` cannot be printed inside a script → mail programs run no scripts: remove it\n\
         1:44 unsafe-place: `{{ city }}` cannot be printed inside a script → mail programs run no scripts: remove it"
    );
    assert_eq!(
        of("{{ city | raw }}"),
        "1:11 raw-data: `city` comes from data and cannot be printed as HTML → \
         remove `| raw`: values are made safe where they are printed"
    );
    assert_eq!(problems("<p title={{ city }}>", Escape::Text), "");
}

#[test]
fn parts_of_a_block_leave_the_html_at_one_place() {
    let of = |template| problems(template, Escape::Html);
    assert_eq!(
        of("<a {% if tier == gold %}class=\"x\"{% endif %}>{% if tier == gold %}<b>x</b>{% endif %}</a>"),
        ""
    );
    assert_eq!(
        of("<a href=\"{% if tier == gold %}x\">{% endif %}"),
        "1:10 uneven-branches: the parts of this block leave the HTML at different places → \
         open and close each tag and each quote within one part"
    );
}
