//! What an API would refuse while others are as they are is refused before anything is done.

use super::path;
use plg_core::Stack;
use plg_runtime::error::Error;
use plg_runtime::plan::Plan;
use serde_json::{Value, json};
use tests::stage::Stage;

mod whole {
    plg::stack! {
        name: "refused",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])] }
        feature_flag Shade { key: "shade", rollout: 10%, active: true }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 25%, other: 25% } }
    }
}

mod less {
    plg::stack! {
        name: "refused",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
    }
}

mod changed {
    plg::stack! {
        name: "refused",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        cohort Pros { all: [did(Used, at_least: 3, within: 7 days)] }
        feature_flag Shade { key: "shade", rollout: 10%, active: false }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
    }
}

mod tried {
    plg::stack! {
        name: "tried",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])] }
        feature_flag Inner { key: "inner", release: [{ to: [member(Pros)] }] }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        experiment Guided { flag: Onboarding, metrics: [mean(Used)] }
    }
}

mod on_theirs {
    plg::stack! {
        name: "on-theirs",
        stages: { local: sandbox },

        existing feature_flag Plain { key: "plain" }
        existing feature_flag Split { key: "split" }
        experiment Guided { flag: Plain }
        early_access_feature Early { flag: Split, stage: beta }
    }
}

const API: &str = "/api/projects/12345";

/// The problems of a plan, or that there are none.
async fn said(stage: &Stage, stack: &'static Stack) -> String {
    let plan: Result<Plan, Error> = stage.planned(stack, false).await;
    match plan {
        Ok(_) => String::new(),
        Err(Error::Problems(problems)) => {
            problems.iter().map(|p| format!("{}: {} [{}]\n", p.address, p.message, p.hint)).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

/// The plan is refused for this address, with who it is; the API says the same, until they are gone.
async fn refused(stage: &Stage, stack: &'static Stack, address: &str, who: &str) {
    let said = said(stage, stack).await;
    let line = said.lines().find(|line| line.starts_with(address)).unwrap_or_default();
    assert!(line.contains("PostHog would refuse it: ") && line.contains(who), "{address}: {said}");
}

fn own(stage: &Stage, list: &str, address: &str) -> String {
    path(stage, &whole::STACK, list, address)
}

fn number(stage: &Stage, address: &str) -> Value {
    stage.entry(&whole::STACK, address).expect("it was deployed").outputs.to_map()["id"].clone()
}

fn api_refuses(stage: &Stage, path: &str, body: &Value) {
    let reply = stage.ask("PATCH", path, body);
    assert_eq!(reply.status, 400, "{path} {body}: {:?}", reply.body);
}

#[tokio::test]
async fn a_cohort_stays_while_somebody_uses_it() {
    let stage = Stage::new().await;
    stage.deploy(&whole::STACK).await;
    let (cohort, pros) = (own(&stage, "cohorts", "cohort.Pros"), number(&stage, "cohort.Pros"));
    let condition = json!({ "key": "id", "type": "cohort", "operator": "in", "value": pros });
    let gone = json!({ "deleted": true });
    let groups = json!({ "groups": [{ "properties": [condition], "rollout_percentage": 100 }] });
    let flag = stage.click("POST", &format!("{API}/feature_flags/"), &json!({ "key": "theirs", "filters": groups }));
    api_refuses(&stage, &cohort, &gone);
    refused(&stage, &less::STACK, "cohort.Pros", "feature_flag \"theirs\"").await;
    // Nor can it be found by what people did.
    refused(&stage, &changed::STACK, "cohort.Pros", "feature_flag \"theirs\"").await;
    stage.click("PATCH", &format!("{API}/feature_flags/{}/", flag["id"]), &json!({ "active": false }));
    assert_eq!(said(&stage, &less::STACK).await, "");

    let query = json!({ "kind": "InsightVizNode", "source": { "kind": "TrendsQuery",
        "series": [{ "kind": "EventsNode", "event": "feature_used" }],
        "properties": [{ "type": "cohort", "key": "id", "operator": "in", "value": pros }] } });
    let insight = stage.click("POST", &format!("{API}/insights/"), &json!({ "name": "Pros use it", "query": query }));
    api_refuses(&stage, &cohort, &gone);
    refused(&stage, &less::STACK, "cohort.Pros", "insight \"Pros use it\"").await;
    stage.click("PATCH", &format!("{API}/insights/{}/", insight["id"]), &gone);

    let inside = json!({ "properties": { "type": "AND", "values": [{ "type": "AND", "values": [
        { "type": "cohort", "key": "id", "value": pros }] }] } });
    let outer = stage.click("POST", &format!("{API}/cohorts/"), &json!({ "name": "Outer", "filters": inside }));
    api_refuses(&stage, &cohort, &gone);
    refused(&stage, &less::STACK, "cohort.Pros", "cohort \"Outer\"").await;
    stage.click("PATCH", &format!("{API}/cohorts/{}/", outer["id"]), &gone);
    stage.deploy(&less::STACK).await;
}

#[tokio::test]
async fn a_flag_stays_while_somebody_needs_it() {
    let stage = Stage::new().await;
    stage.deploy(&whole::STACK).await;
    let gone = json!({ "deleted": true });
    let (shade, onboarding) =
        (own(&stage, "feature_flags", "feature_flag.Shade"), own(&stage, "feature_flags", "feature_flag.Onboarding"));

    let condition = json!({ "key": number(&stage, "feature_flag.Shade").to_string(), "type": "flag",
        "operator": "flag_evaluates_to", "value": true });
    let groups = json!({ "groups": [{ "properties": [condition], "rollout_percentage": 100 }] });
    let flag = stage.click("POST", &format!("{API}/feature_flags/"), &json!({ "key": "theirs", "filters": groups }));
    api_refuses(&stage, &shade, &gone);
    api_refuses(&stage, &shade, &json!({ "active": false }));
    refused(&stage, &less::STACK, "feature_flag.Shade", "feature_flag \"theirs\"").await;
    refused(&stage, &changed::STACK, "feature_flag.Shade", "feature_flag \"theirs\"").await;
    stage.click("PATCH", &format!("{API}/feature_flags/{}/", flag["id"]), &json!({ "active": false }));

    let feature = json!({ "name": "Early", "stage": "beta", "feature_flag_id": number(&stage, "feature_flag.Shade") });
    let feature = stage.click("POST", &format!("{API}/early_access_feature/"), &feature);
    api_refuses(&stage, &shade, &gone);
    refused(&stage, &less::STACK, "feature_flag.Shade", "early_access_feature \"Early\"").await;
    let feature = feature["id"].as_str().unwrap_or_default().to_owned();
    stage.click("DELETE", &format!("{API}/early_access_feature/{feature}/"), &Value::Null);

    let experiment = json!({ "name": "Theirs", "feature_flag_key": "onboarding", "type": "product" });
    let experiment = stage.click("POST", &format!("{API}/experiments/"), &experiment);
    assert_eq!(said(&stage, &less::STACK).await, "", "a draft holds nothing back");
    let experiment = format!("{API}/experiments/{}/", experiment["id"]);
    stage.click("POST", &format!("{experiment}launch/"), &Value::Null);
    api_refuses(&stage, &onboarding, &gone);
    refused(&stage, &less::STACK, "feature_flag.Onboarding", "experiment \"Theirs\"").await;
    refused(&stage, &changed::STACK, "feature_flag.Onboarding", "experiment \"Theirs\"").await;
    stage.click("POST", &format!("{experiment}end/"), &json!({}));
    stage.deploy(&changed::STACK).await;
    stage.deploy(&less::STACK).await;
}

#[tokio::test]
async fn what_goes_in_the_same_plan_holds_nothing_back() {
    let stage = Stage::new().await;
    stage.deploy(&tried::STACK).await;
    let experiment = path(&stage, &tried::STACK, "experiments", "experiment.Guided");
    stage.click("POST", &format!("{experiment}launch/"), &Value::Null);
    stage.destroy(&tried::STACK).await;
}

#[tokio::test]
async fn what_stands_on_a_flag_of_others_fits_it() {
    let stage = Stage::new().await;
    let groups = json!([{ "properties": [], "rollout_percentage": 100 }]);
    let make = |key: &str, filters: Value| {
        stage.click("POST", &format!("{API}/feature_flags/"), &json!({ "key": key, "filters": filters }))
    };
    let plain = make("plain", json!({ "groups": groups }));
    let variants =
        [json!({ "key": "control", "rollout_percentage": 50 }), json!({ "key": "test", "rollout_percentage": 50 })];
    let split = make("split", json!({ "groups": groups, "multivariate": { "variants": variants } }));
    for (list, body) in [
        ("experiments", json!({ "name": "Guided", "feature_flag_key": "plain", "type": "product" })),
        ("early_access_feature", json!({ "name": "Early", "stage": "beta", "feature_flag_id": split["id"] })),
    ] {
        assert_eq!(stage.ask("POST", &format!("{API}/{list}/"), &body).status, 400, "{list}");
    }
    let said = said(&stage, &on_theirs::STACK).await;
    assert!(said.contains("experiment.Guided: PostHog would refuse it on feature_flag.Plain: "), "{said}");
    assert!(said.contains("early_access_feature.Early: PostHog would refuse it on feature_flag.Split: "), "{said}");
    // Once they fit, nothing is refused.
    let with_variants = json!({ "filters": { "groups": groups, "multivariate": { "variants": variants } } });
    stage.click("PATCH", &format!("{API}/feature_flags/{}/", plain["id"]), &with_variants);
    let without = json!({ "filters": { "multivariate": null } });
    stage.click("PATCH", &format!("{API}/feature_flags/{}/", split["id"]), &without);
    stage.deploy(&on_theirs::STACK).await;
}
