//! Signatures, verified by a verifier that is not ours: Python's dkimpy.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use persona_message::{Body, Draft, Error, Mailbox, Signer, Unsubscribe, build};

/// A key's PEM file, and what its domain publishes.
#[allow(clippy::unwrap_used)] // A helper: clippy knows tests by their attribute.
fn key() -> (String, String) {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der = key.as_der().unwrap();
    let public: PublicKeyX509Der = key.public_key().as_der().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(private.as_ref())
    );
    (pem, format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(public.as_ref())))
}

fn mailbox(address: &str) -> Mailbox {
    Mailbox { name: "Zoë & Co".into(), address: address.into() }
}

fn draft(body: Body) -> Draft {
    Draft {
        from: mailbox("hello@mail.shop.example"),
        reply_to: Some(mailbox("care@shop.example")),
        to: mailbox("ada@example.com"),
        subject: "Größer, schöner — ".repeat(12),
        preheader: Some("Look".into()),
        body,
        message_id: "welcome.1.7f3a".into(),
        date: jiff::Timestamp::constant(1_795_000_000, 0),
        unsubscribe: Some(Unsubscribe::OneClick { https: "https://shop.example/stop?customer=1".into() }),
        auto_submitted: true,
        feedback_id: Some("welcome:joined:marketing:shop".into()),
    }
}

/// Of each message whether dkimpy finds its signature good; none where it is not installed.
#[allow(clippy::unwrap_used)]
fn verified(messages: &[Vec<u8>], record: &str) -> Option<Vec<bool>> {
    const VERIFY: &str = r#"
import base64, sys
import dkim
def record(name, timeout=5):
    assert name == b"key1._domainkey.shop.example.", name
    return sys.argv[1].encode()
for line in sys.stdin:
    try:
        print(dkim.DKIM(base64.b64decode(line)).verify(dnsfunc=record))
    except dkim.ValidationError:
        print(False)
"#;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pythons = [root.join(".tools/venv-formats/bin/python"), PathBuf::from("python3")];
    let knows = |python: &&PathBuf| {
        let asked = Command::new(python).args(["-c", "import dkim"]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let Some(python) = pythons.iter().find(knows) else {
        eprintln!("skipped: dkimpy is not installed; `scripts/setup --tests` does it");
        return None;
    };
    let mut command = Command::new(python);
    command.args(["-c", VERIFY, record]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut verifier = command.spawn().unwrap();
    let lines: String = messages.iter().map(|message| STANDARD.encode(message) + "\n").collect();
    verifier.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let said = verifier.wait_with_output().unwrap();
    assert!(said.status.success());
    Some(String::from_utf8_lossy(&said.stdout).lines().map(|line| line == "True").collect())
}

#[test]
fn a_verifier_of_others_finds_signatures_good_and_notices_changes() {
    let (pem, record) = key();
    let signer = Signer::new("shop.example", "key1", &pem).unwrap();
    let html = "<p>Grüße &amp; more</p>\n\n.\n\nFrom here\n\n\n".repeat(40);
    let html = Body::Html(html);
    let bodies =
        [html, Body::Text("One line".into()), Body::Text(String::new()), Body::Text("a\n\n\n".into())];
    let mut messages = Vec::new();
    for body in bodies {
        let message = build(&draft(body)).unwrap();
        let signed = signer.sign(&message, "mail.shop.example", jiff::Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(signed, signer.sign(&message, "mail.shop.example", jiff::Timestamp::UNIX_EPOCH).unwrap());
        assert!(signed.ends_with(&message), "the message itself is untouched");
        let text = String::from_utf8(signed).unwrap();
        assert!(text.split("\r\n").all(|line| line.len() <= 998));
        messages.extend([
            text.clone(),
            // Folded anew on the way, it is still good.
            text.replacen("Feedback-ID: ", "feedback-id:\r\n   ", 1),
            text.replacen("Auto-Submitted: auto-generated", "Auto-Submitted: no", 1),
            text.replacen("Subject: ", "Subject: Re: ", 1),
            text.replacen("From: ", "From: someone@else.example\r\nFrom: ", 1),
            format!("{text}more\r\n"),
        ]);
    }
    let messages: Vec<Vec<u8>> = messages.into_iter().map(String::into_bytes).collect();
    let Some(found) = verified(&messages, &record) else { return };
    assert_eq!(found, [true, true, false, false, false, false].repeat(4));
}

#[test]
fn a_key_that_cannot_sign_is_refused() {
    let (pem, _) = key();
    for (domain, selector, pem) in [
        ("shop.example", "key1", "no key"),
        ("shop.example", "key1", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
        ("shop.example; x=y", "key1", &pem),
        ("shop.example", "key1\r\nBcc: a@b.example", &pem),
    ] {
        assert!(matches!(Signer::new(domain, selector, pem), Err(Error::Key { .. })), "{domain} {selector}");
    }
    let signer = Signer::new("shop.example", "key1", &pem).unwrap();
    for from in ["other.example", "notshop.example", "example"] {
        assert!(matches!(
            signer.sign(b"a: b\r\n\r\nc\r\n", from, jiff::Timestamp::UNIX_EPOCH),
            Err(Error::Key { .. })
        ));
    }
}
