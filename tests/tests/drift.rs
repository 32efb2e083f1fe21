//! What is live is compared with what is declared: what is only written differently is no
//! difference, and what somebody changed is one.

#[path = "drift/everything.rs"]
mod everything;
#[path = "drift/fields.rs"]
mod fields;
#[path = "drift/nearly.rs"]
mod nearly;
#[path = "drift/rewritten.rs"]
mod rewritten;
#[path = "drift/stages.rs"]
mod stages;
#[path = "drift/theirs.rs"]
mod theirs;
#[path = "drift/touch.rs"]
mod touch;
#[path = "drift/words.rs"]
mod words;

use fields::{EXCEPTIONS, TOUCHES, Touch};
use plg_core::{Block, Common, Declared, Handling, Spec, Stack, StackItems, Want};
use plg_runtime::plan::{Change, Plan, Step, UnmanagedBy, WordChange};
use plg_runtime::show;
use rewritten::REWRITTEN;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::shown::unexplained;
use tests::stage::{Stage, fresh, quietly, step};
use theirs::{ADDITIONS, Addition};
use touch::{look, place, touch};

/// Everything, deployed, with the properties that only events bring.
async fn everything() -> Stage {
    let stage = Stage::new().await;
    for property in ["seats", "noise"] {
        let carried = serde_json::Map::from_iter([(property.to_owned(), json!(3))]);
        stage.sandbox().ingest("feature_used", &carried).expect("a sandbox in memory");
    }
    let set = serde_json::Map::from_iter([("$set".to_owned(), json!({ "plan": "pro", "quiet": "yes" }))]);
    stage.sandbox().ingest("feature_used", &set).expect("a sandbox in memory");
    stage.deploy(&everything::STACK).await;
    stage
}

/// A declaration that leaves one of its fields to people.
#[derive(Debug)]
struct Ignoring {
    item: &'static dyn Declared,
    common: Common,
    /// Which of its parts leaves which of its fields to people.
    parts: Vec<&'static Touch>,
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

    fn as_any(&self) -> &dyn std::any::Any {
        self.item.as_any()
    }

    fn parts(&'static self) -> Vec<&'static dyn Declared> {
        let one = |part: &'static dyn Declared| {
            let row = self.parts.iter().find(|row| row.address == part.address());
            row.map_or(part, |row| leaving(part, Some(row.word), Vec::new()))
        };
        self.item.parts().into_iter().map(one).collect()
    }
}

/// A declaration that leaves one of its fields to people, or some of its parts.
fn leaving(
    item: &'static dyn Declared,
    word: Option<&'static str>,
    parts: Vec<&'static Touch>,
) -> &'static dyn Declared {
    let common = item.common();
    let ignore: &'static [&'static str] = word.map_or(&[], |word| Box::leak(Box::new([word])));
    let handling = Box::leak(Box::new(Handling { ignore, ..**common }));
    Box::leak(Box::new(Ignoring { item, common: common.handled(handling), parts }))
}

/// The same stack, where each declaration that is touched has `ignore: [word]`.
fn ignoring(round: &[&'static Touch]) -> &'static Stack {
    let items = everything::STACK.items.iter().map(|item| {
        let address = item.address();
        let own = round.iter().find(|touch| touch.address == address);
        let parts: Vec<String> = item.parts().iter().map(|part| part.address()).collect();
        let of_parts = round.iter().copied().filter(|touch| parts.iter().any(|part| part == touch.address));
        let of_parts: Vec<&'static Touch> = of_parts.collect();
        if own.is_none() && of_parts.is_empty() { *item } else { leaving(*item, own.map(|own| own.word), of_parts) }
    });
    let items: Vec<&'static dyn Declared> = items.collect();
    Box::leak(Box::new(Stack { items: StackItems::of(items), overrides: &[], ..everything::STACK }))
}

/// The table in rounds that touch each declaration once at most.
fn rounds() -> Vec<Vec<&'static Touch>> {
    let mut rounds: Vec<Vec<&Touch>> = Vec::new();
    for touch in TOUCHES {
        match rounds.iter_mut().find(|round| round.iter().all(|t| t.address != touch.address)) {
            Some(round) => round.push(touch),
            None => rounds.push(vec![touch]),
        }
    }
    rounds
}

fn writes(plan: &Plan) -> Vec<String> {
    let writing = plan.steps.iter().filter(|s| s.writes());
    writing.map(|s| format!("{} {:?} {:?}", s.address, s.change, s.fields)).collect()
}

/// This field is shown as changed by somebody, and nothing else.
fn is_exact(found: &Step, row: &Touch) -> bool {
    let own = tests::kind(&found.kind).expect("its kind is known").wire.fields_of(&row.word);
    let is_own = |field: &str| own.contains(&field);
    found.change == Change::Update
        && found.fields.iter().all(|f| f.drift && (is_own(&f.field) || row.also.contains(&f.field.as_str())))
        && found.fields.iter().any(|f| is_own(&f.field))
}

#[test]
fn every_field_is_in_the_table_or_excused() {
    let mut wrong = Vec::new();
    let touched: BTreeSet<(&str, &str)> =
        TOUCHES.iter().map(|t| (t.address.split_once('.').unwrap().0, t.word)).collect();
    let excused: BTreeSet<(&str, &str)> = EXCEPTIONS.iter().map(|(kind, word, _)| (*kind, *word)).collect();
    for spec in tests::kinds() {
        for field in spec.fields {
            let row = (spec.keyword, field.name);
            if touched.contains(&row) == excused.contains(&row) {
                wrong.push(format!("{} {} is in neither list, or in both", spec.keyword, field.name));
            }
        }
    }
    for (kind, word) in touched.iter().chain(&excused) {
        let known = tests::kind(kind).is_some_and(|s| s.fields.iter().any(|f| f.name == *word));
        if !known && *word != "description" {
            wrong.push(format!("{kind} has no field {word}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test]
async fn what_somebody_changed_is_shown_repaired_or_ignored() {
    let stage = everything().await;
    let mut session = stage.open(&everything::STACK).await;
    let mut wrong = Vec::new();
    let mut told = BTreeMap::new();
    for mut round in rounds() {
        round.retain(|row| {
            let entry = &session.state().resources[row.address];
            let refused = touch(&stage, entry, row.body).err();
            wrong.extend(refused.iter().map(|refused| format!("{} {}: {refused}", row.address, row.word)));
            refused.is_none()
        });
        let plan = session.plan(&fresh()).await.unwrap();
        wrong.extend(unexplained(&plan));
        let ignored = stage.reading(ignoring(&round)).await.plan(&fresh()).await.unwrap();
        for row in &round {
            let found = step(&plan, row.address);
            if !is_exact(found, row) {
                wrong.push(format!("{} {} is shown as {:?} {:?}", row.address, row.word, found.change, found.fields));
            }
            wrong.extend(in_other_words(found, row));
            told.insert((row.address, row.word), lines(found));
            let found = step(&ignored, row.address);
            if row.also.is_empty() && found.writes() {
                wrong.push(format!("{} {} is not ignored: {:?}", row.address, row.word, found.fields));
            }
        }
        let others = |plan: &Plan| writes(plan).into_iter().filter(|w| !round.iter().any(|t| w.starts_with(t.address)));
        wrong.extend(others(&plan).map(|other| format!("{other} was not touched")));
        let outcome = session.apply(&plan, &quietly()).await.unwrap();
        wrong.extend(outcome.failed.iter().map(|failed| format!("it is not repaired: {failed:?}")));
        wrong.extend(outcome.warnings);
        let again = session.plan(&fresh()).await.unwrap();
        wrong.extend(writes(&again).iter().map(|left| format!("it is left as {left}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let told: Vec<String> =
        told.into_iter().map(|((address, word), lines)| format!("{address} {word}\n{lines}")).collect();
    insta::assert_snapshot!("told", told.join("\n"));
}

/// What a plan says of one resource, each line below its head.
fn lines(step: &Step) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    let line = |told: &WordChange| format!("    {}: {} → {}\n", told.path, side(&told.from), side(&told.to));
    step.words.iter().map(line).collect()
}

/// Paths that are not as a stack writes them, and values that are the API's: all but what `extra` and a raw query hold.
fn in_other_words(step: &Step, row: &Touch) -> Vec<String> {
    let spec = tests::kind(&step.kind).expect("its kind is known");
    let mut wrong = Vec::new();
    if step.words.iter().all(|told| word(&told.path) != row.word) {
        wrong.push(format!("{} {} is told by other words:\n{}", row.address, row.word, lines(step)));
    }
    for told in &step.words {
        let path = &told.path;
        let known = spec.fields.iter().any(|field| field.name == word(path)) || word(path) == "description";
        let is_raw = path.starts_with("extra.") || path.contains(".query");
        let is_json = [&told.from, &told.to].iter().copied().flatten().any(|side| side.contains("\": "));
        let is_quoted_word = path.split('.').any(|part| {
            let quoted = part.strip_prefix('"').and_then(|part| part.strip_suffix('"'));
            quoted.is_some_and(|part| part.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
        });
        if !known || is_quoted_word || (is_json && !is_raw && !HOLD_JSON.contains(&word(path))) {
            wrong.push(format!("{} {path} is the API's: {told:?}", row.address));
        }
    }
    wrong
}

/// The field that a path begins with.
fn word(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// Fields in which a stack itself writes JSON.
const HOLD_JSON: [&str; 4] = ["payload", "payloads", "filters", "default"];

#[test]
fn every_field_that_is_owned_in_parts_is_in_the_table_of_others() {
    let added: BTreeSet<(&str, &str)> =
        ADDITIONS.iter().map(|row| (row.address.split_once('.').unwrap().0, row.field)).collect();
    // The sandbox knows one user, and no AI; what `extra` passes through, conditions of an alert and of statistics are objects
    // of which only what is written is declared, as filters of a dashboard are.
    let alike = [
        ("alert", "subscribed_users"),
        ("alert", "condition"),
        ("alert", "config"),
        ("alert", "detector_config"),
        ("subscription", "ai_config"),
        ("experiment", "stats_config"),
        ("experiment", "exposure_criteria"),
        ("experiment", "running_time_calculation"),
        // As those of a destination are.
        ("transformation", "inputs"),
        ("internal_destination", "inputs"),
        ("source_webhook", "inputs"),
        // The same for what a record holds.
        ("seed", "values"),
    ];
    for spec in tests::kinds() {
        for field in spec.fields.iter().flat_map(|field| spec.wire.fields_of(&field.name)) {
            let row = (spec.keyword, *field);
            let is_whole = matches!(spec.wire.owned(field), plg_core::Owned::Whole);
            assert_eq!(!is_whole, added.contains(&row) || alike.contains(&row), "{row:?}");
        }
    }
}

#[tokio::test]
async fn what_others_add_is_theirs_is_told_and_stays() {
    let stage = everything().await;
    let mut session = stage.open(&everything::STACK).await;
    let entry = |address: &str| stage.entry(&everything::STACK, address).unwrap();
    let is_there = |row: &Addition| (row.is_there)(&stage, &look(&stage, &entry(row.address)));
    for row in ADDITIONS {
        touch(&stage, &entry(row.address), row.body).unwrap();
        assert!(is_there(row), "{} {} is not added", row.address, row.field);
    }
    let plan = session.plan(&fresh()).await.unwrap();
    assert_eq!(writes(&plan), [""; 0]);
    for row in ADDITIONS {
        let left = &step(&plan, row.address).unmanaged;
        let is_told =
            left.iter().any(|left| left.whose == UnmanagedBy::Others && left.field.as_deref() == Some(row.field));
        assert_eq!(is_told, row.is_told, "{} {}: {left:?}", row.address, row.field);
    }
    for row in ADDITIONS {
        let Some(beside) = row.beside else { continue };
        let own = TOUCHES.iter().find(|touch| touch.address == row.address && touch.word == beside).unwrap();
        // What is changed in the web app has the additions in it.
        touch(&stage, &entry(row.address), own.body).unwrap();
        if !is_there(row) {
            touch(&stage, &entry(row.address), row.body).unwrap();
        }
    }
    let plan = session.plan(&fresh()).await.unwrap();
    assert!(plan.changes());
    let outcome = session.apply(&plan, &quietly()).await.unwrap();
    assert!(outcome.failed.is_empty() && outcome.warnings.is_empty(), "{outcome:?}");
    assert_eq!(writes(&session.plan(&fresh()).await.unwrap()), [""; 0]);
    for row in ADDITIONS {
        assert!(is_there(row), "{} {} is taken away", row.address, row.field);
    }
}

#[tokio::test]
async fn what_is_only_written_differently_is_no_drift() {
    let stage = everything().await;
    let mut wrong = Vec::new();
    let mut session = stage.open(&everything::STACK).await;
    for row in REWRITTEN {
        let entry = session.state().resources[row.address].clone();
        let refused = touch(&stage, &entry, row.body).err();
        let plan = session.plan(&fresh()).await.unwrap();
        if refused.is_some() || plan.changes() {
            wrong.push(format!("{}, {}: {refused:?} {:?}", row.address, row.what, writes(&plan)));
            session.apply(&plan, &quietly()).await.unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn answers_and_results_stay_with_their_questions_and_metrics() {
    let stage = everything().await;
    let own = |address: &str| place(&stage.entry(&everything::STACK, address).unwrap());
    let (survey, experiment) = (own("survey.Nps"), own("experiment.Guided"));
    let ids = |value: &Value, list: &str, id: &str| -> Vec<Value> {
        value[list].as_array().unwrap().iter().map(|each| each[id].clone()).collect()
    };
    let questions = ids(&stage.look(&survey), "questions", "id");
    let metrics = ids(&stage.look(&experiment), "metrics", "uuid");
    for address in ["survey.Nps", "experiment.Guided"] {
        let entry = stage.entry(&everything::STACK, address).unwrap();
        for row in TOUCHES.iter().filter(|t| t.address == address && ["questions", "metrics"].contains(&t.word)) {
            touch(&stage, &entry, row.body).unwrap();
        }
    }
    stage.deploy(&everything::STACK).await;
    assert_eq!(ids(&stage.look(&survey), "questions", "id"), questions);
    assert_eq!(ids(&stage.look(&experiment), "metrics", "uuid"), metrics);
}

mod tagged {
    plg::stack! {
        name: "tagged",
        stages: { local: sandbox },

        /// By us.
        event Used { name: "feature_used", tags: ["core"] }
        dashboard Growth { tags: ["weekly"] }
    }
}

mod described {
    plg::stack! {
        name: "tagged",
        stages: { local: sandbox },

        /// By all of us.
        event Used { name: "feature_used", tags: ["core"] }
        dashboard Growth { tags: ["weekly"] }
    }
}

mod retagged {
    plg::stack! {
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
    let entry = stage.entry(&tagged::STACK, "event.Used").unwrap();
    assert_eq!(entry.unkept["tags"].sent, json!(["core"]));
    assert_eq!(entry.unkept["tags"].left, Some(json!([])));

    let plan = stage.plan(&tagged::STACK).await;
    assert!(!plan.changes() && !plan.remembers(), "{:?}", writes(&plan));
    let left = &step(&plan, "event.Used").unmanaged;
    assert!(
        left.len() == 1 && left[0].whose == UnmanagedBy::Api && left[0].field.as_deref() == Some("tags"),
        "{left:?}"
    );
    let shown = show::plan(&plan, show::Style { color: false, width: 100, verbose: false });
    let said = "`tags` stays []: PostHog did not store the value sent for event.Used, dashboard.Growth; it may need a paid feature";
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
    let entry = stage.entry(&retagged::STACK, "event.Used").unwrap();
    assert!(entry.unkept.is_empty(), "{entry:?}");

    // What somebody changed since is no longer what the API left.
    let dashboard = stage.entry(&retagged::STACK, "dashboard.Growth").unwrap();
    assert!(dashboard.unkept.contains_key("tags"));
    touch(&stage, &dashboard, |_, _| json!({ "tags": ["theirs"] })).unwrap();
    let plan = stage.plan(&retagged::STACK).await;
    assert_eq!(step(&plan, "dashboard.Growth").change, Change::Update);
}
