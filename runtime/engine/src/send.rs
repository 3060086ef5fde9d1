//! A send, and what withholds it.

use std::fmt;
use std::sync::Arc;

use email_address::{EmailAddress, Options};
use jiff::civil::Date;
use persona_model::{Email, Leave};
use persona_value::{Type, Value};

use crate::{Saw, World};

/// An e-mail to a customer, decided: it goes out, or is withheld.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// 32 hex digits made from all that it is. A step that is repeated has the same, everything else has another.
    pub id: Arc<str>,
    /// The e-mail's name.
    pub email: Arc<str>,
    /// The customer's id.
    pub customer: Arc<str>,
    /// What sends it.
    pub origin: Origin,
    /// The address it goes to, or why it does not go.
    pub to: Result<Arc<str>, Withheld>,
}

/// What sends an e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A trigger.
    Trigger {
        /// Its name.
        name: Arc<str>,
        /// Whether its flow had sent nothing before.
        first: bool,
    },
    /// A campaign.
    Campaign {
        /// Its name.
        name: Arc<str>,
        /// The customer's local day it was due on.
        due: Date,
    },
}

impl Origin {
    /// The trigger's or campaign's name.
    pub fn name(&self) -> &Arc<str> {
        match self {
            Origin::Trigger { name, .. } | Origin::Campaign { name, .. } => name,
        }
    }
}

/// Why an e-mail is withheld; of several reasons the first in this order. Its text is for people and holds no address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Withheld {
    /// There is no such customer any more.
    NoCustomer,
    /// The address is never written to; why.
    Suppressed(Arc<str>),
    /// The customer does not consent to this; the consent's name.
    NoConsent(Arc<str>),
    /// The customer has no address.
    NoAddress,
    /// What stands as the address is none.
    BadAddress,
    /// The address matches no pattern of `delivery.only_to`.
    OnlyTo,
    /// It was due at an hour that is quiet where the customer is, or over the warm-up, and of no use any more afterwards.
    Expired,
    /// Another of a group of which the customer gets one.
    OneOf {
        /// The one they got.
        email: Arc<str>,
        /// In which time they get one.
        per: Arc<str>,
    },
    /// The customer got as many as they may.
    Cap {
        /// So many.
        most: i64,
        /// In this time.
        per: Arc<str>,
    },
    /// The template asked for it; in the author's words.
    Skip(Arc<str>),
    /// The template could not be rendered with this customer's values; what is wrong.
    Unrendered(Arc<str>),
    /// No message could be made of what was rendered; what is wrong.
    Refused(Arc<str>),
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Withheld::NoCustomer => f.write_str("no such customer any more"),
            Withheld::Suppressed(reason) => write!(f, "suppressed: {reason}"),
            Withheld::NoConsent(consent) => write!(f, "no consent to {consent}"),
            Withheld::NoAddress => f.write_str("no address"),
            Withheld::BadAddress => f.write_str("not a valid address"),
            Withheld::OnlyTo => f.write_str("not in delivery.only_to"),
            Withheld::Expired => f.write_str("of no use any more when it may be sent"),
            Withheld::OneOf { email, per } => write!(f, "one of several per {per}: {email} was sent"),
            Withheld::Cap { most, per } => write!(f, "at most {most} per {per}"),
            Withheld::Skip(reason) => write!(f, "skip: {reason}"),
            Withheld::Unrendered(reason) => write!(f, "could not be rendered: {reason}"),
            Withheld::Refused(reason) => write!(f, "could not be written: {reason}"),
        }
    }
}

/// The address an e-mail goes to, as far as what is known of the customer tells.
pub(crate) fn address(
    world: &World,
    email: &Email,
    customer: &str,
    saw: &mut Vec<Saw>,
) -> Result<Arc<str>, Withheld> {
    let facts = world.facts.get(customer).ok_or(Withheld::NoCustomer)?;
    if let Some(reason) = &facts.suppressed {
        return Err(Withheld::Suppressed(reason.clone()));
    }
    if let Leave::Consent(consent) = &email.leave {
        let given = facts.consents.contains(consent);
        saw.push(Saw::Consent { name: consent.clone(), given });
        if !given {
            return Err(Withheld::NoConsent(consent.clone()));
        }
    }
    let address = address_of(world, customer).ok_or(Withheld::NoAddress)?;
    let options = Options::default().without_domain_literal().without_display_text();
    if EmailAddress::parse_with_options(&address, options).is_err() {
        return Err(Withheld::BadAddress);
    }
    let only_to = &world.model.project.delivery.only_to;
    if !only_to.is_empty() && !only_to.iter().any(|pattern| matches(pattern, &address)) {
        return Err(Withheld::OnlyTo);
    }
    Ok(address)
}

/// Why an e-mail would not go to a customer now, as far as what is known of them tells: caps and the like depend on what
/// else is due.
pub fn unreachable(world: &World, email: &Email, customer: &str) -> Option<Withheld> {
    address(world, email, customer, &mut Vec::new()).err()
}

/// What stands as a customer's address: the attribute `email`, or else the first that is one.
pub fn address_of(world: &World, customer: &str) -> Option<Arc<str>> {
    let addresses = || world.model.customer.attributes.iter().filter(|a| a.ty == Type::Email);
    let attribute = addresses().find(|a| &*a.name == "email").or_else(|| addresses().next())?;
    match world.facts.get(customer)?.values.get(&attribute.name) {
        Some(Value::Text(address)) if !address.is_empty() => Some(address.clone()),
        _ => None,
    }
}

/// Whether an address matches a pattern, where `*` stands for any characters; case does not matter.
fn matches(pattern: &str, address: &str) -> bool {
    let (pattern, address) = (pattern.to_lowercase(), address.to_lowercase());
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == address };
    let Some(mut left) = address.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, address) in [
            ("*@shop.example", "Ada@Shop.example"),
            ("ada@shop.example", "ada@SHOP.example"),
            ("*", "ada@shop.example"),
            ("a*@*.example", "ada@mail.shop.example"),
            ("ada+*@shop.example", "ada+1@shop.example"),
        ] {
            assert!(matches(pattern, address), "{pattern} {address}");
        }
        for (pattern, address) in [
            ("*@shop.example", "ada@shop.example.org"),
            ("*@shop.example", "ada@workshop.example"),
            ("ada@shop.example", "eve-ada@shop.example"),
            ("a*a@shop.example", "a@shop.example"),
            ("", "ada@shop.example"),
        ] {
            assert!(!matches(pattern, address), "{pattern} {address}");
        }
    }
}
