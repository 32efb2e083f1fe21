//! The bench on which a process dies at every instant, with its state in an object store and in
//! PostgreSQL.
//!
//! `PLG_POINTS=all cargo test -p tests --features remote --test nothing_is_lost_elsewhere -- --nocapture`
//! tries every instant and prints what was lost.

#![expect(clippy::unwrap_used, reason = "all of it is tests")]

#[path = "../../../plg-runtime/tests/backend/azure.rs"]
mod azure;
mod bucket;
mod database;
mod proxy;
#[path = "../../../plg-runtime/tests/backend/servers.rs"]
mod servers;
#[path = "../nothing_is_lost/small.rs"]
mod small;
mod tried;
mod trouble;
