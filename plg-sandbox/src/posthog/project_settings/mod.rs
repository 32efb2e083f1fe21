//! The settings of a project: one row that is always there, read and changed at the project's own path. Its answer has
//! secrets in it that change by themselves.

pub(crate) mod recordings;
pub(crate) mod rows;
pub(crate) mod rules;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{ANY_TEXT, BodyField, Holds};
use super::{account, activity_log};
use crate::message::Reply;
use crate::posthog::dashboard::rows::DASHBOARDS;
use crate::posthog::json::{flagged, whole};
use serde_json::{Map, Value, json};

/// Actions below a project that no personal key may take.
const NOT_FOR_KEYS: &[&str] = &[
    "activity",
    "change_organization",
    "data_color_themes",
    "default_evaluation_contexts",
    "default_release_conditions",
    "evaluation_context_suggestions",
    "experiments_config",
    "is_generating_demo_data",
    "logs_config",
    "reset_token",
    "rotate_secret_token",
    "settings_as_of",
];

const fn switch(name: &'static str) -> BodyField {
    BodyField::new(name, Holds::Flag).or_null()
}

/// Fields that need no rule but their type's.
const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 200, blank: false }),
    BodyField::new("product_description", Holds::Text { max: 1000, blank: true }).or_null(),
    BodyField::new("anonymize_ips", Holds::Flag),
    BodyField::new("business_model", Holds::WordOrBlank(&["b2b", "b2c", "other"])).or_null(),
    switch("test_account_filters_default_checked"),
    BodyField::new("data_attributes", Holds::Json),
    BodyField::new("person_display_name_properties", Holds::Texts { max: 400 }).or_null(),
    BodyField::new("live_events_columns", Holds::Texts { max: usize::MAX }).or_null(),
    BodyField::new("correlation_config", Holds::Json).or_null(),
    switch("autocapture_opt_out"),
    switch("autocapture_exceptions_opt_in"),
    switch("autocapture_web_vitals_opt_in"),
    BodyField::new("autocapture_web_vitals_allowed_metrics", Holds::Json).or_null(),
    switch("capture_console_log_opt_in"),
    switch("capture_performance_opt_in"),
    switch("capture_dead_clicks"),
    switch("heatmaps_opt_in"),
    switch("surveys_opt_in"),
    BodyField::new("session_recording_opt_in", Holds::Flag),
    BodyField::new("session_recording_minimum_duration_milliseconds", Holds::Whole { min: 0, max: 30_000 }).or_null(),
    BodyField::new("session_recording_url_trigger_config", Holds::List).or_null(),
    BodyField::new("session_recording_url_blocklist_config", Holds::List).or_null(),
    BodyField::new("session_recording_event_trigger_config", Holds::Texts { max: usize::MAX }).or_null(),
    BodyField::new("session_recording_retention_period", Holds::Word(&["30d", "90d", "1y", "5y"])),
    BodyField::new("extra_settings", Holds::Json).or_null(),
    switch("human_friendly_comparison_periods"),
    switch("flags_persistence_default"),
    switch("feature_flag_confirmation_enabled"),
    BodyField::new("feature_flag_confirmation_message", ANY_TEXT).or_null(),
    BodyField::new("feature_flag_policy_config", Holds::Object),
    switch("default_evaluation_contexts_enabled"),
    switch("require_evaluation_contexts"),
    switch("receive_org_level_activity_logs"),
    switch("web_analytics_pre_aggregated_tables_enabled"),
];

/// Answers `projects/{id}/` and `environments/{id}/`, which are one row.
pub(crate) fn route(call: &mut PosthogCall) -> PosthogAnswer {
    match call.method() {
        "GET" | "HEAD" => call.need_scope("project:read")?,
        "PATCH" => {
            call.need_scope("project:write")?;
            patch(call)?;
        }
        _ => return call.no_method(),
    }
    Ok(Reply::json(200, shown(call)))
}

/// Refuses what is below a project and not for keys.
pub(crate) fn refuses(name: &str, tail: &[&str]) -> Result<(), Fault> {
    if name == "environments" {
        return Err(Fault::forbidden(
            "Multiple environments per project are no longer available. Please contact support if you need assistance.",
        ));
    }
    if NOT_FOR_KEYS.contains(&name) || (name, tail.first()) == ("groups_types", Some(&"update_metadata")) {
        return Err(Fault::forbidden("This action does not support personal API key access"));
    }
    Ok(())
}

fn is_legacy(call: &PosthogCall) -> bool {
    call.request.segments().get(1).is_some_and(|surface| surface == "environments")
}

fn patch(call: &mut PosthogCall) -> Result<(), Fault> {
    if call.body.contains_key("access_control") {
        let detail = "The 'access_control' field has been deprecated and is no longer supported. Please use the new access control system instead. For more information, visit: https://posthog.com/docs/settings/access-control";
        return Err(Fault::invalid_input("access_control", detail));
    }
    let mut read = call.reader();
    read.take(FIELDS)?;
    let mut fields = read.done();
    let old = rows::row(call);
    rules::read(&call.body, &old, &mut fields)?;
    recordings::read(&call.body, &old, is_legacy(call), &mut fields)?;
    if let Some(id) = call.body.get("primary_dashboard") {
        fields.insert("primary_dashboard".into(), dashboard(call, id)?);
    }
    if is_legacy(call) {
        fields.remove("product_description");
    }
    let id = call.project.to_string();
    let name = fields.get("name").or_else(|| old.get("name")).and_then(Value::as_str).unwrap_or_default().to_owned();
    activity_log::note(call, ("Team", &id, &name), &old, &fields);
    if let Some(renamed) = fields.get("name") {
        let renamed = Map::from_iter([("name".to_owned(), renamed.clone())]);
        activity_log::note(call, ("Project", &id, &name), &named(call, &old), &renamed);
    }
    rows::change(call, fields);
    Ok(())
}

/// What the project is called.
fn named(call: &PosthogCall, settings: &Map<String, Value>) -> Map<String, Value> {
    let name = settings.get("name").cloned().or_else(|| account::team(call).get("name").cloned());
    name.map(|name| ("name".to_owned(), name)).into_iter().collect()
}

fn dashboard(call: &PosthogCall, id: &Value) -> Result<Value, Fault> {
    if id.is_null() {
        return Ok(Value::Null);
    }
    let known = whole(id)
        .filter(|number| call.find(DASHBOARDS, &number.to_string()).is_some_and(|row| !flagged(row, "deleted")));
    known.map(Value::from).ok_or_else(|| Fault::does_not_exist("primary_dashboard", id))
}

/// All of a project: what nobody can change, and its settings.
pub(crate) fn shown(call: &PosthogCall) -> Value {
    let mut out: Map<String, Value> = account::team(call).as_object().cloned().unwrap_or_default();
    out.extend(rows::row(call));
    if is_legacy(call) {
        out.remove("product_description");
    } else {
        out.insert("is_pending_deletion".into(), json!(false));
    }
    // Minted anew each day, and good for a look at everything that happens.
    out.insert("live_events_token".into(), json!(LIVE_TOKEN));
    Value::Object(out)
}

/// A secret that every answer has.
pub(crate) const LIVE_TOKEN: &str = "sandbox.live-events.token";
