//! `stack!`, for the providers that come with plg.
//!
//! A stack has it from the crate `plg`, whose paths are in what it writes:
//!
//! ```
//! mod my_stack {
//!     plg::stack! {
//!         name: "my-stack",
//!         stages: { local: sandbox },
//!
//!         /// The dark theme.
//!         feature_flag DarkMode { key: "dark-mode", rollout: 10% }
//!     }
//! }
//! assert_eq!(my_stack::DarkMode::KEY, "dark-mode");
//! ```

mod lacking;

use plg_compiler::Composition;
use proc_macro::TokenStream;

/// The providers that this build knows.
const COMPOSITION: Composition = Composition {
    stack: "stack",
    providers: &[
        #[cfg(feature = "attio")]
        plg_compiler::LinkedProvider { provider: &plg_attio::PROVIDER, path: "attio" },
        #[cfg(feature = "posthog")]
        plg_compiler::LinkedProvider { provider: &plg_posthog::PROVIDER, path: "posthog" },
    ],
    lacking: &[
        #[cfg(not(feature = "attio"))]
        &lacking::ATTIO,
        #[cfg(not(feature = "posthog"))]
        &lacking::POSTHOG,
    ],
};

/// Declares a stack: see the language reference in `docs/`.
///
/// Emits one `pub static` per declaration under its own name, the types an application uses, and
/// `pub static STACK`, with dependencies first.
#[proc_macro]
pub fn stack(input: TokenStream) -> TokenStream {
    plg_compiler::build(input.into(), &COMPOSITION).into()
}
