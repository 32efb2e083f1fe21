//! The flags of `plg dev`.

use clap::Parser;
use plg_cli::front::ListenAt;

/// Serve the sandbox of a stage, and deploy the stack to it whenever its sources change
///
/// Serves the sandbox of a stage as `sandbox serve` does, builds the stack, deploys it there without a question, and repeats that
/// each time a source changes. Applications that use the sandbox see the change at once. If the stack does not
/// compile, or a deploy fails, plg prints the reason and shows it on the sandbox's page, keeps the deployed resources,
/// and tries again at the next edit. Ctrl-C stops it.
#[derive(Debug, Parser)]
#[command(name = "plg dev", bin_name = "plg dev", max_term_width = 100)]
#[command(after_help = "Examples:\n  plg dev\n  plg dev --port 4949\n  plg -p my-stack dev --stage local --json")]
pub(crate) struct DevLine {
    #[command(flatten)]
    pub(crate) at: ListenAt,
}
