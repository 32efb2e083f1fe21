//! How hog functions are stored and found.

use crate::posthog::call::PosthogCall;
use serde_json::Value;

pub(crate) const FUNCTIONS: &str = "posthog.hog_functions";

pub(crate) fn find<'a>(call: &'a PosthogCall, id: &str) -> Option<&'a Value> {
    call.store.get(FUNCTIONS, &id.to_lowercase()).filter(|row| row["team_id"].as_u64() == Some(call.project))
}
