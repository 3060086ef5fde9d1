//! An address that leads nowhere from a mail.

use crate::{Problem, Report, Span};

/// What is wrong with it.
pub enum Why {
    /// What is written out leads nowhere.
    Written(Written),
    /// A value that is no address: as written, and what it is.
    Value(String, String),
    /// A value that has a scheme of its own stands behind one.
    Twice(String),
}

/// An address that is written out, from its beginning.
pub struct Written {
    /// As far as it is.
    pub address: String,
    /// There is no more of it.
    pub whole: bool,
    /// Of a link, not of an image.
    pub link: bool,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// `/basket`, `basket.html`: it begins where the page stands, and an e-mail stands nowhere.
    Relative,
    /// `www.shop.example/basket`
    Bare,
    /// `//shop.example/basket`
    WithoutScheme,
    /// `https:/shop.example`, `https//shop.example`
    Slashes {
        /// With the signs it should have.
        mended: String,
    },
    /// `htps://shop.example`
    Misspelt {
        /// As written.
        scheme: String,
        /// What is probably meant.
        mended: String,
    },
    /// `https:///basket`
    NoHost,
    /// `https://shop example/`
    Blank,
    /// `http://localhost:3000`
    Local {
        /// As written.
        host: String,
    },
    /// `javascript:…`, which mail programs do not follow.
    Unfollowed {
        /// As written.
        scheme: String,
    },
}

/// What the template's checker knows.
pub struct BadAddress {
    /// Where it stands.
    pub at: Span,
    /// What is wrong.
    pub why: Why,
}

impl Problem for BadAddress {
    const CODE: &'static str = "bad-address";

    fn tell(&self, to: &mut Report) {
        match &self.why {
            Why::Written(written) => written.tell(self.at, to),
            Why::Value(name, words) => {
                to.headline(format!("`{name}` is {words} and no address"));
                to.label(self.at, "an address begins here");
                to.paste("say where it lies", format!("https://www.example.com/{{{{ {name} }}}}"));
            }
            Why::Twice(name) => {
                to.headline(format!("`{name}` says its own `https://`"));
                to.label(self.at, "it would stand here twice");
                to.paste("print it alone", format!("{{{{ {name} }}}}"));
            }
        }
    }
}

impl Written {
    fn tell(&self, at: Span, to: &mut Report) {
        let (what, address) = (if self.link { "link" } else { "image" }, &self.address);
        match &self.wrong {
            Wrong::Relative => {
                to.headline(format!("this {what} leads nowhere: it does not say on which site"));
                to.label(at, "an e-mail has no site of its own to begin from");
                let path = address.trim_start_matches(['.', '/']);
                let rest = if self.whole { "" } else { "…" };
                to.paste("write the whole address", format!("https://www.example.com/{path}{rest}"));
            }
            Wrong::Bare => {
                to.headline(format!("this {what} leads nowhere: it does not begin with `https://`"));
                to.label(at, "read as a file's name, not as a site's");
                self.mend(at, to, format!("https://{address}"), false);
            }
            Wrong::WithoutScheme => {
                to.headline(format!("this {what} leads nowhere: `https:` is missing"));
                to.label(at, "on a page it would be the page's own, and an e-mail has none");
                self.mend(at, to, format!("https:{address}"), true);
            }
            Wrong::Slashes { mended } => {
                to.headline(format!("this {what} is not a URL: `://` is not written right"));
                to.label(at, "expected two slashes behind the colon");
                self.mend(at, to, mended.clone(), true);
            }
            Wrong::Misspelt { scheme, mended } => {
                to.headline(format!("no mail program knows links of the kind `{scheme}:`"));
                to.label(at, "nobody can follow this");
                self.mend(at, to, mended.clone(), false);
            }
            Wrong::NoHost => {
                to.headline(format!("this {what} is not a URL: it names no site"));
                to.label(at, "a site's name belongs behind `//`");
                to.help("write it as in `https://shop.example/basket`");
            }
            Wrong::Blank => {
                to.headline(format!("this {what} is not a URL: a blank stands in the site's name"));
                to.label(at, "programs read it up to the blank, or not at all");
                to.help("remove the blank");
            }
            Wrong::Local { host } => {
                to.headline(format!("`{host}` is the reader's own machine, not yours"));
                to.label(at, format!("this {what} works where it was written, and nowhere else"));
                to.help("write the address that customers reach");
            }
            Wrong::Unfollowed { scheme } => {
                to.headline(format!("mail programs follow no `{scheme}:` {what}s"));
                to.label(at, "removed, or taken for an attack");
                to.help("link to a page that does it");
            }
        }
    }

    /// A better beginning of the address, and whether it is sure to be meant.
    fn mend(&self, at: Span, to: &mut Report, mended: String, sure: bool) {
        let words = if self.link { "write where the link leads" } else { "write where the image lies" };
        if self.whole {
            to.paste(words, mended.clone());
            to.fix(at, mended, sure);
        } else {
            to.paste(words, format!("{mended}…"));
        }
    }
}
