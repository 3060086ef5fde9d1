//! Values made safe for their places.

use std::borrow::Cow;

use super::Place;

/// Appends `text` to `out` as `place` demands. `address` says that the value is an address or encoded for one, so
/// that its `/ ? & =` mean what they say.
pub(crate) fn write(out: &mut String, text: &str, place: Place, address: bool) {
    match place {
        Place::Plain => out.push_str(text),
        Place::Line => out.push_str(&one_line(text)),
        Place::Text | Place::Attribute => escape(out, text),
        Place::Address if !has_safe_scheme(text) => out.push('#'),
        Place::AddressPath | Place::AddressRest if !address => {
            // A part of a path: it begins no query, and what comes first no scheme.
            let text = if place == Place::AddressRest { close_scheme(text) } else { Cow::Borrowed(text) };
            escape(out, &encode(&text, |b| !is_unsafe_in_address(b) && !matches!(b, b'?' | b'#')));
        }
        Place::Address | Place::AddressPath => escape(out, &encode(text, |b| !is_unsafe_in_address(b))),
        Place::AddressRest => {
            let text = close_scheme(text);
            escape(out, &encode(&text, |b| !is_unsafe_in_address(b)));
        }
        Place::AddressQuery if address => escape(out, &encode(text, |b| !is_unsafe_in_address(b))),
        Place::AddressQuery => escape(out, &encode(text, is_unreserved)),
        Place::Style if text.bytes().all(is_safe_in_style) && !text.contains("--") => out.push_str(text),
        Place::Style => {}
    }
}

/// Appends HTML that is safe between tags as `place` demands.
pub(crate) fn write_markup(out: &mut String, html: &str, place: Place, address: bool) {
    match place {
        Place::Plain | Place::Text => out.push_str(html),
        Place::Line => out.push_str(&one_line(html)),
        _ => write(out, &unescape(html), place, address),
    }
}

/// Text with each control character as a blank.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(char::is_control, " "))
}

/// Appends text with `& < > " '` escaped.
pub(crate) fn escape(out: &mut String, text: &str) {
    let mut from = 0;
    for (i, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(&text[from..i]);
        out.push_str(escaped);
        from = i + 1;
    }
    out.push_str(&text[from..]);
}

/// What [`escape`] did, undone.
pub(crate) fn unescape(html: &str) -> Cow<'_, str> {
    if !html.contains('&') {
        return Cow::Borrowed(html);
    }
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];
        let (length, c) =
            known.iter().find(|(e, _)| rest.starts_with(e)).map_or((1, '&'), |(e, c)| (e.len(), *c));
        text.push(c);
        rest = &rest[length..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Whether an address is relative, or of a kind a mail may lead to.
fn has_safe_scheme(text: &str) -> bool {
    // Browsers drop white space and control characters before they look for the scheme.
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    match compact.split(['/', '?', '#']).next().and_then(|head| head.split_once(':')) {
        None => true,
        Some((scheme, _)) => {
            ["http", "https", "mailto", "tel"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe))
        }
    }
}

/// An address's continuation with the colon encoded that would end a scheme begun before it.
fn close_scheme(text: &str) -> Cow<'_, str> {
    let head = text.find(['/', '?', '#']).unwrap_or(text.len());
    if text[..head].contains(':') {
        Cow::Owned(format!("{}{}", text[..head].replace(':', "%3A"), &text[head..]))
    } else {
        Cow::Borrowed(text)
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_unsafe_in_address(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x7f || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'{' | b'}')
}

fn is_safe_in_style(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'%' | b'.' | b',' | b'-' | b'_' | b' ')
}

/// Percent-encodes the bytes that are not kept.
pub(crate) fn encode(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
