//! Requests: one client for both APIs, with keys, limits, retries and paging.

mod client;
mod endpoint;
mod failure;
mod pages;
mod retry;
mod transport;

pub use client::{Client, ClientOptions, Counts};
pub use endpoint::{Endpoint, EndpointError, Endpoints, check};
pub use failure::{Certainty, Failure, FailureKind};
pub use transport::{Answer, Awaited, Lost, Request, Transport};
