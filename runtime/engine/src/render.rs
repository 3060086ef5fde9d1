//! The one renderer of e-mails: runs, previews and tests all come here.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use persona_model::{Email, Format, Leave, Locales, Strings, Wording};
use persona_template::{Compiled, Data, Escape, Fallback, Filled, Language, Stop, closest, fill};
use persona_value::{Type, Value};

use crate::{Facts, World, ask, footer, unsubscribe_url};

/// What a document of Markdown begins with.
const HEAD: &str = "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n</head>\n\
    <body style=\"font-family:Arial, sans-serif; font-size:16px; line-height:1.5\">\n";

/// What a customer reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The sender, as `Name <address>`.
    pub from: Arc<str>,
    /// Where answers go, likewise.
    pub reply_to: Option<Arc<str>>,
    /// One line.
    pub subject: String,
    /// What an inbox shows after the subject; one line.
    pub preheader: Option<String>,
    /// The body in its layout.
    pub body: Body,
}

/// A rendered body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// HTML.
    Html(Filled),
    /// Plain text.
    Text(String),
    /// MJML, to be made into HTML.
    Mjml(Filled),
}

/// Renders an e-mail for a customer as of the world's `now`. `event` is what started the flow, missing if none did. A customer
/// who is not in the world has no values.
pub fn render(world: &World, email: &Email, customer: &str, event: &Value) -> Result<Rendered, Stop> {
    rendered(world, email, customer, event, None)
}

/// The same, with what was printed in the place of values that the customer does not have.
pub fn render_noting(
    world: &World,
    email: &Email,
    customer: &str,
    event: &Value,
) -> (Result<Rendered, Stop>, Vec<Fallback>) {
    let noted = RefCell::default();
    let rendered = rendered(world, email, customer, event, Some(&noted));
    (rendered, noted.into_inner())
}

fn rendered(
    world: &World,
    email: &Email,
    customer: &str,
    event: &Value,
    noted: Option<&RefCell<Vec<Fallback>>>,
) -> Result<Rendered, Stop> {
    let unknown = Facts::default();
    let consent = match &email.leave {
        Leave::Consent(consent) => Some(&**consent),
        Leave::Transactional => None,
    };
    let facts = world.facts.get(customer).unwrap_or(&unknown);
    let locales = email.locales.as_ref().map(|locales| (locales, Rc::new(language(locales, facts))));
    let way_out = unsubscribe_url(world.model, world.seal.as_deref(), email, customer, consent);
    let letter = |escape, content| Letter {
        world,
        facts,
        event,
        zone: world.zone(customer),
        unsubscribe: &way_out,
        escape,
        content,
        words: locales.as_ref().and_then(|(locales, language)| locales.strings.get(language.name())),
        language: locales.as_ref().map(|(_, language)| language.clone()),
        noted,
    };
    let line = |template: &Compiled| {
        let text = persona_template::render(template, &letter(Escape::Text, None))?;
        // A header is one line, whatever a value holds.
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let layout = email.layout.as_ref().and_then(|name| world.model.layout(name));
    let (body, content) = match layout {
        Some(layout) => (&layout.body, Some(&email.body.template)),
        None => (&email.body, None),
    };
    if (body.format == Format::Text) != (email.body.format == Format::Text) {
        // Text is not escaped: in an HTML layout a customer's name could be markup.
        let reason = format!("the body of `{}` and its layout must both be text, or neither", email.name);
        return Err(Stop::Failed { span: email.span, reason });
    }
    let escape = if body.format == Format::Text { Escape::Text } else { Escape::Html };
    let mut filled = fill(&body.template, &letter(escape, content))?;
    if body.format == Format::Markdown {
        document(&mut filled, locales.as_ref().map(|(_, language)| &**language.name()));
    }
    footer::complete(world.model, email, body.format, &mut filled, &way_out);
    Ok(Rendered {
        from: email.from.clone(),
        reply_to: email.reply_to.clone(),
        subject: line(&email.subject)?,
        preheader: email.preheader.as_ref().map(line).transpose()?,
        body: match body.format {
            Format::Html | Format::Markdown => Body::Html(filled),
            Format::Text => Body::Text(filled.text),
            Format::Mjml => Body::Mjml(filled),
        },
    })
}

/// The language of an e-mail that a customer reads: the closest to what they are known to read, else that of everybody else.
fn language(locales: &Locales, facts: &Facts) -> Language {
    let own = facts.values.get(&locales.attribute).and_then(Value::as_text);
    let closest = own.and_then(|own| closest(own, &locales.of)).and_then(|at| locales.of.get(at));
    Language::new(closest.unwrap_or(&locales.otherwise), own)
}

/// Makes what Markdown gave a document, unless the author wrote one around it.
fn document(body: &mut Filled, language: Option<&str>) {
    let lower = body.text.to_ascii_lowercase();
    if lower.contains("<html") || lower.contains("<body") {
        return;
    }
    let part = |text: &str| Filled { text: text.into(), values: Vec::new() };
    let language = language.map_or(String::new(), |language| format!(" lang=\"{language}\""));
    body.insert(0, &part(&HEAD.replacen("<html>", &format!("<html{language}>"), 1)));
    body.insert(body.text.len(), &part("</body>\n</html>\n"));
}

/// The values of one message.
struct Letter<'r> {
    world: &'r World<'r>,
    facts: &'r Facts,
    event: &'r Value,
    zone: TimeZone,
    unsubscribe: &'r str,
    escape: Escape,
    content: Option<&'r Compiled>,
    /// The texts of the customer's language, and that.
    words: Option<&'r Strings>,
    language: Option<Rc<Language>>,
    noted: Option<&'r RefCell<Vec<Fallback>>>,
}

impl Letter<'_> {
    /// An attribute, a trait or a stage. A list is empty, never missing.
    fn known(&self, name: &str) -> Value {
        let model = self.world.model;
        let found = self.facts.values.get(name).filter(|value| !value.is_missing()).cloned();
        found.unwrap_or_else(|| {
            let attribute = model.customer.attribute(name).map(|a| &a.ty);
            match attribute.or_else(|| model.trait_(name).map(|t| &t.value.ty)) {
                Some(Type::List(_)) => Value::List(Vec::new()),
                _ => Value::Missing,
            }
        })
    }

    /// All that is known of the customer, in the order declared.
    fn customer(&self) -> Value {
        let model = self.world.model;
        let attributes = model.customer.attributes.iter().map(|a| &a.name);
        let names = attributes.chain(model.traits.iter().map(|t| &t.name));
        let names = names.chain(model.lifecycles.iter().map(|l| &l.name));
        Value::Record(names.map(|name| (name.clone(), self.known(name))).collect())
    }
}

impl Data for Letter<'_> {
    fn value(&self, name: &str) -> Value {
        match name {
            "customer" => self.customer(),
            "brand" => self.world.model.brand.value(),
            "event" if !self.event.is_missing() => self.event.clone(),
            "unsubscribe_url" if self.world.model.customer.attribute(name).is_none() => {
                Value::text(self.unsubscribe)
            }
            _ => self.known(name),
        }
    }

    fn in_segment(&self, segment: &str) -> bool {
        self.facts.segments.contains(segment)
    }

    fn block(&self, name: &str) -> Option<Compiled> {
        let content = self.world.model.content(name)?;
        let mut cases = content.cases.iter().enumerate();
        let (_, case) = cases
            .find(|(i, case)| case.when.is_none() || self.facts.answers.contains(&ask::case(name, *i)))?;
        Some(if self.escape == Escape::Html { case.html.clone() } else { case.text.clone() })
    }

    fn wording(&self, key: &str, count: Option<i64>) -> Option<Arc<str>> {
        match self.words?.get(key)? {
            Wording::Plain(text) => Some(text.clone()),
            Wording::Plural(forms) => {
                let form = self.language.as_ref().map_or("other", |l| l.plural(count.unwrap_or_default()));
                forms.get(form).or_else(|| forms.get("other")).cloned()
            }
        }
    }

    fn language(&self) -> Option<Rc<Language>> {
        self.language.clone()
    }

    fn placeholder(&self, name: &str) -> Option<Compiled> {
        self.content.filter(|_| name == "content").cloned()
    }

    fn entity(&self, entity: &str, key: &Value) -> Value {
        let row = self.world.entities.get(entity).and_then(|rows| rows.get(key));
        row.cloned().unwrap_or(Value::Missing)
    }

    fn time_zone(&self) -> TimeZone {
        self.zone.clone()
    }

    fn now(&self) -> Timestamp {
        self.world.now
    }

    fn fallbacks(&self) -> Option<&RefCell<Vec<Fallback>>> {
        self.noted
    }
}
