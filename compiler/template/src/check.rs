//! A template checked against the names of its place, and compiled.
//!
//! One walk does it all: names become slots, types decide how values print and compare, what is proved present on
//! the way here decides where a fallback is asked for, and the HTML around a value decides how it is escaped.

mod blocks;
mod choices;
mod compare;
mod condition;
mod filters;
mod flow;
mod literal;
mod loops;
mod mentions;
mod templates;
mod translate;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use persona_diagnostics::{Problem, Problems, Severity, Span};

pub(crate) use self::literal::TAGS;

use self::flow::{Flow, Origins};
use crate::choice::Choice;
use crate::code::{Compiled, Program, Slots};
use crate::data::Escape;
use crate::kind::Kind;
use crate::scope::{Scope, Uses};
use crate::tree::Template;

/// Every filter by its name, and how it is written.
pub fn filters() -> impl Iterator<Item = (&'static str, String)> {
    let default = ("default", "| default: \"friend\"".to_string());
    std::iter::once(default).chain(crate::filter::FILTERS.iter().map(|f| (f.name, self::filters::form(f))))
}

/// Checks a template where it is rendered, and compiles it for that place. The result is to be rendered only if no
/// problem was an error. Text for an HTML document and plain text are compiled apart: `escape` says which it is.
pub fn check(
    template: &Template,
    scope: &dyn Scope,
    escape: Escape,
    problems: &mut Problems,
) -> (Compiled, Uses) {
    let mut checker = Checker {
        scope,
        escape,
        literal: template.written.is_none(),
        problems,
        quiet: 0,
        errors: 0,
        uses: Uses::default(),
        roots: Vec::new(),
        slots: Slots::default(),
        names: BTreeMap::new(),
        origins: BTreeMap::new(),
        counters: BTreeMap::new(),
        loops: Vec::new(),
        flow: Flow::new().with(&scope.present()),
        captured: Vec::new(),
        leaving: Vec::new(),
        choices: Vec::new(),
    };
    if let Some(written) = &template.written {
        checker.written(written);
    }
    let body = checker.nodes(&template.nodes);
    checker.ends_as_it_began(&Flow::new().html, template.span().after());
    let program = Program {
        body,
        escape,
        typed: true,
        roots: checker.roots,
        names: BTreeMap::new(),
        slots: checker.slots,
        choices: checker.choices,
    };
    (Compiled { program: Arc::new(program) }, checker.uses)
}

struct Checker<'a> {
    scope: &'a dyn Scope,
    escape: Escape,
    /// Whether its literal text is that of the file: Markdown's was looked at before it was made into HTML.
    literal: bool,
    problems: &'a mut Problems,
    /// Problems are not told while a loop's inside is walked to see what it assigns.
    quiet: u32,
    /// How many errors were found, told or not.
    errors: usize,
    uses: Uses,
    roots: Vec<Arc<str>>,
    slots: Slots,
    /// Slots of assigned variables by name.
    names: BTreeMap<Arc<str>, usize>,
    /// Where each variable was met first, by slot.
    origins: BTreeMap<usize, Span>,
    counters: BTreeMap<Arc<str>, usize>,
    /// Loops around this point, the innermost last.
    loops: Vec<LoopScope>,
    flow: Flow,
    /// What is printed inside each `capture` around.
    captured: Vec<Origins>,
    /// For each loop around: what is known where it is left or gone on with early.
    leaving: Vec<Vec<Flow>>,
    /// What was decided so far, around this point.
    choices: Vec<Choice>,
}

/// A loop's variable.
struct LoopScope {
    name: Arc<str>,
    slot: usize,
    kind: Kind,
    from: Origins,
}

impl Checker<'_> {
    fn report<P: Problem>(&mut self, problem: P) {
        self.errors += usize::from(P::SEVERITY == Severity::Error);
        if self.quiet == 0 && !self.flow.dead {
            self.problems.report(problem);
        }
    }

    fn root(&mut self, name: &str) -> usize {
        match self.roots.iter().position(|root| &**root == name) {
            Some(slot) => slot,
            None => {
                self.roots.push(name.into());
                self.roots.len() - 1
            }
        }
    }

    fn new_variable(&mut self) -> usize {
        self.slots.variables += 1;
        self.slots.variables - 1
    }

    /// The slot of an assigned variable.
    fn variable(&mut self, name: &Arc<str>) -> usize {
        if let Some(slot) = self.names.get(name) {
            return *slot;
        }
        let slot = self.new_variable();
        self.names.insert(name.clone(), slot);
        slot
    }

    fn counter(&mut self, name: &Arc<str>) -> usize {
        let next = self.counters.len();
        let slot = *self.counters.entry(name.clone()).or_insert(next);
        self.slots.counters = self.counters.len();
        slot
    }

    /// Goes on from where any of these ways end; tells where they leave the HTML at different places.
    fn meet(&mut self, ways: Vec<Flow>, at: Span, repeats: bool) {
        use persona_diagnostics::catalogue::uneven_branches::{Uneven, UnevenBranches};
        let mut uneven = false;
        let joined = ways.into_iter().reduce(|left, right| {
            let (flow, even) = flow::join(left, right);
            uneven |= !even;
            flow
        });
        if let Some(joined) = joined {
            self.flow = joined;
        }
        if uneven && self.escape == Escape::Html {
            let uneven = if repeats { Uneven::Inside } else { Uneven::Parts };
            self.report(UnevenBranches { span: at, uneven });
        }
    }

    /// The HTML must stand where it stood before.
    fn ends_as_it_began(&mut self, before: &crate::html::State, at: Span) {
        use persona_diagnostics::catalogue::uneven_branches::{Uneven, UnevenBranches};
        if self.escape == Escape::Html && !self.flow.dead && self.flow.html.join(before).is_none() {
            self.report(UnevenBranches { span: at, uneven: Uneven::Inside });
            self.flow.html = before.clone();
        }
    }
}
