//! `stack!`, for Attio, PostHog and Stripe.

use plg_compiler::{Composition, LinkedProvider};
use proc_macro::TokenStream;

/// In the order in which plans show them: prices come before the events that name them.
const COMPOSITION: Composition = Composition {
    stack: "::billing_macros::stack",
    providers: &[
        LinkedProvider { provider: &plg_stripe::PROVIDER, path: "::plg_stripe" },
        LinkedProvider { provider: &plg_posthog::PROVIDER, path: "posthog" },
        LinkedProvider { provider: &plg_attio::PROVIDER, path: "attio" },
    ],
    lacking: &[],
};

/// Declares a stack with kinds of Attio, PostHog and Stripe.
#[proc_macro]
pub fn stack(input: TokenStream) -> TokenStream {
    plg_compiler::build(input.into(), &COMPOSITION).into()
}
