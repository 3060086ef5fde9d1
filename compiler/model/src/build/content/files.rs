//! Files that e-mails name: bodies, and the words of their languages.

use std::collections::HashMap;
use std::path::Path;

use persona_diagnostics::catalogue::file_not_found::FileNotFound;
use persona_diagnostics::{FileId, Problems, Sources, Span};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind};

use crate::Files;

/// The texts of files, by where they are named.
#[derive(Default)]
pub(in crate::build) struct Read {
    /// Bodies.
    pub bodies: HashMap<Span, FileId>,
    /// The words of a language, by that, too.
    pub strings: HashMap<(Span, String), FileId>,
}

/// Reads every file that a template needs, once.
pub(in crate::build) fn read_files(
    declarations: &[&Declaration],
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Read {
    let mut read = Read::default();
    let mut open = |path: String, at: Span| {
        if let Some(id) = sources.find(Path::new(&path)) {
            return Some(id);
        }
        match files.read(Path::new(&path)) {
            Ok(content) => Some(sources.add(&path, content)),
            Err(why) => {
                problems.report(FileNotFound { path, at, why, looked_in: files.folder() });
                None
            }
        }
    };
    for declaration in declarations {
        let bodies: Vec<&ast::Body> = match &declaration.kind {
            Kind::Layout { body, .. } => body.iter().collect(),
            Kind::Email(email) => email.bodies.iter().collect(),
            Kind::Experiment(experiment) => experiment.variants.iter().flat_map(|v| &v.bodies).collect(),
            _ => continue,
        };
        for text in bodies.into_iter().filter(|b| b.is_file).filter_map(|b| b.text.as_ref()) {
            if let Some(id) = open(text.value(), text.span) {
                read.bodies.insert(text.span, id);
            }
        }
        if let Kind::Email(email) = &declaration.kind
            && let (Some(path), Some(locales)) = (&email.strings, &email.locales)
        {
            for locale in &locales.of {
                if let Some(id) = open(path.value().replace(LOCALE, &locale.text), path.span) {
                    read.strings.insert((path.span, locale.text.clone()), id);
                }
            }
        }
    }
    read
}

/// What stands for the language in a path.
pub(super) const LOCALE: &str = "{locale}";
