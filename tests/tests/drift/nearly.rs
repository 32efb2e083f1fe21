//! Parts for which the language has no words: they alone are told as the API has them. And what is told of things that are
//! not as they seem: an event that is called otherwise, what is made anew, what is declared no more.

use plg_core::Stack;
use plg_runtime::plan::{Change, Plan, Step, UnmanagedBy};
use serde_json::{Value, json};
use tests::stage::{Stage, step};

/// The words of a step.
fn told(step: &Step) -> Vec<String> {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    step.words.iter().map(|told| format!("{}: {} → {}", told.path, side(&told.from), side(&told.to))).collect()
}

fn left(plan: &Plan, address: &str, whose: UnmanagedBy) -> Vec<String> {
    step(plan, address).unmanaged.iter().filter(|left| left.whose == whose).map(|left| left.says.clone()).collect()
}

/// Where an object is, and how it is.
fn path(stage: &Stage, stack: &'static Stack, address: &str) -> String {
    super::place(&stage.entry(stack, address).expect("it is deployed"))
}

/// Changes one object in the web app.
fn edit(stage: &Stage, stack: &'static Stack, address: &str, change: impl FnOnce(&mut Value)) {
    let path = path(stage, stack, address);
    let mut now = stage.look(&path);
    change(&mut now);
    let keys = ["query", "filters", "steps", "threshold", "config", "condition"];
    let body: serde_json::Map<String, Value> =
        keys.iter().filter_map(|key| Some(((*key).to_owned(), now.get(*key)?.clone()))).collect();
    stage.click("PATCH", &path, &body.into());
}

mod plain {
    plg::stack! {
        name: "nearly",
        stages: { local: sandbox },

        event Used { name: "used" }
        event Paid { name: "paid" }
        insight Uses { shows: trend [Used, Paid] { last: 30 days } }
        cohort Regulars { all: [did(Used, at_least: 3), did(Paid)] }
        cohort Grouped { all: [did(Paid), any [did(Used, at_least: 3), did(Paid)]] }
        action Buying { on: [Used, Paid] }
        alert Fewer { insight: Uses, when: value { below: 10 } }
    }
}

#[tokio::test]
async fn one_key_that_has_no_word_keeps_nothing_else_from_being_told_in_words() {
    let stage = Stage::new().await;
    stage.deploy(&plain::STACK).await;
    edit(&stage, &plain::STACK, "insight.Uses", |now| {
        now["query"]["source"]["dateRange"]["date_from"] = json!("-7d");
        now["query"]["source"]["series"][0]["properties"] =
            json!([{ "type": "event_metadata", "key": "x", "operator": "exact", "value": 1 }]);
    });
    edit(&stage, &plain::STACK, "cohort.Regulars", |now| {
        let group = &mut now["filters"]["properties"]["values"][0]["values"];
        group[0]["operator_value"] = json!(5);
    });
    edit(&stage, &plain::STACK, "cohort.Grouped", |now| {
        let group = &mut now["filters"]["properties"]["values"][1]["values"];
        group[0]["operator_value"] = json!(5);
    });
    edit(&stage, &plain::STACK, "action.Buying", |now| {
        now["steps"][1]["event"] = json!("used");
        now["steps"][0]["odd"] = json!("x");
    });
    edit(&stage, &plain::STACK, "alert.Fewer", |now| {
        now["threshold"]["configuration"]["bounds"]["lower"] = json!(5);
    });
    let plan = stage.plan(&plain::STACK).await;
    let words: Vec<String> = ["insight.Uses", "cohort.Regulars", "cohort.Grouped", "action.Buying", "alert.Fewer"]
        .iter()
        .flat_map(|address| told(step(&plan, address)).into_iter().map(move |line| format!("{address} {line}")))
        .collect();
    assert_eq!(
        words,
        [
            "insight.Uses shows.last: 7 days → 30 days",
            "insight.Uses shows.\"query.source.series[0].properties\": [{ \"type\": \"event_metadata\", \"key\": \"x\", \"operator\": \"exact\", \"value\": 1 }] → nothing",
            "cohort.Regulars all[0].at_least: 5 → 3",
            "cohort.Grouped all[1].any[0].at_least: 5 → 3",
            "action.Buying on: [Used, Used] → [Used, Paid]",
            "alert.Fewer when.below: 5 → 10",
        ]
    );
}

mod hyphen {
    plg::stack! {
        name: "renamed",
        stages: { local: sandbox },

        event SignedUp { name: "signed-up" }
        cohort Nested { all: [did(SignedUp)] }
        insight Signups { shows: trend [SignedUp] }
    }
}

mod underscore {
    plg::stack! {
        name: "renamed",
        stages: { local: sandbox },

        event SignedUp { name: "signed_up" }
        cohort Nested { all: [did(SignedUp)] }
        insight Signups { shows: trend [SignedUp] }
    }
}

#[tokio::test]
async fn an_event_that_is_called_nearly_as_before_is_told_by_both_names() {
    let stage = Stage::new().await;
    stage.deploy(&hyphen::STACK).await;
    let plan = stage.plan(&underscore::STACK).await;
    let words: Vec<String> =
        ["cohort.Nested", "insight.Signups"].iter().flat_map(|address| told(step(&plan, address))).collect();
    assert_eq!(
        words,
        ["all[0]: did(event \"signed-up\") → did(SignedUp)", "shows: trend [event \"signed-up\"] → trend [SignedUp]",]
    );
}

mod limited {
    plg::stack! {
        name: "limited",
        stages: { local: sandbox },

        event Used { name: "used" }
        survey Nps { kind: api, questions: [open("Why?")], limit: 100 }
        insight Raw { shows: query { "kind": "InsightVizNode", "full": true, "source": {
            "kind": "TrendsQuery", "series": [{ "kind": "EventsNode", "event": "used" }],
        } } }
    }
}

mod unlimited {
    plg::stack! {
        name: "limited",
        stages: { local: sandbox },

        event Used { name: "used" }
        survey Nps { kind: api, questions: [open("Why?")] }
        insight Raw { shows: query { "kind": "InsightVizNode", "source": {
            "kind": "TrendsQuery", "series": [{ "kind": "EventsNode", "event": "used" }],
        } } }
    }
}

#[tokio::test]
async fn what_is_declared_no_more_and_stays_is_said_once() {
    let stage = Stage::new().await;
    stage.deploy(&limited::STACK).await;
    let plan = stage.plan(&unlimited::STACK).await;
    let says = |plan: &Plan| {
        let of = |address| left(plan, address, UnmanagedBy::Undeclared);
        [of("survey.Nps"), of("insight.Raw")].concat()
    };
    assert_eq!(
        says(&plan),
        [
            "`limit` is no longer declared, and stays 100",
            "`shows.\"query.full\"` is no longer declared, and stays true",
        ]
    );
    stage.deploy(&unlimited::STACK).await;
    assert_eq!(says(&stage.plan(&unlimited::STACK).await), [""; 0]);
}

mod growth {
    plg::stack! {
        name: "anew",
        stages: { local: sandbox },

        event Used { name: "used" }
        dashboard Growth { title: "Growth" }
        dashboard Board { title: "Board" }
        insight Sales { title: "Sales", shows: trend [Used], on: [Growth, Board] }
        insight Uses { title: "Uses", shows: trend [Used], on: [Growth, Board] }
        subscription Digest {
            sends: dashboard(Growth, [Sales]), to: email(["a@example.com"]), every: 1 days, from: "2026-12-01",
        }
    }
}

mod board {
    plg::stack! {
        name: "anew",
        stages: { local: sandbox },

        event Used { name: "used" }
        dashboard Growth { title: "Growth" }
        dashboard Board { title: "Board" }
        insight Sales { title: "Sales", shows: trend [Used], on: [Growth, Board] }
        insight Uses { title: "Uses", shows: trend [Used], on: [Growth, Board] }
        subscription Digest {
            sends: dashboard(Board, [Sales]), to: email(["a@example.com"]), every: 1 days, from: "2026-12-01",
        }
    }
}

#[tokio::test]
async fn of_what_is_made_anew_it_is_said_what_the_new_one_will_have() {
    let stage = Stage::new().await;
    stage.deploy(&growth::STACK).await;
    let digest = path(&stage, &growth::STACK, "subscription.Digest");
    let uses = stage.entry(&growth::STACK, "insight.Uses").unwrap().outputs.to_map()["id"].clone();
    let sent = stage.look(&digest)["dashboard_export_insights"].as_array().cloned().unwrap_or_default();
    let sent: Vec<Value> = sent.into_iter().chain([uses]).collect();
    stage.click("PATCH", &digest, &json!({ "enabled": false, "dashboard_export_insights": sent }));
    let says = |plan: &Plan| {
        let of = |whose| left(plan, "subscription.Digest", whose);
        [of(UnmanagedBy::People), of(UnmanagedBy::Others)].concat()
    };
    let plan = stage.plan(&growth::STACK).await;
    assert_eq!(says(&plan), ["`enabled` is false", "`sends` also has Uses"]);
    let plan = stage.plan(&board::STACK).await;
    assert_eq!(step(&plan, "subscription.Digest").change, Change::Replace);
    assert_eq!(
        says(&plan),
        [
            "`enabled` is false, and the new one gets true",
            "`sends` also has Uses on the old one, and the new one will not have it",
        ]
    );
}
