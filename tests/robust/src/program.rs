//! Programs: parsed, laid out, checked, and compiled to SQL.

use std::path::Path;
use std::sync::OnceLock;

use persona_diagnostics::render::{Style, concise, github, human, json, sarif};
use persona_diagnostics::{FileId, Problems, Sources, Told, fix};
use persona_model::{Files, Model, Project};
use persona_plan::lower::{Profiles, staging};
use persona_plan::{Plan, Tables};
use persona_sql::{Options, Target};
use persona_syntax::Token;

/// A shop, so that the names a text uses may well mean something.
pub const PRELUDE: &str = include_str!("prelude.persona");

/// A project's settings.
const SETTINGS: &str = "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\ncurrency = \"GBP\"\n";

/// The text is kept byte for byte, and laid out without losing anything.
pub fn parsed(text: &str) {
    let mut problems = Problems::default();
    let file = persona_syntax::parse(FileId(0), text, &mut problems);
    assert_eq!(file.tree().text().to_string(), text, "the tree keeps every byte");
    let inside = |told: &Told| told.labels.iter().all(|l| is_place(text, l.span.start, l.span.end));
    assert!(problems.iter().all(inside), "every problem lies in the text: {problems:#?}");
    assert!(file.declarations().iter().all(|d| is_place(text, d.span.start, d.span.end)));
}

fn is_place(text: &str, start: u32, end: u32) -> bool {
    text.get(start as usize..end as usize).is_some()
}

/// Laying out again changes nothing, and nothing but space and the ends of lines changes at all.
pub fn formatted(text: &str) {
    let once = persona_format::format(text);
    assert_eq!(persona_format::format(&once), once, "laying out again changes nothing");
    assert_eq!(words(&once), words(text), "no word is lost, changed or moved");
}

/// Everything in a text but comments and space.
fn words(text: &str) -> Vec<String> {
    let solid = |token: &Token| !token.kind.is_trivia();
    let written = |token: Token| text[token.start..token.end].replace("\r\n", "\n").trim_end().to_string();
    persona_syntax::lex(text).into_iter().filter(solid).map(written).collect()
}

/// What is known of a program.
pub struct Checked {
    /// Its files.
    pub sources: Sources,
    /// What is wrong with it.
    pub problems: Problems,
    /// What it means; to be trusted only without errors.
    pub model: Model,
}

/// A project of these texts, with nothing on disk: every file that a program names holds `file`.
struct Texts<'a> {
    file: &'a str,
}

impl Files for Texts<'_> {
    fn read(&self, _: &Path) -> Result<String, String> {
        Ok(self.file.to_string())
    }

    fn exists(&self, _: &Path) -> bool {
        true
    }

    fn folder(&self) -> String {
        "a test".into()
    }
}

/// Checks programs together; every file they name holds `file`.
pub fn checked(texts: &[&str], file: &str) -> Checked {
    static PROJECT: OnceLock<Project> = OnceLock::new();
    let mut sources = Sources::default();
    let mut problems = Problems::default();
    let settings = sources.add("persona.toml", SETTINGS);
    let project = PROJECT.get_or_init(|| {
        Project::parse(settings, SETTINGS, &mut Problems::default()).expect("these settings are right")
    });
    let mut parsed = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let id = sources.add(format!("{index}.persona"), *text);
        parsed.push(persona_syntax::parse(id, text, &mut problems));
    }
    let files = Texts { file };
    let model = persona_model::build(project, &parsed, &files, &mut sources, &mut problems);
    persona_logic::check(&model, &mut problems);
    persona_syntax::allow(&mut problems, &sources);
    Checked { sources, problems, model }
}

impl Checked {
    /// Every problem can be told in every format and lies in its file; certain fixes can be carried out.
    pub fn tell(&self) {
        let told = self.problems.sorted(&self.sources);
        for (index, told) in told.iter().enumerate() {
            for label in &told.labels {
                let text = &self.sources.file(label.span.file).text;
                assert!(is_place(text, label.span.start, label.span.end), "it lies in its file: {told:#?}");
            }
            // Drawing is the slow part, and what the first ones did not show the hundredth rarely does.
            if index < 20 {
                human(told, &self.sources, Style::PLAIN);
            }
            concise(told, &self.sources);
            github(told, &self.sources, Path::new(""));
            json(told, &self.sources);
        }
        sarif(&told, self.problems.allowed(), &self.sources, Path::new(""), "0");
        for (file, fixes) in fix::certain(&told) {
            fix::apply(&self.sources.file(file).text, &fixes);
        }
    }
}

/// Whether a text can only be a program by itself, since it says what a customer is.
fn whole(text: &str) -> bool {
    text.contains("customer {")
}

/// A text is checked, alone or beside a shop, and told of. If nothing is wrong, it goes all the way.
pub fn program(text: &str) {
    let checked = if whole(text) { checked(&[text], "") } else { checked(&[PRELUDE, text], "") };
    checked.tell();
    if !checked.problems.any_error() {
        compiled(&checked.model);
    }
}

/// A program without errors becomes SQL in every dialect, and plans that the reference evaluator carries out.
pub fn compiled(model: &Model) {
    let now = "2026-06-21T09:00:00Z".parse().unwrap();
    let mut tables = Tables::new();
    let try_out = |name: &str, plan: &Plan, tables: &Tables| {
        persona_plan::check(plan).unwrap_or_else(|e| panic!("{name}: {e}\n{plan}"));
        for dialect in Target::ALL {
            let options = Options { schema: vec!["persona".into()], ..Options::default() };
            let text = persona_sql::query(plan, dialect, &options);
            assert!(text.is_ok(), "{name} as {dialect}: {text:?}");
        }
        // Sources have no rows here, and the tables of a warehouse are not at hand.
        persona_plan::evaluate(plan, tables, now).ok()
    };
    for staged in staging(model) {
        if let Some(rows) = try_out(&staged.table, &staged.plan, &tables) {
            tables.insert(persona_plan::Place::Own(staged.table.clone()), rows);
        }
    }
    try_out("profile", &Profiles::everything(model, &[]), &tables);
    for t in &model.traits {
        try_out(&t.name, &Profiles::trait_(model, &t.name), &tables);
    }
    for s in &model.segments {
        try_out(&s.name, &Profiles::segment(model, &s.name), &tables);
    }
    for l in &model.lifecycles {
        try_out(&l.name, &Profiles::lifecycle(model, &l.name), &tables);
    }
}
