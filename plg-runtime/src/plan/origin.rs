//! Resources of which nobody noted whether plg made them.

use super::step::Plan;

/// Says how many there are, and how they become plg's own; nothing where there are none.
pub(crate) fn unknown_origin(plan: &Plan) -> Option<String> {
    let count = plan.unknown_origin?.get();
    let (are, them) = if count == 1 { ("resource is", "it") } else { ("resources are", "them") };
    Some(format!(
        "{count} {are} remembered by a state that does not say whether plg made {them}: no deploy and no destroy removes \
         {them}. If this stack made {them}, `state own --all` says so; `state own ADDRESS` does for one."
    ))
}
