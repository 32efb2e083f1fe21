//! The command line for any stack: `plg_cli::main(&STACK)`, or [`app`] for one with policies or APIs of its own.
//!
//! One file a command, in `commands/`. Data goes to standard output, everything else to standard
//! error; the exit code says how it ended.
//!
//! ```no_run
//! /// A binary's whole `main`, for the `STACK` that `stack!` makes.
//! fn run(stack: &'static plg_core::Stack) -> std::process::ExitCode {
//!     plg_cli::app(stack).policies(&[]).main()
//! }
//! ```

// These panic where nobody reads any more: `output` does not.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod args;
mod commands;
mod commit;
mod confirm;
mod control;
mod deadline;
mod dotenv;
mod environment;
mod failure;
mod fault;
#[doc(hidden)]
pub mod front;
mod gate;
mod output;
mod progress;
mod root;
mod sample;
mod sandboxes;
mod screen;
mod sources;
mod stage;
mod waits;
mod width;

use clap::Parser;
use commands::Cli;
use failure::CommandFailure;
use output::Output;
use plg_core::Stack;
use plg_core::codes;
use plg_core::policy::Policy;
use plg_runtime::exit::Exit;
use plg_sandbox::{Sandbox, SandboxApi, SandboxBuilder};
use std::io::Write;
use std::process::ExitCode;

#[cfg(feature = "allocator")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line for a stack; this is a binary's whole `main`.
pub fn main(stack: &'static Stack) -> ExitCode {
    app(stack).main()
}

/// Runs the command line for a stack whose plans and deploys have to hold policies.
pub fn main_with(stack: &'static Stack, policies: &'static [Policy]) -> ExitCode {
    app(stack).policies(policies).main()
}

/// The command line for a stack, of which more can be said before it runs.
pub fn app(stack: &'static Stack) -> App {
    App { stack, policies: &[], sandbox: Sandbox::builder() }
}

/// Whether `codegen` of this build knows names of Attio, and of PostHog: builds without lie beside each other, and whoever
/// links one by hand has to tell them apart.
#[doc(hidden)]
pub const NAMES_OF: (bool, bool) = (cfg!(feature = "attio"), cfg!(feature = "posthog"));

/// The command line for a stack: [`App::main`] runs it.
#[derive(Debug)]
#[must_use = "it does nothing before its `main` is called"]
pub struct App {
    stack: &'static Stack,
    policies: &'static [Policy],
    sandbox: SandboxBuilder,
}

impl App {
    /// Plans and deploys have to hold these policies.
    pub fn policies(mut self, policies: &'static [Policy]) -> Self {
        self.policies = policies;
        self
    }

    /// Serves one more API in its sandboxes: what a stage that is a sandbox needs where the stack has accounts of a
    /// provider that does not come with plg.
    pub fn mount(mut self, api: impl SandboxApi) -> Self {
        self.sandbox = self.sandbox.mount(api);
        self
    }

    /// Runs it; this is a binary's whole `main`.
    pub fn main(self) -> ExitCode {
        sandboxes::mount(self.sandbox);
        run(self.stack, self.policies)
    }
}

fn run(stack: &'static Stack, policies: &'static [Policy]) -> ExitCode {
    // Before anything is parsed: what a command takes, and what an error says, is of these.
    plg_core::linked::link(&stack.every_provider());
    sample::choose(stack);
    gate::no_core_dumps();
    gate::guard_panics();
    environment::load();
    gate::know(stack);
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return refuse(&error).into(),
        Err(asked) if asked.kind() == clap::error::ErrorKind::DisplayVersion => {
            screen::out(&version(stack));
            return Exit::Done.into();
        }
        // Help is no mistake.
        Err(shown) => {
            let _ = shown.print();
            return Exit::Done.into();
        }
    };
    let output = Output::new(&cli.global);
    log(cli.global.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.failed(&CommandFailure::internal(format!("could not start: {error}"))).into(),
    };
    let (timeout, stage) = (cli.global.timeout, cli.global.stage.clone());
    let ended = runtime.block_on(deadline::within(timeout, commands::run(stack, policies, cli, &output)));
    let ended = ended.map_err(|failure| failure.in_stage(&stage));
    screen::end();
    // What is under way in the background (a sandbox's connections) ends with the process.
    runtime.shutdown_background();
    ended.unwrap_or_else(|failure| output.failed(&failure)).into()
}

/// Says what is wrong with a command line: clap's own words, with the code that every error has.
fn refuse(error: &clap::Error) -> Exit {
    let coded = format!("error[{}]:", codes::COMMAND_LINE.code);
    let text = error.render().ansi().to_string().replacen("error:", &coded, 1).replace("  tip:", " help:");
    // Clap's last line is said as every error says what to do, and whether anything was changed.
    let text = match text.rfind("For more information, try") {
        Some(last) => format!(
            "{} help: add `--help` to the command to list its arguments, flags and values\nNothing was changed.\n",
            &text[..last]
        ),
        None => text,
    };
    // Nobody has to read it.
    let _ = anstream::stderr().write_all(gate::masked(&text).as_bytes());
    Exit::Usage
}

/// What this program is: of which plg, for which stack, and from which commit, as far as that is known.
fn version(stack: &Stack) -> String {
    let commit = match commit::current() {
        None => "commit unknown: this folder is in no git repository".to_owned(),
        Some(commit) if commit::is_dirty() => format!("commit {commit}, with changes that are not committed"),
        Some(commit) => format!("commit {commit}"),
    };
    format!("plg {}\nstack {}\n{commit}\n", env!("CARGO_PKG_VERSION"), stack.name)
}

/// `PLG_LOG` takes tracing's filters; `-vv` shows every request.
fn log(verbose: u8) {
    let fallback = if verbose >= 2 { "plg_runtime=debug" } else { "off" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("PLG_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(fallback));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    let _ = lines.with_writer(|| gate::LogLines).with_target(false).log_internal_errors(false).try_init();
}
