//! Infrastructure as code for product-led growth: the one crate that a stack depends on.
//!
//! `stack!` declares a stack; `main` is its command line. An application that names what is declared takes the crate
//! without its default features, and with the providers it names: no HTTP client, no runtime.

#[doc(hidden)]
pub use plg_core as __core;
#[doc(hidden)]
pub use plg_macros::join as __join;

#[cfg(feature = "attio")]
pub use plg_attio as attio;
#[cfg(feature = "posthog")]
pub use plg_posthog as posthog;

pub use plg_core::*;
pub use plg_macros::stack;

#[cfg(feature = "cli")]
pub use plg_cli::{App, app, main, main_with};
#[cfg(feature = "test")]
pub use plg_test as test;

/// Every kind under its word: what an editor completes.
#[doc(hidden)]
pub mod __kinds {
    #[cfg(feature = "attio")]
    pub use plg_attio::kinds::keyword::*;
    #[cfg(feature = "posthog")]
    pub use plg_posthog::kinds::keyword::*;
}
