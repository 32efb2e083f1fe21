//! A stack in a crate that forbids all it can: nothing that `stack!` writes may be found fault with.

#![forbid(
    absolute_paths_not_starting_with_crate,
    elided_lifetimes_in_paths,
    keyword_idents,
    let_underscore_drop,
    macro_use_extern_crate,
    missing_docs,
    non_ascii_idents,
    non_camel_case_types,
    non_snake_case,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_code,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(warnings, future_incompatible, nonstandard_style, rust_2018_idioms, unused, clippy::all)]
#![deny(clippy::pedantic, clippy::nursery, clippy::unwrap_used, clippy::todo, clippy::panic, clippy::allow_attributes)]

plg::stack! {
    name: "strict",
    stages: {
        local: sandbox,
        dev: sandbox,
        staging: sandbox,
        r#type: sandbox,
        prod: {
            attio: { key: env("ATTIO_API_KEY") },
            posthog: { key: env("POSTHOG_API_KEY"), project: env("POSTHOG_PROJECT_ID", or: 123456789), host: eu },
            protect: true,
        },
    },
    parts: [crm, product, insight, others],
}

#[path = "../../../plg-stack/src/crm.rs"]
pub mod crm;
#[path = "../../../plg-stack/src/insight.rs"]
pub mod insight;
pub mod others;
#[path = "../../../plg-stack/src/product.rs"]
pub mod product;

/// A stack may stand in a function, with all that is in it.
#[must_use]
pub fn in_a_function() -> usize {
    plg::stack! {
        /// How much an account is worth.
        attribute Worth { on: companies, slug: "worth", holds: select { Much, Little } }
    }
    STACK.items.len()
}

#[cfg(test)]
mod tests {
    use super::{STACK, crm, in_a_function, others};

    #[test]
    fn everything_is_declared() {
        assert_eq!(in_a_function(), 3);
        assert_eq!(STACK.parts.len(), 4);
        assert_eq!(others::Rollout::VALL.key(), "ALL");
        assert_eq!(others::Tier::SLUG, "strict_tier");
        assert!(crm::LifecycleStage::ALL.len() > 3);
    }
}
