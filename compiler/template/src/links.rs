//! Where the links and images of a body lead, and what stands for an image that is not shown.
//!
//! Judged is what the author wrote; where a value is printed, [the place](crate::html) makes it safe. What an e-mail may link
//! to is not what a standard calls a URL: `/basket` is one and leads nowhere, `https://shop.example/?a|b` is none and opens
//! everywhere. So the few rules stand here, not in a library.

use persona_diagnostics::catalogue::{
    bad_address::{BadAddress, Why, Written, Wrong},
    image_without_alt::ImageWithoutAlt,
    placeholder_link::PlaceholderLink,
};
use persona_diagnostics::{Problems, Span, suggest};

use crate::Source;
use crate::check::TAGS;
use crate::page::{Attribute, Page, Tag};
use crate::tree::Template;

/// Elements that show an image, which has words to stand for it.
const IMAGES: &[&str] = &["img", "mj-image", "mj-carousel-image"];

/// Tells which links and images of a body lead nowhere, and which images have no words to stand for them. `source` is what
/// the template was parsed from.
pub fn check_links(template: &Template, source: Source, problems: &mut Problems) {
    let page = Page::of(template, source);
    // `mj-attributes` gives its images what they do not say themselves; a bar of links, where they begin.
    let (mut given, mut based) = (false, false);
    let mut silent = Vec::new();
    page.tags(|tag| {
        let has_alt = tag.get("alt").is_some();
        let shows = tag.get("src").is_some() && IMAGES.contains(&&*tag.name);
        given |= tag.is_mjml() && has_alt && tag.get("src").is_none();
        based |= tag.name == "base" || tag.get("base-url").is_some();
        if shows && !has_alt {
            silent.push((tag.name.clone(), tag.named.clone()));
        }
        for attribute in &tag.attributes {
            address(&page, &tag, attribute, based, problems);
        }
    });
    for (element, at) in silent {
        if !(given && element.starts_with("mj-")) {
            problems.report(ImageWithoutAlt { element, at: page.span(at) });
        }
    }
}

fn address(page: &Page, tag: &Tag, attribute: &Attribute, based: bool, problems: &mut Problems) {
    let link = match (&*tag.name, &*attribute.name) {
        ("base" | "link", _) => return,
        (_, "href") => true,
        (_, "src" | "background" | "background-url") => false,
        _ => return,
    };
    let range = attribute.value_at.clone();
    let Some((begin, whole)) = page.beginning(range.clone()) else { return };
    let relative = |address| matches!(wrong(address, whole, link), Some(Wrong::Relative | Wrong::Bare));
    if !(based && relative(begin.trim())) {
        check_address(begin, whole, link, page.span(range), problems);
    }
}

/// Tells what is wrong with an address of which this much is literal text, of a link or else of an image. `whole`: there is
/// no more of it.
pub(crate) fn check_address(begin: &str, whole: bool, link: bool, at: Span, problems: &mut Problems) {
    let address = begin.trim().to_string();
    if whole && matches!(&*address, "" | "#") {
        problems.report(PlaceholderLink { address, at, link });
    } else if let Some(wrong) = wrong(&address, whole, link) {
        let why = Why::Written(Written { address, whole, link, wrong });
        problems.report(BadAddress { at, why });
    }
}

/// What is wrong with an address that begins like this, if it is known to be. `whole`: there is no more of it.
fn wrong(address: &str, whole: bool, link: bool) -> Option<Wrong> {
    // Other providers' merge tags are told by themselves.
    let foreign = TAGS.iter().any(|(begin, _)| address.contains(begin));
    if address.is_empty() || address.starts_with('#') || foreign {
        return None;
    }
    let Some(sign) = address.find([':', '/', '?', '#']) else {
        return match whole {
            _ if address.starts_with("www.") => Some(Wrong::Bare),
            false => None,
            true if looks_like_host(address) => Some(Wrong::Bare),
            true => Some(Wrong::Relative),
        };
    };
    let (scheme, rest) = (address[..sign].to_ascii_lowercase(), &address[sign..]);
    if !rest.starts_with(':') {
        return Some(if address.starts_with("//") {
            Wrong::WithoutScheme
        } else if matches!(&*scheme, "http" | "https") && rest.starts_with("//") {
            Wrong::Slashes { mended: format!("{scheme}:{rest}") }
        } else if looks_like_host(&scheme) {
            Wrong::Bare
        } else {
            Wrong::Relative
        });
    }
    let after = &rest[1..];
    match &*scheme {
        "http" | "https" => web(&scheme, after, whole),
        "javascript" | "vbscript" | "file" | "about" | "blob" => Some(Wrong::Unfollowed { scheme }),
        "data" if link => Some(Wrong::Unfollowed { scheme }),
        _ if KNOWN.contains(&&*scheme) => None,
        // `shop.example:8080/basket`
        _ if scheme.contains('.') => Some(Wrong::Bare),
        _ if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(Wrong::Relative),
        _ => {
            let nearest = suggest(&scheme, ["https", "http", "mailto", "tel"])?;
            Some(Wrong::Misspelt { scheme: scheme.clone(), mended: format!("{nearest}:{after}") })
        }
    }
}

/// Schemes that are no slip of another.
const KNOWN: &[&str] =
    &["mailto", "tel", "sms", "smsto", "cid", "mid", "data", "geo", "ftp", "ftps", "maps", "itms"];

/// What follows `https:`.
fn web(scheme: &str, after: &str, whole: bool) -> Option<Wrong> {
    let Some(rest) = after.strip_prefix("//") else {
        let rest = after.trim_start_matches(['/', '\\']);
        let cut = !whole && after.len() < 2;
        return (!cut).then(|| Wrong::Slashes { mended: format!("{scheme}://{rest}") });
    };
    let end = rest.find(['/', '?', '#']);
    let host = &rest[..end.unwrap_or(rest.len())];
    if end.is_none() && !whole {
        // The rest of the host is printed.
        return None;
    }
    let name = host.rsplit_once('@').map_or(host, |(_, name)| name);
    let name = name.split(':').next().unwrap_or(name);
    if name.is_empty() && !host.starts_with('[') {
        Some(Wrong::NoHost)
    } else if host.contains(char::is_whitespace) {
        Some(Wrong::Blank)
    } else if matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0") || host.starts_with("[::1]") {
        Some(Wrong::Local { host: name.to_string() })
    } else {
        None
    }
}

/// `www.shop.example` and `shop.example` do; `basket.html` and `logo.png` do not.
fn looks_like_host(text: &str) -> bool {
    const FILES: &[&str] = &[
        "html", "htm", "php", "asp", "aspx", "jsp", "png", "jpg", "jpeg", "gif", "webp", "svg", "pdf", "css",
    ];
    let sound = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    let last = text.rsplit('.').next().unwrap_or_default();
    sound
        && text.contains('.')
        && !text.starts_with('.')
        && last.len() > 1
        && last.chars().all(char::is_alphabetic)
        && !FILES.contains(&last.to_ascii_lowercase().as_str())
}
