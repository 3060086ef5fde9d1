//! What every e-mail sent by consent ends with: who writes, and the way out. The author may place both; what the author
//! left out is added here, since the law and the mailbox providers ask for it.

use persona_model::{Email, Format, Leave, Model};
use persona_template::Filled;

/// The name templates print the way out by.
const UNSUBSCRIBE: &str = "unsubscribe_url";

/// Gives a body what it lacks.
pub(crate) fn complete(model: &Model, email: &Email, format: Format, body: &mut Filled, unsubscribe: &str) {
    let Leave::Consent(_) = email.leave else { return };
    let address = model.brand.get("postal_address").filter(|_| !email.reads.contains("brand"));
    let way_out = Some(unsubscribe).filter(|_| !email.reads.contains(UNSUBSCRIBE));
    if address.is_none() && way_out.is_none() {
        return;
    }
    if format == Format::Text {
        let lines =
            address.map(|a| a.to_string()).into_iter().chain(way_out.map(|w| format!("Unsubscribe: {w}")));
        body.text = format!("{}\n\n-- \n{}\n", body.text.trim_end(), lines.collect::<Vec<_>>().join("\n"));
        return;
    }
    let way_out = way_out.map(escaped);
    let link = way_out.as_ref().map(|w| format!("<a href=\"{w}\" style=\"color:#666666\">Unsubscribe</a>"));
    let lines: Vec<String> = address.map(|a| escaped(a)).into_iter().chain(link).collect();
    let lines = lines.join("<br>");
    let (part, end) = match format {
        Format::Mjml => (
            format!(
                "<mj-section><mj-column><mj-text font-size=\"12px\" color=\"#666666\">{lines}</mj-text></mj-column></mj-section>"
            ),
            "</mj-body>",
        ),
        _ => (
            format!(
                "<p style=\"margin:24px; font-family:Arial, sans-serif; font-size:12px; color:#666666\">{lines}</p>"
            ),
            "</body>",
        ),
    };
    // Names of elements are ASCII: lower case keeps every byte's place.
    let at = body.text.to_ascii_lowercase().rfind(end).unwrap_or(body.text.len());
    let value = way_out.and_then(|w| part.rfind(&w).map(|start| start..start + w.len()));
    body.insert(at, &Filled { text: part, values: value.into_iter().collect() });
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
