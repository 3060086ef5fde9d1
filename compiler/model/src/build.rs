//! Tree to model: collects what is declared, then checks each declaration against all others.

mod audience;
mod campaign;
mod content;
mod data;
mod destination;
mod experiment;
mod follows;
mod identity;
mod index;
mod journey;
mod policy;
mod recommend;
mod repeated;
mod retain;
mod science;
mod scope;
mod source;
mod start;
mod step;
mod test;
mod web;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use persona_diagnostics::catalogue::{
    duplicate_name::DuplicateName, missing_member::MissingMember, repeated_member::RepeatedMember,
    reserved_name::ReservedName,
};
use persona_diagnostics::{FileId, Problems, Sources, Span};
use persona_syntax::ast::{self, DeclarationKind as Kind, Name};
use persona_template::Kept;

use crate::beside::both;
use crate::doubt::Doubt;
use crate::infer::{Checker, Unread};
use crate::places::Places;
use crate::{Brand, Customer, Files, Index, Model, Named, Project, builtin};

/// What a program means. Everything that can be checked is, whatever else is wrong; the model is of use only where
/// no error was told.
pub fn build(
    project: &Project,
    parsed: &[ast::File],
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Model {
    build_again(project, parsed, files, &Kept::default(), sources, problems)
}

/// The same of a program that was looked at before, with what was kept of its templates then.
pub(crate) fn build_again(
    project: &Project,
    parsed: &[ast::File],
    files: &dyn Files,
    kept: &Kept,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Model {
    let declarations: Vec<&ast::Declaration> = parsed.iter().flat_map(ast::File::declarations).collect();
    let places: Places = declarations.iter().map(|d| d.span).collect();
    let (broken, lines) = (broken(&places, problems), mistaken_lines(sources, problems));
    let unread = Unread { words: words(sources, &lines), all: false };
    let parsers = problems.iter().count();
    // Templates in files are read first: from then on the sources are only looked at.
    let repeated = || repeated::check(parsed);
    let (repeated, templates) =
        both(repeated, || content::read_files(&declarations, files, sources, problems));
    problems.extend(repeated);

    let mut checker = Checker {
        project,
        sources,
        problems,
        customer: Customer::default(),
        events: builtin::events().into(),
        records: Vec::new(),
        entities: Named::default(),
        retentions: Vec::new(),
        traits: HashMap::new(),
        order: Vec::new(),
        path: Vec::new(),
        deep: false,
        models: HashMap::new(),
        without_fallback: BTreeSet::new(),
        recommendations: Vec::new(),
        segments: Named::default(),
        lifecycles: Vec::new(),
        rows: Vec::new(),
        proved: Default::default(),
        broken,
        unread,
        index: Index::default(),
        kept,
    };
    data::collect(&mut checker, &declarations);
    identity::attributes(&mut checker, &declarations);
    checker.unread.all = declarations.iter().any(|d| is_nameless(d));
    checker.unread.all |= match checker.customer.span {
        Some(customer) => checker.is_broken(customer),
        None => !checker.unread.words.is_empty(),
    };
    checker.retentions = retain::retentions(&mut checker, &declarations);
    audience::collect(&mut checker, &declarations);
    data::check(&mut checker, &declarations);
    let traits = audience::traits(&mut checker, &declarations);
    let segments = audience::segments(&mut checker, &declarations);
    let lifecycles = audience::lifecycles(&mut checker, &declarations);
    let predictions = science::predictions(&mut checker, &declarations);
    audience::circles(&mut checker, &traits, &segments, &lifecycles, &predictions);
    let recommendations = recommend::recommendations(&mut checker, &declarations);
    let fed = source::sources(&mut checker, &declarations, files);

    let mut model = Model {
        project: project.clone(),
        customer: checker.customer.clone(),
        events: checker.events.clone(),
        records: checker.records.clone(),
        entities: checker.entities.clone(),
        retentions: checker.retentions.clone(),
        sources: fed.into(),
        destinations: Named::default(),
        identity: None,
        traits: traits.into(),
        segments: audience::in_order(segments).into(),
        lifecycles: lifecycles.into(),
        predictions: predictions.into(),
        recommendations: recommendations.into(),
        experiments: Named::default(),
        coupons: Named::default(),
        consents: Named::default(),
        brand: Brand::default(),
        layouts: Named::default(),
        contents: Named::default(),
        emails: Named::default(),
        triggers: Named::default(),
        campaigns: Named::default(),
        policy: None,
        tests: Vec::new(),
        index: Index::default(),
        doubt: Doubt::default(),
    };
    model.consents = content::consents(&mut checker, &declarations).into();
    source::consents(&mut checker, &declarations, &model);
    model.brand = content::brand(&mut checker, &declarations);
    model.identity = identity::identity(&mut checker, &declarations, &model.sources);
    model.destinations = destination::destinations(&mut checker, &declarations, &model).into();
    let parameters = content::parameters(&mut checker, &declarations);
    journey::build(&mut checker, &declarations, &parameters, &mut model);
    model.coupons = content::coupons(&mut checker, &declarations, files).into();
    let flows = experiment::flows(&mut checker, &declarations, &parameters, &model);
    content::build(&mut checker, &declarations, &templates, &parameters, &flows, &mut model);
    journey::emails(&mut checker, &declarations);
    model.policy = policy::policy(&mut checker, &declarations);
    model.tests = test::tests(&mut checker, &declarations, &model);
    let mut index = std::mem::take(&mut checker.index);
    let flows = || {
        let mut problems = Problems::default();
        crate::flow::check(&model, &mut problems);
        crate::freshness::check(&model, &mut problems);
        problems
    };
    let names = || {
        index::definitions(&mut index, &declarations, &model);
        index.finish();
    };
    let (told, ()) = both(flows, names);
    problems.extend(told);
    model.index = index;
    let places: Places = declarations.iter().map(|d| d.span).collect();
    model.doubt = Doubt::of(problems, parsers, parsed, &places);
    follows::drop(problems, parsers, parsed, sources, &places);
    model
}

/// Where declarations lie that the parser told a mistake in, or just behind.
fn broken(declarations: &Places, problems: &Problems) -> Places {
    problems.iter().filter_map(|told| declarations.before(told.span()?)).collect()
}

/// Whether a declaration that others refer to gives no name, which was told.
fn is_nameless(declaration: &ast::Declaration) -> bool {
    match &declaration.kind {
        Kind::Record { name, .. }
        | Kind::Event { name, .. }
        | Kind::EventUnion { name, .. }
        | Kind::Entity { name, .. }
        | Kind::Trait { name, .. }
        | Kind::Segment { name, .. }
        | Kind::Layout { name, .. }
        | Kind::Content { name, .. } => name.is_none(),
        Kind::Consent(consent) => consent.name.is_none(),
        Kind::Source(source) => source.name.is_none(),
        Kind::Destination(destination) => destination.name.is_none(),
        Kind::Email(email) => email.name.is_none(),
        Kind::Coupon(coupon) => coupon.name.is_none(),
        Kind::Model(model) => model.name.is_none(),
        Kind::Recommend(recommend) => recommend.name.is_none(),
        _ => false,
    }
}

/// Lines that the parser told a mistake in.
fn mistaken_lines(sources: &Sources, problems: &Problems) -> BTreeSet<(FileId, usize)> {
    problems.iter().filter_map(|told| line_of(sources, told.span()?)).collect()
}

fn line_of(sources: &Sources, at: Span) -> Option<(FileId, usize)> {
    Some((at.file, sources.file(at.file).line_of(at.start)))
}

/// Every word of these lines.
fn words(sources: &Sources, lines: &BTreeSet<(FileId, usize)>) -> BTreeSet<String> {
    let text = |(file, line): &(FileId, usize)| {
        let file = sources.file(*file);
        file.text.get(file.line(*line)).unwrap_or("")
    };
    let parts = lines.iter().flat_map(|line| text(line).split(|c: char| !c.is_alphanumeric() && c != '_'));
    parts.filter(|word| !word.is_empty()).map(str::to_string).collect()
}

/// Names given by declarations of one kind, told when given twice.
pub(crate) struct Names {
    what: &'static str,
    /// Whether `Total` and `total` are two.
    exact: bool,
    first: HashMap<String, Option<Span>>,
    /// Names that mean something else, with what.
    reserved: &'static [(&'static str, &'static str)],
}

impl Names {
    pub fn new(what: &'static str) -> Names {
        Names { what, exact: false, first: HashMap::new(), reserved: &[] }
    }

    /// Of what is no name of a table or a column: there upper case and lower are told apart, as some warehouses do not.
    pub fn exact(what: &'static str) -> Names {
        Names { exact: true, ..Names::new(what) }
    }

    /// Of values that a customer has.
    pub fn of_values(what: &'static str) -> Names {
        Names { reserved: builtin::RESERVED, ..Names::new(what) }
    }

    fn key(&self, name: &str) -> String {
        if self.exact { name.to_string() } else { name.to_lowercase() }
    }

    /// A name that is taken from the start.
    pub fn built_in(&mut self, name: &str) {
        self.first.insert(self.key(name), None);
    }

    /// Where this name was declared, if it was.
    pub fn place(&self, name: &str) -> Option<Span> {
        self.first.get(&self.key(name)).copied().flatten()
    }

    /// Whether the name is new.
    pub fn add(&mut self, name: &Name, problems: &mut Problems) -> bool {
        let key = self.key(&name.text);
        if let Some((_, means)) = self.reserved.iter().find(|(reserved, _)| *reserved == name.text) {
            let (name, at) = (name.text.clone(), name.span);
            problems.report(ReservedName { name, at, means: means.to_string() });
        }
        match self.first.get(&key) {
            Some(first_at) => {
                problems.report(DuplicateName {
                    what: self.what.to_string(),
                    name: name.text.clone(),
                    again_at: name.span,
                    first_at: *first_at,
                });
                false
            }
            None => {
                self.first.insert(key, Some(name.span));
                true
            }
        }
    }
}

impl Checker<'_> {
    /// Whether something seems to be missing here only because a mistake hides it.
    pub(crate) fn is_broken(&self, at: Span) -> bool {
        self.broken.around(at).is_some()
    }

    /// Whether a mistake was told at this very place.
    pub(crate) fn is_told(&self, at: Span) -> bool {
        self.problems.any_at(at)
    }

    /// Whether one was told in here.
    pub(crate) fn is_told_in(&self, part: Span) -> bool {
        self.problems.any_in(part)
    }

    fn missing_member(&mut self, what: String, lacks: &str, at: Span, form: &str) {
        if self.is_broken(at) {
            return;
        }
        let (lacks, form) = (lacks.to_string(), form.to_string());
        self.problems.report(MissingMember { what, lacks, at, elsewhere: form.starts_with("brand "), form });
    }

    fn repeated(&mut self, what: &str, spans: &[Span]) {
        if let [first_at, again_at, ..] = spans {
            let (first_at, again_at) = (*first_at, *again_at);
            self.problems.report(RepeatedMember { what: what.to_string(), again_at, first_at });
        }
    }
}

fn shared(text: &str) -> Arc<str> {
    text.into()
}
