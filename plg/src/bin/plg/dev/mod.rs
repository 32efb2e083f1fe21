//! `plg dev`: serves the sandbox of a stage, and deploys the stack to it whenever its sources change.
//!
//! ```text
//! watch ─▶ build (cargo) ─▶ deploy (the new program) ─▶ the sandbox, served by a copy of an earlier program
//!   ▲                                                        │
//!   └──────────────── round: a line, an event, the page ◀────┘
//! ```

mod build;
mod child;
mod deploy;
pub(crate) mod line;
mod round;
mod serve;
mod sources;
mod stop;
mod watch;

use crate::found::{self, FoundStack};
use crate::libraries::SharedLibrary;
use crate::line::StackCall;
use crate::run;
use build::{BuildEnd, BuiltProgram, StackBuild};
use clap::{ArgMatches, FromArgMatches};
use deploy::{DeployEnd, StackCommand};
use line::DevLine;
use plg_cli::front::{self, FrontFailure, FrontFlags, FrontOutput};
use round::{DevRound, called};
use serde_json::Value;
use serve::ServedSandbox;
use sources::SourceSet;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use stop::StopSignals;
use tokio::time::{Instant, sleep, sleep_until};
use watch::WatchedSources;

/// How long a build takes before the page says that there is one.
const SHORT: Duration = Duration::from_millis(400);
/// The exit code of a command that was stopped before it was done.
const INTERRUPTED: u8 = 130;
/// How long it waits before it tries again, where somebody else was at work on the stage.
const LOCKED: Duration = Duration::from_secs(2);

/// Runs it until it is ended.
pub(crate) fn run(call: &StackCall, matches: &ArgMatches) -> ExitCode {
    let flags = FrontFlags::of(matches);
    let output = flags.output();
    let done = DevLine::from_arg_matches(matches)
        .map_err(|error| FrontFailure::usage(error.to_string(), "`plg dev --help`"))
        .and_then(|line| {
            let here = std::env::current_dir().map_err(|error| {
                FrontFailure::unusable(format!("this folder cannot be read: {error}"), "change to another folder")
            })?;
            let stack = found::find(&here, call.package.as_deref())?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| FrontFailure::unusable(format!("could not start: {error}"), ""))?;
            runtime.block_on(async {
                let stop = StopSignals::listen(flags.timeout())
                    .map_err(|error| FrontFailure::unusable(format!("plg cannot listen for Ctrl-C: {error}"), ""))?;
                let sources = WatchedSources::begin(SourceSet::of(&stack));
                let listen = line.at.address().to_string();
                let dev = Dev {
                    call,
                    flags: &flags,
                    output,
                    here,
                    stack,
                    sources,
                    stop,
                    listen,
                    served: None,
                    shown: Value::Null,
                    shows_build: false,
                    is_hurried: false,
                };
                dev.run().await
            })
        });
    done.unwrap_or_else(|failure| output.failed(&failure))
}

/// What goes on.
struct Dev<'a> {
    call: &'a StackCall,
    flags: &'a FrontFlags,
    output: FrontOutput,
    here: PathBuf,
    stack: FoundStack,
    sources: WatchedSources,
    stop: StopSignals,
    /// The address to listen on: the port that was free first stays.
    listen: String,
    served: Option<ServedSandbox>,
    /// What the page shows.
    shown: Value,
    /// Whether the page shows a build that goes on.
    shows_build: bool,
    /// Whether somebody ended it twice, and waits for nothing.
    is_hurried: bool,
}

/// How a part of it went on.
enum Went<T> {
    /// To its end.
    Done(T),
    /// Until sources changed.
    Changed(Vec<PathBuf>),
    /// Until somebody ended it.
    Stopped,
}

/// What is remembered from one round to the next.
#[derive(Default)]
struct LastRound {
    /// Whether everything was deployed.
    is_deployed: bool,
    /// What was said of what failed, or warned of.
    said: String,
}

impl Dev<'_> {
    /// Goes round until it is ended.
    async fn run(mut self) -> Result<ExitCode, FrontFailure> {
        if !self.sources.is_told() {
            self.output.say("The system does not report changes of sources, so plg checks them every so often.");
        }
        let done = self.rounds().await;
        let served = self.served.take().filter(|_| !self.is_hurried);
        let ends = async {
            if let Some(served) = served {
                served.stop().await;
            }
        };
        tokio::select! {
            () = ends => {}
            // At once: what is left ends as it is dropped.
            () = self.stop.asked() => self.is_hurried = true,
        }
        if self.is_hurried { Ok(ExitCode::from(INTERRUPTED)) } else { done }
    }

    async fn rounds(&mut self) -> Result<ExitCode, FrontFailure> {
        let mut last = LastRound::default();
        let mut changed = Vec::new();
        loop {
            self.reread(&changed);
            let mut round = DevRound { changed: self.called(&changed), ..DevRound::default() };
            let built = match self.build(&round).await? {
                Went::Done(built) => built,
                Went::Changed(more) => {
                    add(&mut changed, more);
                    continue;
                }
                Went::Stopped => return Ok(ExitCode::SUCCESS),
            };
            let mut retry = None;
            match built {
                BuildEnd::Bad(errors) => {
                    self.output.tool(&errors.said);
                    self.serve_what_is_there().await?;
                    round.errors = Some(errors);
                    last = LastRound::default();
                    self.tell(&round).await;
                }
                BuildEnd::Good(built) if built.is_fresh && last.is_deployed => {
                    if self.shows_build {
                        self.keep().await;
                    }
                }
                BuildEnd::Good(built) => {
                    self.output.tool(if built.is_fresh { "" } else { &built.warnings });
                    self.sources.add_used(built.used.clone(), &self.stack.target);
                    match self.deploy(&built).await? {
                        Some(end) => {
                            let said = format!("{}\n{}", end.warnings.join("\n"), end.problem);
                            let is_repeated = changed.is_empty() && said == last.said;
                            retry = end.is_locked.then(|| Instant::now() + LOCKED);
                            last = LastRound { is_deployed: end.problem.is_empty(), said };
                            round.built = Some(built.took);
                            round.deployed = Some(end);
                            if !is_repeated {
                                self.tell(&round).await;
                            }
                        }
                        None => return Ok(ExitCode::SUCCESS),
                    }
                }
            }
            changed = match self.wait(retry).await? {
                Went::Done(()) => Vec::new(),
                Went::Changed(changed) => changed,
                Went::Stopped => return Ok(ExitCode::SUCCESS),
            };
        }
    }

    /// Finds the stack again where a manifest changed: its program, and which packages it takes, may be others.
    fn reread(&mut self, changed: &[PathBuf]) {
        if !changed.iter().any(|file| file.ends_with("Cargo.toml")) {
            return;
        }
        // Where that fails, the build says why.
        if let Ok(stack) = found::find_again(&self.here, Some(&self.stack.package)) {
            self.stack = stack;
            self.sources.turn_to(SourceSet::of(&self.stack));
        }
    }

    /// Sources as a person calls them.
    fn called(&self, files: &[PathBuf]) -> Vec<String> {
        let package = self.stack.manifest.parent().map(Path::to_owned);
        let folders: Vec<PathBuf> = package.into_iter().chain([self.here.clone()]).collect();
        files.iter().map(|file| called(file, &folders)).collect()
    }

    /// Builds the stack. A build is given up where sources change, or somebody ends it.
    async fn build(&mut self, round: &DevRound) -> Result<Went<BuildEnd>, FrontFailure> {
        // The first build takes minutes, and cargo shows how far it is; later ones take seconds, and say nothing.
        let shows = self.served.is_none() && !run::program(&self.stack, self.call).exists();
        let library = SharedLibrary::of(&self.stack, self.call);
        let mut claimed = None;
        if let Some(library) = &library {
            // Another stack may be built in the same folder.
            while claimed.is_none() {
                claimed = library.claim();
                tokio::select! {
                    () = sleep(run::LOOKS), if claimed.is_none() => {}
                    () = self.stop.asked(), if claimed.is_none() => return Ok(Went::Stopped),
                    else => {}
                }
            }
        }
        let mut build = StackBuild::begin(&self.stack, self.call, claimed, shows, self.output.colors())?;
        let (long, silent) = (sleep(SHORT), sleep(run::SILENT));
        tokio::pin!(long, silent);
        let (mut is_shown, mut is_said) = (false, shows || !std::io::stderr().is_terminal());
        let went = loop {
            tokio::select! {
                end = build.ended() => return Ok(Went::Done(end?)),
                changed = self.sources.changed() => break Went::Changed(changed),
                () = self.stop.asked() => break Went::Stopped,
                () = &mut silent, if !is_said => {
                    is_said = true;
                    self.output.say(&format!("Building {} …", self.stack.package));
                }
                () = &mut long, if !is_shown => {
                    (is_shown, self.shows_build) = (true, true);
                    self.show(&round.under_way(&self.shown)).await;
                }
            }
        };
        build.cancel().await;
        Ok(went)
    }

    /// Deploys what was built, to a sandbox that is served; nothing where somebody ended it.
    async fn deploy(&mut self, built: &BuiltProgram) -> Result<Option<DeployEnd>, FrontFailure> {
        let is_first = self.served.is_none();
        match self.serve(built).await {
            Err(failure) if !is_first => return Ok(Some(DeployEnd::untried(&failure))),
            served => served?,
        }
        let mut deploy = StackCommand::start(&self.stack, &built.program, &["deploy", "--yes"], self.flags)?;
        tokio::select! {
            end = deploy.deployed() => return end.map(Some),
            () = self.stop.asked() => deploy.interrupt(),
        }
        // It finishes what is under way; or not even that.
        tokio::select! {
            end = deploy.deployed() => end.map(|_| None),
            () = self.stop.asked() => {
                self.is_hurried = true;
                Ok(None)
            }
        }
    }

    /// Serves the sandbox, where that is not done yet or has to be done by this program.
    async fn serve(&mut self, built: &BuiltProgram) -> Result<(), FrontFailure> {
        if let Some(served) = &self.served {
            let needed = StackCommand::start(&self.stack, &built.program, &["graph"], self.flags)?.accounts().await?;
            if !served.is_outdated(&needed, built.is_fresh) {
                return Ok(());
            }
        }
        let before = self.served.take();
        let is_first = before.is_none();
        if let Some(before) = before {
            before.stop().await;
        }
        let served = ServedSandbox::start(&self.stack, &built.program, self.flags, &self.listen).await?;
        self.took(served, is_first);
        Ok(())
    }

    /// Serves the sandbox as it was, where nothing serves it yet and there is a program of an earlier build.
    async fn serve_what_is_there(&mut self) -> Result<(), FrontFailure> {
        let program = run::program(&self.stack, self.call);
        if self.served.is_none() && program.is_file() {
            let served = ServedSandbox::start(&self.stack, &program, self.flags, &self.listen).await?;
            self.took(served, true);
        }
        Ok(())
    }

    /// Goes on with a sandbox that is served, and says where.
    fn took(&mut self, served: ServedSandbox, is_first: bool) {
        self.listen = served.url().trim_start_matches("http://").to_owned();
        let says = served.listening["says"].as_array().into_iter().flatten().filter_map(Value::as_str);
        if is_first {
            self.output.data(&says.collect::<Vec<_>>().join("\n"));
        } else {
            self.output.say("The sandbox restarted with the program that was just built.");
        }
        self.output.event("listening", served.listening.clone());
        self.served = Some(served);
    }

    /// Says what a round was.
    async fn tell(&mut self, round: &DevRound) {
        // The page first: who hears of the round finds it there.
        self.shown = round.status();
        self.keep().await;
        self.output.event("round", round.event());
        if let Some(end) = &round.deployed {
            end.warnings.iter().for_each(|warning| self.output.warn(warning));
            if !end.problem.is_empty() {
                self.output.problem(&end.problem);
            }
        }
        self.output.data(&round.line());
    }

    /// Lets the page show how the last round was.
    async fn keep(&mut self) {
        self.shows_build = false;
        self.show(&self.shown.clone()).await;
    }

    async fn show(&self, status: &Value) {
        if let Some(served) = &self.served
            && !status.is_null()
        {
            // One that cannot be told shows what it has, and everything else goes on.
            let _ = front::control(served.url(), "PUT", "/_sandbox/build", Some(status)).await;
        }
    }

    /// Waits for the next round: until sources change, or it is time to try again.
    async fn wait(&mut self, retry: Option<Instant>) -> Result<Went<()>, FrontFailure> {
        let Dev { sources, stop, served, .. } = self;
        let gone = async {
            match served {
                Some(served) => served.gone().await,
                None => std::future::pending().await,
            }
        };
        let again = async {
            match retry {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            changed = sources.changed() => return Ok(Went::Changed(changed)),
            () = stop.asked() => return Ok(Went::Stopped),
            () = again => return Ok(Went::Done(())),
            ended = gone => ended,
        };
        let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        Err(FrontFailure::unusable(
            format!("the process that serves the sandbox has ended ({how})"),
            "start it again: `plg dev`",
        ))
    }
}

/// Adds what changed meanwhile, each file once.
fn add(changed: &mut Vec<PathBuf>, more: Vec<PathBuf>) {
    changed.extend(more);
    changed.sort();
    changed.dedup();
}
