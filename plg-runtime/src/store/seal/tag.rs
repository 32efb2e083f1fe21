//! Whether a variable has the value that was applied, of which only a keyed hash is remembered.
//!
//! ```text
//! <id of the key>:<base64url of HMAC-SHA-256(HMAC-SHA-256(key, "plg values of variables"), name NUL value)>
//! ```
//!
//! Without the key nobody can try values out on it; with another key it says nothing.

use super::key::SealKey;
use super::{SealError, SecretSealer};
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac::{HMAC_SHA256, Key, sign};
use std::fmt;

/// What the hash's key is derived for.
const PURPOSE: &[u8] = b"plg values of variables";

/// Makes hashes of values, where a stage has a key.
#[derive(Default)]
pub(crate) struct ValueTags(Option<(String, Key)>);

impl fmt::Debug for ValueTags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ValueTags")
    }
}

impl SecretSealer {
    /// Hashes with the key that seals now; with none, where none does yet: none is made for that.
    pub(crate) fn tags(&self) -> ValueTags {
        let of = |key: SealKey| {
            let derived = sign(&Key::new(HMAC_SHA256, key.bytes()), PURPOSE);
            (key.id(), Key::new(HMAC_SHA256, derived.as_ref()))
        };
        let current: Result<Option<SealKey>, SealError> = self.current();
        ValueTags(current.ok().flatten().map(of))
    }

    /// The same, with a key that is made where none seals yet: what no API tells back is known by its hash alone. Without
    /// a place for a key there is no hash, and nobody knows whether the value is another one.
    pub(crate) fn made_tags(&self) -> ValueTags {
        let tags = self.tags();
        if tags.0.is_some() || self.seal(&Secret::new(String::new())).is_err() { tags } else { self.tags() }
    }
}

impl ValueTags {
    /// The hash of a variable's value.
    pub(crate) fn tag(&self, name: &str, value: &str) -> Option<String> {
        let (id, key) = self.0.as_ref()?;
        let tag = sign(key, format!("{name}\0{value}").as_bytes());
        Some(format!("{id}:{}", URL_SAFE_NO_PAD.encode(tag.as_ref())))
    }

    /// Whether a hash is that of a value; nothing, where it was made with another key.
    pub(crate) fn is_of(&self, tag: &str, name: &str, value: &str) -> Option<bool> {
        let (id, _) = self.0.as_ref()?;
        let (made_with, _) = tag.split_once(':')?;
        (made_with == id).then(|| self.tag(name, value).as_deref() == Some(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_known_again_and_cannot_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let sealer = SecretSealer::new(None, &dir.path().join("key"));
        assert_eq!(sealer.tags().tag("HOOK_URL", "a"), None, "there is no key");
        assert!(!dir.path().join("key").exists(), "and none is made");
        sealer.seal(&Secret::new("x".to_owned())).unwrap();
        let tags = sealer.tags();
        let tag = tags.tag("HOOK_URL", "https://example.com/planted").unwrap();
        assert!(!tag.contains("planted"));
        assert_eq!(tags.is_of(&tag, "HOOK_URL", "https://example.com/planted"), Some(true));
        assert_eq!(tags.is_of(&tag, "HOOK_URL", "https://example.com/other"), Some(false));
        assert_eq!(tags.is_of(&tag, "OTHER_URL", "https://example.com/planted"), Some(false));
        sealer.renew().unwrap();
        assert_eq!(sealer.tags().is_of(&tag, "HOOK_URL", "https://example.com/planted"), None, "another key");
        assert_eq!(tags.is_of("nonsense", "HOOK_URL", ""), None);
    }
}
