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
//!
//! Both say of themselves whether they are whole: a snapshot ends with a checksum over all of it and names the last
//! record it holds, a journal names its snapshot and numbers its records. What is not whole is refused, and never
//! written over.

mod backend;
mod dump;
mod error;
mod file;
mod folder;
mod formats;
mod history;
mod holder;
mod journal;
mod line;
mod load;
mod location;
mod lock;
mod object;
mod others;
mod own;
#[cfg(any(feature = "object-store", feature = "postgres"))]
pub mod remote;
mod salvage;
pub mod seal;
mod snapshot;
mod state;
mod state_store;

pub use backend::{StateBackend, StateWriter};
pub use dump::{Dump, migrate};
pub use error::StoreError;
pub use folder::Folder;
pub(crate) use formats::PLAN;
pub use formats::{FORMATS, Format};
pub(crate) use history::plan_lines;
pub use history::{By, Deployed};
pub use holder::Holder;
pub use journal::{Action, Intent, Settled, StateEvent};
pub use load::read;
pub use location::StateLocation;
pub use lock::Lock;
pub use object::Object;
pub use others::OtherPlace;
pub(crate) use others::{OtherState, Unread};
pub use own::plain;
pub use salvage::{Salvaged, damage, salvage};
pub use state::{Entry, GivenUp, Origin, Remarks, State, Unkept, Watched};
pub(crate) use state::{KindInAccount, MOVED, account_said, left_behind, said};
pub use state_store::{StateStore, Ticket};
