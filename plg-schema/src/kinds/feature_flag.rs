//! PostHog feature flags.

use super::cohort::{self, Cohort};
use super::posthog;
use super::prelude::*;
use super::property::{self, PropertyTest};

words! {
    /// Where a flag may be asked about.
    Evaluated "place to evaluate a flag" {
        /// Anywhere.
        all,
        /// On servers only.
        server,
        /// In browsers and apps only.
        client,
    }
}

words! {
    /// What decides which share somebody falls into.
    BucketedBy "way to bucket people" {
        /// The person.
        person = "distinct_id",
        /// The device, signed in or not.
        device = "device_id",
    }
}

choice! {
    /// One thing people must have in common to get a flag.
    Audience "condition of a flag" {
        /// A property of theirs compares: `person("plan", is: ["trial"])`.
        person(PropertyTest),
        /// They are in a cohort: `member(BetaTesters)`. A cohort found by what people did cannot be used.
        member(Link<Cohort>),
        /// They are not in a cohort.
        not_member(Link<Cohort>),
    }
}

record! {
    /// A condition set: some people, and the share of them who get the flag.
    Release {
        /// What these people have in common, all of it; everybody, if nothing is written.
        to: &'static [Audience] = &[],
        /// The share of them who get it.
        rollout: Percent = Percent(100.0),
        /// The variant that they all get, instead of falling into one.
        variant: Option<Key> = None,
    }
}

kind! {
    /// A switch that code asks about by key.
    feature_flag FeatureFlag {
        /// What the code asks for, up to 400 letters, digits, `-` and `_`. Unique in the project.
        key: Key,
        /// The share of all people who get it: everybody, unless it or `release` is written.
        rollout: Option<Percent> = None,
        /// Condition sets, tried in order before `rollout`: the first that somebody fits decides.
        release: &'static [Release] = &[],
        /// What those people get, each with its share: 2 to 20, together 100 %. Without variants the flag is on or off.
        variants: Keyed<Percent> = Keyed(&[]),
        /// What code gets along with the flag, where it has no variants.
        payload: Option<crate::Json> = None,
        /// What code gets along with each variant.
        payloads: Keyed<crate::Json> = Keyed(&[]),
        /// Whether it is switched on. People flip it in the web app, and so does an experiment on
        /// it, so it is only compared where it is written here.
        active: Option<bool> = None,
        /// Whether people keep what they got when they sign in. Not together with `bucketed_by: device`.
        persist: bool = false,
        /// Where it may be asked about.
        evaluated: Evaluated = Evaluated::all,
        /// What decides which share somebody falls into.
        bucketed_by: BucketedBy = BucketedBy::person,
        /// Whether it is there for its payload alone, the same for everybody.
        remote_config: bool = false,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Str] = &[],
    }
    provider: Posthog,
    check: check,
    unique: &[("key", None)],
    titled: None,
    surface: Surface { constants: &[("KEY", "key")], variants: Some("variants"), word: "variant key", properties: None },
    wire: &Flags,
}

fn check(flag: &Block, world: &World, report: &mut Report) {
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    check_variants(flag, variants, report);
    check_payloads(flag, variants, report);
    for release in flag.get("release").map_or(&[][..], Node::list) {
        check_release(release, variants, world, report);
    }
    if flag.get("bucketed_by").and_then(Node::word) == Some("device")
        && let Some(Node { at, given: Given::Bool(true) }) = flag.get("persist")
    {
        report.error(*at, "`persist` needs the person, and this flag goes by the device\nhelp: leave out `persist`, or `bucketed_by: device`");
    }
    if let Some(Node { given: Given::Bool(true), .. }) = flag.get("remote_config") {
        if flag.get("payload").is_none() {
            report.error(
                flag.key_site("remote_config"),
                "remote configuration is a payload, and there is none\nhelp: write `payload: { \"limit\": 10 }`",
            );
        }
        if let Some(rollout) = flag.get("rollout") {
            report.error(rollout.at, "remote configuration is the same for everybody\nhelp: leave out `rollout`");
        }
    }
}

fn check_variants(flag: &Block, variants: &[(String, crate::Site, Node)], report: &mut Report) {
    let Some(node) = flag.get("variants") else { return };
    if !(2..=20).contains(&variants.len()) {
        report.error(
            node.at,
            format!(
                "a flag has 2 to 20 variants, but here is {}\nhelp: write `{{ control: 50%, test: 50% }}`",
                variants.len()
            ),
        );
        return;
    }
    let shares = variants.iter().map(|(_, _, share)| match share.given {
        Given::Percent(share) => share,
        _ => 0.0,
    });
    let sum: f64 = shares.sum();
    if (sum - 100.0).abs() > 0.001 {
        report.error(node.at, format!("the variants' shares add up to {}%, not 100%", (sum * 1000.0).round() / 1000.0));
    }
}

fn check_payloads(flag: &Block, variants: &[(String, crate::Site, Node)], report: &mut Report) {
    if !variants.is_empty()
        && let Some(payload) = flag.get("payload")
    {
        report.error(
            payload.at,
            format!("a flag with variants has a payload for each\nhelp: write `payloads: {{ {}: … }}`", variants[0].0),
        );
    }
    for (key, at, _) in flag.get("payloads").map_or(&[][..], Node::map) {
        check_variant(key, *at, variants, report);
    }
}

fn check_variant(key: &str, at: crate::Site, variants: &[(String, crate::Site, Node)], report: &mut Report) {
    if variants.is_empty() {
        report.error(
            at,
            format!(
                "`{key}` is no variant, as this flag has none\nhelp: write `variants: {{ control: 50%, {key}: 50% }}`"
            ),
        );
    } else if !variants.iter().any(|(known, ..)| known == key) {
        let known: Vec<String> = variants.iter().map(|(known, ..)| format!("`{known}`")).collect();
        report.error(at, format!("`{key}` is no variant of this flag\nhelp: write one of {}", known.join(", ")));
    }
}

fn check_release(release: &Node, variants: &[(String, crate::Site, Node)], world: &World, report: &mut Report) {
    if let Some(variant) = release.field("variant")
        && let Some(key) = variant.text()
    {
        check_variant(key, variant.at, variants, report);
    }
    for audience in release.field("to").map_or(&[][..], Node::list) {
        match (audience.word(), audience.held()) {
            (Some("person"), Some(test)) => property::check(test, report),
            (Some("member" | "not_member"), Some(held)) => {
                if let Some(cohort) = world.target(held)
                    && cohort::is_behavioral(cohort, world)
                {
                    report.error(
                        held.at,
                        format!("`{}` is found by what people did, and such a cohort cannot be used in a flag\nhelp: use a cohort of `person(…)` conditions", cohort.name),
                    );
                }
            }
            _ => {}
        }
    }
}

impl Describe for FeatureFlag {
    fn want(&self) -> Want {
        let variants: Vec<Json> = self
            .variants
            .iter()
            .map(|v| json!({ "key": v.key, "name": crate::text::title(&crate::text::pascal(v.key)), "rollout_percentage": number(v.value.0) }))
            .collect();
        let payloads: Map = self
            .payload
            .iter()
            .map(|payload| ("true".to_owned(), payload.value()))
            .chain(self.payloads.iter().map(|entry| (entry.key.to_owned(), entry.value.value())))
            .collect();
        let want = posthog::declared(&self.common)
            .set("key", self.key.0)
            .set("name", self.common.doc)
            .set("groups", self.groups())
            .set("variants", variants)
            .set("payloads", payloads)
            .set("ensure_experience_continuity", self.persist)
            .set("evaluation_runtime", self.evaluated.as_str())
            .set("bucketing_identifier", self.bucketed_by.as_str())
            .set("is_remote_configuration", self.remote_config)
            .set("tags", posthog::tags(self.tags));
        match self.active {
            Some(active) => want.set("active", active),
            None => want.set_loose("active", true),
        }
    }
}

impl FeatureFlag {
    fn groups(&self) -> Vec<Json> {
        let everybody = match (self.rollout, self.release) {
            (None, [_, ..]) => None,
            (rollout, _) => Some(rollout.unwrap_or(Percent(100.0))),
        };
        let everybody = everybody.map(|share| json!({ "properties": [], "rollout_percentage": number(share.0) }));
        self.release.iter().map(Release::json).chain(everybody).collect()
    }
}

impl Release {
    fn json(&self) -> Json {
        let properties: Vec<Json> = self.to.iter().map(Audience::json).collect();
        let mut group = Map::new();
        group.insert("properties".into(), properties.into());
        group.insert("rollout_percentage".into(), number(self.rollout.0));
        group.extend(self.variant.map(|variant| ("variant".to_owned(), Json::from(variant.0))));
        Json::Object(group)
    }
}

impl Audience {
    fn json(&self) -> Json {
        let cohort = |cohort: Link<Cohort>, operator: &str| json!({ "key": "id", "type": "cohort", "operator": operator, "value": reference(cohort) });
        match self {
            Audience::person(test) => test.filter("person"),
            Audience::member(of) => cohort(of, "in"),
            Audience::not_member(of) => cohort(of, "not_in"),
        }
    }
}

#[derive(Debug)]
struct Flags;

const PATH: &str = "/api/projects/{project}/feature_flags/";

/// Fields that are kept inside `filters`.
const FILTERS: [&str; 3] = ["groups", "variants", "payloads"];

/// What the server or another resource writes into condition sets.
const NOISE: &[&str] =
    &["cohort_name", "group_key_names", "label", "sort_key", "exposure_frozen", "exposure_frozen_cohort"];

/// A request body. `filters` is merged by the server key by key, so it says what is cleared, and
/// leaves out what experiments and early access features keep there.
fn body(want: &Map) -> Map {
    let mut body = Map::new();
    let mut filters = Map::new();
    for (field, value) in want {
        match field.as_str() {
            "groups" => filters.insert("groups".into(), value.clone()),
            "variants" if value.as_array().is_some_and(Vec::is_empty) => {
                filters.insert("multivariate".into(), Json::Null)
            }
            "variants" => filters.insert("multivariate".into(), json!({ "variants": value })),
            "payloads" => filters.insert("payloads".into(), encoded(value)),
            _ => body.insert(field.clone(), value.clone()),
        };
    }
    if !filters.is_empty() {
        body.insert("filters".into(), Json::Object(filters));
    }
    body
}

/// Payloads are JSON in text.
fn encoded(payloads: &Json) -> Json {
    let payloads = payloads.as_object().into_iter().flatten();
    Json::Object(payloads.map(|(key, value)| (key.clone(), Json::from(value.to_string()))).collect())
}

fn decoded(payloads: &Json) -> Json {
    let value = |json: &Json| match json.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_else(|_| json.clone()),
        None => json.clone(),
    };
    let payloads = payloads.as_object().into_iter().flatten();
    Json::Object(payloads.map(|(key, json)| (key.clone(), value(json))).collect())
}

/// A condition set without what the server fills in.
fn group(json: &Json) -> Json {
    let Json::Object(mut group) = posthog::compact(json, NOISE) else { return json.clone() };
    posthog::default(&mut group, "properties", json!([]));
    // Evaluated so, though it is stored as it was sent.
    posthog::default(&mut group, "rollout_percentage", 100);
    posthog::normalise(&mut group, "properties", |properties| {
        properties.as_array().into_iter().flatten().map(property::comparable).collect()
    });
    Json::Object(group)
}

impl Wire for Flags {
    fn listing(&self, _: &Map) -> Listing {
        posthog::pages(PATH)
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        // Made by surveys for themselves.
        if text(&live.fields, "key").starts_with("survey-targeting-") {
            return None;
        }
        live.archived |= live.fields.get("archived") == Some(&Json::Bool(true));
        let fields = &mut live.fields;
        let filters = fields.remove("filters").unwrap_or_default();
        let list = |json: Option<&Json>| json.and_then(Json::as_array).cloned().unwrap_or_default();
        let groups: Vec<Json> = list(filters.get("groups")).iter().map(group).collect();
        let variants = list(filters.get("multivariate").and_then(|m| m.get("variants")));
        fields.insert("groups".into(), groups.into());
        fields.insert("variants".into(), variants.iter().map(|v| posthog::compact(v, &[])).collect());
        fields.insert("payloads".into(), decoded(filters.get("payloads").unwrap_or(&Json::Null)));
        posthog::default(fields, "name", "");
        posthog::default(fields, "tags", json!([]));
        // Older servers do not have these, and do what is the default here.
        posthog::default(fields, "ensure_experience_continuity", false);
        posthog::default(fields, "evaluation_runtime", Evaluated::all.as_str());
        posthog::default(fields, "bucketing_identifier", BucketedBy::person.as_str());
        posthog::default(fields, "is_remote_configuration", false);
        Some(live)
    }

    fn detail(&self, prior: &Prior) -> Option<Call> {
        // The list leaves out archived flags.
        prior.fields.is_empty().then(|| Call::bare("GET", posthog::address(PATH, prior)))
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", PATH, Json::Object(body(want)))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = posthog::only(want, changed);
        if FILTERS.iter().any(|field| part.contains_key(*field)) {
            part.extend(FILTERS.iter().filter_map(|f| Some(((*f).to_owned(), want.get(*f)?.clone()))));
        }
        Some(posthog::patch(PATH, prior, body(&part)))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let mut body = body(want);
        body.insert("archived".into(), Json::Bool(false));
        Some(posthog::undelete(PATH, prior, body))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        posthog::soft_delete(PATH, prior)
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "key").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "tags" { same_set(want, live) } else { same(want, live) }
    }
}
