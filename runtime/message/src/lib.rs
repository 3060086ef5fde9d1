//! From rendered parts to a finished MIME message in an outbox.
//!
//! [`build`] turns a [`Draft`] into the bytes of a message, the same bytes for the same draft: no clock and no random
//! number takes part, so a step repeated after a crash repeats its message. [`Outbox`] keeps messages as files, each whole
//! or not at all.

mod check;
mod css;
mod dkim;
mod error;
mod links;
mod mime;
mod mjml;
mod outbox;
mod preheader;
mod sealer;
mod shapes;
mod text;

pub use dkim::Signer;
pub use error::Error;
pub use links::Links;
pub use mime::build;
pub use mjml::mjml;
pub use outbox::{Delivered, Outbox};
pub use sealer::Sealer;
pub use shapes::{Markup, Shapes};

/// One message to one person, before it is written as MIME.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Who it is from. Its domain is also that of the message id.
    pub from: Mailbox,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<Mailbox>,
    /// Who it is for.
    pub to: Mailbox,
    /// The subject, in any script; one line.
    pub subject: String,
    /// What an inbox shows after the subject. Stands hidden at the head of an HTML body; a text body begins with its own words,
    /// and has no use for it.
    pub preheader: Option<String>,
    /// What is read.
    pub body: Body,
    /// The part of the message id before the `@`: letters, digits and the signs of an address, at most 200. Equal for a step
    /// that is repeated, different for all else.
    pub message_id: String,
    /// When it is sent.
    pub date: jiff::Timestamp,
    /// How it is unsubscribed from.
    pub unsubscribe: Option<Unsubscribe>,
    /// Whether no person pressed "send" for it: out-of-office replies and the like then leave it alone (RFC 3834).
    pub auto_submitted: bool,
    /// Gmail's `Feedback-ID`, four fields with `:` between them; holds no personal data.
    pub feedback_id: Option<String>,
}

/// A name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name shown, in any script; may be empty.
    pub name: String,
    /// The address: `ada@example.com`. A domain in another script is written in its `xn--` form.
    pub address: String,
}

/// What is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// HTML; a text for readers without HTML is made from it.
    Html(String),
    /// HTML with the text that was made from it.
    Both {
        /// What is seen.
        html: String,
        /// The same in words.
        text: String,
    },
    /// Text alone.
    Text(String),
}

/// The way out that a mail program offers beside the message (RFC 2369).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsubscribe {
    /// RFC 8058's one click: an `https:` address that acts on POST, without a login, and does nothing on GET.
    OneClick {
        /// The address, with a token that cannot be guessed.
        https: String,
    },
    /// A mail to whoever looks after it.
    Mail {
        /// A `mailto:` address.
        mailto: String,
    },
}
