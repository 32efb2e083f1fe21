//! The life of an experiment, as a stack says it: each step is a request of its own, with what it does to the flag.

use crate::kinds::posthog;
use crate::kinds::prelude::*;

plg_core::words! {
    /// Where an experiment is in its life.
    ExperimentState "state of an experiment" {
        /// Not launched yet.
        draft,
        /// Launched, and its flag is on.
        running,
        /// Launched, and its flag is off: nobody gets a variant.
        paused,
        /// Over.
        stopped,
    }
}

plg_core::record! {
    /// The variant that people get once an experiment is over.
    Ship {
        /// Its key: `"test"`.
        variant: Str,
        /// Whether everybody gets it, instead of those who got a variant so far.
        to_everybody: bool = false,
    }
}

/// Where it is, as PostHog's rows and a declaration both say it.
pub(super) const STATUS: &str = "status";

/// What is shipped.
pub(super) const SHIP: &str = "ship";

/// How it came out, which the request that ends it says anew.
const OUTCOME: [&str; 2] = ["conclusion", "conclusion_comment"];

impl Ship {
    pub(super) fn json(&self) -> Term {
        term!({ "variant_key": self.variant.0, "release_to_everyone": self.to_everybody })
    }
}

/// Where a row is in its life; one of older servers does not say it itself.
pub(super) fn status(fields: &Map) -> &'static str {
    let is_set = |field: &str| fields.get(field).is_some_and(|date| !date.is_null());
    let flag_is_off = || fields.get("feature_flag").and_then(|flag| flag.get("active")) == Some(&Json::Bool(false));
    match text(fields, STATUS) {
        "draft" => "draft",
        "paused" => "paused",
        "stopped" => "stopped",
        "running" | "exposure_frozen" => "running",
        _ if !is_set("start_date") => "draft",
        _ if is_set("end_date") => "stopped",
        _ if flag_is_off() => "paused",
        _ => "running",
    }
}

/// What a flag gives to people once a variant was shipped: that variant to all who get any.
pub(super) fn shipped(fields: &Map) -> Option<Json> {
    let filters = fields.get("feature_flag")?.get("filters")?;
    let variants = filters.pointer("/multivariate/variants")?.as_array()?;
    let share = |variant: &Json| variant.get("rollout_percentage").and_then(Json::as_f64).unwrap_or_default();
    let mut chosen = variants.iter().filter(|variant| share(variant) > 0.0);
    let one = chosen.next().filter(|one| share(one) >= 100.0)?;
    if chosen.next().is_some() {
        return None;
    }
    let first = filters.get("groups").and_then(Json::as_array).and_then(|groups| groups.first());
    let is_for_all = first.is_some_and(|group| {
        let has_none = group.get("properties").and_then(Json::as_array).is_none_or(Vec::is_empty);
        has_none
            && group.get("rollout_percentage").is_none_or(|share| share.as_f64().is_none_or(|share| share >= 100.0))
    });
    Some(json!({ "variant_key": one.get("key"), "release_to_everyone": is_for_all }))
}

/// Whether what is to be shipped is what people get.
pub(super) fn is_shipped(want: &Json, live: &Json) -> bool {
    let is_for_all = |ship: &Json| ship.get("release_to_everyone") == Some(&Json::Bool(true));
    want.get("variant_key") == live.get("variant_key") && (!is_for_all(want) || is_for_all(live))
}

/// What the next request of a change says, where its life changes.
pub(super) fn part(want: &Map, changed: &[String], prior: &Prior) -> Option<Map> {
    let is = |field: &str| changed.iter().any(|name| name == field);
    if !is(STATUS) && !is(SHIP) {
        return None;
    }
    let of_life = |field: &String| [STATUS, SHIP].contains(&field.as_str()) || OUTCOME.contains(&field.as_str());
    let plain: Vec<String> = changed.iter().filter(|field| !of_life(field)).cloned().collect();
    if !plain.is_empty() {
        return Some(pick(want, &plain));
    }
    let one = |status: &str| Map::from_iter([(STATUS.to_owned(), Json::from(status))]);
    let wanted = text(want, STATUS);
    let next = match (status(&prior.fields), wanted) {
        ("draft", _) | ("paused", "running") => one("running"),
        ("running", "paused") => one("paused"),
        (now, _) => {
            let mut last = if now == "stopped" { Map::new() } else { one("stopped") };
            last.extend(OUTCOME.iter().filter_map(|field| Some(((*field).to_owned(), want.get(*field)?.clone()))));
            let ship = want
                .get(SHIP)
                .filter(|ship| is(SHIP) || !prior.fields.get(SHIP).is_some_and(|live| is_shipped(ship, live)));
            last.extend(ship.map(|ship| (SHIP.to_owned(), ship.clone())));
            last
        }
    };
    Some(next)
}

/// The request that takes an experiment a step further; none where its life does not change.
pub(super) fn step(at: &RestCollection, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
    let is = |field: &str| changed.iter().any(|name| name == field);
    let path = |action: &str| format!("{}{action}/", at.get(&prior.id).path);
    // PostHog forgets what this does not say.
    let outcome = || {
        let said = |field: &str| want.get(field).or_else(|| prior.fields.get(field)).filter(|said| !said.is_null());
        OUTCOME.iter().filter_map(|field| Some(((*field).to_owned(), said(field)?.clone()))).collect::<Map>()
    };
    if is(SHIP)
        && let Some(ship) = want.get(SHIP).and_then(Json::as_object)
    {
        let mut body = outcome();
        body.extend(ship.clone());
        // Each time it is said, another condition set for everybody comes before the others.
        let is_for_all = prior.fields.get(SHIP).and_then(|live| live.get("release_to_everyone"));
        if is_for_all == Some(&Json::Bool(true)) {
            body.insert("release_to_everyone".into(), Json::Bool(false));
        }
        return Some(Call::new("POST", path("ship_variant"), body.into()));
    }
    if !is(STATUS) {
        return None;
    }
    match (status(&prior.fields), text(want, STATUS)) {
        ("draft", _) => Some(Call::new("POST", path("launch"), json!({}))),
        ("paused", "running") => Some(Call::new("POST", path("resume"), json!({}))),
        ("running", "paused") => Some(Call::new("POST", path("pause"), json!({}))),
        ("running" | "paused", "stopped") => Some(Call::new("POST", path("end"), outcome().into())),
        _ => None,
    }
}

/// What becomes of the flag.
pub(super) fn effects(want: &Map, changed: &[&str], live: Option<&Live>) -> Vec<String> {
    if !changed.contains(&STATUS) && !changed.contains(&SHIP) {
        return Vec::new();
    }
    let now = live.map_or("draft", |live| status(&live.fields));
    let wanted = text(want, STATUS);
    let ships = want.get(SHIP).filter(|ship| {
        changed.contains(&SHIP)
            || !live.and_then(|live| live.fields.get(SHIP)).is_some_and(|live| is_shipped(ship, live))
    });
    let mut said: Vec<String> = Vec::new();
    if now == "draft" && wanted != "draft" {
        said.push("launching it switches on its flag, and people get its variants".to_owned());
    }
    match (now, wanted) {
        ("draft" | "running", "paused") => {
            said.push("pausing it switches off its flag, and nobody gets a variant any more".to_owned());
        }
        ("paused", "running") => said.push("resuming it switches on its flag again".to_owned()),
        ("stopped", "stopped") => {}
        (_, "stopped") if ships.is_none() => {
            said.push("ending it leaves its flag as it is: people keep the variants they get now".to_owned());
        }
        _ => {}
    }
    said.extend(ships.map(|ship| {
        let variant = ship.get("variant_key").and_then(Json::as_str).unwrap_or_default();
        let all = if ship.get("release_to_everyone") == Some(&Json::Bool(true)) {
            ", and everybody gets it, by a condition set before all others"
        } else {
            ""
        };
        format!(
            "shipping `{variant}` gives it 100% of its flag, and the others 0%{all}; from then on the flag's shares and \
             conditions are the experiment's"
        )
    }));
    said
}

/// Why PostHog would not take it there.
pub(super) fn refuses(before: &Map, after: &Map) -> Option<Hold> {
    let (now, then) = (status(before), status(after));
    match (now, then) {
        ("stopped", "draft" | "running" | "paused") => Some(Hold {
            says: "it has ended, and an ended experiment cannot run again".into(),
            help: "write `state: stopped`, and declare another experiment, with a title of its own, to run it again",
        }),
        ("running" | "paused", "draft") => Some(Hold {
            says: "it was launched, and cannot become a draft again".into(),
            help: "write `state: paused` or `state: stopped`, or leave `state` out",
        }),
        _ => None,
    }
}

/// What a stack says of the flag once a variant was shipped.
pub(super) fn as_written(fields: &Map) -> Option<String> {
    let shares = fields.get("feature_flag")?.pointer("/filters/multivariate/variants")?.as_array()?;
    let share = |one: &Json| {
        let key = one.get("key").and_then(Json::as_str).unwrap_or_default();
        let share = one.get("rollout_percentage").and_then(Json::as_f64).unwrap_or_default();
        format!("{key}: {share}%")
    };
    let shares: Vec<String> = shares.iter().map(share).collect();
    let ship = fields.get(SHIP).filter(|ship| !ship.is_null())?;
    let all = ship.get("release_to_everyone") == Some(&Json::Bool(true));
    Some(format!("`variants: {{ {} }}`{}", shares.join(", "), if all { " and `rollout: 100%`" } else { "" }))
}

/// Checks what a declaration says of its life.
pub(super) fn check(experiment: &Block, report: &mut Report) {
    let state = experiment.get("state").and_then(Node::word);
    if let (Some(ship), None | Some("draft" | "running" | "paused")) = (experiment.get("ship"), state) {
        let message = "only a stopped experiment can ship a variant\nhelp: write `state: stopped` beside it";
        report.error(codes::NEEDS_ANOTHER, ship.at, message);
    }
}

/// A flag is switched on and off by the life of its experiment, or by its own declaration.
pub(in crate::kinds) fn check_active(experiment: &Block, world: &Declarations, report: &mut Report) {
    let (Some(state), Some(flag)) =
        (experiment.get("state"), experiment.get("flag").and_then(|node| world.target(node)))
    else {
        return;
    };
    if state.word() != Some("draft") && flag.get("active").is_some() {
        report.error(
            crate::codes::BUILT_ON,
            state.at,
            format!(
                "`active` of `{0}` and `state` of its experiment both set whether the flag is on\nhelp: remove `active` from `{0}`, or `state` here",
                flag.name
            ),
        );
    }
}

/// What rows say of their life, brought into one form.
pub(super) fn read(fields: &mut Map) {
    let now = status(fields);
    if now == "stopped" {
        // People may have made something else of the flag since.
        let shipped = shipped(fields).unwrap_or_default();
        fields.insert(SHIP.to_owned(), shipped);
    }
    posthog::default(fields, STATUS, now);
}
