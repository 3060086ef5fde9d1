//! `destination`.

use persona_diagnostics::Span;

use super::{Auth, Name, Text};

/// `destination`.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Its name.
    pub name: Option<Name>,
    /// `http post "…"`.
    pub endpoint: Option<Endpoint>,
    /// `auth bearer env NAME`.
    pub auth: Option<Auth>,
    /// `on customer changes, enter vip`.
    pub on: Option<(Span, Vec<Occasion>)>,
    /// `sends email, tier`; none where it is not said.
    pub sends: Option<Vec<Name>>,
}

/// `http post "https://crm.example/contacts"`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The whole of it.
    pub span: Span,
    /// `post`, `put` or `patch`.
    pub method: Option<Name>,
    /// Where to.
    pub url: Option<Text>,
}

/// When something is sent there.
#[derive(Clone, Debug)]
pub enum Occasion {
    /// `customer changes`.
    Changes(Span),
    /// `enter vip`.
    Enter(Option<Name>),
    /// `leave vip`.
    Leave(Option<Name>),
    /// `consent marketing`; without a name, any consent.
    Consent(Span, Option<Name>),
    /// An event.
    Event(Name),
}
