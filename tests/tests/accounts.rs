//! Two accounts of one provider: their ids may be equal, and what is done in one is nothing to the other.

use plg_attio::PROVIDER as ATTIO;
use plg_core::provider::AccountName;
use plg_core::{Common, Declared, Handling, Key, Name, OnDestroy, Percent, Stack, Stage, Target};
use plg_posthog::{Dashboard, FeatureFlag, PROVIDER};
use plg_runtime::apply::Outcome;
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::http::{Answer, Awaited, ClientOptions, Endpoint, Endpoints, Request, Transport};
use plg_runtime::plan::{Change, Plan};
use plg_runtime::secret::Secret;
use plg_runtime::session::{PlanOptions, Session, SessionOptions, key, touched};
use plg_runtime::store::seal::SecretSealer;
use plg_runtime::store::{self, Folder, State, StoreError};
use plg_sandbox::{Reply, Sandbox, SandboxRequest};
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tests::stage::{fresh, quietly};

const MARKETING: Handling = Handling { account: Some("marketing"), ..Handling::PLAIN };
static PROVIDERS: &[&plg_core::Provider] = &[&PROVIDER];
const STAGES: &[Stage] = &[Stage { name: "local", target: Target::Sandbox }];

fn stack(items: &[&'static dyn Declared]) -> &'static Stack {
    Box::leak(Box::new(Stack {
        name: "two",
        stages: STAGES,
        items: plg_core::StackItems::of(items.to_vec()),
        providers: PROVIDERS,
        ..Stack::NOTHING
    }))
}

fn flag(name: &'static str, key: &'static str, rollout: u8, handling: &'static Handling) -> &'static FeatureFlag {
    let rollout = Some(Percent(rollout.into()));
    Box::leak(Box::new(FeatureFlag {
        common: Common::named(name).handled(handling),
        key: Key(key),
        rollout,
        ..FeatureFlag::BLANK
    }))
}

fn dashboard(name: &'static str, title: &'static str, handling: &'static Handling) -> &'static Dashboard {
    Box::leak(Box::new(Dashboard {
        common: Common::named(name).handled(handling),
        title: Name(title),
        ..Dashboard::BLANK
    }))
}

const PLAIN: &Handling = &Handling::PLAIN;

/// Two servers, each with one account.
#[derive(Debug)]
struct Ways {
    sandboxes: [Sandbox; 2],
    asked: Mutex<Vec<(usize, String)>>,
    /// How many more requests are answered before everything is stuck; less than none is ever.
    left: AtomicI64,
    stuck: tokio::sync::Notify,
    /// The server that accepts no key.
    closed: Mutex<Option<usize>>,
}

const BASES: [&str; 2] = ["http://127.0.0.1:1", "http://127.0.0.1:2"];

impl Transport for Ways {
    fn send(&self, request: Request) -> Awaited<'_> {
        Box::pin(async move {
            let writes = request.method != "GET";
            // At an even instant what is asked last is done, and nobody sees the answer.
            let left = if writes { self.left.fetch_sub(1, Ordering::SeqCst) } else { i64::MAX };
            if left == 0 {
                self.stuck.notify_one();
                return std::future::pending().await;
            }
            let place = BASES.iter().position(|base| request.url.starts_with(base)).expect("one of the two");
            let path = &request.url[BASES[place].len()..];
            self.asked
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((place, format!("{} {path}", request.method)));
            if *self.closed.lock().unwrap_or_else(PoisonError::into_inner) == Some(place) {
                return Ok(Answer { status: 401, headers: Vec::new(), body: b"{}".to_vec() });
            }
            let mut sent = SandboxRequest::new(&request.method, path);
            sent.headers = vec![
                ("authorization".into(), format!("Bearer {}", request.key.expose())),
                ("content-type".into(), "application/json".into()),
            ];
            sent.origin = BASES[place].into();
            sent.body = request.body.clone().unwrap_or_default().into_bytes();
            let Reply { status, headers, body, .. } = self.sandboxes[place].answer(&sent);
            if left == 1 {
                self.stuck.notify_one();
                return std::future::pending().await;
            }
            Ok(Answer { status, headers, body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default() })
        })
    }

    fn pause(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

struct World {
    ways: Arc<Ways>,
    folder: TempDir,
}

impl World {
    async fn new() -> World {
        let sandboxes = [tests::sandbox().await, tests::sandbox().await];
        let ways = Ways {
            sandboxes,
            asked: Mutex::default(),
            left: AtomicI64::new(-1),
            stuck: tokio::sync::Notify::new(),
            closed: Mutex::default(),
        };
        World { ways: Arc::new(ways), folder: tempfile::tempdir().expect("a folder") }
    }

    async fn open(&self, stack: &'static Stack) -> Result<Session, Error> {
        self.open_with(stack, &["posthog", "marketing"]).await
    }

    async fn open_with(&self, stack: &'static Stack, accounts: &[&'static str]) -> Result<Session, Error> {
        self.command(stack, accounts, "deploy").await
    }

    async fn command_once(
        &self,
        stack: &'static Stack,
        accounts: &[&'static str],
        command: &str,
    ) -> Result<Session, Error> {
        let names = [("posthog", &PROVIDER), ("marketing", &PROVIDER), ("attio", &ATTIO), ("sales", &ATTIO)];
        let endpoint = |name: &&'static str| {
            let place = names.iter().position(|(known, _)| known == name).expect("one of these");
            let endpoint = Endpoint::new(names[place].1, BASES[place % 2], Secret::new("k".to_owned()));
            endpoint.named(AccountName(name)).hole("project", "12345")
        };
        let options = SessionOptions::new(
            stack,
            "local",
            Arc::new(Folder::new(self.folder.path())),
            SecretSealer::new(None, &key(self.folder.path())),
            Endpoints(accounts.iter().map(endpoint).collect()),
        )
        .command(command)
        .client(ClientOptions {
            transport: Some(self.ways.clone()),
            late_window: Some(Duration::ZERO),
            ..ClientOptions::default()
        });
        Session::open(options).await
    }

    /// Opens it as soon as what died before has given the lock back: its last task may still be at its end.
    async fn command(&self, stack: &'static Stack, accounts: &[&'static str], command: &str) -> Result<Session, Error> {
        for _ in 0..500 {
            match self.command_once(stack, accounts, command).await {
                Err(Error::Store(StoreError::Locked(_))) => tokio::time::sleep(Duration::from_millis(10)).await,
                other => return other,
            }
        }
        self.command_once(stack, accounts, command).await
    }

    async fn plan(&self, stack: &'static Stack) -> Plan {
        self.planned(stack).await.expect("the stack fits")
    }

    async fn planned(&self, stack: &'static Stack) -> Result<Plan, Error> {
        self.open(stack).await?.plan(&fresh()).await
    }

    async fn apply(&self, stack: &'static Stack, destroy: bool) -> (Plan, Outcome) {
        let mut session = self.open(stack).await.expect("the sandbox answers");
        let plan = session.plan(&PlanOptions { destroy, ..fresh() }).await.expect("the stack fits");
        let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        (plan, outcome)
    }

    async fn deploy(&self, stack: &'static Stack) -> Plan {
        let (plan, _) = self.apply(stack, false).await;
        let again = self.plan(stack).await;
        assert_eq!(changes(&again), [], "nothing is left to do");
        plan
    }

    fn state(&self, stack: &Stack) -> State {
        store::read(&Folder::new(self.folder.path()), stack.name, "local")
            .expect("it can be read")
            .expect("it is there")
            .0
    }

    /// The objects of a kind in one of the two accounts, by the names that people gave them.
    fn there(&self, place: usize, list: &str, name: &str) -> Vec<(String, String)> {
        let page = self.click(place, "GET", &format!("/api/projects/12345/{list}/?limit=100"), &Value::Null);
        let rows = page["results"].as_array().cloned().unwrap_or_default();
        let mut all: Vec<(String, String)> = rows
            .iter()
            .filter(|row| row["deleted"] != json!(true))
            .map(|row| (row[name].as_str().unwrap_or_default().to_owned(), row["id"].to_string()))
            .collect();
        all.sort();
        all
    }

    fn flags(&self, place: usize) -> Vec<(String, String)> {
        self.there(place, "feature_flags", "key")
    }

    fn click(&self, place: usize, method: &str, path: &str, body: &Value) -> Value {
        let mut request = SandboxRequest::new(method, path);
        request.headers =
            vec![("authorization".into(), "Bearer click".into()), ("content-type".into(), "application/json".into())];
        if !body.is_null() {
            request.body = body.to_string().into_bytes();
        }
        let reply = self.ways.sandboxes[place].answer(&request);
        assert!(reply.status < 300, "{method} {path}: {} {:?}", reply.status, reply.body);
        reply.body.unwrap_or_default()
    }

    /// The writes since the last time, by server.
    fn writes(&self) -> Vec<(usize, String)> {
        let mut asked = self.ways.asked.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *asked).into_iter().filter(|(_, what)| !what.starts_with("GET")).collect()
    }

    /// Dies at the write of this number, before or after it is done; says whether it came to its end before.
    async fn dies(&self, stack: &'static Stack, instant: i64) -> bool {
        self.ways.left.store(instant, Ordering::SeqCst);
        let mut session = self.open(stack).await.expect("the sandbox answers");
        let plan = session.plan(&fresh()).await.expect("the stack fits");
        let options = quietly();
        let ended = tokio::select! {
            outcome = session.apply(&plan, &options) => {
                outcome.expect("the folder can be written");
                true
            }
            () = self.ways.stuck.notified() => false,
        };
        drop(session);
        // What it had under way ends with it.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.ways.left.store(-1, Ordering::SeqCst);
        ended
    }
}

fn changes(plan: &Plan) -> Vec<(&str, &str, Change)> {
    let writing = plan.steps.iter().filter(|step| step.writes());
    writing.map(|step| (step.address.as_str(), step.account.as_str(), step.change)).collect()
}

fn both(rollout: u8) -> &'static Stack {
    stack(&[
        flag("Dark", "dark", 10, PLAIN),
        flag("Light", "light", 10, PLAIN),
        flag("DarkToo", "dark", rollout, &MARKETING),
        flag("LightToo", "light", 10, &MARKETING),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_ids_are_told_apart() {
    let world = World::new().await;
    world.deploy(both(10)).await;
    let ids = |place| world.flags(place).into_iter().map(|(_, id)| id).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(ids(0), ids(1), "each server counts for itself");
    let state = world.state(both(10));
    let accounts = |name: &str| state.resources[&format!("feature_flag.{name}")].account.clone();
    assert_eq!((accounts("Dark"), accounts("DarkToo")), (None, Some("marketing".to_owned())));
    assert_eq!(state.accounts.len(), 2, "both are pinned");

    // A change, and a change of somebody else's.
    world.writes();
    world.deploy(both(20)).await;
    assert!(matches!(&world.writes()[..], [(1, what)] if what.starts_with("PATCH")));
    let (_, id) = world.flags(0)[0].clone();
    let path = format!("/api/projects/12345/feature_flags/{id}/");
    world.click(0, "PATCH", &path, &json!({ "active": false, "filters": { "groups": [] } }));
    let drift = world.plan(both(20)).await.drift();
    assert!(drift.steps.iter().all(|step| step.account == "posthog"), "{:?}", changes(&drift));
    assert_eq!(changes(&drift).len(), 1);
    world.deploy(both(20)).await;

    // Two keys are swapped, in one of them.
    let swapped = stack(&[
        flag("Dark", "dark", 10, PLAIN),
        flag("Light", "light", 10, PLAIN),
        flag("DarkToo", "light", 10, &MARKETING),
        flag("LightToo", "dark", 10, &MARKETING),
    ]);
    let before = world.flags(0);
    world.writes();
    world.deploy(swapped).await;
    assert!(world.writes().iter().all(|(place, _)| *place == 1));
    assert_eq!(world.flags(0), before);

    // Another name for one of them.
    let renamed = stack(&[
        flag("Dark", "dark", 10, PLAIN),
        flag("Light", "light", 10, PLAIN),
        flag("Bright", "light", 10, &MARKETING),
        flag("LightToo", "dark", 10, &MARKETING),
    ]);
    let plan = world.deploy(renamed).await;
    assert_eq!(
        plan.step("feature_flag.Bright").and_then(|step| step.renamed_from.as_deref()),
        Some("feature_flag.DarkToo")
    );

    // What is declared no more in one of them stays in the other.
    world.writes();
    world.deploy(stack(&[flag("Dark", "dark", 10, PLAIN), flag("Light", "light", 10, PLAIN)])).await;
    assert!(world.writes().iter().all(|(place, _)| *place == 1));
    assert_eq!((world.flags(0), world.flags(1)), (before, Vec::new()));
    world.apply(stack(&[]), true).await;
    assert_eq!(world.flags(0), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_is_a_create_and_a_removal() {
    let world = World::new().await;
    let (here, there) = (stack(&[flag("Dark", "dark", 10, PLAIN)]), stack(&[flag("Dark", "dark", 10, &MARKETING)]));
    world.deploy(here).await;
    let id = world.flags(0)[0].1.clone();
    let plan = world.plan(there).await;
    let left = format!("feature_flag.Dark@moved-posthog-{id}");
    assert_eq!(
        changes(&plan),
        [("feature_flag.Dark", "marketing", Change::Create), (left.as_str(), "posthog", Change::Delete)]
    );
    assert_eq!(plan.losses(), [left.as_str()]);
    let style = plg_runtime::show::Style { color: false, width: 200, verbose: false };
    let text = plg_runtime::show::plan(&plan, style);
    for said in
        ["it moves from the account `posthog` to `marketing`", "feature_flag.Dark is in the account `marketing` now"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(plan.drift().steps.is_empty(), "nobody did it in a web app");
    world.deploy(there).await;
    assert_eq!((world.flags(0).len(), world.flags(1).len()), (0, 1));
    assert!(world.state(there).resources.keys().all(|address| address == "feature_flag.Dark"));

    // Back, and it stays where a declaration said so.
    let kept = Box::leak(Box::new(Handling { on_destroy: Some(OnDestroy::keep), ..MARKETING }));
    world.deploy(stack(&[flag("Dark", "dark", 10, kept)])).await;
    world.deploy(here).await;
    assert_eq!((world.flags(0).len(), world.flags(1).len()), (1, 1));

    // The same where it is said in the edit that moves it.
    let world = World::new().await;
    world.deploy(here).await;
    world.deploy(stack(&[flag("Dark", "dark", 10, kept)])).await;
    assert_eq!((world.flags(0).len(), world.flags(1).len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_protected_does_not_move() {
    let world = World::new().await;
    let protected = Box::leak(Box::new(Handling { protect: true, ..Handling::PLAIN }));
    world.deploy(stack(&[flag("Dark", "dark", 10, protected)])).await;
    let error = world.planned(stack(&[flag("Dark", "dark", 10, &MARKETING)])).await.expect_err("it is protected");
    assert!(
        matches!(&error, Error::Protected(all) if all[0].starts_with("feature_flag.Dark@moved-posthog")),
        "{error}"
    );
    // Also where only the edit that moves it says so.
    let world = World::new().await;
    world.deploy(stack(&[flag("Dark", "dark", 10, PLAIN)])).await;
    let there = Box::leak(Box::new(Handling { protect: true, ..MARKETING }));
    let error = world.planned(stack(&[flag("Dark", "dark", 10, there)])).await.expect_err("it is protected");
    assert!(matches!(&error, Error::Protected(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_before_stays_where_it_is() {
    let world = World::new().await;
    let body = json!({ "key": "dark", "filters": { "groups": [{ "properties": [], "rollout_percentage": 10 }] } });
    world.click(0, "POST", "/api/projects/12345/feature_flags/", &body);
    world.deploy(stack(&[flag("Dark", "dark", 10, PLAIN)])).await;
    world.deploy(stack(&[flag("Dark", "dark", 10, &MARKETING)])).await;
    assert_eq!((world.flags(0).len(), world.flags(1).len()), (1, 1));
    assert_eq!(world.state(stack(&[])).resources.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_ends_well_wherever_it_dies() {
    let items = |handling: &'static Handling| {
        stack(&[
            flag("Dark", "dark", 10, handling),
            flag("Light", "light", 10, handling),
            dashboard("All", "All", handling),
        ])
    };
    let (here, there) = (items(PLAIN), items(&MARKETING));
    for back in [false, true] {
        for instant in 0.. {
            let world = World::new().await;
            world.deploy(here).await;
            let ended = world.dies(there, instant).await;
            let (target, full, empty) = if back { (here, 0, 1) } else { (there, 1, 0) };
            world.deploy(target).await;
            assert_eq!((world.flags(full).len(), world.flags(empty).len()), (2, 0), "at {instant}, back: {back}");
            let boards = |place| world.there(place, "dashboards", "name").len();
            assert_eq!((boards(full), boards(empty)), (1, 0), "at {instant}, back: {back}");
            assert_eq!(world.state(target).resources.len(), 3);
            if ended {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_accounts_that_a_command_does_not_touch_are_not_needed() {
    let world = World::new().await;
    world.deploy(both(10)).await;
    let names = |covers: &PlanOptions, state: Option<State>| -> Vec<&'static str> {
        touched(both(20), &STAGES[0], covers, || state).iter().map(|account| account.name.0).collect()
    };
    let state = || Some(world.state(both(10)));
    assert_eq!(names(&fresh(), state()), ["posthog", "marketing"]);
    let covers = PlanOptions { targets: vec!["feature_flag.DarkToo".to_owned()], ..fresh() };
    assert_eq!(names(&covers, state()), ["marketing"]);
    let without = PlanOptions { excludes: vec!["feature_flag.*Too".to_owned()], ..fresh() };
    assert_eq!(names(&without, state()), ["posthog"]);

    let mut session = world.open_with(both(20), &["marketing"]).await.expect("the sandbox answers");
    let plan = session.plan(&covers).await.expect("it fits");
    assert_eq!(changes(&plan), [("feature_flag.DarkToo", "marketing", Change::Update)]);
    session.apply(&plan, &quietly()).await.expect("the folder can be written");
    drop(session);
    let mut session = world.open_with(both(20), &["posthog"]).await.expect("the sandbox answers");
    assert_eq!(changes(&session.plan(&without).await.expect("it fits")), []);
    drop(session);
    assert_eq!(changes(&world.plan(both(20)).await), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_that_a_program_does_not_know_are_refused() {
    let world = World::new().await;
    world.deploy(both(10)).await;
    // Another program made something.
    let folder = Folder::new(world.folder.path());
    let dump = store::Dump::read(&folder, "two", "local").expect("it can be read").expect("it is there");
    let mut json: Value = serde_json::from_slice(&dump.text().expect("JSON")).expect("JSON");
    json["resources"]["price.Pro"] = json!({ "kind": "price", "id": "1" });
    let changed = store::Dump::parse("changed".as_ref(), json.to_string().as_bytes()).expect("a state");
    changed.put(&folder, &store::Holder::me("test", "now"), "two", "local", true).expect("it can be written");
    for stack in [both(10), stack(&[])] {
        let error = world.open(stack).await.expect_err("it is refused");
        assert_eq!((error.exit(), error.code().code), (Exit::Refused, "P0604"), "{error}");
        let said = error.to_string();
        assert!(said.contains("no kind `price`") && said.contains("price.Pro"), "{said}");
    }

    static FOREIGN: Stack = Stack {
        name: "two",
        stages: STAGES,
        items: {
            static ITEMS: plg_core::StackItems = plg_core::StackItems::by(|to| to.push(&FOREIGN_FLAG));
            &ITEMS
        },
        providers: &[&plg_attio::PROVIDER],
        ..Stack::NOTHING
    };
    static FOREIGN_FLAG: FeatureFlag =
        FeatureFlag { common: Common::named("Dark"), key: Key("dark"), ..FeatureFlag::BLANK };
    let Err(Error::Stack(errors)) = world.open(&FOREIGN).await else { panic!("it is refused") };
    assert!(errors[0].message.contains("a kind of PostHog"), "{}", errors[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_is_written_down() {
    let world = World::new().await;
    world.deploy(both(20)).await;
    let import = async || {
        let session = world.command(stack(&[]), &["posthog", "marketing"], "import").await.expect("one answers");
        session.import(stack(&[])).await.expect("one can be read")
    };
    let imported = import().await;
    assert_eq!(
        (imported.declarations, imported.unread, &imported.unproved),
        (4, 0, &Vec::new()),
        "{:?}",
        imported.said
    );
    assert_eq!(imported.source.matches("account: marketing").count(), 2, "{}", imported.source);
    let names: std::collections::BTreeSet<&str> = imported.items.iter().map(|item| item.common().name).collect();
    assert_eq!(names.len(), 4, "a name is given once: {names:?}");

    *world.ways.closed.lock().unwrap_or_else(PoisonError::into_inner) = Some(1);
    let imported = import().await;
    assert_eq!((imported.declarations, imported.unread), (2, 1));
    assert!(imported.said.iter().any(|gap| gap.name.contains("marketing")), "{:?}", imported.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_account_has_of_its_own_is_there_in_each() {
    mod first {
        plg::stack! {
            name: "crm",
            stages: { local: sandbox },
            attribute Tier { on: companies, slug: "tier", holds: select { Gold, Silver } }
        }
    }
    mod second {
        plg::stack! {
            name: "crm",
            stages: { local: sandbox },
            attribute TierToo { on: companies, slug: "tier", holds: select { Gold, Silver } }
        }
    }
    static SALES: Stack = Stack {
        items: second::STACK.items,
        providers: second::STACK.providers,
        accounts: &[("attio", "sales")],
        ..Stack::NOTHING
    };
    static BOTH: Stack = Stack {
        name: "crm",
        stages: STAGES,
        items: first::STACK.items,
        providers: first::STACK.providers,
        parts: &[&SALES],
        ..Stack::NOTHING
    };
    let world = World::new().await;
    let accounts = ["attio", "sales"];
    let mut session = world.open_with(&BOTH, &accounts).await.expect("both answer");
    let plan = session.plan(&fresh()).await.expect("it fits");
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    for address in ["object.companies", "object.companies@sales"] {
        assert_eq!(plan.step(address).map(|step| step.change), Some(Change::Read), "{address}");
    }
    drop(session);
    let mut session = world.open_with(&BOTH, &accounts).await.expect("both answer");
    assert_eq!(changes(&session.plan(&fresh()).await.expect("it fits")), []);
    for place in 0..2 {
        let page = world.click(place, "GET", "/v2/objects/companies/attributes", &Value::Null);
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        assert_eq!(rows.iter().filter(|row| row["api_slug"] == "tier").count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_a_stage_names_no_more_is_not_forgotten() {
    const POSTHOG: plg_core::Account =
        plg_core::Account { name: AccountName("posthog"), provider: &PROVIDER, settings: None };
    const REAL: &[Stage] = &[Stage {
        name: "local",
        target: Target::Remote(plg_core::Remote { accounts: &[POSTHOG], rules: plg_core::StageRules::BLANK }),
    }];
    let world = World::new().await;
    world.deploy(both(10)).await;
    let left = stack(&[flag("Dark", "dark", 10, PLAIN), flag("Light", "light", 10, PLAIN)]);
    let left: &'static Stack = Box::leak(Box::new(Stack { stages: REAL, ..*left }));
    let error = world.open_with(left, &["posthog"]).await.expect_err("objects are in it");
    assert_eq!((error.exit(), error.code().code), (Exit::Refused, "P0609"), "{error}");
    let said = error.to_string();
    assert!(said.contains("no longer names the account `marketing`") && said.contains("2 objects are"), "{said}");
}
