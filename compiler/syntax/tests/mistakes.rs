//! One mistake, one problem: on the line where it was made, in words that say what to do. What stands after it is
//! read as if nothing had happened.

#![allow(clippy::unwrap_used, clippy::panic)] // of tests

mod common;

use common::{Parsed, parse};
use persona_syntax::ast::DeclarationKind;

/// The program has this one problem (`LINE:COLUMN HEADLINE`), and the declaration after it is read.
#[track_caller]
fn mistake(program: &str, told: &str) {
    let parsed = parse(&format!("{program}\n\nsegment after {{ when in vip }}\n"));
    assert_eq!(parsed.told(), [told], "{program}");
    assert_eq!(last_name(&parsed).as_deref(), Some("after"), "{program}");
}

/// The name of the last declaration, if it is a segment with a condition.
fn last_name(parsed: &Parsed) -> Option<String> {
    match parsed.file.declarations().last()?.kind.clone() {
        DeclarationKind::Segment { name, when: Some(_), .. } => Some(name?.text),
        _ => None,
    }
}

/// What is known: customers, events, records.
#[test]
fn data() {
    mistake(
        r##"customer
  id: string key
}"##,
        r##"1:1 expected `{` and its fields"##,
    );
    mistake(
        r##"customer {
  id: string key
  email: email pii"##,
        r##"1:10 this `{` is never closed"##,
    );
    mistake(
        r##"customer {
  id string key
  email: email pii
}"##,
        r##"2:6 expected `:` and a type, found `string`"##,
    );
    mistake(
        r##"customer {
  id = string key
  email: email pii
}"##,
        r##"2:6 expected `:` and a type, found `=`"##,
    );
    mistake(
        r##"customer {
  id: string key,
  email: email pii,
  tier: enum { a, b }
}"##,
        r##"2:17 expected a field: a name, `:` and a type, found `,`"##,
    );
    mistake(
        r##"customer {
  id: string kye
  email: email pii
}"##,
        r##"2:14 `kye` is not a modifier"##,
    );
    mistake(
        r##"customer {
  tier: enum { bronze < silver gold }
  email: email pii
}"##,
        r##"2:32 expected `,`, `<` or `}`, found `gold`"##,
    );
    mistake(
        r##"customer {
  tier: enum { bronze, silver
  email: email pii
}"##,
        r##"2:14 this `{` is never closed"##,
    );
    mistake(
        r##"customer {
  id:
  email: email pii
}"##,
        r##"2:5 expected a type"##,
    );
    mistake(
        r##"event purchase { order_id: string unique  lines: list<line }"##,
        r##"1:60 expected `>`, found `}`"##,
    );
    mistake(r##"event = email_open or email_click"##, r##"1:7 expected the event's name, found `=`"##);
    mistake(r##"event engagement = email_open or"##, r##"1:31 expected an event's name"##);
}

/// Where it is.
#[test]
fn sources() {
    mistake(
        r##"source orders {
  file data/orders.csv
  feeds purchase { customer = id }
}"##,
        r##"2:8 expected the file's path in quotes, found `data`"##,
    );
    mistake(
        r##"source orders {
  file "data/orders.csv
  feeds purchase { customer = id }
}"##,
        r##"2:8 this `"` is never closed"##,
    );
    mistake(
        r##"source orders {
  file "data/orders.csv"
  feeds purchase {
    customer: id
    at = time
  }
}"##,
        r##"4:13 expected `=` and a value, found `:`"##,
    );
    mistake(
        r##"source orders {
  file "data/orders.csv"
  feeds purchase {
    customer = 
    at = time
  }
}"##,
        r##"4:14 expected a value"##,
    );
    mistake(
        r##"source orders {
  file "data/orders.csv"
  feeds purchase {
    customer = id
    at = time

  fresh within 1 hour
}"##,
        r##"3:18 this `{` is never closed"##,
    );
    mistake(
        r##"source orders {
  file "data/orders.csv"
  feeds product_view cart_add
}"##,
        r##"3:22 `cart_add` is not a member of a source"##,
    );
}

/// Who is who.
#[test]
fn audience() {
    mistake(
        r##"segmnt vip {
  when tier == gold
}"##,
        r##"1:1 `segmnt` is not a declaration"##,
    );
    mistake(
        r##"segment "vip" {
  when tier == gold
}"##,
        r##"1:9 expected the segment's name, found `"vip"`"##,
    );
    mistake(
        r##"segment vip
  when tier == gold
}"##,
        r##"1:9 expected `{` and `when` with a condition"##,
    );
    mistake(
        r##"segment vip {
  when tier = gold
}"##,
        r##"2:13 expected `==`, found `=`"##,
    );
    mistake(
        r##"segment vip {
  when tier == gold
}
}"##,
        r##"4:1 expected a declaration, such as `segment` or `email`, found `}`"##,
    );
    mistake(
        r##"segment vip {
  whn tier == gold
  refresh every 1 hour
}"##,
        r##"2:3 `whn` is not a member of a segment"##,
    );
    mistake(
        r##"segment vip {
  when tier == gold and
  refresh every 1 hour
}"##,
        r##"2:21 expected a value"##,
    );
    mistake(
        r##"segment vip {
  when tier ==
}"##,
        r##"2:13 expected a value"##,
    );
    mistake(
        r##"segment vip {
  when tier == gold adn country == UK
}"##,
        r##"2:21 `adn` is not an operator or a member of a segment"##,
    );
    mistake(
        r##"segment vip {
  when tier == gold
    adn country == UK
}"##,
        r##"3:5 `adn` is not a member of a segment"##,
    );
    mistake(
        r##"segment vip {
  when count(purchase in last 30) > 3
}"##,
        r##"2:33 expected a unit of time, such as `days`, found `)`"##,
    );
    mistake(
        r##"segment vip {
  when count(purchase in last 30 dyas) > 3
}"##,
        r##"2:34 `dyas` is not a unit of time, such as `days`"##,
    );
    mistake(
        r##"segment vip {
  when count(purchase in 30 days) > 3
}"##,
        r##"2:26 expected `last` before a length of time, as in `in last 30 days`, found `30`"##,
    );
    mistake(
        r##"segment vip {
  when count(purchase in last 30 days > 3
}"##,
        r##"2:39 expected `where`, a window such as `in last 30 days`, or `)`, found `>`"##,
    );
    mistake(
        r##"segment vip {
  when count(purchase in last 30 days)) > 3
}"##,
        r##"2:39 expected an operator such as `and`, or `when` or `refresh every`, found `)`"##,
    );
    mistake(
        r##"segment vip {
  when (count(purchase) > 3 or tier == gold
  refresh every 1 hour
}"##,
        r##"2:8 this `(` is never closed"##,
    );
    mistake(
        r##"segment vip {
  when country in UK, DE
}"##,
        r##"2:19 expected `last` and a length of time, or a list such as `[UK, DE]`, found `UK`"##,
    );
    mistake(
        r##"segment vip {
  when country in [UK, DE
}"##,
        r##"2:19 this `[` is never closed"##,
    );
    mistake(
        r##"segment vip {
  when email is presnt
}"##,
        r##"2:17 `presnt` is not `present` or `missing`"##,
    );
    mistake(
        r##"segment vip {
  when total > £100
}"##,
        r##"2:16 expected a value, found `£100`"##,
    );
    mistake(
        r##"segment vip {
  when total > > 100 GBP
}"##,
        r##"2:16 expected a value, found `>`"##,
    );
    mistake(
        r##"segment vip "Very important {
  when tier == gold
}"##,
        r##"1:13 this `"` is never closed"##,
    );
    mistake(
        r##"segment vip {
  refresh evry 1 hour
  when tier == gold
}"##,
        r##"2:11 `evry` is not `every`"##,
    );
    mistake(
        r##"trait orders count(purchase in last 30 days)"##,
        r##"1:14 expected `=` and what it is, found `count`"##,
    );
    mistake(r##"trait orders = "##, r##"1:14 expected a value"##);
    mistake(r##"trait = count(purchase)"##, r##"1:7 expected the trait's name, found `=`"##);
    mistake(r##"trait fee = if tier == gold then 0 GBP"##, r##"1:36 expected `else`"##);
    mistake(
        r##"lifecycle {
  stage new if signed_up in last 7 days
  stage active otherwise
}"##,
        r##"2:13 expected `when` and a condition, or `otherwise`, found `if`"##,
    );
    mistake(
        r##"lifecycle {
  stag new when signed_up in last 7 days
  stage active otherwise
}"##,
        r##"2:3 `stag` is not a member of a lifecycle"##,
    );
    mistake(
        r##"lifecycle {
  stage when signed_up in last 7 days
  stage active otherwise
}"##,
        r##"2:9 expected the stage's name, found `when`"##,
    );
    mistake(
        r##"lifecycle {
  stage active
  stage lapsed otherwise
}"##,
        r##"2:9 expected `when` and a condition, or `otherwise`"##,
    );
    mistake(
        r##"segment vip {
  when tier == gold;
  refresh every 1 hour;
}"##,
        r##"2:20 expected `when` or `refresh every`, found `;`"##,
    );
}

/// What is said.
#[test]
fn content() {
    mistake(
        r##"consent marketing "News" {
  opt in duble
  covers email
}"##,
        r##"2:10 `duble` is not `single` or `double`"##,
    );
    mistake(
        r##"consent marketing "News" {
  covers email,
  expires after 2 years
}"##,
        r##"2:15 expected what it covers, such as `email`"##,
    );
    mistake(
        r##"brand {
  colour #1f5a4c
  from "Shop <hello@shop.example>"
}"##,
        r##"2:10 expected a text in quotes, found `#`"##,
    );
    mistake(
        r##"email hello {
  subject Welcome
  layout base
}"##,
        r##"2:11 expected a text in quotes, found `Welcome`"##,
    );
    mistake(
        r##"email hello {
  subjct "Welcome"
  layout base
}"##,
        r##"2:3 `subjct` is not a member of an e-mail"##,
    );
    mistake(
        r##"email hello {
  subject "Welcome"
  body "Hello"
}"##,
        r##"3:8 expected `html`, `text`, `markdown` or `mjml`, found `"Hello"`"##,
    );
    mistake(
        r##"content hero {
  when in vip
  otherwise """Hello"""
}"##,
        r##"2:11 expected the text for this case"##,
    );
}

/// Who gets what when.
#[test]
fn journeys() {
    mistake(
        r##"trigger welcome {
  on consent marketing
  send
  once per 7 days
}"##,
        r##"3:3 expected an e-mail's name"##,
    );
    mistake(
        r##"trigger welcome {
  on consent marketing
  wait 1
  send welcome
}"##,
        r##"3:8 expected a unit of time, such as `days`"##,
    );
    mistake(
        r##"trigger welcome {
  on consent marketing
  if tier == gold { send a  else { send b }
}"##,
        r##"3:19 this `{` is never closed"##,
    );
    mistake(
        r##"trigger welcome {
  on consent marketing
  wait until 9 local
  send welcome
}"##,
        r##"3:14 expected a time of day, such as `09:00 local`, found `9`"##,
    );
    mistake(
        r##"campaign weekly {
  to in vip
  every thirsday at 09:00
  send weekly
}"##,
        r##"3:9 `thirsday` is not a day, such as `monday` or `day`"##,
    );
    mistake(
        r##"campaign weekly {
  to in vip
  at 2026-06-21
  send weekly
}"##,
        r##"3:6 expected a time of day, such as `09:00 local`"##,
    );
}

/// Between declarations, and in those that this version only reads over.
#[test]
fn outside() {
    mistake(r##"Our program follows."##, r##"1:1 `Our` is not a declaration"##);
    mistake(r##"}"##, r##"1:1 expected a declaration, such as `segment` or `email`, found `}`"##);
    mistake(
        r##"policy {
  quiet 21:00 to 08:00 local"##,
        r##"1:8 this `{` is never closed"##,
    );
}

/// What other languages write, wherever it stands: told once and at that sign, with what is written here.
#[test]
fn foreign_spellings() {
    for (line, at, found, help) in [
        ("when age > 18 && tier == gold", 17, "&&", "write `and`"),
        ("when age > 18 || tier == gold", 17, "||", "write `or`"),
        ("when tier == gold\n    && age > 18\n    && vip", 5, "&&", "write `and`"),
        ("when !subscribed", 8, "!", "write `not`"),
        ("when age > 3 and !(in vip)", 20, "!", "write `not`"),
        ("when tier <> gold", 13, "<>", "write `!=`"),
        ("when tier =! gold", 13, "=!", "write `!=`"),
        ("when age => 18", 12, "=>", "to compare, write `>=`"),
        ("when age =< 18", 12, "=<", "write `<=`"),
        ("when tier === gold", 13, "===", "to compare, write `==`"),
        ("when age > 18 AND country == UK", 17, "AND", "words are written in lower case: `and`"),
        ("when tier == gold AND country == UK", 21, "AND", "words are written in lower case: `and`"),
        ("when tier == gold\n    OR country == UK", 5, "OR", "words are written in lower case: `or`"),
        ("when NOT subscribed", 8, "NOT", "words are written in lower case: `not`"),
        ("when NOT (in vip)", 8, "NOT", "words are written in lower case: `not`"),
        ("when country IN [UK, DE]", 16, "IN", "words are written in lower case: `in`"),
        ("when count(purchase IN last 30 days) > 3", 23, "IN", "words are written in lower case: `in`"),
        ("when tier == gold;", 20, ";", "nothing stands between members; leave out the `;`"),
        ("when tier == 'gold'", 16, "'gold'", "a text stands in straight double quotes: `\"…\"`"),
        ("when tier == “gold”", 16, "“gold”", "a text stands in straight double quotes: `\"…\"`"),
        ("when any(purchase in last 7d)", 29, "7d", "write `7 days`"),
        ("when any(purchase in last 1h)", 29, "1h", "write `1 hour`"),
        ("refresh every 5m", 17, "5m", "write `5 minutes` or `5 months`"),
        ("when spend > 100 gbp", 16, "100 gbp", "money is written like this: `100 GBP`"),
        ("when spend > £100", 16, "£100", "money is written like this: `100 GBP`"),
        ("when spend > $1,000.50", 16, "$1,000.50", "money is written like this: `1000.50 USD`"),
        ("when spend > 100 € and in vip", 16, "100 €", "money is written like this: `100 EUR`"),
        ("when spend > 1,000 GBP", 16, "1,000", "leave out the `,`: `1000`"),
        ("when name is nil", 16, "nil", "write `is missing`"),
        ("when name is not null", 16, "not null", "write `is present`"),
        ("when signed_up between a to b", 28, "to", "both ends are written like this: `between A and B`"),
        (
            "when sum(purchase.total) > 50 GBP in last 30 days",
            37,
            "in",
            "a window stands inside the query's parentheses: `count(purchase in last 30 days)`",
        ),
    ] {
        let told = helped(&format!("segment a {{\n  {line}\n  refresh every 1 hour\n}}"));
        let row = if line.contains('\n') { 3 } else { 2 };
        assert_eq!(told.0, format!("{row}:{at}"), "{line}");
        assert!(told.1.ends_with(&format!(", found `{found}`")), "{line}: {}", told.1);
        assert_eq!(told.2, help, "{line}");
    }
    for (program, at, found, help) in [
        (
            "segment big-accounts { when in vip }",
            9,
            "big-accounts",
            "a name has letters, digits and `_`: `big_accounts`",
        ),
        ("trait big-spend-30 = 3", 7, "big-spend-30", "a name has letters, digits and `_`: `big_spend_30`"),
        ("event u = a and b", 13, "and", "an event is one or the other: write `or`"),
        ("event u = a, b", 12, ",", "an event is one or the other: write `or`"),
        ("event u = a | b", 13, "|", "write `or`"),
        ("event u { dishes: dish[]  n: int }", 23, "[", "a list of them is written `list<TYPE>`"),
        ("event u { dishes: [dish]  n: int }", 19, "[", "a list of them is written `list<TYPE>`"),
        ("event u { dishes: list of dish  n: int }", 24, "of", "a list of them is written `list<TYPE>`"),
        (
            "brand { logo 'logo.png'  from “Shop” }",
            14,
            "'logo.png'",
            "a text stands in straight double quotes: `\"…\"`",
        ),
        (
            "brand { colour #0a5 }",
            16,
            "#",
            "a comment begins with `//`, and a colour stands in quotes: `\"#0a5\"`",
        ),
        (
            "trigger t { on u  wait until 9:00am local  send a }",
            30,
            "9:00am",
            "a time of day is written like this: `09:00`",
        ),
        (
            "trigger t { on u  wait until 9pm local  send a }",
            30,
            "9pm",
            "a time of day is written like this: `21:00`",
        ),
        ("trigger t { on u  wait 1h unless u  send a }", 24, "1h", "write `1 hour`"),
        (
            "trigger t { on u  send big-news }",
            24,
            "big-news",
            "a name has letters, digits and `_`: `big_news`",
        ),
    ] {
        let told = helped(program);
        assert_eq!(told.0, format!("1:{at}"), "{program}");
        assert!(told.1.ends_with(&format!(", found `{found}`")), "{program}: {}", told.1);
        assert_eq!(told.2, help, "{program}");
    }
}

/// Place, headline and first help of the one problem of a program; what stands after it is read.
#[track_caller]
fn helped(program: &str) -> (String, String, String) {
    let parsed = parse(&format!("{program}\n\nsegment after {{ when in vip }}\n"));
    let told = parsed.told();
    assert_eq!(told.len(), 1, "{program}: {told:?}");
    assert_eq!(last_name(&parsed).as_deref(), Some("after"), "{program}");
    let (place, headline) = told[0].split_once(' ').unwrap();
    let help = parsed.problems[0].helps.first().map_or(String::new(), |help| help.text.clone());
    (place.into(), headline.into(), help)
}

/// Comments of other languages are told at the first one of a file, and read as comments.
#[test]
fn foreign_comments() {
    let told = |comment: &str| {
        let program = format!("{comment}\nsegment vip {{\n  when tier == gold {comment}\n}}");
        let (place, headline, help) = helped(&program);
        assert_eq!(place, "1:1");
        assert_eq!(help, "a comment begins with `//`; one more in this file is to be mended");
        headline
    };
    assert_eq!(told("# those who don't send { mail"), "expected `//` before a comment, found `#`");
    assert_eq!(told("-- those who don't send \" mail"), "expected `//` before a comment, found `--`");
    assert_eq!(told("/* those who don't\n\n} send */"), "expected `//` before a comment, found `/*`");
}

/// Mistakes that are easily told twice, or told somewhere else.
#[test]
fn one_mistake_is_one_problem() {
    mistake(
        "lifecycle\n  stage new when in vip\n  stage active otherwise\n}",
        "1:1 expected `{` and its stages",
    );
    mistake(
        "trigger t {\n  on u\n  wait 3 days if purchase\n  send a\n  once per 7 days\n}",
        "3:15 expected `unless`, or the next step, found `if`",
    );
    mistake("trigger t {\n  on enters vip\n  send a\n}", "2:6 `enters` is not `enter` or `leave`");
    for word in ["elsif", "elif"] {
        mistake(
            &format!(
                "trigger t {{\n  on u\n  if vip {{ send a }}\n  {word} big {{ send b }}\n  else {{ send c }}\n}}"
            ),
            &format!("4:3 expected `else if`, found `{word}`"),
        );
    }
    mistake(
        "trigger t {\n  on u\n  if vip\n    send a\n  }\n  once per 7 days\n}",
        "3:6 expected `{` and its steps",
    );
}

/// A text in three quotes ends at the next three quotes: without them the rest of the file is in it, whatever quotes
/// stand there.
#[test]
fn an_unclosed_text_takes_the_rest() {
    for rest in ["", "\nemail b { body text \"\"\"Hi\"\"\" }\n", "\nsegment b { whn x }\n"] {
        let parsed = parse(&format!(
            "email a {{\n  body text \"\"\"Hello\n}}\n\nsegment after {{ when in vip }}\n{rest}"
        ));
        assert_eq!(parsed.told(), ["2:13 this `\"\"\"` is never closed"], "{rest}");
    }
}

/// Mistakes in different places are all told at once.
#[test]
fn many_mistakes_are_told_at_once() {
    let parsed = parse(
        "customer {\n  id string key\n  email: email\n  tier enum { a, b }\n}\n\
         segment vip {\n  whn tier == a\n}\n\
         trait total = sum(purchase.total\n\
         segmnt late { when in vip }\n",
    );
    assert_eq!(
        parsed.told(),
        [
            "2:6 expected `:` and a type, found `string`",
            "4:8 expected `:` and a type, found `enum`",
            "7:3 `whn` is not a member of a segment",
            "9:18 this `(` is never closed",
            "10:1 `segmnt` is not a declaration",
        ]
    );
}

/// What a mistake looks like to the one who made it: place, words, a way out, and how the form is written.
#[test]
fn a_mistake_with_its_help() {
    let parsed = parse("segment vip {\n  when tier = gold\n}\n");
    let style =
        persona_diagnostics::render::Style { unicode: false, ..persona_diagnostics::render::Style::PLAIN };
    let drawn = persona_diagnostics::render::human(&parsed.problems[0], &parsed.sources, style);
    for part in [
        "expected `==`, found `=`",
        "a.persona:2:13",
        "`=` gives a name its value; `==` compares two values",
        "it is written like this",
        "when none(activity in last 60 days)",
    ] {
        assert!(drawn.contains(part), "{part}:\n{drawn}");
    }
}

/// The pages of these problems show them on the line they say, and their mended programs have none.
#[test]
fn the_pages_show_what_they_say() {
    for code in ["syntax-error", "unclosed", "unknown-word"] {
        let page = persona_diagnostics::catalogue::PAGES.iter().find(|(page, _)| *page == code);
        let (_, page) = page.unwrap_or_else(|| panic!("{code} has no page"));
        let blocks: Vec<&str> =
            page.split("```").skip(1).step_by(2).map(|b| &b["persona".len() + 1..]).collect();
        assert!(blocks.len() >= 2, "{code}: a mistake and its mending");
        for block in blocks {
            let parsed = parse(block);
            let told: Vec<_> = parsed
                .problems
                .iter()
                .map(|t| (parsed.sources.file(parsed.file.id()).locate(t.span().unwrap().start).line, t.code))
                .collect();
            let said: Vec<_> = block
                .lines()
                .enumerate()
                .filter_map(|(line, text)| Some((line + 1, text.split_once("// problem: ")?.1)))
                .collect();
            assert_eq!(told, said, "{block}");
        }
    }
}
