//! The message itself.

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::headers::url::URL;
use mail_builder::mime::MimePart;

use crate::error::Error;
use crate::{Body, Draft, Mailbox, Unsubscribe, check, preheader, text};

/// The bytes of the message: headers, and a body of text alone or of text and HTML to choose from.
///
/// Lines end in CRLF and have at most 998 octets; all is ASCII. Equal drafts have equal bytes.
pub fn build(draft: &Draft) -> Result<Vec<u8>, Error> {
    check::check(draft)?;
    let domain = draft.from.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let mut message = MessageBuilder::new().from(address(&draft.from)).to(address(&draft.to));
    if let Some(reply_to) = &draft.reply_to {
        message = message.reply_to(address(reply_to));
    }
    message = message
        .subject(Text::new(draft.subject.as_str()))
        .date(Date::new(draft.date.as_second()))
        .message_id(MessageId::new(format!("{}@{domain}", draft.message_id)))
        .header("MIME-Version", Raw::new("1.0"));
    if let Some(unsubscribe) = &draft.unsubscribe {
        message = match unsubscribe {
            Unsubscribe::OneClick { https } => message
                .header("List-Unsubscribe", URL::new(https.as_str()))
                .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click")),
            Unsubscribe::Mail { mailto } => message.header("List-Unsubscribe", URL::new(mailto.as_str())),
        };
    }
    if draft.auto_submitted {
        message = message.header("Auto-Submitted", Raw::new("auto-generated"));
    }
    if let Some(feedback_id) = &draft.feedback_id {
        message = message.header("Feedback-ID", Raw::new(feedback_id.as_str()));
    }
    let body = match &draft.body {
        Body::Text(text) => MimePart::new("text/plain", crlf(text)),
        Body::Html(html) => alternative(draft, html, &text::from_html(html)?),
        Body::Both { html, text } => alternative(draft, html, text),
    };
    let mut bytes = Vec::new();
    message.body(body).serialize(&mut bytes);
    Ok(bytes)
}

/// Text and HTML to choose from.
fn alternative(draft: &Draft, html: &str, text: &str) -> MimePart<'static> {
    let text = crlf(text);
    let html = draft.preheader.as_deref().map_or_else(|| crlf(html), |p| crlf(&preheader::put(html, p)));
    let boundary = boundary(&draft.message_id, &[&text, &html]);
    MimePart::new(
        ContentType::new("multipart/alternative").attribute("boundary", boundary),
        vec![MimePart::new("text/plain", text), MimePart::new("text/html", html)],
    )
}

fn address(mailbox: &Mailbox) -> Address<'_> {
    let name = Some(mailbox.name.trim()).filter(|name| !name.is_empty());
    Address::new_address(name, mailbox.address.as_str())
}

/// Every way to end a line made one, so that encoding cannot lose which it was.
fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// A line no part has. `=_` stands in no encoded body; a body short and plain enough to go unencoded is searched.
fn boundary(message_id: &str, parts: &[&str]) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let mut boundary: String = "=_".chars().chain(message_id.chars().take(40).map(plain)).collect();
    // Ends: a part of n letters holds fewer than n runs of them.
    while parts.iter().any(|part| part.contains(&boundary)) {
        boundary.push('_');
    }
    boundary
}
