//! The flags that commands share. Every flag can also be set as `PLG_…`.

use crate::deadline::duration;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The stage to work on, one of those the stack declares.
    #[arg(long, short, global = true, env = "PLG_STAGE", default_value = "local")]
    pub(crate) stage: String,
    /// The folder of `.plg`; by default the nearest folder above that has one, or the workspace's root.
    #[arg(long, global = true, env = "PLG_ROOT", value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    /// Print one JSON event a line to standard output.
    #[arg(long, global = true, env = "PLG_JSON", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) json: bool,
    /// When to use colour.
    #[arg(long, global = true, env = "PLG_COLOR", value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Print the last line, warnings and errors only.
    #[arg(long, short, global = true, env = "PLG_QUIET", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// The longest the whole run may take, such as 90s, 10m or 1h30m; then plg finishes the running requests and stops.
    #[arg(long, global = true, env = "PLG_TIMEOUT", value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Print more: once the number of requests, twice (`-vv`) each request.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

impl Global {
    /// Where nothing can be read of what was asked for.
    pub(crate) fn bare() -> Self {
        Global {
            stage: "local".to_owned(),
            root: None,
            json: false,
            color: Color::Auto,
            quiet: false,
            timeout: None,
            verbose: 0,
        }
    }
}

/// When to use colour.
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
pub(crate) struct Planning {
    /// Do not read live objects: compare with the state only, and query what a write needs and the state does not have.
    #[arg(long, env = "PLG_NO_REFRESH", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) no_refresh: bool,
    /// Only this address and what it depends on; `*` stands for any letters; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<String>,
    /// Leave this address as it is, with everything that depends on it; `*` stands for any letters; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) exclude: Vec<String>,
    /// The largest number of simultaneous requests.
    #[arg(long, env = "PLG_PARALLELISM", default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,
}

/// What is confirmed in advance.
#[derive(Debug, Clone, Args)]
pub(crate) struct Yes {
    /// Answer yes to the question in advance.
    #[arg(long, short, env = "PLG_YES", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) yes: bool,
}

/// What is waited for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Waiting {
    /// Do not wait for unfinished creates of an earlier run: skip those resources and everything that depends on them, and exit with 4.
    #[arg(long, env = "PLG_NO_WAIT", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) no_wait: bool,
    /// If a create or a change fails, still remove resources that are no longer declared; without this, the next run does.
    #[arg(long, env = "PLG_KEEP_GOING", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) keep_going: bool,
}

/// Whose resources may be removed.
#[derive(Debug, Clone, Args)]
pub(crate) struct Adopted {
    /// Also remove and replace objects that existed before plg, and objects of unknown origin; without this, they stay as they are.
    #[arg(long)]
    pub(crate) include_adopted: bool,
}

/// What may be lost.
#[derive(Debug, Clone, Args)]
pub(crate) struct AllowLoss {
    /// Continue although this hides or deletes data people entered: values of records, answers, results.
    #[arg(long, env = "PLG_ALLOW_LOSS", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) allow_loss: bool,
}

/// Who uses the stack's names.
#[derive(Debug, Clone, Args)]
pub(crate) struct ApplicationFolders {
    /// A folder with an application's sources in Rust, TypeScript, JavaScript or Python, to look for
    /// names in; may be repeated.
    #[arg(long = "in", env = "PLG_IN", value_name = "FOLDER", value_delimiter = ',')]
    pub(crate) folders: Vec<PathBuf>,
}
