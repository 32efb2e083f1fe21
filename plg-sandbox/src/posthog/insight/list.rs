//! The list of insights and its filters.

use super::query::source_kind;
use super::rows as insights;
use super::rows::INSIGHTS;
use super::show::show;
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::dashboard::tiles;
use crate::posthog::fault::PosthogAnswer;
use crate::posthog::json::{is_set, number_at, text_at, truthy, whole};
use crate::posthog::search::match_type;
use crate::posthog::time::moment;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Whether a query parameter says yes.
fn says_yes(value: Option<&str>) -> Option<bool> {
    value.filter(|v| !v.is_empty()).map(|v| truthy(body::flag(&json!(v)).as_ref()))
}

pub(crate) fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let call: &PosthogCall = call;
    let search = call.search()?;
    let ask = |key: &str| call.request.query(key).filter(|v| !v.is_empty());
    let numbers = |key: &str| -> Vec<u64> {
        let list = ask(key).and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok()).unwrap_or_default();
        list.iter().filter_map(|v| whole(v).and_then(|n| u64::try_from(n).ok())).collect()
    };
    let (short, kind) = (ask("short_id"), ask("insight"));
    let (saved, favorited) = (says_yes(ask("saved")), says_yes(ask("favorited")));
    let (on, by, mine) = (numbers("dashboards"), numbers("created_by"), ask("user").is_some());
    let me = number_at(&call.user(), "id");
    let tags: Vec<String> = ask("tags").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let (from, to) = (ask("date_from").and_then(since), ask("date_to").and_then(since));
    let mut rows: Vec<&Value> = Vec::new();
    for (_, row) in call.store.rows(INSIGHTS) {
        if row["team_id"].as_u64() != Some(call.project) || is_set(row, "deleted") {
            continue;
        }
        let live =
            || insights::links_of(row).into_iter().filter(|(d, t)| tiles::live_tile(call.store, *d, *t).is_some());
        let author = number_at(&row["created_by"], "id");
        let modified = || moment(text_at(row, "last_modified_at"));
        let tagged = |tag: &String| row["tags"].as_array().is_some_and(|t| t.iter().any(|t| t == tag.as_str()));
        let fits = short.is_none_or(|s| row["short_id"] == s)
            && favorited.is_none_or(|f| !f || is_set(row, "favorited"))
            && saved.is_none_or(|s| {
                if s { is_set(row, "saved") || live().next().is_some() } else { !is_set(row, "saved") }
            })
            && (!mine || author == me)
            && (by.is_empty() || by.contains(&author))
            && on.iter().all(|wanted| live().any(|(d, _)| d == *wanted))
            && (tags.is_empty() || tags.iter().any(tagged))
            && kind.is_none_or(|kind| is_kind(row, kind))
            && from.is_none_or(|from| modified().is_some_and(|m| m >= from))
            && to.is_none_or(|to| modified().is_some_and(|m| m <= to))
            && search.as_ref().is_none_or(|needle| {
                let texts = ["name", "derived_name", "description"].map(|key| text_at(row, key));
                match_type(needle, &texts) == Some("exact")
                    || row["tags"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .any(|t| match_type(needle, &[t]) == Some("exact"))
            });
        if fits {
            rows.push(row);
        }
    }
    if let Some(order) = ask("order") {
        let (key, down) = order.strip_prefix('-').map_or((order, false), |key| (key, true));
        rows.sort_by(|a, b| {
            let of = |row: &Value| (row[key].as_f64().unwrap_or(f64::MAX), text_at(row, key).to_owned());
            let order = of(a).partial_cmp(&of(b)).unwrap_or(std::cmp::Ordering::Equal);
            if down { order.reverse() } else { order }
        });
    }
    let basic = call.request.query("basic") == Some("true");
    Ok(call.page_of(&rows, 100, |row| show(call, row, basic)))
}

fn is_kind(row: &Value, asked: &str) -> bool {
    let query = &row["query"];
    let kind = source_kind(query);
    match asked {
        "TRENDS" => kind == "TrendsQuery" || query.is_null(),
        "FUNNELS" => kind == "FunnelsQuery",
        "RETENTION" => kind == "RetentionQuery",
        "PATHS" => kind == "PathsQuery",
        "STICKINESS" => kind == "StickinessQuery",
        "LIFECYCLE" => kind == "LifecycleQuery",
        "SQL" => kind == "HogQLQuery" || kind == "HogQuery",
        "JSON" => !query.is_null() && query["kind"] != "InsightVizNode" && query["kind"] != "DataVisualizationNode",
        _ => false,
    }
}

/// A date, or a number of days, weeks, months or hours ago, such as `-7d`.
fn since(text: &str) -> Option<Timestamp> {
    let Some(ago) = text.strip_prefix('-') else { return moment(text) };
    let unit = ago.chars().last()?;
    let count: i64 = ago.strip_suffix(unit)?.parse().ok()?;
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 7 * 24,
        'm' => 30 * 24,
        'y' => 365 * 24,
        _ => return None,
    };
    let ago = jiff::SignedDuration::from_secs(count.checked_mul(hours * 3600)?);
    Timestamp::now().checked_sub(ago).ok()
}
