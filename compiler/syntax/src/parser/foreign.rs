//! Spellings of other languages, and how each is written here: the hints of syntax errors.

use persona_diagnostics::Span;

use super::{Parser, Solid};
use crate::Kind;
use crate::grammar::SHOUTED;
use crate::lexer::is_foreign_text;

/// Signs, longer ones first, how to mend them, and what to write instead where that is certain: `&` and `!` bind
/// otherwise in the languages they come from.
const SIGNS: &[(&str, &str, Option<&str>)] = &[
    ("===", "to compare, write `==`", Some("==")),
    ("!==", "to compare, write `!=`", Some("!=")),
    ("&&", "write `and`", Some("and")),
    ("||", "write `or`", Some("or")),
    ("<>", "write `!=`", Some("!=")),
    ("=!", "write `!=`", Some("!=")),
    ("=>", "to compare, write `>=`", Some(">=")),
    ("=<", "write `<=`", Some("<=")),
    ("/*", COMMENT, None),
    ("--", COMMENT, None),
    ("&", "write `and`", None),
    ("|", "write `or`", None),
    ("!", "write `not`", None),
    ("#", "a comment begins with `//`, and a colour stands in quotes: `\"#0a5\"`", None),
    (";", "nothing stands between members; leave out the `;`", Some("")),
    ("'", QUOTES, None),
    ("‘", QUOTES, None),
    ("’", QUOTES, None),
    ("“", QUOTES, None),
    ("”", QUOTES, None),
    ("„", QUOTES, None),
];
const COMMENT: &str = "a comment begins with `//`";
const QUOTES: &str = "a text stands in straight double quotes: `\"…\"`";

/// Short units of time, and whole ones.
const UNITS: &[(&str, &str)] = &[
    ("s", "second"),
    ("sec", "second"),
    ("secs", "second"),
    ("min", "minute"),
    ("mins", "minute"),
    ("h", "hour"),
    ("hr", "hour"),
    ("hrs", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("wk", "week"),
    ("wks", "week"),
    ("mo", "month"),
    ("mos", "month"),
    ("y", "year"),
    ("yr", "year"),
    ("yrs", "year"),
];

/// Money by sign or word, and its code.
const CURRENCIES: &[(&str, &str)] = &[
    ("£", "GBP"),
    ("$", "USD"),
    ("€", "EUR"),
    ("¥", "JPY"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("euro", "EUR"),
    ("euros", "EUR"),
];
/// Codes that are told from other words of three letters.
const CODES: &[&str] = &[
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY", "KRW", "MXN",
    "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "TRY", "USD", "ZAR",
];

/// What is called a value that is missing. As a value it is a name to the parser; the model tells of it.
const NOTHING: &[&str] = &["null", "NULL", "nil"];

/// A foreign spelling: its first and last token, and how it is written here.
pub(super) struct Foreign {
    pub first: Solid,
    pub last: Solid,
    pub hint: String,
    /// What to write instead of both, where nothing else can be meant.
    pub instead: Option<String>,
}

impl Parser<'_, '_> {
    /// The foreign spelling at the next token, or the one that the last token began.
    pub(super) fn foreign(&self) -> Option<Foreign> {
        let same_line = |index: &usize| {
            let (here, next) = (self.solids.get(*index), self.solids.get(self.at));
            matches!((here, next), (Some(here), Some(next)) if here.line == next.line) && *index < self.limit
        };
        let before = self.at.checked_sub(1).filter(same_line);
        let at = Some(self.at).filter(same_line);
        let signs = before.and_then(|i| self.foreign_sign(i)).or_else(|| self.foreign_sign(at?));
        signs
            .or_else(|| self.foreign_amount(before?))
            .or_else(|| self.foreign_amount(at?))
            .or_else(|| self.foreign_word(at?))
            .or_else(|| self.shouted(before?))
    }

    /// How a comment of another language is told, by its sign.
    pub(super) fn foreign_comment(written: &str) -> Option<&'static str> {
        let signs = ["/*", "--", "#"];
        let sign = signs.into_iter().find(|sign| written.starts_with(sign))?;
        (written.len() > sign.len() || sign != "#").then_some(sign)
    }

    fn word_at(&self, index: usize) -> &str {
        let solid = self.solids[..self.limit].get(index);
        solid.filter(|s| s.token.kind == Kind::Name).map_or("", |s| self.text_of(s.token))
    }

    /// Tokens that touch one another, or a run of signs that are no token.
    fn foreign_sign(&self, index: usize) -> Option<Foreign> {
        let first = *self.solids.get(index)?;
        let rest = &self.text[first.token.start..];
        let (sign, hint, instead) = SIGNS.iter().find(|(sign, ..)| {
            let end = first.token.start + sign.len();
            // A sign of ours is not foreign by what it begins with: `!=` is no `!`.
            rest.starts_with(sign) && self.ends_token(index, end, first.token.kind == Kind::Bad)
        })?;
        let end = first.token.start + sign.len();
        let touched = self.solids[index..].iter().take_while(|s| s.token.start < end);
        let mut last = *touched.last()?;
        // What the last token began goes on with this one, or is not what is wrong here.
        if index < self.at && last.token.start < self.solids.get(self.at)?.token.start {
            return None;
        }
        if last.token.kind == Kind::Bad {
            last.token.end = last.token.end.min(end.max(last.token.start));
            if hint == &QUOTES {
                last.token.end = self.solids[index].token.end;
            }
        }
        let mut instead = instead.map(str::to_string);
        if hint == &QUOTES && is_foreign_text(self.text_of(last.token)) {
            let mut inside = self.text_of(last.token).chars();
            inside.next();
            inside.next_back();
            // What quotes of ours would read otherwise is left to the writer.
            let same = !inside.as_str().contains(['"', '\\', '{']);
            instead = same.then(|| format!("\"{}\"", inside.as_str()));
        }
        Some(Foreign { first, last, hint: hint.to_string(), instead })
    }

    /// Whether a token ends there, or a run of signs that are none goes on.
    fn ends_token(&self, index: usize, end: usize, in_run: bool) -> bool {
        let mut tokens = self.solids[index..].iter().map(|s| s.token);
        tokens
            .find(|token| token.end >= end)
            .is_some_and(|token| token.end == end || token.kind == Kind::Bad && (in_run || token.start < end))
    }

    /// `7d`, `9am`, `100 gbp`, `£100`, `1,000`: a number and what makes it more than one.
    fn foreign_amount(&self, index: usize) -> Option<Foreign> {
        let solids = &self.solids[index..self.limit];
        let (first, second) = (*solids.first()?, *solids.get(1).filter(|s| s.line == solids[0].line)?);
        let (a, b) = (self.text_of(first.token), self.text_of(second.token));
        let two =
            |hint: String, instead: Option<String>| Some(Foreign { first, last: second, hint, instead });
        // A sign can be that of several currencies; a code in small letters cannot.
        let money = |amount: &str, written: &str| {
            let code = currency(written)?;
            let certain =
                matches!(written, "€" | "euro" | "euros" | "£") || code.eq_ignore_ascii_case(written);
            let amount = format!("{amount} {code}");
            Some((format!("money is written like this: `{amount}`"), certain.then_some(amount)))
        };
        match (first.token.kind, second.token.kind) {
            (Kind::Bad, Kind::Number) => {
                let (last, amount) = self.parted(index + 1);
                let (hint, instead) = money(&amount, a)?;
                // A `,` parts thousands in some countries and the fraction in others.
                let instead = instead.filter(|_| last.raw == second.raw);
                Some(Foreign { first, last, hint, instead })
            }
            (Kind::Number, Kind::Bad | Kind::Path) => {
                let (hint, instead) = money(a, b)?;
                two(hint, instead)
            }
            (Kind::Number, Kind::Comma) => {
                let (last, amount) = self.parted(index);
                let parted = last.token.start > second.token.start;
                let hint = format!("leave out the `,`: `{amount}`");
                parted.then_some(Foreign { first, last, hint, instead: None })
            }
            (Kind::Number | Kind::Time, Kind::Name) => {
                if let Some(time) = clock(a, b) {
                    return two(format!("a time of day is written like this: `{time}`"), Some(time));
                }
                if first.token.kind == Kind::Time {
                    return None;
                }
                if b == "m" {
                    return two(format!("write `{a} minutes` or `{a} months`"), None);
                }
                if let Some((_, unit)) = UNITS.iter().find(|(short, _)| *short == b) {
                    let length = format!("{a} {unit}{}", if a == "1" { "" } else { "s" });
                    return two(format!("write `{length}`"), Some(length));
                }
                let (hint, instead) = money(a, b)?;
                two(hint, instead)
            }
            _ => None,
        }
    }

    /// The number that begins at a token, with what follows its `,`: `1,000,000`.
    fn parted(&self, index: usize) -> (Solid, String) {
        let mut last = self.solids[index];
        let mut amount = self.text_of(last.token).to_string();
        for pair in self.solids[index + 1..].chunks_exact(2) {
            let digits = self.text_of(pair[1].token);
            let touch = last.token.end == pair[0].token.start && pair[0].token.end == pair[1].token.start;
            let three = digits.split('.').next().is_some_and(|whole| whole.len() == 3);
            if !touch || pair[0].token.kind != Kind::Comma || pair[1].token.kind != Kind::Number || !three {
                break;
            }
            amount.push_str(digits);
            last = pair[1];
        }
        (last, amount)
    }

    /// A word of another language, or one of ours in a place of another.
    fn foreign_word(&self, index: usize) -> Option<Foreign> {
        let first = *self.solids.get(index)?;
        let is = index.checked_sub(1).is_some_and(|before| self.word_at(before) == "is");
        let written = |last: Solid, instead: &str| {
            let is = if is { "is " } else { "" };
            let hint = format!("write `{is}{instead}`");
            Some(Foreign { first, last, hint, instead: Some(instead.to_string()) })
        };
        let hint = |hint: &str| Some(Foreign { first, last: first, hint: hint.to_string(), instead: None });
        match self.word_at(index) {
            word if NOTHING.contains(&word) && is => written(first, "missing"),
            "not" if is => {
                let last = *self.solids[..self.limit].get(index + 1).unwrap_or(&first);
                match self.text_of(last.token) {
                    "present" => written(last, "missing"),
                    "missing" => written(last, "present"),
                    word if NOTHING.contains(&word) => written(last, "present"),
                    _ => None,
                }
            }
            "in" if matches!(self.word_at(index + 1), "last" | "next") => hint(WINDOW),
            "since" | "before" | "between" => hint(WINDOW),
            "elsif" | "elif" | "elseif" => written(first, "else if"),
            _ => self.shouted(index),
        }
    }

    /// `AND`.
    fn shouted(&self, index: usize) -> Option<Foreign> {
        let word = self.word_at(index);
        let first = *self.solids.get(index).filter(|_| SHOUTED.contains(&word) || word == "IS")?;
        let lower = word.to_lowercase();
        let hint = format!("words are written in lower case: `{lower}`");
        Some(Foreign { first, last: first, hint, instead: Some(lower) })
    }

    pub fn at_foreign_text(&self) -> bool {
        self.at(Kind::Bad) && is_foreign_text(self.nth_text(0))
    }

    /// Takes a text in quotes of another language, telling so; whether there was one.
    pub fn foreign_text(&mut self, what: &str) -> bool {
        if !self.at_foreign_text() {
            return false;
        }
        self.error_here(what);
        self.take();
        self.stuck = false;
        true
    }

    /// `-accounts` behind the name `big`, which goes on as if it were not there.
    pub fn rest_of_dashed_name(&mut self) {
        let Some(name) = self.at.checked_sub(1) else { return };
        let touch = |i: usize| match (self.solids[..self.limit].get(i), self.solids[..self.limit].get(i + 1))
        {
            (Some(left), Some(right)) => left.token.end == right.token.start,
            _ => false,
        };
        let kind = |i: usize| self.solids[..self.limit].get(i).map(|s| s.token.kind);
        let mut end = name;
        while touch(end)
            && kind(end + 1) == Some(Kind::Minus)
            && touch(end + 1)
            && matches!(kind(end + 2), Some(Kind::Name | Kind::Number))
        {
            end += 2;
        }
        if end == name {
            return;
        }
        let (first, last) = (self.solids[name], self.solids[end]);
        let written = &self.text[first.token.start..last.token.end];
        let hint = format!("a name has letters, digits and `_`: `{}`", written.replace('-', "_"));
        // Whoever refers to it may have written it either way.
        self.tell_foreign("a name", Foreign { first, last, hint, instead: None });
        self.skip(end - name);
        self.stuck = false;
    }

    pub(super) fn foreign_span(&self, foreign: &Foreign) -> Span {
        Span::new(self.file, foreign.first.token.start, foreign.last.token.end)
    }
}

const WINDOW: &str = "a window stands inside the query's parentheses: `count(purchase in last 30 days)`";

/// The code of a currency that is written by sign, by word or in small letters.
fn currency(written: &str) -> Option<&'static str> {
    let named = CURRENCIES.iter().find(|(sign, _)| *sign == written).map(|(_, code)| *code);
    named.or_else(|| {
        CODES.iter().find(|code| code.eq_ignore_ascii_case(written) && **code != written).copied()
    })
}

/// `9` or `9:30` and `pm` as a time of day of 24 hours.
fn clock(time: &str, half: &str) -> Option<String> {
    let afternoon = match half.to_ascii_lowercase().as_str() {
        "am" => false,
        "pm" => true,
        _ => return None,
    };
    let (hour, minutes) = time.split_once(':').unwrap_or((time, "00"));
    let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    Some(format!("{:02}:{minutes}", hour % 12 + if afternoon { 12 } else { 0 }))
}
