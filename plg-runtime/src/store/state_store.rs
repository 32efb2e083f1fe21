//! The state and the journal of one stage, open for writing.

use super::StoreError;
use super::backend::{StateBackend, StateWriter};
use super::history::Deployed;
use super::holder::Holder;
use super::journal::{Intent, JournalRecord, Settled, StateEvent, line, parse, replay};
use super::state::{Entry, State, VERSION, Watched};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Leave to send one write: only [`StateStore::intend`] makes it, once the intent is on disk.
#[derive(Debug)]
#[must_use = "what became of the request must be settled"]
pub struct Ticket {
    op: u64,
    sent_by: Mutex<Timestamp>,
}

impl Ticket {
    /// Whether it may be sent at this instant without being announced again.
    pub(crate) fn is_good(&self, now: Timestamp) -> bool {
        now <= *self.sent_by.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The snapshot, with the requests whose outcome nobody knew when it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Flat")]
pub(super) struct Snapshot {
    #[serde(flatten)]
    pub(super) state: State,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) pending: Vec<Intent>,
    /// Where the state was moved to: nothing is deployed from here any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<String>,
}

/// A snapshot as it is read: a flattened state would be read into a copy first.
#[derive(Deserialize)]
struct Flat {
    version: u32,
    lineage: String,
    serial: u64,
    stack: String,
    stage: String,
    #[serde(default)]
    workspace: Option<String>,
    #[serde(default)]
    project: Option<String>,
    resources: BTreeMap<String, Entry>,
    #[serde(default)]
    history: Vec<Deployed>,
    #[serde(default)]
    watched: Vec<Watched>,
    #[serde(default)]
    pending: Vec<Intent>,
    #[serde(default)]
    moved: Option<String>,
}

impl From<Flat> for Snapshot {
    fn from(flat: Flat) -> Self {
        let Flat {
            version,
            lineage,
            serial,
            stack,
            stage,
            workspace,
            project,
            resources,
            history,
            watched,
            pending,
            moved,
        } = flat;
        Snapshot {
            state: State { version, lineage, serial, stack, stage, workspace, project, resources, history, watched },
            pending,
            moved,
        }
    }
}

impl Snapshot {
    pub(super) fn write(&self, path: impl Into<PathBuf>) -> Result<Vec<u8>, StoreError> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|e| StoreError::Damaged { path: path.into(), what: e.to_string() })?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// A snapshot of what is in memory, written without a copy of it.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    state: &'a State,
    #[serde(skip_serializing_if = "<[Intent]>::is_empty")]
    pending: &'a [Intent],
}

impl Written<'_> {
    fn write(&self, mut out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")
    }
}

/// What is in a place.
pub(super) struct Loaded {
    pub(super) snapshot: Snapshot,
    /// Whether the journal has anything that is not in the snapshot.
    pub(super) changed: bool,
    /// Whether anything was ever written there.
    pub(super) is_new: bool,
}

/// The state of a stage, kept record by record.
#[derive(Debug)]
pub struct StateStore {
    medium: Arc<dyn StateBackend>,
    pen: Arc<dyn StateWriter>,
    inner: Mutex<Inner>,
    writer: Mutex<Option<Writer>>,
    /// Where records are appended as they are made: whether the journal is open, or why it no longer is.
    begun: Mutex<Option<Result<(), Arc<StoreError>>>>,
}

/// The thread that writes the journal. Whoever ends it waits for it, so that nothing it still has
/// to write comes after what is written next, and the lock goes when the book goes.
#[derive(Debug)]
struct Writer {
    records: Option<mpsc::Sender<Append>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.records = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Debug)]
struct Inner {
    state: Arc<State>,
    pending: Vec<Intent>,
    next: u64,
    /// Whether anything came after the snapshot.
    changed: bool,
}

struct Append {
    bytes: Vec<u8>,
    done: oneshot::Sender<Result<(), Arc<StoreError>>>,
}

impl StateStore {
    /// Takes the lock of a stage and opens it: its snapshot with its journal replayed over it.
    ///
    /// # Errors
    /// When it is locked, cannot be read or written, is damaged, newer, or of another stack or stage.
    pub fn open(medium: Arc<dyn StateBackend>, stack: &str, stage: &str, holder: &Holder) -> Result<Self, StoreError> {
        let pen: Arc<dyn StateWriter> = medium.lock(holder)?.into();
        let Loaded { snapshot: Snapshot { state, pending, .. }, changed, .. } = load(&*medium, stack, stage)?;
        let next = pending.iter().map(|i| i.op).max().unwrap_or(0) + 1;
        let book = StateStore {
            medium,
            pen,
            inner: Mutex::new(Inner { state: Arc::new(state), pending, next, changed }),
            writer: Mutex::new(None),
            begun: Mutex::new(None),
        };
        if changed {
            // A torn tail must not stand before what comes now.
            book.fold()?;
        }
        Ok(book)
    }

    /// What is remembered.
    pub fn state(&self) -> Arc<State> {
        self.lock().state.clone()
    }

    /// Looks at what is remembered without a copy.
    pub(crate) fn with_state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock().state)
    }

    /// Requests whose outcome nobody knows, of earlier runs and of this one.
    pub fn pending(&self) -> Vec<Intent> {
        self.lock().pending.clone()
    }

    /// Announces a request. It is on disk when this returns; then it may be sent.
    ///
    /// # Errors
    /// When it cannot be written: then nothing may be sent.
    pub async fn intend(&self, mut intent: Intent) -> Result<Ticket, StoreError> {
        {
            let mut inner = self.lock();
            intent.op = inner.next;
            inner.next += 1;
        }
        let op = intent.op;
        // An intent that does not say until when it is sent may be sent at once, and never later.
        let sent_by = intent.last_sent().parse().unwrap_or(Timestamp::MIN);
        self.append(JournalRecord::Intent(Box::new(intent))).await?;
        Ok(Ticket { op, sent_by: Mutex::new(sent_by) })
    }

    /// Announces a request once more, before it is sent later than it was announced for, or again.
    ///
    /// # Errors
    /// When it cannot be written: then nothing may be sent.
    pub(crate) async fn renew(&self, ticket: &Ticket, sent_by: Timestamp) -> Result<(), StoreError> {
        self.append(JournalRecord::StateEvent(StateEvent::Attempt { op: ticket.op, sent_by: sent_by.to_string() }))
            .await?;
        *ticket.sent_by.lock().unwrap_or_else(PoisonError::into_inner) = sent_by;
        Ok(())
    }

    /// Records what became of a request.
    ///
    /// # Errors
    /// When it cannot be written: the request stays pending, and the next run looks for it.
    pub async fn settle(&self, ticket: Ticket, settled: Settled) -> Result<(), StoreError> {
        self.append(JournalRecord::Settled { op: ticket.op, settled }).await
    }

    /// Records a change that needs no request.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record(&self, change: StateEvent) -> Result<(), StoreError> {
        self.append(JournalRecord::StateEvent(change)).await
    }

    /// Folds the journal into a new snapshot, if there is anything in it.
    ///
    /// # Errors
    /// When it cannot be written; the journal still holds everything then.
    pub fn snapshot(&self) -> Result<(), StoreError> {
        if self.lock().changed { self.fold() } else { Ok(()) }
    }

    fn fold(&self) -> Result<(), StoreError> {
        // Ends the writer: the next record opens the new journal.
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.rewrite()
    }

    fn rewrite(&self) -> Result<(), StoreError> {
        let mut inner = self.lock();
        Arc::make_mut(&mut inner.state).serial += 1;
        let written = Written { state: &inner.state, pending: &inner.pending };
        if let Err(error) = self.pen.stream_snapshot(&|out| written.write(out)) {
            Arc::make_mut(&mut inner.state).serial -= 1;
            return Err(error);
        }
        inner.changed = false;
        // Between the two, the old journal names the old snapshot, and is passed over.
        self.pen.put_journal(&base(&inner.state)?)
    }

    async fn append(&self, record: JournalRecord) -> Result<(), StoreError> {
        let bytes = line(&record)
            .map_err(|e| StoreError::Damaged { path: self.medium.place("journal"), what: e.to_string() })?;
        if self.pen.is_instant() {
            self.append_now(&bytes)?;
        } else {
            self.append_in_turn(bytes).await?;
        }
        let mut inner = self.lock();
        let Inner { state, pending, changed, .. } = &mut *inner;
        *changed = true;
        replay(Arc::make_mut(state), pending, record);
        Ok(())
    }

    fn append_now(&self, bytes: &[u8]) -> Result<(), StoreError> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        match &*begun {
            Some(Ok(())) => {}
            Some(Err(broken)) => return Err(StoreError::Broken(broken.clone())),
            None => {
                self.begin_journal()?;
                *begun = Some(Ok(()));
            }
        }
        self.pen.append(bytes).map_err(|error| {
            let error = Arc::new(error);
            *begun = Some(Err(error.clone()));
            StoreError::Broken(error)
        })
    }

    async fn append_in_turn(&self, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (done, written) = oneshot::channel();
        {
            let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            if writer.is_none() {
                *writer = Some(self.open_journal()?);
            }
            if let Some(records) = writer.as_ref().and_then(|writer| writer.records.as_ref()) {
                let _ = records.send(Append { bytes, done });
            }
        }
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(StoreError::Broken(error)),
            Err(_) => {
                let error = std::io::ErrorKind::BrokenPipe.into();
                Err(StoreError::io("write", self.medium.place("journal"))(error))
            }
        }
    }

    /// Starts the thread that writes the journal. What arrives while it syncs goes into one write
    /// and one sync, so that the cost of a record does not grow with how many are under way.
    fn open_journal(&self) -> Result<Writer, StoreError> {
        self.begin_journal()?;
        let pen = self.pen.clone();
        let (sender, receiver) = mpsc::channel::<Append>();
        let spawned = std::thread::Builder::new().name("journal".into()).spawn(move || {
            let mut broken: Option<Arc<StoreError>> = None;
            while let Ok(first) = receiver.recv() {
                let Append { mut bytes, done } = first;
                // Who is about to send more is let before: fewer syncs take more at once.
                std::thread::yield_now();
                let mut waiting = vec![done];
                for next in receiver.try_iter() {
                    bytes.extend_from_slice(&next.bytes);
                    waiting.push(next.done);
                }
                // After one failure nobody knows what the journal ends with: nothing more is promised.
                if broken.is_none() {
                    broken = pen.append(&bytes).err().map(Arc::new);
                }
                for done in waiting {
                    let _ = done.send(broken.clone().map_or(Ok(()), Err));
                }
            }
        });
        let thread = spawned.map_err(StoreError::io("write", self.medium.place("journal")))?;
        Ok(Writer { records: Some(sender), thread: Some(thread) })
    }

    fn begin_journal(&self) -> Result<(), StoreError> {
        if self.lock().changed {
            // A snapshot failed: what is only in the journal must not be lost with it.
            self.rewrite()
        } else {
            // A new one each time: who lost the lock unnoticed may still have the old one open.
            self.pen.put_journal(&base(&self.lock().state)?)
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn base(state: &State) -> Result<Vec<u8>, StoreError> {
    let record = JournalRecord::Base { version: VERSION, lineage: state.lineage.clone(), serial: state.serial };
    line(&record).map_err(|e| StoreError::Damaged { path: "journal".into(), what: e.to_string() })
}

/// Reads a stage without its lock, also while it is being deployed. `None` where it never was.
///
/// # Errors
/// As [`StateStore::open`].
pub fn read(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Option<(State, Vec<Intent>)>, StoreError> {
    let Loaded { snapshot, is_new, .. } = load(medium, stack, stage)?;
    Ok((!is_new).then_some((snapshot.state, snapshot.pending)))
}

fn load(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Loaded, StoreError> {
    let loaded = load_moved(medium, stack, stage)?;
    match loaded.snapshot.moved {
        Some(to) => Err(StoreError::Moved { path: medium.place("state.json"), to }),
        None => Ok(loaded),
    }
}

/// What is in a place, also where it is only left over from a move.
pub(super) fn load_moved(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Loaded, StoreError> {
    // In this order, as a deploy may be at work: a journal that was folded in the meantime is
    // passed over, while one that continues a later snapshot would look like damage.
    let journal = medium.journal()?;
    let path = medium.place("state.json");
    let snapshot = medium.snapshot()?.map(|bytes| parse_snapshot(&path, &bytes)).transpose()?;
    let is_new = snapshot.is_none() && journal.is_none();
    let mut snapshot =
        snapshot.unwrap_or_else(|| Snapshot { state: State::new(stack, stage), pending: Vec::new(), moved: None });
    let Snapshot { state, pending, .. } = &mut snapshot;
    if (state.stack.as_str(), state.stage.as_str()) != (stack, stage) {
        let (found, wanted) =
            (format!("stack {}, stage {}", state.stack, state.stage), format!("stack {stack}, stage {stage}"));
        return Err(StoreError::Foreign { path, found, wanted });
    }
    let path = medium.place("journal");
    let Some(bytes) = journal else { return Ok(Loaded { snapshot, changed: false, is_new }) };
    let records = parse(&path, &bytes)?;
    let Some(JournalRecord::Base { version, lineage, serial }) = records.first() else {
        // The very first line is torn: nothing was ever promised in this journal.
        return Ok(Loaded { snapshot, changed: !bytes.is_empty(), is_new });
    };
    if *version > VERSION {
        return Err(StoreError::Newer { path, found: *version, known: VERSION });
    }
    if *serial == 0 && state.serial == 0 {
        state.lineage.clone_from(lineage);
    }
    if *lineage != state.lineage || *serial > state.serial {
        return Err(StoreError::Damaged {
            path,
            what: format!(
                "it continues snapshot {serial} of another history, and the snapshot here is {}: an old backup was put back",
                state.serial
            ),
        });
    }
    if *serial < state.serial {
        // The snapshot was made of it already.
        return Ok(Loaded { snapshot, changed: true, is_new });
    }
    let changed = records.len() > 1 || bytes.last() != Some(&b'\n');
    for record in records {
        replay(state, pending, record);
    }
    Ok(Loaded { snapshot, changed, is_new })
}

pub(super) fn parse_snapshot(path: &Path, bytes: &[u8]) -> Result<Snapshot, StoreError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let newer = |found: u32| StoreError::Newer { path: path.to_owned(), found, known: VERSION };
    // Checked as a whole, text need not be checked again piece by piece.
    let parsed = match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str::<Snapshot>(text),
        Err(_) => serde_json::from_slice(bytes),
    };
    match parsed {
        Ok(snapshot) if snapshot.state.version > VERSION => Err(newer(snapshot.state.version)),
        Ok(snapshot) => Ok(snapshot),
        // A later format may have another shape, and is no damage.
        Err(error) => match serde_json::from_slice(bytes) {
            Ok(Version { version }) if version > VERSION => Err(newer(version)),
            _ => Err(StoreError::Damaged { path: path.to_owned(), what: error.to_string() }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::folder::Folder;
    use super::super::journal::Action;
    use super::super::object::Object;
    use super::*;

    fn open(folder: &Path) -> Result<StateStore, StoreError> {
        StateStore::open(Arc::new(Folder::new(folder)), "stack", "local", &Holder::me("test", "now"))
    }

    fn read(folder: &Path, stack: &str, stage: &str) -> Result<Option<(State, Vec<Intent>)>, StoreError> {
        super::read(&Folder::new(folder), stack, stage)
    }

    #[tokio::test]
    async fn who_lost_the_lock_can_no_longer_write() {
        let dir = tempfile::tempdir().unwrap();
        let suspended = open(dir.path()).unwrap();
        suspended.record(StateEvent::Forget { address: "a.B".into() }).await.unwrap();
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
        book.record(StateEvent::Pin { workspace: Some("w".into()), project: None }).await.unwrap();
        let old = std::fs::read(dir.path().join("journal")).unwrap();
        book.snapshot().unwrap();
        let snapshot = std::fs::read(dir.path().join("state.json")).unwrap();
        book.record(StateEvent::Pin { workspace: Some("x".into()), project: None }).await.unwrap();
        book.snapshot().unwrap();
        let new = std::fs::read(dir.path().join("journal")).unwrap();
        drop(book);

        std::fs::write(dir.path().join("journal"), old).unwrap();
        assert_eq!(read(dir.path(), "stack", "local").unwrap().unwrap().0.workspace.as_deref(), Some("x"));
        std::fs::write(dir.path().join("journal"), new).unwrap();
        std::fs::write(dir.path().join("state.json"), snapshot).unwrap();
        assert!(matches!(read(dir.path(), "stack", "local"), Err(StoreError::Damaged { .. })));
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
        book.record(StateEvent::Forget { address: "a.B".into() }).await.unwrap();
        book.snapshot().unwrap();
        let mode = |name: &str| std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode("state.json"), mode("journal"), mode("lock"), mode(".")], [0o600, 0o600, 0o600, 0o700]);
    }

    #[test]
    fn another_stage_or_a_later_format_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("state.json"), serde_json::to_vec(&State::new("stack", "prod")).unwrap())
            .unwrap();
        assert!(matches!(open(dir.path()), Err(StoreError::Foreign { .. })));
        std::fs::write(dir.path().join("state.json"), r#"{"version": 99}"#).unwrap();
        assert!(matches!(open(dir.path()), Err(StoreError::Newer { found: 99, .. })));
        std::fs::write(dir.path().join("state.json"), "garbage").unwrap();
        assert!(matches!(open(dir.path()), Err(StoreError::Damaged { .. })));
    }
}
