//! From a stage's name to its APIs.

use crate::args::Global;
use crate::environment;
use crate::failure::CommandFailure;
use crate::gate::gate;
use crate::output::Output;
use crate::root;
use crate::waits::WaitLines;
use plg_core::codes;
use plg_core::{Number, Remote, Stack, Stage, Target, Text};
use plg_runtime::accounts::{ATTIO, KeyVariables};
use plg_runtime::declared::environment::Missing;
use plg_runtime::error::{Error, closest};
use plg_runtime::exit::Exit;
use plg_runtime::http::{ClientOptions, Endpoint, Endpoints, check};
use plg_runtime::plan::Plan;
use plg_runtime::secret::Secret;
use plg_runtime::session::{Environment, PlanOptions, Session, SessionOptions, folder, key};
use plg_runtime::store::seal::SecretSealer;
use plg_runtime::store::{Lock, OtherPlace, StateBackend, StateLocation, StoreError, plain};
use plg_sandbox::{Running, Sandbox, Settings};
use std::net::{Ipv4Addr, SocketAddr};
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
        let _looks = output.during(format!("stage {}: looking at what is there", self.chosen.stage.name));
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
        matches!(self.stage.target, Target::sandbox)
    }

    pub(crate) fn protected(&self) -> bool {
        matches!(self.stage.target, Target::remote(Remote { protect: true, .. }))
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
}

/// The commands that look at what other stages and stacks hold: those that plan.
const LOOKS_AT_OTHERS: [&str; 5] = ["plan", "deploy", "destroy", "promote", "drift"];

/// What a session needs to be opened, and the sandbox it will talk to.
pub(crate) async fn options(
    stack: &'static Stack,
    global: &Global,
    command: &str,
    reading: bool,
) -> Result<(SessionOptions, ChosenStage, Option<Running>), CommandFailure> {
    let chosen = choose(stack, global)?;
    let overridden = [ATTIO_URL, POSTHOG_URL].iter().all(|variable| elsewhere(variable, chosen.stage).is_some());
    let (endpoints, running) = match chosen.stage.target {
        Target::sandbox if !overridden => {
            let (url, running) = start(&chosen, reading).await?;
            (local(&url), running)
        }
        _ => (endpoints(chosen.stage)?, None),
    };
    // In a sandbox of its own nobody else holds anything.
    let is_alone = matches!(chosen.stage.target, Target::sandbox) && !overridden;
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
        .variables(variables(chosen.stage))
        .client(ClientOptions {
            retries: retries(),
            late_window: late_window(running.is_some())?,
            notice: Some(notice),
            gate: gate(),
            ..ClientOptions::default()
        });
    Ok((options, chosen, running))
}

/// Opens a session on a stage; a sandbox is started where the stage is one.
pub(crate) async fn open(
    stack: &'static Stack,
    global: &Global,
    command: &str,
    reading: bool,
) -> Result<Opened, CommandFailure> {
    let (options, chosen, running) = options(stack, global, command, reading).await?;
    let output = Output::new(global);
    // Who only looks is done before anybody opens it, and nobody opens it where nobody reads along.
    if let Some(running) = running.as_ref().filter(|_| !reading && output.live()) {
        output.say(&format!("Stage {} is shown at {}/ while this runs.", chosen.stage.name, running.url()));
    }
    let looks = output.during(format!("stage {}: asking Attio and PostHog", chosen.stage.name));
    let session = Session::open(options).await?;
    drop(looks);
    Ok(Opened { session, chosen, _sandbox: running })
}

/// For how long a write may still be done after it was sent, in seconds, where `PLG_LATE_WINDOW` knows better. The
/// sandbox in this process ends with it, and what it was asked for.
fn late_window(is_own_sandbox: bool) -> Result<Duration, CommandFailure> {
    if is_own_sandbox {
        return Ok(Duration::ZERO);
    }
    let Some(text) = environment::get("PLG_LATE_WINDOW") else { return Ok(ClientOptions::default().late_window) };
    let seconds = text.trim().parse::<u16>().map_err(|_| {
        CommandFailure::usage(
            format!("PLG_LATE_WINDOW is `{text}`, which is no number of seconds"),
            "write how many seconds a request may take at the API, 60 for instance; without it, 60 are assumed",
        )
    })?;
    Ok(Duration::from_secs(seconds.into()))
}

/// How often a request is repeated at most; for those who would rather know at once.
fn retries() -> u32 {
    environment::get("PLG_RETRIES").and_then(|n| n.parse().ok()).unwrap_or(ClientOptions::default().retries)
}

/// The sandbox of a stage: started here, or the one that whoever is at work on it has started.
async fn start(chosen: &ChosenStage, reading: bool) -> Result<(String, Option<Running>), CommandFailure> {
    let folder = chosen.sandbox_folder();
    let address = folder.join("address");
    own(&chosen.folder, &folder).map_err(Error::from)?;
    match Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Some(&folder)).await {
        Ok(running) => {
            // Without it, whoever looks while this is at work has to wait.
            let _ = std::fs::write(&address, running.url());
            Ok((running.url(), Some(running)))
        }
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
                Ok(url) if !url.trim().is_empty() => Ok((url.trim().to_owned(), None)),
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
            "free the disk or mend the permissions; or name another folder with --root",
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

fn local(url: &str) -> Endpoints {
    let endpoint = Endpoint { base: url.to_owned(), key: Secret::new("sandbox".to_owned()) };
    Endpoints { attio: endpoint.clone(), posthog: endpoint, project: Settings::default().project }
}

/// Leads a stage's Attio elsewhere.
const ATTIO_URL: &str = "PLG_ATTIO_URL";

/// Leads a stage's PostHog elsewhere.
const POSTHOG_URL: &str = "PLG_POSTHOG_URL";

/// Where a variable leads a stage: `PLG_ATTIO_URL_STAGING` counts for one stage, `PLG_ATTIO_URL` for all.
fn elsewhere(variable: &str, stage: &Stage) -> Option<String> {
    let name = stage.name.to_ascii_uppercase().replace('-', "_");
    environment::get(&format!("{variable}_{name}")).or_else(|| environment::get(variable))
}

/// The variables that a stage's keys come from.
fn variables(stage: &Stage) -> KeyVariables {
    let Target::remote(remote) = stage.target else { return KeyVariables::default() };
    let project = match remote.posthog.project {
        Number::Given(_) => None,
        Number::Env(env) => Some(env.name.to_owned()),
    };
    KeyVariables::new(Some(remote.attio.key.0.to_owned()), Some(remote.posthog.key.0.to_owned()), project)
}

/// Both APIs of a stage, keys from the environment; variables may lead them elsewhere.
fn endpoints(stage: &Stage) -> Result<Endpoints, CommandFailure> {
    let mut missing = Vec::new();
    let mut need = |name: &str, purpose: &str| -> String {
        environment::get(name).unwrap_or_else(|| {
            missing.push(Missing {
                name: name.to_owned(),
                purpose: format!("{purpose} of stage {}", stage.name),
                place: String::new(),
            });
            String::new()
        })
    };
    let (attio_key, posthog_key, project, host) = match stage.target {
        Target::remote(remote) => {
            let host = match remote.posthog.host.url() {
                Text::Given(url) => url.to_owned(),
                Text::Env(name) => need(name, "the PostHog host"),
            };
            (
                need(remote.attio.key.0, "the Attio API key"),
                need(remote.posthog.key.0, "the PostHog personal API key"),
                remote.posthog.project,
                host,
            )
        }
        Target::sandbox => {
            ("sandbox".to_owned(), "sandbox".to_owned(), Number::Given(Settings::default().project), String::new())
        }
    };
    let project = match project {
        Number::Given(project) => project,
        Number::Env(env) => match environment::get(env.name) {
            Some(text) => text.parse().map_err(|_| {
                CommandFailure::usage(
                    format!("{} is `{text}`, which is no project number", env.name),
                    "the number is in the address of the project's settings page in PostHog",
                )
            })?,
            None => match env.or {
                Some(project) => project,
                None => {
                    need(env.name, "the PostHog project");
                    0
                }
            },
        },
    };
    if !missing.is_empty() {
        return Err(Error::Environment(missing).into());
    }
    let own_host = match stage.target {
        Target::remote(Remote { posthog, .. }) => match posthog.host.url() {
            Text::Env(name) => Some(name),
            Text::Given(_) => None,
        },
        Target::sandbox => None,
    };
    Ok(Endpoints {
        attio: Endpoint { base: base(ATTIO_URL, stage, ATTIO.to_owned(), None)?, key: Secret::new(attio_key) },
        posthog: Endpoint { base: base(POSTHOG_URL, stage, host, own_host)?, key: Secret::new(posthog_key) },
        project,
    })
}

/// Where an API is. What is wrong with an address is said with the variable that it comes from.
fn base(variable: &str, stage: &Stage, own: String, own_name: Option<&str>) -> Result<String, CommandFailure> {
    let (address, name) = match elsewhere(variable, stage) {
        Some(address) => (address, Some(variable)),
        None => (own, own_name),
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
