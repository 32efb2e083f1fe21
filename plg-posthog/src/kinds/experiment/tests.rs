use super::*;
use crate::kinds::fixture::{
    at, block, case, differing, event, flag, lints, list, map, merged, mistakes, node, prior, record, to, wanted,
};
use crate::kinds::{Action, Event, PropertyKey};

static FLAG: FeatureFlag = FeatureFlag {
    variants: Keyed(&[
        Pair { key: "control", doc: "", value: Percent(50.0) },
        Pair { key: "test", doc: "", value: Percent(50.0) },
    ]),
    ..flag("NewOnboarding", "new-onboarding-flow")
};
static USED: Event = event("FeatureUsed", "feature_used");
static UPGRADED: Action = Action { common: Common::named("Upgraded"), title: Name("Upgraded"), ..Action::BLANK };
static DRAFT: Experiment = Experiment {
    common: Common { doc: "Which steps come first.", ..Common::named("OnboardingFlowTest") },
    flag: &FLAG,
    title: Name("Onboarding Flow Test"),
    kind: ExperimentKind::product,
    ..Experiment::BLANK
};
const MEAN: Mean = Mean { of: MetricSource::event(&USED), ..Mean::BLANK };
static MEASURED: Experiment = Experiment {
    metrics: &[
        Metric::mean(MEAN),
        Metric::funnel(MetricFunnel {
            steps: &[MetricStep::event(&USED), MetricStep::event(&UPGRADED)],
            within: Some(Span { count: 14, unit: Unit::days }),
            title: Some(Name("Upgrades")),
            ..MetricFunnel::BLANK
        }),
    ],
    secondary: &[
        Metric::ratio(Ratio {
            of: MetricSource::event(&UPGRADED),
            per: MetricSource::event(&USED),
            goal: Goal::decrease,
            ..Ratio::BLANK
        }),
        Metric::mean(Mean { sum: Some(PropertyKey::of("seats")), ..MEAN }),
    ],
    stats: Some(StatsMethod::frequentist),
    ..DRAFT
};

/// Resolved: the flag by its key, the action by its id.
fn resolved(experiment: &Experiment) -> Map {
    fn resolve(json: &Json) -> Json {
        match json {
            Json::Object(map) if map.contains_key("$ref") => {
                if text(map, "get") == "key" {
                    json!("new-onboarding-flow")
                } else {
                    json!(5)
                }
            }
            Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), resolve(value))).collect(),
            Json::Array(list) => list.iter().map(resolve).collect(),
            other => other.clone(),
        }
    }
    wanted(experiment).fields.iter().map(|(field, value)| (field.clone(), resolve(value))).collect()
}

fn metrics(uuids: &[Option<&str>]) -> Vec<Json> {
    let used = json!({ "kind": "EventsNode", "event": "feature_used" });
    let upgraded = json!({ "kind": "ActionsNode", "id": 5 });
    let mut metrics = vec![
        json!({ "kind": "ExperimentMetric", "metric_type": "mean", "source": used, "goal": "increase" }),
        json!({ "kind": "ExperimentMetric", "metric_type": "funnel", "series": [used, upgraded], "conversion_window": 14,
                "conversion_window_unit": "day", "name": "Upgrades", "goal": "increase" }),
    ];
    for (metric, uuid) in metrics.iter_mut().zip(uuids) {
        if let Some(uuid) = uuid {
            metric["uuid"] = json!(uuid);
        }
    }
    metrics
}

fn live() -> Json {
    let mut row = json!({
        "id": 7, "name": "Onboarding Flow Test", "description": "Which steps come first.", "type": "product",
        "feature_flag_key": "new-onboarding-flow", "start_date": null, "status": "draft", "deleted": false,
        "metrics": metrics(&[Some("m-1"), Some("m-2")]),
        "metrics_secondary": [], "stats_config": { "method": "frequentist", "frequentist": { "alpha": 0.05 } },
    });
    row["metrics"][0]["fingerprint"] = json!("sha");
    row["metrics"][0]["name"] = Json::Null;
    row
}

#[test]
fn a_draft_links_the_flag_as_it_is() {
    let want = resolved(&DRAFT);
    let body = json!({
        "name": "Onboarding Flow Test", "description": "Which steps come first.", "type": "product",
        "feature_flag_key": "new-onboarding-flow",
    });
    let wire = DRAFT.spec().wire;
    assert_eq!(wire.create(&want), Call::new("POST", "/api/projects/{project}/experiments/", body.clone()));
    let mut row = body;
    row["id"] = json!(7);
    row["start_date"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(differing(&DRAFT, &want, &row), [""; 0]);
    assert_eq!(
        wanted(&DRAFT).fields["feature_flag_key"],
        json!({ "$ref": "feature_flag.NewOnboarding", "get": "key" })
    );
    assert_eq!(wire.detail("7", &prior(&DRAFT, &row).fields), None);
}

#[test]
fn metrics_are_sent_even_for_events_that_nobody_sent_yet() {
    let want = resolved(&MEASURED);
    let body = MEASURED.spec().wire.create(&want).body.unwrap_or_default();
    assert_eq!(body["metrics"], json!(metrics(&[])));
    assert_eq!(
        body["metrics_secondary"],
        json!([
            { "kind": "ExperimentMetric", "metric_type": "ratio", "goal": "decrease",
              "numerator": { "kind": "ActionsNode", "id": 5 }, "denominator": { "kind": "EventsNode", "event": "feature_used" } },
            { "kind": "ExperimentMetric", "metric_type": "mean", "goal": "increase",
              "source": { "kind": "EventsNode", "event": "feature_used", "math": "sum", "math_property": "seats" } },
        ])
    );
    assert_eq!(
        (&body["allow_unknown_events"], &body["stats_config"]),
        (&json!(true), &json!({ "method": "frequentist" }))
    );
    assert_eq!(differing(&MEASURED, &want, &live()), ["metrics_secondary"]);
    assert_eq!(
        MEASURED.spec().wire.detail("7", &want),
        Some(Call::bare("GET", "/api/projects/{project}/experiments/7/"))
    );
}

#[test]
fn metrics_keep_what_posthog_calls_them() {
    let wire = MEASURED.spec().wire;
    let prior = prior(&MEASURED, &live());
    assert_eq!(prior.outputs.get("metric_uuids"), Some(&json!(["m-1", "m-2"])));
    let mut want = resolved(&MEASURED);
    let mut swapped = metrics(&[]);
    swapped.reverse();
    let new = json!({ "kind": "ExperimentMetric", "metric_type": "mean", "goal": "decrease" });
    swapped.push(new);
    want.insert("metrics".into(), swapped.into());
    let changed = ["metrics".to_owned(), "stats_config".to_owned()];
    let body =
        wire.update(&merged(wire, &want, &prior), &changed, &prior).and_then(|call| call.body).unwrap_or_default();
    let uuids: Vec<&Json> = body["metrics"].as_array().into_iter().flatten().map(|m| &m["uuid"]).collect();
    assert_eq!(uuids, [&json!("m-2"), &json!("m-1"), &Json::Null]);
    assert_eq!(body["stats_config"], json!({ "method": "frequentist", "frequentist": { "alpha": 0.05 } }));
    let mut edited = metrics(&[]);
    edited[1]["goal"] = json!("decrease");
    want.insert("metrics".into(), edited.into());
    let body = wire.update(&want, &changed[..1], &prior).and_then(|call| call.body).unwrap_or_default();
    assert_eq!((&body["metrics"][0]["uuid"], &body["metrics"][1]["uuid"]), (&json!("m-1"), &json!("m-2")));
    assert_eq!(body.get("name"), None);
}

#[test]
fn a_flag_without_variants_is_refused_at_its_name() {
    let experiment = block("experiment", "X", vec![("flag", to(3, "F"))]);
    let said = |flag: &Block| mistakes("experiment", &experiment, &[flag]);
    let mut flag = block("feature_flag", "F", vec![]);
    assert_eq!(said(&flag), at(3, "`F` has no variants, and an experiment needs them"));
    flag.existing = true;
    assert_eq!(said(&flag), []);
    let shares = |a, b| map(5, vec![(a, Given::Percent(50.0)), (b, Given::Percent(50.0))]);
    let flag = block("feature_flag", "F", vec![("variants", shares("a", "b"))]);
    assert_eq!(said(&flag), at(3, "`F` has no variant `control`, which an experiment compares with"));
    let flag = block("feature_flag", "F", vec![("variants", shares("control", "b"))]);
    assert_eq!(said(&flag), []);
    assert_eq!(lints(&DRAFT), [""; 0]);
}

#[test]
fn funnels_have_steps_and_months_at_most() {
    let years = node(8, Given::Span(Span { count: 1, unit: Unit::years }));
    let funnel = case(5, "funnel", record(6, vec![("steps", list(7, vec![])), ("within", years)]));
    let experiment = block("experiment", "X", vec![("metrics", list(4, vec![funnel]))]);
    let said = mistakes("experiment", &experiment, &[]);
    assert_eq!(said[0], (7, "a funnel needs at least one step".to_owned()));
    assert_eq!(said[1], (8, "a funnel's time is minutes, hours, days, weeks or months".to_owned()));
}

#[test]
fn shared_metrics_and_holdouts_are_named_by_id() {
    static USES: SharedMetric = SharedMetric {
        common: Common::named("Uses"),
        title: Name("Uses"),
        metric: Metric::mean(MEAN),
        ..SharedMetric::BLANK
    };
    static UPGRADES: SharedMetric = SharedMetric {
        common: Common::named("Upgrades"),
        title: Name("Upgrades"),
        metric: Metric::mean(MEAN),
        ..SharedMetric::BLANK
    };
    static HELD: Holdout = Holdout { common: Common::named("Held"), title: Name("Held"), share: Percent(5.0) };
    static SHARING: Experiment =
        Experiment { shared: &[&USES], shared_secondary: &[&UPGRADES], holdout: Some(&HELD), ..DRAFT };
    let want = wanted(&SHARING).fields;
    assert_eq!(want["holdout_id"], json!({ "$ref": "experiment_holdout.Held", "get": "id" }));
    assert_eq!(
        want["saved_metrics_ids"],
        json!([
            { "id": { "$ref": "shared_metric.Uses", "get": "id" }, "metadata": { "type": "primary" } },
            { "id": { "$ref": "shared_metric.Upgrades", "get": "id" }, "metadata": { "type": "secondary" } },
        ])
    );
    let want = resolved(&SHARING);
    let wire = SHARING.spec().wire;
    assert_eq!(wire.create(&want).body.unwrap_or_default()["holdout_id"], json!(5));
    let link = |ty: &str| json!({ "id": 1, "experiment": 7, "saved_metric": 5, "metadata": { "type": ty }, "name": "Uses", "query": {} });
    let mut row = live();
    row["saved_metrics"] = json!([link("secondary"), link("primary")]);
    row["holdout_id"] = json!(5);
    assert_eq!(differing(&SHARING, &want, &row), [""; 0]);
    row["saved_metrics"] = json!([link("primary")]);
    assert_eq!(differing(&SHARING, &want, &row), ["saved_metrics_ids"]);
    row["saved_metrics"] = json!([link("secondary"), link("primary")]);
    row["holdout_id"] = Json::Null;
    assert_eq!(differing(&SHARING, &want, &row), ["holdout_id"]);
    // A row of the list has no ids.
    let listed = json!({ "id": 7, "holdout": { "id": 5 } });
    assert_eq!(wire.read(listed).expect("a row").fields["holdout_id"], json!(5));
    assert!(wire.detail("7", &want).is_some());
}

#[test]
fn a_shared_metric_is_named_once() {
    let fields = vec![("shared", list(2, vec![to(3, "Uses")])), ("shared_secondary", list(4, vec![to(5, "Uses")]))];
    let said = mistakes("experiment", &block("experiment", "X", fields), &[]);
    assert_eq!(said, at(5, "`Uses` is in the metrics already"));
}

#[test]
fn a_flag_that_was_deleted_is_the_same_for_its_experiment() {
    for (live, read) in [("new-flow:deleted:12", "new-flow"), ("new-flow", "new-flow"), ("a:deleted:b", "a:deleted:b")]
    {
        let live = wire::Experiments.read(json!({ "id": 1, "feature_flag_key": live })).expect("it has an id");
        assert_eq!(live.fields["feature_flag_key"], read);
    }
}

#[test]
fn what_an_experiment_says_fits_together() {
    let text = |site, text: &str| node(site, Given::Text(text.into()));
    let ship = record(3, vec![("variant", text(4, "tset"))]);
    let span = node(5, Given::Span(Span { count: 3, unit: Unit::months }));
    let fields = vec![
        ("flag", to(1, "F")),
        ("state", node(2, Given::Word("running".into()))),
        ("ship", ship),
        ("variance_reduction", span),
        ("confidence", node(6, Given::Percent(95.0))),
        ("conclusion_comment", text(7, "Nothing to see.")),
    ];
    let shares = map(8, vec![("control", Given::Percent(50.0)), ("test", Given::Percent(50.0))]);
    let flag = block("feature_flag", "F", vec![("variants", shares), ("active", node(9, Given::Bool(true)))]);
    let said = mistakes("experiment", &block("experiment", "X", fields), &[&flag]);
    for mistake in [
        (4, "`F` has no variant \"tset\""),
        (3, "only a stopped experiment can ship a variant"),
        (5, "variance reduction uses 1 to 30 days"),
        (6, "each method has a confidence of its own"),
        (7, "a comment needs a conclusion"),
        (2, "`active` of `F` and `state` of its experiment both set whether the flag is on"),
    ] {
        let mistake = (mistake.0, mistake.1.to_owned());
        assert!(said.contains(&mistake), "{mistake:?} in {said:?}");
    }
}

#[test]
fn each_step_of_its_life_is_a_request() {
    let at = |action: &str| format!("/api/projects/{{project}}/experiments/7/{action}/");
    let prior = |status: &str| Prior {
        id: "7".into(),
        fields: Map::from_iter([("status".to_owned(), json!(status)), ("conclusion".to_owned(), json!("won"))]),
        ..Prior::default()
    };
    let ship = json!({ "variant_key": "test", "release_to_everyone": true });
    let wire = DRAFT.spec().wire;
    let steps = |status: &str, want: Json| {
        let want = want.as_object().cloned().unwrap_or_default();
        let changed: Vec<String> = want.keys().cloned().collect();
        let part = wire.part(&want, &changed, &prior(status)).expect("its life changes");
        let names: Vec<String> = part.keys().cloned().collect();
        wire.update(&part, &names, &prior(status)).map(|call| (call.path, call.body.unwrap_or_default()))
    };
    assert_eq!(steps("draft", json!({ "status": "paused" })), Some((at("launch"), json!({}))));
    assert_eq!(steps("running", json!({ "status": "paused" })), Some((at("pause"), json!({}))));
    assert_eq!(steps("paused", json!({ "status": "running" })), Some((at("resume"), json!({}))));
    // How it came out stays, though PostHog forgets what this does not say.
    assert_eq!(steps("running", json!({ "status": "stopped" })), Some((at("end"), json!({ "conclusion": "won" }))));
    let mut body = ship.clone();
    body["conclusion"] = json!("won");
    assert_eq!(steps("paused", json!({ "status": "stopped", "ship": ship })), Some((at("ship_variant"), body)));
    // What else changes goes first.
    let (path, body) = steps("draft", json!({ "status": "running", "name": "New" })).expect("a request");
    assert_eq!((path.ends_with("/7/"), body), (true, json!({ "name": "New" })));
    // Remembered or seen, it is not shipped again.
    assert!(wire.agrees("ship", &ship, Some(&ship), &Json::Null) && wire.agrees("ship", &ship, None, &ship));
    assert!(!wire.agrees("ship", &ship, None, &json!({ "variant_key": "test", "release_to_everyone": false })));
}
