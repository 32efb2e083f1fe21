//! The hidden flags of a survey: whom it targets, who has answered it, and a sample.

use crate::posthog::call::PosthogCall;
use crate::posthog::cohort::rows as cohorts;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::{filters, rows as flags, usage};
use crate::posthog::json::{is_set, text_at, truthy, whole};
use crate::posthog::pattern;
use crate::posthog::python::python_str;
use serde_json::{Map, Value, json};

/// Whether a survey is being shown: started, not ended, not archived.
pub(crate) fn is_running(survey: &Value) -> bool {
    !survey["start_date"].is_null() && survey["end_date"].is_null() && !is_set(survey, "archived")
}

/// A new hidden flag for a survey.
fn create(call: &mut PosthogCall, suffix: &str, survey: &str, filters: Value, active: bool) -> Result<u64, Fault> {
    let random = uuid::Uuid::new_v4().simple().to_string();
    let key = format!("survey-targeting-{}{suffix}", &random[..10]);
    let name = format!("Targeting flag for survey {survey}");
    fits(call, &filters)?;
    let filters = settled(filters);
    let flag = flags::create_internal(call, &key, &name, filters, active);
    usage::make(call, flag);
    Ok(flag)
}

/// Filters as every flag has them.
fn settled(filters: Value) -> Value {
    let Value::Object(mut filters) = filters else { return filters };
    filters::normalise(&mut filters);
    Value::Object(filters)
}

/// A flag of this project that is not deleted.
pub(crate) fn live(call: &PosthogCall, id: u64) -> Option<Value> {
    stored(call, id).filter(|flag| !is_set(flag, "deleted"))
}

/// A flag of this project in its short form.
pub(crate) fn stored(call: &PosthogCall, id: u64) -> Option<Value> {
    let flag = flags::minimal(call.store, id);
    (flag["team_id"].as_u64() == Some(call.project)).then_some(flag)
}

/// The checks of a flag's filters that a survey's user can fail: patterns, and cohorts on events.
fn fits(call: &PosthogCall, filters: &Value) -> Result<(), Fault> {
    let groups = filters["groups"].as_array();
    let properties = groups.into_iter().flatten().filter_map(|group| group["properties"].as_array()).flatten();
    for property in properties {
        let value = &property["value"];
        let operator = property["operator"].as_str();
        if let (Some("regex" | "not_regex"), Some(text)) = (operator, value.as_str())
            && let Err(why) = pattern::check(text)
        {
            let detail = format!("Property '{}' has an invalid regex pattern: {why}", text_at(property, "key"));
            return Err(Fault::invalid_input("filters", detail));
        }
        if property["type"] == "cohort" {
            let id = whole(value);
            if id.and_then(|id| cohorts::find(call, id)).is_none() {
                let detail = format!("Cohort with id {} does not exist", python_str(value));
                return Err(Fault::validation("cohort_does_not_exist", detail).at("filters"));
            }
            if let Some(name) = id.and_then(|id| cohorts::behavioral(call, id)) {
                let detail = format!("Cohort '{name}' with filters on events cannot be used in surveys.");
                return Err(Fault::validation("behavioral_cohort_found", detail));
            }
        }
    }
    Ok(())
}

/// A flag for whom the survey targets.
pub(crate) fn target(call: &mut PosthogCall, survey: &str, filters: Value, active: bool) -> Result<u64, Fault> {
    create(call, "", survey, filters, active)
}

/// New filters over those a targeting flag has.
pub(crate) fn retarget(call: &mut PosthogCall, flag: u64, filters: &Map<String, Value>) -> Result<(), Fault> {
    let mut merged = live(call, flag).and_then(|flag| flag["filters"].as_object().cloned()).unwrap_or_default();
    merged.extend(filters.clone());
    let merged = Value::Object(merged);
    fits(call, &merged)?;
    flags::set_filters(call, flag, settled(merged));
    Ok(())
}

/// Brings the hidden flags in line with a saved survey.
pub(crate) fn sync(call: &mut PosthogCall, survey: &mut Value) -> Result<(), Fault> {
    let running = is_running(survey);
    let filters = internal_filters(survey);
    match survey["internal_targeting_flag_id"].as_u64() {
        Some(flag) => {
            if let Value::Object(filters) = &filters {
                retarget(call, flag, filters)?;
            }
            flags::set_active(call, flag, running);
        }
        None => {
            let flag = create(call, "-custom", text_at(survey, "name"), filters, running)?;
            survey["internal_targeting_flag_id"] = json!(flag);
        }
    }
    if !survey["response_sampling_daily_limits"].is_null() && survey["internal_response_sampling_flag_id"].is_null() {
        let everyone = json!({"groups": [{"variant": "", "rollout_percentage": 100, "properties": []}]});
        let started = !survey["start_date"].is_null();
        let flag = create(call, "-sampling", text_at(survey, "name"), everyone, started)?;
        survey["internal_response_sampling_flag_id"] = json!(flag);
    }
    Ok(())
}

/// Shows a survey once a person, and not soon after another one if it says so.
fn internal_filters(survey: &Value) -> Value {
    let mut of = text_at(survey, "id").to_owned();
    if survey["iteration_count"].as_i64().unwrap_or(0) > 0 {
        let current = survey["current_iteration"].as_i64().filter(|n| *n != 0).unwrap_or(1);
        of = format!("{of}/{current}");
    }
    let unset = |key: &str| json!({"key": key, "value": "is_not_set", "operator": "is_not_set", "type": "person"});
    let never = [unset(&format!("$survey_dismissed/{of}")), unset(&format!("$survey_responded/{of}"))];
    let group = |more: Option<Value>| {
        let properties: Vec<Value> = never.iter().cloned().chain(more).collect();
        json!({"variant": "", "rollout_percentage": 100, "properties": properties})
    };
    let days = survey["conditions"].get("seenSurveyWaitPeriodInDays").filter(|d| truthy(Some(d)));
    let Some(days) = days.and_then(Value::as_f64).filter(|days| *days > 0.0) else {
        return json!({"groups": [group(None)]});
    };
    let seen = "$last_seen_survey_date";
    let before =
        json!({"key": seen, "value": format!("{}d", days.trunc()), "operator": "is_date_before", "type": "person"});
    json!({"groups": [group(Some(unset(seen))), group(Some(before))]})
}
