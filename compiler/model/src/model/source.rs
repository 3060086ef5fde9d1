//! Where data comes from, and what it becomes.

use std::sync::Arc;

use persona_diagnostics::Span;

use crate::{Expr, Length};

/// A source.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Where its rows come from.
    pub location: Location,
    /// Where that is written: the quoted name, path or address.
    pub location_span: Span,
    /// Which rows.
    pub filter: Option<Expr>,
    /// Columns by which rows are grouped; empty: each row for itself.
    pub group_by: Vec<Arc<str>>,
    /// What it feeds.
    pub feeds: Vec<Feed>,
    /// How old its data may be.
    pub fresh: Option<Length>,
    /// Where it is declared.
    pub span: Span,
}

/// Where a source's rows come from.
///
/// Rows of tables and files have columns. What is posted or fetched is a document; then a column of an expression is a
/// place in it, `$.customer.id`. A form's column is a field of the form, `hidden.ref` one that its page filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A table of the warehouse, as written.
    Table(Arc<str>),
    /// A file, relative to the project's folder; CSV or Parquet by its ending.
    File(Arc<str>),
    /// What browsers and servers send by the Segment HTTP protocol. A column is a property of the call.
    Track,
    /// A form that is sent to this path; who sends it gives the consent.
    Form {
        /// The path of its address.
        path: Arc<str>,
        /// The consent that is given with it.
        consent: Option<Arc<str>>,
    },
    /// Documents that another system posts to this path.
    Webhook {
        /// The path of its address.
        path: Arc<str>,
        /// How it is known that they come from there.
        signature: Option<Signature>,
        /// The place of the rows in a document; without it the document is the row.
        each: Option<Arc<str>>,
    },
    /// Documents that are fetched from time to time.
    Http {
        /// The address; `{cursor}` in it stands for how far the fetch before came.
        url: Arc<str>,
        /// Every so many seconds.
        every: i64,
        /// How persona says who it is.
        auth: Option<Auth>,
        /// The place of the rows in a document; without it they are found.
        each: Option<Arc<str>>,
        /// The place of the next page's address in a document; there is none where nothing is.
        next: Option<Arc<str>>,
    },
    /// A product feed, XML, CSV or JSON: fetched whole from time to time. A column is an element of an item.
    Feed {
        /// The address.
        url: Arc<str>,
        /// Every so many seconds.
        every: i64,
        /// How persona says who it is.
        auth: Option<Auth>,
    },
}

impl Location {
    /// Whether its rows lie where queries run, rather than coming in over time.
    pub fn is_at_rest(&self) -> bool {
        matches!(self, Location::Table(_) | Location::File(_))
    }

    /// The word that declares it.
    pub fn keyword(&self) -> &'static str {
        match self {
            Location::Table(_) => "table",
            Location::File(_) => "file",
            Location::Track => "track",
            Location::Form { .. } => "form",
            Location::Webhook { .. } => "webhook",
            Location::Http { .. } => "http",
            Location::Feed { .. } => "feed",
        }
    }
}

/// How a posted document is known to come from where it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The variable of the environment that holds the secret of its HMAC-SHA256.
    pub secret: Arc<str>,
    /// The header that holds the signature, in hexadecimal digits or Base64.
    pub header: Arc<str>,
}

/// How persona says who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// In which form.
    pub scheme: Scheme,
    /// The variable of the environment that holds the secret.
    pub secret: Arc<str>,
}

/// In which form a secret is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer …`.
    Bearer,
    /// `Authorization: Basic …`; the secret is `user:password`.
    Basic,
    /// A header of this name.
    Header(Arc<str>),
}

/// A value for each of some fields, in the order in which they are declared.
pub type Fields = Vec<(Arc<str>, Expr)>;

/// What a source feeds.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What.
    pub target: FeedTarget,
    /// Customers only: the attribute by which they are found, where the source does not know their key. Such a feed
    /// fills what is missing of customers that other feeds make.
    pub by: Option<Arc<str>>,
    /// Each field's value over the source's columns, in the target's order. Fields not fed are missing.
    pub fields: Fields,
    /// List fields: each item's fields.
    pub lists: Vec<(Arc<str>, Fields)>,
    /// List fields whose items are the elements of an array of the document: its place. Others take an item a row.
    pub arrays: Vec<(Arc<str>, Arc<str>)>,
    /// Fields whose value is what a browser says: a claim. It fills what is missing and never overwrites what a
    /// signed source said.
    pub claims: Vec<Arc<str>>,
    /// References whose row must exist; rows for which it does not are set aside.
    pub must_exist: Vec<(Arc<str>, Span)>,
    /// Where it is written.
    pub span: Span,
}

/// What a feed makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedTarget {
    /// Customers.
    Customer,
    /// Events of this name.
    Event(Arc<str>),
    /// Rows of this entity.
    Entity(Arc<str>),
    /// The log of a consent: `customer`, `at`, `given`.
    Consent(Arc<str>),
    /// Addresses never written to: `email`, `reason`.
    Suppression,
}
