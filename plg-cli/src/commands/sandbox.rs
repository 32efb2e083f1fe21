//! `sandbox`: both APIs on this machine.

use super::deploy::confirm;
use crate::args::{Global, SandboxCommand};
use crate::confirm::Ask;
use crate::failure::Failure;
use crate::output::Output;
use crate::stage;
use plg_runtime::error::Error;
use plg_runtime::store::{Holder, Lock};
use plg_sandbox::{Sandbox, Settings};
use plg_schema::Stack;
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    command: SandboxCommand,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        SandboxCommand::Serve { listen, dir, project } => serve(listen, &dir, project, output).await,
        SandboxCommand::Reset { yes } => reset(stack, global, yes.yes, output),
    }
}

async fn serve(listen: SocketAddr, dir: &Path, project: u64, output: &Output) -> Result<ExitCode, Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(
            format!("{listen} is not an address of this machine alone"),
            "the sandbox asks nobody for a key: write `--listen 127.0.0.1:4848`",
        ));
    }
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| {
        Failure::refused(
            1,
            format!("cannot listen on {listen}: {e}"),
            "choose another port with --listen, or 0 for a free one",
        )
    })?;
    let cannot = |e: std::io::Error| {
        Failure::refused(
            1,
            format!("the sandbox in {} cannot be opened: {e}", dir.display()),
            "another sandbox may be using the folder: choose another with --dir",
        )
    };
    let sandbox = Sandbox::open(Some(dir), None).map_err(cannot)?;
    let settings = sandbox.settings();
    if settings.project != project {
        sandbox.set_settings(Settings { project, ..settings }).map_err(cannot)?;
    }
    let running = sandbox.run(listener).map_err(cannot)?;
    let url = running.url();
    output.event("listening", json!({ "url": url, "project": project }));
    output.data(&format!("Attio at {url}/v2, PostHog project {project} at {url}/api, control at {url}/_sandbox.\nAny key is good. Press Ctrl-C to stop."));
    let _ = tokio::signal::ctrl_c().await;
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}

fn reset(stack: &'static Stack, global: &Global, yes: bool, output: &Output) -> Result<ExitCode, Failure> {
    let place = stage::place(stack, global)?;
    if !place.is_local() {
        return Err(Failure::usage(
            format!("stage {} is not a sandbox", place.stage.name),
            "only a stage declared as `sandbox` can be reset",
        ));
    }
    confirm(
        Ask::YesNo,
        yes,
        &format!("Empty the sandbox of stage {}, and forget what was applied there?", place.stage.name),
    )?;
    // Nobody may be at work on it.
    let lock =
        Lock::take(&place.folder, &Holder::me("sandbox reset", "")).map_err(|e| Failure::from(Error::from(e)))?;
    let gone = |path: std::path::PathBuf| -> Result<(), Failure> {
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::refused(
                1,
                format!("cannot remove {}: {error}", path.display()),
                "mend the permissions, and run it again",
            )),
            _ => Ok(()),
        }
    };
    gone(place.sandbox_folder())?;
    gone(place.folder.join("journal"))?;
    gone(place.folder.join("state.json"))?;
    drop(lock);
    output.event("reset", json!({ "stage": place.stage.name }));
    output.data(&format!("The sandbox of stage {} is empty.", place.stage.name));
    Ok(ExitCode::SUCCESS)
}
