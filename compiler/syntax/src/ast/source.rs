//! `source`.

use persona_diagnostics::Span;

use super::{Expr, Length, Name, Text};

/// `source`.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: Option<Name>,
    /// Where its rows come from, all that are written.
    pub locations: Vec<Location>,
    /// `group by`.
    pub group_by: Vec<Name>,
    /// `signed hmac_sha256 env NAME`.
    pub signed: Option<Signed>,
    /// `every 5 minutes`.
    pub every: Option<Poll>,
    /// `auth bearer env NAME`.
    pub auth: Option<Auth>,
    /// `each $.orders`.
    pub each: Option<Path>,
    /// `pages next $.next`.
    pub pages: Option<Path>,
    /// What it feeds.
    pub feeds: Vec<Feeds>,
    /// `consent marketing`.
    pub consent: Option<ConsentRef>,
    /// `fresh within`.
    pub fresh: Option<Length>,
}

/// `table "raw.invoices" where …`.
#[derive(Clone, Debug)]
pub struct Location {
    /// The whole of it.
    pub span: Span,
    /// `table`, `file`, `track`, `form`, `webhook`, `http` or `feed`.
    pub keyword: Name,
    /// The table's name, the file's path or the web address.
    pub path: Option<Text>,
    /// Which rows.
    pub filter: Option<Expr>,
}

/// `signed hmac_sha256 env STORE_SECRET header "X-Signature"`.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The whole of it.
    pub span: Span,
    /// How.
    pub algorithm: Option<Name>,
    /// With which secret.
    pub secret: Option<Credential>,
    /// The header that the signature stands in.
    pub header: Option<Text>,
}

/// `every 5 minutes`.
#[derive(Clone, Debug)]
pub struct Poll {
    /// The whole of it.
    pub span: Span,
    /// How often.
    pub length: Option<Length>,
}

/// `auth bearer env CRM_TOKEN`.
#[derive(Clone, Debug)]
pub struct Auth {
    /// The whole of it.
    pub span: Span,
    /// `bearer`, `basic` or `header`.
    pub scheme: Option<Name>,
    /// The header, for `header`.
    pub header: Option<Text>,
    /// What is sent.
    pub secret: Option<Credential>,
}

/// Where a secret comes from.
#[derive(Clone, Debug)]
pub enum Credential {
    /// `env NAME`: a variable of the environment.
    Env(Name),
    /// The secret itself, which should not stand there.
    Written(Text),
}

/// A place in a JSON document: `$.customer.id`.
#[derive(Clone, Debug)]
pub struct Path {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `consent marketing`.
#[derive(Clone, Debug)]
pub struct ConsentRef {
    /// The whole of it.
    pub span: Span,
    /// The consent.
    pub name: Option<Name>,
}

/// `feeds TARGET { … }`; `feeds a, b` is two of them.
#[derive(Clone, Debug)]
pub struct Feeds {
    /// The whole of it.
    pub span: Span,
    /// `customer`, `consent`, `suppression`, an event or an entity.
    pub target: Option<Name>,
    /// The consent's name, for `consent`.
    pub consent: Option<Name>,
    /// `by email`.
    pub by: Option<Name>,
    /// Its fields; none where each comes from what has its name.
    pub mappings: Option<Vec<Mapping>>,
}

/// `field = value`.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The field.
    pub field: Name,
    /// Where it comes from.
    pub value: MappingValue,
    /// `must exist`.
    pub must_exist: Option<Span>,
}

/// Where a field comes from.
#[derive(Clone, Debug)]
pub enum MappingValue {
    /// A value over the source's columns.
    Expr(Expr),
    /// `list { … }`: an item a row of the group; or `list $.items { … }`: an item an element of the array.
    List(Span, Option<Path>, Vec<Mapping>),
}
