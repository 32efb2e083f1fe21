//! How subscriptions are stored and found.

use crate::posthog::call::PosthogCall;
use serde_json::Value;

pub(crate) const SUBSCRIPTIONS: &str = "posthog.subscriptions";

pub(crate) fn find<'a>(call: &'a PosthogCall, id: &str) -> Option<&'a Value> {
    let id: u64 = id.parse().ok()?;
    call.store.get(SUBSCRIPTIONS, &id.to_string()).filter(|row| row["team_id"].as_u64() == Some(call.project))
}
