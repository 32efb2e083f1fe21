//! Flags, experiments, cohorts and surveys as product teams left them in the web app: a project of them is written down
//! whole, and a plan of it changes nothing.

#[path = "product/audience.rs"]
mod audience;
#[path = "product/experiments.rs"]
mod experiments;
#[path = "product/flags.rs"]
mod flags;
#[path = "product/surveys.rs"]
mod surveys;

use plg_core::source::Fate;
use plg_core::{Declared, Stack, StackItems};
use plg_runtime::answers::import::Imported;
use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::bent::{body, says};
use tests::stage::{Stage, addresses};

const P: &str = "/api/projects/12345";

mod nothing {
    plg::stack! { name: "product", stages: { local: sandbox } }
}

/// Something that somebody makes in the web app; its id.
fn made(stage: &Stage, path: &str, body: &Value) -> Value {
    stage.click("POST", &format!("{P}/{path}/"), body)["id"].clone()
}

/// A change that somebody makes in the web app.
fn done(stage: &Stage, method: &str, path: &str, body: &Value) {
    stage.click(method, &format!("{P}/{path}/"), body);
}

/// A base with members in it replaced or added.
fn with(base: &Value, more: &Value) -> Value {
    let mut all = base.clone();
    if let (Some(all), Some(more)) = (all.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    all
}

/// Makes all of it; how many objects that are.
fn fill(stage: &Stage) -> usize {
    let cohorts = audience::fill(stage);
    let flags = flags::fill(stage, &cohorts);
    let experiments = experiments::fill(stage);
    let surveys = surveys::fill(stage, &cohorts);
    cohorts.len() + flags + experiments + surveys
}

/// Rows that no request makes any more: flags of years ago, and of a format that is to come.
fn grown_old(row: &mut Value) {
    match row["key"].as_str().unwrap_or_default() {
        "of-years-ago" => {
            row["filters"]["super_groups"] = json!([{ "properties": [
                { "key": "$feature_enrollment/of-years-ago", "type": "person", "operator": "exact", "value": ["true"] },
            ], "rollout_percentage": 100 }]);
            row["filters"]["holdout_groups"] =
                json!([{ "properties": [], "rollout_percentage": 5, "variant": "holdout-1" }]);
        }
        "of-times-to-come" => row["filters"]["version"] = json!(2),
        _ => {}
    }
}

async fn imported(stage: &mut Stage) -> Imported {
    stage.bend(|request, pass| {
        let is_flag = request.method == "GET" && request.url.contains("/feature_flags/");
        is_flag.then(|| {
            let answer = pass(request);
            let mut answered = body(&answer);
            match answered.get_mut("results").and_then(Value::as_array_mut) {
                Some(rows) => rows.iter_mut().for_each(grown_old),
                None => grown_old(&mut answered),
            }
            Ok(says(answer.status, &answered))
        })
    });
    stage.reading(&nothing::STACK).await.import(&nothing::STACK).await.expect("it can be written down")
}

/// What the import says it leaves out: the kind, what people call it, what became of it, which keys or else why.
fn left_out(imported: &Imported) -> Vec<(String, String, Fate, String)> {
    let said = imported.said.iter().filter(|said| said.kind != "other kinds");
    said.map(|said| {
        let what = [said.keys.clone(), said.why.clone()].concat().join("; ");
        (said.kind.to_owned(), said.name.clone(), said.fate, what)
    })
    .collect()
}

/// All that the language has no words for, on purpose.
const LEFT_OUT: &[(&str, &str, Fate, &str)] = &[
    ("cohort", "OneByOne", Fate::Existing, "its people were chosen one by one, not by conditions"),
    (
        "feature_flag",
        "OfTimesToCome",
        Fate::LeftOut,
        "its conditions are in version 2 of PostHog's format, which only the web app can change",
    ),
    (
        "feature_flag",
        "ConfigurationKeptSecret",
        Fate::Existing,
        "its payload is encrypted: declare it with `secret_payload: env(\"…\")`",
    ),
    (
        "scheduled_change",
        "Switch4",
        Fate::LeftOut,
        "the language has no word for the change {\"operation\":\"update_status\",\"value\":\"soon\"}",
    ),
    (
        "early_access_feature",
        "OldSearchEarlyAccessFeature",
        Fate::Partly,
        "documentation_url; its docs stay at http://docs.example.com/search, which is no https address",
    ),
    (
        "experiment",
        "TestFromATable",
        Fate::Partly,
        "metrics; its metrics stay as they are: the language has no word for a table of the warehouse here",
    ),
    (
        "experiment",
        "TestReckoned",
        Fate::Partly,
        "running_time_calculation.exposure_estimate_config; `running_time_calculation.exposure_estimate_config` is not \
         expressed: {\"conversionRateInputType\":\"automatic\",\"manualMetricType\":null}",
    ),
    (
        "survey",
        "InTwoLanguages",
        Fate::Partly,
        "questions; translations; `translations`: not all of it is said in each language, so they stay as they are; \
         `translations` is not expressed: {\"de\":{\"name\":\"Zwei Sprachen\",\"thankYouMessageHeader\":\"Danke!\"}}",
    ),
    (
        "survey",
        "AfterSomethingInChrome",
        Fate::Partly,
        "conditions; `shown`: filters of events have no word here, so the events stay as they are",
    ),
    (
        "survey",
        "Question13",
        Fate::Partly,
        "questions; `translations`: not all of it is said in each language, so they stay as they are",
    ),
];

#[tokio::test]
async fn a_product_project_of_the_web_app_is_written_whole() {
    let mut stage = Stage::new().await;
    let objects = fill(&stage);
    assert!(objects >= 150, "{objects}");
    let imported = imported(&mut stage).await;
    assert_eq!(imported.unproved, [""; 0], "{}", imported.source);
    let found = left_out(&imported);
    let found: Vec<_> = found.iter().map(|(kind, name, fate, what)| (&**kind, &**name, *fate, &**what)).collect();
    assert_eq!(found, LEFT_OUT, "{}", imported.source);
}

#[tokio::test]
async fn a_plan_of_what_was_written_changes_nothing() {
    let mut stage = Stage::new().await;
    fill(&stage);
    let imported = imported(&mut stage).await;
    let items: Vec<&'static dyn Declared> = imported.items.clone();
    let stack: &'static Stack = Box::leak(Box::new(Stack { items: StackItems::of(items), ..nothing::STACK }));
    let plan = stage.plan(stack).await;
    let changed: Vec<String> = plan
        .steps
        .iter()
        .filter(|step| !step.fields.is_empty() || !matches!(step.change, Change::Adopt | Change::Read))
        .map(|step| format!("{} {:?} {:?}", step.address, step.change, step.words))
        .collect();
    assert_eq!(changed, [""; 0]);
    assert_eq!(addresses(&plan, Change::Create), [""; 0]);
}
