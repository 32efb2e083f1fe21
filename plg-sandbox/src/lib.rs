//! Attio and PostHog on loopback, with their real rules, storing on disk.
//!
//! ```text
//! server (hyper) ─▶ admission ─▶ SandboxRequest ─▶ account ─▶ Api (attio | posthog | mounted) ─▶ Reply
//!                                     │                        │
//!                                     └─▶ control, home        └─▶ Store ─▶ DIR/sandbox.log, DIR/<account>.<api>.log
//! ```
//!
//! A sandbox has accounts, each of a [`SandboxApi`]: plain functions over a [`Store`]; only `server`, `socket` and
//! `intake` know about sockets. Attio and PostHog are mounted as any other API is.
//! The crate shares no code with the client side: shared code would agree on the same mistake.
//!
//! ```
//! use plg_sandbox::{Sandbox, SandboxRequest};
//!
//! let sandbox = Sandbox::builder().open()?;
//! let mut request = SandboxRequest::new("POST", "/v2/objects");
//! request.headers.push(("authorization".to_owned(), "Bearer any key".to_owned()));
//! request.body = br#"{"data": {"api_slug": "tiers", "singular_noun": "Tier", "plural_noun": "Tiers"}}"#.to_vec();
//! assert_eq!(sandbox.answer(&request).status, 200);
//!
//! // As Attio does, it refuses a second object of that slug.
//! assert_eq!(sandbox.answer(&request).status, 409);
//! # std::io::Result::Ok(())
//! ```

mod accounts;
mod admission;
mod api;
mod arrival;
mod attio;
mod builder;
mod control;
mod delivery;
mod endpoints;
mod faults;
mod home;
mod intake;
mod limits;
mod log;
mod message;
mod onward;
mod posthog;
mod sandbox;
mod server;
mod settings;
mod socket;
mod state;
mod store;
mod tagged;
mod traffic;
mod undo;

pub use accounts::{AccountAddress, SandboxAccount};
pub use api::{ApiAccount, SandboxApi};
pub use arrival::Arrival;
pub use builder::SandboxBuilder;
pub use delivery::Delivery;
pub use endpoints::{SandboxEndpoint, endpoints};
pub use faults::page::PageFault;
pub use faults::{Act, Cut, Faults, Lacks, Match, Rule, Untrue};
pub use home::part::HomePart;
pub use limits::Rate;
pub use log::Logged;
pub use message::{Reply, SandboxRequest};
pub use posthog::event_definition::rows::ingest;
pub use sandbox::Sandbox;
pub use server::Running;
pub use settings::{ApiToken, Settings};
pub use store::Store;
pub use traffic::{RequestCounts, Stats};
