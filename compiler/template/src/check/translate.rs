//! `t`: a text of which each language has one.

use std::sync::Arc;

use persona_diagnostics::catalogue::type_mismatch::TypeMismatch;
use persona_diagnostics::catalogue::unknown_name::UnknownName;
use persona_diagnostics::catalogue::wrong_arguments::WrongArguments;
use persona_diagnostics::suggest;

use super::Checker;
use super::value::Typed;
use crate::code::{Code, Translated};
use crate::kind::Kind;
use crate::scope::Wording;
use crate::show::Show;
use crate::tree::*;

/// What chooses the form of a plural.
const COUNT: &str = "count";

impl Checker<'_> {
    pub(super) fn translated(&mut self, key: Typed, call: &FilterCall) -> Typed {
        let unknown = Typed { key: None, ..Typed::unknown(key.span, key.text.clone()) };
        let given: Vec<(Option<&Name>, Typed)> =
            call.arguments.iter().map(|a| (a.name.as_ref(), self.operand(&a.value))).collect();
        let Some(name) = key.literal_text().cloned() else {
            self.report(TypeMismatch {
                headline: "the text to show has to be named in quotes".into(),
                labels: vec![(key.span, "this decides at rendering which text it is".into())],
                help: Some(("name it".into(), "{{ \"greeting\" | t }}".into())),
            });
            return unknown;
        };
        let wording = match self.scope.wording(&name) {
            Some(Some(wording)) => wording,
            Some(None) => return unknown,
            None => {
                self.no_wording(&name, &key);
                return unknown;
            }
        };
        match self.filled(&name, &wording, given, call) {
            Some(translated) => {
                Typed::new(Code::Translated(Box::new(translated)), Kind::TEXT, key.span, key.text)
            }
            None => unknown,
        }
    }

    fn no_wording(&mut self, name: &str, key: &Typed) {
        let keys = self.scope.wording_keys();
        if keys.is_empty() {
            self.report(WrongArguments {
                function: "t".into(),
                at: key.span,
                why: "there are no texts here: an e-mail names their files, for its own subject and body"
                    .into(),
                form: "strings file \"i18n/{locale}.toml\"".into(),
            });
            return;
        }
        self.report(UnknownName {
            what: "text".into(),
            name: name.into(),
            at: key.span,
            nearest: suggest(name, keys.iter().map(String::as_str)).map(|n| (n.to_string(), None)),
            available: Vec::new(),
        });
    }

    /// Every name in a text is given a value that can be printed.
    fn filled(
        &mut self,
        key: &Arc<str>,
        wording: &Wording,
        given: Vec<(Option<&Name>, Typed)>,
        call: &FilterCall,
    ) -> Option<Translated> {
        let wanted = || {
            let count = wording.plural.then_some(COUNT);
            count.into_iter().chain(wording.placeholders.iter().map(String::as_str))
        };
        let form = || {
            let names: Vec<String> = wanted().map(|name| format!("{name}: …")).collect();
            let given = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
            format!("{{{{ \"{key}\" | t{given} }}}}")
        };
        let (mut count, mut arguments, mut whole) = (None, Vec::new(), true);
        let mut named: Vec<Arc<str>> = Vec::new();
        for (name, typed) in given {
            let Some(name) = name else {
                self.report(WrongArguments {
                    function: "t".into(),
                    at: typed.span,
                    why: "what a text is given is named".into(),
                    form: form(),
                });
                whole = false;
                continue;
            };
            if !wanted().any(|w| *w == *name.text) {
                self.report(UnknownName {
                    what: format!("placeholder of `{key}`"),
                    name: name.text.to_string(),
                    at: name.span,
                    nearest: suggest(&name.text, wanted()).map(|n| (n.to_string(), None)),
                    available: wanted().map(|w| format!("`{w}`")).collect(),
                });
                whole = false;
                continue;
            }
            named.push(name.text.clone());
            let is_count = wording.plural && *name.text == *COUNT;
            if typed.kind.is_unknown() {
                whole = false;
            } else if is_count && typed.kind != Kind::INT || !typed.kind.is_printable() {
                let words = typed.kind.words();
                let wants = if is_count { "a whole number" } else { "something that can be printed" };
                self.report(TypeMismatch {
                    headline: format!("`{}` is {wants}, and `{}` is {words}", name.text, typed.text),
                    labels: vec![(typed.span, format!("this is {words}"))],
                    help: None,
                });
                whole = false;
            } else if !self
                .is_there(&typed, &typed.text, |value| format!("{{% assign {} = {value} %}}", name.text))
            {
                whole = false;
            } else {
                let show = typed.kind.ty().and_then(Show::of).unwrap_or(Show::Plain);
                if is_count {
                    count = Some(typed.code.clone());
                }
                arguments.push((name.text.clone(), Code::Shown(Box::new(typed.code), show)));
            }
        }
        if let Some(missing) = wanted().find(|w| !named.iter().any(|n| **n == **w)) {
            self.report(WrongArguments {
                function: "t".into(),
                at: call.span,
                why: format!("`{missing}` is left out"),
                form: form(),
            });
            return None;
        }
        whole.then(|| Translated { key: key.clone(), count, arguments, span: call.span })
    }
}
