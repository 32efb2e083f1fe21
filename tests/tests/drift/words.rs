//! What is made, what goes and what is made anew, in the stack's words.

use plg_runtime::declared::environment::Environment;
use plg_runtime::plan::{Change, Step};
use serde_json::json;
use tests::stage::{Stage, fresh, step};

mod first {
    plg::stack! {
        name: "told",
        stages: { local: sandbox },

        attribute Tier { on: companies, slug: "tier", holds: select { One, Two } }
        webhook Changes { url: env("HOOK_URL"), on: [companies.created] }
        event Used { name: "used" }
        /// Who sees it.
        feature_flag Everybody { key: "everybody", tags: ["beta"] }
        feature_flag Few { key: "few", rollout: 10%, variants: { control: 50%, test: 50% }, active: false }
        experiment_holdout Held { share: 5% }
        experiment Guided { flag: Few, holdout: Held, metrics: [mean(Used)] }
    }
}

mod later {
    plg::stack! {
        name: "told",
        stages: { local: sandbox },

        attribute Tier { on: people, slug: "tier", holds: number }
        event Used { name: "used" }
        feature_flag Few { key: "few", rollout: 10%, variants: { control: 50%, test: 50% }, active: false }
        experiment_holdout Held { share: 5% }
        experiment Guided { flag: Few, holdout: Held, metrics: [mean(Used)] }
    }
}

fn hooked() -> Environment {
    Environment::new(|name| (name == "HOOK_URL").then(|| "https://example.com/secret".to_owned()))
}

/// The words of a step, then what it held.
fn told(step: &Step) -> Vec<String> {
    let side = |side: &Option<String>| side.clone().unwrap_or_default();
    step.words
        .iter()
        .chain(&step.held)
        .map(|told| format!("{}: {} → {}", told.path, side(&told.from), side(&told.to)))
        .collect()
}

#[tokio::test]
async fn what_is_made_says_what_is_written_and_that_it_is_on() {
    let stage = Stage::new().await;
    let plan = stage.reading_with(&first::STACK, hooked()).await.plan(&fresh()).await.unwrap();
    assert_eq!(
        told(step(&plan, "feature_flag.Everybody")),
        ["key:  → \"everybody\"", "rollout:  → 100%", "active:  → true", "tags:  → [\"beta\"]"]
    );
    assert_eq!(
        told(step(&plan, "feature_flag.Few")),
        ["key:  → \"few\"", "rollout:  → 10%", "variants:  → { control: 50%, test: 50% }", "active:  → false",]
    );
    assert_eq!(told(step(&plan, "webhook.Changes"))[0], "url:  → env(\"HOOK_URL\")");
    assert_eq!(told(step(&plan, "attribute.Tier"))[2], "holds:  → select { One, Two }");
}

#[tokio::test]
async fn what_goes_says_what_it_held_and_what_is_made_anew_why() {
    let stage = Stage::new().await;
    stage.deploy_with(&first::STACK, hooked()).await;
    let plan = stage.reading_with(&later::STACK, hooked()).await.plan(&fresh()).await.unwrap();
    let flag = step(&plan, "feature_flag.Everybody");
    assert_eq!((flag.change, flag.reason.as_deref()), (Change::Delete, Some("no longer declared")));
    assert_eq!(told(flag), ["key: \"everybody\" → ", "rollout: 100% → ", "tags: [\"beta\"] → "]);
    let hook = step(&plan, "webhook.Changes");
    assert_eq!(told(hook), ["url: (set) → ", "on: [companies.created] → "]);
    let tier = step(&plan, "attribute.Tier");
    assert_eq!((tier.change, tier.reason.as_deref()), (Change::Replace, Some("`on`, `holds` cannot be changed")));
    assert_eq!(told(tier), ["on: companies → people", "holds: select { One, Two } → number"]);
}

#[tokio::test]
async fn ids_are_named_whoever_made_what_they_stand_for() {
    let stage = Stage::new().await;
    stage.deploy_with(&first::STACK, hooked()).await;
    let theirs = json!({ "name": "Theirs", "filters": [{ "properties": [], "rollout_percentage": 7 }] });
    let theirs = stage.click("POST", "/api/projects/12345/experiment_holdouts/", &theirs)["id"].clone();
    let guided = stage.entry(&first::STACK, "experiment.Guided").unwrap().id;
    let path = format!("/api/projects/12345/experiments/{guided}/");
    stage.click("PATCH", &path, &json!({ "holdout_id": theirs }));
    let plan = stage.reading_with(&first::STACK, hooked()).await.plan(&fresh()).await.unwrap();
    assert_eq!(told(step(&plan, "experiment.Guided")), ["holdout: experiment_holdout \"Theirs\" → Held"]);
    // What the language has no words for is told by its word, as the API has it.
    let pro = json!({ "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] });
    let source = json!({ "kind": "EventsNode", "event": "used", "properties": [pro] });
    let metric = json!({ "kind": "ExperimentMetric", "metric_type": "mean", "source": source });
    stage.click("PATCH", &path, &json!({ "holdout_id": null, "metrics": [metric] }));
    let plan = stage.reading_with(&first::STACK, hooked()).await.plan(&fresh()).await.unwrap();
    let words = told(step(&plan, "experiment.Guided"));
    let metrics = words.iter().find(|told| told.starts_with("metrics: ")).expect("they differ");
    assert!(metrics.contains("\"operator\": \"exact\"") && metrics.ends_with("→ [mean(Used)]"), "{words:?}");
    assert!(words.contains(&"holdout:  → Held".to_owned()), "{words:?}");
}
