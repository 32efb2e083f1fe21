//! What a plan removes is held against everything live, whoever made it.

use plg_core::Stack;
use plg_runtime::answers::impact::{Data, Impact};
use plg_runtime::plan::Change;
use plg_runtime::session::PlanOptions;
use plg_runtime::show::{self, Style};
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, fresh};

mod whole {
    plg::stack! {
        name: "blast",
        stages: { local: sandbox },

        attribute Tier { on: companies, slug: "tier", holds: select { Gold, Silver } }
        attribute Seats { on: companies, slug: "seats", holds: number }
        event Used { name: "used" }
        action Using { on: [Used] }
        cohort Users { all: [did(Used, within: 7 days)] }
        cohort Payers { all: [person(anything("plan"), is: ["pro"])] }
        feature_flag Exports { key: "exports", rollout: 0% }
        feature_flag Guided { key: "guided", variants: { control: 50%, test: 50% } }
        shared_metric Uses { metric: mean(Used) }
        experiment Trial { flag: Guided, shared: [Uses] }
        dashboard Growth {}
        insight ByDay { on: [Growth], shows: trend [Using] }
        survey Asked { kind: api, questions: [open("How is it?")] }
    }
}

mod less {
    plg::stack! {
        name: "blast",
        stages: { local: sandbox },

        attribute Tier { on: companies, slug: "tier", holds: select { Gold } }
        attribute Seats { on: companies, slug: "seats", holds: text }
        event Used { name: "used" }
        feature_flag Guided { key: "guided", variants: { control: 50%, test: 50% } }
        experiment Trial { flag: Guided, metrics: [mean(Used)] }
        dashboard Growth {}
        insight ByDay { on: [Growth], shows: trend [Used] }
    }
}

/// The first of a list with this name.
fn id(stage: &Stage, list: &str, name: &str) -> Value {
    let rows = stage.look(&format!("/api/projects/12345/{list}/"));
    let rows = rows["results"].as_array().cloned().unwrap_or_default();
    let named = |row: &&Value| row["name"] == name || row["key"] == name;
    rows.iter().find(named).unwrap_or_else(|| panic!("no {name} in {rows:?}"))["id"].clone()
}

async fn impact(stage: &Stage, stack: &'static Stack, destroy: bool) -> Impact {
    let mut session = stage.reading(stack).await;
    let plan = session.plan(&PlanOptions { destroy, ..fresh() }).await.expect("the stack fits");
    session.impact(&plan, &Default::default()).await.expect("the sandbox answers")
}

/// What is said about each address.
fn said(impact: &Impact) -> Vec<(&str, Vec<String>)> {
    let lines = |loss: &plg_runtime::answers::impact::Loss| {
        let needs = loss.dependents.iter().map(|d| format!("{} {}", d.kind, d.name));
        loss.data.iter().map(Data::to_string).chain(needs).collect()
    };
    let mut all: Vec<_> = impact.losses.iter().map(|loss| (loss.address.as_str(), lines(loss))).collect();
    all.sort();
    all
}

#[tokio::test]
async fn nobody_is_asked_where_nothing_is_removed() {
    let mut stage = Stage::new().await;
    stage.deploy(&whole::STACK).await;
    let mut session = stage.reading(&whole::STACK).await;
    let plan = session.plan(&fresh()).await.unwrap();
    assert_eq!(addresses(&plan, Change::Replace), [""; 0]);
    let before = session.requests().reads;
    assert_eq!(session.impact(&plan, &Default::default()).await.unwrap(), Impact::default());
    assert_eq!(session.requests().reads, before);
    drop(session);
    stage.forget();
    assert_eq!(impact(&stage, &whole::STACK, true).await, Impact::default(), "what is not remembered is not ours");
}

#[tokio::test]
async fn whoever_needs_it_is_named_and_what_people_gave_is_counted() {
    let stage = Stage::new().await;
    stage.deploy(&whole::STACK).await;
    assert_eq!(said(&impact(&stage, &less::STACK, false).await), [], "what goes along needs nothing");

    for (name, tier, seats) in [("A", "Silver", 3), ("B", "Silver", 4), ("C", "Gold", 5)] {
        let values = json!({ "data": { "values": { "name": name, "tier": tier, "seats": seats } } });
        stage.click("POST", "/v2/objects/companies/records", &values);
    }
    let project = "/api/projects/12345";
    let payers = id(&stage, "cohorts", "Payers");
    let exports = id(&stage, "feature_flags", "exports");
    let using = id(&stage, "actions", "Using");
    let uses = id(&stage, "experiment_saved_metrics", "Uses");
    // An active one would keep the cohort where it is.
    let theirs = json!({ "key": "theirs", "name": "", "active": false, "filters": { "groups": [
        { "properties": [{ "key": "id", "type": "cohort", "operator": "in", "value": payers }], "rollout_percentage": 50 }],
        "multivariate": { "variants": [{ "key": "control", "rollout_percentage": 50 }, { "key": "test", "rollout_percentage": 50 }] } } });
    stage.click("POST", &format!("{project}/feature_flags/"), &theirs);
    let survey = json!({ "name": "Linked", "type": "api", "questions": [{ "type": "open", "question": "Why?" }], "linked_flag_id": exports });
    stage.click("POST", &format!("{project}/surveys/"), &survey);
    let query = json!({ "kind": "InsightVizNode", "source": { "kind": "TrendsQuery", "series": [{ "kind": "ActionsNode", "id": using }] } });
    stage.click("POST", &format!("{project}/insights/"), &json!({ "name": "Chart", "query": query, "saved": true }));
    let trial = json!({ "name": "Other", "feature_flag_key": "theirs", "type": "product", "metrics": [], "metrics_secondary": [],
        "saved_metrics_ids": [{ "id": uses, "metadata": { "type": "primary" } }] });
    stage.click("POST", &format!("{project}/experiments/"), &trial);
    let asked = id(&stage, "surveys", "Asked").as_str().unwrap_or_default().to_owned();
    let started = json!({ "start_date": "2026-01-01T00:00:00Z" });
    stage.click("PATCH", &format!("{project}/surveys/{asked}/"), &started);

    let found = impact(&stage, &less::STACK, false).await;
    let line = |text: &str| vec![text.to_owned()];
    assert_eq!(
        said(&found),
        [
            ("action.Using", line("insight Chart")),
            ("attribute.Seats", line("3 records have a value of it")),
            ("cohort.Payers", line("feature_flag theirs")),
            ("feature_flag.Exports", line("survey Linked")),
            ("option.Tier.Silver", line("2 records have a value of it")),
            ("shared_metric.Uses", line("experiment Other")),
            ("survey.Asked", line("its answers since the start")),
        ]
    );
    let mut data = found.data();
    data.sort_unstable();
    assert_eq!(data, ["attribute.Seats", "option.Tier.Silver", "survey.Asked"]);

    let everything = impact(&stage, &whole::STACK, true).await;
    let tier = said(&everything).into_iter().find(|(address, _)| *address == "attribute.Tier");
    assert_eq!(tier, Some(("attribute.Tier", line("3 records have a value of it"))));
    assert!(!said(&everything).iter().any(|(address, _)| address.starts_with("option.")), "they go with the attribute");
}

mod renamed {
    plg::stack! {
        name: "blast",
        stages: { local: sandbox },

        attribute Tier { on: companies, slug: "level", holds: select { Gold, Silver { title: "Plated" } } }
        feature_flag Exports { key: "export", rollout: 0% }
        cohort Payers { all: [person(anything("plan"), is: ["pro"])], title: "Who pays" }
    }
}

#[tokio::test]
async fn a_key_that_becomes_another_one_is_a_break_for_applications() {
    let stage = Stage::new().await;
    stage.deploy(&whole::STACK).await;
    let mut session = stage.reading(&renamed::STACK).await;
    let plan = session.plan(&fresh()).await.expect("the stack fits");
    let changed = |address: &str| plan.step(address).expect("a step").changed_key.as_ref().map(|key| json!(key));
    assert_eq!(changed("feature_flag.Exports"), Some(json!({ "from": "exports", "to": "export" })));
    assert_eq!(changed("attribute.Tier"), Some(json!({ "from": "tier", "to": "level" })));
    assert_eq!(changed("option.Tier.Silver"), Some(json!({ "from": "Silver", "to": "Plated" })));
    assert_eq!(changed("option.Tier.Gold"), None);
    assert_eq!(changed("cohort.Payers"), None, "no application asks for a cohort by its title");
    let shown = show::plan(&plan, Style { color: false, width: 200, verbose: false });
    assert!(shown.contains("applications that use the key `exports` find nothing until they use `export`"), "{shown}");

    let sought = session.removed(&plan);
    let stays: Vec<&str> = sought.iter().filter(|one| one.stays).map(|one| one.address.as_str()).collect();
    assert_eq!(stays, ["feature_flag.Exports", "attribute.Tier", "option.Tier.Silver"]);
    let silver = sought.iter().find(|one| one.address == "option.Tier.Silver").expect("it is sought");
    assert_eq!((silver.key.as_deref(), silver.of.as_deref()), (Some("Silver"), Some("tier")));
    let named = [("feature_flag.Exports".to_owned(), vec!["app/a.rs:3".to_owned(), "app/b.ts:7".to_owned()])].into();
    let impact = session.impact(&plan, &named).await.expect("the sandbox answers");
    let said: Vec<_> =
        impact.sentences().into_iter().filter(|(address, _)| *address == "feature_flag.Exports").collect();
    let expected = "the application asks for `exports` in app/a.rs:3, app/b.ts:7".to_owned();
    assert_eq!(said, [("feature_flag.Exports", expected)]);
    assert!(!impact.data().contains(&"feature_flag.Exports"), "nothing that people gave goes with it");

    // What somebody called it in the web app is a key that nobody builds with.
    let flag = id(&stage, "feature_flags", "exports");
    stage.click("PATCH", &format!("/api/projects/12345/feature_flags/{flag}/"), &json!({ "key": "clicked" }));
    let plan = stage.plan(&whole::STACK).await;
    let step = plan.step("feature_flag.Exports").expect("a step");
    assert!(step.change == Change::Update && step.changed_key.is_none(), "{step:?}");
}
