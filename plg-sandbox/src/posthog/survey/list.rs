//! The list of surveys and its filters.

use super::rows::SURVEYS;
use super::show::show;
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::json::text_at;
use crate::posthog::search::match_type;
use serde_json::{Value, json};

pub(crate) fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let call: &PosthogCall = call;
    let search = call.search()?;
    let ask = |key: &str| call.request.query(key).filter(|v| !v.is_empty());
    let archived = ask("archived").and_then(|v| body::flag(&json!(v)));
    let ids: Option<Vec<String>> = ask("ids").map(|ids| ids.split(',').map(|id| id.trim().to_lowercase()).collect());
    if let Some(kind) = ask("type")
        && !["popover", "widget", "external_survey", "api"].contains(&kind)
    {
        let detail = format!("Select a valid choice. {kind} is not one of the available choices.");
        return Err(Fault::refused("type", "invalid_choice", detail));
    }
    if ids.iter().flatten().any(|id| uuid::Uuid::parse_str(id).is_err()) {
        return Err(Fault::invalid_input("ids", "Enter a valid UUID."));
    }
    let mut rows: Vec<(&Value, Option<&'static str>)> = Vec::new();
    for (_, row) in call.store.rows(SURVEYS).rev() {
        if row["team_id"].as_u64() != Some(call.project)
            || archived.as_ref().is_some_and(|a| row["archived"] != *a)
            || ask("type").is_some_and(|t| row["type"] != t)
            || ids.as_ref().is_some_and(|ids| !ids.iter().any(|id| row["id"] == id.as_str()))
        {
            continue;
        }
        let texts = [text_at(row, "name"), text_at(row, "description")];
        let found = search.as_ref().map(|needle| match_type(needle, &texts));
        if found != Some(None) {
            rows.push((row, found.flatten()));
        }
    }
    if rows.iter().any(|(_, found)| *found == Some("exact")) {
        rows.retain(|(_, found)| *found == Some("exact"));
    }
    if search.is_some() {
        rows.sort_by_key(|(row, _)| text_at(row, "name"));
    }
    Ok(call.page_of(&rows, 100, |(row, found)| {
        let mut out = show(call, row);
        if let Some(found) = found {
            out["search_match_type"] = json!(found);
        }
        out
    }))
}
