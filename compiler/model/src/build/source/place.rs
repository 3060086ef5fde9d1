//! Where the rows of a source come from.

use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::catalogue::{file_not_found::FileNotFound, misplaced::Misplaced};
use persona_syntax::ast;

use super::super::{Names, shared, web};
use crate::infer::Checker;
use crate::{Files, Location, Signature, Symbol};

/// The header that a signature stands in where the source does not say.
const SIGNATURE: &str = "X-Signature";

pub(super) fn location(
    checker: &mut Checker,
    source: &ast::Name,
    ast: &ast::Source,
    location: &ast::Location,
    files: &dyn Files,
    paths: &mut Names,
) -> Option<Location> {
    if location.keyword.text == "track" {
        return Some(Location::Track);
    }
    let text = location.path.as_ref()?;
    let place = |path: &Option<ast::Path>| path.as_ref().map(|p| shared(&p.text));
    Some(match location.keyword.text.as_str() {
        "table" => Location::Table(text.value().into()),
        "file" => return file(checker, text, files),
        "form" => {
            let consent = ast.consent.as_ref().and_then(|c| c.name.as_ref());
            if let Some(consent) = consent {
                checker.refer(consent, Symbol::Consent);
            }
            let consent = consent.map(|c| shared(&c.text));
            Location::Form { path: own_path(checker, text, paths)?, consent }
        }
        "webhook" => {
            let path = own_path(checker, text, paths);
            let signature = match &ast.signed {
                Some(signed) => Some(signature(checker, source, signed)?),
                None => None,
            };
            Location::Webhook { path: path?, signature, each: place(&ast.each) }
        }
        keyword => {
            let fetched = keyword == "http";
            let url = web::url(checker, text, fetched);
            let every = match &ast.every {
                Some(every) => every.length.as_ref().and_then(|l| web::seconds(checker, l)),
                None => {
                    let what = format!("the source `{}`", source.text);
                    checker.missing_member(what, "`every`", source.span, "every 1 hour");
                    None
                }
            };
            let auth = match &ast.auth {
                Some(auth) => Some(web::auth(checker, source, auth)?),
                None => None,
            };
            let (url, every) = (url?, every?);
            match fetched {
                true => {
                    let (each, next) = (place(&ast.each), place(&ast.pages));
                    Location::Http { url, every, auth, each, next }
                }
                false => Location::Feed { url, every, auth },
            }
        }
    })
}

fn file(checker: &mut Checker, text: &ast::Text, files: &dyn Files) -> Option<Location> {
    let path = text.value();
    let known = [".csv", ".csv.gz", ".tsv", ".parquet"];
    if !known.iter().any(|ending| path.to_lowercase().ends_with(ending)) {
        let headline = format!("`{path}` is neither CSV nor Parquet by its ending");
        let why = "it ends in none of .csv, .csv.gz, .tsv and .parquet".to_string();
        checker.problems.report(Misplaced { headline, at: text.span, why, help: None });
        return None;
    }
    if !files.exists(Path::new(&path)) {
        let why = "there is no such file".to_string();
        checker.problems.report(FileNotFound { path, at: text.span, why, looked_in: files.folder() });
        return None;
    }
    Some(Location::File(path.into()))
}

/// A path of persona's own address, of which there is one each.
fn own_path(checker: &mut Checker, text: &ast::Text, paths: &mut Names) -> Option<Arc<str>> {
    let path = web::path(checker, text)?;
    let name = ast::Name { text: path.to_string(), span: text.span };
    paths.add(&name, checker.problems).then_some(path)
}

fn signature(checker: &mut Checker, source: &ast::Name, ast: &ast::Signed) -> Option<Signature> {
    let algorithm = ast.algorithm.as_ref()?;
    if algorithm.text != "hmac_sha256" {
        checker.unknown_name("signature", algorithm, vec![("hmac_sha256".into(), None)]);
        return None;
    }
    let header = match &ast.header {
        Some(header) => web::header(checker, header)?,
        None => SIGNATURE.into(),
    };
    let form = |variable: &str| format!("signed hmac_sha256 env {variable}");
    let secret = web::secret(checker, source, "SECRET", ast.secret.as_ref()?, form)?;
    Some(Signature { secret, header })
}
