//! What the log promises of its own accord: writes that arrive late, whatever was deleted.

use super::*;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt, PutMode};

fn open(store: &Arc<InMemory>) -> Objects {
    Objects::new(store.clone(), "memory://", "shop/prod").unwrap()
}

fn holder(command: &str) -> Holder {
    Holder::me(command, "now")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

fn name(number: u64) -> Path {
    Path::from(format!("shop/prod/log/{number:020}"))
}

/// Arrives at the store as a request does that was held up on the way.
fn arrives(store: &Arc<InMemory>, number: u64, entry: &str, holder: &Holder) -> Result<(), Error> {
    let head = serde_json::json!({ "format": 1, "entry": entry, "holder": holder });
    let bytes = format!("{head}\nlate");
    runtime().block_on(store.put_opts(&name(number), bytes.into_bytes().into(), PutMode::Create.into())).map(drop)
}

fn numbers(store: &Arc<InMemory>) -> Vec<u64> {
    runtime().block_on(async {
        let mut there = Vec::new();
        for number in 0..64 {
            if store.head(&name(number)).await.is_ok() {
                there.push(number);
            }
        }
        there
    })
}

/// A whole deploy, which folds its journal and sweeps up behind itself.
fn deploy(store: &Arc<InMemory>, round: u8) {
    let medium = open(store);
    let pen = medium.lock(&holder("deploy")).unwrap();
    pen.put_journal(&[round]).unwrap();
    pen.append(&[round]).unwrap();
    pen.put_snapshot(&[round]).unwrap();
    pen.put_journal(&[round, round]).unwrap();
}

#[test]
fn the_write_of_a_holder_whose_lock_was_taken_away_is_refused_however_late_it_arrives() {
    let store = Arc::new(InMemory::new());
    let medium = open(&store);
    let me = holder("suspended");
    let suspended = medium.lock(&me).unwrap();
    suspended.put_journal(b"a").unwrap();
    // Entries 0 and 1 are its own: its next write asks for entry 2.
    medium.unlock(&me.nonce).unwrap();
    for round in 0..4 {
        for kind in ["append", "snapshot", "journal", "release"] {
            assert!(matches!(arrives(&store, 2, kind, &me), Err(Error::AlreadyExists { .. })));
        }
        deploy(&store, round);
    }
    assert!(matches!(suspended.append(b"x"), Err(StoreError::Fenced(_))));
    assert_eq!(open(&store).snapshot().unwrap().unwrap(), [3]);
}

#[test]
fn what_is_superfluous_is_deleted_and_only_that() {
    let store = Arc::new(InMemory::new());
    for round in 0..5 {
        deploy(&store, round);
    }
    let there = numbers(&store);
    assert_eq!(there.len(), 3, "the latest snapshot, its journal and the release: {there:?}");
    let medium = open(&store);
    assert_eq!(medium.snapshot().unwrap().unwrap(), [4]);
    assert_eq!(medium.journal().unwrap().unwrap(), [4, 4]);
}

#[test]
fn what_one_who_died_left_is_deleted_by_the_next() {
    let store = Arc::new(InMemory::new());
    deploy(&store, 0);
    // As if it had died right after it moved the floor.
    let floor = Path::from("shop/prod/floor");
    runtime().block_on(async {
        let bytes = store.get(&floor).await.unwrap().bytes().await.unwrap();
        let mut json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        json["cleared"] = 0.into();
        store.put(&floor, json.to_string().into_bytes().into()).await.unwrap();
    });
    arrives(&store, 0, "lock", &holder("left over")).unwrap();
    arrives(&store, 1, "unlock", &holder("left over")).unwrap();
    deploy(&store, 1);
    let there = numbers(&store);
    assert!(!there.contains(&0) && there.contains(&1), "{there:?}");
}

#[test]
fn a_lock_that_arrives_below_the_floor_counts_for_nobody() {
    let store = Arc::new(InMemory::new());
    for round in 0..3 {
        deploy(&store, round);
    }
    let before = numbers(&store);
    let late = holder("late");
    arrives(&store, 1, "lock", &late).unwrap();
    let medium = open(&store);
    assert_eq!(medium.holder().unwrap(), None);
    // Its sender, who looks at the floor after that, finds out.
    runtime().block_on(async {
        assert!(!medium.log.counts(1).await.unwrap());
        assert!(medium.log.counts(before[0]).await.unwrap());
    });
    assert_eq!(numbers(&store), before);
}

#[test]
fn a_log_with_a_hole_is_damage_and_not_an_empty_state() {
    let store = Arc::new(InMemory::new());
    deploy(&store, 0);
    let first = numbers(&store)[0];
    runtime().block_on(store.delete(&name(first))).unwrap();
    assert!(matches!(open(&store).snapshot(), Err(StoreError::Damaged { .. })));
    runtime().block_on(store.put(&name(first), "garbage".into())).unwrap();
    assert!(matches!(open(&store).snapshot(), Err(StoreError::Damaged { .. })));
    runtime().block_on(store.put(&name(first), r#"{"format":9,"entry":"lock","holder":{}}"#.into())).unwrap();
    assert!(matches!(open(&store).snapshot(), Err(StoreError::Newer { found: 9, .. })));
}
