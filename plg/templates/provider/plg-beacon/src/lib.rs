//! Beacon for plg.

mod api;
mod monitor;
mod settings;

pub use monitor::Monitor;
pub use settings::Beacon;

use plg_core::Provider;
use plg_core::source::{Importer, whole};

plg_core::kinds! {
    monitor Monitor,
}

/// Beacon.
pub static PROVIDER: Provider = Provider {
    word: "beacon",
    title: "Beacon",
    account: "team",
    settings: &Beacon::RECORD,
    kinds: ALL,
    importers: IMPORTERS,
    api: &api::BeaconApi,
    ..Provider::BLANK
};

/// What others refer to comes first.
static IMPORTERS: &[Importer] = &[Importer::of::<Monitor>(&[], whole)];

plg_core::stack_types!(__beacon);
