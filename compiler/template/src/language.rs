//! Languages: which of several a customer reads, and how plurals, money and dates are written in it, as CLDR says.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use fixed_decimal::Decimal as Digits;
use icu_calendar::Gregorian;
use icu_datetime::fieldsets::{T, YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use icu_datetime::options::TimePrecision;
use icu_datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames};
use icu_datetime::{DateTimeFormatter, NoCalendarFormatter};
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_experimental::duration::options::{BaseStyle, DurationFormatterOptions};
use icu_experimental::duration::{
    Duration, DurationFormatter, DurationSign, ValidatedDurationFormatterOptions,
};
use icu_locale::{LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleExpander};
use icu_plurals::{PluralCategory, PluralRules};
use jiff::civil;
use persona_value::{Currency, Decimal};
use writeable::TryWriteable;

/// The language of a message.
#[derive(Debug)]
pub struct Language {
    /// That of its texts, as it is declared.
    name: Arc<str>,
    plurals: Option<PluralRules>,
    /// How values are written; none: as where there are no languages.
    values: Option<Locale>,
    day: OnceCell<Option<DateTimeFormatter<YMD>>>,
    moment: OnceCell<Option<DateTimeFormatter<YMDT>>>,
}

impl Language {
    /// A language by its name, for a customer of this locale. Values are written as in the customer's country, if its people
    /// read that language: money in a German text has the form of Austria for an Austrian. English that is said to be of no
    /// country is that of templates without languages.
    pub fn new(name: &Arc<str>, customer: Option<&str>) -> Language {
        let text = locale(name);
        let customer = customer.and_then(locale);
        let own = customer.filter(|own| text.as_ref().is_some_and(|text| alike(own, text)));
        let values =
            own.or_else(|| text.clone()).filter(|l| *l != icu_locale::langid!("en")).map(Locale::from);
        let plurals = text.and_then(|text| PluralRules::try_new_cardinal((&Locale::from(text)).into()).ok());
        Language { name: name.clone(), plurals, values, day: OnceCell::new(), moment: OnceCell::new() }
    }

    /// Its name, as it is declared.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The form of the plural for a number, by its name in CLDR.
    pub fn plural(&self, count: i64) -> &'static str {
        self.plurals.as_ref().map_or("other", |rules| form(rules.category_for(count.unsigned_abs())))
    }

    /// An amount with so many places behind the point.
    pub(crate) fn money(&self, amount: Decimal, currency: Currency, places: u32) -> Option<String> {
        let locale = self.values.as_ref()?;
        let code = currency.code().parse().ok()?;
        let formatter = CurrencyFormatter::try_new_symbol(locale.into(), code, Default::default()).ok()?;
        let digits: Digits = amount.to_fixed(places).parse().ok()?;
        Some(formatter.format_fixed_decimal(&digits).to_string())
    }

    /// So many hundredths.
    pub(crate) fn percent(&self, percent: Decimal) -> Option<String> {
        let locale = self.values.as_ref()?;
        let formatter = PercentFormatter::try_new(locale.into(), Default::default()).ok()?;
        let digits: Digits = percent.to_string().parse().ok()?;
        Some(formatter.format(&digits).to_string())
    }

    /// A day in words.
    pub(crate) fn date(&self, date: civil::Date) -> Option<String> {
        let locale = self.values.as_ref()?;
        let day = self.day.get_or_init(|| DateTimeFormatter::try_new(locale.into(), YMD::long()).ok());
        Some(day.as_ref()?.format(&gregorian(date)?).to_string())
    }

    /// A day in words, and the time on the clock.
    pub(crate) fn moment(&self, moment: civil::DateTime) -> Option<String> {
        let locale = self.values.as_ref()?;
        let minutes = || YMDT::long().with_time_precision(TimePrecision::Minute);
        let formatter = self.moment.get_or_init(|| DateTimeFormatter::try_new(locale.into(), minutes()).ok());
        let moment = DateTime { date: gregorian(moment.date())?, time: clock(moment.time())? };
        Some(formatter.as_ref()?.format(&moment).to_string())
    }

    /// The time on the clock.
    pub(crate) fn time(&self, time: civil::Time) -> Option<String> {
        let locale = self.values.as_ref()?;
        let minutes = T::medium().with_time_precision(TimePrecision::Minute);
        let formatter = NoCalendarFormatter::try_new(locale.into(), minutes).ok()?;
        Some(formatter.format(&clock(time)?).to_string())
    }

    /// A length of time.
    pub(crate) fn duration(&self, seconds: i64) -> Option<String> {
        let locale = self.values.as_ref()?;
        let mut options = DurationFormatterOptions::default();
        options.base = BaseStyle::Long;
        let options = ValidatedDurationFormatterOptions::validate(options).ok()?;
        let formatter = DurationFormatter::try_new(locale.into(), options).ok()?;
        let rest = seconds.unsigned_abs();
        let duration = Duration {
            sign: if seconds < 0 { DurationSign::Negative } else { DurationSign::Positive },
            days: rest / 86_400,
            hours: rest / 3_600 % 24,
            minutes: rest / 60 % 60,
            seconds: rest % 60,
            ..Duration::new()
        };
        Some(formatter.format(&duration).to_string()).filter(|text| !text.is_empty())
    }

    /// The name of a month or of a day of the week, by a pattern of CLDR: `MMMM`, `EEE`.
    pub(crate) fn name_of(&self, pattern: &str, date: civil::Date) -> Option<String> {
        let locale = self.values.as_ref()?;
        let pattern: DateTimePattern = pattern.parse().ok()?;
        let mut names: FixedCalendarDateTimeNames<Gregorian> =
            FixedCalendarDateTimeNames::try_new(locale.into()).ok()?;
        let named = names.include_for_pattern(&pattern).ok()?;
        let at = DateTime { date: gregorian(date)?, time: clock(civil::Time::midnight())? };
        named.format(&at).try_write_to_string().ok().map(Cow::into_owned)
    }
}

/// Which of these languages somebody of this locale reads, if any: the same, that of the same country, that of none, or
/// else the first of the same language in the same script.
pub fn closest(wanted: &str, of: &[Arc<str>]) -> Option<usize> {
    let wanted = locale(wanted)?;
    let known: Vec<_> = of.iter().map(|name| locale(name)).collect();
    let find =
        |fits: &dyn Fn(&LanguageIdentifier) -> bool| known.iter().position(|l| l.as_ref().is_some_and(fits));
    let whole = maximized(&wanted);
    find(&|l| *l == wanted)
        .or_else(|| find(&|l| alike(l, &wanted) && maximized(l).region == whole.region))
        .or_else(|| find(&|l| alike(l, &wanted) && l.region.is_none()))
        .or_else(|| find(&|l| alike(l, &wanted)))
}

/// The forms that whole numbers have in a language, by their names in CLDR: each with the first number up to 1,000 that it is for, if
/// there is one.
pub fn plural_forms(language: &str) -> Vec<(&'static str, Option<u64>)> {
    let Some(locale) = locale(language).map(Locale::from) else { return Vec::new() };
    let Ok(rules) = PluralRules::try_new_cardinal((&locale).into()) else { return Vec::new() };
    let first = |category| (0..=1_000u64).find(|n| rules.category_for(*n) == category);
    rules.categories().map(|category| (form(category), first(category))).collect()
}

/// A form's name.
fn form(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

/// What a locale says of language, script and country: `de-AT`, also as `de_AT.UTF-8`.
fn locale(name: &str) -> Option<LanguageIdentifier> {
    let name = name.split(['.', '@']).next().unwrap_or(name).trim().replace('_', "-");
    let mut locale = Locale::from(name.parse::<Locale>().ok()?.id);
    LocaleCanonicalizer::new_common().canonicalize(&mut locale);
    // Norwegian without more is Bokmål, as everybody but CLDR's table of old names says.
    if locale.id.language == icu_locale::subtags::language!("nb") {
        locale.id.language = icu_locale::subtags::language!("no");
    }
    Some(locale.id)
}

/// With script and country, where it names none the likeliest.
fn maximized(locale: &LanguageIdentifier) -> LanguageIdentifier {
    let mut whole = locale.clone();
    LocaleExpander::new_extended().maximize(&mut whole);
    whole
}

/// Whether who reads one reads the other.
fn alike(left: &LanguageIdentifier, right: &LanguageIdentifier) -> bool {
    let (left, right) = (maximized(left), maximized(right));
    (left.language, left.script) == (right.language, right.script)
}

fn gregorian(date: civil::Date) -> Option<Date<Gregorian>> {
    let part = |n: i8| u8::try_from(n).ok();
    Date::try_new_gregorian(date.year().into(), part(date.month())?, part(date.day())?).ok()
}

fn clock(time: civil::Time) -> Option<Time> {
    let part = |n: i8| u8::try_from(n).ok();
    Time::try_new(part(time.hour())?, part(time.minute())?, part(time.second())?, 0).ok()
}
