//! How subscriptions are stored and found.

use crate::posthog::call::Cx;
use serde_json::Value;

pub(crate) const SUBSCRIPTIONS: &str = "posthog.subscriptions";

pub(crate) fn find<'a>(cx: &'a Cx, id: &str) -> Option<&'a Value> {
    let id: u64 = id.parse().ok()?;
    cx.store.get(SUBSCRIPTIONS, &id.to_string()).filter(|row| row["team_id"].as_u64() == Some(cx.project))
}
