//! Infrastructure as code for product-led growth: the one crate that a stack depends on.
//!
//! `stack!` declares a stack; `main` is its command line. An application that names what is declared takes the crate
//! without its default features, and with the providers it names: no HTTP client, no runtime.
//!
//! ```
//! mod my_stack {
//!     plg::stack! {
//!         name: "my-stack",
//!         stages: { local: sandbox },
//!
//!         /// Where a customer stands.
//!         attribute LifecycleStage { on: companies, slug: "lifecycle_stage", holds: select { Trial, Paying, Gone } }
//!
//!         /// Somebody finished signing up.
//!         event SignupCompleted { name: "signup_completed", properties: { plan: text, seats: number } }
//!
//!         /// The dark theme.
//!         feature_flag DarkMode { key: "dark-mode", rollout: 10% }
//!     }
//! }
//!
//! // What an application names.
//! use my_stack::{DarkMode, LifecycleStage};
//! assert_eq!(DarkMode::KEY, "dark-mode");
//! assert_eq!(LifecycleStage::SLUG, "lifecycle_stage");
//!
//! // What plans and deploys: `fn main() -> std::process::ExitCode { plg::main(&my_stack::STACK) }`
//! assert_eq!(my_stack::STACK.name, "my-stack");
//! ```

#![cfg_attr(doctest, doc = include_str!("../README.md"))]

// Only named: what is linked comes from the library then.
#[cfg(feature = "shared")]
extern crate plg_shared as _;

#[doc(hidden)]
pub use plg_core as __core;

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
