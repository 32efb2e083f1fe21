//! Flags that go on as they were before a person was known.

use super::people;
use crate::posthog::call::PosthogCall;
use plg_flags::FlagDefinitions;
use serde_json::json;
use std::collections::BTreeMap;

/// `project:person:flag` to the id that stands for the person's.
const STAND_INS: &str = "posthog.flag_stand_ins";

/// The ids that stand for a person's, by flag. Those of a person who was known by another id until now are noted.
pub(super) fn of(
    call: &mut PosthogCall,
    world: &FlagDefinitions,
    distinct_id: &str,
    before: Option<&str>,
) -> BTreeMap<String, String> {
    let Some(person) = people::person_of(call, distinct_id) else { return BTreeMap::new() };
    let mut stands = BTreeMap::new();
    for flag in world.flags().filter(|flag| flag.is_active && flag.is_continuous && !flag.is_by_device) {
        let key = format!("{}:{person}:{}", call.project, flag.key);
        let known = call.store.get(STAND_INS, &key).and_then(|id| id.as_str()).map(str::to_owned);
        if let Some(id) = known.or_else(|| before.map(str::to_owned)) {
            if before.is_some() {
                call.store.put(STAND_INS, &key, json!(id));
            }
            stands.insert(flag.key.clone(), id);
        }
    }
    stands
}
