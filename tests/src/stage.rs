//! A sandbox to deploy to, as the command line does, and to click in, as people do in the web apps.

use crate::bent::{self, Bent, Pass};
use plg_core::Stack;
use plg_runtime::apply::progress::Silent;
use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::error::Error;
use plg_runtime::http::{Answer, ClientOptions, Lost, Request, Transport};
use plg_runtime::plan::{Change, Plan, Step};
use plg_runtime::session::{Environment, PlanOptions, Session, SessionOptions, key};
use plg_runtime::store::seal::SecretSealer;
use plg_runtime::store::{self, Dump, Entry, Folder, Holder, State};
use plg_sandbox::{Reply, Running, Sandbox, SandboxRequest};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A sandbox, and what is remembered of what was deployed to it.
#[derive(Debug)]
pub struct Stage {
    running: Running,
    folder: TempDir,
    bent: Option<Arc<Bent>>,
    late_window: Option<Duration>,
}

impl Stage {
    /// An empty sandbox.
    pub async fn new() -> Self {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Stage {
            running: Sandbox::start(here, None).await.expect("a free port"),
            folder: folder(),
            bent: None,
            late_window: Some(Duration::ZERO),
        }
    }

    /// Where its sandbox is served.
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// What it deploys to.
    pub fn sandbox(&self) -> &Sandbox {
        self.running.sandbox()
    }

    /// Bends what is asked and answered from now on.
    pub fn bend(
        &mut self,
        bend: impl Fn(&Request, Pass<'_>) -> Option<Result<Answer, Lost>> + Send + Sync + 'static,
    ) -> Arc<Bent> {
        let bent = Arc::new(Bent::new(self.sandbox(), bend));
        self.bent = Some(bent.clone());
        bent
    }

    /// What is written may be done, or shown, a while later from now on.
    pub fn lag(&mut self) {
        self.late_window = None;
    }

    /// Bends nothing any more.
    pub fn straighten(&mut self) {
        self.bent = None;
    }

    /// Forgets everything that was deployed.
    pub fn forget(&mut self) {
        self.folder = folder();
    }

    /// One command's work on a stack.
    pub async fn open(&self, stack: &'static Stack) -> Session {
        self.open_with(stack, Environment::new(|_| None)).await
    }

    /// The same, where variables are set.
    pub async fn open_with(&self, stack: &'static Stack, environment: Environment) -> Session {
        self.session(stack, false, environment).await
    }

    /// The work of a command that only looks, beside one that writes.
    pub async fn reading(&self, stack: &'static Stack) -> Session {
        self.reading_with(stack, Environment::new(|_| None)).await
    }

    /// The same, where variables are set.
    pub async fn reading_with(&self, stack: &'static Stack, environment: Environment) -> Session {
        self.session(stack, true, environment).await
    }

    async fn session(&self, stack: &'static Stack, reading: bool, environment: Environment) -> Session {
        let base = if self.bent.is_some() { bent::BASE.to_owned() } else { self.running.url() };
        let transport = self.bent.clone().map(|bent| bent as Arc<dyn Transport>);
        let options = SessionOptions::new(
            stack,
            "local",
            Arc::new(Folder::new(self.folder.path())),
            SecretSealer::new(None, &key(self.folder.path())),
            crate::endpoints(&base, "sandbox"),
        )
        .command("test")
        .environment(environment)
        .client(ClientOptions { transport, late_window: self.late_window, ..ClientOptions::default() })
        .reading(reading);
        Session::open(options).await.expect("the sandbox answers")
    }

    /// What a deploy, or a destroy, would do.
    ///
    /// # Errors
    /// What cannot be planned.
    pub async fn planned(&self, stack: &'static Stack, destroy: bool) -> Result<Plan, Error> {
        self.reading(stack).await.plan(&PlanOptions { destroy, ..fresh() }).await
    }

    /// What a deploy would do.
    pub async fn plan(&self, stack: &'static Stack) -> Plan {
        self.planned(stack, false).await.expect("the stack fits")
    }

    /// Brings the sandbox in line with a stack, or removes all of it.
    pub async fn apply(&self, stack: &'static Stack, destroy: bool) -> (Plan, Outcome) {
        self.apply_with(stack, &PlanOptions { destroy, ..fresh() }, &quietly()).await
    }

    /// Does what a plan that covers this says, in this way.
    pub async fn apply_with(
        &self,
        stack: &'static Stack,
        covers: &PlanOptions,
        options: &ApplyOptions,
    ) -> (Plan, Outcome) {
        let mut session = self.open(stack).await;
        let plan = session.plan(covers).await.expect("the stack fits");
        let outcome = session.apply(&plan, options).await.expect("the folder can be written");
        (plan, outcome)
    }

    /// Changes what is remembered, as another plg may have left it.
    pub fn remember(&self, stack: &'static Stack, change: impl FnOnce(&mut State)) {
        let folder = Folder::new(self.folder.path());
        let dump = Dump::read(&folder, stack.name, "local").expect("the folder can be read").expect("it was deployed");
        let mut json = serde_json::from_slice::<Value>(&dump.text().expect("JSON")).expect("JSON");
        let mut state = dump.state().clone();
        change(&mut state);
        let Value::Object(changed) = serde_json::json!(state) else { panic!("a state is an object") };
        json.as_object_mut().expect("a dump is one too").extend(changed);
        let changed = Dump::parse("changed".as_ref(), json.to_string().as_bytes()).expect("it is a state");
        changed.put(&folder, &Holder::me("test", "now"), stack.name, "local", true).expect("it can be written");
    }

    /// Brings the sandbox in line with a stack, so that nothing is left to do.
    pub async fn deploy(&self, stack: &'static Stack) -> Plan {
        let (plan, outcome) = self.apply(stack, false).await;
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        assert!(outcome.warnings.is_empty(), "{:#?}", outcome.warnings);
        self.settled(stack).await;
        plan
    }

    /// Brings the sandbox in line with a stack, where variables are set.
    pub async fn deploy_with(&self, stack: &'static Stack, environment: Environment) {
        let mut session = self.open_with(stack, environment).await;
        let plan = session.plan(&fresh()).await.expect("the stack fits");
        let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    }

    /// Says so where anything is left to do.
    pub async fn settled(&self, stack: &'static Stack) {
        let again = self.plan(stack).await;
        assert!(!again.changes(), "{:#?}", again.steps.iter().filter(|s| s.writes()).collect::<Vec<_>>());
    }

    /// Removes all of a stack.
    pub async fn destroy(&self, stack: &'static Stack) -> Outcome {
        let (_, outcome) = self.apply(stack, true).await;
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        outcome
    }

    /// What is remembered.
    pub fn state(&self, stack: &'static Stack) -> State {
        let read = store::read(&Folder::new(self.folder.path()), stack.name, "local").expect("the folder can be read");
        read.map_or_else(|| State::new(stack.name, "local"), |(state, _)| state)
    }

    /// What is remembered of an address.
    pub fn entry(&self, stack: &'static Stack, address: &str) -> Option<Entry> {
        self.state(stack).resources.get(address).cloned()
    }

    /// One request of another client, and whatever is answered.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        let mut request = SandboxRequest::new(method, path);
        request.headers =
            vec![("authorization".into(), "Bearer click".into()), ("content-type".into(), "application/json".into())];
        if !body.is_null() {
            request.body = body.to_string().into_bytes();
        }
        self.sandbox().answer(&request)
    }

    /// Something somebody does in the web app; what is answered.
    pub fn click(&self, method: &str, path: &str, body: &Value) -> Value {
        let reply = self.ask(method, path, body);
        assert!(reply.status < 300, "{method} {path} {body}: {} {:?}", reply.status, reply.body);
        reply.body.unwrap_or_default()
    }

    /// What is at a path.
    pub fn look(&self, path: &str) -> Value {
        self.click("GET", path, &Value::Null)
    }
}

/// A plan of everything, after a look at what is live.
pub fn fresh() -> PlanOptions {
    PlanOptions { refresh: true, ..PlanOptions::default() }
}

/// A deploy that tells nobody.
pub fn quietly() -> ApplyOptions {
    ApplyOptions {
        parallelism: 8,
        cancel: CancellationToken::new(),
        progress: Arc::new(Silent),
        no_wait: false,
        keep_going: false,
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for what is temporary")
}

/// Addresses with what is done, for some changes.
pub fn addresses(plan: &Plan, change: Change) -> Vec<&str> {
    plan.steps.iter().filter(|s| s.change == change).map(|s| s.address.as_str()).collect()
}

/// The step of an address that is in the plan for sure.
pub fn step<'a>(plan: &'a Plan, address: &str) -> &'a Step {
    plan.step(address).unwrap_or_else(|| panic!("there is no step for {address}"))
}
