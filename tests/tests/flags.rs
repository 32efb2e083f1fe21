//! Flags that are a share of groups, that need one another, that compare versions and dates, and that change at a time:
//! declared, deployed, and as declared afterwards.

use plg_runtime::declared::environment::Environment;
use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, step};

mod all {
    plg::stack! {
        name: "flags",
        stages: { local: sandbox },

        cohort Staff { all: [person("email", contains: "@example.com")] }
        feature_flag Billing { key: "billing", variants: { control: 50%, test: 50% }, names: { test: "The new one" } }
        feature_flag Legacy { key: "legacy" }
        /// For one in five retailers.
        feature_flag Retail {
            key: "retail",
            release: [{ of: group(0), to: [group(anything("industry"), is: ["retail"])], rollout: 20% }],
        }
        feature_flag Invoices {
            key: "invoices",
            release: [{ to: [needs(Billing, is: "test"), needs_off(Legacy)] }],
        }
        feature_flag Fresh {
            key: "fresh",
            release: [
                { to: [person(anything("app_version"), version: at_least("2.3.0"))] },
                { to: [person(anything("app_version"), version: like("3.*")), person(anything("joined"), after_day: "2026-02-01")] },
                { to: [person(anything("joined"), before: 30 days ago), person(anything("plan"), contains_any: ["pro", "team"])] },
            ],
        }
        feature_flag Onboarding { key: "onboarding", rollout: 0% }
        scheduled_change OnboardingOpens {
            flag: Onboarding,
            at: "2100-12-24T09:00Z",
            does: add_release { to: [member(Staff)], rollout: 50% },
        }
        scheduled_change NightsOff { flag: Legacy, at: "2100-12-24T20:00Z", does: set_active(false), cron: "0 20 * * 1-5" }
        scheduled_change MonthsOff { flag: Legacy, at: "2100-12-24T21:00Z", does: set_active(false), every: monthly, paused: true }
    }
}

#[tokio::test]
async fn groups_needs_versions_and_schedules_are_deployed_and_stay() {
    let stage = Stage::new().await;
    let plan = stage.deploy(&all::STACK).await;
    assert_eq!(addresses(&plan, Change::Create).len(), plan.steps.len());
    stage.settled(&all::STACK).await;
    let flags = stage.look("/api/projects/12345/feature_flags/");
    let flag = |key: &str| {
        let rows = flags["results"].as_array().into_iter().flatten();
        rows.into_iter().find(|flag| flag["key"] == key).expect("it was made").clone()
    };
    let set = &flag("retail")["filters"]["groups"][0];
    assert_eq!((&set["aggregation_group_type_index"], &set["rollout_percentage"]), (&json!(0), &json!(20)));
    let need = &flag("invoices")["filters"]["groups"][0]["properties"][0];
    assert_eq!((&need["key"], &need["value"]), (&json!(flag("billing")["id"].to_string()), &json!("test")));
    // A schedule that rests is made, and put to rest right after.
    let schedules = stage.look("/api/projects/12345/scheduled_changes/");
    let rests = |row: &&Value| row["is_recurring"] == false && row["recurrence_interval"] == "monthly";
    assert_eq!(schedules["results"].as_array().into_iter().flatten().filter(rests).count(), 1, "{schedules}");
    // What others need is made first, and goes last.
    stage.destroy(&all::STACK).await;
    let left = stage.look("/api/projects/12345/scheduled_changes/");
    assert_eq!(left["results"], json!([]));
}

/// A time that is over is done at once.
mod due {
    plg::stack! {
        name: "due",
        stages: { local: sandbox },

        feature_flag Onboarding { key: "onboarding", rollout: 0%, active: false }
        feature_flag Split { key: "split", variants: { control: 50%, test: 50% }, names: { test: "New" } }
        scheduled_change Opens { flag: Onboarding, at: "2020-12-24T09:00Z", does: set_active(true) }
        scheduled_change Joins { flag: Onboarding, at: "2020-12-24T09:00Z", does: add_release { rollout: 30% } }
        scheduled_change Shifts {
            flag: Split, at: "2020-12-24T09:00Z", does: set_variants { variants: { control: 10%, test: 90% } },
        }
    }
}

/// The same with something else of the flags changed.
mod due_later {
    plg::stack! {
        name: "due",
        stages: { local: sandbox },

        /// For all who are new.
        feature_flag Onboarding { key: "onboarding", rollout: 5%, active: false, tags: ["new"] }
        feature_flag Split { key: "split", variants: { control: 50%, test: 50% }, names: { test: "Newer" } }
        scheduled_change Opens { flag: Onboarding, at: "2020-12-24T09:00Z", does: set_active(true) }
        scheduled_change Joins { flag: Onboarding, at: "2020-12-24T09:00Z", does: add_release { rollout: 30% } }
        scheduled_change Shifts {
            flag: Split, at: "2020-12-24T09:00Z", does: set_variants { variants: { control: 10%, test: 90% } },
        }
    }
}

/// The flags alone, as somebody wants them now.
mod due_no_more {
    plg::stack! {
        name: "due",
        stages: { local: sandbox },

        feature_flag Onboarding { key: "onboarding", rollout: 0%, active: false }
        feature_flag Split { key: "split", variants: { control: 10%, test: 90% }, names: { test: "New" } }
    }
}

fn row(stage: &Stage, key: &str) -> Value {
    let flags = stage.look("/api/projects/12345/feature_flags/");
    let rows = flags["results"].as_array().into_iter().flatten();
    rows.into_iter().find(|flag| flag["key"] == key).expect("it is there").clone()
}

#[tokio::test]
async fn what_was_carried_out_is_no_difference_and_is_never_made_again() {
    let mut stage = Stage::new().await;
    stage.deploy(&due::STACK).await;
    // Time passes: PostHog does it.
    let _ = stage.look("/api/projects/12345/scheduled_changes/");
    assert_eq!(row(&stage, "onboarding")["active"], true);
    stage.settled(&due::STACK).await;
    let plan = stage.plan(&due::STACK).await;
    assert!(step(&plan, "scheduled_change.Opens").unmanaged[0].says.starts_with("PostHog made the change on"));

    // Whatever else of the flag changes goes beside it.
    let plan = stage.deploy(&due_later::STACK).await;
    let mut updated = addresses(&plan, Change::Update);
    updated.sort_unstable();
    assert_eq!(updated, ["feature_flag.Onboarding", "feature_flag.Split"]);
    let flag = row(&stage, "onboarding");
    let shares: Vec<&Value> =
        flag["filters"]["groups"].as_array().into_iter().flatten().map(|set| &set["rollout_percentage"]).collect();
    assert_eq!((&flag["active"], shares), (&json!(true), vec![&json!(5), &json!(30)]));
    let variants = &row(&stage, "split")["filters"]["multivariate"]["variants"];
    assert_eq!((&variants[1]["rollout_percentage"], &variants[1]["name"]), (&json!(90), &json!("Newer")));
    stage.settled(&due_later::STACK).await;

    // Somebody else's change is still one.
    let id = flag["id"].to_string();
    stage.click("PATCH", &format!("/api/projects/12345/feature_flags/{id}/"), &json!({ "active": false }));
    assert_eq!(addresses(&stage.plan(&due_later::STACK).await, Change::Update), ["feature_flag.Onboarding"]);
    stage.deploy(&due_later::STACK).await;

    // Nothing is remembered: those that were carried out are the ones that are meant.
    stage.forget();
    let plan = stage.deploy(&due_later::STACK).await;
    assert_eq!(addresses(&plan, Change::Create), [""; 0]);
    let all = stage.look("/api/projects/12345/scheduled_changes/");
    assert_eq!(all["results"].as_array().map(Vec::len), Some(3));
    stage.settled(&due_later::STACK).await;
}

#[tokio::test]
async fn what_was_carried_out_is_forgotten_and_not_made_again_where_it_is_gone() {
    let stage = Stage::new().await;
    stage.deploy(&due::STACK).await;
    let all = stage.look("/api/projects/12345/scheduled_changes/");
    let id = all["results"][0]["id"].to_string();
    stage.click("DELETE", &format!("/api/projects/12345/scheduled_changes/{id}/"), &Value::Null);
    // Nobody knows any more whether it was done: it is not done again, and its field stays as it is.
    stage.settled(&due::STACK).await;

    // Left out, they are history, and the flag is what is written.
    let plan = stage.deploy(&due_no_more::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["feature_flag.Onboarding"]);
    let flag = row(&stage, "onboarding");
    assert_eq!((&flag["active"], flag["filters"]["groups"].as_array().map(Vec::len)), (&json!(false), Some(1)));
    let left = stage.look("/api/projects/12345/scheduled_changes/");
    assert_eq!(left["results"].as_array().map(Vec::len), Some(2));
    stage.settled(&due_no_more::STACK).await;
}

#[tokio::test]
async fn without_a_look_what_may_have_been_done_is_left_alone() {
    let stage = Stage::new().await;
    stage.deploy(&due::STACK).await;
    let _ = stage.look("/api/projects/12345/scheduled_changes/");
    let mut session = stage.open(&due::STACK).await;
    let plan = session.plan(&plg_runtime::plan::PlanOptions { refresh: false, ..tests::stage::fresh() }).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.change == Change::Unchanged), "{:?}", plan.steps);
}

mod secret {
    plg::stack! {
        name: "secret",
        stages: { local: sandbox },

        feature_flag Limits { key: "limits", remote_config: true, secret_payload: env("LIMITS") }
    }
}

#[tokio::test]
async fn a_secret_payload_is_rotated_and_nowhere_to_be_read() {
    let stage = Stage::new().await;
    let held = |value: &'static str| Environment::new(move |name| (name == "LIMITS").then(|| value.to_owned()));
    stage.deploy_with(&secret::STACK, held("hush-one")).await;
    let flag = row(&stage, "limits");
    assert_eq!(flag["has_encrypted_payloads"], true);
    let kept = serde_json::to_string(&stage.state(&secret::STACK)).unwrap();
    assert!(!kept.contains("hush-one"), "{kept}");

    let mut session = stage.open_with(&secret::STACK, held("hush-one")).await;
    let plan = session.plan(&tests::stage::fresh()).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.change == Change::Unchanged), "{:?}", plan.steps);
    drop(session);

    let mut session = stage.open_with(&secret::STACK, held("hush-two")).await;
    let plan = session.plan(&tests::stage::fresh()).await.unwrap();
    let field = &step(&plan, "feature_flag.Limits").fields[0];
    assert_eq!((field.field.as_str(), field.rotated), ("secret_payload", true));
    assert!(!format!("{plan:?}").contains("hush"));
    drop(session);
    stage.deploy_with(&secret::STACK, held("hush-two")).await;
    let mut session = stage.open_with(&secret::STACK, held("hush-two")).await;
    let plan = session.plan(&tests::stage::fresh()).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.change == Change::Unchanged), "{:?}", plan.steps);
}
