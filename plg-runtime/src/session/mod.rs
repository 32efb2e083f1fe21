//! One command's work on one stage: look, plan, apply.

mod apply;
mod ask;
mod late;
mod narrowed;
mod open;
mod options;
mod others;
mod touched;
mod twice;
mod who;

pub use late::LateRemoval;
pub use options::{SessionOptions, folder, key};

use crate::accounts::{Accounts, Needs, Rights, every_misplaced, keys};
use crate::answers::held::held;
use crate::answers::impact::{Impact, ImpactSources, RemovedName, impact, removed};
use crate::answers::import::{Imported, import};
use crate::answers::stages::{Difference, StageSide, compare};
pub use crate::declared::environment::Environment;
use crate::declared::environment::Missing;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::error::Error;
use crate::http::{Clients, Counts};
use crate::live::{LiveState, moved, needed, refresh, renamed, settled};
pub use crate::plan::PlanOptions;
use crate::plan::saved::Saved;
use crate::plan::{Binding, Change, Holdings, Inputs, Plan, binding, not_queried, plan};
use crate::store::seal::{SecretSealer, ValueTags};
use crate::store::{self, Action, By, Deployed, Holder, Intent, State, StateStore, StoreError, plan_lines};
use narrowed::follow;
use others::Others;
use plg_core::source::Only;
use plg_core::{AccountName, Map, Stack, Stage, linked};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
pub(crate) use touched::known;
pub use touched::touched;
pub(crate) use twice::twice;
use who::who_changed;

#[derive(Debug)]
enum Memory {
    Open(Arc<StateStore>),
    Copy(Arc<State>, Vec<Intent>),
}

/// One command's work on one stage.
#[derive(Debug)]
pub struct Session {
    /// What is declared.
    declared: Arc<StackGraph>,
    /// The same, as what was declared to change it in its time has left it: see [`settled`].
    graph: Arc<StackGraph>,
    client: Clients,
    memory: Memory,
    keeper: SecretSealer,
    environment: Environment,
    stage: String,
    accounts: Accounts,
    rights: Rights,
    seen: Arc<LiveState>,
    recovered: Vec<String>,
    /// Creates of earlier runs, or of this one, that may still arrive.
    open: Vec<Intent>,
    /// Creates of earlier runs of what has a key, that may still arrive.
    arriving: Vec<Intent>,
    /// Creates of earlier runs that are sent again under the keys that they had.
    keyed: Vec<Intent>,
    /// Those that this run does not send again, as it makes something else: they are waited for.
    awaited: BTreeSet<u64>,
    /// Changes and removals of earlier runs that may still arrive.
    unsure: Vec<Intent>,
    /// Changes and removals of earlier runs without an answer, whether or not they may still arrive.
    unanswered: Vec<Intent>,
    /// What the plan just made covers.
    planned: PlanOptions,
    by: By,
    /// The plan as it was shown, for the history.
    shown: Vec<String>,
    /// Who was at work on the stage when its state was read.
    at_work: Option<Holder>,
    stack: &'static Stack,
    is_sandbox: bool,
    others: Others,
    /// What other states hold in the same accounts, as the plan just made knew it.
    holdings: Arc<Holdings>,
    /// The place where nothing is remembered of the stage.
    unremembered: Option<String>,
}

/// The time now (RFC 3339).
pub fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Reads what is remembered on a thread of its own, from now on.
fn remembered(
    options: &SessionOptions,
) -> impl Future<Output = Result<(Memory, bool, Option<Holder>), StoreError>> + use<> {
    let (medium, stack, stage) = (options.backend.clone(), options.stack.name, options.stage.clone());
    let (place, asks) = (medium.place("state.json"), options.command == "plan");
    let task = tokio::task::spawn_blocking(move || {
        let read = store::read(&*medium, stack, &stage)?;
        // Whoever reads a plan should know; nobody else waits for the answer.
        let holder = asks.then(|| medium.holder().ok().flatten()).flatten();
        let at_work = holder.filter(|holder| !holder.nonce.is_empty() && !holder.is_gone());
        let is_new = read.is_none();
        let (state, pending) = read.unwrap_or_else(|| (State::new(stack, &stage), Vec::new()));
        Ok((Memory::Copy(Arc::new(state), pending), is_new, at_work))
    });
    async move { task.await.unwrap_or_else(|gone| Err(StoreError::io("read", place)(gone.into()))) }
}

impl Session {
    /// Takes the stage's lock, reads its state, checks the keys, and finds out what became of
    /// requests that an earlier run left open.
    ///
    /// # Errors
    /// Everything that can be known to be wrong before the first write.
    pub async fn open(mut options: SessionOptions) -> Result<Self, Error> {
        // Whose what is remembered is, is known before any of it is read.
        linked::link(&options.stack.every_provider());
        // Reads that need no lock run while the declarations are put together.
        let others = Others::read(options.others.clone());
        let remembered = options.reading.then(|| remembered(&options));
        let graph = Arc::new(
            StackGraph::held(options.stack, &options.stage, Some(&options.environment)).map_err(Error::Stack)?,
        );
        options.environment = graph.environment_of(options.stack.stage(&options.stage), options.environment);
        let variables = graph.environment();
        let missing: Vec<Missing> = variables
            .iter()
            .filter(|(name, ..)| options.environment.get(name).is_none())
            .cloned()
            .map(|(name, address, place)| Missing { name, purpose: format!("for {address}"), place })
            .collect();
        if !missing.is_empty() {
            return Err(Error::Environment(missing));
        }
        for (name, ..) in &variables {
            if let Some(value) = options.environment.get(name) {
                options.client.gate.hide_variable(name, &value);
            }
        }
        let misplaced = every_misplaced(&options.endpoints);
        if !misplaced.is_empty() {
            return Err(Error::Keys(misplaced));
        }
        // What cannot be read of one account is no reason to write down nothing of the others.
        let is_import = options.command == "import";
        let client = Clients::new(options.endpoints, options.client)?;
        let place = options.backend.place("state.json");
        let ((memory, is_new, at_work), keys) = if let Some(remembered) = remembered {
            // What is wrong with what is remembered is said before what is wrong with a key.
            let keys = async { Ok(keys(&client).await) };
            tokio::try_join!(remembered, keys)?
        } else {
            let holder = Holder::me(&options.command, &now());
            let book = StateStore::open(options.backend, options.stack.name, &options.stage, &holder)?
                .guarded_by(client.gate().clone());
            let is_new = book.is_new();
            ((Memory::Open(Arc::new(book)), is_new, None), keys(&client).await)
        };
        let mut problems = keys.problems(&Needs::of(&graph, false));
        if !problems.is_empty() && !options.reading {
            // Whoever mends a key mends it once.
            problems = keys.problems(&Needs::of(&graph, true));
        }
        if !problems.is_empty() {
            return Err(Error::Keys(problems));
        }
        let (rights, accounts) = (keys.rights().clone(), keys.accounts(is_import)?);
        let mut session = Session {
            declared: graph.clone(),
            graph,
            client,
            memory,
            keeper: options.sealer,
            environment: options.environment,
            stack: options.stack,
            others,
            holdings: Arc::new(Holdings::default()),
            is_sandbox: options.stack.stage(&options.stage).is_some_and(Stage::is_sandbox),
            stage: options.stage,
            accounts,
            rights,
            seen: Arc::new(LiveState::default()),
            recovered: Vec::new(),
            open: Vec::new(),
            arriving: Vec::new(),
            keyed: Vec::new(),
            awaited: BTreeSet::new(),
            unsure: Vec::new(),
            unanswered: Vec::new(),
            planned: PlanOptions::default(),
            by: By::default(),
            shown: Vec::new(),
            at_work,
            unremembered: is_new.then(|| place.parent().unwrap_or(&place).display().to_string()),
        };
        session.check_accounts()?;
        known(&session.state(), &session.pending(), session.stack, &session.stage)?;
        let pending = session.pending();
        session.unanswered = pending.iter().filter(|intent| intent.action != Action::Create).cloned().collect();
        session.recover(&pending, false).await?;
        Ok(session)
    }

    /// What is remembered, as the declarations of today find it: what is in another account than its declaration has an
    /// address of its own.
    fn remembered(&self) -> Arc<State> {
        moved(&self.graph, self.state())
    }

    /// The addresses a plan is narrowed to, where it cannot be about all: those in accounts that were not opened are none
    /// of it.
    fn asked(&self, targets: BTreeSet<String>, state: &State) -> BTreeSet<String> {
        if !targets.is_empty() {
            return targets;
        }
        let accounts: BTreeSet<AccountName> = self.client.endpoints().0.iter().map(|one| one.account).collect();
        let is_asked = |account: AccountName| accounts.contains(&account);
        if self.graph.nodes.iter().all(|node| is_asked(node.account)) && state.accounts_used().is_subset(&accounts) {
            return targets;
        }
        let declared = self.graph.nodes.iter().filter(|node| is_asked(node.account)).map(|node| node.address.clone());
        let left = state.resources.iter().filter(|(_, entry)| is_asked(entry.account()));
        let left = left.filter(|(address, _)| self.graph.get(address).is_none()).map(|(address, _)| address.clone());
        declared.chain(left).collect()
    }

    /// What is remembered.
    pub fn state(&self) -> Arc<State> {
        match &self.memory {
            Memory::Open(book) => book.state(),
            Memory::Copy(state, _) => state.clone(),
        }
    }

    /// Leaves what it has in memory to the end of the process, for a program that ends with this session: to
    /// give a large stack back piece by piece takes as long as to compare it.
    pub fn leave_memory(&self) {
        std::mem::forget((self.graph.clone(), self.seen.clone(), self.state()));
    }

    /// Says who deploys, for the history.
    pub fn signed(&mut self, by: By) {
        self.by = by;
    }

    /// Says what the plan that is applied looks like, for the history.
    pub fn showed(&mut self, plan: &str) {
        self.shown = plan_lines(&self.client.gate().masked(plan));
    }

    /// Who was at work on the stage when its state was read, or died there: nobody, as far as that can be told, if none.
    pub fn at_work(&self) -> Option<&Holder> {
        self.at_work.as_ref()
    }

    /// Where the keys lead.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The stage's name.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// Whether the stage is a sandbox on this machine.
    pub fn is_sandbox(&self) -> bool {
        self.is_sandbox
    }

    /// The place where nothing is remembered of the stage: it was never deployed, or from elsewhere.
    pub fn unremembered(&self) -> Option<&str> {
        self.unremembered.as_deref()
    }

    /// What was found out about requests that an earlier run left open.
    pub fn recovered(&self) -> &[String] {
        &self.recovered
    }

    /// Requests made so far.
    pub fn requests(&self) -> Counts {
        self.client.counts()
    }

    /// The budget that holds a plan up, where the APIs' limits count.
    pub fn binding(&self, plan: &Plan) -> Option<Binding> {
        if self.client.limited() { binding(plan) } else { None }
    }

    fn check_accounts(&self) -> Result<(), Error> {
        let state = self.state();
        for account in &self.accounts.0 {
            if let Some(before) = state.accounts.get(account.name.0)
                && *before != account.id
            {
                let what = account.what();
                return Err(Error::OtherAccount { what, before: before.clone(), now: account.id.clone() });
            }
        }
        twice(&self.accounts, self.client.endpoints(), &state).map_or(Ok(()), Err)
    }

    /// Compares what is declared with what is remembered and, if asked to, with what is live.
    /// If not, only that is looked at which is in no state and has to be known for a write.
    ///
    /// # Errors
    /// When an API does not answer, or the stack does not match the account.
    pub async fn plan(&mut self, options: &PlanOptions) -> Result<Plan, Error> {
        let state = self.remembered();
        self.graph = self.declared.clone();
        let renamed = renamed(&self.graph, &state, &self.environment);
        let targets = self.targets(&options.targets, &renamed)?;
        let targets = self.asked(targets, &state);
        options.excludes.iter().try_for_each(|given| self.meant(given).map(drop))?;
        self.meet_others().await;
        let look = async |only: Option<BTreeSet<String>>| {
            refresh(&self.client, &self.graph, &state, &self.environment, only.as_ref()).await
        };
        // The key is read where a declaration names a variable, and nowhere else.
        let named = self.graph.nodes.iter().any(|node| !node.variables.is_empty());
        let tags = if named { self.keeper.tags() } else { ValueTags::default() };
        let compare = |seen: &LiveState| {
            let graph = settled(&self.graph, &state, seen);
            let inputs = Inputs {
                graph: &graph,
                state: &state,
                seen,
                environment: &self.environment,
                include_adopted: options.include_adopted,
                others: &self.holdings,
                tags: &tags,
                unanswered: &self.unanswered,
            };
            // What a look found to be another declaration's by now is that one's.
            let targets = follow(&graph, &targets, seen);
            let planned = plan(&inputs, &self.stage, options.destroy, &targets, &options.excludes)?;
            Ok::<_, Error>((graph, planned))
        };
        let (seen, (graph, mut planned)) = if options.refresh {
            let seen = look(None).await?;
            let planned = compare(&seen)?;
            (seen, planned)
        } else {
            // Nothing is made that was not looked for. What else is written, only the plan says.
            let is_made = |node: &GraphNode| {
                !options.destroy
                    && !state.resources.contains_key(&node.address)
                    && !renamed.contains_key(&node.address)
                    && (targets.is_empty() || targets.contains(&node.address))
            };
            let mut looked = needed(&self.graph, &state, is_made);
            let made = self.graph.nodes.iter().filter(|node| is_made(node) && !node.existing() && !node.is_marker());
            looked.extend(made.map(|node| node.address.clone()));
            let mut seen = look(Some(looked.clone())).await?;
            let mut planned = compare(&seen)?;
            // What is removed is remembered with all that it takes.
            let written = planned.1.steps.iter().filter(|step| step.writes() && !options.destroy);
            let written: BTreeSet<&str> = written.map(|step| step.address.as_str()).collect();
            let all = needed(&self.graph, &state, |node| written.contains(node.address.as_str()));
            if !all.is_subset(&looked) {
                looked.extend(all);
                seen = look(Some(looked)).await?;
                planned = compare(&seen)?;
            }
            (seen, planned)
        };
        if options.refresh {
            who_changed(&self.client, &mut planned).await;
            let world = ImpactSources { client: &self.client, graph: &graph, state: &state, seen: &seen };
            let refused = held(&world, &mut planned).await?;
            if !refused.is_empty() {
                return Err(Error::Problems(refused));
            }
        }
        if matches!(self.memory, Memory::Open(_)) {
            self.may_write(&planned)?;
        }
        self.seen = Arc::new(seen);
        self.graph = graph;
        self.planned = options.clone();
        planned.open_writes = self.open_writes();
        if !planned.refreshed {
            planned.not_queried =
                not_queried(&state, planned.steps.iter().map(|step| &step.address), self.client.now());
        }
        Ok(planned)
    }

    /// Waits for the states of others, once.
    async fn meet_others(&mut self) {
        let read = &self.others.settled().await.read;
        if !read.is_empty() {
            self.holdings = Arc::new(Holdings::of(read, self.stack, &self.accounts));
        }
    }

    /// What should be known of other stages and stacks, a line each: whose state cannot be read, and who is deployed to
    /// the same accounts. Known once a plan is made.
    pub fn others(&self) -> Vec<String> {
        let unread = self.others.known().into_iter().flat_map(|known| &known.unread);
        let mut notes: Vec<String> = unread
            .map(|one| {
                format!(
                    "the state of {} cannot be read ({}): plg does not know which objects it manages",
                    one.name, one.why
                )
            })
            .collect();
        notes.extend(self.holdings.notes(&self.stage, &self.state()));
        notes
    }

    /// Refuses a plan where a key is known not to be able to carry it out, before anything of it is: not after the first
    /// half.
    fn may_write(&self, plan: &Plan) -> Result<(), Error> {
        let state = self.remembered();
        let (mut needs, nothing) = (Needs::default(), Map::new());
        for step in plan.steps.iter().filter(|step| step.writes()) {
            let Some(spec) = linked::find(&step.kind) else { continue };
            let entry = state.resources.get(step.renamed_from.as_ref().unwrap_or(&step.address));
            let account = self.graph.get(&step.address).map(|node| node.account).or(entry.map(|entry| entry.account()));
            let Some(account) = account else { continue };
            let fields = match (self.graph.get(&step.address), entry) {
                (Some(node), _) => Cow::Borrowed(node.known()),
                (None, Some(entry)) => Cow::Owned(entry.fields.known()),
                (None, None) => Cow::Borrowed(&nothing),
            };
            needs.add(account, spec, &fields, true);
            if matches!(step.change, Change::Delete | Change::Replace) {
                needs.add_removal(account, spec, &fields);
            }
        }
        if self.rights.lacking(&needs).is_empty() {
            return Ok(());
        }
        // Whoever mends a key mends it once.
        Err(Error::Keys(self.rights.lacking(&needs.and(Needs::of(&self.graph, true)))))
    }

    /// The plan just made with these options, to be applied later.
    pub fn save(&self, plan: &Plan, options: &PlanOptions) -> Saved {
        let now = (self.client.now().to_string(), &self.by);
        Saved::of(plan, options, &self.graph, &self.remembered(), &self.seen, now).without_secrets(self.client.gate())
    }

    /// Makes a saved plan again, to be applied now.
    ///
    /// # Errors
    /// [`Error::Applied`] where it was applied already, [`Error::Stale`] where it would be another one, and as
    /// [`Session::plan`].
    pub async fn restore(&mut self, saved: &Saved) -> Result<Plan, Error> {
        if let Some(place) = &self.unremembered {
            saved.is_of_here(place)?;
        }
        let options = saved.options();
        let plan = self.plan(&options).await?;
        saved.check(&self.save(&plan, &options)).map_err(|stale| {
            let made = saved.made().to_owned();
            let applied = |deployed: &Deployed| Error::Applied { made, deployed: Box::new(deployed.clone()) };
            saved.applied(&self.remembered().history).map_or(stale, applied)
        })?;
        Ok(plan)
    }

    /// What the plan just made removes, to look for in an application.
    pub fn removed(&self, plan: &Plan) -> Vec<RemovedName> {
        let state = self.remembered();
        removed(&ImpactSources { client: &self.client, graph: &self.graph, state: &state, seen: &self.seen }, plan)
    }

    /// Looks for whoever needs what the plan just made removes; `named` says where an application
    /// names an address.
    ///
    /// # Errors
    /// When an API does not answer.
    pub async fn impact(&self, plan: &Plan, named: &BTreeMap<String, Vec<String>>) -> Result<Impact, Error> {
        let state = self.remembered();
        let world = ImpactSources { client: &self.client, graph: &self.graph, state: &state, seen: &self.seen };
        impact(&world, plan, named).await
    }

    /// What the plans just made saw of the same declarations in this stage and in another one.
    pub fn compare(&self, other: &Session) -> Vec<Difference> {
        let side = |session: &Session| StageSide {
            graph: session.graph.clone(),
            seen: session.seen.clone(),
            state: session.remembered(),
            environment: session.environment.clone(),
        };
        compare(&side(self), &side(other))
    }

    /// Writes down what is live as the source of a stack with the head of `stack`.
    ///
    /// # Errors
    /// When an API does not answer, or what is written would not be a stack.
    pub async fn import(&self, stack: &'static Stack) -> Result<Imported, Error> {
        self.import_only(stack, &[]).await
    }

    /// As [`Session::import`], of some objects with what these refer to.
    ///
    /// # Errors
    /// When nothing can be read.
    pub async fn import_only(&self, stack: &'static Stack, only: &[Only]) -> Result<Imported, Error> {
        import(&self.client, stack, &self.stage, &self.environment, only, &self.remembered()).await
    }
}
