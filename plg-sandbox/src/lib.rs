//! Attio and PostHog on loopback, with their real rules, storing on disk.
//!
//! ```text
//! server (hyper) ─▶ admission ─▶ SandboxRequest ─▶ control | attio | posthog ─▶ Reply
//!                                                       │         │
//!                                                       └── Store ┘──▶ DIR/sandbox.log
//! ```
//!
//! The two emulators are plain functions over a [`Store`]; only `server`, `socket` and `intake` know about
//! sockets.
//! The crate shares no code with the client side: shared code would agree on the same mistake.

mod admission;
mod arrival;
mod attio;
mod capture;
mod control;
mod delivery;
mod faults;
mod home;
mod intake;
mod limits;
mod log;
mod message;
mod posthog;
mod sandbox;
mod server;
mod settings;
mod socket;
mod store;
mod tagged;
mod traffic;
mod undo;

pub use arrival::Arrival;
pub use delivery::Delivery;
pub use faults::list::PageFault;
pub use faults::{Act, Cut, Faults, Lacks, Match, Rule, Untrue};
pub use log::Logged;
pub use message::{Reply, SandboxRequest};
pub use posthog::event_definition::rows::ingest;
pub use sandbox::Sandbox;
pub use server::Running;
pub use settings::{ApiToken, Settings};
pub use store::Store;
pub use traffic::{Api, RequestCounts, Stats};
