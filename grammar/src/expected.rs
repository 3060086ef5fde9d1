//! What the law lets follow an unfinished text: the words an editor can offer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use pest::error::{ErrorVariant, InputLocation};
use pest_meta::optimizer::OptimizedExpr as Expr;

use crate::{GRAMMAR, machine};

/// What may stand at the end of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Words of the language.
    pub words: BTreeSet<String>,
    /// Whether a name may.
    pub name: bool,
    /// Whether a value may: a number, a text, a call.
    pub value: bool,
    /// Whether a type may.
    pub type_: bool,
}

/// What may follow this text, the beginning of a program; none where it is no beginning of any.
pub fn expected(before: &str) -> Option<Expected> {
    // No token begins with it, so that this is as far as the machine gets.
    let text = format!("{before}\u{1}");
    let refused = machine().parse("file", &text).err()?;
    let at = match refused.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let ErrorVariant::ParsingError { positives, .. } = &refused.variant else { return None };
    if at != before.len() {
        return None;
    }
    let mut expected = Expected::default();
    for rule in positives {
        match *rule {
            "name" | "named" | "field_name" | "name_ref" | "any_name_ref" => expected.name = true,
            "call" => expected.value = true,
            "type_ref" => expected.type_ = true,
            "feed_target" => expected.name = true,
            _ => {}
        }
        expected.words.extend(first_words(rule).iter().cloned());
    }
    Some(expected)
}

/// The words a rule can begin with.
fn first_words(rule: &str) -> &'static BTreeSet<String> {
    static RULES: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(|| {
        let rules = pest_meta::parse_and_optimize(GRAMMAR).map(|(_, rules)| rules).unwrap_or_default();
        let bodies: BTreeMap<&str, &Expr> = rules.iter().map(|r| (r.name.as_str(), &r.expr)).collect();
        let words = |name: &str| {
            let mut found = BTreeSet::new();
            begins(&Expr::Ident(name.to_string()), &bodies, &mut Vec::new(), &mut found);
            found
        };
        rules.iter().map(|r| (r.name.clone(), words(&r.name))).collect()
    });
    static NONE: BTreeSet<String> = BTreeSet::new();
    RULES.get(rule).unwrap_or(&NONE)
}

/// Collects the words an expression can begin with; whether it can be empty.
fn begins<'a>(
    expr: &'a Expr,
    bodies: &BTreeMap<&str, &'a Expr>,
    path: &mut Vec<&'a str>,
    found: &mut BTreeSet<String>,
) -> bool {
    match expr {
        Expr::Ident(name) => match name.strip_prefix("kw_") {
            Some(word) => {
                found.insert(word.to_string());
                false
            }
            None => match bodies.get(name.as_str()) {
                Some(body) if !path.contains(&name.as_str()) => {
                    path.push(name);
                    let empty = begins(body, bodies, path, found);
                    path.pop();
                    empty
                }
                // The text's start and end take nothing.
                _ => matches!(name.as_str(), "SOI" | "EOI"),
            },
        },
        Expr::Seq(first, rest) => {
            let empty = begins(first, bodies, path, found);
            empty && begins(rest, bodies, path, found)
        }
        Expr::Choice(one, other) => {
            let one = begins(one, bodies, path, found);
            begins(other, bodies, path, found) || one
        }
        Expr::Opt(inner) | Expr::Rep(inner) => {
            begins(inner, bodies, path, found);
            true
        }
        // What is only looked at takes nothing.
        Expr::PosPred(_) | Expr::NegPred(_) => true,
        Expr::Push(inner) | Expr::RestoreOnErr(inner) => begins(inner, bodies, path, found),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn words(before: &str) -> String {
        let expected = expected(before).unwrap_or_default();
        expected.words.into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_words_that_may_follow() {
        assert_eq!(words("segment vip { "), "refresh when");
        assert_eq!(words("trigger t { on purchase  wait until 09:00 "), "local");
        assert_eq!(words("email hello { body "), "html markdown mjml text");
        assert!(words("customer { id: string ").contains("key"));
        assert!(words("source s { ").contains("file"), "of a rule whose words lie deeper");
        assert!(words("").contains("segment"));
        assert!(words("trait x = 1 ").contains("segment"), "after what may be whole");
    }

    #[test]
    fn names_values_and_types() {
        assert!(expected("trigger t { send ").is_some_and(|e| e.name && e.words.is_empty()));
        assert!(expected("segment s { when x == ").is_some_and(|e| e.name && e.value));
        assert!(expected("customer { id: ").is_some_and(|e| e.type_));
        assert_eq!(expected("segment x { = when "), None, "no beginning of a program");
    }
}
