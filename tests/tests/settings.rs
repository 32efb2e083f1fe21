//! The settings of a project, which are there before anybody declares them and after nobody does any more.

use plg_runtime::plan::Change;
use plg_runtime::show;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, step};

mod declared {
    plg::stack! {
        name: "settings",
        stages: { local: sandbox },

        cohort Staff { all: [person("email", contains: "@example.com")] }
        feature_flag Recorded { key: "recorded", tags: ["growth"] }
        dashboard Home {}
        project_settings Settings {
            timezone: "Europe/Berlin",
            test_account_filters: [not_member(Staff)],
            recording_sample: 40%,
            recorded: flag(Recorded),
            primary_dashboard: Home,
            require_flag_tags: true,
        }
    }
}

mod freed {
    plg::stack! {
        name: "settings",
        stages: { local: sandbox },

        cohort Staff { all: [person("email", contains: "@example.com")] }
        feature_flag Recorded { key: "recorded", tags: ["growth"] }
        dashboard Home {}
        project_settings Settings { timezone: "Europe/Berlin", recorded: everybody }
    }
}

mod without {
    plg::stack! {
        name: "settings",
        stages: { local: sandbox },

        cohort Staff { all: [person("email", contains: "@example.com")] }
        feature_flag Recorded { key: "recorded", tags: ["growth"] }
        dashboard Home {}
    }
}

mod twice {
    plg::stack! {
        name: "twice",
        stages: { local: sandbox },
        parts: [one, other],
    }
    pub(crate) mod one {
        plg::stack! { feature_flag Tagged { key: "tagged", tags: ["growth"] } }
    }
    pub(crate) mod other {
        plg::stack! { project_settings Settings { require_flag_tags: true, surveys: true } }
    }
}

mod further {
    plg::stack! {
        name: "settings",
        stages: { local: sandbox },
        project_settings Settings {
            timezone: "Europe/Berlin",
            extra: { "session_recording_retention_period": "90d", "correlation_config": { "excluded": ["$ip"] } },
        }
    }
}

const PROJECT: &str = "/api/projects/12345/";

fn live(stage: &Stage) -> Value {
    stage.look(PROJECT)
}

#[tokio::test]
async fn they_are_taken_over_changed_and_left_as_they_are() {
    let stage = Stage::new().await;
    stage.click("PATCH", PROJECT, &json!({ "surveys_opt_in": true, "timezone": "Europe/Lisbon" }));
    let plan = stage.deploy(&declared::STACK).await;
    let settings = step(&plan, "project_settings.Settings");
    assert_eq!((settings.change, settings.reason.as_deref()), (Change::Adopt, Some("it exists already")));
    let now = live(&stage);
    assert_eq!(now["timezone"], "Europe/Berlin");
    assert_eq!(now["session_recording_sample_rate"], "0.40");
    assert_eq!(now["session_recording_linked_flag"]["key"], "recorded");
    assert_eq!(now["feature_flag_policy_config"]["require_tags"], true);
    // What nobody wrote is people's.
    assert_eq!(now["surveys_opt_in"], true);
    stage.settled(&declared::STACK).await;

    let plan = stage.plan(&without::STACK).await;
    let gone = step(&plan, "project_settings.Settings");
    assert_eq!(gone.change, Change::Forget, "{:?}", gone.reason);
    stage.deploy(&without::STACK).await;
    assert_eq!(live(&stage)["timezone"], "Europe/Berlin");
    stage.settled(&without::STACK).await;
}

#[tokio::test]
async fn drift_is_told_in_words_and_repaired() {
    let stage = Stage::new().await;
    stage.deploy(&declared::STACK).await;
    let change = json!({ "timezone": "UTC", "session_recording_sample_rate": "0.10", "test_account_filters": [] });
    stage.click("PATCH", PROJECT, &change);
    let plan = stage.plan(&declared::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["project_settings.Settings"]);
    let settings = step(&plan, "project_settings.Settings");
    let side = |side: &Option<String>| side.clone().unwrap_or_default();
    let told: Vec<String> =
        settings.words.iter().map(|one| format!("{}: {} → {}", one.path, side(&one.from), side(&one.to))).collect();
    for wanted in ["timezone: \"UTC\" → \"Europe/Berlin\"", "recording_sample: 10% → 40%"] {
        assert!(told.iter().any(|told| told == wanted), "{told:?}");
    }
    assert!(told.iter().any(|told| told.starts_with("test_account_filters") && told.ends_with("[not_member(Staff)]")));
    assert!(
        settings.warnings.iter().any(|warning| warning.contains("insights change their results, also for the past")),
        "{settings:?}"
    );
    stage.deploy(&declared::STACK).await;
    stage.settled(&declared::STACK).await;
}

#[tokio::test]
async fn a_flag_that_recordings_wait_for_is_freed_first() {
    let stage = Stage::new().await;
    stage.deploy(&declared::STACK).await;
    let refused = stage.planned(&declared::STACK, true).await.expect_err("the project records by a flag");
    assert!(refused.to_string().contains("the project records sessions by it"), "{refused}");
    stage.deploy(&freed::STACK).await;
    assert_eq!(live(&stage)["session_recording_linked_flag"], Value::Null);
    // A word that is taken away leaves what it said.
    assert_eq!(live(&stage)["session_recording_sample_rate"], "0.40");
    stage.settled(&freed::STACK).await;
    stage.destroy(&freed::STACK).await;
    assert_eq!(live(&stage)["timezone"], "Europe/Berlin");
    assert!(stage.state(&freed::STACK).resources.is_empty());
}

#[tokio::test]
async fn secrets_of_the_answer_are_kept_and_shown_nowhere() {
    let stage = Stage::new().await;
    let secret = live(&stage)["live_events_token"].as_str().expect("every answer has one").to_owned();
    let plan = stage.deploy(&declared::STACK).await;
    let state = serde_json::to_string(&stage.state(&declared::STACK)).expect("JSON");
    let session = stage.reading(&declared::STACK).await;
    for text in [state, format!("{plan:?}"), serde_json::to_string(&plan).expect("JSON"), format!("{session:?}")] {
        assert!(!text.contains(&secret) && !text.contains("api_token"), "a secret is in {text}");
    }
    let told = show::plan(&stage.plan(&declared::STACK).await, show::Style { color: false, width: 100, verbose: true });
    assert!(!told.contains(&secret));
}

#[tokio::test]
async fn parts_keep_what_the_settings_ask() {
    let stage = Stage::new().await;
    stage.deploy(&twice::STACK).await;
    stage.settled(&twice::STACK).await;
}

/// A setting without a field of its own is set, read back and reported like every other.
#[tokio::test]
async fn a_setting_without_a_word_is_kept() {
    let stage = Stage::new().await;
    stage.deploy(&further::STACK).await;
    assert_eq!(live(&stage)["session_recording_retention_period"], "90d");
    stage.settled(&further::STACK).await;
    let plan = stage.plan(&further::STACK).await;
    assert!(plan.steps.iter().all(|step| step.unmanaged.is_empty()), "{plan:?}");
    stage.click("PATCH", PROJECT, &json!({ "session_recording_retention_period": "1y" }));
    let plan = stage.plan(&further::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["project_settings.Settings"]);
    let told = &step(&plan, "project_settings.Settings").words[0];
    assert_eq!((told.path.as_str(), told.to.as_deref()), ("extra.session_recording_retention_period", Some("\"90d\"")));
}

/// The row does not say who changed it, and PostHog's log of changes does.
#[tokio::test]
async fn who_changed_a_setting_is_told() {
    let stage = Stage::new().await;
    stage.deploy(&declared::STACK).await;
    let plan = stage.plan(&declared::STACK).await;
    assert!(plan.steps.iter().all(|step| step.last_change.is_none()));
    stage.click("PATCH", PROJECT, &json!({ "timezone": "UTC" }));
    stage.click("PATCH", PROJECT, &json!({ "surveys_opt_in": true }));
    let plan = stage.plan(&declared::STACK).await;
    let last = step(&plan, "project_settings.Settings").last_change.clone().expect("it is known");
    assert_eq!(last.by.as_deref(), Some("sandbox@example.com"));
    assert!(last.at.is_some());
    let told = show::drift(&plan, show::Style { color: false, width: 100, verbose: false });
    assert!(told.contains("changed last by sandbox@example.com"), "{told}");
}
