//! Requests: one client for every account of a stage, with keys, limits, retries and paging.

mod answers;
mod client;
mod endpoint;
mod failure;
pub(crate) mod limits;
mod pages;
mod remedy;
mod retry;
mod transport;
mod wait;

#[cfg(test)]
mod tests;

pub(crate) use client::{Client, Clients, SENT_WITHIN};
pub use client::{ClientOptions, Counts};
pub(crate) use endpoint::title;
pub use endpoint::{Endpoint, EndpointError, Endpoints, check};
pub use failure::{Asked, Certainty, Failure, FailureKind};
pub use transport::{Answer, Awaited, Lost, Request, Transport};
pub use wait::{Notice, Wait, WaitReason};
