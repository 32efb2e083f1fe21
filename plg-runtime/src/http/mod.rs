//! Requests: one client for both APIs, with keys, limits, retries and paging.

mod answers;
mod client;
mod endpoint;
mod failure;
pub mod limits;
mod pages;
mod retry;
mod transport;
mod wait;

#[cfg(test)]
mod tests;

pub(crate) use answers::text;
pub use client::{Client, ClientOptions, Counts, LATE_WINDOW};
pub use endpoint::{Endpoint, EndpointError, Endpoints, check};
pub use failure::{Certainty, Failure, FailureKind};
pub use transport::{Answer, Awaited, Lost, Request, Transport};
pub use wait::{Notice, Wait, WaitReason};
