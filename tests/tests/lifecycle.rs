//! What people move in the web app is theirs: a deploy says how it stands, and does not fight it.

use plg_runtime::error::Error;
use plg_runtime::plan::{Change, Plan, UnmanagedBy};
use plg_runtime::show;
use serde_json::{Value, json};
use tests::stage::{Stage, step};

mod drafts {
    plg::stack! {
        name: "lifecycle",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        feature_flag Shade { key: "shade", rollout: 10% }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        feature_flag Pricing { key: "pricing", variants: { control: 50%, test: 50% } }
        experiment_holdout Held { share: 5% }
        experiment_holdout Others { share: 1% }
        experiment Guided { flag: Onboarding, metrics: [mean(Used)], holdout: Held }
        survey Nps { questions: [open("Why?")] }
    }
}

mod edited {
    plg::stack! {
        name: "lifecycle",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        feature_flag Shade { key: "shade", rollout: 20% }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        feature_flag Pricing { key: "pricing", variants: { control: 50%, test: 50% } }
        experiment_holdout Held { share: 5% }
        experiment_holdout Others { share: 1% }
        /// With a description.
        experiment Guided { flag: Onboarding, metrics: [mean(Used, title: "Uses")], holdout: Held }
        survey Nps { questions: [open("Why is that?")] }
    }
}

mod another_flag {
    plg::stack! {
        name: "lifecycle",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        feature_flag Shade { key: "shade", rollout: 10% }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        feature_flag Pricing { key: "pricing", variants: { control: 50%, test: 50% } }
        experiment_holdout Held { share: 5% }
        experiment_holdout Others { share: 1% }
        experiment Guided { flag: Pricing, metrics: [mean(Used)], holdout: Others }
        survey Nps { questions: [open("Why?")] }
    }
}

mod pinned {
    plg::stack! {
        name: "lifecycle",
        stages: { local: sandbox },

        feature_flag Shade { key: "shade", rollout: 10%, active: true }
    }
}

const PROJECT: &str = "/api/projects/12345";

/// Where one of the drafts is.
fn path(stage: &Stage, list: &str, address: &str) -> String {
    let entry = stage.entry(&drafts::STACK, address).expect("it was deployed");
    format!("{PROJECT}/{list}/{}/", entry.id)
}

/// What a plan says about what it leaves to people.
fn left<'a>(plan: &'a Plan, address: &str) -> Vec<&'a str> {
    let left = step(plan, address).unmanaged.iter();
    left.filter(|l| l.whose == UnmanagedBy::People).map(|l| l.says.as_str()).collect()
}

#[tokio::test]
async fn an_experiment_is_launched_paused_and_ended_by_people() {
    let stage = Stage::new().await;
    stage.deploy(&drafts::STACK).await;
    assert!(left(&stage.plan(&drafts::STACK).await, "experiment.Guided").is_empty());
    let own = path(&stage, "experiments", "experiment.Guided");
    for (action, says) in [
        ("launch", "it runs since "),
        ("pause", "it is paused"),
        ("resume", "it runs since "),
        ("end", "it ended at "),
        ("archive", "it has ended, and is archived"),
    ] {
        stage.click("POST", &format!("{own}{action}/"), &json!({}));
        let before = stage.look(&own);
        let plan = stage.deploy(&drafts::STACK).await;
        assert!(!plan.changes(), "{action}: {plan:#?}");
        let left = left(&plan, "experiment.Guided");
        assert!(left.len() == 1 && left[0].starts_with(says), "{action}: {left:?}");
        assert_eq!(stage.look(&own), before, "{action}");
        let shown = show::plan(&plan, show::Style { color: false, width: 100, verbose: false });
        assert!(shown.contains("Managed in the web apps, not changed by this plan") && shown.contains(says), "{shown}");
    }
    let all = stage.look(&format!("{PROJECT}/experiments/?archived=true"));
    assert_eq!(all["results"].as_array().map(Vec::len), Some(1), "{all}");
    stage.destroy(&drafts::STACK).await;
    assert_eq!(stage.ask("GET", &own, &Value::Null).status, 404);
}

#[tokio::test]
async fn what_can_change_while_it_runs_is_changed() {
    let stage = Stage::new().await;
    stage.deploy(&drafts::STACK).await;
    let own = path(&stage, "experiments", "experiment.Guided");
    stage.click("POST", &format!("{own}launch/"), &json!({}));
    let started = stage.look(&own)["start_date"].clone();
    let uuid = stage.look(&own)["metrics"][0]["uuid"].clone();
    let plan = stage.deploy(&edited::STACK).await;
    assert_eq!(step(&plan, "experiment.Guided").change, Change::Update);
    let now = stage.look(&own);
    assert_eq!((&now["start_date"], &now["status"]), (&started, &json!("running")));
    assert_eq!(now["metrics"][0]["uuid"], uuid, "what was measured stays with the metric");
}

#[tokio::test]
async fn what_cannot_change_while_it_runs_is_refused_with_what_to_do() {
    let stage = Stage::new().await;
    stage.deploy(&drafts::STACK).await;
    let own = path(&stage, "experiments", "experiment.Guided");
    stage.click("POST", &format!("{own}launch/"), &json!({}));
    let before = stage.look(&own);
    let Err(Error::Problems(problems)) = stage.planned(&another_flag::STACK, false).await else {
        panic!("it is planned");
    };
    assert_eq!(problems.len(), 1, "{problems:?}");
    let problem = &problems[0];
    assert_eq!(problem.address, "experiment.Guided");
    assert!(problem.place.contains("lifecycle.rs:"), "{problem:?}");
    assert!(
        problem.message.starts_with("it runs since ")
            && problem.message.ends_with("and `flag`, `holdout` cannot be changed meanwhile"),
        "{problem:?}"
    );
    assert!(problem.hint.starts_with("end it in PostHog first"), "{problem:?}");
    assert_eq!(stage.look(&own), before);

    // Once it is over, it can be replaced: this deletes its results, and the plan says so.
    stage.click("POST", &format!("{own}end/"), &json!({}));
    let plan = stage.deploy(&another_flag::STACK).await;
    let step = step(&plan, "experiment.Guided");
    assert_eq!(step.change, Change::Replace);
    assert_eq!(
        step.means,
        [
            "the new one is made first, then the old one is removed",
            "lost: the results of the old one; the new one is a draft"
        ]
    );
}

#[tokio::test]
async fn a_flag_is_toggled_by_people() {
    let stage = Stage::new().await;
    stage.deploy(&drafts::STACK).await;
    let own = path(&stage, "feature_flags", "feature_flag.Shade");
    stage.click("PATCH", &own, &json!({ "active": false }));
    let plan = stage.plan(&drafts::STACK).await;
    assert!(!plan.changes(), "{plan:#?}");
    assert_eq!(left(&plan, "feature_flag.Shade"), ["`active` is false"]);

    // Another change of it leaves the switch where it is.
    stage.deploy(&edited::STACK).await;
    let now = stage.look(&own);
    assert_eq!((&now["active"], &now["filters"]["groups"][0]["rollout_percentage"]), (&json!(false), &json!(20)));

    // Written down, it is no longer theirs.
    let (plan, outcome) = stage.apply(&pinned::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    let fields: Vec<&str> = step(&plan, "feature_flag.Shade").fields.iter().map(|f| f.field.as_str()).collect();
    assert!(fields.contains(&"active"), "{fields:?}");
    assert_eq!(stage.look(&own)["active"], json!(true));
}

#[tokio::test]
async fn a_survey_is_started_and_stopped_by_people() {
    let stage = Stage::new().await;
    stage.deploy(&drafts::STACK).await;
    let own = path(&stage, "surveys", "survey.Nps");
    for (body, says) in [
        (json!({ "start_date": "2026-11-01T09:00:00Z" }), "it was started at 2026-11-01"),
        (json!({ "end_date": "2026-11-09T09:00:00Z" }), "it was stopped at 2026-11-09"),
    ] {
        stage.click("PATCH", &own, &body);
        let plan = stage.deploy(&drafts::STACK).await;
        assert!(!plan.changes(), "{plan:#?}");
        let left = left(&plan, "survey.Nps");
        assert!(left.len() == 1 && left[0].starts_with(says), "{left:?}");
    }
    stage.deploy(&edited::STACK).await;
    let now = stage.look(&own);
    assert_eq!(now["questions"][0]["question"], json!("Why is that?"));
    assert!(now["start_date"].is_string() && now["end_date"].is_string(), "{now}");
}

#[tokio::test]
async fn a_flag_that_was_archived_is_found_and_not_made_again() {
    let stage = Stage::new().await;
    stage.deploy(&drafts::STACK).await;
    let own = path(&stage, "feature_flags", "feature_flag.Shade");
    stage.click("PATCH", &own, &json!({ "active": false }));
    stage.click("PATCH", &own, &json!({ "archived": true }));
    let plan = stage.plan(&drafts::STACK).await;
    let revived = step(&plan, "feature_flag.Shade");
    assert_eq!((revived.change, revived.reason.as_deref()), (Change::Revive, Some("it is archived")));
    stage.deploy(&drafts::STACK).await;
    assert_eq!(stage.look(&own)["archived"], json!(false));
}
