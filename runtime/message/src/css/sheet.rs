//! A style sheet as its rules.

use std::ops::Range;

use cssparser::{Delimiter, ParseError, Parser, ParserInput, Token};

/// At-rules with rules inside, which hold under a condition or in an order of their own.
const GROUPS: &[&str] =
    &["media", "supports", "container", "layer", "scope", "starting-style", "document", "-moz-document"];
/// Groups within groups are read so deep.
const DEEPEST: u8 = 8;

/// What a sheet says of some elements.
pub(super) struct Rule<'s> {
    /// Of whom.
    pub selectors: &'s str,
    /// What.
    pub declarations: Vec<Declaration<'s>>,
    /// Whether it stands by itself, not in an at-rule: then where, in the sheet's text.
    pub alone: Option<Range<usize>>,
}

/// `color: red`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration<'s> {
    /// The property, in small letters.
    pub property: String,
    /// The value, with its `!important`.
    pub value: &'s str,
    /// Whether it says `!important`.
    pub important: bool,
}

/// The rules of a sheet, in its order.
pub(super) fn rules(sheet: &str) -> Vec<Rule<'_>> {
    let mut input = ParserInput::new(sheet);
    let mut found = Vec::new();
    list(&mut Parser::new(&mut input), 0, &mut found);
    found
}

fn list<'s>(input: &mut Parser<'s, '_>, depth: u8, found: &mut Vec<Rule<'s>>) {
    loop {
        input.skip_whitespace();
        let (start, state) = (input.position(), input.state());
        match input.next().cloned() {
            Err(_) => return,
            Ok(Token::CDO | Token::CDC) => {}
            Ok(Token::AtKeyword(name)) => {
                let _ =
                    input.parse_until_before(Delimiter::Semicolon | Delimiter::CurlyBracketBlock, exhaust);
                let group = GROUPS.iter().any(|group| group.eq_ignore_ascii_case(&name));
                if matches!(input.next(), Ok(Token::CurlyBracketBlock)) {
                    let _ = input.parse_nested_block(|input| {
                        match group && depth < DEEPEST {
                            true => list(input, depth + 1, found),
                            false if group => found.push(anything()),
                            false => {}
                        }
                        exhaust(input)
                    });
                }
            }
            Ok(_) => {
                input.reset(&state);
                let _ = input.parse_until_before(Delimiter::CurlyBracketBlock, exhaust);
                let selectors = input.slice_from(start);
                if input.next().is_err() {
                    return;
                }
                let mut declarations = Some(Vec::new());
                let _ = input.parse_nested_block(|input| {
                    declarations = body(input);
                    exhaust(input)
                });
                found.push(match declarations {
                    Some(declarations) => {
                        let span = start.byte_index()..input.position().byte_index();
                        Rule { selectors, declarations, alone: (depth == 0).then_some(span) }
                    }
                    None => anything(),
                });
            }
        }
    }
}

/// Stands for rules that are not read: they may say anything of anybody.
fn anything<'s>() -> Rule<'s> {
    let all = |important| Declaration { property: "all".into(), value: "", important };
    Rule { selectors: "", declarations: vec![all(false), all(true)], alone: None }
}

/// The declarations of a rule; none where there are rules in it.
fn body<'s>(input: &mut Parser<'s, '_>) -> Option<Vec<Declaration<'s>>> {
    let mut found = Vec::new();
    let mut nested = false;
    loop {
        input.skip_whitespace();
        let name = match input.next() {
            Err(_) => return (!nested).then_some(found),
            Ok(Token::Semicolon) => continue,
            Ok(Token::Ident(name)) => Some(name.clone()),
            Ok(token) => {
                nested |= matches!(token, Token::CurlyBracketBlock);
                None
            }
        };
        let declared = input.parse_until_after(Delimiter::Semicolon, |input| {
            let colon = input.try_parse(Parser::expect_colon).is_ok();
            input.skip_whitespace();
            let start = input.position();
            // Where the last `!` is, and what follows it.
            let mut important = None;
            while let Ok(token) = input.next() {
                important = match (token, important) {
                    (Token::Delim('!'), _) => Some(false),
                    (Token::Ident(word), Some(false)) => Some(word.eq_ignore_ascii_case("important")),
                    (Token::CurlyBracketBlock, _) => {
                        nested = true;
                        None
                    }
                    _ => None,
                };
            }
            let value = input.slice_from(start).trim();
            let name = name.filter(|_| colon && !value.is_empty());
            Ok::<_, ParseError<()>>(name.map(|name| Declaration {
                property: if name.starts_with("--") { name.to_string() } else { name.to_ascii_lowercase() },
                value,
                important: important == Some(true),
            }))
        });
        found.extend(declared.ok().flatten());
    }
}

/// Families whose members set each other, beyond those whose names say so.
const FAMILIES: &[&[&str]] = &[
    &["border"],
    &["margin"],
    &["padding"],
    &["inset", "top", "right", "bottom", "left"],
    &["font", "line"],
];

/// Whether what one property says may be said by the other, too: `margin` and `margin-left`.
pub(super) fn touch(one: &str, other: &str) -> bool {
    let part = |whole: &str, part: &str| {
        part.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let first = |property: &str| property.split('-').next().unwrap_or_default().to_string();
    let (a, b) = (first(one), first(other));
    let kin = |family: &&[&str]| family.contains(&&*a) && family.contains(&&*b);
    part(one, other) || part(other, one) || one == "all" || other == "all" || FAMILIES.iter().any(kin)
}

fn exhaust<'i>(input: &mut Parser<'i, '_>) -> Result<(), ParseError<'i, ()>> {
    while input.next().is_ok() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_its_rules() {
        let sheet = "<!-- @import 'x'; @font-face { src: y } p, a { Color: red;; color : blue ! important /**/ ; *zoom: 1; top }\
            @media print { @supports (a: b) { i { left: 0 } } } b {} -->";
        let read: Vec<_> = rules(sheet)
            .into_iter()
            .map(|rule| {
                let said: Vec<_> =
                    rule.declarations.iter().map(|d| (d.property.clone(), d.value, d.important)).collect();
                (rule.selectors.trim(), said, rule.alone.map(|at| &sheet[at]))
            })
            .collect();
        let said = |property: &str, value, important| (property.to_string(), value, important);
        assert_eq!(read.len(), 3, "{read:?}");
        assert_eq!(read[0].0, "p, a");
        assert_eq!(read[0].1, [said("color", "red", false), said("color", "blue ! important /**/", true)]);
        assert!(read[0].2.unwrap().starts_with("p, a {") && read[0].2.unwrap().ends_with("top }"));
        assert_eq!(read[1], ("i", vec![said("left", "0", false)], None));
        assert_eq!((read[2].0, read[2].2), ("b", Some("b {}")));
    }

    #[test]
    fn rules_in_rules_may_say_anything() {
        for sheet in [
            "p { color: red; &:hover { top: 0 } }",
            "p { a:hover { top: 0 } }",
            "p { @media print { top: 0 } }",
        ] {
            let read = rules(sheet);
            assert_eq!(
                (read.len(), read[0].selectors, &*read[0].declarations[0].property),
                (1, "", "all"),
                "{sheet}"
            );
        }
    }

    #[test]
    fn some_properties_set_others() {
        for (one, other) in [
            ("margin", "margin-left"),
            ("border-color", "border-top"),
            ("font", "line-height"),
            ("all", "color"),
            ("text-decoration", "text-decoration-color"),
            ("color", "color"),
        ] {
            assert!(touch(one, other) && touch(other, one), "{one} {other}");
        }
        for (one, other) in
            [("text-align", "text-decoration"), ("color", "background-color"), ("width", "max-width")]
        {
            assert!(!touch(one, other) && !touch(other, one), "{one} {other}");
        }
    }
}
