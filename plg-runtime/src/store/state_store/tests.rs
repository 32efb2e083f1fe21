use super::super::folder::Folder;
use super::super::history::Deployed;
use super::super::journal::Action;
use super::super::object::Object;
use super::super::state::Entry;
use super::*;
use std::path::Path;

fn open(folder: &Path) -> Result<StateStore, StoreError> {
    StateStore::open(Arc::new(Folder::new(folder)), "stack", "local", &Holder::me("test", "now"))
}

fn read(folder: &Path, stack: &str, stage: &str) -> Result<Option<(State, Vec<Intent>)>, StoreError> {
    crate::store::read(&Folder::new(folder), stack, stage)
}

#[tokio::test]
async fn who_lost_the_lock_can_no_longer_write() {
    let dir = tempfile::tempdir().unwrap();
    let suspended = open(dir.path()).unwrap();
    suspended.record(StateEvent::Forget { address: "a.B".into(), archived: false }).await.unwrap();
    let Err(StoreError::Locked(holder)) = open(dir.path()) else { panic!("the lock was given twice") };
    let folder = Folder::new(dir.path());
    assert!(matches!(folder.unlock("another"), Err(StoreError::NotThatLock(Some(_)))));
    folder.unlock(&holder.nonce).unwrap();
    assert!(matches!(folder.unlock(&holder.nonce), Err(StoreError::NotThatLock(None))));
    let other = open(dir.path()).unwrap();
    let ticket = other.intend(intent("cohort.A")).await.unwrap();
    let Err(StoreError::Broken(why)) = suspended.intend(intent("cohort.B")).await else { panic!("it wrote") };
    assert!(matches!(*why, StoreError::Fenced(_)), "{why}");
    assert!(matches!(suspended.snapshot(), Err(StoreError::Fenced(_))));
    other.settle(ticket, applied("1")).await.unwrap();
    other.snapshot().unwrap();
}

fn intent(address: &str) -> Intent {
    Intent {
        op: 0,
        address: address.into(),
        kind: "cohort".into(),
        account: None,
        action: Action::Create,
        method: "POST".into(),
        path: "/".into(),
        fields: Object::default(),
        depends: Vec::new(),
        id: None,
        known: Vec::new(),
        at: "now".into(),
        sent_by: None,
    }
}

fn applied(id: &str) -> Settled {
    Settled::Applied(Box::new(Entry { kind: "cohort".into(), id: id.into(), ..Entry::default() }))
}

#[tokio::test]
async fn what_was_settled_is_there_again_and_what_was_not_is_pending() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path()).unwrap();
    let a = book.intend(intent("cohort.A")).await.unwrap();
    let _never_settled = book.intend(intent("cohort.B")).await.unwrap();
    book.settle(a, applied("1")).await.unwrap();
    drop(book);

    let (state, pending) = read(dir.path(), "stack", "local").unwrap().unwrap();
    assert_eq!(state.resources["cohort.A"].id, "1");
    assert_eq!(pending.len(), 1);

    let book = open(dir.path()).unwrap();
    assert_eq!(book.pending()[0].address, "cohort.B");
    let op = book.pending()[0].op;
    let c = book.intend(intent("cohort.C")).await.unwrap();
    assert!(c.op > op, "a number is never used twice");
    book.record(StateEvent::Resolved { op, settled: applied("2") }).await.unwrap();
    book.settle(c, Settled::Failed { message: "no".into() }).await.unwrap();
    book.snapshot().unwrap();
    let serial = book.state().serial;
    book.snapshot().unwrap();
    assert_eq!(book.state().serial, serial, "nothing changed, so no new snapshot");
    drop(book);

    let book = open(dir.path()).unwrap();
    assert_eq!(book.state().resources.len(), 2);
    assert!(book.pending().is_empty());
}

#[tokio::test]
async fn many_at_once_are_all_kept() {
    let dir = tempfile::tempdir().unwrap();
    let book = std::sync::Arc::new(open(dir.path()).unwrap());
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let book = book.clone();
            tokio::spawn(async move {
                let ticket = book.intend(intent(&format!("cohort.C{n}"))).await.unwrap();
                book.settle(ticket, applied(&n.to_string())).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    drop(book);
    assert_eq!(read(dir.path(), "stack", "local").unwrap().unwrap().0.resources.len(), 200);
}

#[tokio::test]
async fn a_stale_journal_is_passed_over_and_a_newer_one_refused() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path()).unwrap();
    book.record(pinned("w")).await.unwrap();
    let file = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    let old = file("journal");
    book.snapshot().unwrap();
    let snapshot = file("state.json");
    book.record(pinned("x")).await.unwrap();
    book.record(pinned("y")).await.unwrap();
    let folded = file("journal");
    book.snapshot().unwrap();
    let new = file("journal");
    drop(book);

    let now = || read(dir.path(), "stack", "local");
    let damaged = |because: &str| match now() {
        Err(StoreError::Damaged { what, .. }) => assert!(what.contains(because), "{what}"),
        other => panic!("{other:?}"),
    };
    put("journal", &folded);
    assert_eq!(
        now().unwrap().unwrap().0.accounts.get("attio").map(String::as_str),
        Some("y"),
        "it died between the two"
    );
    let end = folded.len() - 1;
    let line = folded[..end].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    put("journal", &folded[..line]);
    damaged("it ends with record 2, and the snapshot has all records up to 3");
    put("journal", &old);
    damaged("it was truncated, or is an older file");
    std::fs::remove_file(dir.path().join("journal")).unwrap();
    damaged("missing");
    put("journal", &new);
    put("state.json", &snapshot);
    damaged("replaced by another");
    // What the snapshot does not have yet is an older state when it is cut.
    put("journal", &folded[..line]);
    assert_eq!(now().unwrap().unwrap().0.accounts.get("attio").map(String::as_str), Some("x"));
    std::fs::remove_file(dir.path().join("state.json")).unwrap();
    damaged("it is missing: the journal beside it continues snapshot 1");
}

#[tokio::test]
async fn records_are_numbered_on_from_one_journal_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let pin = pinned;
    for round in 0..3 {
        let book = open(dir.path()).unwrap();
        assert_eq!(book.state().sequence, round * 2);
        book.record(pin("a")).await.unwrap();
        book.snapshot().unwrap();
        book.record(pin("b")).await.unwrap();
        // Without a snapshot: the next one replays it.
    }
    assert_eq!(read(dir.path(), "stack", "local").unwrap().unwrap().0.sequence, 6);
}

#[tokio::test]
async fn a_deploy_that_never_ended_is_found_dead_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let begun = Deployed { number: 1, ..Deployed::default() };
    let book = open(dir.path()).unwrap();
    book.record(StateEvent::Begun(Box::new(begun.clone()))).await.unwrap();
    let seen = read(dir.path(), "stack", "local").unwrap().unwrap().0;
    assert_eq!((seen.begun.map(|b| *b), seen.history.len()), (Some(begun.clone()), 0), "it may be at work");
    drop(book);
    let book = open(dir.path()).unwrap();
    assert_eq!(book.state().history, [Deployed { died: true, ..begun.clone() }]);
    book.record(StateEvent::Begun(Box::new(begun.clone()))).await.unwrap();
    book.record(StateEvent::Deployed(Box::new(begun))).await.unwrap();
    drop(book);
    assert_eq!(open(dir.path()).unwrap().state().history.iter().map(|d| d.died).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn the_second_is_told_who_is_first() {
    let dir = tempfile::tempdir().unwrap();
    let _first = open(dir.path()).unwrap();
    let Err(StoreError::Locked(holder)) = open(dir.path()) else { panic!("the lock was given twice") };
    assert_eq!((holder.pid, holder.command.as_str()), (std::process::id(), "test"));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("stage");
    let book = open(&folder).unwrap();
    book.record(StateEvent::Forget { address: "a.B".into(), archived: false }).await.unwrap();
    book.snapshot().unwrap();
    let mode = |name: &str| std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("state.json"), mode("journal"), mode("lock"), mode(".")], [0o600, 0o600, 0o600, 0o700]);
}

#[test]
fn another_stage_or_a_later_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("state.json"), State::new("stack", "prod").placed().unwrap()).unwrap();
    assert!(matches!(open(dir.path()), Err(StoreError::Foreign { .. })));
    std::fs::write(dir.path().join("state.json"), r#"{"version": 99}"#).unwrap();
    assert!(matches!(open(dir.path()), Err(StoreError::Newer { found: 99, .. })));
    std::fs::write(dir.path().join("state.json"), "garbage").unwrap();
    assert!(matches!(open(dir.path()), Err(StoreError::Damaged { .. })));
}

/// The stage belongs to this account from now on.
fn pinned(id: &str) -> StateEvent {
    let accounts = [("attio".to_owned(), id.to_owned())].into();
    StateEvent::Pin { accounts, workspace: None, project: None }
}
