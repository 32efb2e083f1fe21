//! Condition sets on their way: as they are compared, as they are sent.

use super::wire;
use crate::kinds::prelude::*;

pub(in crate::kinds) use super::check::check_sets as check;
pub(in crate::kinds) use wire::{decoded, encoded, posthog_groups as sent};

/// Condition sets in comparable form.
pub(in crate::kinds) fn comparable(groups: &Json) -> Json {
    groups.as_array().into_iter().flatten().map(wire::group).collect()
}
