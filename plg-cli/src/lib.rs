//! The command line for any stack: `plg_cli::main(&STACK)`.
//!
//! One file a command, in `commands/`. Data goes to standard output, everything else to standard
//! error; the exit code says how it ended.

mod args;
mod commands;
mod commit;
mod confirm;
mod environment;
mod failure;
mod output;
mod progress;
mod root;
mod sources;
mod stage;

use args::{Cli, Color, Command};
use clap::Parser;
use failure::Failure;
use output::Output;
use plg_schema::Stack;
use plg_schema::policy::Policy;
use std::io::IsTerminal;
use std::process::ExitCode;

#[cfg(feature = "allocator")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line for a stack; this is a binary's whole `main`.
pub fn main(stack: &'static Stack) -> ExitCode {
    main_with(stack, &[])
}

/// Runs the command line for a stack whose plans and deploys have to hold policies.
pub fn main_with(stack: &'static Stack, policies: &'static [Policy]) -> ExitCode {
    environment::load();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no mistakes; usage is 2, as clap has it.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let output = Output::new(&cli.global);
    log(cli.global.verbose, colored(cli.global.color, std::io::stderr().is_terminal()));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.failed(&Failure::internal(format!("could not start: {error}"))),
    };
    let ended = runtime.block_on(run(stack, policies, cli, &output));
    // What is under way in the background (a sandbox's connections) ends with the process.
    runtime.shutdown_background();
    match ended {
        Ok(code) => code,
        Err(failure) => output.failed(&failure),
    }
}

async fn run(
    stack: &'static Stack,
    policies: &'static [Policy],
    cli: Cli,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let hold = |stage: &str| commands::policies::hold(stack, stage, policies, output);
    match cli.command {
        Command::Plan(args) => {
            let code = commands::plan::run(stack, &cli.global, &args, output).await?;
            hold(&cli.global.stage)?;
            Ok(code)
        }
        Command::Deploy(args) => {
            hold(&cli.global.stage)?;
            commands::deploy::run(stack, &cli.global, &args, output).await
        }
        Command::Promote(args) => {
            hold(&args.to)?;
            commands::promote::run(stack, &cli.global, &args, output).await
        }
        Command::Destroy(args) => commands::destroy::run(stack, &cli.global, &args, output).await,
        Command::Drift(args) => commands::drift::run(stack, &cli.global, &args, output).await,
        Command::Doctor => commands::doctor::run(stack, &cli.global, output).await,
        Command::History => commands::history::run(stack, &cli.global, output),
        Command::Explain { code } => commands::explain::run(code.as_deref(), output),
        Command::Completions { shell } => Ok(commands::completions::run(shell, output)),
        Command::Man { out } => commands::completions::man(out.as_deref(), output),
        Command::Import => commands::import::run(stack, &cli.global, output).await,
        Command::Output(args) => commands::output::run(stack, &cli.global, &args, output),
        Command::Codegen(args) => commands::codegen::run(stack, &cli.global, &args, output),
        Command::Unused(args) => commands::unused::run(stack, &args, output),
        Command::Graph(args) => commands::graph::run(stack, &cli.global, &args, output),
        Command::Sandbox(command) => commands::sandbox::run(stack, &cli.global, command, output).await,
        Command::State(command) => commands::state::run(stack, &cli.global, &command, output).await,
    }
}

/// `PLG_LOG` takes tracing's filters; `-vv` shows every request.
fn log(verbose: u8, color: bool) {
    let fallback = if verbose >= 2 { "plg_runtime=debug" } else { "off" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("PLG_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(fallback));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(color);
    let _ = lines.with_writer(std::io::stderr).with_target(false).try_init();
}

/// Whether to colour what goes to a stream.
fn colored(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            terminal
                && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                && std::env::var("TERM").map_or(true, |t| t != "dumb")
        }
    }
}
