//! Attio and PostHog on loopback, with their real rules, storing on disk.
//!
//! ```text
//! server (axum) ─▶ Request ─▶ control | attio | posthog ─▶ Reply
//!                                │         │
//!                                └── Store ┘──▶ DIR/sandbox.log
//! ```
//!
//! The two emulators are plain functions over a [`Store`]; only `server` knows about sockets.
//! The crate shares no code with the client side: shared code would agree on the same mistake.

mod message;
mod store;

pub use message::{Reply, Request};
pub use store::Store;
