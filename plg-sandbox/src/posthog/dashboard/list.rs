//! The list of dashboards and its filters.

use super::rows::DASHBOARDS;
use super::show::basic;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::PosthogAnswer;
use crate::posthog::json::{is_set, text_at};
use crate::posthog::search::match_type;
use serde_json::{Value, json};

pub(crate) fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let call: &PosthogCall = call;
    let search = call.search()?;
    let tags: Vec<&str> = call.request.query.iter().filter(|(k, _)| k == "tags").map(|(_, v)| v.as_str()).collect();
    let mode = call.request.query("creation_mode").filter(|m| !m.is_empty());
    let generated = call.request.query("exclude_generated") == Some("true");
    let mut rows: Vec<(&Value, Option<&'static str>)> = Vec::new();
    for (_, row) in call.store.rows(DASHBOARDS) {
        let name = text_at(row, "name");
        let its_tags: Vec<&str> = row["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if row["team_id"].as_u64() != Some(call.project)
            || is_set(row, "deleted")
            || mode.map_or(row["creation_mode"] == "unlisted", |m| row["creation_mode"] != m)
            || (generated && name.starts_with("Generated Dashboard: "))
            || (!tags.is_empty() && !its_tags.iter().any(|t| tags.contains(t)))
        {
            continue;
        }
        let Some(needle) = &search else {
            rows.push((row, None));
            continue;
        };
        let mut texts = vec![name, text_at(row, "description")];
        texts.extend(&its_tags);
        if let Some(found) = match_type(needle, &texts) {
            rows.push((row, Some(found)));
        }
    }
    rows.sort_by_key(|(row, found)| (*found, !is_set(row, "pinned"), text_at(row, "name")));
    Ok(call.page_of(&rows, 100, |(row, found)| {
        let mut out = basic(row);
        if let Some(found) = found {
            out.insert("search_match_type".into(), json!(found));
        }
        Value::Object(out)
    }))
}
