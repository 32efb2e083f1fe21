//! Cohorts, from what is live.

use super::*;
use plg_core::hollow::is_hollow;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Cohort {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "PostHog works it out from the conditions",
                    keys: &[
                        "**.bytecode",
                        "**.bytecode_error",
                        "**.conditionHash",
                        "version",
                        "pending_version",
                        "is_calculating",
                        "last_calculation",
                        "last_backfill_person_properties_at",
                        "errors_calculating",
                        "last_error_at",
                        "last_error_message",
                        "count",
                        "cohort_type",
                    ],
                },
                Noise { because: "another declaration says it", keys: &["experiment_set"] },
            ],
        ],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let mut cohort = Cohort { common, title: read::name(fields.get("name")), all: &[], any: &[] };
        if common.existing {
            return Ok(cohort);
        }
        if read::on(fields.get("is_static")) {
            return Err("its people were chosen one by one, not by conditions".to_owned());
        }
        let top = fields.get("filters").and_then(|filters| filters.get("properties")).unwrap_or(&Json::Null);
        let word = top.get("type").and_then(Json::as_str).unwrap_or_default();
        let mut conditions = Vec::new();
        for (place, value) in values(top).iter().enumerate() {
            let is_first_group = place == 0 && value.get("values").is_some();
            if is_first_group && value.get("type").and_then(Json::as_str) == Some(word) {
                for value in values(value) {
                    conditions.push(condition(value, known)?);
                }
            } else {
                conditions.push(condition(value, known)?);
            }
        }
        match word {
            "OR" => cohort.any = read::slice(conditions),
            _ => cohort.all = read::slice(conditions),
        }
        Ok(cohort)
    }

    /// Conditions in the form in which they are declared, and groups of old that say the same.
    fn plain(mut answer: Json) -> Json {
        let properties = answer.pointer_mut("/filters/properties").filter(|properties| !is_hollow(properties));
        let is_said = match properties {
            Some(properties) => {
                *properties = wire::levels(properties);
                true
            }
            None => wire::of_groups(answer.get("groups")).is_some(),
        };
        if let (true, Some(answer)) = (is_said, answer.as_object_mut()) {
            answer.remove("groups");
        }
        answer
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

fn values(group: &Json) -> &[Json] {
    group.get("values").and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn condition(node: &Json, known: &mut Known) -> Result<Condition, String> {
    let unknown = || format!("the condition {node} has no word");
    let says = |key: &str| node.get(key).and_then(Json::as_str).unwrap_or_default();
    let negated = read::on(node.get("negation"));
    match says("type") {
        "AND" | "OR" => {
            let of: Result<Vec<_>, _> = values(node).iter().map(|value| condition(value, known)).collect();
            let of = Conditions { of: read::slice(of?) };
            Ok(if says("type") == "AND" { Condition::all(of) } else { Condition::any(of) })
        }
        "person" if !negated => PropertyTest::read(node, "person").map(Condition::person),
        "cohort" => {
            let cohort = known.find::<Cohort>(node.get("value").unwrap_or(&Json::Null))?;
            Ok(if negated { Condition::not_member(cohort) } else { Condition::member(cohort) })
        }
        "behavioral" => {
            let key = node.get("key");
            let event = match says("event_type") {
                "events" => crate::kinds::known::tracked(known, key, None)?,
                "actions" => crate::kinds::known::tracked(known, None, key)?,
                _ => return Err(unknown()),
            };
            let within = read::span(node, "time_value", "time_interval").ok_or_else(unknown)?;
            let lately = Lately { event, within };
            match (says("value"), negated) {
                ("performed_event", true) => Ok(Condition::did_not(lately)),
                ("performed_event_first_time", false) => Ok(Condition::first_did(lately)),
                ("performed_event", false) => Ok(Condition::did(did(event, within))),
                ("performed_event_multiple", false) => {
                    let count = node.get("operator_value").and_then(read::number);
                    let mut did = did(event, within);
                    match says("operator") {
                        "gte" => did.at_least = count,
                        "lte" => did.at_most = count,
                        "eq" | "exact" => did.exactly = count,
                        _ => return Err(unknown()),
                    }
                    Ok(Condition::did(did))
                }
                ("stopped_performing_event", false) => {
                    let quiet_for = read::span(node, "seq_time_value", "seq_time_interval").ok_or_else(unknown)?;
                    Ok(Condition::stopped(Stopped { event, quiet_for, within }))
                }
                _ => Err(unknown()),
            }
        }
        _ => Err(unknown()),
    }
}

fn did(event: &'static dyn Trackable, within: Span) -> Did {
    Did { event, at_least: None, at_most: None, exactly: None, within }
}
