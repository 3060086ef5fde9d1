//! What stands in elements, and what stays in the sheet.

use super::*;

fn styled(html: &str) -> String {
    inline(html.to_string(), Markup::Html)
}

/// The paragraph of a page with this sheet, as it was written and as it is sent.
fn paragraph(sheet: &str) -> String {
    let made = styled(&format!("<style>{sheet}</style><p class=\"a\">x</p>"));
    let (before, paragraph) = made.rsplit_once("<p ").unwrap_or_default();
    assert_eq!(before, format!("<style>{sheet}</style>"), "the sheet stays");
    let style = paragraph.strip_suffix("class=\"a\">x</p>").unwrap_or(paragraph);
    style.trim_end().replace("style=", "").trim_matches('"').to_string()
}

#[test]
fn rules_stand_in_their_elements_and_the_sheet_stays() {
    let sheet = "<style>.a > p { color: red; margin: 0 } @media (max-width: 600px) { p { top: 9px } } p:hover { left: 0 }</style>";
    let html = format!(
        "<head>{sheet}</head><body><div class=a><p>Hi &#39;there&#39;<P style='color:blue'>x</div><p>y</p>"
    );
    let expected = format!(
        "<head>{sheet}</head><body><div class=a><p style=\"color: red; margin: 0\">Hi &#39;there&#39;\
         <P style='color: red; margin: 0; color:blue'>x</div><p>y</p>"
    );
    assert_eq!(styled(&html), expected);
}

#[test]
fn the_stronger_comes_later() {
    for (sheet, style) in [
        ("p { color: red } .a { color: blue }", "color: blue"),
        (".a { color: blue } p { color: red }", "color: blue"),
        ("p { color: red !important } .a { color: blue }", "color: red !important"),
        // A part of a shorthand that was weaker stays weaker.
        (".a { margin-left: 5px } p { margin: 0 }", "margin: 0; margin-left: 5px"),
        ("p { margin: 0 } .a { margin-left: 5px } p.a { margin: 3px }", "margin-left: 5px; margin: 3px"),
        ("* { top: 0 } p:not(#b) { top: 1px } .a { top: 2px }", "top: 1px"),
    ] {
        assert_eq!(paragraph(sheet), style, "{sheet}");
    }
}

#[test]
fn what_stands_in_for_a_value_that_is_not_known_everywhere_stays_before_it() {
    let gradient = "background: red; background: linear-gradient(red, blue)";
    assert_eq!(paragraph(&format!("p {{ {gradient} }}")), gradient);
    assert_eq!(
        paragraph(&format!("p {{ background: green; top: 0 }} .a, p {{ {gradient} }}")),
        format!("top: 0; {gradient}")
    );
}

#[test]
fn what_has_to_win_over_a_rule_still_does() {
    for (sheet, style) in [
        ("p { color: red; top: 0 } @media (prefers-color-scheme: dark) { p { color: white } }", "top: 0"),
        ("p { color: red; top: 0 } p:hover { color: white }", "top: 0"),
        ("p { color: red; top: 0 } [data-ogsc] p { color: white }", "top: 0"),
        ("p { color: red; top: 0 } p:is(.a) { color: white }", "top: 0"),
        ("p { margin: 0; top: 0 } @media print { p { margin-left: 9px } }", "top: 0"),
        // What would not win anyway is in nobody's way, nor is what says so itself.
        ("@media print { p { color: white } } p { color: red }", "color: red"),
        (".a { color: red } @media print { p { color: white } }", "color: red"),
        ("p { color: red } @media print { p { color: white !important } }", "color: red"),
        ("p { color: red !important } @media print { p { color: white !important } }", ""),
        ("p { color: red } @media print { b { color: white } }", "color: red"),
        ("p { color: red } p::before { color: white } @font-face { color: white }", "color: red"),
        // What stays for the sake of one keeps what it wins over itself.
        ("p { margin-left: 1px } .a { margin: 0 } .a:hover { margin-right: 2px }", ""),
        ("p { color: red } .a { color: blue } .a:hover { color: white }", ""),
        // The same for all, and once more for some.
        ("p, p:hover { color: red }", "color: red"),
        // Not every program reads such a list at all.
        ("p, b:is(i) { color: red }", ""),
        ("p { color: red } i { b { top: 0 } }", ""),
    ] {
        assert_eq!(paragraph(sheet), style, "{sheet}");
    }
}

#[test]
fn sheets_for_some_programs_keep_what_they_win_over() {
    let page = |some: &str| format!("<style>p {{ color: red; top: 0 }}</style>{some}<p>x</p>");
    for some in [
        "<!--[if mso]><style>p { color: blue }</style><![endif]-->",
        "<!--[if !mso]><!--><style>p { color: blue }</style><!--<![endif]-->",
        "<style media=\"(max-width: 600px)\">p { color: blue }</style>",
    ] {
        assert_eq!(styled(&page(some)), page(some).replace("<p>", "<p style=\"top: 0\">"), "{some}");
    }
    let commented = page("<!-- <style>p { color: blue }</style> -->");
    assert_eq!(styled(&commented), commented.replace("<p>", "<p style=\"color: red; top: 0\">"));
}

#[test]
fn the_authors_text_is_otherwise_his_own() {
    for html in [
        "<style>b { top: 0 }</style><p>a &amp; &#39;b&#39; < c<table><!--[if mso]><b>x</b><![endif]--><tr><td>",
        "<style media=\"print\">p { top: 0 }</style><p>x</p>",
        "<style>@media print { p { top: 0 } }</style><p>x</p>",
        "<p>no sheet</p>",
        "<style>p { top: 0 } <p>never closed",
        "<style>p { top: 0 }</style><p",
        "<!-- <style>p { top: 0 }</style> --><p>x</p>",
        "<style>p {{{ ]]] \"",
        "<style>* { top: 0 }</style><title>x</title>",
        "<style>p { top: 0 }</style><title><p></title><textarea><p></textarea>",
        "<style type=\"text/less\">p { top: 0 }</style><p>x</p>",
    ] {
        assert_eq!(styled(html), html);
    }
}

#[test]
fn an_element_keeps_what_it_says_itself() {
    let page = |p: &str| format!("<style>p {{ top: 0 }}</style>{p}x</p>");
    for (own, made) in [
        ("<p style=\"left:0\">", "<p style=\"top: 0; left:0\">"),
        ("<p class='b' style='left:\"'>", "<p class='b' style='top: 0; left:\"'>"),
        ("<p style=left:0>", "<p style=\"top: 0; left:0\">"),
        ("<p style=\"no css}\">", "<p style=\"top: 0; no css}\">"),
        ("<p style=\" \">", "<p style=\"top: 0 \">"),
        ("<p style=>", "<p style=\"top: 0\">"),
        ("<p style>", "<p style=\"top: 0\" style>"),
    ] {
        assert_eq!(styled(&page(own)), page(made), "{own}");
    }
}

#[test]
fn a_quote_in_a_rule_ends_no_attribute() {
    let html = "<style>p { font-family: \"A\", 'B' } i { content: \"\\\"><b>\" }</style><p>x</p><i title='a\" style=\"top:0'>y</i>";
    let made = styled(html);
    let (sheet, body) = made.split_at(made.find("</style>").unwrap_or_default());
    assert!(html.starts_with(sheet), "{made}");
    let tags = tags(body);
    assert_eq!(tags.len(), 2, "{made}");
    assert_eq!(tags[1].says(body, "title"), Some("a\" style=\"top:0"));
    assert_eq!(tags[0].says(body, "style"), Some("font-family: &quot;A&quot;, &#39;B&#39;"));
}

/// One declaration as a reader of sheets weighs it: `!important`, in the element itself, the selector's weight.
type Weighed<'s> = ((bool, bool, [u32; 3]), &'s str, &'s str);

/// What a reader of sheets shows who applies these, in the order of the text: each property with its value.
fn shown<'s>(mut applied: Vec<Weighed<'s>>) -> HashMap<&'s str, &'s str> {
    applied.sort_by_key(|(weight, ..)| *weight);
    let mut shown = HashMap::new();
    for (_, property, value) in applied {
        let sides: &[&str] = match property {
            "background" => &["background-color", "background-image"],
            _ => &[property],
        };
        shown.extend(sides.iter().map(|side| (*side, value)));
    }
    shown
}

/// `color: red; top: 0 !important`
fn declared(text: &str) -> Vec<(&str, &str, bool)> {
    let one = |text| {
        let (property, value): (&str, &str) = str::split_once(text, ": ")?;
        Some((property, value.trim_end_matches(" !important"), value.contains('!')))
    };
    text.split("; ").filter_map(one).collect()
}

/// Random sheets over one paragraph, and what a reader of sheets makes of it before and after, wherever he reads.
#[test]
fn who_reads_sheets_sees_no_difference() {
    // With what they weigh, and whether a pointer has to be there, or must not.
    const SELECTORS: &[(&str, [u32; 3], Option<bool>)] = &[
        ("p", [0, 0, 1], None),
        (".a", [0, 1, 0], None),
        ("p.a", [0, 1, 1], None),
        ("#i", [1, 0, 0], None),
        ("p:hover", [0, 1, 1], Some(true)),
        (".a:hover", [0, 2, 0], Some(true)),
        ("p:not(:hover)", [0, 1, 1], Some(false)),
    ];
    const PROPERTIES: &[&str] = &["color", "background", "background-color", "background-image", "top"];
    let mut random = fastrand::Rng::with_seed(11);
    let mut written = 0;
    for _ in 0..2_000 {
        let mut sheet = String::new();
        let mut rules: Vec<(String, [u32; 3], Option<bool>, bool)> = Vec::new();
        for value in 0..random.usize(1..6) {
            let one = |nth: usize, random: &mut fastrand::Rng| {
                let important = if random.u8(..5) == 0 { " !important" } else { "" };
                format!("{}: {value}{nth}px{important}", PROPERTIES[random.usize(..PROPERTIES.len())])
            };
            let said =
                (0..random.usize(1..4)).map(|nth| one(nth, &mut random)).collect::<Vec<_>>().join("; ");
            let (selector, weight, state) = SELECTORS[random.usize(..SELECTORS.len())];
            let media = random.u8(..3) == 0;
            match media {
                true => sheet.push_str(&format!("@media print {{ {selector} {{ {said} }} }} ")),
                false => sheet.push_str(&format!("{selector} {{ {said} }} ")),
            }
            rules.push((said, weight, state, media));
        }
        let own = ["", "color: own", "background-color: own !important; top: own"][random.usize(..3)];
        let page = format!("<style>{sheet}</style><p id=\"i\" class=\"a\" style=\"{own}\">x</p>");
        let made = styled(&page);
        let tags = tags(&made);
        let style = tags
            .iter()
            .find(|tag| tag.is(&made, "p"))
            .and_then(|p| p.says(&made, "style"))
            .unwrap_or_default();
        for (points, prints) in [(false, false), (false, true), (true, false), (true, true)] {
            let seen = |style| {
                let applies = |state: Option<bool>, media: bool| {
                    state.is_none_or(|s| s == points) && (!media || prints)
                };
                let rules = rules.iter().filter(|(.., state, media)| applies(*state, *media));
                let of_rules = rules.flat_map(|(said, weight, ..)| {
                    declared(said).into_iter().map(|(p, v, important)| ((important, false, *weight), p, v))
                });
                let of_element =
                    declared(style).into_iter().map(|(p, v, important)| ((important, true, [0; 3]), p, v));
                shown(of_rules.chain(of_element).collect())
            };
            assert_eq!(seen(style), seen(own), "{points} {prints}: {page}\n{made}");
        }
        written += declared(style).len() - declared(own).len();
    }
    assert!(written > 1_000, "only {written} of the rules' declarations stand in elements");
}
