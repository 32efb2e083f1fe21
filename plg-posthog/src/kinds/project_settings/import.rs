//! Settings, from what is live: those that are not as in a new project.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for ProjectSettings {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise { because: "people call the project so", keys: &["name", "product_description"] },
                Noise {
                    because: "PostHog works it out",
                    keys: &[
                        "available_setup_task_ids",
                        "default_modifiers",
                        "event_retention_months",
                        "events_retention_enforced",
                        "group_types",
                        "has_group_types",
                        "ingested_event",
                        "is_demo",
                        "is_pending_deletion",
                        "managed_viewsets",
                        "person_on_events_querying_enabled",
                        "product_intents",
                    ],
                },
                Noise {
                    because: "the web app notes it beside what counts",
                    keys: &[
                        "test_account_filters.cohort_name",
                        "test_account_filters.group_key_names",
                        "test_account_filters.label",
                        "path_cleaning_filters.order",
                    ],
                },
                Noise {
                    because: "the web app keeps it for itself",
                    keys: &[
                        "completed_snippet_onboarding",
                        "conversations_settings",
                        "extra_settings",
                        "has_completed_onboarding_for",
                        "inject_web_apps",
                        "onboarding_tasks",
                        "proactive_tasks_enabled",
                    ],
                },
                Noise {
                    because: "it says what the key that asks may do",
                    keys: &["access_control", "effective_membership_level"],
                },
                Noise {
                    because: "where it is not paid for, every answer has PostHog's own",
                    keys: &["default_data_theme"],
                },
            ],
        ],
        usual: &[
            ("timezone", "\"UTC\""),
            ("base_currency", "\"USD\""),
            ("data_attributes", "[\"data-attr\"]"),
            ("capture_console_log_opt_in", "true"),
            ("capture_performance_opt_in", "true"),
            ("cookieless_server_hash_mode", "0"),
            ("session_recording_retention_period", "\"30d\""),
            ("session_recording_retention_period", "\"5y\""),
        ],
        called: &[],
        placed: &[],
    };

    fn label(_: &Live) -> &str {
        "Settings"
    }

    // Nobody reads one: there is nothing to tell it apart from.
    fn description(_: &Live) -> &str {
        ""
    }

    /// A project that is as all new ones are has nothing to say.
    fn is_left_alone(live: &Live, _: &Known) -> bool {
        let has_usual = |field: &str| ProjectSettings::ANSWERS.usual.iter().any(|(of, _)| *of == field);
        let is_new = |(field, value): (&String, &Json)| {
            value.is_null() || is_usual(field, value) || (!has_usual(field) && plg_core::hollow::is_hollow(value))
        };
        live.fields.iter().filter(|(field, _)| wire::FIELDS.contains(&field.as_str())).all(is_new)
    }

    /// What an answer has of secrets is nothing to tell anybody of.
    fn plain(mut answer: Json) -> Json {
        if let Some(answer) = answer.as_object_mut() {
            answer.retain(|key, value| !wire::is_secret(key, value));
        }
        answer
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        // A stack says what is not as in a new project, and a plan how everything was.
        let tells = known.tells_a_plan();
        let given =
            |field: &str| fields.get(field).filter(|value| !value.is_null() && (tells || !is_usual(field, value)));
        let text = |field: &str| given(field).and_then(Json::as_str).filter(|text| !text.is_empty()).map(read::leak);
        let list =
            |field: &str| given(field).filter(|list| list.as_array().is_some_and(|list| tells || !list.is_empty()));
        let urls = |field: &str| {
            list(field).map(|list| read::slice(read::texts(Some(list)).iter().map(|text| AppUrl(text.0)).collect()))
        };
        let count = |field: &str| given(field).and_then(Json::as_i64);
        // What is off in a new project is only told where it is on, and what is on where it is off.
        let on = |field: &str| given(field).and_then(Json::as_bool).filter(|on| tells || *on);
        let off = |field: &str| given(field).and_then(Json::as_bool);
        let primary_dashboard = match given("primary_dashboard") {
            Some(id) => known.find::<Dashboard>(id).map_err(|why| known.lose("primary_dashboard", why)).ok(),
            None => None,
        };
        let test_account_filters = match list("test_account_filters") {
            Some(filters) => Filter::read_all(Some(filters), known)
                .map_err(|why| known.lose("test_account_filters", format!("`test_account_filters`: {why}")))
                .ok(),
            None => None,
        };
        Ok(ProjectSettings {
            common,
            timezone: text("timezone").map(TimeZone),
            week_starts: match count("week_start_day") {
                Some(0) => Some(WeekStart::sunday),
                Some(1) => Some(WeekStart::monday),
                _ => None,
            },
            currency: text("base_currency").map(BaseCurrency),
            business_model: text("business_model").and_then(BusinessModel::spelt),
            human_friendly_comparison_periods: on("human_friendly_comparison_periods"),
            test_account_filters,
            without_test_users: on("test_account_filters_default_checked"),
            path_cleaning: list("path_cleaning_filters").and_then(rules),
            data_attributes: given("data_attributes")
                .filter(|list| list.is_array())
                .map(|list| read::texts(Some(list))),
            person_names: list("person_display_name_properties").map(|list| {
                let names = read::texts(Some(list)).iter().map(|name| PropertyKey::of(name.0));
                read::slice(names.collect())
            }),
            persons_on_events: given(wire::MODIFIERS)
                .and_then(|modifiers| modifiers.get(wire::PERSONS_MODE)?.as_str())
                .and_then(PersonsOnEvents::spelt),
            primary_dashboard,
            anonymize_ips: on("anonymize_ips"),
            cookieless: match count("cookieless_server_hash_mode") {
                Some(0) => tells.then_some(CookielessMode::off),
                Some(1) => Some(CookielessMode::stateless),
                Some(2) => Some(CookielessMode::stateful),
                _ => None,
            },
            app_urls: urls("app_urls"),
            recording_domains: urls("recording_domains"),
            autocapture: on("autocapture_opt_out").map(|out| !out),
            capture_exceptions: on("autocapture_exceptions_opt_in"),
            capture_web_vitals: on("autocapture_web_vitals_opt_in"),
            capture_dead_clicks: on("capture_dead_clicks"),
            capture_console_log: off("capture_console_log_opt_in"),
            capture_performance: off("capture_performance_opt_in"),
            heatmaps: on("heatmaps_opt_in"),
            surveys: on("surveys_opt_in"),
            recordings: on("session_recording_opt_in"),
            recording_sample: given(wire::SAMPLE)
                .and_then(Json::as_f64)
                .map(|share| Percent((share * 1e4).round() / 1e2)),
            recording_minimum_milliseconds: count("session_recording_minimum_duration_milliseconds"),
            recorded: match fields.get(wire::LINKED_FLAG) {
                Some(Json::Null) if tells => Some(RecordedPeople::everybody),
                Some(link) if !link.is_null() => recorded(link, known),
                _ => None,
            },
            recorded_network: given(wire::NETWORK).map(|config| NetworkCapture {
                headers: read::on(config.get("recordHeaders")),
                body: read::on(config.get("recordBody")),
            }),
            masking: given("session_recording_masking_config").map(masking),
            require_flag_tags: given(wire::POLICY)
                .and_then(|policy| policy.get(wire::REQUIRE_TAGS)?.as_bool())
                .filter(|on| tells || *on),
            require_flag_contexts: on("require_evaluation_contexts"),
            flag_confirmation: on("feature_flag_confirmation_enabled"),
            flag_confirmation_message: text("feature_flag_confirmation_message").map(Str),
            persist_flags: on("flags_persistence_default"),
        })
    }
}

/// Whether a field is as in a new project.
fn is_usual(field: &str, value: &Json) -> bool {
    let mut usual = ProjectSettings::ANSWERS.usual.iter().filter(|(of, _)| *of == field);
    usual.any(|(_, usual)| serde_json::from_str::<Json>(usual).is_ok_and(|usual| same(&usual, value)))
}

fn rules(list: &Json) -> Option<&'static [PathCleaning]> {
    let all: Option<Vec<PathCleaning>> = list
        .as_array()?
        .iter()
        .map(|rule| {
            let text = |key: &str| Some(Str(read::leak(rule.get(key)?.as_str()?)));
            Some(PathCleaning { matches: text("regex")?, alias: text("alias").unwrap_or(Str("")) })
        })
        .collect();
    all.map(read::slice)
}

fn recorded(link: &Json, known: &mut Known) -> Option<RecordedPeople> {
    let flag = link.get("id").ok_or_else(String::new).and_then(|id| known.find::<FeatureFlag>(id));
    match flag {
        Ok(flag) => {
            let variant = link.get("variant").and_then(Json::as_str).map(|key| VariantKey(read::leak(key)));
            Some(RecordedPeople::flag(FlagVariant { flag, variant }))
        }
        Err(why) => {
            known.lose(wire::LINKED_FLAG, format!("`recorded`: {why}"));
            None
        }
    }
}

fn masking(config: &Json) -> Masking {
    Masking {
        inputs: config.get("maskAllInputs").and_then(Json::as_bool),
        text: read::text(config, "/maskTextSelector"),
        block: read::text(config, "/blockSelector"),
    }
}
