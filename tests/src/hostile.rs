//! What reads bytes from outside, as functions of bytes: they may refuse, and must never panic.
//!
//! The fuzz targets in `fuzz/` and the tests in `tests/hostile.rs` call the same ones.

use plg_runtime::plan::saved::Saved;
use plg_runtime::store::{self, Holder, StateBackend, StateWriter, StoreError};
use plg_schema::{Live, Prior, kinds};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// The two files of a stage, as somebody left them.
#[derive(Debug, Default)]
struct Left {
    snapshot: Option<Vec<u8>>,
    journal: Option<Vec<u8>>,
}

impl StateBackend for Left {
    fn place(&self, what: &str) -> PathBuf {
        what.into()
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.snapshot.clone())
    }

    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.journal.clone())
    }

    fn lock(&self, _: &Holder) -> Result<Box<dyn StateWriter>, StoreError> {
        Err(StoreError::NotThatLock(None))
    }

    fn holder(&self) -> Result<Option<Holder>, StoreError> {
        Ok(None)
    }

    fn unlock(&self, _: &str) -> Result<Holder, StoreError> {
        Err(StoreError::NotThatLock(None))
    }
}

/// A state file.
pub fn state(bytes: &[u8]) {
    let left = Left { snapshot: Some(bytes.to_vec()), journal: None };
    let _ = store::read(&left, "plg-saas-stack", "local");
}

/// A journal without a snapshot: as it is, and with the checksum that each line should have.
pub fn journal(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut forged = String::new();
    for line in text.lines() {
        let json = line.find('{').map_or(line, |start| &line[start..]);
        let sum: String = Sha256::digest(json).iter().take(8).map(|b| format!("{b:02x}")).collect();
        forged.push_str(&format!("{sum} {json}\n"));
    }
    as_journal(bytes);
    as_journal(forged.as_bytes());
}

fn as_journal(bytes: &[u8]) {
    let left = Left { snapshot: None, journal: Some(bytes.to_vec()) };
    let _ = store::read(&left, "plg-saas-stack", "local");
}

/// A saved plan.
pub fn plan(bytes: &[u8]) {
    let _ = Saved::parse(bytes);
}

/// What an API answered, read as an object of every kind and used as the next request would.
pub fn answer(bytes: &[u8]) {
    if let Ok(json) = serde_json::from_slice(bytes) {
        object(&json);
    }
}

/// The same, of JSON that was read already.
pub fn object(json: &Json) {
    for spec in kinds::ALL {
        if let Some(live) = spec.wire.read(json.clone()) {
            used(spec, &live);
        }
    }
}

fn used(spec: &plg_schema::Spec, live: &Live) {
    let wire = spec.wire;
    let _ = wire.identity(&live.fields);
    for (field, value) in &live.fields {
        let _ = (wire.same(field, value, &Json::Null), wire.same(field, &Json::Null, value));
        assert!(wire.same(field, value, value) || !value.is_object(), "{}: {field} differs from itself", spec.keyword);
    }
    let prior = Prior { id: live.id.clone(), outputs: live.outputs.clone(), fields: live.fields.clone() };
    let changed: Vec<String> = live.fields.keys().cloned().collect();
    let _ = (
        wire.detail(&live.id, &live.fields),
        wire.remove(&prior),
        wire.retire(&prior, "7f"),
        wire.revive(&live.fields, &prior),
    );
    let _ = (wire.update(&live.fields, &changed, &prior), wire.create(&live.fields), wire.listing(&live.fields));
}
