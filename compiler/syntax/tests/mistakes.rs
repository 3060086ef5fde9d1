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
    match parsed.file.declarations().pop()?.kind {
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
  feeds product_view, cart_add
}"##,
        r##"3:21 expected `{` and a field for each column, found `,`"##,
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
        r##"2:16 expected a value, found `£`"##,
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

/// A text in three quotes ends at the next three quotes: without them the rest of the file is in it.
#[test]
fn an_unclosed_text_takes_the_rest() {
    let parsed = parse("email a {\n  body text \"\"\"Hello\n}\n\nsegment after { when in vip }\n");
    assert_eq!(parsed.told(), ["2:13 this `\"\"\"` is never closed"]);
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
    let style = persona_diagnostics::render::Style { color: false, unicode: false };
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
