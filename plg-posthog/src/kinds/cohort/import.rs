//! Cohorts, from what is live.

use super::*;
use crate::kinds::element::ElementTest;
use crate::kinds::hogql::Hogql;
use crate::kinds::property::PropertyTest;
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
        let mut cohort = Cohort { common, title: read::name(fields.get("name")), all: &[], any: &[], people: None };
        if common.existing {
            return Ok(cohort);
        }
        if read::on(fields.get("is_static")) {
            let query = fields.get("query").filter(|query| !is_hollow(query));
            cohort.people = Some(match query {
                Some(query) => People::sql(asked(query)?),
                None if fields.contains_key(form::SNAPSHOT) => People::snapshot,
                None => return Err("its people were chosen one by one, not by conditions".to_owned()),
            });
            if query.is_some() {
                return Ok(cohort);
            }
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
                *properties = form::levels(properties);
                true
            }
            None => form::of_groups(answer.get("groups")).is_some(),
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

/// The query that finds the people of a static cohort.
fn asked(query: &Json) -> Result<Hogql, String> {
    match query.get("kind").and_then(Json::as_str).unwrap_or_default() {
        "HogQLQuery" => {
            let text = query.get("query").and_then(Json::as_str).unwrap_or_default();
            Ok(Hogql(read::leak(text)))
        }
        kind => Err(format!("its people come from a query of kind `{kind}`, which the language has no word for")),
    }
}

fn condition(node: &Json, known: &mut Known) -> Result<Condition, String> {
    let word = node.get("type").and_then(Json::as_str).unwrap_or_default();
    if word == "AND" || word == "OR" {
        let of: Result<Vec<_>, _> = values(node).iter().map(|value| condition(value, known)).collect();
        let of = Conditions { of: read::slice(of?) };
        return Ok(if word == "AND" { Condition::all(of) } else { Condition::any(of) });
    }
    let mut bare = node.clone();
    let negation = bare.as_object_mut().and_then(|bare| bare.remove("negation"));
    let met = leaf(&bare, known)?;
    if !read::on(negation.as_ref()) {
        return Ok(met);
    }
    Ok(match met {
        Condition::member(cohort) => Condition::not_member(cohort),
        Condition::did(Did {
            event,
            at_least: None,
            at_most: None,
            exactly: None,
            within,
            ending: None,
            since: None,
            until: None,
            with,
        }) => Condition::did_not(Lately { event, within, with }),
        met => Condition::none(Conditions { of: read::slice(vec![met]) }),
    })
}

/// A single condition, as if it were not negated.
fn leaf(node: &Json, known: &mut Known) -> Result<Condition, String> {
    let unknown = || format!("the language has no word for the condition {node}");
    let says = |key: &str| node.get(key).and_then(Json::as_str).unwrap_or_default();
    match says("type") {
        "person" => PropertyTest::read(node, "person").map(Condition::person),
        "person_metadata" if says("key") == "created_at" => {
            let ago = read::ago(says("value"));
            let day = || moment(says("value")).ok_or_else(unknown);
            Ok(Condition::first_seen(match (says("operator"), ago) {
                ("is_date_after", Some(_)) => FirstSeen { after: ago, ..FirstSeen::BLANK },
                ("is_date_before", Some(_)) => FirstSeen { before: ago, ..FirstSeen::BLANK },
                ("is_date_after", None) => FirstSeen { after_day: Some(day()?), ..FirstSeen::BLANK },
                ("is_date_before", None) => FirstSeen { before_day: Some(day()?), ..FirstSeen::BLANK },
                _ => return Err(unknown()),
            }))
        }
        "cohort" => Ok(Condition::member(known.find::<Cohort>(node.get("value").unwrap_or(&Json::Null))?)),
        "behavioral" => behavioral(&form::comparable(node), known)?.ok_or_else(unknown),
        _ => Err(unknown()),
    }
}

/// What people did, in the form in which it is compared; nothing where it has no word.
fn behavioral(node: &Json, known: &mut Known) -> Result<Option<Condition>, String> {
    let says = |key: &str| node.get(key).and_then(Json::as_str).unwrap_or_default();
    let count = |key: &str| node.get(key).and_then(read::number);
    let Some(event) = tracked(known, says("event_type"), node.get("key"))? else { return Ok(None) };
    let within = read::span(node, "time_value", "time_interval");
    let in_turn = read::span(node, "seq_time_value", "seq_time_interval");
    let filters = node.get("event_filters").and_then(Json::as_array).into_iter().flatten();
    let with: Result<Vec<EventTest>, String> = filters.map(event_test).collect();
    let with: &[EventTest] = read::slice(with?);
    let said = match says("value") {
        "performed_event_first_time" => within.map(|within| Condition::first_did(Lately { event, within, with })),
        "performed_event" => happened(node, Did { event, with, ..Did::BLANK }).map(Condition::did),
        "performed_event_multiple" => {
            happened(node, counted(node, Did { event, with, ..Did::BLANK })).map(Condition::did)
        }
        "stopped_performing_event" => within
            .zip(in_turn)
            .map(|(within, quiet_for)| Condition::stopped(Stopped { event, quiet_for, within, with })),
        "restarted_performing_event" => within
            .zip(in_turn)
            .map(|(quiet_since, back_within)| Condition::restarted(Restarted { event, back_within, quiet_since })),
        "performed_event_sequence" => {
            let second = tracked(known, says("seq_event_type"), node.get("seq_event"))?;
            second
                .zip(within.zip(in_turn))
                .map(|(second, (within, apart))| Condition::did_then(DidThen { first: event, second, apart, within }))
        }
        "performed_event_regularly" => {
            let periods = count("min_periods").zip(count("total_periods"));
            within.zip(periods).map(|(every, (periods, of))| {
                let Did { at_least, at_most, exactly, .. } = counted(node, Did::BLANK);
                // Once or more is what is meant where nothing is written.
                let at_least = at_least.filter(|count| *count != 1);
                Condition::regularly(Regularly { event, every, periods, of, at_least, at_most, exactly })
            })
        }
        _ => None,
    };
    // What it says beside the words would be lost.
    Ok(said.filter(|said| said.says(node, known)))
}

impl Condition {
    /// Whether these words say all of a condition.
    fn says(&self, node: &Json, known: &Known) -> bool {
        self.nodes().first().is_some_and(|own| same(&form::comparable(&known.resolved(own)), node))
    }
}

fn tracked(known: &mut Known, ty: &str, key: Option<&Json>) -> Result<Option<&'static dyn Trackable>, String> {
    match ty {
        "events" => crate::kinds::known::tracked(known, key, None).map(Some),
        "actions" => crate::kinds::known::tracked(known, None, key).map(Some),
        _ => Ok(None),
    }
}

fn counted(node: &Json, did: Did) -> Did {
    let count = node.get("operator_value").and_then(read::number);
    match node.get("operator").and_then(Json::as_str) {
        Some("gte") => Did { at_least: count, ..did },
        Some("lte") => Did { at_most: count, ..did },
        Some("eq" | "exact") => Did { exactly: count, ..did },
        _ => did,
    }
}

/// When it happened.
fn happened(node: &Json, did: Did) -> Option<Did> {
    let says = |key: &str| node.get(key).and_then(Json::as_str);
    let Some(since) = says("explicit_datetime") else {
        return Some(Did { within: read::span(node, "time_value", "time_interval")?, ..did });
    };
    let until = says("explicit_datetime_to");
    match (read::ago(since), until.and_then(read::ago)) {
        (Some(within), Some(ending)) => Some(Did { within: within.0, ending: Some(ending), ..did }),
        (None, None) => {
            let until = match until {
                Some(until) => Some(moment(until)?),
                None => None,
            };
            Some(Did { since: Some(moment(since)?), until, ..did })
        }
        _ => None,
    }
}

fn moment(text: &str) -> Option<When> {
    plg_core::text::date(text).is_ok().then(|| When(read::leak(text)))
}

fn event_test(filter: &Json) -> Result<EventTest, String> {
    let unknown = || format!("the language has no word for the filter {filter}");
    Ok(match filter.get("type").and_then(Json::as_str).unwrap_or_default() {
        "event" => EventTest::event(PropertyTest::read(filter, "event")?),
        "element" => EventTest::element(ElementTest::read(filter).ok_or_else(unknown)?),
        "hogql" => {
            let expression = filter.get("key").and_then(Json::as_str).ok_or_else(unknown)?;
            EventTest::sql(Hogql(read::leak(expression)))
        }
        _ => return Err(unknown()),
    })
}
