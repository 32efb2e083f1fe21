//! What reads bytes from outside, as functions of bytes: they may refuse, and must never panic.
//!
//! The fuzz targets in `fuzz/` and the tests in `tests/hostile.rs` call the same ones.

use plg_core::{Live, Prior};
use plg_runtime::plan::saved::Saved;
use plg_runtime::store::{self, Dump, Holder, StateBackend, StateWriter, StoreError};
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

/// A state file: as it is, and with the checksum it should have.
pub fn state(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let whole = text.rsplit_once("\n}").map(|(content, _)| content).unwrap_or(&text);
    let content = whole.split(CHECKSUM).next().unwrap_or_default();
    for snapshot in [bytes.to_vec(), summed(content)] {
        let _ = store::read(&Left { snapshot: Some(snapshot), journal: None }, "plg-saas-stack", "local");
    }
    let _ = Dump::parse("state".as_ref(), bytes);
}

/// What stands before the checksum of a state.
const CHECKSUM: &str = ",\n  \"checksum\": \"";

fn summed(content: &str) -> Vec<u8> {
    let sum: String = Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect();
    format!("{content}{CHECKSUM}{sum}\"\n}}\n").into_bytes()
}

/// A state as plg would have written it.
pub fn checked(state: &Json) -> Vec<u8> {
    let mut state = state.clone();
    state.as_object_mut().map(|state| state.remove("checksum"));
    let text = serde_json::to_string_pretty(&state).unwrap_or_default();
    match text.strip_suffix("\n}") {
        Some(content) => summed(content),
        // It is no object: there is nothing that a checksum could be put into.
        None => text.into_bytes(),
    }
}

/// A journal without a snapshot: as it is, and with the checksum that each line should have.
pub fn journal(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut forged = String::new();
    for line in text.lines() {
        let json = line.split_once(' ').map_or(line, |(_, rest)| rest);
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
    for spec in crate::kinds() {
        if let Some(live) = spec.wire.read(json.clone()) {
            used(spec, &live);
        }
    }
}

fn used(spec: &plg_core::Spec, live: &Live) {
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
