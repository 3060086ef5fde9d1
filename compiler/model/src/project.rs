//! `persona.toml`: what differs between machines.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::catalogue::project_file::ProjectFile;
use persona_diagnostics::{FileId, Problems, Span, suggest};
use persona_template::Clients;
use persona_value::Currency;
use serde::Deserialize;

/// What `persona.toml` says.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// The wall clock of the program; customers may have their own.
    pub timezone: Arc<str>,
    /// The zone of that name.
    pub zone: jiff::tz::TimeZone,
    /// What `money` is in.
    pub currency: Currency,
    /// Smaller active audiences are warned about.
    pub min_audience: u64,
    /// Where SQL runs, by name.
    pub targets: BTreeMap<String, Target>,
    /// How mail goes out.
    pub delivery: Delivery,
    /// The mail programs its e-mails are written for; none: nothing is said about any.
    pub clients: Clients,
    /// How much HTML of an e-mail is shown, in bytes.
    pub shown: usize,
}

/// The dialects of `[targets.NAME] dialect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Dialect {
    DuckDb,
    Postgres,
    Snowflake,
    BigQuery,
    Databricks,
}

/// A `[targets.NAME]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Which SQL it speaks.
    pub dialect: Dialect,
    /// DuckDB's file, relative to the project's folder.
    pub database: Option<String>,
    /// The schema that belongs to persona; `persona` if none is named.
    pub schema: Option<String>,
    /// How it is reached; `${NAME}` is taken from the environment.
    pub uri: Option<String>,
    /// Snowflake's warehouse that computes what keeps itself up to date.
    pub warehouse: Option<String>,
}

/// `[delivery]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// `file`: a message is an `.eml` file.
    pub transport: String,
    /// The folder of those files, relative to the project's.
    pub outbox: String,
    /// Patterns of addresses that are written to; everything else is withheld. Empty: everybody.
    pub only_to: Vec<String>,
    /// Addresses that get a copy; kept for the transports that send.
    pub seeds: Vec<String>,
    /// The page that ends a consent; a mail to whom answers go if left out.
    pub unsubscribe: Option<Unsubscribe>,
    /// How messages are signed; not at all if left out.
    pub dkim: Option<Dkim>,
}

/// `[delivery.unsubscribe]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// Its address; a token that says who ends what is added to it.
    pub page: String,
    /// The file with the key of these tokens, 32 bytes in Base64, relative to the project's folder.
    pub key: String,
}

/// `[delivery.dkim]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    /// The domain that signs: the one after the `@` of every sender, or one above it.
    pub domain: String,
    /// Under which name the domain publishes the key.
    pub selector: String,
    /// The file with the private key in PEM, relative to the project's folder.
    pub key: String,
}

impl Default for Delivery {
    fn default() -> Delivery {
        Delivery {
            transport: "file".into(),
            outbox: "outbox".into(),
            only_to: Vec::new(),
            seeds: Vec::new(),
            unsubscribe: None,
            dkim: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    project: RawProject,
    #[serde(default)]
    targets: BTreeMap<String, Target>,
    #[serde(default)]
    delivery: Delivery,
    #[serde(default)]
    content: RawContent,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawContent {
    clients: Vec<toml::Spanned<String>>,
    clip_kb: usize,
}

impl Default for RawContent {
    fn default() -> RawContent {
        // As much as Gmail shows.
        RawContent { clients: Vec::new(), clip_kb: 102 }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProject {
    name: String,
    #[serde(default = "utc")]
    timezone: toml::Spanned<String>,
    #[serde(default = "eur")]
    currency: toml::Spanned<String>,
    #[serde(default = "hundred")]
    min_audience: u64,
}

fn utc() -> toml::Spanned<String> {
    toml::Spanned::new(0..0, "UTC".into())
}

fn eur() -> toml::Spanned<String> {
    toml::Spanned::new(0..0, "EUR".into())
}

fn hundred() -> u64 {
    100
}

impl Project {
    /// Reads `persona.toml`. None, with the problem told, if it cannot be used.
    pub fn parse(file: FileId, text: &str, problems: &mut Problems) -> Option<Project> {
        let raw: Raw = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => {
                let at = error.span().map_or(Span::new(file, 0, 0), |s| Span::new(file, s.start, s.end));
                let message = error.message().lines().next().unwrap_or("it cannot be read").to_string();
                let help = unknown_key(&message);
                let headline = "`persona.toml` cannot be read as it is".to_string();
                problems.report(ProjectFile { headline, at: Some(at), why: message, help });
                return None;
            }
        };
        let mut good = true;
        let mut tell = |span: std::ops::Range<usize>, headline: String, why: &str, help: Option<String>| {
            good = false;
            let at = Some(Span::new(file, span.start, span.end));
            problems.report(ProjectFile { headline, at, why: why.to_string(), help });
        };
        let zone_name = raw.project.timezone.get_ref().clone();
        let zone = jiff::tz::TimeZone::get(&zone_name);
        if zone.is_err() {
            let all: Vec<String> = jiff::tz::db().available().map(|n| n.as_str().to_string()).collect();
            let nearest = suggest(&zone_name, all.iter().map(String::as_str));
            let help = nearest.map(|n| format!("did you mean `{n}`?"));
            tell(
                raw.project.timezone.span(),
                format!("there is no time zone `{zone_name}`"),
                "unknown",
                help,
            );
        }
        let currency = Currency::parse(raw.project.currency.get_ref()).filter(|c| is_currency(*c));
        if currency.is_none() {
            let why = "a currency is three capital letters of ISO 4217, such as GBP";
            let headline = format!("there is no currency `{}`", raw.project.currency.get_ref());
            tell(raw.project.currency.span(), headline, why, None);
        }
        if raw.delivery.transport != "file" {
            let at = text.find("transport").map_or(0..0, |i| i..i + "transport".len());
            let headline = format!("this version of persona cannot deliver by `{}`", raw.delivery.transport);
            tell(at, headline, "only `file` is carried out", Some("write `transport = \"file\"`".into()));
        }
        let mut clients = Clients::default();
        for name in &raw.content.clients {
            match Clients::named(name.get_ref()) {
                Some(named) => clients = clients.and(named),
                None => {
                    let nearest = suggest(name.get_ref(), Clients::names());
                    let families = || "such as `gmail`, `outlook-windows` or `apple-mail`".to_string();
                    let help = nearest.map_or_else(families, |near| format!("did you mean `{near}`?"));
                    let headline = format!("nothing is known of a mail program `{}`", name.get_ref());
                    tell(name.span(), headline, "unknown", Some(help));
                }
            }
        }
        if !good {
            return None;
        }
        Some(Project {
            name: raw.project.name,
            timezone: zone_name.into(),
            zone: zone.ok()?,
            currency: currency?,
            min_audience: raw.project.min_audience,
            targets: raw.targets,
            delivery: raw.delivery,
            clients,
            shown: raw.content.clip_kb.saturating_mul(1024),
        })
    }

    /// The instant written `2011-12-01T09:00`, by the project's clock unless it carries an offset. A time that
    /// occurs twice is the first; one that is skipped moves forward by the gap.
    pub fn instant(&self, text: &str) -> Option<jiff::Timestamp> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(instant);
        }
        let local: jiff::civil::DateTime = text.parse().ok()?;
        self.zone.to_ambiguous_timestamp(local).compatible().ok()
    }
}

/// A help for a key that does not exist, from toml's own words.
fn unknown_key(message: &str) -> Option<String> {
    if message.contains("expected struct Unsubscribe") {
        return Some("write `[delivery.unsubscribe]` with `page` and `key`".to_string());
    }
    let key = message.strip_prefix("unknown field `")?.split('`').next()?;
    let known: Vec<&str> = message.split("expected").nth(1)?.split('`').skip(1).step_by(2).collect();
    suggest(key, known).map(|near| format!("did you mean `{near}`?"))
}

/// Whether ISO 4217 has a currency of this code.
pub(crate) fn is_currency(code: Currency) -> bool {
    iso_currency::Currency::from_code(code.code()).is_some()
}

/// The name of the file in a project's folder.
pub const FILE: &str = "persona.toml";

/// Whether a folder is a project's.
pub fn is_project(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}
