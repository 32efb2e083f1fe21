//! What is generated in each language, and what its own tools say of it.

mod common;
mod python;
mod rust;
mod snapshots;
mod typescript;
