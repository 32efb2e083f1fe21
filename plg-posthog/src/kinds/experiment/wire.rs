//! How experiments speak to PostHog.

use super::{life, metric::comparable, settings};
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::wire::same_entries;

#[derive(Debug)]
pub(super) struct Experiments;

/// The fields that hold metrics, each with the output that remembers what PostHog calls them.
const METRICS: [(&str, &str); 2] = [("metrics", "metric_uuids"), ("metrics_secondary", "secondary_uuids")];

/// What rows of the list leave out.
const UNLISTED: &[&str] = &[
    "metrics",
    "metrics_secondary",
    "saved_metrics_ids",
    "stats_config",
    "exposure_criteria",
    "only_count_matured_users",
];

/// What PostHog changes no more in an experiment whose metrics are of the kinds before 2025.
const FIXED_IN_LEGACY: &[&str] = &["metrics", "metrics_secondary", "saved_metrics_ids", "stats_config", "holdout_id"];

/// Shared metrics, each with whatever else is said of it.
static SHARED: Owned = Owned::Items {
    by: &["id"],
    open: true,
    each: &Owned::Keys { known: &["id", "metadata"], inside: &[("metadata", Owned::WRITTEN)], told: UNTOLD },
};

/// Statistics: each method has settings of its own, and people those that are not written.
static STATS: Owned = Owned::Keys {
    known: &[],
    inside: &[("bayesian", Owned::WRITTEN), ("frequentist", Owned::WRITTEN), ("cuped", Owned::WRITTEN)],
    told: UNTOLD,
};

/// Metrics with the ids they had, so that PostHog keeps what it worked out for them: first those
/// that did not change, then the rest by position.
fn resent(declared: &Json, before: Option<&Json>, uuids: Option<&Json>) -> Json {
    let list = |json: Option<&Json>| json.and_then(Json::as_array).cloned().unwrap_or_default();
    let (before, mut uuids) = (list(before), list(uuids));
    let mut metrics = list(Some(declared));
    let mut found: Vec<Json> = vec![Json::Null; metrics.len()];
    for (metric, found) in metrics.iter().zip(&mut found) {
        let unchanged = before.iter().zip(&mut uuids).find(|(old, uuid)| !uuid.is_null() && same(metric, old));
        *found = unchanged.map_or(Json::Null, |(_, uuid)| uuid.take());
    }
    for (found, uuid) in found.iter_mut().zip(&mut uuids).filter(|(found, _)| found.is_null()) {
        *found = uuid.take();
    }
    for (metric, uuid) in metrics.iter_mut().zip(found) {
        if let (Some(metric), false) = (metric.as_object_mut(), uuid.is_null()) {
            metric.insert("uuid".into(), uuid);
        }
    }
    Json::Array(metrics)
}

/// Shared metrics as they are written, from how they are answered.
fn shared(saved: &Json) -> Json {
    let written = |link: &Json| json!({ "id": link.get("saved_metric").or_else(|| link.get("id")), "metadata": link.get("metadata") });
    saved.as_array().into_iter().flatten().map(written).collect()
}

/// An event that nobody has sent yet is refused in a metric, unless this is said.
fn allow_unknown_events(body: &mut Map) {
    if METRICS.iter().any(|(field, _)| body.contains_key(*field)) {
        body.insert("allow_unknown_events".into(), Json::Bool(true));
    }
}

fn body(want: &Map, prior: &Prior) -> Map {
    let mut body = without(want, &[life::STATUS, life::SHIP]);
    for (field, output) in METRICS {
        posthog::normalise(&mut body, field, |metrics| {
            resent(metrics, prior.fields.get(field), prior.outputs.get(output))
        });
    }
    allow_unknown_events(&mut body);
    body
}

impl Wire for Experiments {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("experiments")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "description", "");
        for (field, output) in METRICS {
            let Some(metrics) = live.fields.get(field).and_then(Json::as_array) else { continue };
            let uuids: Vec<Json> = metrics.iter().map(|m| m.get("uuid").cloned().unwrap_or_default()).collect();
            let metrics: Vec<Json> = metrics.iter().map(comparable).collect();
            live.outputs.insert(output.to_owned(), uuids.into());
            live.fields.insert(field.to_owned(), metrics.into());
        }
        life::read(&mut live.fields);
        posthog::normalise(&mut live.fields, "exposure_criteria", settings::comparable_exposure);
        if let Some(saved) = live.fields.get("saved_metrics") {
            let saved = shared(saved);
            live.fields.insert("saved_metrics_ids".into(), saved);
        }
        // Deleting a flag gives it another key, and bringing it back its own again: it is the same flag all the while.
        if let Some(Json::String(key)) = live.fields.get_mut("feature_flag_key")
            && let Some((own, id)) = key.rsplit_once(":deleted:")
            && id.bytes().all(|digit| digit.is_ascii_digit())
        {
            *key = own.to_owned();
        }
        // Rows of the list have the holdout itself.
        if !live.fields.contains_key("holdout_id")
            && let Some(holdout) = live.fields.get("holdout")
        {
            let id = holdout.get("id").cloned().unwrap_or_default();
            live.fields.insert("holdout_id".into(), id);
        }
        Some(live)
    }

    fn detail(&self, id: &str, fields: &Map) -> Option<Call> {
        // Rows of the list have neither metrics nor statistics, and an archived experiment has no row.
        let asked = UNLISTED.iter().any(|field| fields.contains_key(*field));
        (asked || fields.is_empty()).then(|| self.collection(fields).get(id))
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(body(want, &Prior::default()))
    }

    fn is_made_in_two(&self, want: &Map) -> bool {
        want.get(life::STATUS).is_some_and(|status| status != "draft")
    }

    fn part(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Map> {
        life::part(want, changed, prior)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        if let Some(step) = life::step(&self.collection_of(prior), want, changed, prior) {
            return Some(step);
        }
        Some(self.collection_of(prior).change(prior, body(&pick(want, changed), prior)))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        self.collection_of(prior).restore(prior, body(want, prior))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["feature_flag_key", "type"]
    }

    fn lost(&self) -> &'static str {
        "the results of the old one; the new one is a draft"
    }

    fn standing(&self, want: &Map, live: &Live) -> Option<Standing> {
        let date = |field: &str| live.fields.get(field).and_then(Json::as_str);
        let started = date("start_date")?;
        let archived = live.fields.get("archived") == Some(&Json::Bool(true));
        match date("end_date") {
            Some(_) if archived => {
                Some(Standing { says: "it has ended, and is archived".into(), ..Standing::default() })
            }
            Some(ended) => {
                let shipped = want.get(life::SHIP).and_then(|_| life::as_written(&live.fields));
                let shipped = shipped.map(|written| {
                    format!("; its flag's shares and conditions are what it shipped: write {written} in the flag")
                });
                Some(Standing {
                    says: format!("it ended at {ended}{}", shipped.unwrap_or_default()),
                    ..Standing::default()
                })
            }
            None => {
                let paused = live.fields.get("status").and_then(Json::as_str) == Some("paused");
                Some(Standing {
                    says: if paused { "it is paused".into() } else { format!("it runs since {started}") },
                    held: &["feature_flag_key", "type", "holdout_id"],
                    help: "end it in PostHog first, or leave it as it is and declare another experiment beside it",
                })
            }
        }
    }

    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        if let Some(hold) = after.and_then(|after| life::refuses(before, after)) {
            return Some(hold);
        }
        let is_legacy = before.get("is_legacy") == Some(&Json::Bool(true));
        let after = after.filter(|_| is_legacy)?;
        let differs = |field: &&str| before.get(*field).zip(after.get(*field)).is_some_and(|(a, b)| !same(a, b));
        FIXED_IN_LEGACY.iter().any(differs).then(|| Hold {
            says: "PostHog has retired the kind of its metrics, so only its title and description can change".into(),
            help: "declare it as it is there, or end it and declare another experiment",
        })
    }

    fn unsettles(&self, changed: &[&str], live: &Live) -> Option<String> {
        let since = posthog::runs_since(&live.fields)?;
        let is_measured = changed.iter().any(|field| UNLISTED.contains(field) || *field == "excluded_variants");
        is_measured.then(|| format!("it runs since {since}, and what it is measured by changes meanwhile"))
    }

    fn effects(&self, want: &Map, changed: &[&str], live: Option<&Live>) -> Vec<String> {
        life::effects(want, changed, live)
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "flag" => &["feature_flag_key"],
            "title" => &["name"],
            "kind" => &["type"],
            "secondary" => &["metrics_secondary"],
            "shared" | "shared_secondary" => &["saved_metrics_ids"],
            "holdout" => &["holdout_id"],
            "stats" | "confidence" | "baseline" | "variance_reduction" => &["stats_config"],
            "exposure" => &["exposure_criteria"],
            "running_time" => &["running_time_calculation"],
            "excluded" => &["excluded_variants"],
            "state" => &[life::STATUS],
            "matured_only" => &["only_count_matured_users"],
            _ => itself(word),
        }
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["update_feature_flag_params", "allow_unknown_events", "_create_in_folder"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(format!("{} on {}", text(fields, "name"), text(fields, "feature_flag_key")))
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            // People measure more.
            "saved_metrics_ids" => &SHARED,
            // The server adds what the project has by default, and people tune the rest.
            "stats_config" => &STATS,
            "exposure_criteria" | "running_time_calculation" => &Owned::WRITTEN,
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want, live) {
            ("saved_metrics_ids", Json::Array(want), Json::Array(live)) => same_entries(want, live, same),
            // Nobody new comes in, and it runs all the same.
            (life::STATUS, Json::String(want), Json::String(live)) => {
                want == live || (want == "running" && live == "exposure_frozen")
            }
            (life::SHIP, ..) => life::is_shipped(want, live),
            _ => same(want, live),
        }
    }

    fn agrees(&self, field: &str, want: &Json, applied: Option<&Json>, live: &Json) -> bool {
        // What was shipped once is not shipped again, whatever people made of the flag since.
        if field == life::SHIP {
            return applied.is_some_and(|applied| same(applied, want)) || life::is_shipped(want, live);
        }
        match self.owned(field) {
            Owned::Whole => self.same(field, want, live),
            _ => self.same(field, &self.merged(field, want, applied, live), live),
        }
    }

    fn unfit(&self, kind: &str, needed: &Live) -> Option<Hold> {
        let variants = needed.fields.get("variants").and_then(Json::as_array).map_or(0, Vec::len);
        (kind == "feature_flag" && variants < 2).then(|| Hold {
            says: "an experiment compares at least two variants, and the flag has fewer".into(),
            help: "give the flag variants, `control` first, or declare another flag",
        })
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["feature_flag", "experiment_holdout", "shared_metric", "event", "action", "cohort"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let fields = &live.fields;
        let mut found: Vec<Mention> =
            METRICS.iter().flat_map(|(field, _)| crate::query::in_query(fields.get(*field))).collect();
        found.extend(mention::key("feature_flag", fields.get("feature_flag_key")));
        found.extend(mention::id("experiment_holdout", fields.get("holdout_id")));
        let shared = fields.get("saved_metrics_ids").and_then(Json::as_array).into_iter().flatten();
        found.extend(shared.filter_map(|link| mention::id("shared_metric", link.get("id"))));
        found
    }

    fn collected(&self, fields: &Map) -> Option<&'static str> {
        fields.get("start_date").is_some_and(|start| !start.is_null()).then_some("its results since the launch")
    }
}
