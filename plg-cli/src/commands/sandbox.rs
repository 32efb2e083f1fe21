//! `sandbox`: the APIs of a stack on this machine.

use super::deploy::confirm;
use crate::args::{Global, Yes};
use crate::confirm::Ask;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::sandboxes::{self, Numbers};
use crate::stage;
use clap::Subcommand;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::store::{Holder, Lock};
use plg_sandbox::Settings;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The sandbox: the APIs of this stack on this machine.
#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serve every account of this stack until interrupted, with a page that shows what is in them, and control under /_sandbox.
    Serve {
        /// The loopback address to listen on; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:4848")]
        listen: SocketAddr,
        /// Where its data is kept.
        #[arg(long, default_value = ".plg/sandbox", value_name = "FOLDER")]
        dir: PathBuf,
        /// The number of its first account, where an API numbers them.
        #[arg(long, default_value_t = 12345)]
        project: u64,
    },
    /// Empty the sandbox of a stage, and forget what was applied there.
    Reset {
        #[command(flatten)]
        yes: Yes,
    },
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    command: &SandboxCommand,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    match command {
        SandboxCommand::Serve { listen, dir, project } => serve(stack, *listen, dir, *project, output).await,
        SandboxCommand::Reset { yes } => reset(stack, global, yes.yes, output),
    }
}

async fn serve(
    stack: &'static Stack,
    listen: SocketAddr,
    dir: &Path,
    project: u64,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    if !listen.ip().is_loopback() {
        return Err(CommandFailure::usage(
            format!("{listen} is not an address of this machine alone"),
            "the sandbox asks nobody for a key: write `--listen 127.0.0.1:4848`",
        ));
    }
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| {
        CommandFailure::refused(
            codes::SANDBOX_UNUSABLE,
            Exit::Internal,
            format!("cannot listen on {listen}: {e}"),
            "choose another port with --listen, or 0 for a free one",
        )
    })?;
    let cannot = |e: std::io::Error| {
        CommandFailure::refused(
            codes::SANDBOX_UNUSABLE,
            Exit::Internal,
            format!("the sandbox in {} cannot be opened: {e}", dir.display()),
            "another sandbox may be using the folder: choose another with --dir",
        )
    };
    let accounts = sandboxes::accounts(stack);
    let sandbox = sandboxes::builder(&accounts).dir(dir).open().map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidInput => sandboxes::unusable(dir, &error),
        _ => cannot(error),
    })?;
    let settings = sandbox.settings();
    if settings.project != project {
        sandbox.set_settings(Settings { project, ..settings }).map_err(cannot)?;
    }
    let running = sandbox.run(listener).map_err(cannot)?;
    let (url, numbers) = (running.url(), Numbers::of(running.sandbox(), &accounts));
    let served = sandboxes::endpoints(&accounts, &url, &numbers).0;
    let named = served.iter().map(|one| {
        let holes: serde_json::Map<String, Value> =
            one.holes.iter().map(|(hole, number)| ((*hole).to_owned(), number.as_str().into())).collect();
        json!({ "account": one.account.0, "provider": one.provider.title, "url": one.base, "numbers": holes })
    });
    let accounts: Vec<Value> = named.collect();
    output
        .event("listening", json!({ "url": url, "project": project, "page": format!("{url}/"), "accounts": accounts }));
    let lines: Vec<String> = served.iter().map(sandboxes::line).chain([format!("control at {url}/_sandbox")]).collect();
    output.data(&format!(
        "What is deployed here is shown at {url}/ and followed there.\n{}.\nAny key is good. Press Ctrl-C to stop.",
        lines.join(", ")
    ));
    let _ = tokio::signal::ctrl_c().await;
    running.stop().await;
    Ok(Exit::Done)
}

fn reset(stack: &'static Stack, global: &Global, yes: bool, output: &Output) -> Result<Exit, CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    if !chosen.is_local() {
        return Err(CommandFailure::usage(
            format!("stage {} is not a sandbox", chosen.stage.name),
            "only a stage declared as `sandbox` can be reset",
        ));
    }
    confirm(
        Ask::YesNo,
        yes,
        &format!("Empty the sandbox of stage {}, and forget what was applied there?", chosen.stage.name),
    )?;
    // Nobody may be at work on it.
    let lock = Lock::take(&chosen.folder, &Holder::me("sandbox reset", ""))
        .map_err(|e| CommandFailure::from(Error::from(e)))?;
    let gone = |path: std::path::PathBuf| -> Result<(), CommandFailure> {
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(CommandFailure::refused(
                codes::SANDBOX_UNUSABLE,
                Exit::Internal,
                format!("cannot remove {}: {error}", path.display()),
                "mend the permissions, and run it again",
            )),
            _ => Ok(()),
        }
    };
    gone(chosen.sandbox_folder())?;
    gone(chosen.folder.join("journal"))?;
    gone(chosen.folder.join("state.json"))?;
    drop(lock);
    output.event("reset", json!({ "stage": chosen.stage.name }));
    output.data(&format!("The sandbox of stage {} is empty.", chosen.stage.name));
    Ok(Exit::Done)
}
