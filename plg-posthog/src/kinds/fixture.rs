//! What tests of kinds need.

use super::prelude::*;
pub(super) use plg_core::fixture::*;

/// Where each mistake is, with the first line of what is said.
pub(super) fn mistakes(kind: &str, block: &Block, others: &[&Block]) -> Vec<(u32, String)> {
    plg_core::fixture::mistakes(&crate::PROVIDER, kind, block, others)
}

/// An event of this name, with nothing else said.
pub(super) const fn event(item: &'static str, name: &'static str) -> super::Event {
    super::Event {
        common: Common::named(item),
        name: EventName(name),
        properties: Named(&[]),
        verified: true,
        ..super::Event::BLANK
    }
}

/// A flag of this name and key, with nothing else said.
pub(super) const fn flag(item: &'static str, key: &'static str) -> super::FeatureFlag {
    super::FeatureFlag {
        common: Common::named(item),
        key: Key(key),
        variants: Keyed(&[]),
        payloads: Keyed(&[]),
        evaluated: super::FeatureFlag::evaluated,
        bucketed_by: super::FeatureFlag::bucketed_by,
        ..super::FeatureFlag::BLANK
    }
}
