//! Deploys stacks to a sandbox of their own, as the command line does.

use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::http::{ClientOptions, Endpoint, Endpoints};
use plg_runtime::plan::{Change, Plan};
use plg_runtime::progress::Silent;
use plg_runtime::secret::Secret;
use plg_runtime::session::{Environment, Options, PlanOptions, Session};
use plg_sandbox::{Running, Sandbox, Settings};
use plg_schema::Stack;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A sandbox, and what is remembered of what was deployed to it.
pub(crate) struct Deployer {
    running: Running,
    folder: TempDir,
}

impl Deployer {
    /// An empty sandbox.
    pub(crate) async fn new() -> Self {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = Sandbox::start(here, None).await.unwrap();
        Deployer { running, folder: tempfile::tempdir().unwrap() }
    }

    /// What it deploys to.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.running.sandbox()
    }

    /// Forgets everything that was deployed.
    pub(crate) fn forget(&mut self) {
        self.folder = tempfile::tempdir().unwrap();
    }

    /// What a deploy would do.
    pub(crate) async fn plan(&self, stack: &'static Stack, destroy: bool) -> (Session, Plan) {
        let endpoint = Endpoint { base: self.running.url(), key: Secret::new("sandbox".to_owned()) };
        let mut session = Session::open(Options {
            stack,
            stage: "local".to_owned(),
            keeper: plg_runtime::seal::Keeper::new(None, &plg_runtime::session::key(self.folder.path())),
            medium: std::sync::Arc::new(plg_runtime::store::Folder::new(self.folder.path())),
            endpoints: Endpoints { attio: endpoint.clone(), posthog: endpoint, project: Settings::default().project },
            environment: Environment::new(|_| None),
            command: "test".to_owned(),
            reading: false,
            client: ClientOptions::default(),
        })
        .await
        .unwrap();
        let options = PlanOptions { refresh: true, destroy, targets: Vec::new() };
        let plan = session.plan(&options).await.unwrap();
        (session, plan)
    }

    /// Brings the sandbox in line with a stack, or removes all of it.
    pub(crate) async fn apply(&self, stack: &'static Stack, destroy: bool) -> (Plan, Outcome) {
        let (mut session, plan) = self.plan(stack, destroy).await;
        let options = ApplyOptions { parallelism: 8, cancel: CancellationToken::new(), progress: Arc::new(Silent) };
        let outcome = session.apply(&plan, &options).await.unwrap();
        (plan, outcome)
    }

    /// Brings the sandbox in line with a stack, so that nothing is left to do.
    pub(crate) async fn deploy(&self, stack: &'static Stack) -> Plan {
        let (plan, outcome) = self.apply(stack, false).await;
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        assert!(outcome.warnings.is_empty(), "{:#?}", outcome.warnings);
        let (_, again) = self.plan(stack, false).await;
        assert!(!again.changes(), "{:#?}", again.steps.iter().filter(|s| s.writes()).collect::<Vec<_>>());
        plan
    }
}

/// Addresses with what is done, for some changes.
pub(crate) fn addresses(plan: &Plan, change: Change) -> Vec<&str> {
    plan.steps.iter().filter(|s| s.change == change).map(|s| s.address.as_str()).collect()
}
