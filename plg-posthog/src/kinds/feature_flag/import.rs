//! Feature flags, from what is live.

use super::*;
use crate::kinds::known::key;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for FeatureFlag {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise { because: "PostHog counts it", keys: &["version", "last_called_at", "status"] },
                Noise {
                    because: "another declaration says it",
                    keys: &[
                        "features",
                        "surveys",
                        "experiment_set",
                        "experiment_set_metadata",
                        "filters.feature_enrollment",
                        "filters.super_groups",
                        "filters.holdout",
                        "filters.holdout_groups",
                    ],
                },
                Noise {
                    because: "the rest of the flag says it",
                    keys: &[
                        "is_simple_flag",
                        "rollout_percentage",
                        "is_eligible_for_experiment",
                        "has_encrypted_payloads",
                        "has_enriched_analytics",
                        "filters.aggregation_group_type_index",
                    ],
                },
                Noise { because: "people read it beside a condition", keys: &["filters.groups.properties.label"] },
                Noise {
                    because: "PostHog adds it to each condition",
                    keys: &[
                        "filters.groups.properties.cohort_name",
                        "filters.groups.properties.group_key_names",
                        "filters.groups.sort_key",
                    ],
                },
                Noise {
                    because: "PostHog makes it beside the flag",
                    keys: &["usage_dashboard", "is_used_in_replay_settings"],
                },
                Noise { because: "it says how it came to be", keys: &["creation_context"] },
            ],
        ],
        usual: &[
            ("evaluation_contexts_match_mode", "\"any\""),
            ("filters.groups.rollout_percentage", "100"),
            ("filters.multivariate.variants.rollout_percentage", "0"),
        ],
        called: &[],
        placed: &[
            ("secret_payload", "filters.payloads"),
            ("groups", "filters.groups"),
            ("variants", "filters.multivariate"),
            ("payloads", "filters.payloads"),
        ],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "key")
    }

    /// Conditions of old that the release says in today's form; payloads that are secret are nobody's to read.
    fn plain(mut answer: Json) -> Json {
        if answer.get(wire::ENCRYPTED) == Some(&Json::Bool(true))
            && let Some(filters) = answer.get_mut("filters").and_then(Json::as_object_mut)
        {
            filters.remove("payloads");
        }
        if let Some(filters) = answer.get_mut("filters").and_then(Json::as_object_mut)
            && !filters.contains_key("groups")
        {
            filters.remove("properties");
        }
        answer
    }

    /// Surveys make flags for themselves.
    fn is_hidden(answer: &Json) -> bool {
        answer.get("key").and_then(Json::as_str).is_some_and(|key| key.starts_with("survey-targeting-"))
    }

    fn description(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        if let Some(version) = fields.get("filters").and_then(|filters| filters.get("version")).filter(|v| !v.is_null())
        {
            return Err(format!(
                "its conditions are in version {version} of PostHog's format, which only the web app can change"
            ));
        }
        if !common.existing && read::on(fields.get(wire::ENCRYPTED)) {
            return Err("its payload is encrypted: declare it with `secret_payload: env(\"…\")`".to_owned());
        }
        let list = |field: &str| fields.get(field).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let mut groups = if common.existing { &[][..] } else { list("groups") };
        let mut rollout = None;
        if let [rest @ .., last] = groups
            && is_everybody(last)
        {
            rollout = last.get("rollout_percentage").and_then(Json::as_f64).map(Percent);
            groups = rest;
        }
        let release: Result<Vec<_>, _> = groups.iter().map(|group| Release::read(group, known)).collect();
        let variants = list("variants").iter().filter_map(|variant| {
            let share = variant.get("rollout_percentage").and_then(Json::as_f64)?;
            Some(read::entry(variant.get("key")?.as_str()?, Percent(share)))
        });
        let variants = Keyed(read::slice(variants.collect()));
        let names = list("variants").iter().filter_map(|variant| {
            let name = variant.get("name")?.as_str().filter(|name| (Name::RULE.check)(name).is_ok())?;
            Some(read::entry(variant.get("key")?.as_str()?, Name(read::leak(name))))
        });
        let names = Keyed(read::slice(names.collect()));
        let mut idents: Vec<String> = variants.iter().map(|variant| plg_core::text::pascal(variant.key)).collect();
        idents.sort();
        if !common.existing && idents.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("two of its variants would have the same name in Rust".to_owned());
        }
        let payloads = fields.get("payloads").and_then(Json::as_object).cloned().unwrap_or_default();
        let (payload, payloads) = if variants.is_empty() {
            (payloads.get("true").map(read::written), Vec::new())
        } else {
            (None, payloads.iter().map(|(key, value)| read::entry(key, read::written(value))).collect())
        };
        let remote_config = read::on(fields.get("is_remote_configuration"));
        // It is the same for everybody, which goes without saying.
        rollout = rollout.filter(|share| !(remote_config && groups.is_empty() && share.0 >= 100.0));
        let word = |field: &str| text(fields, field);
        Ok(FeatureFlag {
            common,
            key: Key(read::leak(word("key"))),
            rollout,
            release: read::slice(release?),
            variants,
            names,
            payload,
            payloads: Keyed(read::slice(payloads)),
            // What it holds is nobody's to know.
            secret_payload: None,
            active: fields.get("active").and_then(Json::as_bool).filter(|active| !active),
            persist: read::on(fields.get("ensure_experience_continuity")),
            evaluated: Evaluated::spelt(word("evaluation_runtime")).unwrap_or(FeatureFlag::evaluated),
            bucketed_by: BucketedBy::spelt(word("bucketing_identifier")).unwrap_or(FeatureFlag::bucketed_by),
            remote_config,
            contexts: Some(read::tags(fields.get(wire::CONTEXTS))).filter(|contexts| !contexts.is_empty()),
            contexts_match: ContextMatch::spelt(word("evaluation_contexts_match_mode"))
                .filter(|is| matches!(is, ContextMatch::all)),
            tags: read::tags(fields.get("tags")),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
        known.keep(key(self.key.0), self);
    }
}

/// A share of all people, and nothing else.
fn is_everybody(group: &Json) -> bool {
    let keys = || group.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let says_nothing = group.get("properties").and_then(Json::as_array).is_some_and(Vec::is_empty);
    says_nothing && keys().all(|key| matches!(key, "properties" | "rollout_percentage" | "sort_key"))
}
