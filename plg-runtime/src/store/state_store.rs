//! The state and the journal of one stage, open for writing.

use super::StoreError;
use super::backend::{StateBackend, StateWriter};
use super::formats::{JOURNAL, STATE};
use super::holder::Holder;
use super::journal::{Action, Base, Intent, JournalRecord, Settled, StateEvent, bury, replay};
use super::line::{Line, first};
use super::load::{Loaded, load};
use super::snapshot::{Snapshot, Written, write_checked};
use super::state::State;
use crate::secret::SecretGate;
use jiff::Timestamp;
use plg_core::linked;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Leave to send one write: only [`StateStore::intend`] makes it, once the intent is on disk.
#[derive(Debug)]
#[must_use = "what became of the request must be settled"]
pub struct Ticket {
    op: u64,
    sent_by: Mutex<Timestamp>,
    /// The key of a create: the same each time it is sent, and no other one's.
    key: Option<String>,
}

impl Ticket {
    fn of(intent: &Intent, lineage: &str) -> Self {
        // An intent that does not say until when it is sent may be sent at once, and never later.
        let sent_by = intent.last_sent().parse().unwrap_or(Timestamp::MIN);
        // A digest costs more than all the rest of an intent: it is made for APIs that take one.
        let takes_key = || linked::find(&intent.kind).is_some_and(|spec| spec.provider().api.idempotency().is_some());
        let key = (intent.action == Action::Create && takes_key()).then(|| intent.key(lineage));
        Ticket { op: intent.op, sent_by: Mutex::new(sent_by), key }
    }

    /// What tells a create apart from every other one.
    pub(crate) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Whether it may be sent at this instant without being announced again.
    pub(crate) fn is_good(&self, now: Timestamp) -> bool {
        now <= *self.sent_by.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    /// Whether nothing was ever written there before.
    is_new: bool,
    /// Keeps credentials out of what is written.
    gate: SecretGate,
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
    /// The number of the last record that was given to whoever writes the journal.
    announced: u64,
    /// Whether anything came after the snapshot.
    changed: bool,
}

struct Append {
    line: Line,
    done: oneshot::Sender<Result<(), Arc<StoreError>>>,
}

impl StateStore {
    /// Takes the lock of a stage and opens it: its snapshot with its journal replayed over it.
    ///
    /// # Errors
    /// When it is locked, cannot be read or written, is damaged, newer, or of another stack or stage.
    pub fn open(medium: Arc<dyn StateBackend>, stack: &str, stage: &str, holder: &Holder) -> Result<Self, StoreError> {
        let pen: Arc<dyn StateWriter> = medium.lock(holder)?.into();
        let Loaded { snapshot: Snapshot { mut state, pending, .. }, mut changed, is_new } =
            load(&*medium, stack, stage)?;
        // With the lock in hand, who began and did not end is dead.
        changed |= bury(&mut state);
        let next = pending.iter().map(|i| i.op).max().unwrap_or(0) + 1;
        let book = StateStore {
            medium,
            pen,
            inner: Mutex::new(Inner { announced: state.sequence, state: Arc::new(state), pending, next, changed }),
            writer: Mutex::new(None),
            begun: Mutex::new(None),
            is_new,
            gate: SecretGate::new(),
        };
        if changed {
            // A torn tail must not stand before what comes now.
            book.fold()?;
        }
        Ok(book)
    }

    /// The same, with a gate: no credential that it knows is written, whatever an API repeated.
    pub(crate) fn guarded_by(mut self, gate: SecretGate) -> Self {
        self.gate = gate;
        self
    }

    /// What is remembered.
    pub fn state(&self) -> Arc<State> {
        self.lock().state.clone()
    }

    /// Whether nothing was remembered when it was opened, not even that there is nothing.
    pub fn is_new(&self) -> bool {
        self.is_new
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
        let ticket = self.with_state(|state| Ticket::of(&intent, &state.lineage));
        self.append(JournalRecord::Intent(Box::new(intent))).await?;
        Ok(ticket)
    }

    /// Leave to send a create of an earlier run once more, under the key that it had.
    pub(crate) fn resume(&self, intent: &Intent) -> Ticket {
        self.with_state(|state| Ticket::of(intent, &state.lineage))
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
        let state = Arc::make_mut(&mut inner.state);
        state.version = STATE;
        state.serial += 1;
        let written = Written { state: &inner.state, pending: &inner.pending, placed: false };
        if let Err(error) = self.pen.stream_snapshot(&|out| write_checked(out, &written)) {
            Arc::make_mut(&mut inner.state).serial -= 1;
            return Err(error);
        }
        inner.changed = false;
        // Between the two, the old journal names the old snapshot, and is passed over.
        self.pen.put_journal(&base(&inner.state)?)
    }

    async fn append(&self, record: JournalRecord) -> Result<(), StoreError> {
        let record = self.gate.without_credentials(record);
        let line = Line::of(&record)
            .map_err(|e| StoreError::Damaged { path: self.medium.place("journal"), what: e.to_string() })?;
        let number = if self.pen.is_instant() { self.append_now(line)? } else { self.append_in_turn(line).await? };
        let mut inner = self.lock();
        let Inner { state, pending, changed, .. } = &mut *inner;
        *changed = true;
        let state = Arc::make_mut(state);
        // Who asked first may be told last.
        state.sequence = state.sequence.max(number);
        replay(state, pending, record);
        Ok(())
    }

    /// The next number, for who is alone at the journal's end.
    fn announce(&self) -> u64 {
        let mut inner = self.lock();
        inner.announced += 1;
        inner.announced
    }

    fn append_now(&self, mut line: Line) -> Result<u64, StoreError> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        match &*begun {
            Some(Ok(())) => {}
            Some(Err(broken)) => return Err(StoreError::Broken(broken.clone())),
            None => {
                self.begin_journal()?;
                *begun = Some(Ok(()));
            }
        }
        let number = self.announce();
        line.number(number);
        self.pen.append(line.finish()).map_err(|error| {
            let error = Arc::new(error);
            *begun = Some(Err(error.clone()));
            StoreError::Broken(error)
        })?;
        Ok(number)
    }

    async fn append_in_turn(&self, mut line: Line) -> Result<u64, StoreError> {
        let (done, written) = oneshot::channel();
        let number = {
            let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            if writer.is_none() {
                *writer = Some(self.open_journal()?);
            }
            // Numbered where it is put in turn, so that numbers are in the order of the lines.
            let number = self.announce();
            line.number(number);
            if let Some(records) = writer.as_ref().and_then(|writer| writer.records.as_ref()) {
                let _ = records.send(Append { line, done });
            }
            number
        };
        match written.await {
            Ok(Ok(())) => Ok(number),
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
                let Append { mut line, done } = first;
                let mut bytes = line.finish().to_vec();
                // Who is about to send more is let before: fewer syncs take more at once.
                std::thread::yield_now();
                let mut waiting = vec![done];
                for mut next in receiver.try_iter() {
                    bytes.extend_from_slice(next.line.finish());
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
            self.rewrite()?;
        } else {
            // A new one each time: who lost the lock unnoticed may still have the old one open.
            self.pen.put_journal(&base(&self.lock().state)?)?;
        }
        let mut inner = self.lock();
        inner.announced = inner.state.sequence;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first line of the journal that continues a state.
pub(super) fn base(state: &State) -> Result<Vec<u8>, StoreError> {
    let base = Base {
        version: JOURNAL,
        lineage: state.lineage.clone(),
        serial: state.serial,
        sequence: state.sequence,
        stack: state.stack.clone(),
        stage: state.stage.clone(),
    };
    first(base).map_err(|e| StoreError::Damaged { path: "journal".into(), what: e.to_string() })
}

#[cfg(test)]
mod tests;
