//! Surveys and early access features, as a page may see them.

use super::is_token;
use crate::message::{Reply, decode};
use crate::posthog::call::PosthogCall;
use crate::posthog::early_access_feature::rows::{FEATURES, flag_of};
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::rows as flags;
use crate::posthog::json::{is_set, text, text_at};
use crate::posthog::project_settings::rows as settings;
use crate::posthog::survey::rows::SURVEYS;
use crate::posthog::survey::show;
use serde_json::{Map, Value, json};

/// The fields of a survey that a page sees: not what was written about it for those who made it.
const FIELDS: [&str; 14] = [
    "id",
    "name",
    "type",
    "questions",
    "conditions",
    "appearance",
    "start_date",
    "end_date",
    "current_iteration",
    "current_iteration_start_date",
    "schedule",
    "enable_partial_responses",
    "translations",
    "base_language",
];

fn token(call: &PosthogCall) -> Option<String> {
    let of_query = call.request.query("token").or_else(|| call.request.query("api_key")).map(str::to_owned);
    let form = || {
        let text = String::from_utf8_lossy(&call.request.body).into_owned();
        let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| matches!(*key, "token" | "api_key")).map(|(_, value)| decode(value))
    };
    of_query.or_else(form).filter(|token| !token.is_empty())
}

/// Answers `/api/surveys/`.
pub(super) fn surveys(call: &PosthogCall) -> Reply {
    if !matches!(call.method(), "GET" | "POST" | "HEAD") {
        return Reply::empty(if call.method() == "OPTIONS" { 204 } else { 405 })
            .with("allow", "GET, POST, HEAD, OPTIONS");
    }
    let Some(token) = token(call) else { return Reply::text(401, "Token not provided") };
    if token.len() > 200 || !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return Reply::text(400, "Invalid token");
    }
    if !is_token(call, &token) {
        return Reply::json(200, json!({ "surveys": [], "survey_config": null }));
    }
    let config = settings::row(call).get("survey_config").cloned().unwrap_or(Value::Null);
    Reply::json(200, json!({ "surveys": shown_surveys(call), "survey_config": config }))
}

/// Every survey that is not archived: a browser decides by their dates, flags and conditions.
pub(super) fn shown_surveys(call: &PosthogCall) -> Vec<Value> {
    let own = call.store.rows(SURVEYS).map(|(_, row)| row);
    let own = own.filter(|row| row["team_id"].as_u64() == Some(call.project) && !is_set(row, "archived"));
    own.map(|row| survey(call, row)).collect()
}

fn survey(call: &PosthogCall, row: &Value) -> Value {
    let full = show::show(call, row);
    let mut out: Map<String, Value> =
        FIELDS.iter().filter_map(|name| Some(((*name).to_owned(), full.get(*name)?.clone()))).collect();
    for pair in full["feature_flag_keys"].as_array().into_iter().flatten() {
        if matches!(text_at(pair, "key"), "linked_flag_key" | "targeting_flag_key" | "internal_targeting_flag_key") {
            out.insert(text_at(pair, "key").to_owned(), pair["value"].clone());
        }
    }
    Value::Object(out)
}

/// Answers `/api/early_access_features/`: those in beta, where no stage is asked for.
pub(super) fn features(call: &PosthogCall) -> Reply {
    if !matches!(call.method(), "GET" | "HEAD") {
        return Reply::empty(if call.method() == "OPTIONS" { 204 } else { 405 }).with("allow", "GET, HEAD, OPTIONS");
    }
    let refused = |code: &str, detail: &str| Fault::unauthenticated(code, detail).reply();
    let Some(token) = token(call) else {
        return refused(
            "missing_api_key",
            "API key not provided. You can find your project API key in your PostHog project settings.",
        );
    };
    if !is_token(call, &token) {
        return refused(
            "invalid_api_key",
            "Project API key invalid. You can find your project API key in your PostHog project settings.",
        );
    }
    let asked: Vec<&str> =
        call.request.query.iter().filter(|(name, _)| name == "stage").map(|(_, stage)| stage.as_str()).collect();
    let is_asked = |row: &Map<String, Value>| {
        let stage = text(row, "stage");
        if asked.is_empty() { stage == "beta" } else { asked.contains(&stage) }
    };
    let all: Vec<Value> =
        call.rows(FEATURES).filter(|(_, row)| is_asked(row)).map(|(id, row)| feature(call, id, row)).collect();
    Reply::json(200, json!({ "earlyAccessFeatures": all }))
}

fn feature(call: &PosthogCall, id: &str, row: &Map<String, Value>) -> Value {
    let user = call.user();
    let assignee = row.get("assignee").filter(|assignee| !assignee.is_null()).map(|assignee| {
        let name = if assignee["type"] == "user" { user["first_name"].clone() } else { Value::Null };
        json!({ "type": assignee["type"], "name": name })
    });
    json!({
        "id": id,
        "name": row.get("name"),
        "description": row.get("description"),
        "stage": row.get("stage"),
        "documentationUrl": row.get("documentation_url"),
        "flagKey": flags::flag(call, flag_of(row)).and_then(|flag| flag.get("key")),
        "payload": row.get("payload").filter(|payload| payload.is_object()).cloned().unwrap_or(json!({})),
        "assignee": assignee,
    })
}
