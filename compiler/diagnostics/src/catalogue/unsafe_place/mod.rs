//! A value is printed at a place of an HTML document where it could not be made safe.

use crate::{Problem, Report, Span};

/// What is wrong with the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a script, or an attribute that is one.
    Script,
    /// Inside a tag, where the names of attributes stand.
    Tag,
    /// In an attribute's value without quotes.
    Unquoted,
}

/// What the template's checker knows.
pub struct UnsafePlace {
    /// What is printed, as written: `{{ x }}`.
    pub printed: String,
    /// Where.
    pub span: Span,
    /// What is wrong there.
    pub place: Place,
}

impl Problem for UnsafePlace {
    const CODE: &'static str = "unsafe-place";

    fn tell(&self, to: &mut Report) {
        let printed = &self.printed;
        match self.place {
            Place::Script => {
                to.headline(format!("`{printed}` cannot be printed inside a script"));
                to.label(self.span, "this stands in a script");
                to.help("mail programs run no scripts: remove it");
            }
            Place::Tag => {
                to.headline(format!("`{printed}` cannot be printed inside a tag"));
                to.label(self.span, "the name of an attribute belongs here");
                to.help("put it into the quotes of an attribute");
            }
            Place::Unquoted => {
                to.headline(format!("`{printed}` stands in an attribute without quotes"));
                to.label(self.span, "a blank in the value would end the attribute");
                to.paste("put quotes around it", format!("\"{printed}\""));
            }
        }
    }
}
