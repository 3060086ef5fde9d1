//! What the page asks, and what it is told.

use std::collections::BTreeMap;
use std::io::Cursor;

use percent_encoding::percent_decode_str;
use persona_message::{Mailbox, Unsubscribe};
use persona_model::{Leave, Model};
use persona_run::{Preview, Shown, Unshown};
use serde_json::{Value, json};
use tiny_http::{Header, Response, StatusCode};

/// So many customers are listed at once.
const LISTED: usize = 60;
/// The page itself: no script, style or frame but its own, and nothing is sent anywhere.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
                    img-src data:; base-uri 'none'; form-action 'none'";
/// A message: as in a mail program nothing runs and nothing is sent.
const MAIL: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; font-src https: data:; media-src https:";

/// What is known since the project was last read.
pub struct Known<'m> {
    /// How often it was read.
    pub reading: u64,
    /// The program and its customers, or what is wrong.
    pub opened: Result<(&'m Model, Preview<'m>), String>,
}

type Answer = Response<Cursor<Vec<u8>>>;

/// The answer to a request. `changed`: files have changed since they were read.
pub fn answer(url: &str, known: &mut Known, changed: bool) -> Answer {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let query = fields(query);
    let asked = |name: &str| query.get(name).map_or("", |value| &**value);
    match path {
        "/" => file("text/html; charset=utf-8", include_str!("../page/index.html")),
        "/page.css" => file("text/css; charset=utf-8", include_str!("../page/page.css")),
        "/page.js" => file("text/javascript; charset=utf-8", include_str!("../page/page.js")),
        "/api/project" => object(&project(known, changed)),
        _ => {
            let (_, preview) = match &mut known.opened {
                Ok(opened) => opened,
                Err(why) => return text(409, why),
            };
            let (email, customer) = (asked("email"), asked("customer"));
            match path {
                "/api/customers" => {
                    let segment = Some(asked("segment")).filter(|segment| !segment.is_empty());
                    let found = preview.customers(segment, asked("like"), LISTED);
                    let each = found.iter().map(|(id, to)| json!({ "id": &**id, "address": to.as_deref() }));
                    object(&each.collect())
                }
                "/api/message" => match preview.show(email, customer) {
                    Ok(shown) => object(&about(&shown)),
                    Err(why) => object(&json!({ "unshown": why.to_string() })),
                },
                "/html" => match preview.show(email, customer) {
                    Ok(shown) => html(&shown, asked("images") != "off"),
                    Err(why) => unshown(&why),
                },
                "/message.eml" => match preview.show(email, customer) {
                    Ok(shown) => with(
                        Response::from_data(shown.bytes),
                        &[
                            ("Content-Type", "message/rfc822"),
                            ("Content-Disposition", "attachment; filename=\"message.eml\""),
                        ],
                    ),
                    Err(why) => unshown(&why),
                },
                _ => text(404, "there is no such page"),
            }
        }
    }
}

/// The answer to whoever asks from elsewhere.
pub fn refused() -> Answer {
    text(403, "this page is for readers on this machine")
}

/// What there is to choose from.
fn project(known: &Known, changed: bool) -> Value {
    let (model, preview) = match &known.opened {
        Ok(opened) => (opened.0, &opened.1),
        Err(why) => return json!({ "reading": known.reading, "changed": changed, "broken": why }),
    };
    let leave = |leave: &Leave| match leave {
        Leave::Consent(consent) => format!("consent {consent}"),
        Leave::Transactional => "transactional".to_string(),
    };
    let emails = model.emails.iter().map(|e| json!({ "name": &*e.name, "leave": leave(&e.leave) }));
    let segments = preview.segments();
    let segments = segments.iter().map(|(name, size)| json!({ "name": &**name, "size": size }));
    let at = model.project.zone.to_datetime(preview.at()).strftime("%Y-%m-%d %H:%M").to_string();
    json!({
        "reading": known.reading,
        "changed": changed,
        "name": &*model.project.name,
        "at": at,
        "timezone": &*model.project.timezone,
        "customers": preview.size(),
        "emails": emails.collect::<Vec<_>>(),
        "segments": segments.collect::<Vec<_>>(),
    })
}

/// All of a message but its HTML.
fn about(shown: &Shown) -> Value {
    let draft = &shown.draft;
    let mailbox = |m: &Mailbox| match &*m.name {
        "" => m.address.clone(),
        name => format!("{name} <{}>", m.address),
    };
    let head = shown.bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or(shown.bytes.len());
    let unsubscribe = draft.unsubscribe.as_ref().map(|way| match way {
        Unsubscribe::OneClick { https } => https.clone(),
        Unsubscribe::Mail { mailto } => mailto.clone(),
    });
    let fallbacks = shown.fallbacks.iter().map(|f| json!({ "name": f.name, "to": f.to }));
    json!({
        "from": mailbox(&draft.from),
        "to": mailbox(&draft.to),
        "subject": draft.subject,
        "preheader": draft.preheader,
        "text": shown.text(),
        "has_html": shown.html().is_some(),
        "headers": String::from_utf8_lossy(&shown.bytes[..head]),
        "unsubscribe": unsubscribe,
        "size": shown.bytes.len(),
        "html_size": shown.html().map(str::len),
        "withheld": shown.withheld.as_ref().map(ToString::to_string),
        "event": shown.event.as_ref().map(|(at, id)| json!({ "at": at, "id": &**id })),
        "fallbacks": fallbacks.collect::<Vec<_>>(),
    })
}

fn html(shown: &Shown, images: bool) -> Answer {
    let sources = if images { "img-src https: http: data:" } else { "img-src 'none'" };
    let policy = format!("{MAIL}; {sources}");
    match shown.html() {
        Some(html) => with(
            Response::from_string(html),
            &[("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", &policy)],
        ),
        None => text(404, "this e-mail is text alone"),
    }
}

fn unshown(why: &Unshown) -> Answer {
    text(404, &why.to_string())
}

fn object(value: &Value) -> Answer {
    with(Response::from_string(value.to_string()), &[("Content-Type", "application/json")])
}

fn file(kind: &str, content: &str) -> Answer {
    with(Response::from_string(content), &[("Content-Type", kind), ("Content-Security-Policy", PAGE)])
}

fn text(code: u16, words: &str) -> Answer {
    let response = Response::from_string(words).with_status_code(StatusCode(code));
    with(response, &[("Content-Type", "text/plain; charset=utf-8")])
}

/// With headers: these, and that nothing is kept or told.
fn with(mut response: Answer, headers: &[(&str, &str)]) -> Answer {
    let always = [
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    for (name, value) in headers.iter().chain(&always) {
        // None of them can be refused: they are written above.
        if let Ok(header) = Header::from_bytes(*name, *value) {
            response.add_header(header);
        }
    }
    response
}

/// The fields of a query.
fn fields(query: &str) -> BTreeMap<String, String> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}
