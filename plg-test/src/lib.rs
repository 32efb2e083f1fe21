//! Kills a deploy of your stack at every instant, runs it again, and checks that nothing is lost.
//!
//! ```
//! mod crm {
//!     plg::stack! {
//!         name: "crm",
//!         stages: { local: sandbox },
//!         /// Where a customer stands.
//!         attribute Stage { on: companies, slug: "stage", holds: select { Trial, Paying } }
//!     }
//! }
//!
//! // In your own crate: `#[test] fn nothing_is_lost() { … }`
//! let report = plg_test::bench(&crm::STACK).run();
//! assert_eq!(report.lost(), 0);
//! ```
//!
//! Everything is in memory and in one thread: both APIs, the disk, and the time that passes. An
//! *instant* is before, within or after a write to disk, and before, after the commit of, or after
//! the answer to a request. At each of them the process dies: nothing it had under way goes on.
//! Then plg runs again, and has to come to its end with every declared thing there once, as
//! declared and as remembered, nothing of anybody else's touched, and nothing left to do.
//!
//! The world is worse than that: a server finishes a request whose client is dead, a list is behind or lacks a row,
//! an answer is untrue, a file is damaged. The bench tries these, too, on a clock that passes only while everybody
//! waits; see [`Bench::world`].
//!
//! A state that is kept elsewhere has its own instants: see [`Bench::kept_in`]. [`World`] is the same without the bench, to try something particular.

mod backend;
mod bench;
mod check;
mod clock;
mod damage;
mod disk;
mod flags;
mod heard;
mod killer;
mod ledger;
mod strangers;
mod transport;
mod variant;
mod world;

/// What the stack of strangers is made of: this crate is below the one that others depend on.
mod names {
    pub(crate) use {plg_attio as attio, plg_core as __core, plg_posthog as posthog};
}

pub use backend::{Life, TestBackend};
pub use bench::{Bench, BenchReport, BenchRow, Points, bench};
pub use damage::Damage;
pub use disk::DiskTrouble;
pub use flags::{evaluate, flags};
pub use killer::Dice;
pub use ledger::{Ledger, LedgerTable, Verdict};
/// The inputs and results of flag evaluation.
pub use plg_flags::{AskedPerson, Evaluation, FlagDefinitions, FlagValue, explained};
pub use strangers::request;
pub use variant::{reworded, variant};
pub use world::{Ended, Operation, SandboxRows, World};
