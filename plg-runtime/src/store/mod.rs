//! What a stage remembers: a snapshot and a journal, under one lock.
//!
//! ```text
//! .plg/<stack>/<stage>/  lock        held by the one deploy of this stage
//!                        state.json  the snapshot: serial N
//!                        journal     what came after snapshot N, a record a line
//! ```
//!
//! The same three are kept elsewhere by other implementations of [`StateBackend`].
//!
//! A record is on disk before the request it announces is sent. Opening replays the journal over
//! the snapshot; a deploy ends by folding both into snapshot N + 1.

mod backend;
mod dump;
mod error;
mod file;
mod folder;
mod history;
mod journal;
mod location;
mod lock;
mod object;
mod own;
#[cfg(any(feature = "object-store", feature = "postgres"))]
pub mod remote;
pub mod seal;
mod state;
mod state_store;

pub use backend::{StateBackend, StateWriter};
pub use dump::{Dump, migrate};
pub use error::StoreError;
pub use folder::Folder;
pub use history::{By, Deployed};
pub use journal::{Action, Intent, Settled, StateEvent};
pub use location::StateLocation;
pub use lock::{Holder, Lock};
pub use object::Object;
pub use own::plain;
pub use state::{Entry, GivenUp, State, Unkept};
pub use state_store::{StateStore, Ticket, read};
