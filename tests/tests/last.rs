//! What cannot be undone comes last, and what nobody needs stops nobody.

use plg_core::Stack;
use plg_runtime::apply::progress::{Progress, Silent};
use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::plan::{Change, Plan};
use plg_sandbox::{Act, Faults, Match, Rule};
use serde_json::json;
use std::sync::Arc;
use tests::stage::{Stage, fresh, quietly};
use tokio_util::sync::CancellationToken;

mod before {
    plg::stack! {
        name: "last",
        stages: { local: sandbox },
        feature_flag Old { key: "old", rollout: 10%, variants: { control: 50%, test: 50% } }
        experiment OldTest { flag: Old }
        feature_flag Stays { key: "stays", rollout: 10% }
    }
}

mod after {
    plg::stack! {
        name: "last",
        stages: { local: sandbox },
        feature_flag Stays { key: "stays", rollout: 20% }
        cohort New { all: [person(anything("plan"), is: ["pro"])] }
    }
}

mod events {
    plg::stack! {
        name: "last",
        stages: { local: sandbox },
        /// Somebody signed up.
        event SignedUp { name: "signed_up", tags: ["core"] }
        action Signup { on: [SignedUp] }
        insight Signups { shows: trend [SignedUp] }
    }
}

const P: &str = "/api/projects/12345";

/// From now on, the sandbox answers matching requests with this status.
fn refuse(stage: &Stage, method: &str, path: &str, status: u16) {
    let rule = Rule {
        on: Match { method: Some(method.into()), path: Some(path.into()), ..Match::default() },
        act: Act { status: Some(status), ..Act::default() },
        ..Rule::default()
    };
    stage.sandbox().set_faults(Faults { rules: vec![rule], ..Faults::default() });
}

fn mend(stage: &Stage) {
    stage.sandbox().set_faults(Faults::default());
}

async fn apply(stage: &Stage, stack: &'static Stack, keep_going: bool) -> (Plan, Outcome) {
    stage.apply_with(stack, &fresh(), &ApplyOptions { keep_going, ..quietly() }).await
}

fn count(stage: &Stage, list: &str) -> usize {
    stage.look(&format!("{P}/{list}/"))["results"].as_array().map_or(0, Vec::len)
}

fn postponed(outcome: &Outcome) -> Vec<&str> {
    let mut postponed: Vec<&str> = outcome.postponed.iter().map(String::as_str).collect();
    postponed.sort_unstable();
    postponed
}

#[tokio::test]
async fn nothing_is_removed_before_all_else_has_succeeded() {
    for (method, path) in [("POST", "cohorts"), ("PATCH", "feature_flags")] {
        let stage = Stage::new().await;
        stage.deploy(&before::STACK).await;
        refuse(&stage, method, path, 400);
        let (plan, outcome) = apply(&stage, &after::STACK, false).await;
        assert_eq!(plan.count(Change::Delete), 2, "{plan:#?}");
        assert_eq!(outcome.failed.len(), 1, "{path}: {:?}", outcome.failed);
        assert_eq!(postponed(&outcome), ["experiment.OldTest", "feature_flag.Old"], "{path}");
        assert!(outcome.skipped.is_empty(), "{path}: {:?}", outcome.skipped);
        assert_eq!((count(&stage, "experiments"), outcome.count(Change::Delete)), (1, 0), "{path}");
        mend(&stage);
        let (_, outcome) = apply(&stage, &after::STACK, false).await;
        assert_eq!((outcome.failed.len(), outcome.postponed.len(), outcome.count(Change::Delete)), (0, 0, 2), "{path}");
        assert_eq!((count(&stage, "experiments"), count(&stage, "feature_flags")), (0, 1), "{path}");
    }
}

#[tokio::test]
async fn who_says_keep_going_does_not_wait() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    refuse(&stage, "POST", "cohorts", 400);
    let (_, outcome) = apply(&stage, &after::STACK, true).await;
    assert_eq!((outcome.failed.len(), outcome.postponed.len(), outcome.count(Change::Delete)), (1, 0, 2));
}

#[tokio::test]
async fn removals_among_themselves_stop_only_what_needs_them() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    refuse(&stage, "PATCH", "experiments", 400);
    let (_, outcome) = stage.apply(&before::STACK, true).await;
    assert_eq!(outcome.failed.len(), 1, "{:?}", outcome.failed);
    assert_eq!(outcome.skipped, [("feature_flag.Old".to_owned(), "experiment.OldTest".to_owned())]);
    assert_eq!((outcome.postponed.len(), outcome.count(Change::Delete)), (0, 1), "what is apart from it goes");
}

/// Interrupts as soon as something begins.
struct Hasty(CancellationToken);

impl Progress for Hasty {
    fn started(&self, _: &str, _: Change) {
        self.0.cancel();
    }
}

#[tokio::test]
async fn after_an_interruption_removals_are_left_for_the_next_run() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    let cancel = CancellationToken::new();
    let hasty = ApplyOptions { cancel: cancel.clone(), progress: Arc::new(Hasty(cancel)), parallelism: 1, ..quietly() };
    let (_, outcome) = stage.apply_with(&after::STACK, &fresh(), &hasty).await;
    assert!(outcome.interrupted && outcome.failed.is_empty());
    assert_eq!(postponed(&outcome), ["experiment.OldTest", "feature_flag.Old"]);
    assert_eq!(outcome.skipped.len(), 1, "{:?}", outcome.skipped);
    let options = ApplyOptions { progress: Arc::new(Silent), ..quietly() };
    let (_, outcome) = stage.apply_with(&after::STACK, &fresh(), &options).await;
    assert_eq!((outcome.failed.len(), outcome.postponed.len(), outcome.count(Change::Delete)), (0, 0, 2));
}

#[tokio::test]
async fn words_about_something_that_cannot_be_written_stop_nobody() {
    let stage = Stage::new().await;
    stage.sandbox().ingest("signed_up", &serde_json::Map::new()).expect("a sandbox in memory");
    stage.deploy(&before::STACK).await;
    refuse(&stage, "PATCH", "event_definitions", 402);
    let (plan, outcome) = apply(&stage, &events::STACK, false).await;
    assert_eq!(plan.count(Change::Adopt), 1, "{plan:#?}");
    assert_eq!(outcome.failed.len(), 1, "it is said all the same: {:?}", outcome.failed);
    assert_eq!(outcome.failed[0].address, "event.SignedUp");
    assert!(outcome.skipped.is_empty(), "{:?}", outcome.skipped);
    assert_eq!((count(&stage, "actions"), count(&stage, "insights")), (1, 1), "what needs only its name is there");
    assert_eq!(outcome.postponed.len(), 3, "and still nothing is removed after a failure: {:?}", outcome.postponed);
    mend(&stage);
    stage.deploy(&events::STACK).await;
}

#[tokio::test]
async fn what_something_does_is_more_than_words() {
    let stage = Stage::new().await;
    let steps = json!([{ "event": "$pageview" }]);
    stage.sandbox().ingest("signed_up", &serde_json::Map::new()).expect("a sandbox in memory");
    stage.click("POST", &format!("{P}/actions/"), &json!({ "name": "Signup", "steps": steps }));
    refuse(&stage, "PATCH", "actions", 400);
    let (_, outcome) = apply(&stage, &funnels::STACK, false).await;
    assert_eq!(outcome.failed[0].address, "action.Signup");
    assert_eq!(outcome.skipped, [("insight.Signups".to_owned(), "action.Signup".to_owned())]);
}

mod funnels {
    plg::stack! {
        name: "last",
        stages: { local: sandbox },
        event SignedUp { name: "signed_up" }
        action Signup { on: [SignedUp] }
        insight Signups { shows: trend [Signup] }
    }
}
