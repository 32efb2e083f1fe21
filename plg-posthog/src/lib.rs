//! PostHog's private REST API, for plg: its kinds, and how it is talked to.
//!
//! One file a kind, in [`kinds`]: its fields with docs, defaults and limits, its checks, its natural key, what can
//! change, what deleting means, and its wire form both ways. Nothing here does I/O.
//!
//! ```
//! let flag = plg_posthog::PROVIDER.kind("feature_flag").expect("it is one of its kinds");
//! assert!(flag.fields.iter().any(|field| field.name == "rollout"));
//! // The struct of it, which policies and applications read.
//! let blank: &plg_posthog::FeatureFlag = &plg_posthog::FeatureFlag::BLANK;
//! assert_eq!(blank.key.0, "");
//! ```

mod api;
pub mod codes;
mod examples;
pub mod kinds;
mod noise;
mod query;
mod settings;
mod unexpressed;

pub use kinds::*;
pub use settings::{Host, Posthog};

use plg_core::{Provider, Record};

/// PostHog.
pub static PROVIDER: Provider = Provider {
    word: "posthog",
    title: "PostHog",
    account: "project",
    settings: SETTINGS,
    holes: &["project"],
    kinds: kinds::ALL,
    between: kinds::BETWEEN,
    whole: kinds::WHOLE,
    own: |_| None,
    importers: kinds::IMPORTERS,
    unexpressed: unexpressed::UNEXPRESSED,
    codes: codes::CODES,
    examples: examples::EXAMPLES,
    api: &api::PosthogApi,
};

const SETTINGS: &Record = &Posthog::RECORD;

plg_core::stack_types!(__posthog);
