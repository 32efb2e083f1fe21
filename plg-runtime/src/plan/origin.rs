//! Resources of which nobody noted whether plg made them.

use super::step::Plan;

/// Says how many there are, and how they become plg's own; nothing where there are none.
pub(crate) fn unknown_origin(plan: &Plan) -> Option<String> {
    let count = plan.unknown_origin?.get();
    let (are, them) = if count == 1 { ("resource is", "it") } else { ("resources are", "them") };
    Some(format!(
        "{count} {are} in a state that does not record whether plg created {them}, so deploy and destroy do not remove {them}. If this stack created {them}, run `state own --all`, or `state own ADDRESS` for one."
    ))
}
