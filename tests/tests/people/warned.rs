//! What people should know before a change is made is said by its plan, and what the key may not touch is refused.

use super::path;
use plg_runtime::error::Error;
use plg_runtime::show::{self, Picture, Style};
use serde_json::json;
use tests::stage::{Stage, step};

mod before {
    plg::stack! {
        name: "warned",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        event Upgraded { name: "plan_upgraded" }
        feature_flag Onboarding { key: "onboarding", rollout: 20%, variants: { control: 50%, test: 50% } }
        experiment Guided { flag: Onboarding, metrics: [mean(Used)] }
        survey Nps { questions: [open("Why?")] }
    }
}

mod after {
    plg::stack! {
        name: "warned",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        event Upgraded { name: "plan_upgraded" }
        feature_flag Onboarding { key: "onboarding", rollout: 30%, variants: { control: 90%, test: 10% } }
        experiment Guided { flag: Onboarding, metrics: [mean(Upgraded)] }
        survey Nps { questions: [open("Why not?")] }
    }
}

const PLAIN: Style = Style { color: false, width: 120, verbose: false };

#[tokio::test]
async fn a_change_of_what_runs_is_a_warning() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    let own = |list: &str, address: &str| path(&stage, &before::STACK, list, address);
    let plan = stage.plan(&after::STACK).await;
    assert!(plan.steps.iter().all(|step| step.warnings.is_empty()), "a draft runs for nobody");

    stage.click("POST", &format!("{}launch/", own("experiments", "experiment.Guided")), &json!({}));
    stage.click("PATCH", &own("surveys", "survey.Nps"), &json!({ "start_date": "2026-11-01T00:00:00Z" }));
    let plan = stage.plan(&after::STACK).await;
    for (address, parts) in [
        (
            "feature_flag.Onboarding",
            &[
                "an experiment runs on it since ",
                "its split changes for people who are in it",
                "who is in it changes",
                "experiment \"Guided\"",
            ][..],
        ),
        ("experiment.Guided", &["it runs since ", "what it is measured by changes meanwhile"]),
        ("survey.Nps", &["people can answer it since 2026-11-01", ": their answers are to the present questions"]),
    ] {
        let warnings = step(&plan, address).warnings.join("; ");
        assert!(parts.iter().all(|part| warnings.contains(part)), "{address}: {warnings}");
        let picture = Picture::of_plan(&plan);
        for shown in [show::plan(&plan, PLAIN), show::markdown(&picture), show::html(&picture)] {
            assert!(shown.replace(['\\', '\n'], "").contains(parts[0]), "{address}: {shown}");
        }
    }
    let plan = stage.plan(&before::STACK).await;
    assert!(plan.steps.iter().all(|step| step.warnings.is_empty()), "nothing of it changes");
}

#[tokio::test]
async fn what_the_key_may_only_look_at_is_refused_before_anything_is_done() {
    let mut stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    let writes = stage.sandbox().stats().of("posthog").writes;
    stage.bend(|request, pass| {
        let mut answer = pass(request);
        let body = String::from_utf8_lossy(&answer.body);
        answer.body = body.replace(r#""user_access_level":"manager""#, r#""user_access_level":"viewer""#).into_bytes();
        request.url.contains("/feature_flags/").then_some(Ok(answer))
    });
    let Err(Error::Problems(problems)) = stage.planned(&after::STACK, false).await else { panic!("it is planned") };
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].address, "feature_flag.Onboarding");
    assert!(problems[0].place.contains("warned.rs:"), "{problems:?}");
    assert!(problems[0].message.starts_with("PostHog would refuse it: the user of the key may not edit it"));
    assert_eq!(stage.sandbox().stats().of("posthog").writes, writes);
}
