//! What stands in a mail whatever its author wrote, and what the author can print of the event.

use crate::help::{AT, Project, told};

#[test]
fn a_mail_by_consent_ends_with_who_writes_and_a_way_out() {
    let project = Project::new();
    project.replace("shop.persona", "layout   base\n", "");
    project.replace("shop.persona", "body html file \"content/welcome.html\"", "body html \"<p>Hello</p>\"");
    project.run(AT);
    let mails = project.mails();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert!(mail.html.contains("1 High Street, York"), "{}", mail.html);
        assert!(
            mail.html.contains("<a href=\"mailto:hello@shop.example?subject=Unsubscribe%20news\""),
            "{}",
            mail.html
        );
    }
    let headers: Vec<String> =
        project.outbox().values().map(|b| String::from_utf8_lossy(b).into_owned()).collect();
    assert!(headers.iter().all(|h| h.contains("List-Unsubscribe: <mailto:")), "{headers:?}");
}

#[test]
fn what_the_layout_places_is_not_added_again() {
    let project = Project::new();
    project.run(AT);
    for mail in project.mails() {
        assert_eq!(mail.html.matches("1 High Street, York").count(), 1, "{}", mail.html);
        assert_eq!(mail.html.matches("mailto:").count(), 1, "{}", mail.html);
    }
}

#[test]
fn rules_of_a_sheet_stand_in_their_elements() {
    let project = Project::new();
    let sheet =
        "<style>p { margin: 0; background: #eee; background: linear-gradient(#eee, #fff); color: #222 }
      td a { top: 0 } @media (prefers-color-scheme: dark) { p { color: #ddd } }</style>";
    project.replace("layouts/base.html", "</head>", &format!("{sheet}</head>"));
    project.run(AT);
    let mails = project.mails();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        let p = "<p style=\"margin: 0; background: #eee; background: linear-gradient(#eee, #fff)\">";
        assert_eq!(mail.html.matches("<p").count(), mail.html.matches(p).count(), "{}", mail.html);
        assert!(mail.html.contains("style=\"top: 0; color:#666666\">No more"), "{}", mail.html);
        assert!(mail.html.replace("\r\n", "\n").contains(sheet), "the dark keeps its own: {}", mail.html);
    }
}

#[test]
fn the_items_of_the_event_that_started_the_flow_are_printed() {
    let project = Project::new();
    let more = r#"
record item { sku: string  quantity: int }
event basket { number: string unique  goods: list<item> }
source baskets {
  file "data/baskets.csv"
  group by number
  feeds basket {
    customer = customer
    at       = local(at, "Europe/London")
    number   = number
    goods    = list { sku = sku  quantity = quantity }
  }
}
email basket {
  consent news
  subject "Your basket"
  body text """{{ event.goods.size }}:{% for item in event.goods %} {{ item.quantity }} {{ item.sku }}{% endfor %}"""
}
trigger basket { on basket  send basket }
"#;
    let program = std::fs::read_to_string(project.path("shop.persona")).unwrap();
    project.write("shop.persona", &format!("{program}{more}"));
    project.write(
        "data/baskets.csv",
        "number,customer,at,sku,quantity\nb1,1,2026-03-02 08:00,tea,2\nb1,1,2026-03-02 08:00,cup,1\nb2,2,2026-03-02 08:10,mug,5\n",
    );
    project.run(AT);
    let mut texts: Vec<String> =
        project.mails().into_iter().filter(|m| m.email == "basket").map(|m| m.text).collect();
    texts.sort();
    assert!(texts[0].starts_with("1: 5 mug") && texts[1].starts_with("2: 1 cup 2 tea"), "{texts:?}");
}

#[test]
fn links_say_where_they_were_followed_and_messages_what_they_are() {
    let project = Project::new();
    let body =
        "body html \"\"\"<a href=\"https://shop.example/new\">New</a>\"\"\"  utm campaign \"first week\"";
    project.replace("shop.persona", "body html file \"content/welcome.html\"", body);
    project.run(AT);
    let link = "https://shop.example/new?utm_campaign=first%20week";
    for mail in project.mails() {
        assert!(mail.html.contains(&format!("<a href=\"{link}\">")), "{}", mail.html);
        assert!(mail.text.contains(&format!("New <{link}>")), "{}", mail.text);
    }
    let text = Project::new();
    let body = "body text \"\"\"New: https://shop.example/new.\"\"\"  utm campaign \"first week\"";
    text.replace("shop.persona", "body html file \"content/welcome.html\"", body);
    text.replace("shop.persona", "layout   base\n", "");
    let run = text.run(AT);
    assert!(!run.err.contains("utm"), "{run:?}");
    for mail in text.mails() {
        assert!(mail.text.contains(&format!("New: {link}.")), "{}", mail.text);
    }
    for message in project.outbox().values() {
        let message = String::from_utf8_lossy(message);
        assert!(message.contains("\r\nFeedback-ID: welcome:welcome:news:shop\r\n"), "{message}");
    }
}

#[test]
fn the_page_that_ends_a_consent_is_told_who_comes_and_nobody_else_is() {
    let project = Project::new();
    let page = "\n[delivery.unsubscribe]\npage = \"https://shop.example/stop?a=1\"\nkey = \"stop.key\"\n";
    let file = std::fs::read_to_string(project.path("persona.toml")).unwrap();
    project.write("persona.toml", &format!("{file}{page}"));
    project.write("stop.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    project.run(AT);
    let mut tokens = Vec::new();
    for (mail, bytes) in project.mails().iter().zip(project.outbox().values()) {
        let (_, link) = mail.html.split_once("href=\"https://shop.example/stop?a=1&amp;token=").unwrap();
        let token = link.split('"').next().unwrap().to_string();
        let raw = String::from_utf8_lossy(bytes).replace("\r\n ", "").replace("\r\n\t", "");
        let header = format!("List-Unsubscribe: <https://shop.example/stop?a=1&token={token}>\r\n");
        assert!(
            raw.contains(&header) && raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
            "{raw}"
        );
        assert!(token.starts_with("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.."), "{token}");
        tokens.push(token);
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 2, "each has their own");
}

#[test]
fn a_key_that_cannot_be_used_stops_a_run_before_it_decides() {
    let project = Project::new();
    let file = std::fs::read_to_string(project.path("persona.toml")).unwrap();
    let page = "\n[delivery.unsubscribe]\npage = \"https://shop.example/stop\"\nkey = \"stop.key\"\n";
    project.write("persona.toml", &format!("{file}{page}"));
    for (key, why) in [(None, "stop.key, cannot be read"), (Some("no key"), "32 bytes in Base64")] {
        key.into_iter().for_each(|key| project.write("stop.key", key));
        let run = told(project.command("run", &["--at", AT]));
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.err.contains(why), "{run:?}");
    }
    project.write("persona.toml", &file);
    let dkim = "outbox    = \"outbox\"\n[delivery.dkim]\ndomain = \"shop.example\"\nselector = \"key1\"\nkey = \"dkim.pem\"\n";
    project.replace("persona.toml", "outbox    = \"outbox\"\n", dkim);
    for (key, why) in [(None, "dkim.pem, cannot be read"), (Some("no key"), "no private key in PEM")] {
        key.into_iter().for_each(|key| project.write("dkim.pem", key));
        let run = told(project.command("run", &["--at", AT]));
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.err.contains(why), "{run:?}");
        assert!(project.outbox().is_empty(), "nothing is sent");
    }
}
