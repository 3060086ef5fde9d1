//! `identity`.

use persona_diagnostics::Span;

use super::Name;

/// `identity`.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The word itself.
    pub keyword: Span,
    /// `ids shop_id, crm_id`.
    pub ids: Vec<Name>,
    /// `match on email, then phone`.
    pub match_on: Vec<Name>,
    /// `propose on similar(…) >= 0.92`.
    pub propose: Option<Propose>,
    /// `keep newest, preferring crm`.
    pub keep: Option<Keep>,
}

/// `propose on similar(first_name, email) >= 0.92`.
#[derive(Clone, Debug)]
pub struct Propose {
    /// What must be alike.
    pub attributes: Vec<Name>,
    /// How much: the number as written, and its place.
    pub least: Option<Name>,
}

/// `keep newest, preferring crm`.
#[derive(Clone, Debug)]
pub struct Keep {
    /// `newest` or `oldest`.
    pub order: Option<Name>,
    /// The sources whose word counts first.
    pub preferring: Vec<Name>,
}
