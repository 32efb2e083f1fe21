//! The engine of plg.

pub mod secret;
pub mod store;
