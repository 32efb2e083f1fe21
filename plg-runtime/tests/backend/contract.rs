//! What every place for a state promises.

use plg_runtime::store::{
    Action, Dump, Entry, Holder, Intent, Object, Settled, State, StateBackend, StateEvent, StateStore, StateWriter,
    StoreError, migrate, read, salvage,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

/// Opens the place of a stage as another process would.
pub(crate) type Open<'a> = &'a (dyn Fn(&str) -> Arc<dyn StateBackend> + Sync);

/// One promise, checked on a stage of its own.
type Check = fn(Open, &str);

const STACK: &str = "shop";

/// Checks all of it.
pub(crate) fn check(open: Open) {
    let checks: [(&str, Check); 12] = [
        ("empty", nothing_is_there_at_first),
        ("replaced", what_was_written_is_read_by_others),
        ("race", of_many_one_gets_the_lock),
        ("fence", who_lost_the_lock_can_never_write_again),
        ("again", a_lock_changes_hands_many_times),
        ("book", pending_intents_survive),
        ("torn", a_torn_journal_loses_only_what_was_never_promised),
        ("readers", readers_never_block_and_never_see_half),
        ("dump", a_dump_replaces_only_what_is_older),
        ("rewound", a_snapshot_of_before_is_noticed),
        ("placed", a_state_that_was_put_half_way_is_whole),
        ("salvaged", damage_is_kept_and_salvaged),
    ];
    for (stage, check) in checks {
        eprintln!("  {stage}");
        check(open, stage);
    }
}

fn holder(command: &str) -> Holder {
    Holder::me(command, "now")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn nothing_is_there_at_first(open: Open, stage: &str) {
    let medium = open(stage);
    assert_eq!(medium.snapshot().unwrap(), None);
    assert_eq!(medium.journal().unwrap(), None);
    assert!(read(&*medium, STACK, stage).unwrap().is_none());
    assert!(matches!(medium.unlock("nobody"), Err(StoreError::NotThatLock(None))));
}

fn what_was_written_is_read_by_others(open: Open, stage: &str) {
    let medium = open(stage);
    let pen = medium.lock(&holder("first")).unwrap();
    let other = open(stage);
    pen.put_snapshot(b"one").unwrap();
    pen.put_journal(b"a\n").unwrap();
    pen.append(b"b\n").unwrap();
    pen.append(b"c\n").unwrap();
    assert_eq!(other.snapshot().unwrap().unwrap(), b"one");
    assert_eq!(other.journal().unwrap().unwrap(), b"a\nb\nc\n");
    pen.put_snapshot(b"two").unwrap();
    assert_eq!(other.journal().unwrap().unwrap(), b"a\nb\nc\n", "a snapshot leaves the journal alone");
    pen.put_journal(b"d\n").unwrap();
    pen.append(b"\x00\xff\n").unwrap();
    for seen in [&other, &medium, &open(stage)] {
        assert_eq!(seen.snapshot().unwrap().unwrap(), b"two");
        assert_eq!(seen.journal().unwrap().unwrap(), b"d\n\x00\xff\n");
    }
    assert_eq!(other.holder().unwrap().unwrap().command, "first");
    drop(pen);
    let pen = other.lock(&holder("second")).unwrap();
    pen.append(b"e\n").unwrap();
    assert_eq!(medium.journal().unwrap().unwrap(), b"d\n\x00\xff\ne\n");
}

fn of_many_one_gets_the_lock(open: Open, stage: &str) {
    for _ in 0..3 {
        let start = Barrier::new(16);
        let pens: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|n| {
                    let (medium, start) = (open(stage), &start);
                    scope.spawn(move || {
                        start.wait();
                        medium.lock(&holder(&format!("racer {n}")))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let losers = pens.iter().filter(|pen| matches!(pen, Err(StoreError::Locked(_)))).count();
        let odd: Vec<_> = pens.iter().filter(|p| !matches!(p, Ok(_) | Err(StoreError::Locked(_)))).collect();
        assert_eq!(losers, 15, "{odd:?}");
        let winner = pens.into_iter().find_map(Result::ok).unwrap();
        let Err(StoreError::Locked(named)) = open(stage).lock(&holder("late")) else { panic!("it was given twice") };
        assert!(named.command.starts_with("racer "), "{named:?}");
        drop(winner);
    }
    drop(open(stage).lock(&holder("after")).unwrap());
}

fn who_lost_the_lock_can_never_write_again(open: Open, stage: &str) {
    let suspended = open(stage).lock(&holder("suspended")).unwrap();
    suspended.put_snapshot(b"one").unwrap();
    suspended.put_journal(b"a\n").unwrap();
    let medium = open(stage);
    let Err(StoreError::Locked(named)) = medium.lock(&holder("other")) else { panic!("it was given twice") };
    assert!(matches!(medium.unlock("another"), Err(StoreError::NotThatLock(Some(_)))));
    assert_eq!(medium.unlock(&named.nonce).unwrap(), named);
    assert!(matches!(medium.unlock(&named.nonce), Err(StoreError::NotThatLock(None))));
    let fenced =
        |written: Result<(), StoreError>| assert!(matches!(written, Err(StoreError::Fenced(_))), "{written:?}");
    // Before anybody else has it, and between any two requests of who has it then.
    fenced(suspended.append(b"x\n"));
    let pen = medium.lock(&holder("other")).unwrap();
    fenced(suspended.put_snapshot(b"x"));
    pen.append(b"b\n").unwrap();
    fenced(suspended.append(b"x\n"));
    pen.put_snapshot(b"two").unwrap();
    fenced(suspended.put_journal(b"x\n"));
    pen.put_journal(b"c\n").unwrap();
    fenced(suspended.append(b"x\n"));
    assert_eq!(medium.snapshot().unwrap().unwrap(), b"two");
    assert_eq!(medium.journal().unwrap().unwrap(), b"c\n");
    // Its end is not the end of the other one's lock.
    drop(suspended);
    assert!(matches!(open(stage).lock(&holder("third")), Err(StoreError::Locked(_))));
    pen.append(b"d\n").unwrap();
    assert_eq!(medium.journal().unwrap().unwrap(), b"c\nd\n");
}

fn a_lock_changes_hands_many_times(open: Open, stage: &str) {
    let mut suspended: Vec<Box<dyn StateWriter>> = Vec::new();
    for round in 0..6_u8 {
        let medium = open(stage);
        let me = holder(&format!("round {round}"));
        let pen = medium.lock(&me).unwrap();
        pen.put_snapshot(&[round]).unwrap();
        pen.put_journal(&[round, b'j']).unwrap();
        pen.append(b"a").unwrap();
        for pen in &suspended {
            assert!(matches!(pen.append(b"x"), Err(StoreError::Fenced(_))));
        }
        if round % 2 == 0 {
            medium.unlock(&me.nonce).unwrap();
            suspended.push(pen);
        }
        let seen = open(stage);
        assert_eq!(seen.snapshot().unwrap().unwrap(), [round]);
        assert_eq!(seen.journal().unwrap().unwrap(), [round, b'j', b'a']);
    }
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

fn book(open: Open, stage: &str) -> StateStore {
    StateStore::open(open(stage), STACK, stage, &holder("deploy")).unwrap()
}

fn pending_intents_survive(open: Open, stage: &str) {
    runtime().block_on(async {
        let deploy = book(open, stage);
        let first = deploy.intend(intent("cohort.A")).await.unwrap();
        let _sent = deploy.intend(intent("cohort.B")).await.unwrap();
        deploy.settle(first, applied("1")).await.unwrap();
        drop(deploy);
        let (state, pending) = read(&*open(stage), STACK, stage).unwrap().unwrap();
        assert_eq!((state.resources["cohort.A"].id.as_str(), pending.len()), ("1", 1));

        let deploy = Arc::new(book(open, stage));
        let op = deploy.pending()[0].op;
        let many: Vec<_> = (0..50)
            .map(|n| {
                let deploy = deploy.clone();
                tokio::spawn(async move {
                    let ticket = deploy.intend(intent(&format!("cohort.C{n}"))).await.unwrap();
                    deploy.settle(ticket, applied(&n.to_string())).await.unwrap();
                })
            })
            .collect();
        for one in many {
            one.await.unwrap();
        }
        deploy.snapshot().unwrap();
        deploy.record(StateEvent::Resolved { op, settled: applied("2") }).await.unwrap();
        drop(deploy);

        let deploy = book(open, stage);
        assert_eq!(deploy.state().resources.len(), 52);
        assert!(deploy.pending().is_empty());
    });
}

fn a_torn_journal_loses_only_what_was_never_promised(open: Open, stage: &str) {
    runtime().block_on(async {
        let deploy = book(open, stage);
        deploy.record(pinned("w")).await.unwrap();
        drop(deploy);
        let medium = open(stage);
        let pen = medium.lock(&holder("dying")).unwrap();
        pen.append(b"0123456789abcdef {\"change\":").unwrap();
        drop(pen);
        let (state, _) = read(&*medium, STACK, stage).unwrap().unwrap();
        assert_eq!(state.accounts.get("attio").map(String::as_str), Some("w"));
        let deploy = book(open, stage);
        deploy.record(pinned("v")).await.unwrap();
        drop(deploy);
        assert_eq!(
            read(&*medium, STACK, stage).unwrap().unwrap().0.accounts.get("attio").map(String::as_str),
            Some("v")
        );
    });
}

fn readers_never_block_and_never_see_half(open: Open, stage: &str) {
    let runtime = runtime();
    let deploy = book(open, stage);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let medium = open(stage);
            let mut last = 0;
            while !done.load(Ordering::SeqCst) {
                let seen = read(&*medium, STACK, stage).unwrap().map_or(0, |(state, _)| state.resources.len());
                assert!(seen >= last, "{seen} after {last}");
                last = seen;
            }
        });
        for n in 0..12 {
            let ticket = runtime.block_on(deploy.intend(intent(&format!("cohort.C{n}")))).unwrap();
            runtime.block_on(deploy.settle(ticket, applied(&n.to_string()))).unwrap();
            deploy.snapshot().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        reader.join().unwrap();
    });
    assert_eq!(read(&*open(stage), STACK, stage).unwrap().unwrap().0.resources.len(), 12);
}

fn a_dump_replaces_only_what_is_older(open: Open, stage: &str) {
    runtime().block_on(async {
        let deploy = book(open, stage);
        let _sent = deploy.intend(intent("cohort.Open")).await.unwrap();
        deploy.record(StateEvent::Adopt { address: "cohort.A".into(), entry: Box::default() }).await.unwrap();
        drop(deploy);
    });
    let medium = open(stage);
    let me = holder("state push");
    let pulled = Dump::read(&*medium, STACK, stage).unwrap().unwrap();
    assert_eq!(pulled.pending().len(), 1);
    let parsed = Dump::parse("dump".as_ref(), &pulled.text().unwrap()).unwrap();
    assert_eq!(parsed, pulled);
    assert!(!pulled.put(&*medium, &me, STACK, stage, false).unwrap(), "it exists already");
    let edit = |from: &str, to: &str| {
        let text = String::from_utf8(pulled.text().unwrap()).unwrap();
        assert!(text.contains(from), "{text}");
        Dump::parse("dump".as_ref(), text.replace(from, to).as_bytes()).unwrap()
    };
    let refused = |dump: &Dump| {
        let put = dump.put(&*medium, &me, STACK, stage, false);
        assert!(matches!(put, Err(StoreError::Refused { .. })), "{put:?}");
    };
    let serial = pulled.state().serial;
    let is = format!("\"serial\": {serial}");
    refused(&edit("cohort.A", "cohort.B"));
    refused(&edit(&is, "\"serial\": 0"));
    refused(&without_pending(&edit(&is, &format!("\"serial\": {}", serial + 1))));
    refused(&edit(&pulled.state().lineage, "another"));
    let next = edit(&is, &format!("\"serial\": {}", serial + 1));
    assert!(next.put(&*medium, &me, STACK, stage, false).unwrap());
    assert_eq!(book(open, stage).pending().len(), 1);
    assert!(edit("cohort.A", "cohort.B").put(&*medium, &me, STACK, stage, true).unwrap());
    let deploy = book(open, stage);
    assert!(deploy.state().resources.contains_key("cohort.B"));
    assert!(deploy.state().serial > serial + 1, "what is forced is newer than what was there");
    assert!(matches!(next.put(&*medium, &me, STACK, stage, true), Err(StoreError::Locked(_))));
    drop(deploy);
    let other = edit(&pulled.state().lineage, "another");
    assert!(other.put(&*medium, &me, STACK, stage, true).unwrap());
    assert_eq!(book(open, stage).state().lineage, "another");
    assert!(matches!(other.put(&*medium, &me, STACK, "elsewhere", true), Err(StoreError::Foreign { .. })));
}

fn without_pending(dump: &Dump) -> Dump {
    let mut json: serde_json::Value = serde_json::from_slice(&dump.text().unwrap()).unwrap();
    json.as_object_mut().unwrap().remove("pending");
    Dump::parse("dump".as_ref(), &serde_json::to_vec(&json).unwrap()).unwrap()
}

/// A push or a move that died before its journal was put: what lies beside it is not its own.
fn a_state_that_was_put_half_way_is_whole(open: Open, stage: &str) {
    let deploy = book(open, stage);
    runtime().block_on(async {
        deploy.record(StateEvent::Adopt { address: "cohort.A".into(), entry: Box::default() }).await.unwrap();
    });
    let mut state = (*deploy.state()).clone();
    drop(deploy);
    (state.serial, state.sequence, state.lineage) = (9, 40, "another".into());
    state.resources.clear();
    let pen = open(stage).lock(&holder("state push")).unwrap();
    pen.put_snapshot(&state.placed().unwrap()).unwrap();
    drop(pen);
    let (seen, _) = read(&*open(stage), STACK, stage).unwrap().unwrap();
    assert_eq!((seen.lineage.as_str(), seen.resources.len(), seen.sequence), ("another", 0, 40));
    let deploy = book(open, stage);
    runtime().block_on(async {
        deploy.record(StateEvent::Adopt { address: "cohort.B".into(), entry: Box::default() }).await.unwrap();
    });
    drop(deploy);
    let (seen, _) = read(&*open(stage), STACK, stage).unwrap().unwrap();
    assert_eq!((seen.resources.len(), seen.sequence), (1, 41));
}

/// What is damaged is refused, never written over, and what is whole of it goes on by command.
fn damage_is_kept_and_salvaged(open: Open, stage: &str) {
    let deploy = book(open, stage);
    runtime().block_on(async {
        deploy.record(StateEvent::Adopt { address: "cohort.A".into(), entry: Box::default() }).await.unwrap();
        deploy.snapshot().unwrap();
        deploy.record(StateEvent::Adopt { address: "cohort.B".into(), entry: Box::default() }).await.unwrap();
        deploy.record(StateEvent::Adopt { address: "cohort.C".into(), entry: Box::default() }).await.unwrap();
    });
    drop(deploy);
    let medium = open(stage);
    let whole = medium.journal().unwrap().unwrap();
    let mut damaged = whole.clone();
    let place = whole.windows(8).position(|part| part == b"cohort.B").unwrap();
    damaged[place] ^= 1;
    let pen = medium.lock(&holder("a disk")).unwrap();
    pen.put_journal(&damaged).unwrap();
    drop(pen);
    let opened = StateStore::open(open(stage), STACK, stage, &holder("deploy"));
    assert!(matches!(opened, Err(StoreError::Damaged { .. })), "{opened:?}");
    let pushed = Dump::parse("d".as_ref(), &serde_json::to_vec(&State::new(STACK, stage)).unwrap()).unwrap();
    assert!(matches!(pushed.put(&*medium, &holder("push"), STACK, stage, true), Err(StoreError::Damaged { .. })));
    assert_eq!(open(stage).journal().unwrap().unwrap(), damaged, "plg does not overwrite it");

    let kept = std::cell::RefCell::new(Vec::new());
    let keep = |name: &str, bytes: &[u8]| {
        kept.borrow_mut().push((name.to_owned(), bytes.to_vec()));
        Ok(name.into())
    };
    let saved = salvage(&*medium, &holder("state salvage"), STACK, stage, keep).unwrap();
    assert_eq!((saved.resources, saved.lines_lost, saved.snapshot_lost), (2, 1, false));
    assert!(kept.borrow().iter().any(|(name, bytes)| name == "journal" && *bytes == damaged));
    let state = book(open, stage).state();
    assert!(state.resources.contains_key("cohort.A") && state.resources.contains_key("cohort.C"));
    let again = salvage(&*medium, &holder("state salvage"), STACK, stage, keep);
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
}

fn a_snapshot_of_before_is_noticed(open: Open, stage: &str) {
    let old = runtime().block_on(async {
        let deploy = book(open, stage);
        deploy.record(pinned("w")).await.unwrap();
        deploy.snapshot().unwrap();
        let old = open(stage).snapshot().unwrap().unwrap();
        deploy.record(pinned("v")).await.unwrap();
        deploy.snapshot().unwrap();
        old
    });
    let pen = open(stage).lock(&holder("backup")).unwrap();
    pen.put_snapshot(&old).unwrap();
    drop(pen);
    assert!(matches!(read(&*open(stage), STACK, stage), Err(StoreError::Damaged { .. })));
}

/// Moves a state from one place to another and back.
pub(crate) fn moves(a: Open, b: Open) {
    let stage = "moves";
    runtime().block_on(async {
        let deploy = book(a, stage);
        let _sent = deploy.intend(intent("cohort.Open")).await.unwrap();
        deploy.record(StateEvent::Adopt { address: "cohort.A".into(), entry: Box::default() }).await.unwrap();
        drop(deploy);
    });
    let me = holder("state migrate");
    for (from, to) in [(a, b), (b, a), (a, b)] {
        let busy = from(stage).lock(&holder("deploy")).unwrap();
        assert!(matches!(migrate(&*from(stage), &*to(stage), &me, STACK, stage), Err(StoreError::Locked(_))));
        drop(busy);
        let dump = migrate(&*from(stage), &*to(stage), &me, STACK, stage).unwrap();
        assert_eq!((dump.pending().len(), dump.state().resources.len()), (1, 1));
        let left = StateStore::open(from(stage), STACK, stage, &me).err();
        assert!(matches!(left, Some(StoreError::Moved { .. })), "{left:?}");
        assert!(matches!(read(&*from(stage), STACK, stage), Err(StoreError::Moved { .. })));
        assert!(matches!(migrate(&*from(stage), &*to(stage), &me, STACK, stage), Err(StoreError::Moved { .. })));
        assert_eq!(book(to, stage).pending()[0].address, "cohort.Open");
    }
    // Two places that were both deployed from are not mixed.
    let other = "both";
    for open in [a, b] {
        runtime().block_on(async {
            let deploy = book(open, other);
            deploy.record(StateEvent::Adopt { address: "cohort.A".into(), entry: Box::default() }).await.unwrap();
        });
    }
    assert!(matches!(migrate(&*a(other), &*b(other), &me, STACK, other), Err(StoreError::Refused { .. })));
}

/// The stage belongs to this account from now on.
fn pinned(id: &str) -> StateEvent {
    let accounts = [("attio".to_owned(), id.to_owned())].into();
    StateEvent::Pin { accounts, workspace: None, project: None }
}
