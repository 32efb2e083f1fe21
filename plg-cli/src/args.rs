//! What can be written on the command line. Every flag can also be set as `PLG_…`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Plans and deploys a stack: CRM schema and product analytics as code.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Exit codes: 0 done · 1 internal · 2 usage, or confirmation missing · 3 credentials · \
4 some resources failed · 5 refused by protection · 6 locked · 8 drift · 9 stale or unused · 130 interrupted")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The stage to work on, one of those the stack declares.
    #[arg(long, short, global = true, env = "PLG_STAGE", default_value = "local")]
    pub(crate) stage: String,
    /// Where `.plg` is or will be; by default the nearest folder above that has one, or the workspace's root.
    #[arg(long, global = true, env = "PLG_ROOT", value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    /// Print one JSON event a line to standard output.
    #[arg(long, global = true, env = "PLG_JSON", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) json: bool,
    /// When to colour.
    #[arg(long, global = true, env = "PLG_COLOR", value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Print the last line, warnings and errors only.
    #[arg(long, short, global = true, env = "PLG_QUIET", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: requests made; twice: every request.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How live objects are looked at and written.
#[derive(Debug, Clone, Args)]
pub(crate) struct Look {
    /// Compare with what was applied last only; looked at is no more than a write has to know and no state remembers.
    #[arg(long, env = "PLG_NO_REFRESH", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) no_refresh: bool,
    /// Only this address and what it depends on; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<String>,
    /// How many requests may be under way at once.
    #[arg(long, env = "PLG_PARALLELISM", default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,
}

/// What is confirmed in advance.
#[derive(Debug, Clone, Args)]
pub(crate) struct Yes {
    /// Do not ask.
    #[arg(long, short, env = "PLG_YES", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) yes: bool,
}

/// What may be lost.
#[derive(Debug, Clone, Args)]
pub(crate) struct AllowLoss {
    /// Go on although what people gave is hidden or gone with what is removed: values of records, answers, results.
    #[arg(long, env = "PLG_ALLOW_LOSS", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) allow_loss: bool,
}

/// Who uses the stack's names.
#[derive(Debug, Clone, Args)]
pub(crate) struct Application {
    /// A folder with an application's sources in Rust, TypeScript, JavaScript or Python, to look for
    /// names in; may be repeated.
    #[arg(long = "in", env = "PLG_IN", value_name = "FOLDER", value_delimiter = ',')]
    pub(crate) folders: Vec<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what a deploy would change, and change nothing.
    #[command(
        after_help = "Examples:\n  plan --stage prod --detailed-exitcode\n  plan --stage prod --out prod.plan --html prod.html\n  plan --format markdown > comment.md"
    )]
    Plan(PlanArgs),
    /// Bring the stage in line with the stack.
    #[command(
        after_help = "Examples:\n  deploy\n  deploy --stage prod\n  deploy --stage prod prod.plan\n  deploy --target feature_flag.DarkMode"
    )]
    Deploy(DeployArgs),
    /// Remove everything this stack made in the stage.
    #[command(after_help = "Examples:\n  destroy --stage local --yes\n  plan --destroy")]
    Destroy(DeployArgs),
    /// Show how two stages differ, then bring the second in line with the stack.
    Promote(PromoteArgs),
    /// Show what was changed in the web apps since it was applied.
    #[command(after_help = "Examples:\n  drift --stage prod --exit-code\n  drift --stage prod --repair")]
    Drift(DriftArgs),
    /// Look at everything that can keep a deploy from working.
    Doctor,
    /// Write everything that is live in the stage as the source of a stack, and change nothing.
    #[command(after_help = "Examples:\n  import --stage prod > src/stack.rs")]
    Import,
    /// Print the deploys that changed something: who, when, from which commit, what came of it.
    History,
    /// Say what an error means, by its code; without one, list them all.
    Explain {
        /// The code, such as P0201.
        code: Option<String>,
    },
    /// Print what completes commands and flags in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page; or write one for each command into a folder.
    Man {
        /// The folder.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Print the remote ids and other outputs of what is deployed.
    #[command(after_help = "Examples:\n  output feature_flag.DarkMode\n  output --reveal webhook.DealChanges")]
    Output(OutputArgs),
    /// Print the resources in deploy order with what each depends on.
    #[command(after_help = "Examples:\n  graph --format mermaid\n  graph --html graph.html")]
    Graph(GraphArgs),
    /// Write the stack's names for an application: keys, typed events, options and ids.
    Codegen(CodegenArgs),
    /// List what an application never uses of the stack: events, flags, attributes, options.
    Unused(UnusedArgs),
    /// The sandbox of both APIs on this machine.
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// What was applied last.
    #[command(subcommand)]
    State(StateCommand),
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) application: Application,
    /// Exit with 2 where something would change.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Plan to remove everything.
    #[arg(long)]
    pub(crate) destroy: bool,
    /// Save the plan: `deploy FILE` applies exactly this one, or refuses where anything moved.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write the plan as one self-contained page, fit to attach to a pull request.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// How to print it.
    #[arg(long, default_value = "text")]
    pub(crate) format: PlanFormat,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// A plan that `plan --out` saved: applied as it was shown, without a question.
    #[arg(value_name = "FILE", conflicts_with_all = ["target", "no_refresh"])]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) yes: Yes,
    #[command(flatten)]
    pub(crate) loss: AllowLoss,
    #[command(flatten)]
    pub(crate) application: Application,
    /// Print secrets that an API shows once, such as a webhook's signing secret, to standard output.
    #[arg(long, env = "PLG_REVEAL", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PromoteArgs {
    /// The stage that is as it should be.
    #[arg(long, value_name = "STAGE")]
    pub(crate) from: String,
    /// The stage that is brought in line.
    #[arg(long, value_name = "STAGE")]
    pub(crate) to: String,
    /// Only this address and what it depends on; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<String>,
    #[command(flatten)]
    pub(crate) yes: Yes,
    #[command(flatten)]
    pub(crate) loss: AllowLoss,
    #[command(flatten)]
    pub(crate) application: Application,
}

#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    /// Only this address and what it depends on; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<String>,
    /// Bring back what was applied.
    #[arg(long)]
    pub(crate) repair: bool,
    /// Exit with 8 where there is drift.
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) yes: Yes,
}

#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// An address, such as `feature_flag.DarkMode`; all of them without it.
    pub(crate) address: Option<String>,
    /// Print the secrets too that the API showed once, decrypted with the key in `.plg/key` or `PLG_STATE_KEY`.
    #[arg(long, requires = "address")]
    pub(crate) reveal: bool,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    /// How to print it.
    #[arg(long, default_value = "text")]
    pub(crate) format: GraphFormat,
    /// Write the graph as one self-contained page instead.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// How a graph is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Waves, one resource a line.
    Text,
    /// For Graphviz.
    Dot,
    /// For Mermaid, as in Markdown.
    Mermaid,
}

#[derive(Debug, Args)]
pub(crate) struct CodegenArgs {
    /// The language to write.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) lang: CodegenLanguage,
    /// The folder to write to; it belongs to the generated files.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Write nothing; exit with 9 where a file on disk is not what the stack says, and show how it differs.
    #[arg(long)]
    pub(crate) check: bool,
    /// The stages whose ids of surveys and dashboards are written; all that were deployed, without it. `none` for no ids.
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    pub(crate) ids: Vec<String>,
}

/// A language that names are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodegenLanguage {
    /// Modules for `posthog-js` and `posthog-node`.
    Typescript,
    /// A package for `posthog`.
    Python,
    /// A module, for what cannot depend on the stack's own crate.
    Rust,
    /// One versioned document.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct UnusedArgs {
    #[command(flatten)]
    pub(crate) application: Application,
    /// Exit with 9 where something is never used.
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// What to do with the sandbox.
#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serve both APIs until interrupted: Attio under /v2, PostHog under /api, control under /_sandbox.
    Serve {
        /// The loopback address to listen on; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:4848")]
        listen: SocketAddr,
        /// Where its data is kept.
        #[arg(long, default_value = ".plg/sandbox", value_name = "FOLDER")]
        dir: PathBuf,
        /// The number of its PostHog project.
        #[arg(long, default_value_t = 12345)]
        project: u64,
    },
    /// Empty the sandbox of a stage, and forget what was applied there.
    Reset {
        #[command(flatten)]
        yes: Yes,
    },
}

/// What to do with the state.
#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// Print every address with its remote id.
    List,
    /// Print all that is remembered of one address.
    Show {
        /// An address, such as `feature_flag.DarkMode`.
        address: String,
    },
    /// Print all that is remembered of the stage, for `state push`.
    Pull,
    /// Put what `state pull` printed, and was edited perhaps, in the place of what is remembered.
    Push {
        /// The file; `-` is standard input.
        file: PathBuf,
        /// Also where what is remembered is newer, or of another history.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        yes: Yes,
    },
    /// Move what is remembered to the place that the stage declares, from where it was kept before.
    Migrate {
        /// `folder`, `folder:PATH`, `s3://bucket/prefix?region=…&endpoint=…`, `gs://bucket/prefix`,
        /// `azure://account/container/prefix`, or `env:NAME` for a variable that holds one of these or
        /// the address of a PostgreSQL database.
        #[arg(long, value_name = "PLACE")]
        from: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Take the lock away from a deploy that died; the message that says it is locked names it.
    Unlock {
        /// What names this one holding of the lock.
        nonce: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Remember a resource under another address, as `was:` does.
    Mv {
        /// The address now.
        from: String,
        /// The address from now on.
        to: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Forget a resource, and leave it as it is.
    Rm {
        /// An address, such as `feature_flag.DarkMode`.
        address: String,
        #[command(flatten)]
        yes: Yes,
    },
}
