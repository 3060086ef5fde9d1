//! What is built, read back by Python's parser: a reader that is not ours.

use std::io::Write;
use std::process::{Command, Stdio};

use persona_message::{Body, Draft, Error, Mailbox, Unsubscribe, build};
use serde_json::{Value, json};

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: name.into(), address: address.into() }
}

fn draft() -> Draft {
    Draft {
        from: mailbox("The Shoe Shop", "hello@shop.example"),
        reply_to: None,
        to: mailbox("Ada", "ada@example.com"),
        subject: "Your shoes".into(),
        preheader: None,
        body: Body::Text("Hello Ada,\nthey are here.\n".into()),
        message_id: "welcome.1.7f3a".into(),
        date: jiff::Timestamp::constant(1_795_000_000, 0),
        unsubscribe: None,
        auto_submitted: false,
        feedback_id: None,
    }
}

/// What Python's parser makes of a message, strictly: any defect it finds is part of the answer.
#[allow(clippy::unwrap_used)] // A helper: clippy knows tests by their attribute.
fn read(bytes: &[u8]) -> Value {
    const PARSE: &str = r#"
import email, email.header, email.policy, email.utils, json, sys
data = sys.stdin.buffer.read()
message = email.message_from_bytes(data, policy=email.policy.default)
# The newer parser puts a blank between the encoded words of a name, against RFC 2047; the older one reads names right.
raw = email.message_from_bytes(data)
def box(name):
    if raw[name] is None: return None
    shown, address = email.utils.parseaddr(raw[name])
    return [str(email.header.make_header(email.header.decode_header(shown))), address]
print(json.dumps({
    "headers": [[name, str(value)] for name, value in message.items() if not name.startswith("Content-")],
    "from": box("From"), "to": box("To"), "reply_to": box("Reply-To"),
    "boxes": [len(message[name].addresses) for name in ("From", "To")],
    "type": message.get_content_type(),
    "parts": [[p.get_content_type(), p.get_content_charset(), p.get_content().replace("\r\n", "\n")] for p in message.walk() if not p.is_multipart()],
    "defects": [str(d) for p in message.walk() for d in list(p.defects) + [d for v in p.values() for d in v.defects]],
}))
"#;
    let mut python = Command::new("python3")
        .args(["-c", PARSE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["boxes"], json!([1, 1]), "one sender, one recipient");
    assert_eq!(read["defects"], json!([]), "{}", String::from_utf8_lossy(bytes));
    read
}

#[allow(clippy::unwrap_used)]
fn header(read: &Value, name: &str) -> Value {
    let headers = read["headers"].as_array().unwrap();
    let values: Vec<&Value> =
        headers.iter().filter(|header| header[0] == name).map(|header| &header[1]).collect();
    assert!(values.len() <= 1, "{name} stands {} times", values.len());
    values.first().map_or(Value::Null, |value| (*value).clone())
}

/// RFC 5322: CRLF and no other CR or LF, at most 998 octets between them; and ASCII alone, so any server takes it.
fn is_within_the_rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert!(bytes.is_ascii(), "{text}");
    assert!(text.ends_with("\r\n") || !text.contains("multipart"), "{text}");
    for line in text.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{line}");
    }
}

#[test]
fn a_plain_message() {
    let bytes = build(&draft()).unwrap();
    is_within_the_rules(&bytes);
    let read = read(&bytes);
    assert_eq!(read["from"], json!(["The Shoe Shop", "hello@shop.example"]));
    assert_eq!(read["to"], json!(["Ada", "ada@example.com"]));
    assert_eq!(header(&read, "Subject"), "Your shoes");
    assert_eq!(header(&read, "Message-ID"), "<welcome.1.7f3a@shop.example>");
    assert_eq!(header(&read, "Date"), "Wed, 18 Nov 2026 11:06:40 +0000");
    assert_eq!(header(&read, "MIME-Version"), "1.0");
    assert_eq!(read["parts"], json!([["text/plain", "utf-8", "Hello Ada,\nthey are here.\n"]]));
    assert_eq!(read["headers"].as_array().unwrap().len(), 6, "and no header that nobody asked for: {read}");
}

#[test]
fn html_comes_with_its_text_and_a_hidden_preheader() {
    let html = "<html><body><p>Grüße, <b>Zoë</b>!</p><p><a href=\"https://shop.example/\">Shop</a></p></body></html>\n";
    let mut draft = Draft { body: Body::Html(html.into()), ..draft() };
    let plain = read(&build(&draft).unwrap());
    assert_eq!(plain["type"], "multipart/alternative");
    assert_eq!(
        plain["parts"],
        json!([
            ["text/plain", "utf-8", "Grüße, Zoë!\n\nShop <https://shop.example/>\n"],
            ["text/html", "utf-8", html]
        ])
    );

    draft.preheader = Some("Only <today> 🧀".into());
    let bytes = build(&draft).unwrap();
    is_within_the_rules(&bytes);
    let hidden = read(&bytes);
    let shown = hidden["parts"][1][2].as_str().unwrap();
    let start = "<html><body><div style=\"display:none;";
    assert!(shown.starts_with(start) && shown.contains(">Only &lt;today&gt; 🧀&#847;"), "{shown}");
    assert!(shown.ends_with(&html["<html><body>".len()..]), "{shown}");
    assert_eq!(hidden["parts"][0], plain["parts"][0], "the text begins with its own words");
}

#[test]
fn every_script_in_names_and_subjects_long_or_short() {
    let subjects = [
        "",
        "Grüße aus Köln 🧀👩‍👩‍👧",
        "really =? yes = no ?",
        &"a very long subject of plain words ".repeat(40),
        &"🧀".repeat(300),
        &"x".repeat(2_000),
        "two  spaces, (a comment) and \"quotes\" <b>",
        "شكرا لك",
    ];
    for subject in subjects {
        let draft = Draft {
            subject: subject.into(),
            from: mailbox("Käse & Co. \"Best\" <x@evil.example>, Ltd 🧀", "hello@shop.example"),
            to: mailbox("", "ada+shoes@example.com"),
            reply_to: Some(mailbox(&"李".repeat(80), "care@shop.example")),
            ..draft()
        };
        let bytes = build(&draft).unwrap();
        is_within_the_rules(&bytes);
        let read = read(&bytes);
        assert_eq!(header(&read, "Subject").as_str().unwrap().trim_end(), subject.trim_end());
        assert_eq!(read["from"], json!([draft.from.name, "hello@shop.example"]));
        assert_eq!(read["to"], json!(["", "ada+shoes@example.com"]));
        assert_eq!(read["reply_to"], json!(["李".repeat(80), "care@shop.example"]));
    }
}

#[test]
fn bodies_with_long_lines_and_every_line_end_come_as_they_went() {
    let long = format!("{}\n.\n..\nFrom here\n--\n{}\n", "word ".repeat(1_000), "é=\t".repeat(1_000));
    for (body, expected) in [
        (long.as_str(), long.as_str()),
        ("a\r\nb\rc\nd", "a\nb\nc\nd\n"),
        ("trailing  \nblanks\t\n", "trailing  \nblanks\t\n"),
        ("\u{7f}\u{1}\0control\n", "\u{7f}\u{1}\0control\n"),
        ("", "\n"),
    ] {
        let bytes = build(&Draft { body: Body::Text(body.into()), ..draft() }).unwrap();
        is_within_the_rules(&bytes);
        let read = read(&bytes);
        // Whether a text ends in a line end is not kept by every encoding; its words and lines are.
        assert_eq!(
            read["parts"][0][2].as_str().unwrap().trim_end_matches('\n'),
            expected.trim_end_matches('\n')
        );
    }
}

#[test]
fn one_click_and_what_machines_want_to_know() {
    let draft = Draft {
        unsubscribe: Some(Unsubscribe::OneClick {
            https: format!("https://shop.example/u/{}", "t".repeat(500)),
        }),
        auto_submitted: true,
        feedback_id: Some("welcome:1:flow:shop".into()),
        ..draft()
    };
    let bytes = build(&draft).unwrap();
    is_within_the_rules(&bytes);
    let read = read(&bytes);
    assert_eq!(header(&read, "List-Unsubscribe"), format!("<https://shop.example/u/{}>", "t".repeat(500)));
    assert_eq!(header(&read, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(header(&read, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&read, "Feedback-ID"), "welcome:1:flow:shop");
}

#[test]
fn equal_drafts_have_equal_bytes_and_no_part_can_hold_the_boundary() {
    let html = |words: &str| Draft { body: Body::Html(format!("<p>{words}</p>\n")), ..draft() };
    assert_eq!(build(&html("hello")).unwrap(), build(&html("hello")).unwrap());
    let bytes = build(&html("--=_welcome_1_7f3a")).unwrap();
    let read = read(&bytes);
    assert_eq!(read["parts"][0][2], "--=_welcome_1_7f3a\n");
    assert_eq!(read["parts"][1][2], "<p>--=_welcome_1_7f3a</p>\n");
}

#[test]
fn no_value_can_add_a_header() {
    let evil = "x\r\nBcc: victim@example.com";
    let cases: Vec<(&str, Draft)> = vec![
        ("Subject", Draft { subject: evil.into(), ..draft() }),
        ("Subject", Draft { subject: "x\nBcc: a@b.example".into(), ..draft() }),
        ("Subject", Draft { subject: "x\rBcc: a@b.example".into(), ..draft() }),
        ("Subject", Draft { subject: "x\0".into(), ..draft() }),
        ("From", Draft { from: mailbox(evil, "hello@shop.example"), ..draft() }),
        ("From", Draft { from: mailbox("", "hello@shop.example\r\nBcc: a@b.example"), ..draft() }),
        ("To", Draft { to: mailbox("Ada\n", "ada@example.com"), ..draft() }),
        ("To", Draft { to: mailbox("", "ada@example.com\n"), ..draft() }),
        ("Reply-To", Draft { reply_to: Some(mailbox(evil, "ada@example.com")), ..draft() }),
        ("Message-ID", Draft { message_id: evil.into(), ..draft() }),
        (
            "List-Unsubscribe",
            Draft {
                unsubscribe: Some(Unsubscribe::OneClick { https: format!("https://shop.example/{evil}") }),
                ..draft()
            },
        ),
        ("Feedback-ID", Draft { feedback_id: Some("a:b:c:d\r\nBcc: a@b.example".into()), ..draft() }),
    ];
    for (name, draft) in cases {
        let error = build(&draft).unwrap_err();
        assert!(matches!(&error, Error::ControlCharacter { header } if *header == name), "{error}");
    }
}

#[test]
fn what_cannot_be_written_is_refused_by_name() {
    for (name, draft) in [
        ("Subject", Draft { subject: "a =?utf-8?q?=0D=0Ab?= c".into(), ..draft() }),
        ("To", Draft { to: mailbox("=?utf-8?q?Ada?=", "ada@example.com"), ..draft() }),
    ] {
        let error = build(&draft).unwrap_err();
        assert!(matches!(&error, Error::Header { header, .. } if *header == name), "{error}");
    }
    for address in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "ada@example..com",
        "a b@example.com",
        "ada@example.com, eve@example.com",
        "ada@-example.com",
        "<ada@example.com>",
        "ada@[127.0.0.1]",
        "ada@exämple.com",
        "ädä@example.com",
        &format!("{}@example.com", "a".repeat(65)),
    ] {
        let error = build(&Draft { to: mailbox("", address), ..draft() }).unwrap_err();
        assert!(matches!(&error, Error::Address { header: "To", .. }), "{address}: {error}");
    }
    for url in [
        "http://shop.example/u",
        "https://",
        "https://me@shop.example/",
        "https://shop.example/a b",
        "https://shop.example/>",
    ] {
        let error =
            build(&Draft { unsubscribe: Some(Unsubscribe::OneClick { https: url.into() }), ..draft() })
                .unwrap_err();
        assert!(matches!(&error, Error::Header { header: "List-Unsubscribe", .. }), "{url}: {error}");
    }
    for id in ["", "a b", "a@b", ".a", "a..b", "ä", &"a".repeat(201)] {
        let error = build(&Draft { message_id: id.into(), ..draft() }).unwrap_err();
        assert!(matches!(&error, Error::Header { header: "Message-ID", .. }), "{id}: {error}");
    }
    for id in ["", "a:b:c", "a:b::d", "a:b:c:d:e", "a:b c:c:d", "ä:b:c:d"] {
        let error = build(&Draft { feedback_id: Some(id.into()), ..draft() }).unwrap_err();
        assert!(matches!(&error, Error::Header { header: "Feedback-ID", .. }), "{id}: {error}");
    }
}

#[test]
fn without_a_page_the_way_out_is_a_mail_and_no_click_is_promised() {
    let mailto = "mailto:care@shop.example?subject=Unsubscribe%20marketing".to_string();
    let bytes =
        build(&Draft { unsubscribe: Some(Unsubscribe::Mail { mailto: mailto.clone() }), ..draft() }).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains("List-Unsubscribe: <mailto:care@shop.example?subject=Unsubscribe%20marketing>"),
        "{text}"
    );
    assert!(!text.contains("List-Unsubscribe-Post"));
    let wrong = Unsubscribe::Mail { mailto: "mailto:nobody".into() };
    assert!(build(&Draft { unsubscribe: Some(wrong), ..draft() }).is_err());
}
