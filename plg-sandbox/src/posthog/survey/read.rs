//! The body of a survey: its fields, and the rules between them.

use super::rows::{NAMES, name_key};
use super::translations::Languages;
use super::{hidden_flags, html, questions, translations};
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::field::{ANY_TEXT, BodyField, COUNT, Holds, SOME_TEXT, WHOLE};
use crate::posthog::insight::rows as insights;
use crate::posthog::json::{text_at, truthy};
use crate::posthog::time::{moment, stamp};
use serde_json::{Map, Value, json};

const TYPES: &[&str] = &["popover", "widget", "external_survey", "api"];
const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).required(),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("type", Holds::Word(TYPES)).required(),
    BodyField::new("schedule", SOME_TEXT).or_null(),
    BodyField::new("linked_flag_id", WHOLE).or_null(),
    BodyField::new("linked_insight_id", WHOLE).or_null(),
    BodyField::new("targeting_flag_id", WHOLE),
    BodyField::new("targeting_flag_filters", Holds::Json).or_null(),
    BodyField::new("remove_targeting_flag", Holds::Flag).or_null(),
    BodyField::new("questions", Holds::Json).or_null(),
    BodyField::new("conditions", Holds::Json).or_null(),
    BodyField::new("appearance", Holds::Json).or_null(),
    BodyField::new("start_date", Holds::Moment).or_null(),
    BodyField::new("end_date", Holds::Moment).or_null(),
    BodyField::new("archived", Holds::Flag),
    BodyField::new("responses_limit", COUNT).or_null(),
    BodyField::new("iteration_count", Holds::Whole { min: 0, max: 500 }).or_null(),
    BodyField::new("iteration_frequency_days", COUNT).or_null(),
    BodyField::new("current_iteration", COUNT).or_null(),
    BodyField::new("current_iteration_start_date", Holds::Moment).or_null(),
    BodyField::new("response_sampling_start_date", Holds::Moment).or_null(),
    BodyField::new("response_sampling_interval_type", Holds::Word(&["day", "week", "month"])).or_null(),
    BodyField::new("response_sampling_interval", COUNT).or_null(),
    BodyField::new("response_sampling_limit", COUNT).or_null(),
    BodyField::new("enable_partial_responses", Holds::Flag).or_null(),
    BodyField::new("enable_iframe_embedding", Holds::Flag).or_null(),
    BodyField::new("base_language", Holds::Text { max: 20, blank: true }),
    BodyField::new("translations", Holds::Json).or_null(),
    BodyField::new("form_content", Holds::Json).or_null(),
];

/// Condition fields that make no sense for a page of its own.
const NOT_EXTERNAL: [&str; 7] = [
    "url",
    "urlMatchType",
    "selector",
    "seenSurveyWaitPeriodInDays",
    "linkedFlagVariant",
    "deviceTypes",
    "deviceTypesMatchType",
];

/// Reads a body; `old` is the survey it changes, or null.
pub(crate) fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut out = body::read(FIELDS, &call.body, !old.is_null())?;
    let languages = Languages::of(&call.body, old);
    if let Some(schedule) = out.get("schedule").filter(|s| !s.is_null())
        && !["once", "recurring", "always"].iter().any(|known| schedule == known)
    {
        return Err(Fault::invalid_input("schedule", "Schedule must be one of: once, recurring, always"));
    }
    if let Some(value) = out.get("questions") {
        let read = questions::read(value, &old["questions"], &languages)?;
        out.insert("questions".into(), read);
    }
    if out.get("conditions").is_some_and(|c| !c.is_null() && !c.is_object()) {
        return Err(Fault::invalid_input("conditions", "Conditions must be an object"));
    }
    if let Some(value) = out.get_mut("appearance") {
        appearance(value)?;
    }
    if let Some(value) = out.get("base_language") {
        let code = translations::base_language(value)?;
        out.insert("base_language".into(), code);
    }
    if let Some(value) = out.get("translations") {
        let read = translations::of_survey(value, &old["translations"], &languages)?;
        out.insert("translations".into(), read);
    }
    if out.get("enable_iframe_embedding").is_some_and(Value::is_null) {
        // The column cannot be null, which only the database notices.
        return Err(Fault::trips("enable_iframe_embedding may not be null."));
    }
    together(call, old, &out)?;
    Ok(out)
}

fn appearance(value: &mut Value) -> Result<(), Fault> {
    let bad = |detail: &str| Fault::invalid_input("appearance", detail);
    if value.is_null() {
        return Ok(());
    }
    let Some(members) = value.as_object_mut() else { return Err(bad("Appearance must be an object")) };
    for key in ["thankYouMessageHeader", "thankYouMessageDescription", "thankYouMessageCloseButtonText"] {
        if let Some(text) = members.get(key).and_then(Value::as_str) {
            let cleaned = html::clean(text);
            members.insert(key.into(), json!(cleaned));
        }
    }
    let kind = members.get("thankYouMessageDescriptionContentType");
    if truthy(kind) && kind.is_some_and(|k| k != "text" && k != "html") {
        return Err(bad("thankYouMessageDescriptionContentType must be one of ['text', 'html']"));
    }
    if members.get("surveyPopupDelaySeconds").and_then(Value::as_f64).is_some_and(|delay| delay < 0.0) {
        return Err(bad("Survey popup delay seconds must be a positive integer"));
    }
    match members.get("whiteLabel") {
        None | Some(Value::Null | Value::Bool(false)) => Ok(()),
        Some(Value::Bool(true)) => Err(bad("You need to upgrade to PostHog Enterprise to use white labelling")),
        Some(_) => Err(bad("whiteLabel must be a boolean")),
    }
}

/// The rules between fields, in the order the API checks them.
fn together(call: &PosthogCall, old: &Value, out: &Map<String, Value>) -> Result<(), Fault> {
    links(call, out)?;
    let name = out.get("name").and_then(Value::as_str);
    if let Some(name) = name.filter(|name| old["name"] != *name)
        && call.store.get(NAMES, &name_key(call.project, name)).is_some()
    {
        let which = if old.is_null() { "a" } else { "another" };
        return Err(Fault::validation("unique", format!("There is already {which} survey with this name.")));
    }
    if truthy(out.get("targeting_flag_filters")) {
        targeting(&out["targeting_flag_filters"])?;
    }
    sampling(out)?;
    shuffling(old, out)?;
    if out.get("type").is_some_and(|t| t == "external_survey") {
        external(out)?;
    }
    match out.get("base_language").and_then(Value::as_str) {
        Some(base) if !out.contains_key("translations") => translations::base_is_free(base, &old["translations"]),
        _ => Ok(()),
    }
}

/// The flags and the insight a survey names must be of its project, and the variant of that flag.
fn links(call: &PosthogCall, out: &Map<String, Value>) -> Result<(), Fault> {
    let named = |key: &str| out.get(key).filter(|v| truthy(Some(v)));
    let number = |value: &Value| value.as_i64().and_then(|id| u64::try_from(id).ok());
    let mut linked = None;
    if let Some(id) = named("linked_flag_id") {
        linked = number(id).and_then(|id| hidden_flags::live(call, id));
        if linked.is_none() {
            return Err(Fault::invalid("Feature Flag with this ID does not exist"));
        }
    }
    if let Some(id) = named("targeting_flag_id")
        && number(id).and_then(|id| hidden_flags::live(call, id)).is_none()
    {
        return Err(Fault::invalid("Targeting Feature Flag with this ID does not exist"));
    }
    if let Some(id) = named("linked_insight_id")
        && number(id).and_then(|id| insights::live(call.store, call.project, id)).is_none()
    {
        return Err(Fault::invalid("Insight with this ID does not exist"));
    }
    let variant = out.get("conditions").and_then(|c| c.get("linkedFlagVariant")).filter(|v| truthy(Some(v)));
    let Some(variant) = variant else { return Ok(()) };
    let Some(flag) = linked else {
        return Err(Fault::invalid("linkedFlagVariant can only be used when a linked_flag_id is specified"));
    };
    if variant == "any" {
        return Ok(());
    }
    let there = flag["filters"]["multivariate"]["variants"].as_array();
    let there: Vec<&str> = there.into_iter().flatten().map(|v| text_at(v, "key")).collect();
    let shown = variant.as_str().map_or_else(|| variant.to_string(), str::to_owned);
    if there.contains(&shown.as_str()) {
        Ok(())
    } else if there.is_empty() {
        let detail = format!("Feature flag variant '{shown}' specified but the linked feature flag has no variants");
        Err(Fault::invalid(detail))
    } else {
        let there = there.join(", ");
        Err(Fault::invalid(format!("Feature flag variant '{shown}' does not exist. Available variants: {there}")))
    }
}

/// Targeting that reaches everyone is no targeting.
fn targeting(filters: &Value) -> Result<(), Fault> {
    let Some(filters) = filters.as_object() else {
        return Err(Fault::trips("targeting_flag_filters must be an object."));
    };
    let everyone = |group: &Value| {
        let share = &group["rollout_percentage"];
        (share.is_null() || share.as_f64() == Some(100.0)) && group["properties"].as_array().is_none_or(Vec::is_empty)
    };
    if filters.get("groups").and_then(Value::as_array).is_some_and(|groups| groups.iter().any(everyone)) {
        return Err(Fault::invalid(
            "Invalid operation: User targeting rolls out to everyone. If you want to roll out to everyone, delete \
             this targeting",
        ));
    }
    Ok(())
}

fn sampling(out: &Map<String, Value>) -> Result<(), Fault> {
    let start = out.get("response_sampling_start_date").and_then(Value::as_str).and_then(moment);
    if let Some(start) = start {
        let now = jiff::Timestamp::now();
        let today = now.as_second().div_euclid(86_400) * 86_400;
        if start.as_second() < today {
            let today = jiff::Timestamp::from_second(today).map(stamp).unwrap_or_default();
            let detail = format!(
                "Response sampling start date must be today or a future date in UTC. Got {} when current time is {today}",
                stamp(start)
            );
            return Err(Fault::invalid_input("response_sampling_start_date", detail));
        }
    }
    let interval = out.get("response_sampling_interval").and_then(Value::as_i64);
    if interval.is_some_and(|interval| interval <= 0) {
        return Err(Fault::invalid_input(
            "response_sampling_interval",
            "Response sampling interval must be greater than 0.",
        ));
    }
    if out.get("response_sampling_limit").and_then(Value::as_i64).is_some_and(|limit| limit > 0) {
        if interval.is_none() {
            return Err(Fault::trips("A response_sampling_limit needs a response_sampling_interval."));
        }
        if start.is_none() {
            return Err(Fault::invalid_input(
                "response_sampling_start_date",
                "Response sampling start date should be set if response_sampling_start_date is not zero.",
            ));
        }
    }
    Ok(())
}

/// Shuffled questions cannot branch, be either new or stored.
fn shuffling(old: &Value, out: &Map<String, Value>) -> Result<(), Fault> {
    let new = out.get("appearance").and_then(|a| a.get("shuffleQuestions"));
    let shuffled = truthy(new.or_else(|| old["appearance"].get("shuffleQuestions")));
    let questions = out.get("questions").filter(|q| !q.is_null()).unwrap_or(&old["questions"]);
    let branching = |question: &Value| question.get("branching").is_some_and(|b| !b.is_null());
    if shuffled && questions.as_array().is_some_and(|all| all.iter().any(branching)) {
        return Err(Fault::invalid(
            "Question shuffling and question branching cannot be used together. Please disable one of these features.",
        ));
    }
    Ok(())
}

/// What a survey on a page of its own cannot have.
fn external(out: &Map<String, Value>) -> Result<(), Fault> {
    for key in ["linked_flag_id", "targeting_flag_filters"] {
        if out.get(key).is_some_and(|v| !v.is_null()) {
            return Err(Fault::refused(key, "invalid_input", format!("{key} is not allowed for external surveys")));
        }
    }
    if let Some(conditions) = out.get("conditions").and_then(Value::as_object) {
        let mut there: Vec<&str> =
            NOT_EXTERNAL.into_iter().filter(|key| conditions.get(*key).is_some_and(|v| !v.is_null())).collect();
        let filled = |key: &&str| truthy(conditions.get(*key).and_then(|c| c.get("values")));
        there.extend(["actions", "events"].into_iter().filter(filled));
        if !there.is_empty() {
            let there = there.join(", ");
            let detail = format!("The following condition fields are not allowed for external surveys: {there}");
            return Err(Fault::invalid_input("conditions", detail));
        }
    }
    let delay = out.get("appearance").and_then(|a| a.get("surveyPopupDelaySeconds"));
    if delay.is_some_and(|d| !d.is_null()) {
        return Err(Fault::invalid_input("appearance", "surveyPopupDelaySeconds is not allowed for external surveys"));
    }
    Ok(())
}
