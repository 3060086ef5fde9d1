//! Filters: what each takes, what it gives, what it does. One line a filter.

mod dates;
mod lists;
mod markup;
mod numbers;
mod text;

pub(crate) use dates::{fault as date_fault, written as written_date};
pub(crate) use lists::end_of;

use std::rc::Rc;

use jiff::tz::TimeZone;

use crate::cell::Cell;
use crate::data::Escape;
use crate::kind::Kind;
use crate::language::Language;

/// What a filter may look at besides its input and arguments.
#[derive(Clone)]
pub(crate) struct Setting {
    /// Types have been checked; else values are bent to fit, as Liquid does.
    pub typed: bool,
    pub escape: Escape,
    pub zone: TimeZone,
    pub now: jiff::Timestamp,
    /// That of the message, if it is written in several.
    pub language: Option<Rc<Language>>,
}

/// Runs a filter. `Err` is a sentence about why it cannot be.
pub(crate) type Run = fn(&Setting, &Cell, &[Cell]) -> Result<Cell, String>;

/// What a filter gives for what it is given, and whether that may be missing although nothing given is.
pub(crate) type Rule = fn(&Given) -> Result<Gift, Refusal>;

/// The kinds a filter is applied to.
pub(crate) struct Given<'a> {
    pub input: &'a Kind,
    pub arguments: &'a [Kind],
    /// The kind of the field named by the first argument of a [`Want::Field`] filter, and whether it may be missing.
    pub field: Option<(Kind, bool)>,
    /// The second argument is a number other than zero, written out.
    pub divisor_known: bool,
}

/// What a filter gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gift {
    pub kind: Kind,
    pub may_be_missing: bool,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// The value before the filter; what it takes instead.
    Input(String),
    /// The argument of this index; what it takes instead.
    Argument(usize, String),
}

/// What is taken, as input or argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// Anything; the rule decides.
    Any,
    /// Anything that prints as a line of text; it comes as text.
    Text,
    /// A whole number.
    Int,
    /// A number with or without a unit.
    Number,
    /// A list or range.
    List,
    /// The name of a field of the list's items, written out.
    Field,
    /// How to write a date, written out: `"%-d %B"`.
    Format,
}

/// One filter.
pub(crate) struct Filter {
    pub name: &'static str,
    pub input: Want,
    pub takes: &'static [Want],
    /// How many of the arguments cannot be left out.
    pub required: usize,
    pub rule: Rule,
    pub run: Run,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn filter(
    name: &'static str,
    input: Want,
    takes: &'static [Want],
    required: usize,
    rule: Rule,
    run: Run,
) -> Filter {
    Filter { name, input, takes, required, rule, run }
}

/// The filter of this name.
pub(crate) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|f| f.name == name)
}

use Want::{Any, Field, Format, Int, List, Number, Text};

pub(crate) static FILTERS: &[Filter] = &[
    // text
    filter("append", Text, &[Text], 1, text::joined, text::append),
    filter("prepend", Text, &[Text], 1, text::joined, text::prepend),
    filter("upcase", Text, &[], 0, text::text, text::upcase),
    filter("downcase", Text, &[], 0, text::text, text::downcase),
    filter("hashed", Text, &[], 0, text::text, text::hashed),
    filter("masked", Text, &[], 0, text::text, text::masked),
    filter("capitalize", Text, &[], 0, text::text, text::capitalize),
    filter("strip", Text, &[], 0, text::joined, text::strip),
    filter("lstrip", Text, &[], 0, text::joined, text::lstrip),
    filter("rstrip", Text, &[], 0, text::joined, text::rstrip),
    filter("strip_newlines", Text, &[], 0, text::joined, text::strip_newlines),
    filter("replace", Text, &[Text, Text], 1, text::text, text::replace),
    filter("replace_first", Text, &[Text, Text], 1, text::text, text::replace_first),
    filter("replace_last", Text, &[Text, Text], 2, text::text, text::replace_last),
    filter("remove", Text, &[Text], 1, text::text, text::remove),
    filter("remove_first", Text, &[Text], 1, text::text, text::remove_first),
    filter("remove_last", Text, &[Text], 1, text::text, text::remove_last),
    filter("split", Text, &[Text], 1, text::texts, text::split),
    filter("truncate", Text, &[Int, Text], 0, text::text, text::truncate),
    filter("truncatewords", Text, &[Int, Text], 0, text::text, text::truncatewords),
    filter("slice", Any, &[Int, Int], 1, text::sliced, text::slice),
    filter("size", Any, &[], 0, text::sized, text::size),
    filter("url_encode", Text, &[], 0, text::text, text::url_encode),
    filter("url_decode", Text, &[], 0, text::text, text::url_decode),
    filter("base64_encode", Text, &[], 0, text::text, text::base64_encode),
    filter("base64_decode", Text, &[], 0, text::text, text::base64_decode),
    filter("base64_url_safe_encode", Text, &[], 0, text::text, text::base64_url_safe_encode),
    filter("base64_url_safe_decode", Text, &[], 0, text::text, text::base64_url_safe_decode),
    // HTML
    filter("escape", Text, &[], 0, markup::markup, markup::escape),
    filter("h", Text, &[], 0, markup::markup, markup::escape),
    filter("escape_once", Text, &[], 0, markup::markup, markup::escape_once),
    filter("newline_to_br", Text, &[], 0, markup::markup, markup::newline_to_br),
    filter("strip_html", Text, &[], 0, text::text, markup::strip_html),
    filter("raw", Text, &[], 0, markup::markup, markup::raw),
    // numbers
    filter("plus", Number, &[Number], 1, numbers::same_unit, numbers::plus),
    filter("minus", Number, &[Number], 1, numbers::same_unit, numbers::minus),
    filter("times", Number, &[Number], 1, numbers::product, numbers::times),
    filter("divided_by", Number, &[Number], 1, numbers::quotient, numbers::divided_by),
    filter("modulo", Number, &[Number], 1, numbers::remainder, numbers::modulo),
    filter("at_least", Number, &[Number], 1, numbers::same_unit, numbers::at_least),
    filter("at_most", Number, &[Number], 1, numbers::same_unit, numbers::at_most),
    filter("abs", Number, &[], 0, numbers::unchanged, numbers::abs),
    filter("ceil", Number, &[], 0, numbers::whole, numbers::ceil),
    filter("floor", Number, &[], 0, numbers::whole, numbers::floor),
    filter("round", Number, &[Int], 0, numbers::rounded, numbers::round),
    filter("money", Number, &[Text], 0, numbers::money, numbers::show_money),
    // dates
    filter("date", Any, &[Format], 1, dates::date, dates::format),
    // lists
    filter("join", List, &[Text], 0, lists::joined, lists::join),
    filter("first", List, &[], 0, lists::item, lists::first),
    filter("last", List, &[], 0, lists::item, lists::last),
    filter("reverse", List, &[], 0, lists::unchanged, lists::reverse),
    filter("concat", List, &[List], 1, lists::united, lists::concat),
    filter("map", List, &[Field], 1, lists::fields, lists::map),
    filter("where", List, &[Field, Any], 1, lists::chosen, lists::choose),
    filter("reject", List, &[Field, Any], 1, lists::chosen, lists::reject),
    filter("find", List, &[Field, Any], 1, lists::found, lists::find),
    filter("find_index", List, &[Field, Any], 1, lists::index, lists::find_index),
    filter("has", List, &[Field, Any], 1, lists::truth, lists::has),
    filter("sort", List, &[Field], 0, lists::ordered, lists::sort),
    filter("sort_natural", List, &[Field], 0, lists::ordered, lists::sort_natural),
    filter("uniq", List, &[Field], 0, lists::unchanged, lists::uniq),
    filter("compact", List, &[Field], 0, lists::unchanged, lists::compact),
    filter("sum", List, &[Field], 0, lists::total, lists::sum),
];
