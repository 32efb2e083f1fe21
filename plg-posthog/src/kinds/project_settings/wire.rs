//! How the settings speak to PostHog. An answer has live secrets in it, which are never read.

use super::super::prelude::*;
use crate::kinds::{filter, posthog};

#[derive(Debug)]
pub(super) struct SettingsOfProject;

pub(super) const MODIFIERS: &str = "modifiers";
pub(super) const PERSONS_MODE: &str = "personsOnEventsMode";
pub(super) const SAMPLE: &str = "session_recording_sample_rate";
pub(super) const LINKED_FLAG: &str = "session_recording_linked_flag";
pub(super) const NETWORK: &str = "session_recording_network_payload_capture_config";
pub(super) const POLICY: &str = "feature_flag_policy_config";
pub(super) const REQUIRE_TAGS: &str = "require_tags";

/// Every field that there is a word for.
pub(super) const FIELDS: &[&str] = &[
    "timezone",
    "week_start_day",
    "base_currency",
    "business_model",
    "human_friendly_comparison_periods",
    "test_account_filters",
    "test_account_filters_default_checked",
    "path_cleaning_filters",
    "data_attributes",
    "person_display_name_properties",
    MODIFIERS,
    "primary_dashboard",
    "anonymize_ips",
    "cookieless_server_hash_mode",
    "app_urls",
    "recording_domains",
    "autocapture_opt_out",
    "autocapture_exceptions_opt_in",
    "autocapture_web_vitals_opt_in",
    "capture_dead_clicks",
    "capture_console_log_opt_in",
    "capture_performance_opt_in",
    "heatmaps_opt_in",
    "surveys_opt_in",
    "session_recording_opt_in",
    SAMPLE,
    "session_recording_minimum_duration_milliseconds",
    LINKED_FLAG,
    NETWORK,
    "session_recording_masking_config",
    POLICY,
    "require_evaluation_contexts",
    "feature_flag_confirmation_enabled",
    "feature_flag_confirmation_message",
    "flags_persistence_default",
];

/// A rule of path cleaning: what else the web app notes in it stays.
static RULES: Owned = Owned::Items { by: &[], open: false, each: &Owned::WRITTEN };

impl Wire for SettingsOfProject {
    fn collection(&self, _: &Map) -> RestCollection {
        RestCollection { path: posthog::BASE.to_owned(), paging: Paging::One, ..posthog::hard("") }
    }

    fn read(&self, json: Json) -> Option<Live> {
        let Json::Object(answer) = json else { return None };
        let id = answer.get("id")?.clone();
        // `extra` can set a key without a word, so that every key is kept but secrets.
        let mut fields: Map = answer.into_iter().filter(|(field, value)| !is_secret(field, value)).collect();
        posthog::normalise(&mut fields, "test_account_filters", typed);
        // A share is answered as text with two places.
        posthog::normalise(&mut fields, SAMPLE, |share| {
            share.as_str().and_then(|text| text.parse().ok()).map_or_else(|| share.clone(), number)
        });
        posthog::normalise(&mut fields, NETWORK, |config| match config {
            Json::Object(config) => {
                let mut config = config.clone();
                posthog::default(&mut config, "recordHeaders", false);
                posthog::default(&mut config, "recordBody", false);
                config.into()
            }
            other => other.clone(),
        });
        for objects in ["session_recording_masking_config", LINKED_FLAG] {
            posthog::normalise(&mut fields, objects, |config| posthog::compact(config, &[]));
        }
        // A key that holds nothing is how an object that is merged says that it has none.
        for merged in [MODIFIERS, POLICY] {
            posthog::normalise(&mut fields, merged, |config| match posthog::compact(config, &[]) {
                Json::Null => json!({}),
                config => config,
            });
        }
        Some(Live { id: id_text(&id)?, outputs: Map::from_iter([("id".to_owned(), id)]), fields, ..Live::default() })
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        // PostHog merges it with what it has, and refuses keys that it knew once and does not any more.
        posthog::normalise(&mut part, MODIFIERS, |all| {
            all.get(PERSONS_MODE).map_or_else(|| json!({}), |mode| json!({ PERSONS_MODE: mode }))
        });
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    /// There is one.
    fn identity(&self, _: &Map) -> Option<String> {
        Some("the settings of the project".to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "test_account_filters" => same(&filter::comparable(want), &filter::comparable(live)),
            _ => same(want, live),
        }
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            MODIFIERS | POLICY => &Owned::WRITTEN,
            "path_cleaning_filters" => &RULES,
            _ => &Owned::Whole,
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "description" => &[],
            "week_starts" => &["week_start_day"],
            "currency" => &["base_currency"],
            "without_test_users" => &["test_account_filters_default_checked"],
            "path_cleaning" => &["path_cleaning_filters"],
            "person_names" => &["person_display_name_properties"],
            "persons_on_events" => &[MODIFIERS],
            "cookieless" => &["cookieless_server_hash_mode"],
            "autocapture" => &["autocapture_opt_out"],
            "capture_exceptions" => &["autocapture_exceptions_opt_in"],
            "capture_web_vitals" => &["autocapture_web_vitals_opt_in"],
            "capture_console_log" => &["capture_console_log_opt_in"],
            "capture_performance" => &["capture_performance_opt_in"],
            "heatmaps" => &["heatmaps_opt_in"],
            "surveys" => &["surveys_opt_in"],
            "recordings" => &["session_recording_opt_in"],
            "recording_sample" => &[SAMPLE],
            "recording_minimum_milliseconds" => &["session_recording_minimum_duration_milliseconds"],
            "recorded" => &[LINKED_FLAG],
            "recorded_network" => &[NETWORK],
            "masking" => &["session_recording_masking_config"],
            "require_flag_tags" => &[POLICY],
            "require_flag_contexts" => &["require_evaluation_contexts"],
            "flag_confirmation" => &["feature_flag_confirmation_enabled"],
            "flag_confirmation_message" => &["feature_flag_confirmation_message"],
            "persist_flags" => &["flags_persistence_default"],
            _ => itself(word),
        }
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["feature_flag_confirmation_message"]
    }

    /// An answer says how far the user behind the key may go. One field for admins has the whole request refused.
    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        let level = before.get("effective_membership_level").and_then(Json::as_u64)?;
        let is_for_admins = |(field, value): (&String, &Json)| {
            let is_same = before.get(field).is_some_and(|now| self.agrees(field, value, None, now));
            FIELDS.contains(&field.as_str()) && !FOR_MEMBERS.contains(&field.as_str()) && !is_same
        };
        let field =
            after?.iter().find(|change| is_for_admins(*change)).map(|(field, _)| field).filter(|_| level < ADMIN)?;
        Some(Hold {
            says: format!("only admins of the project can change `{field}`, and the user of the key is not one"),
            help: "make the user an admin of the project in PostHog, or use the key of an admin",
        })
    }

    fn unsettles(&self, changed: &[&str], _: &Live) -> Option<String> {
        let measured = ["timezone", "week_start_day", "test_account_filters", "path_cleaning_filters", MODIFIERS];
        changed
            .iter()
            .any(|field| measured.contains(field))
            .then(|| "insights change their results, also for the past".to_owned())
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["cohort", "dashboard", "feature_flag"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let fields = &live.fields;
        let filters = fields.get("test_account_filters").and_then(Json::as_array).into_iter().flatten();
        let cohorts = filters
            .filter(|filter| filter["type"] == "cohort")
            .filter_map(|filter| mention::id("cohort", filter.get("value")));
        let flag = fields.get(LINKED_FLAG).and_then(|link| link.get("id"));
        let others = [("dashboard", fields.get("primary_dashboard")), ("feature_flag", flag)];
        cohorts.chain(others.into_iter().filter_map(|(kind, id)| mention::id(kind, id))).collect()
    }
}

/// Whether a field of the answer is a secret, or has one in it.
pub(super) fn is_secret(field: &str, value: &Json) -> bool {
    ["token", "secret", "password"].iter().any(|word| field.contains(word))
        || match value {
            Json::Object(map) => map.iter().any(|(key, value)| is_secret(key, value)),
            Json::Array(list) => list.iter().any(|value| is_secret("", value)),
            _ => false,
        }
}

/// Fields that everybody in a project may change; all others need somebody who administers it.
const FOR_MEMBERS: [&str; 6] = [
    "session_recording_opt_in",
    "autocapture_exceptions_opt_in",
    "autocapture_web_vitals_opt_in",
    "autocapture_web_vitals_allowed_metrics",
    "surveys_opt_in",
    "primary_dashboard",
];

/// From which level on people administer a project.
const ADMIN: u64 = 8;

/// Filters with their type: one that says none is of an event.
fn typed(filters: &Json) -> Json {
    let Json::Array(list) = filters else { return filters.clone() };
    let one = |filter: &Json| {
        let mut filter = filter.clone();
        if let Some(filter) = filter.as_object_mut().filter(|filter| filter.contains_key("key")) {
            posthog::default(filter, "type", "event");
        }
        filter
    };
    list.iter().map(one).collect()
}
