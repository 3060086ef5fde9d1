//! What may stand in a header. Nothing is mended here: what is wrong is refused by name.

use email_address::{EmailAddress, Options};

use crate::error::Error;
use crate::{Draft, Mailbox, Unsubscribe};

/// RFC 5322 ends a line at 998 octets. What cannot be folded stays well below, beside its header's name.
const LONGEST: usize = 900;

/// Refuses a draft with a header that cannot be written as it is meant.
pub(crate) fn check(draft: &Draft) -> Result<(), Error> {
    mailbox("From", &draft.from)?;
    if let Some(reply_to) = &draft.reply_to {
        mailbox("Reply-To", reply_to)?;
    }
    mailbox("To", &draft.to)?;
    words("Subject", &draft.subject)?;
    message_id(&draft.message_id)?;
    if let Some(unsubscribe) = &draft.unsubscribe {
        match unsubscribe {
            Unsubscribe::OneClick { https: address } => address_of("List-Unsubscribe", "https://", address)?,
            Unsubscribe::Mail { mailto } => address_of("List-Unsubscribe", "mailto:", mailto)?,
        }
    }
    if let Some(feedback_id) = &draft.feedback_id {
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        no_control("Feedback-ID", feedback_id)?;
        let fields: Vec<&str> = feedback_id.split(':').collect();
        if fields.len() != 4 || !fields.iter().all(|field| plain(field)) || feedback_id.len() > LONGEST {
            let detail = format!(
                "`{feedback_id}` is not four fields of plain letters, digits and signs: a:b:c:sender"
            );
            return Err(Error::Header { header: "Feedback-ID", detail });
        }
    }
    Ok(())
}

fn no_control(header: &'static str, text: &str) -> Result<(), Error> {
    if text.chars().any(char::is_control) { Err(Error::ControlCharacter { header }) } else { Ok(()) }
}

/// Text that is shown. `=?…?=` is how a header spells other scripts: a reader would show what it spells, line breaks included.
fn words(header: &'static str, text: &str) -> Result<(), Error> {
    no_control(header, text)?;
    if text.split_once("=?").is_some_and(|(_, rest)| rest.contains("?=")) {
        let detail =
            "its text looks like an encoded word, `=?...?=`, and would be shown as another".to_string();
        return Err(Error::Header { header, detail });
    }
    Ok(())
}

fn mailbox(header: &'static str, mailbox: &Mailbox) -> Result<(), Error> {
    words(header, &mailbox.name)?;
    no_control(header, &mailbox.address)?;
    let refuse = |detail: String| Err(Error::Address { header, address: mailbox.address.clone(), detail });
    let options = Options::default().without_domain_literal().without_display_text();
    if let Err(error) = EmailAddress::parse_with_options(&mailbox.address, options) {
        return refuse(error.to_string());
    }
    let Some((local, domain)) = mailbox.address.rsplit_once('@') else { return refuse("it has no @".into()) };
    if !domain.is_ascii() {
        return refuse("its domain has letters beyond ASCII; write it in its xn-- form".into());
    }
    if !local.is_ascii() {
        return refuse(
            "letters beyond ASCII before the @ reach only part of the world's mail servers".into(),
        );
    }
    Ok(())
}

fn message_id(id: &str) -> Result<(), Error> {
    let refuse = |detail: &str| Err(Error::Header { header: "Message-ID", detail: detail.into() });
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    no_control("Message-ID", id)?;
    if id.len() > 200 {
        return refuse("its id is longer than 200 characters");
    }
    if !id.split('.').all(|word| !word.is_empty() && word.bytes().all(sign)) {
        return refuse("its id must be of the letters, digits and signs that may stand before an @");
    }
    Ok(())
}

/// An address that begins with `https://` and names a host, or with `mailto:` and names a mailbox.
fn address_of(header: &'static str, begins: &str, url: &str) -> Result<(), Error> {
    no_control(header, url)?;
    let refuse = |detail: &str| Err(Error::Header { header, detail: format!("`{url}` {detail}") });
    let Some(rest) = url.strip_prefix(begins) else {
        return refuse(&format!("does not begin with {begins}"));
    };
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let mailbox = begins == "mailto:";
    if place.is_empty() || place.contains('@') != mailbox {
        return refuse(if mailbox { "names no mailbox" } else { "names no host, or a user" });
    }
    if !url.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&b)) {
        return refuse("holds a character that must be written as %XX");
    }
    if url.len() > LONGEST {
        return refuse("is longer than 900 characters");
    }
    Ok(())
}
