//! DKIM (RFC 6376): a signature by the sender's domain over what a message says.
//!
//! `c=relaxed/simple`: a message is written as it is signed, so its body is hashed whole as it stands, and its headers may
//! be folded anew by whoever passes them on. A message signed twice has the same bytes: RSA's PKCS#1 v1.5 takes no random
//! number, and the signature's time is the message's.

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Error;

/// Headers that are signed where a message has them. `From` is named once more than it stands: none can be added.
const SIGNED: &[&str] = &[
    "from",
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
    "feedback-id",
];

/// Signs messages for a domain.
pub struct Signer {
    domain: String,
    selector: String,
    key: KeyPair,
}

impl Signer {
    /// A signer with the RSA key of a PEM file (PKCS #8 or #1, from 2048 bits). The public key is looked up at
    /// `SELECTOR._domainkey.DOMAIN`.
    pub fn new(domain: &str, selector: &str, pem: &str) -> Result<Signer, Error> {
        let refuse = |detail: &str| Error::Key { detail: detail.to_string() };
        let name = |text: &str| {
            !text.is_empty()
                && text.split('.').all(|label| {
                    !label.is_empty()
                        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                })
        };
        if !name(domain) || !name(selector) {
            return Err(refuse("domain and selector are names of letters, digits, `-` and `.`"));
        }
        let inside = |label: &str| {
            let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
            let inside = pem.split_once(&begin)?.1.split_once(&end)?.0;
            STANDARD.decode(inside.split_whitespace().collect::<String>()).ok()
        };
        let key = match (inside("PRIVATE KEY"), inside("RSA PRIVATE KEY")) {
            (Some(der), _) => KeyPair::from_pkcs8(&der),
            (_, Some(der)) => KeyPair::from_der(&der),
            _ => return Err(refuse("it is no private key in PEM")),
        };
        let key = key.map_err(|why| refuse(&format!("it is no RSA key that can sign: {why}")))?;
        Ok(Signer { domain: domain.to_ascii_lowercase(), selector: selector.to_string(), key })
    }

    /// The message with its signature before it. `from` is the domain it says it is from: receivers look for a signature by
    /// that one or by one above it.
    pub fn sign(&self, message: &[u8], from: &str, at: jiff::Timestamp) -> Result<Vec<u8>, Error> {
        let from = from.to_ascii_lowercase();
        if from != self.domain && !from.ends_with(&format!(".{}", self.domain)) {
            let detail = format!("it signs for {}, and the message is from {from}", self.domain);
            return Err(Error::Key { detail });
        }
        let end = message.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else { return Err(Error::Key { detail: "the message has no body".into() }) };
        let (head, body) = (&message[..end + 2], &message[end + 4..]);
        let headers = headers(&String::from_utf8_lossy(head));
        let mut signed = String::new();
        let mut names = Vec::new();
        for name in SIGNED {
            // Signed from the last up: of a name that is given again there is nothing more.
            let taken = names.iter().filter(|n| n == &name).count();
            let found = headers.iter().rev().filter(|(n, _)| n == name).nth(taken);
            if let Some((name, value)) = found {
                signed.push_str(&format!("{name}:{value}\r\n"));
            }
            if found.is_some() || taken > 0 {
                names.push(*name);
            }
        }
        let tags = format!(
            "v=1; a=rsa-sha256; c=relaxed/simple; d={};\r\n\ts={}; t={};\r\n\th={};\r\n\tbh={};\r\n\tb=",
            self.domain,
            self.selector,
            at.as_second(),
            names.join(":\r\n\t "),
            STANDARD.encode(digest(&SHA256, &simple(body))),
        );
        signed.push_str(&format!("dkim-signature:{}", relaxed(&tags)));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Error::Key { detail: "the key cannot sign".into() })?;
        let signature = STANDARD.encode(signature);
        let mut whole = Vec::with_capacity(message.len() + 1_024);
        whole.extend_from_slice(b"DKIM-Signature: ");
        whole.extend_from_slice(tags.as_bytes());
        for (at, line) in signature.as_bytes().chunks(72).enumerate() {
            whole.extend_from_slice(if at == 0 { b"" } else { b"\r\n\t " });
            whole.extend_from_slice(line);
        }
        whole.extend_from_slice(b"\r\n");
        whole.extend_from_slice(message);
        Ok(whole)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

/// Each header, its name in lower case and its value as `relaxed` has it.
fn headers(head: &str) -> Vec<(String, String)> {
    let mut unfolded: Vec<String> = Vec::new();
    for line in head.split_terminator("\r\n") {
        match unfolded.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
            Some(last) => last.push_str(line),
            None => unfolded.push(line.to_string()),
        }
    }
    let header = |line: &String| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim_end().to_ascii_lowercase(), relaxed(value)))
    };
    unfolded.iter().filter_map(header).collect()
}

/// A header's value unfolded, each run of blanks one.
fn relaxed(value: &str) -> String {
    let blank = [' ', '\t', '\r', '\n'];
    value.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A body with one line end at its end.
fn simple(body: &[u8]) -> Cow<'_, [u8]> {
    let mut body = body;
    while body.ends_with(b"\r\n\r\n") {
        body = &body[..body.len() - 2];
    }
    if body.ends_with(b"\r\n") { Cow::Borrowed(body) } else { Cow::Owned([body, b"\r\n"].concat()) }
}
