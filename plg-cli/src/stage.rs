//! From a stage's name to its APIs.

use crate::args::Global;
use crate::commit;
use crate::environment;
use crate::failure::CommandFailure;
use crate::gate::gate;
use crate::output::Output;
use crate::root;
use crate::sandboxes::{self, Numbers};
use crate::waits::WaitLines;
use plg_core::codes;
use plg_core::provider::AccountSettings;
use plg_core::{Account, Number, Stack, Stage, Text};
use plg_runtime::declared::environment::Missing;
use plg_runtime::error::{Error, closest};
use plg_runtime::exit::Exit;
use plg_runtime::http::{ClientOptions, Endpoint, Endpoints, check};
use plg_runtime::plan::Plan;
use plg_runtime::secret::Secret;
use plg_runtime::session::{Environment, PlanOptions, Session, SessionOptions, folder, key, touched};
use plg_runtime::store::seal::SecretSealer;
use plg_runtime::store::{self, Lock, OtherPlace, StateBackend, StateLocation, StoreError, plain};
use plg_sandbox::{Running, Settings};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A stage of the stack, with its folder.
pub(crate) struct ChosenStage {
    pub(crate) stage: &'static Stage,
    pub(crate) folder: PathBuf,
    root: PathBuf,
}

/// An open session, and the sandbox it talks to, if it does.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) chosen: ChosenStage,
    _sandbox: Option<Running>,
}

impl Opened {
    /// Makes a plan, and says on a terminal what that waits for.
    pub(crate) async fn plan(&mut self, options: &PlanOptions, output: &Output) -> Result<Plan, Error> {
        let _looks = output.during(format!("stage {}: reading the accounts", self.chosen.stage.name));
        self.session.plan(options).await
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.session.leave_memory();
    }
}

/// Finds the stage that is meant.
pub(crate) fn choose(stack: &'static Stack, global: &Global) -> Result<ChosenStage, CommandFailure> {
    let Some(stage) = stack.stage(&global.stage) else {
        let names: Vec<&str> = stack.stages.iter().map(|s| s.name).collect();
        let hint = match closest(&global.stage, names.iter().copied()) {
            Some(name) => format!("did you mean `--stage {name}`?"),
            None => format!("the stages of {} are {}", stack.name, names.join(", ")),
        };
        return Err(CommandFailure::usage(format!("{} has no stage `{}`", stack.name, global.stage), hint));
    };
    let here = std::env::current_dir()
        .map_err(|e| CommandFailure::internal(format!("the current folder cannot be found: {e}")))?;
    let root = root::find(global.root.as_deref(), &here);
    Ok(ChosenStage { stage, folder: folder(&root, stack.name, stage.name), root })
}

impl ChosenStage {
    pub(crate) fn is_local(&self) -> bool {
        self.stage.is_sandbox()
    }

    pub(crate) fn protected(&self) -> bool {
        self.stage.is_protected()
    }

    /// Encrypts what an API shows once.
    pub(crate) fn sealer(&self) -> SecretSealer {
        SecretSealer::new(environment::get(plg_runtime::store::seal::KEY), &key(&self.root))
    }

    /// Where its state is kept.
    pub(crate) fn backend(&self, stack: &Stack) -> Result<Arc<dyn StateBackend>, CommandFailure> {
        let backend = StateLocation::of(&self.stage.storage(), &self.folder, self.stage.name, &environment::get)?;
        Ok(backend.open(stack.name, self.stage.name).map_err(Error::from)?)
    }

    pub(crate) fn sandbox_folder(&self) -> PathBuf {
        self.folder.join("sandbox")
    }

    /// The folder of its sandbox, made where it is not there.
    pub(crate) fn own_sandbox(&self) -> Result<PathBuf, CommandFailure> {
        let folder = self.sandbox_folder();
        own(&self.folder, &folder).map_err(Error::from)?;
        Ok(folder)
    }

    /// Where its sandbox is served by `sandbox serve`, if it is: an address that was left behind is none.
    pub(crate) fn served_at(&self) -> Option<String> {
        let folder = self.sandbox_folder();
        let lock = std::fs::File::open(folder.join("lock")).ok()?;
        if lock.try_lock().is_ok() {
            return None;
        }
        sandboxes::served_at(&std::fs::read_to_string(folder.join("address")).ok()?)
    }
}

/// The commands that look at what other stages and stacks hold: those that plan.
const LOOKS_AT_OTHERS: [&str; 5] = ["plan", "deploy", "destroy", "promote", "drift"];

/// The accounts that a command with these options touches, of the stage that is meant: the keys of others are not asked
/// for. A sandbox takes any key, and has all of them.
pub(crate) fn accounts(
    stack: &'static Stack,
    global: &Global,
    covers: &PlanOptions,
) -> Result<Vec<Account>, CommandFailure> {
    let chosen = choose(stack, global)?;
    let whole = PlanOptions::default();
    let covers = if chosen.is_local() { &whole } else { covers };
    let state = || {
        // Whoever opens the session says what is wrong with it.
        let backend = chosen.backend(stack).ok()?;
        let (state, _) = store::read(&*backend, stack.name, chosen.stage.name).ok()??;
        Some(state)
    };
    Ok(touched(stack, chosen.stage, covers, state))
}

/// Every account of the stage that is meant.
pub(crate) fn every_account(stack: &'static Stack, global: &Global) -> Result<Vec<Account>, CommandFailure> {
    let chosen = choose(stack, global)?;
    if chosen.is_local() {
        accounts(stack, global, &PlanOptions::default())
    } else {
        Ok(stack.accounts_of(chosen.stage))
    }
}

/// What a session on these accounts of a stage needs to be opened, and the sandbox it will talk to.
pub(crate) async fn options(
    stack: &'static Stack,
    accounts: Vec<Account>,
    global: &Global,
    command: &str,
    reading: bool,
) -> Result<(SessionOptions, ChosenStage, Option<Running>), CommandFailure> {
    let chosen = choose(stack, global)?;
    let overridden = accounts.iter().all(|account| elsewhere(account, chosen.stage).is_some());
    let is_alone = chosen.is_local() && !overridden;
    // In a sandbox of its own nobody else holds anything.
    let (endpoints, running) = if is_alone {
        let (url, numbers, running) = start(&chosen, &accounts, reading).await?;
        (sandboxes::endpoints(&accounts, &url, &numbers), running)
    } else {
        (endpoints(&accounts, chosen.stage)?, None)
    };
    let others = if is_alone || !LOOKS_AT_OTHERS.contains(&command) {
        Vec::new()
    } else {
        OtherPlace::all(&chosen.folder, stack, chosen.stage.name, &environment::get)
    };
    let notice = Arc::new(WaitLines(Output::new(global)));
    let options = SessionOptions::new(stack, chosen.stage.name, chosen.backend(stack)?, chosen.sealer(), endpoints)
        .environment(Environment::new(environment::get))
        .command(command)
        .reading(reading)
        .others(others)
        .client(ClientOptions {
            retries: retries(),
            late_window: late_window(running.is_some(), is_alone)?,
            notice: Some(notice),
            gate: gate(),
            ..ClientOptions::default()
        });
    Ok((options, chosen, running))
}

/// Opens a session on a stage, for a command that covers this much; a sandbox is started where the stage is one.
pub(crate) async fn open(
    stack: &'static Stack,
    global: &Global,
    covers: &PlanOptions,
    command: &str,
    reading: bool,
) -> Result<Opened, CommandFailure> {
    open_with(stack, accounts(stack, global, covers)?, global, command, reading).await
}

/// The same, on these accounts of it.
pub(crate) async fn open_with(
    stack: &'static Stack,
    accounts: Vec<Account>,
    global: &Global,
    command: &str,
    reading: bool,
) -> Result<Opened, CommandFailure> {
    if LOOKS_AT_OTHERS.contains(&command) {
        commit::ask();
    }
    let (options, chosen, running) = options(stack, accounts, global, command, reading).await?;
    let output = Output::new(global);
    // Who only looks is done before anybody opens it, and nobody opens it where nobody reads along.
    if let Some(running) = running.as_ref().filter(|_| !reading && output.live()) {
        output.say(&format!("While this runs, {1}/ shows stage {0}.", chosen.stage.name, running.url()));
    }
    if running.is_none()
        && chosen.is_local()
        && let Some(url) = chosen.served_at()
    {
        output.say(&format!("The sandbox of stage {} is served at {url}/; this command uses it.", chosen.stage.name));
    }
    let asked: Vec<String> = options.endpoints.0.iter().map(Endpoint::title).collect();
    let looks = output.during(format!("stage {}: asking {}", chosen.stage.name, asked.join(" and ")));
    let session = Session::open(options).await?;
    drop(looks);
    Ok(Opened { session, chosen, _sandbox: running })
}

/// For how long one that is served beside this may still do what a client that is gone asked for.
const SERVED_LATE: Duration = Duration::from_secs(2);

/// For how long a write may still be done after it was sent, in seconds, where `PLG_LATE_WINDOW` knows better. The
/// sandbox in this process ends with it, and what it was asked for.
fn late_window(is_own_sandbox: bool, is_sandbox: bool) -> Result<Option<Duration>, CommandFailure> {
    if is_own_sandbox {
        return Ok(Some(Duration::ZERO));
    }
    let Some(text) = environment::get("PLG_LATE_WINDOW") else { return Ok(is_sandbox.then_some(SERVED_LATE)) };
    let seconds = text.trim().parse::<u16>().map_err(|_| {
        CommandFailure::usage(
            format!("PLG_LATE_WINDOW is `{text}`, and has to be a number of seconds"),
            "set it to the seconds after which a request can no longer arrive, or unset it: the default is 60",
        )
    })?;
    Ok(Some(Duration::from_secs(seconds.into())))
}

/// How often a request is repeated at most; for those who would rather know at once.
fn retries() -> u32 {
    environment::get("PLG_RETRIES").and_then(|n| n.parse().ok()).unwrap_or(ClientOptions::default().retries)
}

/// The sandbox of a stage: started here, or the one that whoever is at work on it has started.
async fn start(
    chosen: &ChosenStage,
    accounts: &[Account],
    reading: bool,
) -> Result<(String, Numbers, Option<Running>), CommandFailure> {
    let folder = chosen.sandbox_folder();
    let address = folder.join("address");
    own(&chosen.folder, &folder).map_err(Error::from)?;
    match sandboxes::start(accounts, &folder).await {
        Ok(running) => {
            let (url, numbers) = (running.url(), Numbers::of(running.sandbox(), accounts));
            // Without it, whoever looks while this is at work has to wait.
            let _ = std::fs::write(&address, numbers.lines(&url));
            Ok((url, numbers, Some(running)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => Err(sandboxes::unusable(&folder, &error)),
        Err(error)
            if error.kind() == std::io::ErrorKind::WouldBlock || error.kind() == std::io::ErrorKind::ResourceBusy =>
        {
            if !reading {
                // Says who it is.
                let holder = plg_runtime::store::Holder::me("", "");
                plg_runtime::store::Lock::take(&chosen.folder, &holder)
                    .map_err(|e| CommandFailure::from(Error::from(e)))?;
            }
            match std::fs::read_to_string(&address) {
                Ok(lines) if !lines.trim().is_empty() => {
                    let (url, numbers) = Numbers::read(&lines);
                    Ok((url, numbers, None))
                }
                _ => Err(CommandFailure::refused(
                    codes::SANDBOX_UNUSABLE,
                    Exit::Locked,
                    format!("the sandbox in {} is in use", folder.display()),
                    "wait until it is done, or stop it",
                )),
            }
        }
        Err(error) => Err(CommandFailure::refused(
            codes::SANDBOX_UNUSABLE,
            Exit::Internal,
            format!("the sandbox in {} cannot be started: {error}", folder.display()),
            "free disk space, change the permissions, or name another folder with --root",
        )),
    }
}

/// Makes the folders of a stage and its sandbox, and looks at what is in the latter: it follows no link, and waits for
/// no pipe.
fn own(stage: &Path, sandbox: &Path) -> Result<(), StoreError> {
    Lock::folder(stage)?;
    Lock::folder(sandbox)?;
    let inside = std::fs::read_dir(sandbox).into_iter().flatten().flatten();
    inside.map(|entry| entry.path()).try_for_each(|path| plain(&path).map(drop))
}

/// Where a variable leads an account, with its name: for an account `marketing`, `PLG_MARKETING_URL_STAGING` counts for
/// stage `staging`, and `PLG_MARKETING_URL` for all.
fn elsewhere(account: &Account, stage: &Stage) -> Option<(String, String)> {
    let all = environment::url_variable(account.name);
    let one = format!("{all}_{}", environment::part(stage.name));
    [one, all].into_iter().find_map(|name| Some((environment::get(&name)?, name)))
}

/// The accounts of a stage, keys from the environment; variables may lead them elsewhere.
fn endpoints(accounts: &[Account], stage: &Stage) -> Result<Endpoints, CommandFailure> {
    let mut missing = Vec::new();
    let mut all = Vec::new();
    let mut numbered = BTreeMap::new();
    for account in accounts {
        let endpoint = match account.settings {
            Some(settings) => remote(account, settings, stage, &mut missing)?,
            None => Some(local(account, stage, &mut numbered)?),
        };
        all.extend(endpoint);
    }
    if missing.is_empty() { Ok(Endpoints(all)) } else { Err(Error::Environment(missing).into()) }
}

/// An account of a sandbox that variables lead elsewhere: another one, whose further accounts have numbers of their own.
fn local(
    account: &Account,
    stage: &Stage,
    numbered: &mut BTreeMap<&'static str, u64>,
) -> Result<Endpoint, CommandFailure> {
    let base = base(account, stage, String::new(), None)?;
    let mut number = Settings::default().project;
    if account.name != account.provider.default_account() {
        let last = numbered.entry(account.provider.word).or_insert(number);
        *last += 1;
        number = *last;
    }
    Ok(sandboxes::endpoint(account, &base, number))
}

/// A real account; none where a variable is missing.
fn remote(
    account: &Account,
    settings: &dyn AccountSettings,
    stage: &Stage,
    missing: &mut Vec<Missing>,
) -> Result<Option<Endpoint>, CommandFailure> {
    let before = missing.len();
    let title = Endpoint::new(account.provider, "", Secret::new(String::new())).named(account.name).title();
    let mut need = |name: &str, purpose: String| -> String {
        environment::get(name).unwrap_or_else(|| {
            let purpose = format!("{purpose} of stage {}", stage.name);
            missing.push(Missing { name: name.to_owned(), purpose, place: String::new() });
            String::new()
        })
    };
    let (host, own_name) = match settings.address() {
        Text::Given(url) => (url.to_owned(), None),
        Text::Env(name) => (need(name, format!("the {title} host")), Some(name)),
    };
    let key = settings.key().0;
    let secret = Secret::new(need(key, format!("the {title} API key")));
    let mut holes = Vec::new();
    for (hole, number) in settings.holes() {
        let (value, variable) = match number {
            Number::Given(number) => (number.to_string(), None),
            Number::Env(env) => match environment::get(env.name) {
                Some(text) => (whole(env.name, &text, &title, hole)?, Some(env.name)),
                None => match env.or {
                    Some(number) => (number.to_string(), Some(env.name)),
                    None => (need(env.name, format!("the {title} {hole}")), Some(env.name)),
                },
            },
        };
        holes.push((hole, value, variable));
    }
    if missing.len() > before {
        return Ok(None);
    }
    let base = base(account, stage, host, own_name)?;
    let mut endpoint = Endpoint::new(account.provider, base, secret).named(account.name);
    endpoint.key_variable = Some(key.to_owned());
    for (hole, value, variable) in holes {
        endpoint = endpoint.hole(hole, value);
        endpoint.hole_variables.extend(variable.map(|variable| (hole, variable.to_owned())));
    }
    Ok(Some(endpoint))
}

/// A number from the environment.
fn whole(name: &str, text: &str, title: &str, hole: &str) -> Result<String, CommandFailure> {
    match text.trim().parse::<u64>() {
        Ok(number) => Ok(number.to_string()),
        Err(_) => Err(CommandFailure::usage(
            format!("{name} is `{text}`, and has to be the number of a {hole}"),
            format!("copy the number from the address of the {hole}'s settings page in {title}"),
        )),
    }
}

/// Where an account is. What is wrong with an address is said with the variable that it comes from.
fn base(account: &Account, stage: &Stage, own: String, own_name: Option<&str>) -> Result<String, CommandFailure> {
    let (address, name) = match elsewhere(account, stage) {
        Some((address, name)) => (address, Some(name)),
        None => (own, own_name.map(str::to_owned)),
    };
    match check(&address) {
        Ok(_) => Ok(address),
        Err(error) => {
            let mut failure = CommandFailure::from(Error::from(error));
            if let Some(name) = name {
                failure.message = format!("{name} cannot be used: {}", failure.message);
            }
            Err(failure)
        }
    }
}
