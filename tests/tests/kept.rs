//! What an API answers otherwise than it was asked is said once, and not sent again and again.

#[path = "drift/everything.rs"]
mod everything;
#[path = "kept/transform.rs"]
mod transform;

use plg_runtime::apply::Outcome;
use plg_runtime::http::Request;
use plg_runtime::plan::{Plan, UnmanagedBy};
use plg_schema::{Block, Common, Declared, Spec, Stack, Want};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tests::stage::Stage;
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
    let extended = |item: &&'static dyn Declared| Box::leak(Box::new(Extended(*item))) as &'static dyn Declared;
    let items: Vec<&'static dyn Declared> = everything::STACK.items.iter().map(extended).collect();
    Box::leak(Box::new(Stack { items: Vec::leak(items), overrides: &[], ..everything::STACK }))
});

/// Fields that say which object it is, and where: a server that answers those otherwise answers about something else.
const NAMES: &[&str] = &[
    "name",
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
    for item in EXTENDED.items {
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
        && let Ok(mut body) = serde_json::from_str::<serde_json::Value>(text)
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

fn sent(stage: &Stage) -> Vec<String> {
    let log = stage.sandbox().log();
    log.iter()
        .filter(|one| one.method != "GET")
        .map(|one| format!("{} {} {}", one.method, one.path, one.body))
        .collect()
}

/// Deploys three times; says whatever is not as it should be.
async fn three_times(stage: &Stage, stack: &'static Stack) -> (Vec<String>, Vec<String>) {
    let (mut wrong, mut said) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let (_, Outcome { failed, warnings, .. }) = stage.apply(stack, false).await;
        wrong.extend(failed.iter().map(|failed| format!("{failed:?}")));
        said.extend(warnings);
    }
    stage.sandbox().reset_stats();
    let (plan, outcome) = stage.apply(stack, false).await;
    wrong.extend(writes(&plan));
    wrong.extend(outcome.warnings.iter().map(|warning| format!("said again: {warning}")));
    wrong.extend(sent(stage));
    let unlooked = stage.reading(stack).await.plan(&Default::default()).await.expect("it can be planned");
    wrong.extend(writes(&unlooked).into_iter().map(|write| format!("without a look: {write}")));
    let left = |plan: &Plan| -> BTreeSet<(String, String)> {
        let all = plan.steps.iter().flat_map(|s| s.unmanaged.iter().map(move |left| (s, left)));
        let api = all.filter(|(_, left)| left.whose == UnmanagedBy::Api);
        api.map(|(s, left)| (s.address.clone(), left.field.clone().unwrap_or_default())).collect()
    };
    if left(&plan) != left(&unlooked) {
        let differs: Vec<_> = left(&plan).symmetric_difference(&left(&unlooked)).cloned().collect();
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

#[tokio::test]
async fn whatever_an_api_answers_nothing_is_sent_for_ever() {
    let fields = fields();
    let mut wrong = Vec::new();
    for Transform { what, change } in ALL {
        let rounds: Vec<BTreeSet<String>> = match *what {
            "dropped" | "renamed" => (0..4).map(|at| fields.iter().skip(at).step_by(4).cloned().collect()).collect(),
            _ => vec![fields.iter().cloned().collect()],
        };
        for names in rounds {
            let mut stage = with_properties().await;
            let (all, change) = (names.clone(), *change);
            stage.bend(move |request, pass| Some(Ok(changed(pass(&lenient(request)), request, &all, change))));
            let (found, said) = three_times(&stage, *EXTENDED).await;
            wrong.extend(found.into_iter().map(|found| format!("{what}: {found}")));
            assert!(!said.is_empty(), "{what}: nothing is said");
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
