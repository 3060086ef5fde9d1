//! Which language somebody reads, and how values are written in it.

mod shop;

use std::sync::Arc;

use persona_template::{Language, closest};
use persona_value::Value;
use shop::{ada, html_for, line_for};

#[test]
fn the_closest_language_is_read() {
    let read = |locale: &str, of: &str| {
        let of: Vec<Arc<str>> = of.split(' ').map(Arc::from).collect();
        closest(locale, &of).map(|at| of[at].to_string()).unwrap_or_default()
    };
    for (locale, of, expected) in [
        ("de", "en de", "de"),
        ("de-AT", "en de", "de"),
        ("de_AT.UTF-8", "en de de-AT", "de-AT"),
        ("DE", "en de", "de"),
        ("en-AU", "en-GB en-US", "en-GB"),
        ("en-AU", "en-GB en", "en"),
        // The likeliest country of a language without one, and the script that people of a country read.
        ("pt", "pt-PT pt-BR", "pt-BR"),
        ("pt-AO", "en pt-PT", "pt-PT"),
        ("zh-TW", "zh-Hans zh-Hant", "zh-Hant"),
        ("zh-HK", "zh en", ""),
        ("sr-Latn", "sr", ""),
        // Names of before.
        ("iw", "en he", "he"),
        ("no", "nb", "nb"),
        ("fr", "en de", ""),
        ("", "en", ""),
        ("<b>", "en", ""),
        ("english", "en", ""),
    ] {
        assert_eq!(read(locale, of), expected, "{locale} of {of}");
    }
}

#[test]
fn plurals_have_the_forms_of_their_language() {
    let forms = |language: &str| {
        let language = Language::new(&language.into(), None);
        [0, 1, 2, 5, 11, 21, -1].map(|n| language.plural(n)).join(" ")
    };
    assert_eq!(forms("en"), "other one other other other other one");
    assert_eq!(forms("fr"), "one one other other other other one");
    assert_eq!(forms("pl"), "many one few many many many one");
    assert_eq!(forms("ru"), "many one few many many one one");
    assert_eq!(forms("ar"), "zero one two few many many one");
    assert_eq!(forms("ja"), "other other other other other other other");
}

const VALUES: &str = "{{ cart_total }}|{{ discount }}|{{ birthday | default: \"\" }}|{{ signed_up }}|\
    {{ signed_up | date: \"%a, %-d. %B, %H:%M %%\" }}|{{ 12.5 | money: \"EUR\" }}|{{ prices | join: \" + \" }}";

#[test]
fn values_are_written_as_the_language_writes_them() {
    let written = |language: &str, locale: &str| line_for(&ada().reading(language, locale), VALUES);
    let nobody = line_for(&ada(), VALUES);
    assert_eq!(
        nobody,
        "£1,250.00|12.5%|10 December 1985|1 March 2026, 09:30|Sun, 1. March, 09:30 %|€12.50|£5.00 + £7.50"
    );
    // English of no country is what is written where there are no languages.
    assert_eq!(written("en", ""), nobody);
    assert_eq!(
        written("de", ""),
        "1.250,00\u{a0}£|12,5\u{a0}%|10. Dezember 1985|1. März 2026 um 09:30|So., 1. März, 09:30 %|12,50\u{a0}€|5,00\u{a0}£ + 7,50\u{a0}£"
    );
    // Somebody's own country, if they read this language.
    assert!(written("de", "de-CH").starts_with("£\u{a0}1'250.00|12.5%|"), "{}", written("de", "de-CH"));
    assert_eq!(written("de", "fr-CH"), written("de", ""));
    assert!(
        written("en", "en-US").contains("|December 10, 1985|March 1, 2026 at 9:30"),
        "{}",
        written("en", "en-US")
    );
    assert!(written("ru", "").contains("|10 декабря 1985\u{202f}г.|"), "{}", written("ru", ""));
    // What CLDR knows nothing of is written somehow.
    assert!(written("xx", "yy").contains("1,250.00"), "{}", written("xx", "yy"));
}

/// A sign of a language would be cut from a style, and mean something in an address.
#[test]
fn addresses_and_styles_are_written_alike_in_all() {
    let template = "<a style=\"width: {{ discount }}\" href=\"https://x.example/?sum={{ cart_total }}\">{{ discount }}</a>";
    assert_eq!(
        html_for(&ada().reading("de", "de"), template),
        "<a style=\"width: 12.5%\" href=\"https://x.example/?sum=%C2%A31%2C250.00\">12,5\u{a0}%</a>"
    );
}

/// Whatever a locale of the data is, and whatever the values are.
#[test]
fn no_locale_and_no_value_is_too_much() {
    for locale in [
        "de",
        "en-US",
        "ar",
        "fa-IR",
        "hi",
        "ja-JP-u-ca-japanese",
        "th-TH-u-nu-thai",
        "x-private",
        "-",
        "🙂",
        "a".repeat(5_000).as_str(),
    ] {
        for (name, value) in [
            ("birthday", Value::Date(jiff::civil::Date::MIN)),
            ("birthday", Value::Date(jiff::civil::Date::MAX)),
            ("signed_up", Value::Instant(jiff::Timestamp::MIN)),
            ("signed_up", Value::Instant(jiff::Timestamp::MAX)),
            ("cart_total", Value::Decimal("-99999999999999999.999999999".parse().unwrap())),
            ("discount", Value::Decimal("0".parse().unwrap())),
        ] {
            for language in ["en", "de", "ar", locale] {
                let line = line_for(&ada().with(name, value.clone()).reading(language, locale), VALUES);
                assert_eq!(line.split('|').count(), 7, "{line}");
            }
        }
    }
}
