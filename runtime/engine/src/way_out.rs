//! Where a customer ends a consent.

use std::fmt;

use persona_model::{Email, Model};

/// Says to the project's page who comes, so that nobody else can say it and nobody can read it. The engine has no key.
pub trait Seal: fmt::Debug {
    /// A token of a customer and the consent that is to end; letters, digits and signs that need no escape in an address.
    fn token(&self, customer: &str, consent: Option<&str>) -> Option<String>;
}

/// Where a customer ends a consent: the project's page with a token added, or, where there is no such page, a mail to whom
/// the e-mail's answers go. Without a seal the page is told nothing: a message that is not sent needs no more.
pub fn unsubscribe_url(
    model: &Model,
    seal: Option<&dyn Seal>,
    email: &Email,
    customer: &str,
    consent: Option<&str>,
) -> String {
    if let Some(unsubscribe) = &model.project.delivery.unsubscribe {
        let Some(token) = seal.and_then(|seal| seal.token(customer, consent)) else {
            return unsubscribe.page.clone();
        };
        let (page, fragment) = unsubscribe.page.split_once('#').unwrap_or((&unsubscribe.page, ""));
        let joint = if page.contains('?') { '&' } else { '?' };
        let hash = if fragment.is_empty() { "" } else { "#" };
        return format!("{page}{joint}token={token}{hash}{fragment}");
    }
    let mailbox = email.reply_to.as_ref().unwrap_or(&email.from);
    let address =
        mailbox.split_once('<').map_or(&**mailbox, |(_, rest)| rest.trim_end().trim_end_matches('>'));
    let mail = format!("mailto:{}?subject=Unsubscribe", encoded(address.trim()).replace("%40", "@"));
    consent.map_or(mail.clone(), |consent| format!("{mail}%20{}", encoded(consent)))
}

/// Text as part of an address.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => (byte as char).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
