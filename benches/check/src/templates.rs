//! The templates of a department: a frame, bodies as long as real ones, and short ones.

use std::fmt::Write as _;

use fastrand::Rng;

/// The frame of every e-mail of a department.
pub fn layout(department: &str, mjml: bool) -> String {
    if mjml {
        return format!(
            r##"<mjml>
  <mj-head>
    <mj-title>{department}</mj-title>
    <mj-attributes><mj-all font-family="Georgia, serif" /></mj-attributes>
  </mj-head>
  <mj-body background-color="#f4f4f4">
    <mj-section background-color="{{{{ brand.colour }}}}">
      <mj-column><mj-text color="#ffffff" font-size="22px">The house of {department}</mj-text></mj-column>
    </mj-section>
    {{% block content %}}
    <mj-section>
      <mj-column>
        <mj-text font-size="12px">{{{{ brand.postal_address }}}}</mj-text>
        <mj-text font-size="12px"><a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"##
        );
    }
    format!(
        r##"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{department}</title></head>
<body style="margin:0;background:#f4f4f4;font-family:Georgia,serif">
  <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
    <tr><td style="padding:24px;color:#ffffff;background:#005a30">The house of {department}</td></tr>
    <tr><td style="padding:24px;background:#ffffff">
      {{% block content %}}
    </td></tr>
    <tr><td style="padding:24px;font-size:12px">
      {{{{ brand.postal_address }}}}<br>
      <a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a>
    </td></tr>
  </table>
</body>
</html>
"##
    )
}

/// A body with a greeting, a loop over the basket, cases by stage and tier, and some paragraphs.
pub fn body(department: &str, index: usize, mjml: bool, rng: &mut Rng) -> String {
    let (open, close) = part(mjml);
    let (row, end_row) = if mjml { ("", "") } else { ("<p>", "</p>") };
    let d = department;
    let mut text = format!("{open}\n");
    let _ = write!(
        text,
        r#"  {row}{{% if customer in {d}_segment_0 %}}Dear {{% else %}}Hello {{% endif %}}{{{{ first_name | default: "friend" }}}},{end_row}
  {row}{{% render "{d}_block_{index}" %}}{end_row}
  {{% for item in {d}_trait_0 %}}
    {row}{{{{ item.quantity }}}} × {{{{ item.sku.name | default: "one of our articles" }}}}: {{{{ item.price | money }}}}{end_row}
  {{% else %}}
    {row}Your basket is empty.{end_row}
  {{% endfor %}}
  {{% if {d}_trait_1 > 50 GBP %}}{row}Delivery is free.{end_row}{{% endif %}}
  {{% case tier %}}
    {{% when "gold" %}}{row}Gold customers come first.{end_row}
    {{% when "silver" %}}{row}Silver customers save more.{end_row}
    {{% else %}}{row}Collect points and become a silver customer.{end_row}
  {{% endcase %}}
"#
    );
    for paragraph in 0..12 {
        let words = ["soft", "light", "warm", "bright", "quiet", "strong", "simple", "fresh"];
        let word = || words[rng.usize(..words.len())];
        let chosen: Vec<&str> = std::iter::repeat_with(word).take(24).collect();
        let _ = writeln!(text, "  {row}Number {paragraph} of {d} is {}.{end_row}", chosen.join(" and "));
        if paragraph % 4 == 0 {
            let _ = writeln!(
                text,
                "  {row}You have spent {{{{ {d}_trait_3 | money }}}} with us, {{{{ last_name | default: \"friend\" | upcase }}}}.{end_row}"
            );
        }
    }
    text + close + "\n"
}

/// A body of two lines.
pub fn short(department: &str, block: u32, mjml: bool) -> String {
    let (open, close) = part(mjml);
    format!(
        "{open}{}{{% render \"{department}_block_{block}\" %}} You have spent {{{{ {department}_trait_3 | money }}}}.{}{close}",
        if mjml { "" } else { "<p>" },
        if mjml { "" } else { "</p>" },
    )
}

fn part(mjml: bool) -> (&'static str, &'static str) {
    if mjml {
        ("<mj-section><mj-column><mj-text>", "</mj-text></mj-column></mj-section>")
    } else {
        ("<div>", "</div>")
    }
}
