//! `stack!`, for Beacon.

use plg_compiler::{Composition, LinkedProvider};
use proc_macro::TokenStream;

/// The providers whose kinds a stack can have, in the order of plans.
const COMPOSITION: Composition = Composition {
    stack: "::plg_beacon_macros::stack",
    providers: &[LinkedProvider { provider: &plg_beacon::PROVIDER, path: "::plg_beacon" }],
    lacking: &[],
};

/// Declares a stack with Beacon's kinds.
#[proc_macro]
pub fn stack(input: TokenStream) -> TokenStream {
    plg_compiler::build(input.into(), &COMPOSITION).into()
}
