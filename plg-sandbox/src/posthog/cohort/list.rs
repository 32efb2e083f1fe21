//! The list of cohorts and its filters.

use super::rows::{COHORTS, behavioral, settle};
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::PosthogAnswer;
use crate::posthog::json::{flagged, shown, text};
use serde_json::{Map, Value, json};

pub(crate) fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    let pending: Vec<String> =
        call.rows(COHORTS).filter(|(_, row)| flagged(row, "is_calculating")).map(|(id, _)| id.to_owned()).collect();
    for id in pending {
        settle(call, &id);
    }
    let asked = |name: &str| call.request.query(name);
    let yes = |name: &str| asked(name).is_some_and(|v| v.eq_ignore_ascii_case("true") || v == "1");
    let rows: Vec<&Map<String, Value>> = call
        .rows(COHORTS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted"))
        .filter(|row| search.as_deref().is_none_or(|words| text(row, "name").to_lowercase().contains(words)))
        .filter(|row| match asked("type") {
            Some("static") => flagged(row, "is_static"),
            Some("dynamic") => !flagged(row, "is_static"),
            _ => true,
        })
        .filter(|row| {
            let by = row.get("created_by").and_then(|u| u.get("id")).map(Value::to_string);
            asked("created_by_id").is_none_or(|id| by.as_deref() == Some(id))
        })
        .filter(|row| {
            !yes("hide_behavioral_cohorts")
                || row.get("id").and_then(Value::as_i64).and_then(|id| behavioral(call, id)).is_none()
        })
        .collect();
    Ok(call.page_of(&rows, 100, |row| {
        let mut out = shown(row);
        if let Some(words) = &search {
            let exact = text(row, "name").to_lowercase() == *words;
            out.insert("search_match_type".into(), json!(if exact { "exact" } else { "similar" }));
        }
        if yes("basic") {
            for heavy in ["filters", "query", "groups"] {
                out.remove(heavy);
            }
        }
        Value::Object(out)
    }))
}
