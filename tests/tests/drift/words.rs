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
    // What the language has no words for is told as the API has it, and no more than that.
    let pro = json!({ "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] });
    let source = json!({ "kind": "EventsNode", "event": "used", "fixedProperties": [pro] });
    let metric = json!({ "kind": "ExperimentMetric", "metric_type": "mean", "source": source });
    stage.click("PATCH", &path, &json!({ "holdout_id": null, "metrics": [metric] }));
    let plan = stage.reading_with(&first::STACK, hooked()).await.plan(&fresh()).await.unwrap();
    let words = told(step(&plan, "experiment.Guided"));
    let metrics = words.iter().find(|told| told.starts_with("metrics.")).expect("they differ");
    assert!(metrics.starts_with("metrics.\"metrics[0].source.fixedProperties\": [{ "), "{words:?}");
    assert!(metrics.contains("\"operator\": \"exact\"") && metrics.ends_with("→ "), "{words:?}");
    assert!(words.contains(&"holdout:  → Held".to_owned()), "{words:?}");
}

mod told_to {
    plg::stack! {
        name: "told-to",
        stages: { local: sandbox },

        event Used { name: "used" }
        dashboard Board { title: "Board" }
        insight Sales { shows: trend [Used], on: [Board] }
        subscription Hooked {
            sends: dashboard(Board, [Sales]), to: webhook(env("REPORT_URL")), every: 1 days, from: "2026-12-01",
        }
    }
}

mod told_elsewhere {
    plg::stack! {
        name: "told-to",
        stages: { local: sandbox },

        event Used { name: "used" }
        dashboard Board { title: "Board" }
        insight Sales { shows: trend [Used], on: [Board] }
        subscription Hooked {
            sends: dashboard(Board, [Sales]), to: email(["a@example.com"]), every: 1 days, from: "2026-12-01",
        }
    }
}

mod told_to_nobody {
    plg::stack! {
        name: "told-to",
        stages: { local: sandbox },

        event Used { name: "used" }
        dashboard Board { title: "Board" }
        insight Sales { shows: trend [Used], on: [Board] }
    }
}

#[tokio::test]
async fn a_word_of_several_fields_shows_no_secret_of_any_of_them() {
    let reported = || Environment::new(|name| (name == "REPORT_URL").then(|| "https://r.example.com/hush".to_owned()));
    // Whoever takes it out of the stack needs no variable.
    let nothing = || Environment::new(|_| None);
    let stage = Stage::new().await;
    stage.deploy_with(&told_to::STACK, reported()).await;
    let id = stage.entry(&told_to::STACK, "subscription.Hooked").unwrap().id;
    let hushed = |plan: &plg_runtime::plan::Plan| {
        let text = serde_json::to_string(plan).unwrap();
        assert!(!text.contains("hush") && !text.contains("psst"), "{text}");
    };
    let gone = stage.reading_with(&told_to_nobody::STACK, nothing()).await.plan(&fresh()).await.unwrap();
    hushed(&gone);
    assert!(told(step(&gone, "subscription.Hooked")).contains(&"to: (set) → ".to_owned()), "{gone:?}");
    hushed(&stage.reading_with(&told_elsewhere::STACK, nothing()).await.plan(&fresh()).await.unwrap());
    let path = format!("/api/projects/12345/subscriptions/{id}/");
    stage.click("PATCH", &path, &json!({ "target_value": "https://r.example.com/psst" }));
    for (stack, with) in
        [(&told_to::STACK, reported()), (&told_elsewhere::STACK, nothing()), (&told_to_nobody::STACK, nothing())]
    {
        hushed(&stage.reading_with(stack, with).await.plan(&fresh()).await.unwrap());
    }
}

#[tokio::test]
async fn what_is_on_without_being_written_is_said_when_it_goes_off() {
    mod off {
        plg::stack! { name: "told", stages: { local: sandbox }, feature_flag Few { key: "few", active: false } }
    }
    mod on {
        plg::stack! { name: "told", stages: { local: sandbox }, feature_flag Few { key: "few" } }
    }
    let stage = Stage::new().await;
    stage.deploy(&on::STACK).await;
    let plan = stage.plan(&off::STACK).await;
    assert_eq!(told(step(&plan, "feature_flag.Few")), ["active: true → false"]);
}

#[tokio::test]
async fn nor_does_what_differs_between_two_stages() {
    let with = |url: &'static str| Environment::new(move |name| (name == "REPORT_URL").then(|| url.to_owned()));
    let urls = ["https://r.example.com/hush", "https://r.example.com/psst"];
    let (dev, prod) = (Stage::new().await, Stage::new().await);
    dev.deploy_with(&told_to::STACK, with(urls[0])).await;
    prod.deploy_with(&told_to::STACK, with(urls[1])).await;
    // Somebody changed one of them.
    let id = dev.entry(&told_to::STACK, "subscription.Hooked").unwrap().id;
    let path = format!("/api/projects/12345/subscriptions/{id}/");
    dev.click("PATCH", &path, &json!({ "target_value": "https://r.example.com/hush-hush", "frequency": "weekly" }));
    let mut here = dev.reading_with(&told_to::STACK, with(urls[0])).await;
    let mut there = prod.reading_with(&told_to::STACK, with(urls[1])).await;
    here.plan(&fresh()).await.unwrap();
    there.plan(&fresh()).await.unwrap();
    let differences = here.compare(&there);
    let text = serde_json::to_string(&differences).unwrap();
    assert!(text.contains("subscription.Hooked") && text.contains("\"to\""), "{text}");
    assert!(!text.contains("hush") && !text.contains("psst"), "{text}");
}
