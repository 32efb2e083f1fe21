//! Both APIs and a disk in memory, and a plg that can die in between.

use crate::backend::{Life, OneByOne, TestBackend};
use crate::damage::Damage;
use crate::disk::{Disk, DiskTrouble, Files};
use crate::heard::{Heard, TOLD};
use crate::killer::Killer;
use crate::ledger::{Ledger, LedgerTable};
use crate::transport::{BASE, SandboxTransport, TIMEOUT};
use jiff::Timestamp;
use plg_core::Stack;
use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::error::Error;
use plg_runtime::http::{ClientOptions, Endpoints};
use plg_runtime::plan::Plan;
use plg_runtime::session::{Environment, PlanOptions, Session, SessionOptions};
use plg_runtime::show::{self, Style};
use plg_runtime::store::seal::SecretSealer;
use plg_runtime::store::{self, Intent, State, StateBackend, StoreError};
use plg_sandbox::{Sandbox, SandboxAccount, SandboxBuilder, Settings};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Everything the sandbox stores, by table and key.
pub type SandboxRows = BTreeMap<(String, String), Value>;

/// As plans are read again.
const PLAIN: Style = Style { color: false, width: 200, verbose: false };

/// What is done to a stage.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The stack.
    pub stack: &'static Stack,
    /// The stage's name.
    pub stage: &'static str,
    /// Removes everything instead.
    pub destroy: bool,
}

/// How an operation ended.
#[derive(Debug)]
pub enum Ended {
    /// It came to its end; see [`Outcome::failed`] for what did not work.
    Done(Box<(Plan, Outcome)>),
    /// Nothing was changed, and this is why.
    Refused(Box<Error>),
    /// The process died there.
    Died(String),
}

/// Both APIs and a disk in memory.
#[derive(Debug)]
pub struct World {
    sandbox: Sandbox,
    /// Both APIs before anything was deployed.
    origin: Sandbox,
    disk: Disk,
    /// Where the state is kept, when that is not the disk.
    elsewhere: Option<Arc<dyn TestBackend>>,
    /// Whether records are gathered by a thread, as they are by a process.
    gathers: bool,
    killer: Arc<Killer>,
    transport: Arc<SandboxTransport>,
    keys: Arc<TempDir>,
    variables: BTreeMap<String, String>,
    seed: u64,
    token: String,
    /// How long after its client's death a server finishes a write, if it does.
    outlive: Option<Duration>,
    said: Mutex<Vec<String>>,
    /// Tables of what is mounted, for the ledger.
    tables: Vec<LedgerTable>,
}

/// What a plan for it covers.
fn planned(operation: &Operation) -> PlanOptions {
    PlanOptions { refresh: true, destroy: operation.destroy, ..PlanOptions::default() }
}

impl World {
    /// An empty one. The same seed makes the same delays.
    ///
    /// # Errors
    /// When no temporary folder can be made for the key that encrypts secrets.
    pub fn new(seed: u64) -> io::Result<Self> {
        World::with(Sandbox::open(None, None)?, seed)
    }

    /// An empty one with every account of a stack's stage.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn of(stack: &'static Stack, stage: &str, seed: u64) -> io::Result<Self> {
        let accounts = stack.stage(stage).map(|stage| stack.accounts_of(stage)).unwrap_or_default();
        let named = accounts.iter().map(|account| SandboxAccount::new(account.name.0, account.provider.word));
        World::with(Sandbox::builder().accounts(named).open()?, seed)
    }

    /// One whose APIs are those of a builder, such as one with an API mounted, each with its default account.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn served(builder: SandboxBuilder, seed: u64) -> io::Result<Self> {
        World::with(builder.open()?, seed)
    }

    /// Looks at these tables of what is mounted, too: see [`World::ledger`].
    pub fn look_at(&mut self, tables: &[LedgerTable]) {
        self.tables.extend(tables);
    }

    fn with(sandbox: Sandbox, seed: u64) -> io::Result<Self> {
        sandbox.set_time(Timestamp::now());
        Ok(World::around(sandbox, Files::default(), Arc::new(TempDir::new()?), seed))
    }

    fn around(sandbox: Sandbox, files: Files, keys: Arc<TempDir>, seed: u64) -> Self {
        let killer = Arc::new(Killer::default());
        World {
            transport: Arc::new(SandboxTransport::new(sandbox.clone(), killer.clone(), seed)),
            disk: Disk::new(files, killer.clone()),
            elsewhere: None,
            gathers: false,
            origin: sandbox.fork(),
            sandbox,
            killer,
            keys,
            variables: BTreeMap::new(),
            seed,
            token: "key".into(),
            outlive: None,
            said: Mutex::default(),
            tables: Vec::new(),
        }
    }

    /// Another world in which everything is as it is in this one now.
    ///
    /// # Panics
    /// When there is no room for another place for the state.
    #[must_use]
    pub fn fork(&self, seed: u64) -> World {
        let elsewhere = self.elsewhere.as_ref().map(|backend| match backend.fork() {
            Ok(backend) => backend,
            Err(error) => panic!("there is no other place for the state: {error}"),
        });
        World {
            elsewhere,
            gathers: self.gathers,
            variables: self.variables.clone(),
            token: self.token.clone(),
            outlive: self.outlive,
            origin: self.origin.clone(),
            tables: self.tables.clone(),
            ..World::around(self.sandbox.fork(), self.disk.files(), self.keys.clone(), self.seed ^ seed)
        }
    }

    /// Keeps the state in this place from now on.
    pub fn keep_in(&mut self, backend: Arc<dyn TestBackend>) {
        self.elsewhere = Some(backend);
    }

    /// Lets a thread gather the records for a place and write several at once, as it does in a
    /// process. Which of them share a write is then up to the threads of this machine.
    pub fn gather(&mut self) {
        self.gathers = true;
    }

    /// Everything that is in the accounts now is somebody else's.
    pub fn is_foreign(&mut self) {
        self.origin = self.sandbox.fork();
    }

    pub(crate) fn origin(&self) -> &Sandbox {
        &self.origin
    }

    /// The same APIs, seen by somebody with another state.
    #[must_use]
    pub fn stranger(&self) -> World {
        World::around(self.sandbox.clone(), Files::default(), self.keys.clone(), self.seed)
    }

    /// Both APIs: what happens to them here happens in the web apps.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Sets a variable that declarations name.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The variables that are set.
    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Uses this API key from now on.
    pub fn set_token(&mut self, token: &str) {
        token.clone_into(&mut self.token);
    }

    /// Adds a field that nobody knows to every object in every answer.
    pub fn add_unknown_fields(&self) {
        self.transport.chatty.store(true, Ordering::Relaxed);
    }

    /// Lets a write arrive only after it was given up: how many writes come before it, and how
    /// much later it arrives.
    pub fn set_late(&self, after: u64, by: Duration) {
        self.transport.set_late(after, by);
    }

    /// Lets what reached a server be finished so long after its client died; `None` lets it die with its client.
    pub fn set_outlive(&mut self, by: Option<Duration>) {
        self.outlive = by;
    }

    /// The time, of all processes and both APIs.
    pub fn now(&self) -> Timestamp {
        self.transport.clock.now()
    }

    /// Lets time pass between two processes: what is under way arrives meanwhile.
    pub fn pass(&self, time: Duration) {
        self.transport.clock.pass(time);
    }

    /// How many writes of the last operation reached a server.
    pub fn received(&self) -> u64 {
        self.killer.received()
    }

    /// What the last operation or plan said to people.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the last operation or plan named something that arrived after it was given up.
    pub fn told(&self) -> bool {
        self.said().iter().any(|line| line.contains(TOLD))
    }

    fn say(&self, lines: Vec<String>) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = lines;
    }

    /// Lets the disk get into trouble after so many more writes; `None` mends it.
    pub fn set_trouble(&self, trouble: Option<(u64, DiskTrouble)>) {
        self.disk.trouble(trouble);
    }

    /// The snapshot and the journal as they are on disk.
    pub fn files(&self) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let files = self.disk.files();
        (files.snapshot, files.journal)
    }

    /// Puts other files in their place.
    pub fn put_files(&self, snapshot: Option<Vec<u8>>, journal: Option<Vec<u8>>) {
        self.disk.put(snapshot, journal);
    }

    /// Damages the journal, as it is on disk.
    pub fn damage_journal(&self, damage: &Damage) {
        let (snapshot, journal) = self.files();
        self.put_files(snapshot, damage.of(journal.as_deref()));
    }

    /// Damages the snapshot of the state, as it is on disk.
    pub fn damage_state(&self, damage: &Damage) {
        let (snapshot, journal) = self.files();
        self.put_files(damage.of(snapshot.as_deref()), journal);
    }

    /// The contents of both accounts, read without plg.
    pub fn ledger(&self) -> Ledger {
        Ledger::with(&self.sandbox, &self.tables)
    }

    /// How long was waited before requests were repeated, had the time passed.
    pub fn waited(&self) -> Duration {
        self.transport.waited()
    }

    /// How many instants the last operation passed.
    pub fn passed(&self) -> u64 {
        self.killer.passed()
    }

    /// Everything that is stored remotely.
    pub fn rows(&self) -> SandboxRows {
        self.sandbox.rows()
    }

    /// What is remembered, and the requests whose outcome nobody knows.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn memory(&self, operation: &Operation) -> Result<(State, Vec<Intent>), StoreError> {
        let memory = store::read(&*self.medium(operation)?, operation.stack.name, operation.stage)?;
        Ok(memory.unwrap_or_else(|| (State::new(operation.stack.name, operation.stage), Vec::new())))
    }

    /// Does it, undisturbed.
    pub fn run(&self, operation: &Operation) -> Ended {
        self.run_until(operation, None)
    }

    /// Does it, and dies at an instant.
    pub fn run_until(&self, operation: &Operation, fatal: Option<u64>) -> Ended {
        self.killer.arm(fatal);
        self.live(operation, &|_| {})
    }

    /// Does it, and dies once a write has reached its server, which finishes it if [`World::set_outlive`] says so.
    pub fn run_until_received(&self, operation: &Operation, write: u64) -> Ended {
        self.killer.arm_write(write);
        self.live(operation, &|_| {})
    }

    /// Does it, while somebody does something in the web apps between the plan and the first write.
    pub fn run_with(&self, operation: &Operation, between: impl Fn(&Sandbox) + Sync) -> Ended {
        self.killer.arm(None);
        self.live(operation, &between)
    }

    /// Does it, while somebody does something in the web apps at an instant.
    pub fn run_beside(&self, operation: &Operation, at: u64, what: impl FnOnce(&Sandbox) + Send + 'static) -> Ended {
        self.killer.arm(None);
        let sandbox = self.sandbox.clone();
        self.killer.meddle(at, move || what(&sandbox));
        self.live(operation, &|_| {})
    }

    /// What a deploy would change now; nothing is written.
    ///
    /// # Errors
    /// As [`Session::open`] and [`Session::plan`].
    pub fn plan(&self, operation: &Operation) -> Result<Plan, Error> {
        self.killer.arm(None);
        self.say(Vec::new());
        let plan = self.block_on(async {
            let mut session = Session::open(self.options(operation, true)?).await?;
            session.plan(&planned(operation)).await
        })?;
        self.say(vec![show::plan(&plan, PLAIN)]);
        Ok(plan)
    }

    fn live(&self, operation: &Operation, between: &(dyn Fn(&Sandbox) + Sync)) -> Ended {
        self.say(Vec::new());
        let heard = Arc::new(Heard::default());
        let work = async {
            let mut session = self.session(operation).await?;
            let plan = session.plan(&planned(operation)).await?;
            between(&self.sandbox);
            let options = ApplyOptions {
                parallelism: 4,
                cancel: CancellationToken::new(),
                progress: heard.clone(),
                no_wait: false,
                keep_going: false,
            };
            let outcome = session.apply(&plan, &options).await?;
            Ok((plan, outcome))
        };
        // Whatever is still under way goes with the runtime, as it does with a process.
        let ended = self.block_on(async {
            tokio::select! {
                biased;
                place = self.killer.death() => Ended::Died(place),
                ended = work => match (self.killer.dead(), ended) {
                    (Some(place), _) => Ended::Died(place),
                    (None, Ok(done)) => Ended::Done(Box::new(done)),
                    (None, Err(error)) => Ended::Refused(Box::new(error)),
                },
            }
        });
        self.transport.orphan(self.outlive);
        let mut said = heard.lines();
        match &ended {
            Ended::Done(done) => {
                said.push(show::plan(&done.0, PLAIN));
                said.extend(done.1.warnings.iter().cloned());
                said.extend(done.1.failed.iter().map(|f| format!("{}: {:?}", f.address, f.why)));
                said.extend(done.1.behind.iter().map(|(address, why)| format!("{address}: {why}")));
            }
            Ended::Refused(error) => said.push(format!("{error}\n{}", error.hint())),
            Ended::Died(_) => {}
        }
        self.say(said);
        ended
    }

    /// Takes the lock away from who died with it, where no system does that, as people would.
    async fn session(&self, operation: &Operation) -> Result<Session, Error> {
        match Session::open(self.options(operation, false)?).await {
            Err(Error::Store(StoreError::Locked(holder))) if self.elsewhere.is_some() => {
                match self.medium(operation)?.unlock(&holder.nonce) {
                    // What the dead had sent to give it back arrived after all.
                    Ok(_) | Err(StoreError::NotThatLock(None)) => {}
                    Err(error) => return Err(error.into()),
                }
                Session::open(self.options(operation, false)?).await
            }
            opened => opened,
        }
    }

    fn medium(&self, operation: &Operation) -> Result<Arc<dyn StateBackend>, StoreError> {
        let Some(backend) = &self.elsewhere else { return Ok(Arc::new(self.disk.clone())) };
        let medium = backend.open(operation.stack.name, operation.stage, Life::new(self.killer.clone()))?;
        Ok(if self.gathers { medium } else { Arc::new(OneByOne(medium)) })
    }

    fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        let clock = self.transport.clock.clone();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().on_thread_park(move || clock.advance()).build();
        runtime.expect("a runtime without I/O needs nothing from the system").block_on(work)
    }

    fn options(&self, operation: &Operation, reading: bool) -> Result<SessionOptions, StoreError> {
        let stage = operation.stack.stage(operation.stage);
        let accounts = stage.map(|stage| operation.stack.accounts_of(stage)).unwrap_or_default();
        let variables = self.variables.clone();
        let mut endpoints = Endpoints::in_sandbox(&accounts, BASE, &self.token, Settings::default().project);
        // What is mounted answers below its name, also its default account.
        let addresses = self.sandbox.addresses(BASE);
        for endpoint in &mut endpoints.0 {
            if let Some(address) = addresses.iter().find(|address| address.name == endpoint.account.0) {
                endpoint.base.clone_from(&address.url);
            }
        }
        let sealer = SecretSealer::new(None, &self.keys.path().join("key"));
        let client =
            ClientOptions { timeout: TIMEOUT, transport: Some(self.transport.clone()), ..ClientOptions::default() };
        Ok(SessionOptions::new(operation.stack, operation.stage, self.medium(operation)?, sealer, endpoints)
            .environment(Environment::new(move |name| variables.get(name).cloned()))
            .command("test")
            .reading(reading)
            .client(client))
    }
}

impl Ended {
    /// Nothing, where it came to its end and everything worked; else what happened.
    ///
    /// # Errors
    /// A description of what failed.
    pub fn worked(&self) -> Result<(), String> {
        match self {
            Ended::Done(done) if done.1.failed.is_empty() && !done.1.interrupted => Ok(()),
            Ended::Done(done) => {
                let said = done.1.failed.iter().map(|f| format!("{}: {:?}", f.address, f.why));
                Err(format!("it failed: {}", said.collect::<Vec<_>>().join("; ")))
            }
            Ended::Refused(error) => Err(format!("it was refused: {error}")),
            Ended::Died(place) => Err(format!("it died {place}")),
        }
    }
}
