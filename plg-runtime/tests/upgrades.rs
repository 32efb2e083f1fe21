//! Everything that earlier versions wrote is read: by the fixtures that their own programs wrote.

#![expect(clippy::unwrap_used, reason = "all of it is tests")]

#[cfg(feature = "postgres")]
#[expect(dead_code, reason = "of the servers there, this needs one")]
#[path = "backend/servers.rs"]
mod servers;

use plg_core::OnDestroy;
use plg_runtime::error::SavedError;
use plg_runtime::plan::saved::Saved;
use plg_runtime::store::seal::{SealError, SecretSealer};
use plg_runtime::store::{Dump, FORMATS, Folder, Holder, Origin, StateBackend, StateStore, StoreError, read};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const OURS: (&str, &str) = ("plg-saas-stack", "dev");

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/504ba90").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(fixture(name)).unwrap()
}

/// A folder with a copy of the two files, as far as there are two.
fn stage(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in ["state.json", "journal"] {
        let from = fixture(name).join(file);
        if from.exists() {
            std::fs::copy(from, dir.path().join(file)).unwrap();
        }
    }
    dir
}

fn holder() -> Holder {
    Holder::me("test", "now")
}

/// A state is what the program that wrote it said it is: read in place, pulled, and after it was written anew.
fn is_as_pulled(medium: &Arc<dyn StateBackend>, (stack, stage): (&str, &str), pulled: &str) {
    plg_core::linked::link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
    let was: Value = serde_json::from_str(pulled).unwrap();
    let same = |now: &Dump, how: &str| {
        let now: Value = serde_json::from_slice(&now.text().unwrap()).unwrap();
        for field in ["lineage", "stack", "stage", "resources", "pending", "history"] {
            assert_eq!(now.get(field), was.get(field), "{field}, {how}");
        }
        // An account that the old state did not name is its provider's default one.
        for (field, account) in [("workspace", "attio"), ("project", "posthog")] {
            let named = now.get("accounts").and_then(|accounts| accounts.get(account));
            assert_eq!((named, now.get(field)), (was.get(field), None), "{field}, {how}");
        }
        assert_eq!(now["version"], 2, "{how}");
    };
    let dump = || Dump::read(&**medium, stack, stage).unwrap().unwrap();
    same(&dump(), "as it was left");
    let dump_of_before = Dump::parse("pulled".as_ref(), pulled.as_bytes()).unwrap();
    for (address, entry) in &dump_of_before.state().resources {
        assert_eq!(entry.origin, Origin::Unknown, "{address}: nobody noted it");
        let written = entry.written_on_destroy();
        assert!(written.is_none_or(|word| word == OnDestroy::keep), "{address}: {written:?} was written by nobody");
        assert_eq!(entry.is_of_unknown_origin(address), !entry.existing && !address.contains('@'), "{address}");
    }
    let open = was["pending"].as_array().map_or(0, Vec::len);
    assert_eq!(read(&**medium, stack, stage).unwrap().unwrap().1.len(), open);
    let sequence = {
        let book = StateStore::open(medium.clone(), stack, stage, &holder()).unwrap();
        assert_eq!(book.pending().len(), open);
        let event = plg_runtime::store::StateEvent::Pin {
            accounts: book.state().accounts.clone(),
            workspace: None,
            project: None,
        };
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(book.record(event)).unwrap();
        book.snapshot().unwrap();
        book.state().sequence
    };
    same(&dump(), "written anew");
    let written = String::from_utf8(medium.snapshot().unwrap().unwrap()).unwrap();
    assert!(written.contains("\"version\": 2") && written.contains("\"checksum\": \""), "{written}");
    assert!(
        String::from_utf8(medium.journal().unwrap().unwrap()).unwrap().contains(&format!("\"sequence\":{sequence}"))
    );
    // The dump of the program that wrote it, too.
    let old = Dump::parse("pulled".as_ref(), pulled.as_bytes()).unwrap();
    same(&old, "as a dump");
    assert!(old.put(&**medium, &holder(), stack, stage, true).unwrap());
    same(&dump(), "pushed");
}

#[test]
fn states_and_journals_in_folders() {
    for name in ["died", "whole", "dying"] {
        let dir = stage(name);
        let medium: Arc<dyn StateBackend> = Arc::new(Folder::new(dir.path()));
        is_as_pulled(&medium, OURS, &text(&format!("{name}/pulled.json")));
    }
}

#[test]
fn damage_in_what_earlier_versions_wrote_is_found_as_far_as_it_shows() {
    let dir = stage("died");
    let journal = dir.path().join("journal");
    let bytes = std::fs::read(&journal).unwrap();
    let first = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for damaged in [vec![0; bytes.len()], bytes[first..].to_vec(), Vec::new()] {
        std::fs::write(&journal, &damaged).unwrap();
        let opened = StateStore::open(Arc::new(Folder::new(dir.path())), OURS.0, OURS.1, &holder());
        assert!(matches!(opened, Err(StoreError::Damaged { .. })), "{opened:?}");
        assert_eq!(std::fs::read(&journal).unwrap(), damaged, "plg does not overwrite it");
    }
}

fn sealed(name: &str) -> String {
    let pulled: Value = serde_json::from_str(&text(&format!("{name}/pulled.json"))).unwrap();
    pulled["resources"]["webhook.DealChanges"]["sealed"]["secret"].as_str().unwrap().to_owned()
}

#[test]
fn what_age_sealed_is_opened_or_said_to_need_another_build() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    std::fs::copy(fixture("whole/key"), &key).unwrap();
    let keeper = SecretSealer::new(None, &key);
    let opened = keeper.open(&sealed("whole"));
    if cfg!(feature = "sealed-with-age") {
        assert_eq!(opened.unwrap().expose(), text("whole/secret").trim());
    } else {
        assert!(matches!(opened, Err(SealError::Age)), "{opened:?}");
    }
    // The identity stays in its file when a key is added.
    let before = std::fs::read_to_string(&key).unwrap();
    let new = keeper.seal(&plg_runtime::secret::Secret::new("new".to_owned())).unwrap();
    assert!(new.starts_with("plg1:") && std::fs::read_to_string(&key).unwrap().starts_with(&before));
    assert_eq!(keeper.open(&new).unwrap().expose(), "new");
}

#[test]
fn saved_plans() {
    let bytes = std::fs::read(fixture("whole/destroy.plan")).unwrap();
    let saved = Saved::parse(&bytes).unwrap();
    assert_eq!((saved.stack.as_str(), saved.stage.as_str()), OURS);
    let other = text("whole/destroy.plan").replacen("\"version\": 1", "\"version\": 2", 1);
    assert!(matches!(Saved::parse(other.as_bytes()), Err(SavedError::OtherFormat(2, 1))));
}

#[test]
fn the_table_of_formats_is_in_the_book() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/upgrading.md");
    let book = std::fs::read_to_string(book).unwrap();
    for format in FORMATS {
        let row = format!("| {} | {} | {} |", format.what, format.version, format.read);
        assert!(book.contains(&row), "docs/upgrading.md has no row\n{row}");
    }
}

#[cfg(feature = "object-store")]
#[test]
fn a_stage_in_an_object_store() {
    use object_store::ObjectStoreExt;
    use plg_runtime::store::remote::object::Objects;
    let store = Arc::new(object_store::memory::InMemory::new());
    let mut names = vec![("floor".to_owned(), fixture("s3/objects/floor"))];
    for entry in std::fs::read_dir(fixture("s3/objects/log")).unwrap() {
        let entry = entry.unwrap();
        names.push((format!("log/{}", entry.file_name().to_str().unwrap()), entry.path()));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (name, path) in names {
        let at = object_store::path::Path::from(format!("teams/growth/remote-stack/s3/{name}"));
        runtime.block_on(store.put(&at, std::fs::read(path).unwrap().into())).unwrap();
    }
    let medium: Arc<dyn StateBackend> =
        Arc::new(Objects::new(store, "s3://plg", "teams/growth/remote-stack/s3").unwrap());
    // Nothing frees the lock of who died.
    let Err(StoreError::Locked(dead)) = medium.lock(&holder()) else { panic!("it is free") };
    medium.unlock(&dead.nonce).unwrap();
    is_as_pulled(&medium, ("remote-stack", "s3"), &text("s3/pulled.json"));
}

#[cfg(feature = "postgres")]
#[test]
fn a_stage_in_postgresql() {
    use plg_runtime::secret::Secret;
    use plg_runtime::store::remote::postgres::Postgres;
    let Some(server) = servers::postgres() else { return };
    let rows: Value = serde_json::from_str(&text("postgres/rows.json")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&server.url, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(&text("postgres/tables.sql")).await.unwrap();
        let word = |row: &Value, field: &str| row[field].as_str().map(str::to_owned);
        let bytes = |row: &Value, field: &str| row[field].as_str().map(|text| text.as_bytes().to_vec());
        for row in rows["plg_stage"].as_array().unwrap() {
            let insert = "INSERT INTO plg_stage VALUES ($1, $2, $3, $4, $5)";
            let holder = (word(row, "nonce"), word(row, "holder"));
            let keys = (word(row, "stack"), word(row, "stage"));
            let snapshot = bytes(row, "snapshot");
            client.execute(insert, &[&keys.0, &keys.1, &holder.0, &holder.1, &snapshot]).await.unwrap();
        }
        for row in rows["plg_journal"].as_array().unwrap() {
            let insert = "INSERT INTO plg_journal (stack, stage, bytes) VALUES ($1, $2, $3)";
            client.execute(insert, &[&word(row, "stack"), &word(row, "stage"), &bytes(row, "bytes")]).await.unwrap();
        }
        drop(client);
        let _ = connection.await;
    });
    let url = Secret::new(server.url.clone());
    let medium: Arc<dyn StateBackend> = Arc::new(Postgres::new(&url, "remote-stack", "postgres").unwrap());
    is_as_pulled(&medium, ("remote-stack", "postgres"), &text("postgres/pulled.json"));
}

#[test]
fn two_accounts_of_one_provider_are_read_as_they_were_written() {
    plg_core::linked::link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/accounts/pulled.json");
    let pulled = std::fs::read_to_string(path).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path());
    Dump::parse("pulled".as_ref(), pulled.as_bytes()).unwrap().put(&folder, &holder(), "two", "prod", true).unwrap();
    let dump = Dump::read(&folder, "two", "prod").unwrap().unwrap();
    let (was, now): (Value, Value) =
        (serde_json::from_str(&pulled).unwrap(), serde_json::from_slice(&dump.text().unwrap()).unwrap());
    for field in ["version", "lineage", "accounts", "resources", "watched", "archived", "returning", "pending"] {
        assert_eq!(now[field], was[field], "{field}");
    }
    let account = |address: &str| dump.state().resources[address].account().0;
    assert_eq!((account("feature_flag.Dark"), account("feature_flag.DarkToo")), ("posthog", "marketing"));
}
