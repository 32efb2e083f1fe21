//! What is live is compared with what is declared: what is only written differently is no
//! difference, and what somebody changed is one.

#[path = "drift/everything.rs"]
mod everything;
#[path = "drift/fields.rs"]
mod fields;
#[path = "drift/rewritten.rs"]
mod rewritten;
#[path = "drift/touch.rs"]
mod touch;

use fields::{EXCEPTIONS, TOUCHES, Touch};
use plg_runtime::plan::{Change, Plan, Whose};
use plg_runtime::show;
use plg_schema::{Block, Common, Declared, Row, Spec, Stack, Want, kinds};
use rewritten::REWRITTEN;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::stage::{Stage, step};
use touch::{place, touch};

/// Everything, deployed, with the properties that only events bring.
async fn everything() -> Stage {
    let stage = Stage::new().await;
    for property in ["seats", "noise"] {
        let carried = serde_json::Map::from_iter([(property.to_owned(), json!(3))]);
        stage.sandbox().ingest("feature_used", &carried).unwrap();
    }
    stage.deploy(&everything::STACK).await;
    stage
}

/// A declaration that leaves one of its fields to people.
#[derive(Debug)]
struct Ignoring {
    item: &'static dyn Declared,
    common: Common,
}

impl Declared for Ignoring {
    fn common(&self) -> &Common {
        &self.common
    }

    fn spec(&self) -> &'static Spec {
        self.item.spec()
    }

    fn want(&self) -> Want {
        self.item.want()
    }

    fn lint(&self) -> Vec<String> {
        self.item.lint()
    }

    fn block(&self) -> Block {
        self.item.block()
    }
}

/// The same stack, where one declaration has `ignore: [word]`.
fn ignoring(touch: &Touch) -> &'static Stack {
    let rows = everything::STACK.rows.iter().map(|row| {
        let item: &'static dyn Declared = if row.item.address() == touch.address {
            let ignore: &'static [&'static str] = Box::leak(Box::new([touch.word]));
            Box::leak(Box::new(Ignoring { item: row.item, common: Common { ignore, ..*row.item.common() } }))
        } else {
            row.item
        };
        Row { item, stages: &[], wave: row.wave }
    });
    let rows: &'static [Row] = Box::leak(rows.collect::<Vec<_>>().into_boxed_slice());
    let Stack { name, stages, parts, folder, .. } = everything::STACK;
    Box::leak(Box::new(Stack { name, stages, rows, parts, folder }))
}

fn writes(plan: &Plan) -> Vec<String> {
    let writing = plan.steps.iter().filter(|s| s.writes());
    writing.map(|s| format!("{} {:?} {:?}", s.address, s.change, s.fields)).collect()
}

#[test]
fn every_field_is_in_the_table_or_excused() {
    let mut wrong = Vec::new();
    let touched: BTreeSet<(&str, &str)> =
        TOUCHES.iter().map(|t| (t.address.split_once('.').unwrap().0, t.word)).collect();
    let excused: BTreeSet<(&str, &str)> = EXCEPTIONS.iter().map(|(kind, word, _)| (*kind, *word)).collect();
    for spec in kinds::ALL {
        for field in spec.fields {
            let row = (spec.keyword, field.name);
            if touched.contains(&row) == excused.contains(&row) {
                wrong.push(format!("{} {} is in neither list, or in both", spec.keyword, field.name));
            }
        }
    }
    for (kind, word) in touched.iter().chain(&excused) {
        let known = kinds::find(kind).is_some_and(|s| s.fields.iter().any(|f| f.name == *word));
        if !known && *word != "description" {
            wrong.push(format!("{kind} has no field {word}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test]
async fn what_somebody_changed_is_shown_repaired_or_ignored() {
    let stage = everything().await;
    let mut wrong = Vec::new();
    for row in TOUCHES {
        let what = format!("{} {}", row.address, row.word);
        let entry = stage.entry(&everything::STACK, row.address).await.unwrap();
        touch(&stage, &entry, row.body);

        let plan = stage.plan(&everything::STACK).await;
        let spec = kinds::find(&entry.kind).unwrap();
        let of_word = spec.wire.fields_of(row.word);
        let allowed: Vec<&str> = if of_word.is_empty() { vec![row.word] } else { of_word.to_vec() }
            .into_iter()
            .chain(row.also.iter().copied())
            .collect();
        let found = step(&plan, row.address);
        let exact = found.change == Change::Update
            && found.fields.iter().all(|f| f.drift && allowed.contains(&f.field.as_str()))
            && found.fields.iter().any(|f| !row.also.contains(&f.field.as_str()))
            && plan.steps.iter().filter(|s| s.writes()).count() == 1;
        if !exact {
            wrong.push(format!("{what} is shown as {:?}", writes(&plan)));
        }
        if row.also.is_empty() {
            let ignored = stage.plan(ignoring(row)).await;
            if ignored.changes() {
                wrong.push(format!("{what} is not ignored: {:?}", writes(&ignored)));
            }
        }

        let (_, outcome) = stage.apply(&everything::STACK, false).await;
        if !outcome.failed.is_empty() || !outcome.warnings.is_empty() {
            wrong.push(format!("{what} is not repaired: {:?} {:?}", outcome.failed, outcome.warnings));
        }
        let again = stage.plan(&everything::STACK).await;
        if again.changes() {
            wrong.push(format!("{what} is left as {:?}", writes(&again)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_only_written_differently_is_no_drift() {
    let stage = everything().await;
    let mut wrong = Vec::new();
    for row in REWRITTEN {
        let entry = stage.entry(&everything::STACK, row.address).await.unwrap();
        touch(&stage, &entry, row.body);
        let plan = stage.plan(&everything::STACK).await;
        if plan.changes() {
            wrong.push(format!("{}, {}: {:?}", row.address, row.what, writes(&plan)));
            stage.apply(&everything::STACK, false).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn answers_and_results_stay_with_their_questions_and_metrics() {
    let stage = everything().await;
    let own = |address: &'static str| {
        let stage = &stage;
        async move { place(&stage.entry(&everything::STACK, address).await.unwrap()) }
    };
    let (survey, experiment) = (own("survey.Nps").await, own("experiment.Guided").await);
    let ids = |value: &Value, list: &str, id: &str| -> Vec<Value> {
        value[list].as_array().unwrap().iter().map(|each| each[id].clone()).collect()
    };
    let questions = ids(&stage.look(&survey), "questions", "id");
    let metrics = ids(&stage.look(&experiment), "metrics", "uuid");
    for address in ["survey.Nps", "experiment.Guided"] {
        let entry = stage.entry(&everything::STACK, address).await.unwrap();
        for row in TOUCHES.iter().filter(|t| t.address == address && ["questions", "metrics"].contains(&t.word)) {
            touch(&stage, &entry, row.body);
        }
    }
    stage.deploy(&everything::STACK).await;
    assert_eq!(ids(&stage.look(&survey), "questions", "id"), questions);
    assert_eq!(ids(&stage.look(&experiment), "metrics", "uuid"), metrics);
}

mod tagged {
    plg_macros::stack! {
        name: "tagged",
        stages: { local: sandbox },

        /// By us.
        event Used { name: "feature_used", tags: ["core"] }
        dashboard Growth { tags: ["weekly"] }
    }
}

mod described {
    plg_macros::stack! {
        name: "tagged",
        stages: { local: sandbox },

        /// By all of us.
        event Used { name: "feature_used", tags: ["core"] }
        dashboard Growth { tags: ["weekly"] }
    }
}

mod retagged {
    plg_macros::stack! {
        name: "tagged",
        stages: { local: sandbox },

        /// By all of us.
        event Used { name: "feature_used", tags: ["core", "daily"] }
        dashboard Growth { tags: ["weekly"] }
    }
}

#[tokio::test]
async fn what_an_api_does_not_keep_is_said_and_not_sent_again() {
    let stage = Stage::new().await;
    let licensed = |tagging: bool| {
        let settings = plg_sandbox::Settings { tagging, ..stage.sandbox().settings() };
        stage.sandbox().set_settings(settings).unwrap();
    };
    licensed(false);
    let (_, outcome) = stage.apply(&tagged::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    assert_eq!(outcome.warnings.len(), 2, "{:?}", outcome.warnings);
    let entry = stage.entry(&tagged::STACK, "event.Used").await.unwrap();
    assert_eq!(entry.unkept["tags"].sent, json!(["core"]));
    assert_eq!(entry.unkept["tags"].left, Some(json!([])));

    let plan = stage.plan(&tagged::STACK).await;
    assert!(!plan.changes() && !plan.remembers(), "{:?}", writes(&plan));
    let left = &step(&plan, "event.Used").left;
    assert!(left.len() == 1 && left[0].whose == Whose::Api && left[0].field.as_deref() == Some("tags"), "{left:?}");
    let shown = show::plan(&plan, show::Style { color: false, width: 100, verbose: false });
    let said = "`tags` stays []: PostHog did not keep what was sent for event.Used, dashboard.Growth; it may need a paid feature";
    assert!(
        shown.matches("`tags`").count() == 1
            && (shown.contains(said)
                || shown.contains(&said.replace("event.Used, dashboard.Growth", "dashboard.Growth, event.Used"))),
        "{shown}"
    );

    // Another change of it does not send them again.
    stage.sandbox().reset_stats();
    let plan = stage.deploy(&described::STACK).await;
    assert_eq!(step(&plan, "event.Used").fields.len(), 1, "{plan:#?}");
    let sent: Vec<Value> =
        stage.sandbox().log().iter().filter(|r| r.method == "PATCH").map(|r| r.body.clone()).collect();
    assert_eq!(sent, [json!({ "description": "By all of us." })]);

    // Another declaration does, and once they are kept nothing is remembered any more.
    licensed(true);
    let plan = stage.deploy(&retagged::STACK).await;
    assert_eq!(step(&plan, "event.Used").fields[0].field, "tags");
    let entry = stage.entry(&retagged::STACK, "event.Used").await.unwrap();
    assert!(entry.unkept.is_empty(), "{entry:?}");

    // What somebody changed since is no longer what the API left.
    let dashboard = stage.entry(&retagged::STACK, "dashboard.Growth").await.unwrap();
    assert!(dashboard.unkept.contains_key("tags"));
    touch(&stage, &dashboard, |_, _| json!({ "tags": ["theirs"] }));
    let plan = stage.plan(&retagged::STACK).await;
    assert_eq!(step(&plan, "dashboard.Growth").change, Change::Update);
}
