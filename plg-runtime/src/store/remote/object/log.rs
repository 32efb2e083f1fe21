//! The log of a stage: its entries, the floor, and the rules by which both are written.

use super::super::failed;
use crate::store::file::LARGEST;
use crate::store::{Holder, StoreError};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, UpdateVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;

/// The format of entries and floor.
const FORMAT: u32 = 1;

/// How often a race is run again before it counts as a failure of the store.
const TRIES: usize = 64;

/// The largest number of simultaneous requests.
const WIDEST: u64 = 16;

/// What an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EntryKind {
    /// The lock is taken.
    Lock,
    /// The lock is taken away from its holder.
    Unlock,
    /// The lock is given back.
    Release,
    /// A new snapshot.
    Snapshot,
    /// A new journal.
    Journal,
    /// More of the journal.
    Append,
}

/// The first line of an entry; what it brings follows.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: u32,
    entry: EntryKind,
    holder: Holder,
}

#[derive(Debug)]
struct Entry {
    head: Head,
    bytes: Vec<u8>,
}

impl Entry {
    fn new(entry: EntryKind, holder: &Holder, bytes: &[u8]) -> Self {
        Entry { head: Head { format: FORMAT, entry, holder: holder.clone() }, bytes: bytes.to_vec() }
    }

    fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut out = serde_json::to_vec(&self.head)?;
        out.push(b'\n');
        out.extend(&self.bytes);
        Ok(out)
    }
}

/// Where reading begins, and below which number nothing is left to delete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Floor {
    format: u32,
    start: u64,
    cleared: u64,
}

/// What the entries up to `next` say.
#[derive(Debug, Default)]
pub(super) struct View {
    start: u64,
    next: u64,
    pub(super) holder: Option<Holder>,
    pub(super) snapshot: Option<Vec<u8>>,
    pub(super) journal: Option<Vec<u8>>,
    /// The number of the latest snapshot.
    folded: u64,
    unlocks: BTreeSet<u64>,
}

impl View {
    fn apply(&mut self, number: u64, entry: Entry) {
        let Entry { head, bytes } = entry;
        match head.entry {
            EntryKind::Lock => self.holder = Some(head.holder),
            EntryKind::Release => self.holder = None,
            EntryKind::Unlock => {
                self.holder = None;
                self.unlocks.insert(number);
            }
            EntryKind::Snapshot => {
                // Its writer holds the lock, which may be all that is known below the floor.
                self.holder = Some(head.holder);
                self.snapshot = Some(bytes);
                self.folded = number;
            }
            EntryKind::Journal => self.journal = Some(bytes),
            EntryKind::Append => self.journal.get_or_insert_default().extend(bytes),
        }
        self.next = number + 1;
    }
}

/// One holding of the lock.
#[derive(Debug)]
pub(super) struct Tenure {
    holder: Holder,
    next: u64,
    folded: u64,
    unlocks: BTreeSet<u64>,
    /// Who has the lock instead, once it was taken away.
    fenced: Option<Holder>,
}

enum Made {
    New,
    Taken(Entry),
}

/// The log of a stage.
#[derive(Debug)]
pub(super) struct Log {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    /// What messages call it.
    pub(super) place: PathBuf,
}

impl Log {
    pub(super) fn new(store: Arc<dyn ObjectStore>, name: &str, folder: &str) -> Self {
        let folder = Path::from(folder);
        Log { store, place: PathBuf::from(format!("{name}/{folder}")), folder }
    }

    fn name(&self, number: u64) -> Path {
        self.folder.clone().join("log").join(format!("{number:020}"))
    }

    fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.place.clone(), what: what.into() }
    }

    async fn get(&self, path: &Path) -> Result<Option<(Vec<u8>, UpdateVersion)>, StoreError> {
        let read = |e: Error| failed("read", &self.place, &e);
        match self.store.get(path).await {
            Ok(found) if found.meta.size > LARGEST => {
                Err(self.damaged(format!("{path} is larger than {LARGEST} bytes")))
            }
            Ok(found) => {
                let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
                Ok(Some((found.bytes().await.map_err(read)?.to_vec(), version)))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(read(error)),
        }
    }

    fn parse(&self, number: u64, bytes: &[u8]) -> Result<Entry, StoreError> {
        let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
        let head: Head = serde_json::from_slice(&bytes[..end])
            .map_err(|e| self.damaged(format!("entry {number} of its log was not written by plg: {e}")))?;
        if head.format > FORMAT {
            return Err(StoreError::Newer { path: self.place.clone(), found: head.format, known: FORMAT });
        }
        Ok(Entry { head, bytes: bytes.get(end + 1..).unwrap_or_default().to_vec() })
    }

    async fn entry(&self, number: u64) -> Result<Option<Entry>, StoreError> {
        let found = self.get(&self.name(number)).await?;
        found.map(|(bytes, _)| self.parse(number, &bytes)).transpose()
    }

    async fn floor(&self) -> Result<(Floor, Option<UpdateVersion>), StoreError> {
        let Some((bytes, version)) = self.get(&self.folder.clone().join("floor")).await? else {
            return Ok((Floor::default(), None));
        };
        let floor: Floor = serde_json::from_slice(&bytes)
            .map_err(|e| self.damaged(format!("its floor was not written by plg: {e}")))?;
        if floor.format > FORMAT {
            return Err(StoreError::Newer { path: self.place.clone(), found: floor.format, known: FORMAT });
        }
        Ok((floor, Some(version)))
    }

    /// Reads every entry that is there.
    pub(super) async fn read(self: &Arc<Self>, view: &mut View) -> Result<(), StoreError> {
        let (mut floor, _) = self.floor().await?;
        for _ in 0..TRIES {
            if view.start != floor.start {
                *view = View { start: floor.start, next: floor.start, ..View::default() };
            }
            self.read_on(view).await?;
            // What is deleted is deleted after this was moved.
            let (now, _) = self.floor().await?;
            if now.start == floor.start {
                if floor.start > 0 && view.next == floor.start {
                    return Err(self.damaged(format!("entry {} of its log is missing", floor.start)));
                }
                return Ok(());
            }
            floor = now;
        }
        Err(self.damaged("its floor keeps changing"))
    }

    async fn read_on(self: &Arc<Self>, view: &mut View) -> Result<(), StoreError> {
        let mut width = 4;
        loop {
            let numbers = view.next..view.next + width;
            let mut under_way = JoinSet::new();
            for number in numbers.clone() {
                let log = self.clone();
                under_way.spawn(async move { (number, log.entry(number).await) });
            }
            let mut found = std::collections::BTreeMap::new();
            while let Some(done) = under_way.join_next().await {
                let (number, entry) = done.map_err(|e| failed("read", &self.place, &e))?;
                found.insert(number, entry);
            }
            for number in numbers {
                match found.remove(&number) {
                    Some(Ok(Some(entry))) => view.apply(number, entry),
                    Some(Err(error)) => return Err(error),
                    Some(Ok(None)) | None => return Ok(()),
                }
            }
            width = (width * 2).min(WIDEST);
        }
    }

    /// Asks for a number.
    async fn make(&self, number: u64, entry: &Entry) -> Result<Made, StoreError> {
        let bytes = entry.write().map_err(|e| self.damaged(e.to_string()))?;
        for _ in 0..TRIES {
            match self.store.put_opts(&self.name(number), bytes.clone().into(), PutMode::Create.into()).await {
                Ok(_) => return Ok(Made::New),
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                    match self.get(&self.name(number)).await? {
                        // Sent twice, as the answer to the first time was lost.
                        Some((found, _)) if found == bytes => return Ok(Made::New),
                        Some((found, _)) => return Ok(Made::Taken(self.parse(number, &found)?)),
                        // Two at once, and the store let neither have it.
                        None => {}
                    }
                }
                Err(error) => return Err(failed("write", &self.place, &error)),
            }
        }
        Err(self.damaged(format!("entry {number} of its log can neither be created nor read")))
    }

    /// Whether an entry that was just made is in the log, and not below its floor.
    pub(super) async fn counts(&self, number: u64) -> Result<bool, StoreError> {
        let (floor, _) = self.floor().await?;
        if number < floor.start {
            let _ = self.store.delete(&self.name(number)).await;
        }
        Ok(number >= floor.start)
    }

    /// Takes the lock.
    pub(super) async fn take(self: &Arc<Self>, view: &mut View, holder: Holder) -> Result<Tenure, StoreError> {
        let entry = Entry::new(EntryKind::Lock, &holder, &[]);
        for _ in 0..TRIES {
            self.read(view).await?;
            if let Some(holder) = &view.holder {
                return Err(StoreError::Locked(holder.clone()));
            }
            let number = view.next;
            if matches!(self.make(number, &entry).await?, Made::New) && self.counts(number).await? {
                self.heeds_conditions(number, &entry).await?;
                return Ok(Tenure {
                    holder,
                    next: number + 1,
                    folded: view.folded,
                    unlocks: view.unlocks.clone(),
                    fenced: None,
                });
            }
        }
        Err(self.damaged("its log keeps changing"))
    }

    async fn heeds_conditions(&self, number: u64, entry: &Entry) -> Result<(), StoreError> {
        let bytes = entry.write().map_err(|e| self.damaged(e.to_string()))?;
        match self.store.put_opts(&self.name(number), bytes.into(), PutMode::Create.into()).await {
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(()),
            Err(error) => Err(failed("write", &self.place, &error)),
            Ok(_) => {
                let _ = self.store.delete(&self.name(number)).await;
                Err(StoreError::Remote {
                    doing: "use",
                    path: self.place.clone(),
                    message: "it ignores `If-None-Match`, so plg cannot prevent two deploys at once".into(),
                })
            }
        }
    }

    /// Takes the lock away from its holder.
    pub(super) async fn unlock(self: &Arc<Self>, view: &mut View, nonce: &str) -> Result<Holder, StoreError> {
        for _ in 0..TRIES {
            self.read(view).await?;
            let holder = match &view.holder {
                Some(holder) if holder.nonce == nonce => holder.clone(),
                other => return Err(StoreError::NotThatLock(other.clone().map(Box::new))),
            };
            let entry = Entry::new(EntryKind::Unlock, &holder, &[]);
            if matches!(self.make(view.next, &entry).await?, Made::New) && self.counts(view.next).await? {
                return Ok(holder);
            }
        }
        Err(self.damaged("its holder keeps writing: stop it first"))
    }

    /// Adds an entry as the holder of the lock.
    pub(super) async fn write(
        self: &Arc<Self>,
        tenure: &mut Tenure,
        kind: EntryKind,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        if let Some(other) = &tenure.fenced {
            return Err(StoreError::Fenced(other.clone()));
        }
        let entry = Entry::new(kind, &tenure.holder, bytes);
        loop {
            let number = tenure.next;
            match self.make(number, &entry).await? {
                Made::New => {
                    tenure.next += 1;
                    if kind == EntryKind::Snapshot {
                        tenure.folded = number;
                    }
                    return Ok(());
                }
                // One of its own, of which it was not known whether it had been written.
                Made::Taken(found)
                    if found.head.entry != EntryKind::Unlock && found.head.holder.nonce == tenure.holder.nonce =>
                {
                    tenure.next += 1;
                    if found.head.entry == EntryKind::Snapshot {
                        tenure.folded = number;
                    }
                }
                Made::Taken(_) => {
                    // For ever, whatever can be found out about who has it now.
                    let mut view = View::default();
                    tenure.fenced = Some(Holder::default());
                    if self.read(&mut view).await.is_ok() {
                        tenure.fenced = Some(view.holder.unwrap_or_default());
                    }
                    return Err(StoreError::Fenced(tenure.fenced.clone().unwrap_or_default()));
                }
            }
        }
    }

    /// Deletes what a snapshot and the journal after it have made superfluous. What does not work
    /// now is done the next time.
    pub(super) async fn sweep(self: &Arc<Self>, tenure: &mut Tenure) {
        if let Err(error) = self.try_sweep(tenure).await {
            tracing::debug!("{} keeps superfluous entries: {error}", self.place.display());
        }
    }

    async fn try_sweep(self: &Arc<Self>, tenure: &mut Tenure) -> Result<(), StoreError> {
        let (old, version) = self.floor().await?;
        if tenure.folded <= old.start {
            return Ok(());
        }
        let floor = Floor { format: FORMAT, start: tenure.folded, cleared: old.cleared };
        let version = self.move_floor(floor, version).await?;
        // Left over by who died between the two: what these are is not in memory.
        for number in old.cleared..old.start {
            if self.entry(number).await?.is_some_and(|entry| entry.head.entry == EntryKind::Unlock) {
                tenure.unlocks.insert(number);
            }
        }
        let superfluous: Vec<u64> = (old.cleared..floor.start).filter(|n| !tenure.unlocks.contains(n)).collect();
        for numbers in superfluous.chunks(WIDEST as usize) {
            let mut under_way = JoinSet::new();
            for number in numbers {
                let (store, name) = (self.store.clone(), self.name(*number));
                under_way.spawn(async move { store.delete(&name).await });
            }
            while let Some(done) = under_way.join_next().await {
                match done.map_err(|e| failed("delete", &self.place, &e))? {
                    Ok(()) | Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(failed("delete", &self.place, &error)),
                }
            }
        }
        tenure.unlocks.retain(|number| *number >= floor.start);
        self.move_floor(Floor { cleared: floor.start, ..floor }, Some(version)).await.map(drop)
    }

    async fn move_floor(&self, floor: Floor, from: Option<UpdateVersion>) -> Result<UpdateVersion, StoreError> {
        let bytes = serde_json::to_vec(&floor).map_err(|e| self.damaged(e.to_string()))?;
        let mode = from.map_or(PutMode::Create, PutMode::Update);
        let moved = self.store.put_opts(&self.folder.clone().join("floor"), bytes.into(), mode.into()).await;
        moved.map(UpdateVersion::from).map_err(|e| failed("write", &self.place, &e))
    }
}
