//! Tokens in addresses that say who somebody is to a page of the sender's, and to nobody else.
//!
//! A token is a JSON Web Encryption in its compact form (RFC 7516), `alg` `dir` and `enc` `A128CBC-HS256` (RFC 7518, 5.2):
//! AES over the words, HMAC over what came of it. Any library for these opens it. Equal words have equal tokens, since a
//! message that is made again has the same bytes: where a random number would stand, an HMAC of the words does.

use std::fmt;

use aws_lc_rs::cipher::{AES_128, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::Error;

/// What every token begins with.
const HEADER: &str = r#"{"alg":"dir","enc":"A128CBC-HS256"}"#;

/// Seals words with a key.
pub struct Sealer {
    mac: Key,
    cipher: PaddedBlockEncryptingKey,
}

impl Sealer {
    /// A sealer with a key of 32 bytes in Base64.
    pub fn new(key: &str) -> Result<Sealer, Error> {
        let wrong = || Error::Seal { detail: "it is not 32 bytes in Base64".into() };
        let key = STANDARD.decode(key.trim()).map_err(|_| wrong())?;
        let (mac, cipher) = key.split_at_checked(16).filter(|_| key.len() == 32).ok_or_else(wrong)?;
        let unusable = |_| Error::Seal { detail: "AES cannot use it".into() };
        let cipher = UnboundCipherKey::new(&AES_128, cipher).map_err(unusable)?;
        let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cipher).map_err(unusable)?;
        Ok(Sealer { mac: Key::new(HMAC_SHA256, mac), cipher })
    }

    /// A token of these words: letters, digits, `-`, `_` and `.`.
    pub fn seal(&self, words: &str) -> Result<String, Error> {
        let mut start = [0; 16];
        start.copy_from_slice(
            &sign(&self.mac, &[b"where a token starts\0", words.as_bytes()].concat()).as_ref()[..16],
        );
        let header = URL_SAFE_NO_PAD.encode(HEADER);
        let (sealed, tag) = self.sealed(words.as_bytes(), start, header.as_bytes())?;
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Ok(format!("{header}..{}.{}.{}", text(&start), text(&sealed), text(&tag)))
    }

    /// What came of the words, and its HMAC.
    fn sealed(&self, words: &[u8], start: [u8; 16], header: &[u8]) -> Result<(Vec<u8>, [u8; 16]), Error> {
        let mut sealed = words.to_vec();
        let failed = |_| Error::Seal { detail: "AES failed".into() };
        self.cipher.less_safe_encrypt(&mut sealed, EncryptionContext::Iv128(start.into())).map_err(failed)?;
        let bits = (header.len() as u64 * 8).to_be_bytes();
        let signature = sign(&self.mac, &[header, &start, &sealed, &bits].concat());
        let mut tag = [0; 16];
        tag.copy_from_slice(&signature.as_ref()[..16]);
        Ok((sealed, tag))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let hex: String = hex.split_whitespace().collect();
        (0..hex.len() / 2).filter_map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).ok()).collect()
    }

    /// RFC 7518, appendix B.1.
    #[test]
    fn it_is_what_the_standard_says() -> Result<(), Error> {
        let key: Vec<u8> = (0..32).collect();
        let sealer = Sealer::new(&STANDARD.encode(key))?;
        let words = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of \
            the enemy without inconvenience";
        let mut start = [0; 16];
        start.copy_from_slice(&bytes("1af38c2dc2b96ffdd86694092341bc04"));
        let (sealed, tag) = sealer.sealed(words, start, b"The second principle of Auguste Kerckhoffs")?;
        let expected = "c80edfa32ddf39d5ef00c0b468834279 a2e46a1b8049f792f76bfe54b903a9c9 a94ac9b47ad2655c5f10f9aef71427e2
            fc6f9b3f399a221489f16362c7032336 09d45ac69864e3321cf82935ac4096c8 6e133314c54019e8ca7980dfa4b9cf1b
            384c486f3a54c51078158ee5d79de59f bd34d848b3d69550a67646344427ade5 4b8851ffb598f7f80074b9473c82e2db";
        assert_eq!(sealed, bytes(expected));
        assert_eq!(tag.to_vec(), bytes("652c3fa36b0a7c5b3219fab3a30bc1c4"));
        Ok(())
    }

    #[test]
    fn a_token_tells_nothing_and_is_the_same_again() -> Result<(), Error> {
        let sealer = Sealer::new(&format!("{}\n", STANDARD.encode([7; 32])))?;
        let ada = sealer.seal("ada@example.com")?;
        assert_eq!(ada, sealer.seal("ada@example.com")?);
        assert_ne!(ada, sealer.seal("bob@example.com")?);
        assert_ne!(ada, Sealer::new(&STANDARD.encode([8; 32]))?.seal("ada@example.com")?);
        assert!(ada.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{ada}");
        let parts: Vec<_> =
            ada.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap_or_default()).collect();
        assert_eq!((parts.len(), parts[0].as_slice()), (5, HEADER.as_bytes()));
        assert!(parts[1..].iter().all(|part| !String::from_utf8_lossy(part).contains("ada")));
        Ok(())
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        for key in ["", "short", "c2hvcnQ=", &STANDARD.encode([7; 33])] {
            assert!(Sealer::new(key).is_err_and(|e| e.to_string().contains("32 bytes in Base64")), "{key}");
        }
    }
}
