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
                    ],
                },
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
            ("filters.groups.rollout_percentage", "100"),
            ("filters.multivariate.variants.rollout_percentage", "0"),
        ],
        called: &[],
        placed: &[("groups", "filters.groups"), ("variants", "filters.multivariate"), ("payloads", "filters.payloads")],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "key")
    }

    /// Conditions of old that the release says in today's form.
    fn plain(mut answer: Json) -> Json {
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
        let list = |field: &str| fields.get(field).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let mut groups = if common.existing { &[][..] } else { list("groups") };
        let mut rollout = None;
        if let [rest @ .., last] = groups
            && is_everybody(last)
        {
            rollout = last.get("rollout_percentage").and_then(Json::as_f64).map(Percent);
            groups = rest;
        }
        let release: Result<Vec<_>, _> = groups.iter().map(|group| self::release(group, known)).collect();
        let variants = list("variants").iter().filter_map(|variant| {
            let share = variant.get("rollout_percentage").and_then(Json::as_f64)?;
            Some(read::entry(variant.get("key")?.as_str()?, Percent(share)))
        });
        let variants = Keyed(read::slice(variants.collect()));
        let mut idents: Vec<String> = variants.iter().map(|variant| plg_core::text::pascal(variant.key)).collect();
        idents.sort();
        if !common.existing && idents.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("two of its variants would have one name in Rust".to_owned());
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
            payload,
            payloads: Keyed(read::slice(payloads)),
            active: fields.get("active").and_then(Json::as_bool).filter(|active| !active),
            persist: read::on(fields.get("ensure_experience_continuity")),
            evaluated: Evaluated::spelt(word("evaluation_runtime")).unwrap_or(FeatureFlag::evaluated),
            bucketed_by: BucketedBy::spelt(word("bucketing_identifier")).unwrap_or(FeatureFlag::bucketed_by),
            remote_config,
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
    says_nothing && keys().all(|key| matches!(key, "properties" | "rollout_percentage"))
}

fn release(group: &Json, known: &mut Known) -> Result<Release, String> {
    let tests = group.get("properties").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let to: Result<Vec<_>, String> = tests
        .iter()
        .map(|test| match test.get("type").and_then(Json::as_str) {
            Some("cohort") => {
                let cohort = known.find::<Cohort>(test.get("value").unwrap_or(&Json::Null))?;
                match test.get("operator").and_then(Json::as_str) {
                    Some("in") => Ok(Audience::member(cohort)),
                    Some("not_in") => Ok(Audience::not_member(cohort)),
                    _ => Err(format!("the condition {test} has no word")),
                }
            }
            _ => PropertyTest::read(test, "person").map(Audience::person),
        })
        .collect();
    Ok(Release {
        to: read::slice(to?),
        rollout: Percent(group.get("rollout_percentage").and_then(Json::as_f64).unwrap_or(100.0)),
        variant: read::text(group, "/variant").map(|variant| VariantKey(variant.0)),
    })
}
