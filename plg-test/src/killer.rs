//! Counts the instants at which a process can die, and lets it die at one of them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

type Meddling = Box<dyn FnOnce() + Send>;

/// Every write to disk and every request passes here: before it, within it, after it.
#[derive(Default)]
pub(crate) struct Killer {
    count: Mutex<Count>,
    died: Notify,
}

#[derive(Default)]
struct Count {
    passed: u64,
    fatal: Option<u64>,
    /// Writes that reached a server, and the one whose client dies then.
    received: u64,
    fatal_write: Option<u64>,
    dead: Option<String>,
    meddling: Option<(u64, Meddling)>,
}

impl Killer {
    /// Passes an instant; whether the process is dead from here on.
    pub(crate) fn strikes(&self, what: impl FnOnce() -> String) -> bool {
        let meddling = {
            let mut count = self.lock();
            if count.dead.is_some() {
                return true;
            }
            let this = count.passed;
            count.passed += 1;
            if count.fatal == Some(this) {
                count.dead = Some(what());
                self.died.notify_one();
                return true;
            }
            count.meddling.take_if(|(at, _)| *at <= this).map(|(_, meddle)| meddle)
        };
        if let Some(meddle) = meddling {
            meddle();
        }
        false
    }

    /// A write has reached its server; whether the process that sent it is dead from here on.
    pub(crate) fn receives(&self, what: impl FnOnce() -> String) -> bool {
        let mut count = self.lock();
        if count.dead.is_some() {
            return true;
        }
        let this = count.received;
        count.received += 1;
        if count.fatal_write == Some(this) {
            count.dead = Some(what());
            self.died.notify_one();
            return true;
        }
        false
    }

    /// Starts counting anew, with the write to die at once it has reached its server.
    pub(crate) fn arm_write(&self, fatal: u64) {
        self.arm(None);
        self.lock().fatal_write = Some(fatal);
    }

    /// How many writes reached a server since it was armed.
    pub(crate) fn received(&self) -> u64 {
        self.lock().received
    }

    /// Starts counting anew, with the instant to die at.
    pub(crate) fn arm(&self, fatal: Option<u64>) {
        let mut count = self.lock();
        (count.passed, count.fatal, count.dead) = (0, fatal, None);
        (count.received, count.fatal_write) = (0, None);
    }

    /// What somebody else does at an instant.
    pub(crate) fn meddle(&self, at: u64, what: impl FnOnce() + Send + 'static) {
        self.lock().meddling = Some((at, Box::new(what)));
    }

    /// How many instants were passed since it was armed.
    pub(crate) fn passed(&self) -> u64 {
        self.lock().passed
    }

    /// Where it died.
    pub(crate) fn dead(&self) -> Option<String> {
        self.lock().dead.clone()
    }

    /// Waits for the end.
    pub(crate) async fn death(&self) -> String {
        loop {
            if let Some(place) = self.dead() {
                return place;
            }
            self.died.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Killer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Killer").field("passed", &self.passed()).finish_non_exhaustive()
    }
}

/// Numbers that look random and are the same for the same seed.
#[derive(Debug, Clone, Copy)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64: good enough for tests, and three lines.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides.max(1)
    }
}
