//! The words an inbox shows after the subject, hidden at the head of the HTML.

/// What inboxes show at most; the room is filled up, so that the body's own words do not follow.
const ROOM: usize = 150;

/// The HTML with the preheader as the first thing in its body.
pub(crate) fn put(html: &str, preheader: &str) -> String {
    let words = preheader.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // A joiner that shows nothing and a space: inboxes merge neither with its neighbour.
    let filler = "&#847;&#8199;".repeat(ROOM.saturating_sub(preheader.chars().count()).div_ceil(2));
    let hidden = "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all";
    let at = body_start(html);
    let (before, after) = html.split_at(at);
    format!("{before}<div style=\"{hidden}\">{words}{filler}</div>{after}")
}

/// Where the body begins: after `<body …>`, else after `</head>`, else after `<html …>` or the doctype, else at the start.
fn body_start(html: &str) -> usize {
    ["body", "/head", "html", "!doctype"].iter().find_map(|name| after_tag(html, name)).unwrap_or(0)
}

/// The offset after the first tag of this name. What stands in a comment is none: Outlook's conditional comments hold second
/// `<body>` tags.
fn after_tag(html: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        let inside = &html[open + 1..];
        if let Some(comment) = inside.strip_prefix("!--") {
            // `-->` may begin in the opening's own dashes, as in `<!-->`.
            let end = comment.find("-->").map(|found| found + 3);
            at = html.len() - comment.len() + end?;
            continue;
        }
        let named = inside.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && inside[name.len()..].starts_with(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/');
        let end = open + 1 + tag_length(inside)?;
        if named {
            return Some(end);
        }
        at = end;
    }
    None
}

/// The length of a tag's inside with its `>`, which may also stand in a quoted attribute.
pub(crate) fn tag_length(inside: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in inside.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_begins_after_its_tag() {
        let after = |html: &str| html[body_start(html)..].to_string();
        assert_eq!(
            after("<html><head><title>a</title></head><BODY class='a>b'\n>x</BODY></html>"),
            "x</BODY></html>"
        );
        assert_eq!(
            after(
                "<!doctype html><!--[if mso]><body class=mso><![endif]--><!--[if !mso]><!--><body><!--<![endif]-->x"
            ),
            "<!--<![endif]-->x"
        );
        assert_eq!(after("<head></head><p>x"), "<p>x");
        assert_eq!(after("<!DOCTYPE html>\n<p>x"), "\n<p>x");
        assert_eq!(after("<tbody>x</tbody>"), "<tbody>x</tbody>");
        assert_eq!(after("1 < 2 <b>"), "1 < 2 <b>");
        assert_eq!(after("<p>never <!-- closed <body>"), "<p>never <!-- closed <body>");
        assert_eq!(after(""), "");
    }

    #[test]
    fn its_words_are_words() {
        let html = put("<body><p>Hello</p>", "50 % < 1 & <b>more</b>");
        assert!(html.contains(">50 % &lt; 1 &amp; &lt;b&gt;more&lt;/b&gt;&#847;"), "{html}");
        assert!(html.starts_with("<body><div style=\"display:none;") && html.ends_with("</div><p>Hello</p>"));
    }
}
