//! The engine of plg, generic over kinds.
//!
//! ```text
//! STACK ─ graph ─▶ nodes, edges ┐
//! state (applied last) ─────────┼─▶ plan ─▶ schedule ─▶ apply: journal ▸ request ▸ ack ─▶ state
//! live ◀─ refresh (lists) ──────┘                          │
//!                                        recover ◀─ intents without an ack
//! ```
//!
//! A [`session::Session`] is one command's work on one stage. No kind's name is in this crate: what
//! a kind wants, how it reads and writes is in `plg-schema`.

pub mod apply;
pub mod blast;
pub mod doctor;
pub mod error;
pub mod exit;
pub mod graph;
pub mod http;
pub mod import;
mod left;
pub mod limits;
mod parallel;
pub mod plan;
pub mod progress;
pub mod promote;
pub mod providers;
mod recover;
mod refresh;
mod resolve;
pub mod saved;
pub mod schedule;
pub mod seal;
pub mod secret;
pub mod session;
pub mod show;
pub mod store;
