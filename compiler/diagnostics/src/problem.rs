//! The shape of a problem, from its facts to the words about it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::source::{Sources, Span};

/// The name of a kind of problem, in kebab case: `missing-fallback`. Also its page and its folder.
pub type Code = &'static str;

/// How bad it is: an error stops everything after `check`, a warning nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program is refused.
    Error,
    /// The program stands, and probably does not do what was meant.
    Warning,
}

/// Facts of one kind of problem. One folder of [`crate::catalogue`] each: facts, words, fixes, page.
pub trait Problem {
    /// Its name, which is the folder's with `-` for `_`.
    const CODE: Code;
    /// Whether it stops the program.
    const SEVERITY: Severity = Severity::Error;
    /// Puts the facts into words.
    fn tell(&self, to: &mut Report);
}

/// A place and what is to be said there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; a phrase in lower case without a full stop.
    pub text: String,
}

/// A remedy: a sentence, and code that can be pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// What to do.
    pub text: String,
    /// The code to write, if it is code.
    pub paste: Option<String>,
}

/// A change of text that carries out a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
    /// Whether it is certain; only certain fixes are applied without asking.
    pub certain: bool,
}

/// What is being written about one problem: headline, labels, helps, notes, fix.
#[derive(Clone, Debug, Default)]
pub struct Report {
    headline: String,
    labels: Vec<Label>,
    helps: Vec<Help>,
    notes: Vec<String>,
    fix: Option<Fix>,
    cause: Option<String>,
}

impl Fix {
    /// A change that is certain: nothing else can be meant.
    pub fn certain(span: Span, text: impl Into<String>) -> Fix {
        Fix { span, text: text.into(), certain: true }
    }
}

impl Report {
    /// A full sentence in lower case without a stop, true and sufficient alone, at most 80 columns.
    pub fn headline(&mut self, text: impl Into<String>) {
        self.headline = text.into();
    }
    /// A label. The first one is the primary: the place the problem is reported at.
    pub fn label(&mut self, span: Span, text: impl Into<String>) {
        self.labels.push(Label { span, text: text.into() });
    }
    /// A second label where there is a place for it (a declaration may lie outside the program).
    pub fn label_maybe(&mut self, span: Option<Span>, text: impl Into<String>) {
        if let Some(span) = span {
            self.label(span, text);
        }
    }
    /// A remedy in words.
    pub fn help(&mut self, text: impl Into<String>) {
        self.helps.push(Help { text: text.into(), paste: None });
    }
    /// A remedy with the code to write.
    pub fn paste(&mut self, text: impl Into<String>, code: impl Into<String>) {
        self.helps.push(Help { text: text.into(), paste: Some(code.into()) });
    }
    /// "did you mean …?", with its fix, where something is near enough to suggest.
    pub fn did_you_mean(&mut self, span: Span, suggestion: Option<&str>) {
        if let Some(name) = suggestion {
            self.help(format!("did you mean `{name}`?"));
            self.fix = Some(Fix { span, text: name.to_string(), certain: false });
        }
    }
    /// A fact of the language or of the user's data; not a remedy.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
    /// What is to blame, where the same thing shows in many places: problems of one kind with one cause are one, told
    /// at the first place and pointing at the others.
    pub fn cause(&mut self, cause: impl Into<String>) {
        self.cause = Some(cause.into());
    }
    /// The change that carries out the remedy.
    pub fn fix(&mut self, span: Span, text: impl Into<String>, certain: bool) {
        self.fix = Some(Fix { span, text: text.into(), certain });
    }
}

/// A problem in words, ready to be drawn in any format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its name.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// The sentence that suffices alone.
    pub headline: String,
    /// Places; the first is where it is reported.
    pub labels: Vec<Label>,
    /// Remedies.
    pub helps: Vec<Help>,
    /// Facts.
    pub notes: Vec<String>,
    /// A change that carries out a remedy.
    pub fix: Option<Fix>,
    /// What is to blame, if it may show in more places than one.
    pub cause: Option<String>,
}

impl Told {
    /// Where it is reported.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|l| l.span)
    }

    /// The names that the headline speaks of: what it has in back-quotes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.headline.split('`').skip(1).step_by(2)
    }
}

/// A warning that a comment of the program allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The warning.
    pub told: Told,
    /// Why it is right here, in the program's words.
    pub reason: String,
}

/// What is said at the other places that have the same cause.
const ALSO: &str = "and here";

/// A cause that shows in more places than this points at the first ones, and says how many there are.
const MAX_PLACES: usize = 4;

/// Collects problems while the compiler goes on.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    told: Vec<Told>,
    /// Which lie where: what is asked for every name of a program must not look through every problem.
    places: BTreeMap<Option<Span>, Vec<usize>>,
    /// Which one has which cause, and in how many more places it shows than it has labels for.
    causes: BTreeMap<(Code, String), (usize, usize)>,
    allowed: Vec<Allowed>,
    /// Whether those of one cause stay as many as they are.
    apart: bool,
}

impl Problems {
    /// For a part of the work whose problems others take over by [`Problems::extend`]: only there those of one cause
    /// become one, so that it is told with all its places, whoever found them.
    pub fn apart() -> Problems {
        Problems { apart: true, ..Problems::default() }
    }

    /// Puts a problem into words and keeps it. The same problem at the same place is kept once.
    pub fn report<P: Problem>(&mut self, problem: P) {
        let mut to = Report::default();
        problem.tell(&mut to);
        let told = Told {
            code: P::CODE,
            severity: P::SEVERITY,
            headline: to.headline,
            labels: to.labels,
            helps: to.helps,
            notes: to.notes,
            fix: to.fix,
            cause: to.cause,
        };
        self.keep_once(told);
    }

    fn keep_once(&mut self, told: Told) {
        let here = self.places.get(&told.span()).map_or(&[][..], Vec::as_slice);
        if !here.iter().any(|i| self.told[*i] == told) {
            self.keep(told);
        }
    }

    fn keep(&mut self, told: Told) {
        if let (Some(cause), false) = (&told.cause, self.apart) {
            let new = (self.told.len(), 0);
            match self.causes.entry((told.code, cause.clone())) {
                Entry::Vacant(entry) => drop(entry.insert(new)),
                Entry::Occupied(mut entry) => {
                    let (first, more) = entry.get_mut();
                    self.places.entry(told.span()).or_default().push(*first);
                    return Self::also(&mut self.told[*first], told, more);
                }
            }
        }
        self.places.entry(told.span()).or_default().push(self.told.len());
        self.told.push(told);
    }

    /// The same cause shows in another place.
    fn also(first: &mut Told, told: Told, more: &mut usize) {
        let is_place = |label: &Label| label.text == ALSO;
        let Some(span) = told.span().filter(|span| first.labels.iter().all(|l| l.span != *span)) else {
            return;
        };
        if first.labels.iter().filter(|l| is_place(l)).count() + 1 < MAX_PLACES {
            let after = first.labels.iter().rposition(is_place).unwrap_or(0) + 1;
            first.labels.insert(after, Label { span, text: ALSO.to_string() });
            return;
        }
        if *more > 0 {
            first.notes.pop();
        }
        *more += 1;
        let places = if *more == 1 { "one more place".to_string() } else { format!("{more} more places") };
        first.notes.push(format!("and in {places}"));
    }

    /// Whether a problem was told at this very place.
    pub fn any_at(&self, place: Span) -> bool {
        self.places.contains_key(&Some(place))
    }

    /// Whether one was told in here.
    pub fn any_in(&self, part: Span) -> bool {
        let (first, last) = (Span { end: part.start, ..part }, Span { start: part.end, ..part });
        self.places.range(Some(first)..=Some(last)).any(|(at, _)| at.is_some_and(|at| part.holds(at)))
    }

    /// Whether any problem is an error.
    pub fn any_error(&self) -> bool {
        self.told.iter().any(|t| t.severity == Severity::Error)
    }

    /// How many of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.told.iter().filter(|t| t.severity == severity).count()
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Everything told so far, in the order it was found.
    pub fn iter(&self) -> impl Iterator<Item = &Told> {
        self.told.iter()
    }

    /// Keeps those that `keep` is true for, given their index and themselves.
    pub fn retain(&mut self, keep: impl Fn(usize, &Told) -> bool) {
        for (index, told) in self.take().into_iter().enumerate() {
            if keep(index, &told) {
                self.keep(told);
            }
        }
    }

    /// Everything told, which is told no more.
    fn take(&mut self) -> Vec<Told> {
        self.places.clear();
        self.causes.clear();
        std::mem::take(&mut self.told)
    }

    /// Sets aside the problems that `reason` gives a reason for.
    pub fn allow(&mut self, reason: impl Fn(&Told) -> Option<String>) {
        for told in self.take() {
            match reason(&told) {
                Some(reason) => self.allowed.push(Allowed { told, reason }),
                None => self.keep(told),
            }
        }
    }

    /// What was set aside as allowed, in the order it was found.
    pub fn allowed(&self) -> &[Allowed] {
        &self.allowed
    }

    /// Takes over what another phase found, but for what is told already.
    pub fn extend(&mut self, other: Problems) {
        other.told.into_iter().for_each(|told| self.keep_once(told));
        self.allowed.extend(other.allowed);
    }

    /// Everything in words, by path and place.
    pub fn sorted(&self, sources: &Sources) -> Vec<Told> {
        let mut told = self.told.clone();
        told.sort_by_cached_key(|t| t.span().map(|s| (sources.file(s.file).path.clone(), s.start, s.end)));
        told
    }
}
