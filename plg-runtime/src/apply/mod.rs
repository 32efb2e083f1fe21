//! Does what a plan says: announces each request, sends it, records the answer.

// What a task waits with is moved about several times a resource.
#![warn(clippy::large_futures)]

mod catch_up;
mod check;
mod create;
mod fields;
mod order;
mod park;
pub mod progress;
pub(crate) mod recover;
mod request;
mod restore;
mod run;
pub mod schedule;
mod stages;
mod work;
mod write;

pub use order::is_part;
pub use run::ApplyOptions;
pub(crate) use run::{finish, work};
pub(crate) use work::Shared;
pub use work::{Failed, Outcome, Shown, Why};
