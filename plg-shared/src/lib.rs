//! The command line of plg as one shared library, which a stack's program is linked with while it is edited.
//!
//! Whoever depends on it takes every crate below `plg-cli` from the library, too: a crate stands in a program once.
#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub use plg_cli as __cli;
