//! Elements that are not closed, not opened, or cross; and how long it takes to say so.

use std::time::{Duration, Instant};

use persona_diagnostics::{FileId, Problems};
use persona_template::{Source, check_elements, parse};

/// What is told of a body, each with the text at its place.
fn told(text: &str) -> Vec<String> {
    let source = Source { file: FileId(0), offset: 0, text, escapes: false };
    let mut problems = Problems::default();
    let template = parse(source, &mut problems);
    assert!(problems.is_empty(), "{text}");
    check_elements(&template, source, &mut problems);
    let at = |told: &persona_diagnostics::Told| told.span().map_or(0, |at| at.start);
    problems.iter().map(|told| format!("{} {}", at(told), told.headline)).collect()
}

#[test]
fn each_mistake_is_told_once() {
    for (text, expected) in [
        ("<div><b>x</div>", "6 this `<b>` is never closed"),
        ("<b><i>x</b></i>", "4 `<i>` is closed after the `<b>` around it"),
        ("<td><table><td>x</td></td></table></td>", "23 no `<td>` is open for this `</td>`"),
        ("<td><table><td>x</td></td></table>", "5 `<table>` is closed after the `<td>` around it"),
        ("<h1>x</h2>", "7 no `<h2>` is open for this `</h2>`"),
        ("{% if x %}<b>{% endif %}x", "11 this `<b>` is never closed"),
        ("{% for x in y %}<p><b>{{ x }}</p>{% endfor %}", "20 this `<b>` is never closed"),
        ("<mj-text><b>x</mj-text>", "10 this `<b>` is never closed"),
    ] {
        assert_eq!(told(text), [expected], "{text}");
    }
}

#[test]
fn what_may_be_meant_is_not_told() {
    for text in [
        "<ul><li>a<li>b</ul><p>a<p>b<br><img>",
        "{% if x %}<b>{% else %}<i>{% endif %}x{% if x %}</b>{% else %}</i>{% endif %}",
        "{% if x %}<a href=\"1\">{% else %}<a href=\"2\">{% endif %}x</a>",
        "{% for x in y %}{% if forloop.first %}<ul>{% endif %}<li>{% if forloop.last %}</ul>{% endif %}{% endfor %}",
        "{% for x in y %}<b>{% if x %}</b>{% break %}{% endif %}</b>{% endfor %}",
        "{% if x %}<b>{% skip \"x\" %}{% endif %}",
        "<!--[if mso]><td><![endif]--><!--[if !mso]><!--><div></div><!--<![endif]-->",
        "<style>a > b { }</style><a title='<b>' href=\"{{ x }}\">1 < 2 <3</a>",
        "<td class=\"{% if x %}a{% else %}b{% endif %}\">x</td>",
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}

/// A long body is no reason to wait, whatever stands in it.
#[test]
fn mistakes_without_end_are_told_in_no_time() {
    for part in
        ["</b>", "<b>", "<b></i>", "<p>", "<div><li>", "<b>{% if x %}{% endif %}", "<b><i></b>", "<p x='"]
    {
        let begun = Instant::now();
        told(&part.repeat(100_000 / part.len()));
        assert!(begun.elapsed() < Duration::from_secs(3), "{part}: {:?}", begun.elapsed());
    }
}
