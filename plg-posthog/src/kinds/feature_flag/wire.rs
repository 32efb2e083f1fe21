//! How feature flags speak to PostHog.

use super::release::TYPE_OF_GROUP;
use super::settled;
use super::{BucketedBy, Evaluated};
use crate::kinds::prelude::*;
use crate::kinds::{posthog, property};
use plg_core::hollow::is_hollow;

#[derive(Debug)]
pub(super) struct Flags;

/// Whether PostHog keeps the payload encrypted, and shows it to nobody but those who may read it.
pub(super) const ENCRYPTED: &str = "has_encrypted_payloads";

/// Where applications ask that a flag is for.
pub(super) const CONTEXTS: &str = "evaluation_contexts";

/// The payload that only a request says.
const SECRET: &str = "secret_payload";

/// Fields that are kept inside `filters`.
const FILTERS: [&str; 4] = ["groups", "variants", "payloads", "filters"];

/// What the server writes into conditions on each read.
const NOISE: &[&str] = &["cohort_name", "group_key_names"];

/// A share of each variant; what people call it is theirs.
static VARIANTS: Owned = Owned::Items {
    by: &["key"],
    open: false,
    each: &Owned::Keys { known: &["key", "rollout_percentage"], inside: &[], told: |_| true },
};

/// Condition sets: what they aggregate by, what people noted, what an experiment froze stays in them.
static GROUPS: Owned = Owned::Items {
    by: &[],
    open: false,
    each: &Owned::Keys {
        known: &["properties", "rollout_percentage", "variant"],
        inside: &[("properties", CONDITIONS)],
        told: |key| key != "sort_key",
    },
};

/// Conditions; a label says nothing about whom they fit.
const CONDITIONS: Owned = Owned::Items {
    by: &["key", "type"],
    open: false,
    each: &Owned::Keys {
        known: &["key", "type", "operator", "value", "negation", "group_type_index"],
        inside: &[],
        told: UNTOLD,
    },
};

/// A request body. `filters` is merged by the server key by key, so it says what is cleared, and
/// leaves out what experiments and early access features keep there.
fn body(want: &Map) -> Map {
    let mut body = Map::new();
    let mut filters = want.get("filters").and_then(Json::as_object).cloned().unwrap_or_default();
    for (field, value) in want {
        match field.as_str() {
            "groups" => filters.insert("groups".into(), posthog_groups(value)),
            "variants" if value.as_array().is_some_and(Vec::is_empty) => {
                filters.insert("multivariate".into(), Json::Null)
            }
            "variants" => filters.insert("multivariate".into(), json!({ "variants": value })),
            "payloads" => filters.insert("payloads".into(), encoded(value)),
            SECRET => filters.insert("payloads".into(), json!({ "true": as_json(value) })),
            "filters" => None,
            _ => body.insert(field.clone(), value.clone()),
        };
    }
    if !filters.is_empty() {
        body.insert("filters".into(), Json::Object(filters));
    }
    body
}

/// Condition sets as they are sent: other flags are named by their ids as text.
pub(in crate::kinds) fn posthog_groups(groups: &Json) -> Json {
    let mut groups = groups.clone();
    for filter in flag_conditions(&mut groups) {
        if let Some(id) = filter.get("key").filter(|key| key.is_number()).map(Json::to_string) {
            filter["key"] = id.into();
        }
    }
    groups
}

/// The conditions on other flags, in condition sets.
fn flag_conditions(groups: &mut Json) -> impl Iterator<Item = &mut Json> {
    let groups = groups.as_array_mut().into_iter().flatten();
    let all = groups.filter_map(|group| group.get_mut("properties")?.as_array_mut()).flatten();
    all.filter(|filter| filter.get("type").and_then(Json::as_str) == Some("flag"))
}

/// A text that is JSON, whatever somebody wrote into a variable.
fn as_json(value: &Json) -> String {
    let text = value.as_str().unwrap_or_default();
    let is_json = serde_json::from_str::<Json>(text).is_ok();
    if is_json { text.to_owned() } else { value.to_string() }
}

/// Payloads are JSON in text.
pub(in crate::kinds) fn encoded(payloads: &Json) -> Json {
    let payloads = payloads.as_object().into_iter().flatten();
    Json::Object(payloads.map(|(key, value)| (key.clone(), Json::from(value.to_string()))).collect())
}

pub(in crate::kinds) fn decoded(payloads: &Json) -> Json {
    let value = |json: &Json| match json.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_else(|_| json.clone()),
        None => json.clone(),
    };
    let payloads = payloads.as_object().into_iter().flatten().filter(|(_, json)| !json.is_null());
    Json::Object(payloads.map(|(key, json)| (key.clone(), value(json))).collect())
}

/// A condition set without what the server fills in.
pub(in crate::kinds) fn group(json: &Json) -> Json {
    let Json::Object(mut group) = posthog::compact(json, NOISE) else { return json.clone() };
    posthog::default(&mut group, "properties", json!([]));
    // Evaluated so, though it is stored as it was sent.
    posthog::default(&mut group, "rollout_percentage", 100);
    posthog::normalise(&mut group, "properties", |properties| {
        properties.as_array().into_iter().flatten().map(condition).collect()
    });
    Json::Object(group)
}

/// One condition: another flag is known by its id, which is a number.
fn condition(json: &Json) -> Json {
    if json.get("type").and_then(Json::as_str) != Some("flag") {
        return property::comparable(json);
    }
    let mut filter = json.clone();
    if let Some(id) = filter.get("key").and_then(Json::as_str).and_then(|id| id.parse::<u64>().ok()) {
        filter["key"] = id.into();
    }
    filter
}

/// Takes it out of sets of people that they are a share of groups: the server keeps what is not said.
fn of_people(groups: &mut Json) {
    for group in groups.as_array_mut().into_iter().flatten() {
        let properties = group.get("properties").and_then(Json::as_array).into_iter().flatten();
        let is_of_people = properties
            .into_iter()
            .any(|one| matches!(one.get("type").and_then(Json::as_str), Some("person" | "cohort" | "flag")));
        if is_of_people && group.get(TYPE_OF_GROUP).is_some() {
            group[TYPE_OF_GROUP] = Json::Null;
        }
    }
}

/// The condition sets of a flag: where it has none people fit by nothing, and one of old, without a list of them, fits
/// by its own properties and share.
fn sets(flag: &Map) -> Vec<Json> {
    let filters = flag.get("filters").and_then(Json::as_object);
    match filters.and_then(|filters| filters.get("groups")).and_then(Json::as_array) {
        Some(groups) if groups.is_empty() => vec![json!({ "properties": [], "rollout_percentage": 0 })],
        Some(groups) => groups.clone(),
        None => {
            let properties = filters.and_then(|filters| filters.get("properties")).cloned();
            let share = flag.get("rollout_percentage").cloned();
            vec![json!({ "properties": properties, "rollout_percentage": share })]
        }
    }
}

/// Texts that are kept in no order.
fn sorted(texts: &Json) -> Json {
    let mut texts: Vec<Json> = texts.as_array().cloned().unwrap_or_default();
    texts.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    texts.into()
}

/// The variants, each with its share, whatever else people call them.
fn shares(fields: &Map) -> Vec<(String, String)> {
    let variants = fields.get("variants").and_then(Json::as_array).into_iter().flatten();
    let share = |variant: &Json| {
        let share = variant.get("rollout_percentage").and_then(Json::as_f64).unwrap_or_default();
        (text_of(variant, "key"), share.to_string())
    };
    variants.map(share).collect()
}

fn text_of(json: &Json, key: &str) -> String {
    json.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn variant_keys(fields: &Map) -> Vec<String> {
    let variants = fields.get("variants").and_then(Json::as_array).into_iter().flatten();
    variants.filter_map(|variant| variant.get("key")?.as_str().map(str::to_owned)).collect()
}

impl Wire for Flags {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("feature_flags")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        // Made by surveys for themselves.
        if text(&live.fields, "key").starts_with("survey-targeting-") {
            return None;
        }
        live.archived |= live.fields.get("archived") == Some(&Json::Bool(true));
        let fields = &mut live.fields;
        // Whoever may read it gets it in the clear: it is never kept.
        let is_secret = fields.get(ENCRYPTED) == Some(&Json::Bool(true));
        if is_secret && let Some(filters) = fields.get_mut("filters").and_then(Json::as_object_mut) {
            filters.remove("payloads");
        }
        let filters = fields.get("filters").cloned().unwrap_or_default();
        let list = |json: Option<&Json>| json.and_then(Json::as_array).cloned().unwrap_or_default();
        let groups: Vec<Json> = sets(fields).iter().map(group).collect();
        let variants = list(filters.get("multivariate").and_then(|m| m.get("variants")));
        fields.insert("groups".into(), groups.into());
        fields.insert("variants".into(), variants.iter().map(|v| posthog::compact(v, &[])).collect());
        fields.insert("payloads".into(), decoded(filters.get("payloads").unwrap_or(&Json::Null)));
        posthog::normalise(fields, CONTEXTS, sorted);
        posthog::default(fields, "name", "");
        posthog::default(fields, "tags", json!([]));
        // Older servers do not have these, and do what is the default here.
        posthog::default(fields, "ensure_experience_continuity", false);
        posthog::default(fields, "evaluation_runtime", Evaluated::all.as_str());
        posthog::default(fields, "bucketing_identifier", BucketedBy::person.as_str());
        posthog::default(fields, "is_remote_configuration", false);
        Some(live)
    }

    fn detail(&self, id: &str, fields: &Map) -> Option<Call> {
        // The list leaves out archived flags.
        fields.is_empty().then(|| self.collection(fields).get(id))
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(posthog::without_usage_dashboard(body(want)))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        posthog::together(&mut part, want, &FILTERS);
        posthog::normalise(&mut part, "groups", |groups| {
            let mut groups = groups.clone();
            of_people(&mut groups);
            groups
        });
        // A plain payload is one that everybody may read.
        if part.contains_key("payloads") && prior.fields.get(ENCRYPTED) == Some(&Json::Bool(true)) {
            part.insert(ENCRYPTED.to_owned(), Json::Bool(false));
        }
        // The server merges them key by key: those of others are left out.
        if let (Some(Json::Object(sent)), Some(live)) = (part.get_mut("filters"), prior.fields.get("filters")) {
            sent.retain(|key, value| live.get(key).is_none_or(|live| !same(value, live)));
        }
        Some(self.collection_of(prior).change(prior, body(&part)))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let mut body = body(want);
        body.insert("archived".into(), Json::Bool(false));
        self.collection_of(prior).restore(prior, body)
    }

    // Its description is called `name`.
    fn descriptive(&self) -> &'static [&'static str] {
        &["name", "tags"]
    }

    /// Whether it is on, and for how many.
    fn goes_without_saying(&self, new: &Map) -> Vec<(&'static str, String)> {
        let everybody = match new.get("groups").and_then(Json::as_array).map(Vec::as_slice) {
            Some([group]) if group.get("properties").is_some_and(is_hollow) => group.get("rollout_percentage"),
            _ => None,
        };
        let rollout = everybody.map(|share| ("rollout", format!("{share}%")));
        let active = new.get("active").map(|active| ("active", active.to_string()));
        rollout.into_iter().chain(active).collect()
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "description" => &["name"],
            "rollout" | "release" => &["groups"],
            "names" => &["variants"],
            "payload" => &["payloads"],
            "secret_payload" => &[SECRET, ENCRYPTED],
            "contexts" => &[CONTEXTS],
            "contexts_match" => &["evaluation_contexts_match_mode"],
            "persist" => &["ensure_experience_continuity"],
            "evaluated" => &["evaluation_runtime"],
            "bucketed_by" => &["bucketing_identifier"],
            "remote_config" => &["is_remote_configuration"],
            _ => itself(word),
        }
    }

    /// Three of its fields are one to PostHog, and the words say which of them it is about.
    fn field_at_fault<'a>(&self, said: &'a str, message: &str) -> &'a str {
        let field = said.split("__").next().unwrap_or(said);
        match field {
            "filters" if message.contains("ariant") => "variants",
            "filters" if message.contains("ayload") => "payloads",
            "filters" => "groups",
            _ => field,
        }
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["original_flag", "creation_context", "_create_in_folder", SECRET]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "key").to_owned())
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            "variants" => &VARIANTS,
            "groups" => &GROUPS,
            // Passed through by `extra`, among keys that others own.
            "filters" => &Owned::WRITTEN,
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "tags" | CONTEXTS => same_set(want, live),
            // What is null is not there.
            "groups" => same(&posthog::compact(want, &[]), &posthog::compact(live, &[])),
            _ => same(want, live),
        }
    }

    fn may_hold_back(&self) -> &'static [&'static str] {
        &["early_access_feature", "experiment", "feature_flag"]
    }

    fn holds_back(&self, before: &Map, after: Option<&Map>, kind: &str, other: &Live) -> Option<Hold> {
        let is_set = |field: &str| other.fields.get(field).is_some_and(|value| !value.is_null());
        let is_active = |fields: &Map| fields.get("active") == Some(&Json::Bool(true));
        let hold = |says: &str, help| Some(Hold { says: says.to_owned(), help });
        match (kind, after) {
            ("early_access_feature", None) => hold(
                "it cannot be deleted, as it is the flag of an early access feature",
                "delete the early access feature first; or keep the flag: deploy once with `on_destroy: keep`",
            ),
            ("experiment", after) if is_set("start_date") && !is_set("end_date") => match after {
                None => hold(
                    "it cannot be deleted, as an experiment runs on it",
                    "end the experiment in PostHog first; or keep the flag: deploy once with `on_destroy: keep`",
                ),
                Some(after) => {
                    let kept = variant_keys(after);
                    let gone: Vec<String> =
                        variant_keys(before).into_iter().filter(|key| !kept.contains(key)).collect();
                    let says =
                        format!("the variant {} cannot be removed, as an experiment runs on it", gone.join(", "));
                    if gone.is_empty() {
                        None
                    } else {
                        hold(&says, "end the experiment in PostHog first, or declare the variant with a share of 0%")
                    }
                }
            },
            ("feature_flag", after) if is_active(&other.fields) => match after {
                None => hold(
                    "it cannot be deleted, as active flags depend on it",
                    "remove the condition from them first; or keep the flag: deploy once with `on_destroy: keep`",
                ),
                Some(after) if is_active(before) && !is_active(after) => hold(
                    "it cannot be switched off, as active flags depend on it",
                    "switch these off first, or remove the condition from them",
                ),
                Some(_) => None,
            },
            _ => None,
        }
    }

    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        let version = before.get("filters").and_then(|filters| filters.get("version"));
        if version.is_some_and(|version| !version.is_null()) {
            return Some(Hold {
                says: "it cannot be changed, as its conditions are in a newer format of PostHog's".into(),
                help: "change it in the web app, and declare it as `existing`",
            });
        }
        let is_replayed = before.get("is_used_in_replay_settings") == Some(&Json::Bool(true));
        (after.is_none() && is_replayed).then(|| Hold {
            says: "it cannot be deleted, as the project records sessions by it".into(),
            help: "choose another flag in the project's settings of session replay first; or keep the flag: deploy once with `on_destroy: keep`",
        })
    }

    fn disturbs(&self, before: &Map, after: &Map, kind: &str, other: &Live) -> Option<String> {
        let since = posthog::runs_since(&other.fields).filter(|_| kind == "experiment")?;
        let differs = |field: &str| match (before.get(field), after.get(field)) {
            (Some(before), Some(after)) => !self.same(field, before, after),
            (before, after) => before != after,
        };
        let paused = before.get("active") == Some(&Json::Bool(true)) && after.get("active") == Some(&Json::Bool(false));
        let said = [
            (paused, "switching it off pauses that"),
            (shares(before) != shares(after), "its split changes for people who are in it"),
            (differs("groups"), "who is in it changes"),
        ];
        let said: Vec<&str> = said.into_iter().filter(|(is, _)| *is).map(|(_, says)| says).collect();
        (!said.is_empty()).then(|| format!("an experiment runs on it since {since}, and {}", said.join(", ")))
    }

    fn may_settle(&self) -> &'static [&'static str] {
        &["scheduled_change", "experiment"]
    }

    fn settled(&self, want: &mut Terms, others: &[Settling<'_>]) {
        settled::settle(want, others);
    }

    fn removed_with(&self) -> &'static [&'static str] {
        &["archived"]
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["cohort", "feature_flag"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        crate::query::in_query(live.fields.get("groups"))
    }
}
