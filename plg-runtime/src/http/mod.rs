//! Requests: one client for both APIs, with keys, limits, retries and paging.

mod client;
mod endpoint;
mod failure;
mod retry;

pub use client::{Client, ClientOptions, Counts};
pub use endpoint::{Endpoint, EndpointError, Endpoints, check};
pub use failure::{Certainty, Failure, FailureKind};
