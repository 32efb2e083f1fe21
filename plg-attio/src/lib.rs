//! Attio's REST API v2, for plg: its kinds, and how it is talked to.
//!
//! One file a kind, in [`kinds`]: its fields with docs, defaults and limits, its checks, its natural key, what can
//! change, what deleting means, and its wire form both ways. Nothing here does I/O.
//!
//! ```
//! let attribute = plg_attio::PROVIDER.kind("attribute").expect("it is one of its kinds");
//! assert!(attribute.fields.iter().any(|field| field.name == "slug"));
//! // The struct of it, which policies and applications read.
//! let blank: &plg_attio::Attribute = &plg_attio::Attribute::BLANK;
//! assert_eq!(blank.slug.0, "");
//! ```

mod api;
pub mod codes;
mod examples;
pub mod kinds;
mod settings;

pub use kinds::*;
pub use settings::Attio;

use plg_core::{Provider, Record};

/// Attio.
pub static PROVIDER: Provider = Provider {
    word: "attio",
    title: "Attio",
    account: "workspace",
    settings: SETTINGS,
    holes: &[],
    kinds: kinds::ALL,
    between: kinds::BETWEEN,
    whole: &[],
    own: kinds::standard,
    importers: kinds::IMPORTERS,
    unexpressed: &[],
    codes: codes::CODES,
    examples: examples::EXAMPLES,
    api: &api::AttioApi,
};

const SETTINGS: &Record = &Attio::RECORD;

plg_core::stack_types!(__attio);
