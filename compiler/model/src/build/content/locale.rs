//! `locales` and `strings`: an e-mail in several languages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_diagnostics::catalogue::plural_forms::{Odd, PluralForms};
use persona_diagnostics::catalogue::uneven_translation::{Uneven, UnevenTranslation};
use persona_diagnostics::{FileId, Span};
use persona_syntax::ast::{self, Name, Text};
use persona_value::Type;
use toml::de::{DeTable, DeValue};

use super::super::{Names, shared};
use super::Ground;
use super::files::LOCALE;
use crate::infer::Checker;
use crate::{Locales, Wording};

/// The plural's forms in CLDR.
const PLURALS: &[&str] = &["zero", "one", "two", "few", "many", "other"];

/// What a language says by one key.
#[derive(Clone, Debug)]
struct Said {
    at: Span,
    wording: Wording,
    /// `{name}` in it.
    placeholders: BTreeSet<String>,
}

/// What a language says, by key.
type Words = BTreeMap<String, Said>;

pub(super) fn locales(
    checker: &mut Checker,
    ground: &Ground,
    ast: &ast::Email,
    name: &Name,
) -> Option<Locales> {
    let what = || format!("the e-mail `{}`", name.text);
    let Some(written) = &ast.locales else {
        if let Some(strings) = &ast.strings {
            let form = "locales en, de otherwise en";
            checker.missing_member(what(), "`locales`: which languages", strings.span, form);
        }
        return None;
    };
    let mut names = Names::new("language");
    let mut of = Vec::new();
    for locale in &written.of {
        if is_language(checker, locale) && names.add(locale, checker.problems) {
            of.push(locale.clone());
        }
    }
    let otherwise = match &written.otherwise {
        Some(locale) if of.iter().any(|l| l.text == locale.text) => Some(shared(&locale.text)),
        Some(locale) => {
            let known = of.iter().map(|l| (l.text.clone(), Some(l.span))).collect();
            checker.unknown_name("language of this e-mail", locale, known);
            None
        }
        None => {
            let form = "locales en, de otherwise en";
            let lacks = "`otherwise`: some read none of these languages";
            checker.missing_member(what(), lacks, written.span, form);
            None
        }
    };
    let mut attributes =
        checker.customer.attributes.iter().filter(|a| a.ty == Type::Locale).map(|a| a.name.clone());
    let first = attributes.next();
    let attribute = attributes.find(|a| **a == *"locale").or(first);
    if attribute.is_none() && !checker.unread.all {
        let lacks = "attribute to go by: none is a `locale`";
        checker.missing_member(what(), lacks, written.span, "customer { locale: locale? }");
    }
    let strings = ast.strings.as_ref().map(|path| strings(checker, ground, path, &of)).unwrap_or_default();
    let of = of.iter().map(|l| shared(&l.text)).collect();
    Some(Locales { of, otherwise: otherwise?, attribute: attribute?, strings, span: written.span })
}

/// `en`, `pt-BR`, `zh-Hant`.
fn is_language(checker: &mut Checker, locale: &Name) -> bool {
    let mut parts = locale.text.split('-');
    let language = parts.next().unwrap_or("");
    let fits = matches!(language.len(), 2 | 3)
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !fits {
        checker.bad_literal(&locale.text, locale.span, "a language is written `en` or `pt-BR`");
    }
    fits
}

/// The words of every language, which say the same.
fn strings(
    checker: &mut Checker,
    ground: &Ground,
    path: &Text,
    locales: &[Name],
) -> BTreeMap<Arc<str>, crate::Strings> {
    if locales.len() > 1 && !path.raw.contains(LOCALE) {
        checker.problems.report(Misplaced {
            headline: "all languages would be read from one file".into(),
            at: path.span,
            why: "`{locale}` stands for the language".into(),
            help: Some("write `strings file \"i18n/{locale}.toml\"`".into()),
        });
        return BTreeMap::new();
    }
    let mut words: Vec<(String, Words)> = Vec::new();
    for locale in locales {
        let Some(file) = ground.read.strings.get(&(path.span, locale.text.clone())) else { continue };
        if let Some(read) = read(checker, *file) {
            words.push((locale.text.clone(), read));
        }
    }
    // E-mails may share their files: what is wrong with them is told once.
    let files = locales.iter().map(|l| path.value().replace(LOCALE, &l.text)).collect::<Vec<_>>();
    if ground.compared.borrow_mut().insert(files) {
        compare(checker, &words);
        words.iter().for_each(|(locale, words)| forms(checker, locale, words));
    }
    let plain = |words: Words| words.into_iter().map(|(key, said)| (shared(&key), said.wording)).collect();
    words.into_iter().map(|(locale, words)| (shared(&locale), plain(words))).collect()
}

/// The words of one file; none where it cannot be read as TOML.
fn read(checker: &mut Checker, file: FileId) -> Option<Words> {
    let text = checker.sources.file(file).text.clone();
    match DeTable::parse(&text) {
        Ok(table) => {
            let mut words = Words::new();
            gather(checker, file, "", table.get_ref(), &mut words);
            Some(words)
        }
        Err(error) => {
            let range = error.span().unwrap_or(0..0);
            let at = Span::new(file, range.start, range.end);
            if !checker.is_told(at) {
                let written = checker.written(at);
                checker.bad_literal(&written, at, "words are written `greeting = \"Hello, {name}\"`");
            }
            None
        }
    }
}

/// The keys of a table, those of tables within it behind a dot.
fn gather(checker: &mut Checker, file: FileId, before: &str, table: &DeTable, words: &mut Words) {
    for (key, value) in table.iter() {
        let range = key.span();
        let at = Span::new(file, range.start, range.end);
        let key = format!("{before}{}", key.get_ref());
        match value.get_ref() {
            DeValue::String(text) => {
                let placeholders = placeholders(text);
                words.insert(key, Said { at, wording: Wording::Plain(shared(text)), placeholders });
            }
            DeValue::Table(forms) if is_plural(forms) => {
                let mut said = BTreeMap::new();
                let mut inside = BTreeSet::new();
                for (form, text) in forms.iter() {
                    if let DeValue::String(text) = text.get_ref() {
                        inside.extend(placeholders(text));
                        said.insert(shared(form.get_ref()), shared(text));
                    }
                }
                if !said.contains_key("other") && !checker.is_told(at) {
                    checker.bad_literal(&key, at, "every plural has a form `other`");
                }
                // How many there are is given anyhow.
                inside.remove("count");
                words.insert(key, Said { at, wording: Wording::Plural(said), placeholders: inside });
            }
            DeValue::Table(inner) => gather(checker, file, &format!("{key}."), inner, words),
            _ if checker.is_told(at) => {}
            _ => {
                checker.bad_literal(&key, at, "what it says is a text in quotes");
            }
        }
    }
}

/// Whether a table holds the forms of a plural, and nothing else.
fn is_plural(table: &DeTable) -> bool {
    let form = |key: &str| PLURALS.contains(&key);
    table.iter().next().is_some()
        && table
            .iter()
            .all(|(key, value)| form(key.get_ref()) && matches!(value.get_ref(), DeValue::String(_)))
}

/// `{name}` in a text.
fn placeholders(text: &str) -> BTreeSet<String> {
    let parts = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    parts.map(|(name, _)| name.to_string()).filter(|name| is_name(name)).collect()
}

/// Tells where languages do not say the same.
fn compare(checker: &mut Checker, words: &[(String, Words)]) {
    let keys: BTreeSet<&String> = words.iter().flat_map(|(_, w)| w.keys()).collect();
    for key in keys {
        let Some((first, said)) = words.iter().find_map(|(l, w)| w.get(key).map(|s| (l, s))) else {
            continue;
        };
        let missing: Vec<String> =
            words.iter().filter(|(_, w)| !w.contains_key(key)).map(|(l, _)| l.clone()).collect();
        let tell = |uneven, other| UnevenTranslation {
            key: key.clone(),
            at: said.at,
            locale: first.clone(),
            uneven,
            other,
        };
        if !missing.is_empty() {
            checker.problems.report(tell(Uneven::Missing(missing), None));
        }
        for (locale, other) in words.iter().filter_map(|(l, w)| w.get(key).map(|s| (l, s))) {
            let other_at = Some((other.at, locale.clone()));
            let plural = |w: &Wording| matches!(w, Wording::Plural(_));
            if plural(&said.wording) != plural(&other.wording) {
                checker.problems.report(tell(Uneven::Plural, other_at));
            } else if let Some(odd) = said.placeholders.symmetric_difference(&other.placeholders).next() {
                let first_has_it = said.placeholders.contains(odd);
                checker.problems.report(tell(Uneven::Placeholder(odd.clone(), first_has_it), other_at));
            }
        }
    }
}

/// Tells where plurals have not the forms of their language.
fn forms(checker: &mut Checker, locale: &str, words: &Words) {
    let known = persona_template::plural_forms(locale);
    for (key, Said { at, wording, .. }) in words {
        // Without `other` more is wrong, and told.
        let Wording::Plural(said) = wording else { continue };
        if known.is_empty() || !said.contains_key("other") {
            continue;
        }
        let lacks = |(form, number): &(&'static str, Option<u64>)| {
            number.filter(|_| !said.contains_key(*form)).map(|number| Odd::Missing(form, number))
        };
        let names: Vec<&str> = known.iter().map(|(form, _)| *form).collect();
        // What is said of fractions in this language is said of nothing here, but every plural has it.
        let unused = said.keys().filter(|form| ***form != *"other" && !names.contains(&&***form));
        let unused = unused.map(|form| Odd::Unused(form.to_string(), names.clone()));
        for odd in known.iter().filter_map(lacks).chain(unused) {
            let (key, locale) = (key.clone(), locale.to_string());
            checker.problems.report(PluralForms { key, locale, at: *at, odd });
        }
    }
}

/// What a template is to give each text, by key: the names of its placeholders, and whether it has a plural.
pub(super) fn shapes(locales: &Locales) -> BTreeMap<String, persona_template::Wording> {
    let words = locales.strings.get(&locales.otherwise).or_else(|| locales.strings.values().next());
    let shape = |(key, wording): (&Arc<str>, &Wording)| {
        let (placeholders, plural) = match wording {
            Wording::Plain(text) => (placeholders(text), false),
            Wording::Plural(forms) => {
                let mut all: BTreeSet<String> = forms.values().flat_map(|f| placeholders(f)).collect();
                all.remove("count");
                (all, true)
            }
        };
        (key.to_string(), persona_template::Wording { placeholders, plural })
    };
    words.into_iter().flatten().map(shape).collect()
}
