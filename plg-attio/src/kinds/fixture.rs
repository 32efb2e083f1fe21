//! What tests of kinds need.

use plg_core::Block;
pub(super) use plg_core::fixture::*;

/// Where each mistake is, with the first line of what is said.
pub(super) fn mistakes(kind: &str, block: &Block, others: &[&Block]) -> Vec<(u32, String)> {
    plg_core::fixture::mistakes(&crate::PROVIDER, kind, block, others)
}
