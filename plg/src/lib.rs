//! Infrastructure as code for product-led growth: the one crate that a stack depends on.

#[doc(hidden)]
pub use plg_core as __core;
#[doc(hidden)]
pub use plg_macros::join as __join;

pub use plg_core::*;
pub use plg_macros::stack;

#[cfg(feature = "cli")]
pub use plg_cli::{main, main_with};
#[cfg(feature = "test")]
pub use plg_test as test;
