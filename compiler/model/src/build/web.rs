//! What leads out of the program: web addresses, paths of persona's own, and where secrets are.

use std::sync::Arc;

use fluent_uri::Uri;
use persona_diagnostics::catalogue::{misplaced::Misplaced, secret_in_program::SecretInProgram};
use persona_syntax::ast::{self, Credential};

use super::shared;
use crate::infer::Checker;
use crate::{Auth, Length, Scheme};

/// Stands in an address for how far the fetch before came.
const CURSOR: &str = "{cursor}";

/// Names of parameters whose values are secrets.
const SECRETS: &[&str] = &["token", "access_token", "api_key", "apikey", "key", "secret", "password", "auth"];

/// A web address that somebody's data may go to or come from.
pub(super) fn url(checker: &mut Checker, text: &ast::Text, fetched: bool) -> Option<Arc<str>> {
    let written = text.value();
    let mut wrong = |why: &str| {
        checker.bad_literal(&short(&written), text.span, why);
        None
    };
    let plain = if fetched { written.replace(CURSOR, "0") } else { written.clone() };
    if plain.contains(['{', '}']) {
        return wrong(match fetched {
            true => "the one thing in braces in an address is `{cursor}`",
            false => "nothing in braces stands in this address",
        });
    }
    let Ok(uri) = Uri::parse(plain.as_str()) else {
        return wrong("a web address is written as `https://shop.example/orders`");
    };
    let (scheme, authority) = (uri.scheme().as_str(), uri.authority());
    let host = authority.as_ref().map_or("", |a| a.host());
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return wrong("a web address begins with `https://`");
    }
    if host.is_empty() {
        return wrong("this address names no server");
    }
    if authority.is_some_and(|a| a.userinfo().is_some()) {
        let instead = "auth basic env CREDENTIALS".to_string();
        checker.problems.report(SecretInProgram { at: text.span, instead });
        return None;
    }
    let secret = |pair: &str| {
        pair.split_once('=').is_some_and(|(name, value)| {
            SECRETS.contains(&name.to_ascii_lowercase().as_str()) && !value.is_empty()
        })
    };
    if uri.query().is_some_and(|query| query.as_str().split('&').any(secret)) {
        let instead = "auth bearer env TOKEN".to_string();
        checker.problems.report(SecretInProgram { at: text.span, instead });
        return None;
    }
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if scheme.eq_ignore_ascii_case("http") && !local {
        checker.problems.report(Misplaced {
            headline: "what is known of people does not travel unencrypted".into(),
            at: text.span,
            why: "`http` without an `s` is read by everybody on the way".into(),
            help: Some("write `https://`; only this machine itself may be asked by `http`".into()),
        });
        return None;
    }
    Some(written.into())
}

/// As much of it as a headline has room for.
fn short(text: &str) -> String {
    const ROOM: usize = 28;
    match text.char_indices().nth(ROOM) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// The path of an address of persona's own: `/forms/join`.
pub(super) fn path(checker: &mut Checker, text: &ast::Text) -> Option<Arc<str>> {
    let path = text.value();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let segment = |part: &str| !part.is_empty() && part.chars().all(plain) && part != "." && part != "..";
    let whole = path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment));
    if !whole || path.len() > 200 {
        let why = "a path is `/` and plain words, such as `/forms/join`";
        checker.bad_literal(&short(&path), text.span, why);
        return None;
    }
    Some(path.into())
}

/// An exact stretch of time, in seconds.
pub(super) fn seconds(checker: &mut Checker, length: &ast::Length) -> Option<i64> {
    match checker.length(length)? {
        Length::Seconds(seconds) => Some(seconds),
        Length::Months(_) => {
            checker.problems.report(Misplaced {
                headline: "how often something is fetched is an exact time".into(),
                at: length.span,
                why: "months and years differ in length".into(),
                help: Some("write it in days or weeks".into()),
            });
            None
        }
    }
}

pub(super) fn auth(checker: &mut Checker, owner: &ast::Name, ast: &ast::Auth) -> Option<Auth> {
    let scheme = match ast.scheme.as_ref()?.text.as_str() {
        "bearer" => Scheme::Bearer,
        "basic" => Scheme::Basic,
        _ => Scheme::Header(header(checker, ast.header.as_ref()?)?),
    };
    let way = match &scheme {
        Scheme::Bearer => "bearer".to_string(),
        Scheme::Basic => "basic".to_string(),
        Scheme::Header(name) => format!("header \"{name}\""),
    };
    let form = |variable: &str| format!("auth {way} env {variable}");
    let secret = secret(checker, owner, "TOKEN", ast.secret.as_ref()?, form)?;
    Some(Auth { scheme, secret })
}

/// The variable that holds a secret. A secret that stands there itself is told, with `form` of a variable to name.
pub(super) fn secret(
    checker: &mut Checker,
    owner: &ast::Name,
    what: &str,
    ast: &Credential,
    form: impl Fn(&str) -> String,
) -> Option<Arc<str>> {
    match ast {
        Credential::Env(name) => {
            let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if name.text.chars().all(capital) && !name.text.starts_with(|c: char| c.is_ascii_digit()) {
                return Some(shared(&name.text));
            }
            let why = "a variable is named in capitals, such as `CRM_TOKEN`";
            checker.bad_literal(&short(&name.text), name.span, why);
        }
        Credential::Written(text) => {
            let variable = format!("{}_{what}", owner.text.to_ascii_uppercase());
            checker.problems.report(SecretInProgram { at: text.span, instead: form(&variable) });
        }
    }
    None
}

/// The name of a header.
pub(super) fn header(checker: &mut Checker, text: &ast::Text) -> Option<Arc<str>> {
    let name = text.value();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        checker.bad_literal(&short(&name), text.span, "a header is named like `X-Api-Key`");
        return None;
    }
    Some(name.into())
}
