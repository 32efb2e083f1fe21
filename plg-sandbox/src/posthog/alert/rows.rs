//! Alerts as they are stored, and as they go with their insight.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::insight::{query, rows as insights};
use crate::posthog::json::{number_at, text_at};
use crate::store::Store;
use serde_json::Value;

pub(crate) const ALERTS: &str = "posthog.alerts";

/// Whether alerts can watch an insight: a trend, a query in SQL, or a funnel.
pub(crate) fn is_alertable(insight: &Value) -> bool {
    ["TrendsQuery", "HogQLQuery", "FunnelsQuery"].contains(&query::source_kind(&insight["query"]))
}

/// Removes the alerts of an insight.
pub(crate) fn remove_of(store: &mut Store, insight: u64) {
    let of = |row: &&Value| row["insight_id"].as_u64() == Some(insight);
    let gone: Vec<String> =
        store.rows(ALERTS).map(|(_, r)| r).filter(of).map(|r| text_at(r, "id").to_owned()).collect();
    for id in gone {
        store.remove(ALERTS, &id);
    }
}

/// The alerts of an insight, without the insight.
pub(crate) fn of_insight(call: &PosthogCall, insight: u64) -> Value {
    let of = |row: &&Value| row["insight_id"].as_u64() == Some(insight);
    let shown = |row: &Value| {
        let mut out = row.clone();
        if let Value::Object(out) = &mut out {
            out.shift_remove("team_id");
            out.shift_remove("insight_id");
        }
        out
    };
    call.store.rows(ALERTS).map(|(_, row)| row).filter(of).map(shown).collect()
}

/// An alert of this project whose insight is there.
pub(crate) fn find(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    call.store.get(ALERTS, &id.to_lowercase()).filter(|row| is_live(call, row)).cloned().ok_or_else(Fault::not_found)
}

pub(crate) fn is_live(call: &PosthogCall, row: &Value) -> bool {
    row["team_id"].as_u64() == Some(call.project)
        && insights::live(call.store, call.project, number_at(row, "insight_id")).is_some()
}
