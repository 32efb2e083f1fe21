//! `sandbox`: the APIs of a stack on this machine.

use super::deploy::{confirm, signal};
use crate::args::{Global, Yes};
use crate::confirm::Ask;
use crate::control;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::sandboxes::{self, Numbers};
use crate::stage::{self, ChosenStage};
use clap::{Args, Subcommand};
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::http::Endpoint;
use plg_runtime::store::{Holder, Lock};
use plg_sandbox::{Running, Settings};
use serde_json::{Value, json};
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::sync::oneshot;

/// Serve or empty the sandbox: the APIs of this stack on this machine.
#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serve the sandbox of a stage until interrupted: to applications, to other clients, and with a page that shows the deployed
    /// resources. `plan` and `deploy` work while it runs.
    Serve {
        #[command(flatten)]
        at: ListenAt,
        /// Serve a separate sandbox, which no stage deploys to, and keep it in this folder.
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
        /// The number of its first account, if the API numbers accounts; default: the number used before, or 12345.
        #[arg(long)]
        project: Option<u64>,
        /// End when standard input ends, too: for a program that starts it, and may die without stopping it.
        #[arg(long, hide = true)]
        with_input: bool,
    },
    /// Empty the sandbox of a stage, and delete the state of the stage.
    Reset {
        #[command(flatten)]
        yes: Yes,
    },
}

/// Where a sandbox listens.
#[derive(Debug, Clone, Copy, Args)]
pub struct ListenAt {
    /// The loopback address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", value_parser = address, default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 4848)))]
    listen: SocketAddr,
    /// The port of 127.0.0.1 to listen on: `--port 4949` is `--listen 127.0.0.1:4949`.
    #[arg(long, value_name = "PORT", conflicts_with = "listen")]
    port: Option<u16>,
}

/// An address with its port.
fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "an address has an IP and a port, such as 127.0.0.1:4848")
}

impl ListenAt {
    /// The address that both flags come to.
    #[must_use]
    pub fn address(self) -> SocketAddr {
        self.port.map_or(self.listen, |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    command: &SandboxCommand,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    match command {
        SandboxCommand::Serve { at, dir, project, with_input } => {
            let ends = async {
                if *with_input {
                    tokio::select! {
                        () = signal() => {}
                        () = input_ends() => {}
                    }
                } else {
                    signal().await;
                }
            };
            serve(stack, global, at.address(), (dir.as_deref(), *project), output, ends).await
        }
        SandboxCommand::Reset { yes } => reset(stack, global, yes.yes, output).await,
    }
}

async fn serve(
    stack: &'static Stack,
    global: &Global,
    listen: SocketAddr,
    (dir, project): (Option<&Path>, Option<u64>),
    output: &Output,
    ends: impl Future<Output = ()>,
) -> Result<Exit, CommandFailure> {
    // That of a stage, where nobody wants one beside it.
    let chosen = if dir.is_none() { Some(of_stage(stack, global)?) } else { None };
    let folder = match (dir, &chosen) {
        (Some(dir), _) => dir.to_owned(),
        (None, Some(chosen)) => chosen.own_sandbox()?,
        (None, None) => return Err(CommandFailure::internal("there is no folder for the sandbox".to_owned())),
    };
    let dir = folder.as_path();
    if !listen.ip().is_loopback() {
        return Err(CommandFailure::usage(
            format!("--listen {listen} would let other machines use the sandbox, which accepts any key"),
            format!("listen on this machine alone: `--listen 127.0.0.1:{}`", listen.port()),
        ));
    }
    if let Some((chosen, url)) = chosen.as_ref().and_then(|chosen| Some((chosen, chosen.served_at()?))) {
        return Err(CommandFailure::refused(
            codes::SANDBOX_UNUSABLE,
            Exit::Locked,
            format!("the sandbox of stage {} is served already, at {url}/", chosen.stage.name),
            "use that one, or stop the `sandbox serve` or `plg dev` that serves it",
        ));
    }
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| {
        CommandFailure::refused(
            codes::SANDBOX_UNUSABLE,
            Exit::Internal,
            format!("cannot listen on {listen}: {e}"),
            "choose another port with --port, or `--port 0` for a free one",
        )
    })?;
    let cannot = |e: std::io::Error| {
        CommandFailure::refused(
            codes::SANDBOX_UNUSABLE,
            Exit::Internal,
            format!("the sandbox in {} cannot be opened: {e}", dir.display()),
            "another command may be using it: wait until it is done, or serve a separate sandbox with `--dir FOLDER`",
        )
    };
    let accounts = sandboxes::accounts(stack);
    let sandbox = sandboxes::builder(&accounts).dir(dir).open().map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidInput => sandboxes::unusable(dir, &error),
        _ => cannot(error),
    })?;
    let settings = sandbox.settings();
    let project = project.unwrap_or(settings.project);
    if settings.project != project {
        sandbox.set_settings(Settings { project, ..settings }).map_err(cannot)?;
    }
    let running = sandbox.run(listener).map_err(cannot)?;
    let (url, numbers) = (running.url(), Numbers::of(running.sandbox(), &accounts));
    // Whoever plans or deploys meanwhile comes here; and it is gone again when this ends.
    let address =
        chosen.as_ref().map(|_| AddressFile::write(dir, &numbers.served_lines(&url))).transpose().map_err(cannot)?;
    let served = sandboxes::endpoints(&accounts, &url, &numbers).0;
    let named = served.iter().map(|one| {
        let holes: serde_json::Map<String, Value> =
            one.holes.iter().map(|(hole, number)| ((*hole).to_owned(), number.as_str().into())).collect();
        let keys = running.sandbox().public_keys(one.account.0);
        let keys: serde_json::Map<String, Value> = keys.into_iter().map(|(name, key)| (name.to_owned(), key.into())).collect();
        json!({ "account": one.account.0, "provider": one.provider.title, "url": one.base, "numbers": holes, "keys": keys })
    });
    let accounts: Vec<Value> = named.collect();
    let says = told(&running, &served, chosen.as_ref(), &url);
    output.event(
        "listening",
        json!({ "url": url, "project": project, "page": format!("{url}/"), "accounts": accounts, "says": says }),
    );
    output.data(&says.join("\n"));
    ends.await;
    drop(address);
    running.stop().await;
    Ok(Exit::Done)
}

/// What somebody needs who uses a sandbox that is served.
fn told(running: &Running, served: &[Endpoint], chosen: Option<&ChosenStage>, url: &str) -> Vec<String> {
    let mut lines = vec![format!("The page at {url}/ shows the deployed resources and follows each change.")];
    for one in served {
        lines.push(sandboxes::line(one));
        let base = one.base.trim_end_matches('/');
        for (name, key) in running.sandbox().public_keys(one.account.0) {
            lines.push(format!("  an application uses the host {base} and the {name} {key}"));
        }
    }
    lines.push(format!("control at {url}/_sandbox"));
    lines.extend(chosen.map(|chosen| {
        format!(
            "While this runs, `plan` and `deploy` of stage {} use this sandbox, from any terminal.",
            chosen.stage.name
        )
    }));
    lines.push("Any personal API key is accepted. Press Ctrl-C to stop.".to_owned());
    lines
}

/// Returns once standard input has ended.
async fn input_ends() {
    let (ended, ends) = oneshot::channel();
    // A thread of its own, which ends with the process: the runtime would wait for one of its threads that reads.
    std::thread::spawn(move || {
        let (mut input, mut read) = (std::io::stdin().lock(), [0; 64]);
        while input.read(&mut read).is_ok_and(|many| many > 0) {}
        let _ = ended.send(());
    });
    let _ = ends.await;
}

/// The file that says where a sandbox is served, as long as it is.
struct AddressFile(PathBuf);

impl AddressFile {
    fn write(folder: &Path, lines: &str) -> std::io::Result<AddressFile> {
        let path = folder.join("address");
        std::fs::write(&path, lines)?;
        Ok(AddressFile(path))
    }
}

impl Drop for AddressFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The stage that is meant, which has to be a sandbox.
fn of_stage(stack: &'static Stack, global: &Global) -> Result<ChosenStage, CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    if chosen.is_local() {
        return Ok(chosen);
    }
    let name = chosen.stage.name;
    Err(CommandFailure::usage(
        format!("stage {name} is not a sandbox"),
        "choose a stage that is declared as `sandbox`; or serve a separate sandbox, which no stage deploys to: `sandbox serve --dir FOLDER`",
    ))
}

async fn reset(stack: &'static Stack, global: &Global, yes: bool, output: &Output) -> Result<Exit, CommandFailure> {
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
        &format!("Empty the sandbox of stage {}, and delete the state of the stage?", chosen.stage.name),
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
                "change its permissions, then run it again",
            )),
            _ => Ok(()),
        }
    };
    // One that is served keeps its folder, and empties itself.
    match chosen.served_at() {
        Some(url) => control::send(&url, "POST", "/_sandbox/reset", None).await.map_err(|error| {
            CommandFailure::refused(
                codes::SANDBOX_UNUSABLE,
                Exit::Internal,
                format!("the sandbox served at {url} cannot be emptied: {error}"),
                "stop `sandbox serve`, then run this again",
            )
        })?,
        None => gone(chosen.sandbox_folder())?,
    }
    gone(chosen.folder.join("journal"))?;
    gone(chosen.folder.join("state.json"))?;
    drop(lock);
    output.event("reset", json!({ "stage": chosen.stage.name }));
    output.data(&format!("The sandbox of stage {} is empty.", chosen.stage.name));
    Ok(Exit::Done)
}
