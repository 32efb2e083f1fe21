//! Waits until the sources of a stack change.

use super::sources::{SeenSources, SourceSet};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

/// How long nothing has to change before it is looked at what did: editors write several files, or one several times.
const QUIET: Duration = Duration::from_millis(60);
/// How long that goes on at most.
const MOST: Duration = Duration::from_secs(1);
/// How often it is looked where the system does not say that something changed.
const UNTOLD: Duration = Duration::from_millis(700);

/// The sources of a stack, and what tells that they change.
pub(crate) struct WatchedSources {
    set: SourceSet,
    seen: SeenSources,
    /// None where the system cannot tell: it is looked from time to time.
    watcher: Option<RecommendedWatcher>,
    told: mpsc::Receiver<()>,
    tells: mpsc::Sender<()>,
    /// A watched folder was itself created or removed, and its watch may be lost.
    is_moved: Arc<AtomicBool>,
    /// It was told, and not looked since.
    is_due: bool,
}

impl WatchedSources {
    /// Watches from now on: what changes later is told.
    pub(crate) fn begin(set: SourceSet) -> WatchedSources {
        let (tells, told) = mpsc::channel(1);
        let (seen, is_moved) = (SeenSources::default(), Arc::default());
        let mut watched = WatchedSources { set, seen, watcher: None, told, tells, is_moved, is_due: false };
        watched.watch();
        watched.look();
        watched
    }

    /// Watches these from now on; what is new among them is no change.
    pub(crate) fn turn_to(&mut self, set: SourceSet) {
        if set != self.set {
            self.set = set;
            self.watch();
            self.seen.learn(&self.set);
        }
    }

    /// Whether the system tells what changes.
    pub(crate) fn is_told(&self) -> bool {
        self.watcher.is_some()
    }

    /// Adds files that a build was made of.
    pub(crate) fn add_used(&mut self, used: Vec<PathBuf>, target: &Path) {
        let mut set = self.set.clone();
        set.add_used(used, target);
        self.turn_to(set);
    }

    /// Asks the system to tell. Where it cannot, which some network drives and a limit of its own are reasons for, nobody
    /// is told, and looks.
    fn watch(&mut self) {
        let folders = self.set.folders();
        let (tells, is_moved, roots) = (self.tells.clone(), self.is_moved.clone(), folders.clone());
        let mut watcher = match notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Reading is no change, and looking at the sources reads them.
            if event.as_ref().is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                return;
            }
            if event.is_ok_and(|event| event.paths.iter().any(|path| roots.contains_key(path))) {
                is_moved.store(true, Ordering::Relaxed);
            }
            // Where one waits already, it stands for this one, too.
            let _ = tells.try_send(());
        }) {
            Ok(watcher) => watcher,
            Err(_) => return self.watcher = None,
        };
        let there = folders.iter().filter(|(folder, _)| folder.is_dir());
        let mode = |all: bool| if all { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        let is_watched = there.map(|(folder, all)| watcher.watch(folder, mode(*all))).all(|watched| watched.is_ok());
        self.watcher = is_watched.then_some(watcher);
    }

    /// What changed since it was looked last.
    fn look(&mut self) -> Vec<PathBuf> {
        self.is_due = false;
        if self.is_moved.swap(false, Ordering::Relaxed) {
            self.watch();
        }
        self.seen.look(&self.set)
    }

    /// Waits until something changed, and says what. Whoever stops waiting misses nothing.
    pub(crate) async fn changed(&mut self) -> Vec<PathBuf> {
        loop {
            if !self.is_due {
                if self.is_told() {
                    self.told.recv().await;
                } else {
                    sleep(UNTOLD).await;
                }
                self.is_due = true;
            }
            let end = Instant::now() + MOST;
            while timeout_at(end.min(Instant::now() + QUIET), self.told.recv()).await.is_ok() && Instant::now() < end {}
            let changed = self.look();
            if !changed.is_empty() {
                return changed;
            }
        }
    }
}
