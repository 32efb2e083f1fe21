//! A provider of somebody else's goes the whole way: deployed, changed, found changed, written down, killed, destroyed.

#![expect(clippy::unwrap_used, reason = "all of it is tests")]

mod provider;
mod server;

use plg_core::{Common, Name, Stack, StackItems, Stage, Str, Target};
use plg_runtime::apply::progress::Silent;
use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::http::{ClientOptions, Endpoint, Endpoints};
use plg_runtime::plan::{Change, Plan};
use plg_runtime::secret::Secret;
use plg_runtime::session::{PlanOptions, Session, SessionOptions, key};
use plg_runtime::store::Folder;
use plg_runtime::store::seal::SecretSealer;
use provider::{PROVIDER, Price};
use server::{Server, Trouble};
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const STAGES: &[Stage] = &[Stage { name: "local", target: Target::Sandbox }];

const fn price(name: &'static str, title: &'static str, note: Option<Str>) -> Price {
    Price { common: Common::named(name), title: Name(title), note, ..Price::BLANK }
}

static A: Price = price("A", "Basic & more", None);
static B: Price = price("B", "Team", Some(Str("for teams")));
static C: Price = price("C", "Scale", None);
static OTHER_B: Price = price("B", "Team", Some(Str("for all")));

macro_rules! stack {
    ($($item:expr),*) => {
        Stack {
            name: "shop",
            stages: STAGES,
            items: {
                static ITEMS: StackItems = StackItems::by(|to| to.extend_from_slice(&[$($item),*]));
                &ITEMS
            },
            providers: &[&PROVIDER],
            ..Stack::NOTHING
        }
    };
}

static SHOP: Stack = stack!(&A, &B, &C);
static CHANGED: Stack = stack!(&A, &OTHER_B, &C);
static ONE: Stack = stack!(&B);
static OTHER_ONE: Stack = stack!(&OTHER_B);
static NONE: Stack = stack!();

struct World {
    server: Arc<Server>,
    folder: TempDir,
}

impl World {
    fn new() -> World {
        World { server: Arc::default(), folder: tempfile::tempdir().unwrap() }
    }

    async fn open(&self, stack: &'static Stack) -> Session {
        let endpoint = Endpoint::new(&PROVIDER, "http://127.0.0.1:1", Secret::new("k".to_owned()));
        let options = SessionOptions::new(
            stack,
            "local",
            Arc::new(Folder::new(self.folder.path())),
            SecretSealer::new(None, &key(self.folder.path())),
            Endpoints(vec![endpoint]),
        )
        .client(ClientOptions { transport: Some(self.server.clone()), ..ClientOptions::default() });
        Session::open(options).await.unwrap()
    }

    async fn plan(&self, stack: &'static Stack) -> Plan {
        self.open(stack).await.plan(&fresh()).await.unwrap()
    }

    async fn apply(&self, stack: &'static Stack, destroy: bool) -> Outcome {
        let mut session = self.open(stack).await;
        let plan = session.plan(&PlanOptions { destroy, ..fresh() }).await.unwrap();
        let outcome = session.apply(&plan, &quietly()).await.unwrap();
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        outcome
    }

    fn titles(&self) -> Vec<String> {
        self.server.shop(|shop| shop.prices.values().map(|price| price["title"].as_str().unwrap().to_owned()).collect())
    }
}

fn fresh() -> PlanOptions {
    PlanOptions { refresh: true, ..PlanOptions::default() }
}

fn quietly() -> ApplyOptions {
    ApplyOptions {
        parallelism: 1,
        cancel: CancellationToken::new(),
        progress: Arc::new(Silent),
        no_wait: false,
        keep_going: false,
    }
}

fn changes(plan: &Plan) -> Vec<(&str, Change)> {
    plan.steps.iter().filter(|step| step.writes()).map(|step| (step.address.as_str(), step.change)).collect()
}

#[tokio::test]
async fn deployed_changed_written_down_and_destroyed() {
    let world = World::new();
    assert_eq!(world.apply(&SHOP, false).await.count(Change::Create), 3);
    assert_eq!(world.titles(), ["Basic & more", "Team", "Scale"]);
    // Three rows are two pages.
    assert!(world.plan(&SHOP).await.steps.iter().all(|step| step.change == Change::Unchanged));
    let pages = |shop: &mut server::Shop| shop.asked.iter().filter(|asked| asked.contains("starting_after")).count();
    assert!(world.server.shop(pages) > 0);

    assert_eq!(world.apply(&CHANGED, false).await.count(Change::Update), 1);
    world.server.shop(|shop| shop.prices.get_mut(&1).unwrap()["note"] = "theirs".into());
    let plan = world.plan(&CHANGED).await;
    assert_eq!(changes(&plan), [("price.A", Change::Update)]);
    assert_eq!(changes(&plan.drift()), [("price.A", Change::Update)]);

    let imported = world.open(&NONE).await.import(&SHOP).await.unwrap();
    assert_eq!((imported.declarations, &imported.unproved), (3, &Vec::new()), "{:?}", imported.said);
    assert!(imported.source.contains("price Scale { title: \"Scale\" }"), "{}", imported.source);

    world.apply(&CHANGED, true).await;
    assert_eq!(world.titles(), [""; 0]);
}

#[tokio::test]
async fn a_lost_answer_costs_nothing() {
    let world = World::new();
    world.server.trouble(Some(Trouble::LostAnswers(3)));
    let outcome = world.apply(&SHOP, false).await;
    assert_eq!((outcome.count(Change::Create), outcome.waiting.len()), (3, 0));
    assert_eq!(world.titles(), ["Basic & more", "Team", "Scale"]);
    // Nobody had to look for anything.
    let looks = |shop: &mut server::Shop| shop.asked.iter().filter(|asked| asked.starts_with("GET /v1/prices")).count();
    assert_eq!(world.server.shop(looks), 1);
}

/// Kills a deploy while its create is under way.
async fn killed(world: &World, is_done: bool) {
    world.server.trouble(Some(Trouble::Stuck { is_done }));
    let mut session = world.open(&ONE).await;
    let plan = session.plan(&fresh()).await.unwrap();
    let options = quietly();
    tokio::select! {
        _ = session.apply(&plan, &options) => panic!("it is stuck"),
        () = world.server.stuck() => {}
    }
    world.server.trouble(None);
    drop(session);
    // What it had under way ends with it.
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
}

#[tokio::test]
async fn what_a_dead_deploy_had_sent_is_sent_again_under_its_key() {
    for is_done in [false, true] {
        let world = World::new();
        killed(&world, is_done).await;
        assert_eq!(world.titles().len(), usize::from(is_done));
        let outcome = world.apply(&ONE, false).await;
        assert_eq!(outcome.waiting, []);
        assert_eq!(world.titles(), ["Team"], "made before: {is_done}");
        assert!(changes(&world.plan(&ONE).await).is_empty());
    }
}

#[tokio::test]
async fn what_it_had_sent_and_is_declared_otherwise_by_now_is_brought_in_line() {
    for is_done in [false, true] {
        let world = World::new();
        killed(&world, is_done).await;
        world.apply(&OTHER_ONE, false).await;
        assert_eq!(world.titles(), ["Team"]);
        let note = world.server.shop(|shop| shop.prices.values().next().unwrap()["note"].clone());
        assert_eq!(note, "for all", "made before: {is_done}");
        assert!(changes(&world.plan(&OTHER_ONE).await).is_empty());
    }
}

#[tokio::test]
async fn what_it_had_sent_and_is_declared_no_more_is_removed() {
    for is_done in [false, true] {
        let world = World::new();
        killed(&world, is_done).await;
        world.apply(&NONE, false).await;
        assert_eq!(world.titles(), [""; 0], "made before: {is_done}");
    }
}

#[tokio::test]
async fn what_it_had_sent_and_goes_with_all_else_is_not_left() {
    for is_done in [false, true] {
        let world = World::new();
        killed(&world, is_done).await;
        world.apply(&ONE, true).await;
        assert_eq!(world.titles(), [""; 0], "made before: {is_done}");
        let plan = world.plan(&ONE).await;
        assert_eq!((changes(&plan), plan.open_writes.len()), (vec![("price.B", Change::Create)], 0));
    }
}

#[tokio::test]
async fn a_failure_that_a_key_keeps_is_not_asked_for_again_and_again() {
    let world = World::new();
    world.server.shop(|shop| shop.fails = true);
    world.apply(&ONE, false).await;
    assert_eq!(world.titles(), ["Team"]);

    let world = World::new();
    world.server.shop(|shop| shop.fails = true);
    killed(&world, true).await;
    assert_eq!(world.titles(), [""; 0]);
    world.apply(&ONE, false).await;
    assert_eq!(world.titles(), ["Team"]);
    assert!(changes(&world.plan(&ONE).await).is_empty());
}

/// This program knows neither API: what an earlier plg remembered of them waits for one that does.
#[test]
fn accounts_of_providers_that_are_not_here_are_kept_as_they_were() {
    let text = r#"{ "version": 1, "lineage": "l", "serial": 1, "stack": "s", "stage": "t", "resources": {},
        "workspace": "w-1", "project": "https://eu.posthog.com/project/7" }"#;
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path());
    let holder = plg_runtime::store::Holder::me("test", "now");
    let dump = plg_runtime::store::Dump::parse("given".as_ref(), text.as_bytes()).unwrap();
    dump.put(&folder, &holder, "s", "t", true).unwrap();
    let kept = plg_runtime::store::Dump::read(&folder, "s", "t").unwrap().unwrap().text().unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(
        (kept["workspace"].as_str(), kept["project"].as_str()),
        (Some("w-1"), Some("https://eu.posthog.com/project/7"))
    );
}
