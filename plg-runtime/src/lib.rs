//! The engine of plg.

pub mod http;
pub mod limits;
pub mod providers;
pub mod secret;
pub mod store;
