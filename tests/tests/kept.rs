//! What an API answers otherwise than it was asked is said once, and not sent again and again.

#[path = "drift/everything.rs"]
mod everything;
#[path = "kept/server.rs"]
mod server;
#[path = "kept/transform.rs"]
mod transform;

use plg_core::{Block, Common, Declared, Spec, Stack, StackItems, Want};
use plg_runtime::apply::Outcome;
use plg_runtime::http::{Answer, Request};
use plg_runtime::plan::{Plan, UnmanagedBy};
use plg_runtime::show;
use serde_json::{Value, json};
use server::{Server, with_keys};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tests::bent::{self, Bent};
use tests::shown::unexplained;
use tests::stage::{Stage, step};
use transform::{ALL, Transform, changed};

/// A declaration with keys that no API knows.
#[derive(Debug)]
struct Extended(&'static dyn Declared);

impl Declared for Extended {
    fn common(&self) -> &Common {
        self.0.common()
    }

    fn spec(&self) -> &'static Spec {
        self.0.spec()
    }

    fn want(&self) -> Want {
        self.0.want().set("foo", json!(1)).set("bar", json!({ "list": [1, { "deep": "x" }], "no": null }))
    }

    fn lint(&self) -> Vec<String> {
        self.0.lint()
    }

    fn block(&self) -> Block {
        self.0.block()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self.0.as_any()
    }
}

/// Every kind with every field, and with keys that no API knows.
static EXTENDED: LazyLock<&'static Stack> = LazyLock::new(|| {
    let extended = |item: &&'static dyn Declared| -> &'static dyn Declared {
        // Of an answer with the project's secrets in it nothing is read that there is no word for.
        if item.spec().keyword == "project_settings" { *item } else { Box::leak(Box::new(Extended(*item))) }
    };
    // What these hold has names of its own, in every row another: their own tests say what becomes of it.
    let has_own_names =
        |item: &&&'static dyn Declared| ["attio_rest", "posthog_rest", "seed"].contains(&item.spec().keyword);
    let all = everything::STACK.items.iter().filter(|item| !has_own_names(item));
    let items: Vec<&'static dyn Declared> = all.map(extended).collect();
    Box::leak(Box::new(Stack { items: StackItems::of(items), overrides: &[], ..everything::STACK }))
});

/// Fields that say which object it is, and where: a server that answers those otherwise answers about something else.
const NAMES: &[&str] = &[
    "name",
    "email_address",
    "key",
    "title",
    "api_slug",
    "singular_noun",
    "plural_noun",
    "content",
    "scope",
    "date_marker",
    "target_url",
    "insight",
    "dashboard",
    "dashboards",
    "feature_flag_id",
    "feature_flag_key",
    "type",
];

/// Every other field of any kind.
fn fields() -> Vec<String> {
    let mut all = BTreeSet::new();
    for item in EXTENDED.items.iter() {
        let wire = item.spec().wire;
        let structural =
            |field: &str| NAMES.contains(&field) || wire.parents().contains(&field) || wire.fixed().contains(&field);
        all.extend(item.want().fields.keys().filter(|field| !structural(field)).cloned());
    }
    all.into_iter().collect()
}

/// A request as an API reads it that ignores keys it does not know: the sandbox refuses those of attributes.
fn lenient(request: &Request) -> Request {
    let mut request = request.clone();
    if let Some(text) = request.body.as_mut().filter(|_| request.url.contains("/attributes"))
        && let Ok(mut body) = serde_json::from_str::<Value>(text)
        && let Some(data) = body["data"].as_object_mut()
    {
        data.retain(|key, _| key != "foo" && key != "bar");
        *text = body.to_string();
    }
    request
}

async fn with_properties() -> Stage {
    let stage = Stage::new().await;
    for property in ["seats", "noise"] {
        let carried = serde_json::Map::from_iter([(property.to_owned(), json!(3))]);
        stage.sandbox().ingest("feature_used", &carried).expect("a sandbox in memory");
    }
    stage
}

fn writes(plan: &Plan) -> Vec<String> {
    let writing = plan.steps.iter().filter(|s| s.writes());
    writing.map(|s| format!("{} {:?} {:?}", s.address, s.change, s.fields)).collect()
}

/// Requests that change anything.
fn sent(bent: &Bent) -> Vec<String> {
    bent.asked().into_iter().filter(|asked| !asked.starts_with("GET")).collect()
}

/// Deploys three times; says whatever is not as it should be.
async fn three_times(stage: &Stage, bent: &Bent, stack: &'static Stack) -> (Vec<String>, Vec<String>) {
    let (mut wrong, mut said) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let (_, Outcome { failed, warnings, .. }) = stage.apply(stack, false).await;
        wrong.extend(failed.iter().map(|failed| format!("{failed:?}")));
        said.extend(warnings);
    }
    let before = sent(bent).len();
    let (plan, outcome) = stage.apply(stack, false).await;
    wrong.extend(writes(&plan));
    wrong.extend(outcome.warnings.iter().map(|warning| format!("said again: {warning}")));
    wrong.extend(sent(bent).split_off(before));
    let unlooked = stage.reading(stack).await.plan(&Default::default()).await.expect("it can be planned");
    wrong.extend(writes(&unlooked).into_iter().map(|write| format!("without a look: {write}")));
    let left = |plan: &Plan| -> BTreeSet<(String, String)> {
        let all = plan.steps.iter().flat_map(|s| s.unmanaged.iter().map(move |left| (s, left)));
        let api = all.filter(|(_, left)| left.whose == UnmanagedBy::Api);
        api.map(|(s, left)| (s.address.clone(), left.field.clone().unwrap_or_default())).collect()
    };
    // Only a plan that reads the accounts knows whether a scheduled change was carried out.
    let is_scheduled =
        |address: &str| ["Exports", "Shade", "Shops"].iter().any(|flag| address == format!("feature_flag.{flag}"));
    let differs: Vec<_> = left(&plan).symmetric_difference(&left(&unlooked)).cloned().collect();
    if differs.iter().any(|(address, _)| !is_scheduled(address)) {
        wrong.push(format!("remarks differ without a look: {differs:?}"));
    }
    for (address, entry) in &stage.state(stack).resources {
        for field in entry.unkept.keys() {
            let start = format!("{address}: ");
            let word = format!("`{field}`");
            let times = said.iter().filter(|said| said.starts_with(&start) && said.contains(&word)).count();
            if times != 1 {
                wrong.push(format!("{address} {field} is said {times} times"));
            }
        }
    }
    (wrong, said)
}

/// Deploys three times to each server that transforms the fields of its rows; says whatever is not as it should be.
async fn transformed(which: impl Fn(&str) -> bool) -> Vec<String> {
    let fields = fields();
    let mut wrong = Vec::new();
    for Transform { what, change } in ALL.iter().filter(|transform| which(transform.what)) {
        let rounds: Vec<BTreeSet<String>> = match *what {
            "dropped" | "renamed" => (0..4).map(|at| fields.iter().skip(at).step_by(4).cloned().collect()).collect(),
            _ => vec![fields.iter().cloned().collect()],
        };
        for names in rounds {
            let mut stage = with_properties().await;
            let (all, change) = (names.clone(), *change);
            let bent =
                stage.bend(move |request, pass| Some(Ok(changed(pass(&lenient(request)), request, &all, change))));
            let (found, said) = three_times(&stage, &bent, *EXTENDED).await;
            wrong.extend(found.into_iter().map(|found| format!("{what}: {found}")));
            let dropped: Vec<&String> = names
                .iter()
                .filter(|name| matches!(*what, "dropped" | "renamed") && !DEFAULT.contains(&name.as_str()))
                .collect();
            let unsaid =
                dropped.into_iter().filter(|name| !said.iter().any(|said| said.contains(&format!("`{name}` "))));
            wrong.extend(unsaid.map(|name| format!("{what}: nobody says that {name} is not kept")));
        }
    }
    wrong
}

/// Fields that a row has inside or under another key, too, or that are declared as their defaults only.
const DEFAULT: &[&str] = &[
    "groups",
    "holdout_id",
    "hidden_in_user_interface",
    "linked_flag_id",
    "payloads",
    "saved_metrics_ids",
    "secrets",
    "status",
    "targeting",
    "variables",
    "variants",
];

#[tokio::test]
async fn what_an_api_drops_is_said_once() {
    assert_eq!(transformed(|what| what == "dropped").await, [""; 0]);
}

#[tokio::test]
async fn what_an_api_renames_is_said_once() {
    assert_eq!(transformed(|what| what == "renamed").await, [""; 0]);
}

#[tokio::test]
async fn what_an_api_adds_reorders_or_writes_otherwise_is_not_sent_for_ever() {
    assert_eq!(transformed(|what| !matches!(what, "dropped" | "renamed")).await, [""; 0]);
}

#[tokio::test]
async fn what_only_lists_leave_out_is_asked_for() {
    let mut stage = with_properties().await;
    let keys = json!({ "foo": 1, "bar": { "list": [1, { "deep": "x" }], "no": null } });
    // Rows of lists have no such keys, and everything else has them.
    let bent = stage.bend(move |request, pass| Some(Ok(with_keys(pass(&lenient(request)), &keys))));
    let (wrong, said) = three_times(&stage, &bent, *EXTENDED).await;
    assert_eq!((wrong, said), (Vec::new(), Vec::new()));
    assert!(bent.count("GET", "/dashboards/1/") > 0, "{:?}", bent.asked());
}

mod short {
    plg::stack! {
        name: "kept",
        stages: { local: sandbox },
        cohort Pros { all: [person(anything("plan"), is: ["pro"])] }
        survey Nps { questions: [open("Why?")] }
        event Used { name: "used" }
        action Uses { on: [Used] }
        dashboard Growth { tags: ["growth"] }
    }
}

#[tokio::test]
async fn what_only_rows_of_lists_lack_is_no_change() {
    for (path, key) in
        [("/cohorts/", "filters"), ("/surveys/", "questions"), ("/actions/", "steps"), ("/dashboards/", "tags")]
    {
        let mut stage = with_properties().await;
        let bent = stage.bend(move |request, pass| {
            let answer = pass(request);
            let mut body = bent::body(&answer);
            let rows = body["results"].as_array_mut().filter(|_| request.url.contains(path));
            let Some(rows) = rows else { return Some(Ok(answer)) };
            rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| drop(row.remove(key)));
            Some(Ok(Answer { body: body.to_string().into_bytes(), ..answer }))
        });
        let (wrong, said) = three_times(&stage, &bent, &short::STACK).await;
        assert_eq!((wrong, said), (Vec::new(), Vec::new()), "{key}");
    }
}

mod first {
    plg::stack! {
        name: "kept",
        stages: { local: sandbox },
        attribute Seats { on: companies, slug: "seats", holds: number, extra: { "pairing": { "title": "Tenants", "many": true } } }
        event Used { name: "used", extra: { "foo": 1 } }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])], extra: { "foo": 1 } }
        feature_flag Shade { key: "shade", rollout: 10%, extra: { "foo": 1, "creation_context": "feature_flags" } }
        survey Nps { questions: [open("Why?")], extra: { "foo": 1 } }
        dashboard Growth { extra: { "foo": 1 } }
        insight UsesByDay { shows: trend [Used], extra: { "foo": 1 } }
        annotation Launch { content: "We launched", on_date: "2026-11-01", emoji: "🚀" }
    }
}

mod second {
    plg::stack! {
        name: "kept",
        stages: { local: sandbox },
        attribute Seats { on: companies, slug: "seats", holds: number, extra: { "pairing": { "title": "Tenants", "many": false } } }
        event Used { name: "used", extra: { "foo": 2 } }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])], extra: { "foo": 2 } }
        feature_flag Shade { key: "shade", rollout: 10%, extra: { "foo": 2, "creation_context": "surveys" } }
        survey Nps { questions: [open("Why?")], extra: { "foo": 2 } }
        dashboard Growth { extra: { "foo": 2 } }
        insight UsesByDay { shows: trend [Used], extra: { "foo": 2 } }
        annotation Launch { content: "We launched", on_date: "2026-11-01", emoji: "🚀" }
    }
}

#[tokio::test]
async fn a_declaration_that_is_not_kept_is_sent_once() {
    let mut stage = Stage::new().await;
    let bent = Server::older().serve(&mut stage);
    let (wrong, mut said) = three_times(&stage, &bent, &first::STACK).await;
    assert_eq!(wrong, [""; 0]);
    said.sort();
    let lost = |address: &str, field: &str, value: &str| {
        format!(
            "{address}: PostHog did not store `{field}` as sent: `{field}` ({value}) is not in its answer; it may need a paid feature, a permission or a newer server"
        )
    };
    let foo = |address: &str| lost(address, "foo", "1");
    assert!(said[1].starts_with("attribute.Seats: Attio added to `pairing`: `pairing.id` is \"http"), "{said:?}");
    said.remove(1);
    assert_eq!(
        said,
        [
            lost("annotation.Launch", "emoji", "\"🚀\""),
            foo("cohort.Pros"),
            foo("dashboard.Growth"),
            foo("event.Used"),
            foo("feature_flag.Shade"),
            foo("insight.UsesByDay"),
            foo("survey.Nps"),
        ]
    );
    let plan = stage.plan(&first::STACK).await;
    let text = show::plan(&plan, show::Style { color: false, width: 100, verbose: false });
    assert!(
        text.contains(
            "`emoji` (\"🚀\") is not in its answer: PostHog did not store the value sent for annotation.Launch"
        ),
        "{text}"
    );
    assert!(show::markdown(&show::Picture::of_plan(&plan)).contains("emoji"), "{text}");

    // Another declaration is sent, once, and what is only ever written like everything else.
    let before = sent(&bent).len();
    let (plan, outcome) = stage.apply(&second::STACK, false).await;
    assert!(outcome.failed.is_empty() && unexplained(&plan).is_empty(), "{outcome:?}");
    let fields = |address: &str| step(&plan, address).fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>();
    assert_eq!(fields("feature_flag.Shade"), ["foo", "creation_context"]);
    assert_eq!(fields("dashboard.Growth"), ["foo"]);
    assert_eq!(fields("attribute.Seats"), ["pairing"]);
    assert!(plan.step("annotation.Launch").is_some_and(|step| !step.writes()));
    let all = sent(&bent).split_off(before);
    assert_eq!(all.len(), 7, "{all:#?}");
    let (wrong, said) = three_times(&stage, &bent, &second::STACK).await;
    assert!(wrong.iter().all(|wrong| wrong.ends_with("is said 0 times")) && said.is_empty(), "{wrong:#?} {said:?}");
}

#[tokio::test]
async fn an_answer_that_changes_later_is_drift() {
    let mut stage = Stage::new().await;
    Server::older().serve(&mut stage);
    stage.apply(&first::STACK, false).await;
    // A newer server shows what was sent: nothing is left to say.
    let server = Server::newer();
    server.clone().serve(&mut stage);
    let plan = stage.plan(&first::STACK).await;
    assert!(!plan.changes() && step(&plan, "annotation.Launch").unmanaged.is_empty(), "{:?}", writes(&plan));
    // It knows a key that it did not know, and has something of its own there.
    *server.cohort.lock().unwrap() = json!({ "foo": 5 });
    let drift = stage.plan(&first::STACK).await.drift();
    assert_eq!(writes(&drift).len(), 1, "{drift:#?}");
    assert_eq!(step(&drift, "cohort.Pros").fields[0].from.as_deref(), Some(&plg_core::Term::from(json!(5))));
    // It stays so whatever is sent: from then on that is what it left.
    let (_, outcome) = stage.apply(&first::STACK, false).await;
    assert!(outcome.warnings[0].contains("`foo` stays 5"), "{:?}", outcome.warnings);
    stage.settled(&first::STACK).await;
    // As it is declared it is all right, and as anything else it is drift again.
    for (foo, drifts) in [(json!(1), false), (json!(5), false), (json!(6), true), (json!(null), true)] {
        *server.cohort.lock().unwrap() = json!({ "foo": foo });
        assert_eq!(!stage.plan(&first::STACK).await.drift().steps.is_empty(), drifts, "{foo}");
    }
}

#[tokio::test]
async fn what_is_taken_over_is_sent_once_too() {
    let mut stage = Stage::new().await;
    Server::newer().serve(&mut stage);
    stage.apply(&first::STACK, false).await;
    stage.forget();
    let bent = Server::older().serve(&mut stage);
    let (wrong, said) = three_times(&stage, &bent, &first::STACK).await;
    assert_eq!(wrong, [""; 0]);
    assert!(said.iter().any(|said| said.starts_with("cohort.Pros: PostHog did not store `foo`")), "{said:?}");
}
