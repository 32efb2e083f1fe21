//! Several things that one destination sends, each with its own events and inputs.

use super::input::{self, Fed, SentInputs};
use super::trigger::{self, Trigger, TriggerFilters};
use crate::kinds::filter::Filter;
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::source::{Known, read};

plg_core::record! {
    /// One of several things that a destination sends.
    Mapping {
        /// What people read in PostHog.
        called: Str,
        /// The event or action that sets it off.
        on: &'static [Trigger] = &[],
        /// What must be so for it to be sent.
        with: &'static [Filter] = &[],
        /// Whether what the project's test users do is left out.
        without_test_users: bool = false,
        /// The values of its inputs. No secrets: PostHog shows all of them.
        inputs: Named<Fed> = Named(&[]),
        /// What it asks for, as the template says it: PostHog drops inputs that are not in here.
        schema: Option<plg_core::Json> = None,
    }
}

/// Mappings as they are sent.
pub(super) fn sent(mappings: &[Mapping]) -> Term {
    mappings.iter().map(one).collect()
}

fn one(mapping: &Mapping) -> Term {
    let sent = SentInputs::of(mapping.inputs.0, None);
    let inputs = sent.shown.iter().chain(sent.secret.iter()).map(|(key, value)| (key.clone(), value.clone()));
    let mut all = Terms::from_iter([
        ("name", Term::from(mapping.called.0)),
        ("inputs", Term::Map(inputs.collect())),
        (trigger::FILTERS, trigger::filters(mapping.on, mapping.with, mapping.without_test_users)),
    ]);
    if let Some(schema) = mapping.schema {
        all.insert("inputs_schema", schema.term());
    }
    Term::Map(all)
}

/// Mappings as they are compared; none is an empty list.
pub(super) fn comparable(mappings: &Json) -> Json {
    mappings.as_array().into_iter().flatten().map(comparable_one).collect()
}

fn comparable_one(mapping: &Json) -> Json {
    let part = |key: &str| mapping.get(key).filter(|value| !value.is_null());
    let (inputs, _) = input::comparable(part("inputs").unwrap_or(&Json::Null));
    let mut all = json!({
        "name": part("name").cloned().unwrap_or_else(|| "".into()),
        "inputs": inputs,
        "filters": trigger::comparable(part("filters").unwrap_or(&Json::Null)),
    });
    if let Some(schema) = part("inputs_schema").filter(|schema| schema.as_array().is_some_and(|all| !all.is_empty())) {
        all["inputs_schema"] = schema_of(schema);
    }
    all
}

/// What a function asks for, without what PostHog adds to each item.
fn schema_of(schema: &Json) -> Json {
    let mut items: Vec<Json> = schema.as_array().cloned().unwrap_or_default();
    for item in items.iter_mut().filter_map(Json::as_object_mut) {
        item.retain(|key, value| {
            !(["required", "secret", "hidden"].contains(&key.as_str()) && *value == Json::Bool(false))
        });
    }
    posthog::compact(&items.into(), &[])
}

/// Whether both send the same.
pub(super) fn same_mappings(want: &Json, live: &Json) -> bool {
    let (want, live) = (comparable(want), comparable(live));
    let (want, live) = (want.as_array().map_or(&[][..], Vec::as_slice), live.as_array().map_or(&[][..], Vec::as_slice));
    want.len() == live.len()
        && want.iter().zip(live).all(|(want, live)| {
            ["name", "inputs", "inputs_schema"].iter().all(|key| same(&want[*key], &live[*key]))
                && trigger::same_filters(&want["filters"], &live["filters"])
        })
}

/// Live mappings.
pub(super) fn read_all(mappings: &Json, known: &mut Known) -> Result<&'static [Mapping], String> {
    let mut all = Vec::new();
    for mapping in comparable(mappings).as_array().into_iter().flatten() {
        let told = TriggerFilters::read(&mapping["filters"], known)?;
        let inputs = mapping["inputs"].as_object().cloned().unwrap_or_default();
        all.push(Mapping {
            called: Str(read::leak(mapping["name"].as_str().unwrap_or_default())),
            on: told.on,
            with: told.with,
            without_test_users: told.without_test_users,
            inputs: input::read_all(&inputs, &[], None),
            schema: mapping.get("inputs_schema").map(read::written),
        });
    }
    Ok(read::slice(all))
}

/// Holds mappings to what PostHog keeps.
pub(super) fn check(mappings: &Node, report: &mut Report) {
    for mapping in mappings.list() {
        trigger::check(mapping.field("on"), mapping.field("with"), report);
        let inputs = mapping.field("inputs").map_or(&[][..], Node::map);
        for (key, _, value) in inputs {
            let held = value.held().map(|held| &held.given);
            if matches!(held, Some(Given::Json(json)) if json.names_variable()) {
                let message = format!(
                    "PostHog shows inputs of a mapping, such as `{key}`, to everybody who sees the destination\nhelp: move it to the destination's own `inputs`, and refer to it: \"{{inputs.{key}}}\""
                );
                report.error(codes::SECRET_WRITTEN, value.at, message);
            }
        }
        if let (Some(inputs), None) = (mapping.field("inputs"), mapping.field("schema")) {
            let message = "PostHog ignores inputs that a mapping's schema does not have\nhelp: write `schema: [{ \"key\": \"…\", \"type\": \"string\" }]` beside it";
            report.error(codes::NEEDS_ANOTHER, inputs.at, message);
        }
    }
}
