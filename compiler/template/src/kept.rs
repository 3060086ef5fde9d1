//! Templates that were checked before. Of one that says the same, at a place where all that it asked about names has the
//! same answer, there is nothing to find out again.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use persona_diagnostics::{FileId, Problems, Span};
use persona_value::{Field, RecordType};

use crate::{Binding, Clients, Compiled, Escape, Scope, Source, Uses, Wording};
use crate::{check, check_clients, check_elements, check_links, check_mjml, markdown, parse};

/// What became of the templates of a program, for the next time that it is looked at.
#[derive(Debug, Default)]
pub struct Kept {
    known: Mutex<HashMap<Key, Known>>,
    /// Whether a program was looked at with it.
    before: AtomicBool,
}

/// As what a template is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadAs {
    /// What printed values are escaped for.
    pub escape: Escape,
    /// Whose elements it has.
    pub elements: Elements,
    /// Those that are to show it, where it is HTML.
    pub clients: Clients,
}

/// The elements that a template is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Elements {
    /// None, or a part of somebody else's: where it begins and ends, nobody knows.
    Any,
    /// A body of HTML.
    Html,
    /// A body of MJML.
    Mjml,
    /// A body of Markdown, which becomes HTML.
    Markdown,
}

/// Where a template stands, and as what it is read there.
type Key = (FileId, u32, bool, ReadAs);

/// A template that was checked.
#[derive(Debug)]
struct Known {
    text: String,
    /// All that its check wanted to know.
    asked: Vec<Asked>,
    compiled: Compiled,
    uses: Uses,
    told: Problems,
    /// Whether it was wanted since the last [`Kept::forget_unused`].
    used: bool,
}

impl Kept {
    /// A template, parsed and checked; so are its elements, where it has any.
    pub fn compile(
        &self,
        source: Source,
        read_as: ReadAs,
        scope: &dyn Scope,
        problems: &mut Problems,
    ) -> (Compiled, Uses) {
        let key = (source.file, source.offset, source.escapes, read_as);
        // It is taken out while it is looked at: nobody waits for it.
        let known = self.known.lock().ok().and_then(|mut known| known.remove(&key));
        let still = |known: &Known| known.text == source.text && known.asked.iter().all(|a| a.still(scope));
        let known = known.filter(still).unwrap_or_else(|| {
            let listening = Listening { scope, asked: RefCell::default() };
            let mut told = Problems::apart();
            let mut formed = Problems::apart();
            let mut template = parse(source, &mut formed);
            if read_as.elements == Elements::Mjml {
                check_mjml(&template, source, &mut told);
            }
            // A tag that could not be read may have been around what seems to be closed wrongly.
            if matches!(read_as.elements, Elements::Html | Elements::Mjml) && formed.is_empty() {
                check_elements(&template, source, &mut told);
            }
            told.extend(formed);
            if read_as.escape == Escape::Html {
                check_links(&template, source, &mut told);
                check_clients(&template, source, read_as.clients, &mut told);
            }
            if read_as.elements == Elements::Markdown {
                template = markdown::to_html(&template, source, &mut told);
            }
            let (compiled, uses) = check(&template, &listening, read_as.escape, &mut told);
            let (text, asked) = (source.text.to_string(), listening.asked.into_inner());
            Known { text, asked, compiled, uses, told, used: true }
        });
        problems.extend(known.told.clone());
        let result = (known.compiled.clone(), known.uses.clone());
        if let Ok(mut all) = self.known.lock() {
            all.insert(key, Known { used: true, ..known });
        }
        result
    }

    /// Whether nothing is known from an earlier time.
    pub fn is_new(&self) -> bool {
        !self.before.load(Ordering::Relaxed)
    }

    /// Forgets what nobody wanted since this was called last: the texts of yesterday are not kept for ever.
    pub fn forget_unused(&self) {
        self.before.store(true, Ordering::Relaxed);
        if let Ok(mut all) = self.known.lock() {
            all.retain(|_, known| std::mem::take(&mut known.used));
        }
    }
}

/// A scope, and all that was asked of it.
struct Listening<'s> {
    scope: &'s dyn Scope,
    asked: RefCell<Vec<Asked>>,
}

impl Listening<'_> {
    fn note(&self, asked: Asked) {
        let mut all = self.asked.borrow_mut();
        if !all.contains(&asked) {
            all.push(asked);
        }
    }
}

/// Every question that can be asked of a [`Scope`]. Each is kept with its answer.
macro_rules! questions {
    ($($Question:ident: $method:ident($($about:ident)?) -> $Answer:ty;)*) => {
        #[derive(Debug, PartialEq)]
        enum Asked {
            $($Question { $($about: String,)? answer: $Answer },)*
        }

        impl Asked {
            /// Whether the answer is the same here.
            fn still(&self, scope: &dyn Scope) -> bool {
                match self {
                    $(Asked::$Question { $($about,)? answer } => scope.$method($($about)?) == *answer,)*
                }
            }
        }

        impl Scope for Listening<'_> {
            $(fn $method(&self $(, $about: &str)?) -> $Answer {
                let answer = self.scope.$method($($about)?);
                self.note(Asked::$Question { $($about: $about.to_string(),)? answer: answer.clone() });
                answer
            })*
        }
    };
}

questions! {
    Lookup: lookup(name) -> Option<Binding>;
    Names: names() -> Vec<String>;
    Entity: entity(name) -> Option<Arc<RecordType>>;
    EntityMustExist: entity_must_exist(name) -> bool;
    Segment: segment(name_or_label) -> Option<String>;
    SegmentNames: segment_names() -> Vec<String>;
    Block: block(name) -> Option<Vec<Field>>;
    BlockNames: block_names() -> Vec<String>;
    Wording: wording(key) -> Option<Option<Wording>>;
    WordingKeys: wording_keys() -> Vec<String>;
    Present: present() -> BTreeSet<String>;
    MembersHave: members_have(segment) -> BTreeSet<String>;
    SentWithout: sent_without(path) -> Option<(Span, String)>;
}
