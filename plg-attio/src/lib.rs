//! Attio's REST API v2, for plg: its kinds, and how it is talked to.
//!
//! One file a kind, in [`kinds`]: its fields with docs, defaults and limits, its checks, its natural key, what can
//! change, what deleting means, and its wire form both ways. Nothing here does I/O.

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
    own: kinds::standard,
    importers: kinds::IMPORTERS,
    unexpressed: &[],
    codes: codes::CODES,
    examples: examples::EXAMPLES,
    api: &api::AttioApi,
};

const SETTINGS: &Record = &Attio::RECORD;

plg_core::stack_types!(__attio);
