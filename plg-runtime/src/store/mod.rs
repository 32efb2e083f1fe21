//! What a stage remembers: a snapshot and a journal, under one lock.
//!
//! ```text
//! .plg/<stack>/<stage>/  lock        held by the one deploy of this stage
//!                        state.json  the snapshot: serial N
//!                        journal     what came after snapshot N, a record a line
//! ```
//!
//! A record is on disk before the request it announces is sent. Opening replays the journal over
//! the snapshot; a deploy ends by folding both into snapshot N + 1.

mod book;
mod error;
mod file;
mod journal;
mod lock;
mod state;

pub use book::{Book, Ticket, read};
pub use error::StoreError;
pub use journal::{Action, Change, Intent, Settled};
pub use lock::{Holder, Lock};
pub use state::{Entry, State};
