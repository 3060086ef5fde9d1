//! Messages: made, and put into the outbox.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::{Body, Origin, Rendered, Seal, Send, unsubscribe_url};
use persona_message::{Draft, Links, Mailbox, Markup, Outbox, Sealer, Shapes, Signer, Unsubscribe, build};
use persona_model::{Leave, Model};
use persona_store::Store;

use crate::{Error, Progress};

/// Messages are read back and written so many at a time.
const BATCH: usize = 250;

/// The folder messages are delivered to.
pub fn outbox(model: &Model, folder: &Path) -> Result<Outbox, Error> {
    Outbox::open(folder.join(&model.project.delivery.outbox)).map_err(Error::Outbox)
}

/// Delivers what is decided and not delivered; how many there were.
pub fn pending(
    store: &mut Store,
    outbox: &Outbox,
    at: Timestamp,
    progress: &mut dyn Progress,
) -> Result<u64, Error> {
    let mut count = 0;
    loop {
        let messages = store.pending(BATCH)?;
        if messages.is_empty() {
            break;
        }
        if count == 0 {
            progress.start("delivering", 0);
        }
        // A run that was killed between the files and their note wrote some already: those stay as they are.
        let files: Vec<(&str, &[u8])> = messages.iter().map(|m| (&*m.name, &*m.bytes)).collect();
        outbox.put_all(&files).map_err(Error::Undelivered)?;
        store.delivered(messages.iter().map(|m| m.id.as_str()), at)?;
        for message in &messages {
            progress.step(&message.name);
        }
        count += messages.len() as u64;
    }
    if count > 0 {
        progress.end();
    }
    Ok(count)
}

/// What makes messages, and remembers of each what the next may have in common with it.
pub struct Writer {
    shapes: Shapes,
    signer: Option<Signer>,
    seal: Option<Arc<dyn Seal>>,
}

impl Writer {
    /// A writer for a project, with its keys.
    pub fn new(model: &Model, folder: &Path) -> Result<Writer, Error> {
        let delivery = &model.project.delivery;
        let read = |what: &str, path: &str| {
            let unread = |why| Error::Key(format!("the key of {what}, {path}, cannot be read: {why}"));
            std::fs::read_to_string(folder.join(path)).map_err(unread)
        };
        let signer = delivery.dkim.as_ref().map(|dkim| {
            let pem = read("DKIM", &dkim.key)?;
            Signer::new(&dkim.domain, &dkim.selector, &pem).map_err(|why| Error::Key(why.to_string()))
        });
        let seal = delivery.unsubscribe.as_ref().map(|unsubscribe| {
            let key = read("unsubscribe links", &unsubscribe.key)?;
            let sealer = Sealer::new(&key).map_err(|why| Error::Key(why.to_string()))?;
            Ok::<Arc<dyn Seal>, Error>(Arc::new(Leaving(sealer)))
        });
        Ok(Writer { shapes: Shapes::default(), signer: signer.transpose()?, seal: seal.transpose()? })
    }

    /// What seals who comes to the page that ends a consent.
    pub fn seal(&self) -> Option<Arc<dyn Seal>> {
        self.seal.clone()
    }
}

/// Seals who leaves what: `{"for":"unsubscribe","customer":"ada","consent":"news"}`.
#[derive(Debug)]
struct Leaving(Sealer);

impl Seal for Leaving {
    fn token(&self, customer: &str, consent: Option<&str>) -> Option<String> {
        let mut words = serde_json::json!({ "for": "unsubscribe", "customer": customer });
        if let Some(consent) = consent {
            words["consent"] = consent.into();
        }
        self.0.seal(&words.to_string()).ok()
    }
}

/// The file name and the bytes of a message. An error withholds it, with its reason.
pub fn message(
    writer: &mut Writer,
    model: &Model,
    send: &Send,
    rendered: Rendered,
    at: Timestamp,
) -> Result<(String, Vec<u8>), String> {
    let draft = draft(writer, model, send, rendered, at)?;
    let bytes = written(writer, &draft)?;
    let id: String = send.id.chars().take(12).collect();
    Ok((format!("{}-{}-{id}.eml", at.strftime("%Y%m%dT%H%M%SZ"), send.email), bytes))
}

/// A message before it is written as MIME.
pub fn draft(
    writer: &mut Writer,
    model: &Model,
    send: &Send,
    rendered: Rendered,
    at: Timestamp,
) -> Result<Draft, String> {
    let email = model.email(&send.email);
    let address = send.to.as_ref().map_err(ToString::to_string)?;
    let utm = email.map(|e| &*e.utm).unwrap_or_default();
    let links = Links::new(utm.iter().map(|(name, value, _)| (&**name, &**value)));
    let mut both = |markup, body: &str, values: &[Range<usize>]| {
        let made = writer.shapes.parts(markup, body, values, &links).map_err(|error| error.to_string());
        let (html, text) = made?;
        Ok::<_, String>(persona_message::Body::Both { html, text })
    };
    let body = match rendered.body {
        Body::Html(html) => both(Markup::Html, &html.text, &html.values)?,
        Body::Mjml(mjml) => both(Markup::Mjml, &mjml.text, &mjml.values)?,
        Body::Text(text) => persona_message::Body::Text(links.text(text)),
    };
    let consent = match email.map(|e| &e.leave) {
        Some(Leave::Consent(consent)) => Some(&**consent),
        _ => None,
    };
    let unsubscribe = match (email, consent) {
        (Some(email), Some(_)) => {
            let url = unsubscribe_url(model, writer.seal.as_deref(), email, &send.customer, consent);
            // One click needs a page that answers it; without one a mail to a person has to do.
            match url.starts_with("https://") {
                true => Some(Unsubscribe::OneClick { https: url }),
                false if url.starts_with("mailto:") => Some(Unsubscribe::Mail { mailto: url }),
                false => None,
            }
        }
        _ => None,
    };
    Ok(Draft {
        from: mailbox(&rendered.from),
        reply_to: rendered.reply_to.as_deref().map(mailbox),
        to: Mailbox { name: String::new(), address: address.to_string() },
        subject: rendered.subject,
        preheader: rendered.preheader,
        body,
        message_id: send.id.to_string(),
        date: at,
        unsubscribe,
        auto_submitted: matches!(send.origin, Origin::Trigger { .. }),
        feedback_id: Some(feedback_id(model, send, consent)),
    })
}

/// The bytes of a message, signed if the project has a key.
pub fn written(writer: &Writer, draft: &Draft) -> Result<Vec<u8>, String> {
    let bytes = build(draft).map_err(|e| e.to_string())?;
    let Some(signer) = &writer.signer else { return Ok(bytes) };
    let domain = draft.from.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    signer.sign(&bytes, domain, draft.date).map_err(|e| e.to_string())
}

/// What Gmail counts complaints by: the e-mail, what sent it, by whose leave, and the sender. Nothing of the customer.
fn feedback_id(model: &Model, send: &Send, consent: Option<&str>) -> String {
    let fields =
        [&*send.email, &**send.origin.name(), consent.unwrap_or("transactional"), &*model.project.name];
    let field = |text: &&str| -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '-' };
        text.chars().map(plain).take(60).collect()
    };
    fields.iter().map(field).collect::<Vec<_>>().join(":")
}

/// `Name <address>`, or an address alone.
fn mailbox(text: &str) -> Mailbox {
    match text.rsplit_once('<') {
        Some((name, address)) => Mailbox {
            name: name.trim().trim_matches('"').to_string(),
            address: address.trim().trim_end_matches('>').trim().to_string(),
        },
        None => Mailbox { name: String::new(), address: text.trim().to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_a_name_and_an_address() {
        let shop = mailbox("Shop & Co <hello@shop.example>");
        assert_eq!((&*shop.name, &*shop.address), ("Shop & Co", "hello@shop.example"));
        assert_eq!(mailbox("hello@shop.example").name, "");
    }
}
