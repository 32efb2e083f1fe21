//! Keys as text, and what they do: `plg-key-1…` seals and opens, an age identity only opens.
//!
//! ```text
//! plg-key-1<base64url of 32 bytes>                                          a key
//! plg1:<id>:<base64url of nonce (12 bytes), ciphertext, tag (16 bytes)>     what it sealed
//! ```
//!
//! The cipher is ChaCha20-Poly1305 (RFC 8439), the nonce is random, and what stands before it is authenticated with
//! it. The id is eight hex digits of the SHA-256 of the key's text: it says which key opens a value, and nothing else.

use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

/// What the text of a key starts with.
pub(super) const KEY_PREFIX: &str = "plg-key-1";
/// What a sealed value starts with.
pub(super) const SEALED_PREFIX: &str = "plg1:";
/// What an age identity starts with, as earlier plgs made them.
const AGE_PREFIX: &str = "AGE-SECRET-KEY-1";
/// What a value starts with that an earlier plg sealed with age.
const AGE_SEALED_PREFIX: &str = "-----BEGIN AGE ENCRYPTED FILE-----";

/// Whether an earlier plg sealed it, with age.
pub(crate) fn is_age(sealed: &str) -> bool {
    sealed.starts_with(AGE_SEALED_PREFIX)
}

/// One key.
#[derive(Clone)]
pub(super) struct SealKey {
    text: Secret<String>,
    bytes: Secret<Vec<u8>>,
}

/// What a word among keys is.
pub(super) enum Word {
    Key(SealKey),
    Age(
        #[cfg_attr(not(feature = "sealed-with-age"), expect(dead_code, reason = "another build opens with it"))]
        Secret<String>,
    ),
}

impl Word {
    /// Reads one; none where it is neither.
    pub(super) fn parse(word: &str) -> Option<Word> {
        if word.starts_with(AGE_PREFIX) {
            return Some(Word::Age(Secret::new(word.to_owned())));
        }
        SealKey::parse(word).map(Word::Key)
    }
}

/// The randomness of the system failed.
#[derive(Debug)]
pub(super) struct NoRandomness;

impl SealKey {
    /// A new one.
    pub(super) fn make() -> Result<SealKey, NoRandomness> {
        let mut bytes = vec![0; CHACHA20_POLY1305.key_len()];
        SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
        let text = format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes));
        Ok(SealKey { text: Secret::new(text), bytes: Secret::new(bytes) })
    }

    fn parse(text: &str) -> Option<SealKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(KEY_PREFIX)?).ok()?;
        (bytes.len() == CHACHA20_POLY1305.key_len())
            .then(|| SealKey { text: Secret::new(text.to_owned()), bytes: Secret::new(bytes) })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.expose()
    }

    pub(super) fn text(&self) -> &str {
        self.text.expose()
    }

    /// What tells it from others, and does not help to find it.
    pub(super) fn id(&self) -> String {
        Sha256::digest(self.text.expose()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    fn cipher(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&CHACHA20_POLY1305, self.bytes.expose()).ok().map(LessSafeKey::new)
    }

    /// Seals with a nonce that is used once.
    pub(super) fn seal(&self, secret: &Secret<String>) -> Result<String, NoRandomness> {
        let head = format!("{SEALED_PREFIX}{}:", self.id());
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| NoRandomness)?;
        let mut sealed = secret.expose().as_bytes().to_vec();
        self.cipher()
            .and_then(|cipher| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                cipher.seal_in_place_append_tag(nonce, Aad::from(head.as_bytes()), &mut sealed).ok()
            })
            .ok_or(NoRandomness)?;
        Ok(format!("{head}{}", URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens what it sealed; none where that is damaged, or of another key.
    pub(super) fn open(&self, sealed: &str) -> Option<Secret<String>> {
        let (head, body) = sealed.split_at(sealed.rfind(':')? + 1);
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.cipher()?.open_in_place(nonce, Aad::from(head.as_bytes()), &mut rest).ok()?;
        String::from_utf8(opened.to_vec()).ok().map(Secret::new)
    }
}

/// The id of the key that sealed a value; none where it is sealed otherwise.
pub(super) fn key_id(sealed: &str) -> Option<&str> {
    sealed.strip_prefix(SEALED_PREFIX)?.split_once(':').map(|(id, _)| id)
}

/// Opens what age sealed.
#[cfg(feature = "sealed-with-age")]
pub(super) fn open_age(identity: &Secret<String>, sealed: &str) -> Option<Secret<String>> {
    let identity = identity.expose().parse::<age::x25519::Identity>().ok()?;
    let bytes = age::decrypt(&identity, sealed.as_bytes()).ok()?;
    String::from_utf8(bytes).ok().map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_says_its_key_and_opens_only_whole() {
        let key = SealKey::make().unwrap_or_else(|_| panic!("the system has randomness"));
        let secret = Secret::new("whsec_planted".to_owned());
        let sealed = key.seal(&secret).ok().unwrap();
        assert_ne!(sealed, key.seal(&secret).ok().unwrap(), "a nonce is used once");
        assert_eq!(key_id(&sealed), Some(&*key.id()));
        assert!(SealKey::parse(key.text()).unwrap().open(&sealed).unwrap() == secret);
        for place in 0..sealed.len() {
            let mut other = sealed.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            assert!(key.open(&String::from_utf8(other).unwrap()).is_none(), "byte {place}");
        }
        for garbage in ["", ":", "plg1:", "plg1:::", &sealed[..30], "plg1:ä:ä"] {
            assert!(key.open(garbage).is_none(), "{garbage}");
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        for word in ["", "hunter2", "plg-key-1", "plg-key-1AAAA", "plg-key-2AAAA", "age1xyz"] {
            assert!(Word::parse(word).is_none(), "{word}");
        }
        assert!(matches!(Word::parse("AGE-SECRET-KEY-1XYZ"), Some(Word::Age(_))));
    }
}
