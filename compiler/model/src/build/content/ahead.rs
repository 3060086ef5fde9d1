//! The templates of e-mails, checked ahead on another thread.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use persona_diagnostics::{Problems, Sources};
use persona_syntax::ast;
use persona_template::{Escape, Kept};

use super::super::scope::{ContentScope, Shared};
use super::files::Read;
use super::started::Started;
use super::templates::{read_as, source, written};
use crate::Model;
use crate::presence::{Presence, Sender};

/// What is known of each e-mail by who sends it.
pub(super) struct Sent {
    pub events: HashMap<Arc<str>, Option<Started>>,
    pub senders: HashMap<Arc<str>, Vec<Sender>>,
}

impl Sent {
    /// What the templates of an e-mail know.
    pub fn scope<'s>(&'s self, scope: &ContentScope<'s>, email: &str) -> ContentScope<'s> {
        let scope = scope.clone().with_event(self.events.get(email).cloned().flatten());
        scope.with_senders(self.senders.get(email).map(Vec::as_slice).unwrap_or_default())
    }
}

/// E-mails, which are checked from the first to the last: here from the last to the first, until both meet. What comes
/// of it is kept, and counts where it would be the same: who is first changes nothing.
pub(super) struct Ahead<'a> {
    pub emails: Vec<&'a ast::Email>,
    pub sent: &'a Sent,
    pub model: &'a Model,
    pub shared: Arc<Shared>,
    pub read: &'a Read,
    pub sources: &'a Sources,
    pub kept: &'a Kept,
    /// How many e-mails are looked at already.
    pub met: AtomicUsize,
}

impl Ahead<'_> {
    /// Checks e-mails until there are no more.
    pub fn run(&self) {
        let presence = Presence::of(self.model);
        let scope = ContentScope::over(self.model, self.shared.clone(), &presence);
        for (place, email) in self.emails.iter().enumerate().rev() {
            if place < self.met.load(Ordering::Relaxed) {
                return;
            }
            // What an offer or its languages add is found where it is checked itself.
            if email.offer.is_none() && email.strings.is_none() && email.locales.is_none() {
                self.one(email, &scope);
            }
        }
    }

    fn one(&self, email: &ast::Email, scope: &ContentScope) {
        let Some(name) = &email.name else { return };
        let scope = self.sent.scope(scope, &name.text);
        // Told is what is found when the e-mail itself is checked.
        let mut problems = Problems::default();
        let mut check = |source, escape, format| {
            let read_as = read_as(&self.model.project, escape, format);
            self.kept.compile(source, read_as, &scope, &mut problems);
        };
        for property in &email.properties {
            if let ("subject" | "preheader", Some(text)) = (property.name.text.as_str(), &property.value) {
                check(written(text), Escape::Line, None);
            }
        }
        if let Some((source, format, escape)) =
            email.bodies.first().and_then(|body| source(body, self.read, self.sources))
        {
            check(source, escape, Some(format));
        }
    }
}
