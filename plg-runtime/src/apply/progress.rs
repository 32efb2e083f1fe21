//! What happens, as it happens.

use crate::plan::Change;
use std::time::Duration;

/// What is told while a plan is applied. Called from many tasks at once.
pub trait Progress: Send + Sync {
    /// So many pieces of work are ahead.
    fn begun(&self, count: usize) {
        let _ = count;
    }
    /// A request is about to be sent for an address.
    fn started(&self, address: &str, change: Change) {
        let _ = (address, change);
    }
    /// It is done.
    fn done(&self, address: &str, change: Change, id: &str, took: Duration) {
        let _ = (address, change, id, took);
    }
    /// It failed.
    fn failed(&self, address: &str, change: Change, message: &str, took: Duration) {
        let _ = (address, change, message, took);
    }
    /// It was not tried, because something it needs failed.
    fn skipped(&self, address: &str, because: &str) {
        let _ = (address, because);
    }
    /// Something worth a line.
    fn note(&self, text: &str) {
        let _ = text;
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
