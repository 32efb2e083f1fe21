//! The one gate: what is printed or written passes it.

use super::mask::Mask;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// Knows the secrets of a program, and takes them out of texts, in every spelling; cheap to clone, and all clones are
/// one gate.
///
/// Of a credential every part of eight characters or more is taken out, beyond the public prefix of its kind. Of a
/// variable that a declaration names, the whole value where it has eight characters or more; and where it is an
/// address, whatever of it is neither scheme nor host. They are found as they are, in another case, percent-encoded,
/// escaped as in JSON or HTML, several times over, and in base64.
#[derive(Clone, Default)]
pub struct SecretGate(Arc<RwLock<Behind>>);

struct Behind {
    /// What is hidden, to hide nothing twice: as digests, with the names of their variables.
    known: Vec<([u8; 32], Option<String>)>,
    mask: Arc<Mask>,
    /// The credentials alone.
    credentials: Arc<Mask>,
}

impl Default for Behind {
    fn default() -> Self {
        Behind { known: Vec::new(), mask: Arc::new(Mask::new()), credentials: Arc::new(Mask::new()) }
    }
}

impl SecretGate {
    /// A gate that knows no secret yet.
    pub fn new() -> Self {
        SecretGate::default()
    }

    /// Hides a credential. `name` is that of its variable, where it has one.
    pub fn hide_credential(&self, secret: &str, name: Option<&str>) {
        self.hide(secret, name, false);
    }

    /// Hides the value of a variable that a declaration names.
    pub fn hide_variable(&self, name: &str, value: &str) {
        self.hide(value, Some(name), true);
    }

    fn hide(&self, secret: &str, name: Option<&str>, whole: bool) {
        let digest = digest(secret, whole);
        let mut behind = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if behind.known.iter().any(|(known, _)| *known == digest) {
            return;
        }
        behind.known.push((digest, name.map(str::to_owned)));
        let label = name.map_or_else(|| "***".to_owned(), |name| format!("***{name}***"));
        let mask = Arc::make_mut(&mut behind.mask);
        if whole {
            return mask.variable(secret, &label);
        }
        mask.credential(secret, &label);
        Arc::make_mut(&mut behind.credentials).credential(secret, &label);
    }

    /// The variable that a credential came from, where the gate was told.
    pub(crate) fn name_of(&self, credential: &str) -> Option<String> {
        let digest = digest(credential, false);
        let behind = self.0.read().unwrap_or_else(PoisonError::into_inner);
        behind.known.iter().find(|(known, _)| *known == digest)?.1.clone()
    }

    /// A text without any of the secrets.
    pub fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.mask().masked(text)
    }

    /// Takes the secrets out of every text of a value, and out of the names of its fields; says whether there were any.
    pub fn mask_json(&self, value: &mut Json) -> bool {
        let mask = self.mask();
        !mask.is_empty() && every_text(value, &mask)
    }

    /// What is kept, without credentials that an API repeated in the names and ids of its objects. Values of variables
    /// are kept as the variables' names anyway, and a part of one may be a word in somebody's description.
    pub(crate) fn without_credentials<T: Serialize + DeserializeOwned>(&self, kept: T) -> T {
        let mask = self.0.read().unwrap_or_else(PoisonError::into_inner).credentials.clone();
        if mask.is_empty() {
            return kept;
        }
        let Ok(text) = serde_json::to_string(&kept) else { return kept };
        if !mask.holds(&text) {
            return kept;
        }
        let masked = serde_json::from_str(&text).and_then(|mut json: Json| {
            every_text(&mut json, &mask);
            // From text, as a state's fields are kept as that.
            serde_json::from_str(&json.to_string())
        });
        masked.unwrap_or(kept)
    }

    fn mask(&self) -> Arc<Mask> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).mask.clone()
    }
}

fn digest(secret: &str, whole: bool) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::new().chain_update([u8::from(whole)]).chain_update(secret).finalize().into()
}

fn every_text(value: &mut Json, mask: &Mask) -> bool {
    match value {
        Json::String(text) => match mask.masked(text) {
            Cow::Owned(masked) => {
                *text = masked;
                true
            }
            Cow::Borrowed(_) => false,
        },
        Json::Array(list) => list.iter_mut().fold(false, |any, value| every_text(value, mask) | any),
        Json::Object(map) => {
            let named = map.keys().any(|name| mask.holds(name));
            if named {
                let fields = std::mem::take(map);
                map.extend(fields.into_iter().map(|(name, value)| (mask.masked(&name).into_owned(), value)));
            }
            map.values_mut().fold(named, |any, value| every_text(value, mask) | any)
        }
        // A part of a key can be a number, and is repeated as such.
        Json::Number(number) if number.as_u64().is_none_or(|number| number >= SHORTEST_NUMBER) => {
            match mask.masked(&number.to_string()) {
                Cow::Owned(masked) => {
                    *value = Json::String(masked);
                    true
                }
                Cow::Borrowed(_) => false,
            }
        }
        Json::Number(_) | Json::Null | Json::Bool(_) => false,
    }
}

/// The first number with as many digits as the shortest part that is hidden.
const SHORTEST_NUMBER: u64 = 10_000_000;

impl fmt::Debug for SecretGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretGate")
    }
}
