//! Experiments: what they measure under which condition, and their life, said by one plan after the other.

use plg_runtime::plan::{Change, Plan};
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, step};

mod measured {
    plg::stack! {
        name: "measured",
        stages: { local: sandbox },

        event Used { name: "used", properties: { feature: text, seconds: number } }
        event Paid { name: "paid", properties: { plan: text, amount: number } }
        action Upgraded { on: [Paid] }
        cohort Staff { all: [person("email", contains: "@example.com")] }
        feature_flag Checkout { key: "checkout", variants: { control: 50%, test: 50% } }
        experiment CheckoutTest {
            flag: Checkout,
            metrics: [
                retention(
                    only(Used, with: [{ property: "feature", is: ["export"] }]),
                    returning: Paid,
                    after: 1,
                    until: 7 days,
                    starts: last_seen,
                ),
                mean(sum(Paid, of: "amount", with: [{ property: "plan", is: ["pro"] }]), outliers: { upper: 99%, ignore_zeros: true }),
                mean(Used, sum: "seconds", within: 14 days, breakdowns: ["feature", person("plan")], breakdown_options: { limit: 5 }),
                funnel [only(Used, with: [not_member(Staff)]), Upgraded] { within: 7 days, order: unordered },
            ],
            secondary: [
                ratio(
                    average(Paid, of: "amount"),
                    per: people(Used),
                    outliers: { lower: 1%, upper: 99% },
                    outliers_per: { upper: 95% },
                    goal: decrease,
                ),
                mean(sql(Paid, "sum(properties.amount) / 100"), title: "Cents"),
                mean(groups(Used, of: 0)),
                mean(sessions(Upgraded)),
            ],
            stats: frequentist,
            confidence: 99%,
            baseline: "test",
            variance_reduction: 14 days,
            exposure: { of: only(Used, with: [{ property: "feature", set: true }]), several: first_seen, without_test_users: false },
            running_time: { effect: 10%, people: 2000, days: 14 },
            excluded: ["control"],
            matured_only: true,
        }
    }
}

fn experiment(stage: &Stage) -> Value {
    let rows = stage.look("/api/projects/12345/experiments/");
    let id = rows["results"][0]["id"].to_string();
    stage.look(&format!("/api/projects/12345/experiments/{id}/"))
}

#[tokio::test]
async fn metrics_with_conditions_are_deployed_and_stay() {
    let stage = Stage::new().await;
    stage.deploy(&measured::STACK).await;
    stage.settled(&measured::STACK).await;
    let live = experiment(&stage);
    let retention = &live["metrics"][0];
    assert_eq!(
        (&retention["metric_type"], &retention["retention_window_start"], &retention["retention_window_end"]),
        (&json!("retention"), &json!(1), &json!(7))
    );
    assert_eq!(retention["start_event"]["properties"][0]["value"], json!(["export"]));
    assert_eq!(live["metrics"][1]["upper_bound_percentile"], json!(0.99));
    let split = json!([{ "property": "feature", "type": "event" }, { "property": "plan", "type": "person" }]);
    assert_eq!(live["metrics"][2]["breakdownFilter"], json!({ "breakdowns": split, "breakdown_limit": 5 }));
    assert_eq!(live["stats_config"]["frequentist"], json!({ "alpha": 0.01 }));
    assert_eq!(live["exposure_criteria"]["exposure_config"]["kind"], "ExperimentEventExposureConfig");

    // The server and the web app note more.
    let id = live["id"].to_string();
    let mut metrics = live["metrics"].clone();
    metrics[3]["series"][1]["name"] = json!("Upgraded, as it was called");
    metrics[0]["returning"] = Value::Null;
    metrics[0]["breakdownFilter"] = json!({ "breakdowns": [], "breakdown_type": "event" });
    stage.click("PATCH", &format!("/api/projects/12345/experiments/{id}/"), &json!({ "metrics": metrics }));
    stage.settled(&measured::STACK).await;
    stage.destroy(&measured::STACK).await;
}

macro_rules! life {
    ($name:ident, $($state:tt)*) => {
        mod $name {
            plg::stack! {
                name: "life",
                stages: { local: sandbox },

                event Used { name: "used" }
                feature_flag Guide { key: "guide", rollout: 10%, variants: { control: 50%, test: 50% } }
                experiment GuideTest { flag: Guide, metrics: [mean(Used)], $($state)* }
            }
        }
    };
}

life!(draft, state: draft);
life!(running, state: running);
life!(paused, state: paused);
life!(stopped, state: stopped);
life!(shipped, state: stopped, ship: { variant: "test", to_everybody: true }, conclusion: won, conclusion_comment: "More of all.");
life!(other, state: stopped, ship: { variant: "control" });
life!(theirs, title: "Guide Test");

fn flag(stage: &Stage) -> Value {
    stage.look("/api/projects/12345/feature_flags/")["results"][0].clone()
}

/// The shares of its variants, and how many condition sets it has.
fn shares(stage: &Stage) -> (Vec<i64>, usize) {
    let filters = flag(stage)["filters"].clone();
    let variants = filters["multivariate"]["variants"].as_array().cloned().unwrap_or_default();
    let share = |variant: &Value| variant["rollout_percentage"].as_f64().unwrap_or_default() as i64;
    (variants.iter().map(share).collect(), filters["groups"].as_array().map_or(0, Vec::len))
}

fn said(plan: &Plan) -> String {
    step(plan, "experiment.GuideTest").warnings.join("\n")
}

#[tokio::test]
async fn an_experiment_is_launched_paused_ended_and_shipped_by_plans() {
    let stage = Stage::new().await;
    stage.deploy(&draft::STACK).await;
    stage.settled(&draft::STACK).await;
    assert_eq!(experiment(&stage)["status"], "draft");

    let plan = stage.deploy(&running::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["experiment.GuideTest"]);
    assert!(said(&plan).contains("launching it switches on its flag, and people get its variants"), "{}", said(&plan));
    let started = experiment(&stage)["start_date"].clone();
    assert_eq!(experiment(&stage)["status"], "running");
    stage.settled(&running::STACK).await;
    // What was launched is it was launched, and cannot become a draft again.
    let refused = stage.planned(&draft::STACK, false).await.expect_err("it is refused");
    assert!(refused.to_string().contains("it was launched, and cannot become a draft again"), "{refused}");

    let plan = stage.deploy(&paused::STACK).await;
    assert!(
        said(&plan).contains("pausing it switches off its flag, and nobody gets a variant any more"),
        "{}",
        said(&plan)
    );
    assert_eq!((&experiment(&stage)["status"], &flag(&stage)["active"]), (&json!("paused"), &json!(false)));
    stage.settled(&paused::STACK).await;
    stage.deploy(&running::STACK).await;
    assert_eq!((&experiment(&stage)["start_date"], &flag(&stage)["active"]), (&started, &json!(true)));

    let plan = stage.deploy(&stopped::STACK).await;
    assert!(said(&plan).contains("leaves its flag as it is"), "{}", said(&plan));
    stage.settled(&stopped::STACK).await;
    let refused = stage.planned(&running::STACK, false).await.expect_err("it is refused");
    assert!(refused.to_string().contains("cannot run again"), "{refused}");

    let before = stage.state(&stopped::STACK);
    let plan = stage.deploy(&shipped::STACK).await;
    assert!(said(&plan).contains("shipping `test`"), "{}", said(&plan));
    assert_eq!(shares(&stage), (vec![0, 100], 2));
    assert_eq!(experiment(&stage)["conclusion"], "won");
    stage.settled(&shipped::STACK).await;
    let plan = stage.plan(&shipped::STACK).await;
    let says: Vec<&str> = step(&plan, "experiment.GuideTest").unmanaged.iter().map(|one| one.says.as_str()).collect();
    assert!(says.iter().any(|says| says.contains("control: 0%, test: 100%")), "{says:?}");

    // It died before it could remember: people get the variant already, and it is not shipped twice.
    stage.remember(&shipped::STACK, |state| *state = before);
    stage.deploy(&shipped::STACK).await;
    assert_eq!(shares(&stage), (vec![0, 100], 2));
    stage.settled(&shipped::STACK).await;

    // What people make of the flag afterwards is theirs, and another variant is shipped where the stack says so.
    let id = flag(&stage)["id"].to_string();
    let variants = json!([{ "key": "control", "rollout_percentage": 30 }, { "key": "test", "rollout_percentage": 70 }]);
    let filters = json!({ "filters": { "multivariate": { "variants": variants } } });
    stage.click("PATCH", &format!("/api/projects/12345/feature_flags/{id}/"), &filters);
    stage.settled(&shipped::STACK).await;
    stage.deploy(&other::STACK).await;
    assert_eq!(shares(&stage), (vec![100, 0], 2));
    stage.settled(&other::STACK).await;
}

#[tokio::test]
async fn a_running_one_is_ended_and_shipped_at_once_and_a_new_one_goes_all_the_way() {
    let stage = Stage::new().await;
    stage.deploy(&running::STACK).await;
    stage.settled(&running::STACK).await;
    stage.deploy(&shipped::STACK).await;
    let live = experiment(&stage);
    assert_eq!((&live["status"], &live["conclusion_comment"]), (&json!("stopped"), &json!("More of all.")));
    assert_eq!(shares(&stage), (vec![0, 100], 2));

    for stack in [&paused::STACK, &shipped::STACK] {
        let stage = Stage::new().await;
        stage.deploy(stack).await;
        stage.settled(stack).await;
        assert_eq!(experiment(&stage)["status"].as_str() == Some("paused"), std::ptr::eq(stack, &paused::STACK));
    }
}

#[tokio::test]
async fn where_no_state_is_written_people_launch_and_end_it() {
    let stage = Stage::new().await;
    stage.deploy(&theirs::STACK).await;
    let id = experiment(&stage)["id"].to_string();
    for action in ["launch", "pause", "end"] {
        stage.click("POST", &format!("/api/projects/12345/experiments/{id}/{action}/"), &json!({}));
        stage.settled(&theirs::STACK).await;
    }
}
