//! A link or an image has no address yet.

use crate::{Problem, Report, Severity, Span};

/// What the reader of a body's links knows.
pub struct PlaceholderLink {
    /// Nothing, or `#`.
    pub address: String,
    /// Where it stands, without its quotes.
    pub at: Span,
    /// A link, not an image.
    pub link: bool,
}

impl Problem for PlaceholderLink {
    const CODE: &'static str = "placeholder-link";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let what = if self.link { "link" } else { "image" };
        let why = match &*self.address {
            "" => "nothing stands here",
            _ => "this is the top of the e-mail itself",
        };
        to.headline(format!("this {what} has no address yet"));
        to.label(self.at, why);
        to.help(match self.link {
            true => "write where it leads, as in `https://shop.example/basket`",
            false => "write where it lies, as in `https://shop.example/logo.png`",
        });
    }
}
