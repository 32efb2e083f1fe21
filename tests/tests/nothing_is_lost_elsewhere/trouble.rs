//! One request that fails, of a process that lives on.

use std::sync::{Arc, Mutex};

/// After how many more requests one fails, and whether it is done all the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trouble(Arc<Mutex<Option<(u64, bool)>>>);

impl Trouble {
    /// Lets one fail after so many more.
    pub(crate) fn set(&self, after: u64, done: bool) {
        *self.0.lock().unwrap() = Some((after, done));
    }

    /// Whether it is still ahead; it is taken back.
    pub(crate) fn is_ahead(&self) -> bool {
        self.0.lock().unwrap().take().is_some()
    }

    /// Whether this request fails, and if so whether it is done all the same.
    pub(crate) fn strikes(&self) -> Option<bool> {
        let mut trouble = self.0.lock().unwrap();
        match trouble.as_mut() {
            Some((0, _)) => trouble.take().map(|(_, done)| done),
            Some((wait, _)) => {
                *wait -= 1;
                None
            }
            None => None,
        }
    }
}
