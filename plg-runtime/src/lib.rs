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
//! a kind wants, how it reads and writes is in `plg-core`.
//!
//! ```
//! use plg_runtime::exit::Exit;
//!
//! // How every command ends, for whoever runs one.
//! assert_eq!(Exit::Refused as u8, 5);
//! assert!(Exit::ALL.iter().all(|exit| !exit.words().is_empty()));
//! ```
//!
//! Rooms, from the top floor down; each knows only those below it:
//!
//! ```text
//! doctor · session, show
//! answers · apply
//! plan
//! live
//! error · accounts
//! http
//! store
//! declared
//! paint
//! exit · loopback · parallel · secret · strangers
//! ```

pub mod accounts;
pub mod answers;
pub mod apply;
pub mod declared;
pub mod doctor;
pub mod error;
pub mod exit;
pub mod http;
mod live;
mod loopback;
pub mod paint;
mod parallel;
pub mod plan;
pub mod secret;
pub mod session;
pub mod show;
pub mod store;
pub mod strangers;
