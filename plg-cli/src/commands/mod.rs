//! One file a command, with its arguments, its help and `run`: a new one is a file, and a line in
//! each of the three lists here.

pub(crate) mod codegen;
pub(crate) mod completions;
pub(crate) mod deploy;
pub(crate) mod destroy;
pub(crate) mod doctor;
pub(crate) mod drift;
pub(crate) mod explain;
pub(crate) mod first;
pub(crate) mod flags;
pub(crate) mod graph;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod loss;
pub(crate) mod output;
pub(crate) mod plan;
pub(crate) mod policies;
pub(crate) mod promote;
pub(crate) mod report;
pub(crate) mod sandbox;
pub(crate) mod shown;
pub(crate) mod state;
pub(crate) mod unused;

use crate::args::Global;
use crate::failure::CommandFailure;
use crate::fault;
use crate::output::Output;
use crate::sample;
use clap::{Parser, Subcommand};
use plg_core::Stack;
use plg_core::policy::Policy;
use plg_runtime::exit::Exit;

/// Plans and deploys the resources that a stack declares.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = format!("Exit codes: {}", Exit::line()))]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// Runs `explain`, which needs no stack.
    pub(crate) fn explained(&self) -> Exit {
        let output = Output::new(&self.global);
        let ended = match &self.command {
            Command::Explain(args) => explain::run(args, &output),
            _ => Ok(Exit::Usage),
        };
        ended.unwrap_or_else(|failure| output.failed(&failure))
    }
}

/// The commands, in the order of the help.
#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::PlanArgs),
    Deploy(deploy::DeployArgs),
    Destroy(destroy::DestroyArgs),
    Promote(promote::PromoteArgs),
    Drift(drift::DriftArgs),
    Doctor(doctor::DoctorArgs),
    Import(import::ImportArgs),
    History(history::HistoryArgs),
    Explain(explain::ExplainArgs),
    Completions(completions::CompletionsArgs),
    Man(completions::ManArgs),
    Output(output::OutputArgs),
    Graph(graph::GraphArgs),
    Codegen(codegen::CodegenArgs),
    Unused(unused::UnusedArgs),
    #[command(subcommand, hide = sample::without_flags())]
    Flags(flags::FlagsCommand),
    #[command(subcommand)]
    Sandbox(sandbox::SandboxCommand),
    #[command(subcommand)]
    State(state::StateCommand),
}

/// Runs the command that was given.
pub(crate) async fn run(
    stack: &'static Stack,
    policies: &'static [Policy],
    cli: Cli,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let Cli { global, command } = &cli;
    policies::know(policies);
    let stage = if let Command::Promote(args) = command { &args.to } else { &global.stage };
    fault::about(stack.folder, stage);
    let hold = |stage: &str| policies::hold(stack, stage, policies, output);
    match command {
        Command::Plan(args) => {
            let ended = plan::run(stack, global, args, output).await?;
            hold(&global.stage)?;
            Ok(ended)
        }
        Command::Deploy(args) => {
            hold(&global.stage)?;
            deploy::run(stack, global, args, output).await
        }
        Command::Promote(args) => {
            hold(&args.to)?;
            promote::run(stack, global, args, output).await
        }
        Command::Destroy(args) => destroy::run(stack, global, args, output).await,
        Command::Drift(args) => drift::run(stack, global, args, output).await,
        Command::Doctor(_) => doctor::run(stack, global, output).await,
        Command::History(args) => history::run(stack, global, args, output),
        Command::Explain(args) => explain::run(args, output),
        Command::Completions(args) => Ok(completions::run(args, output)),
        Command::Man(args) => completions::man(args, output),
        Command::Import(args) => import::run(stack, global, args, output).await,
        Command::Output(args) => output::run(stack, global, args, output),
        Command::Codegen(args) => codegen::run(stack, global, args, output),
        Command::Unused(args) => unused::run(stack, global, args, output).await,
        Command::Flags(command) => flags::run(stack, global, command, output).await,
        Command::Graph(args) => graph::run(stack, global, args, output),
        Command::Sandbox(command) => sandbox::run(stack, global, command, output).await,
        Command::State(command) => state::run(stack, global, command, output).await,
    }
}
