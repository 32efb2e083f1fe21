//! `stack!`, for the providers that come with plg.

use plg_compiler::{Composition, LinkedProvider};
use proc_macro::TokenStream;

/// The providers that this build knows.
const COMPOSITION: Composition = Composition {
    providers: &[
        #[cfg(feature = "attio")]
        LinkedProvider { provider: &plg_attio::PROVIDER, path: "attio" },
        #[cfg(feature = "posthog")]
        LinkedProvider { provider: &plg_posthog::PROVIDER, path: "posthog" },
    ],
    features: &[],
};

/// Declares a stack: see the language reference in `docs/`.
///
/// Emits one `pub static` per declaration under its own name, the types an application uses, and
/// `pub static STACK`, with dependencies first.
#[proc_macro]
pub fn stack(input: TokenStream) -> TokenStream {
    plg_compiler::build(input.into(), &COMPOSITION).into()
}

/// Puts the facts of a root's parts together: only what `stack!` expands to calls it.
#[doc(hidden)]
#[proc_macro]
pub fn join(input: TokenStream) -> TokenStream {
    plg_compiler::join(input.into(), &COMPOSITION).into()
}
