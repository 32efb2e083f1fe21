//! The sandbox that is served while a stack is edited.
//!
//! It is served by a copy of the stack's program: cargo writes the next one over the first, which some systems refuse while
//! that runs. The copy goes on while the stack is built anew, and every deploy goes to it. It gives way to a newer one where
//! that serves something else.

use super::child;
use crate::found::FoundStack;
use crate::libraries;
use plg_cli::front::{FrontFailure, FrontFlags};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// Providers whose sandboxes come with plg. That of any other is part of what an edit may change.
const WITH_PLG: &[&str] = &["Attio", "PostHog"];

/// A sandbox that is served by a program of the stack.
#[derive(Debug)]
pub(crate) struct ServedSandbox {
    child: Child,
    /// Apart from the process, as waiting for that would end its input.
    input: Option<ChildStdin>,
    copy: ProgramCopy,
    /// What `sandbox serve` says of itself.
    pub(crate) listening: Value,
}

impl ServedSandbox {
    /// Serves the sandbox of a stage by a copy of this program, and waits until it is there.
    pub(crate) async fn start(
        stack: &FoundStack,
        program: &Path,
        flags: &FrontFlags,
        listen: &str,
    ) -> Result<ServedSandbox, FrontFailure> {
        let target = &stack.target;
        let copy = ProgramCopy::of(program, target).map_err(|error| {
            FrontFailure::unusable(
                format!("{} cannot be copied to {}: {error}", program.display(), target.display()),
                "free disk space, or change the permissions of that folder",
            )
        })?;
        let mut command: Command = libraries::with(process::Command::new(&copy.0), stack, program).into();
        command.args(["sandbox", "serve", "--json", "--with-input", "--listen", listen]).args(flags.passed());
        // It ends once its input does, also where this program dies before it ended anything.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        #[cfg(windows)]
        command.creation_flags(NEW_GROUP);
        let mut child = child::start(&mut command).map_err(|error| {
            FrontFailure::unusable(format!("{} cannot be started: {error}", copy.0.display()), "build it anew")
        })?;
        let input = child.stdin.take();
        let mut lines = child.stdout.take().map(|out| BufReader::new(out).lines());
        while let Some(lines) = &mut lines {
            let Ok(Some(line)) = lines.next_line().await else { break };
            let Ok(event) = serde_json::from_str::<Value>(&line) else { continue };
            match event["event"].as_str() {
                Some("listening") => return Ok(ServedSandbox { child, input, copy, listening: event }),
                Some("error") => {
                    child::ended(&mut child).await;
                    return Err(FrontFailure::said(&event));
                }
                _ => {}
            }
        }
        child::ended(&mut child).await;
        Err(FrontFailure::unusable(
            "the stack's program does not serve its sandbox",
            "set `plg` in the stack's `Cargo.toml` to the version of this program",
        ))
    }

    /// Where it is: `http://127.0.0.1:4848`.
    pub(crate) fn url(&self) -> &str {
        self.listening["url"].as_str().unwrap_or_default()
    }

    /// Whether a newer program has to serve it. `is_fresh` says that the program is the same.
    pub(crate) fn is_outdated(&self, needed: &BTreeSet<String>, is_fresh: bool) -> bool {
        is_outdated(&self.listening["accounts"], needed, is_fresh)
    }

    /// Waits until it ended by itself.
    pub(crate) async fn gone(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Lets it answer what is under way, and end.
    pub(crate) async fn stop(mut self) {
        drop(self.input.take());
        child::ended(&mut self.child).await;
        drop(self.copy);
    }
}

/// Whether a sandbox that serves these accounts lacks one that is needed, or is in part the stack's own code, which changed.
fn is_outdated(served: &Value, needed: &BTreeSet<String>, is_fresh: bool) -> bool {
    let served = || served.as_array().into_iter().flatten();
    let there: BTreeSet<&str> = served().filter_map(|one| one["account"].as_str()).collect();
    let has_own = served().any(|one| !WITH_PLG.iter().any(|with| one["provider"] == *with));
    needed.iter().any(|account| !there.contains(account.as_str())) || (has_own && !is_fresh)
}

/// After how long a copy runs, or never will.
const STARTED: Duration = Duration::from_secs(60);

/// Ctrl-C is not for a process that is started with it.
#[cfg(windows)]
const NEW_GROUP: u32 = 0x200;

/// A copy of a program, as long as it is needed.
#[derive(Debug)]
struct ProgramCopy(PathBuf);

impl ProgramCopy {
    /// Copies it beside what cargo builds: programs can run there.
    fn of(program: &Path, target: &Path) -> io::Result<ProgramCopy> {
        let folder = target.join("plg-dev");
        std::fs::create_dir_all(&folder)?;
        // Those of programs that died before they removed them. One that runs is not removed on some systems, and on others
        // does not need its file any more; one that is about to does, and is young.
        let is_old = |left: &DirEntry| {
            left.metadata()
                .and_then(|about| about.modified())
                .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STARTED))
        };
        for left in std::fs::read_dir(&folder)?.flatten().filter(is_old) {
            let _ = std::fs::remove_file(left.path());
        }
        let mut name: OsString = format!("{}-", std::process::id()).into();
        name.push(program.file_name().unwrap_or_default());
        let copy = folder.join(name);
        std::fs::copy(program, &copy)?;
        Ok(ProgramCopy(copy))
    }
}

impl Drop for ProgramCopy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sandbox_goes_on_unless_it_would_serve_something_else() {
        let posthog = json!([{ "account": "posthog", "provider": "PostHog" }]);
        let own = json!([{ "account": "posthog", "provider": "PostHog" }, { "account": "acme", "provider": "Acme" }]);
        let needed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
        for (served, accounts, is_fresh, is_old) in [
            (&posthog, needed(&["posthog"]), false, false),
            (&posthog, needed(&[]), false, false),
            (&posthog, needed(&["posthog", "marketing"]), false, true),
            (&own, needed(&["acme"]), false, true),
            (&own, needed(&["acme"]), true, false),
        ] {
            assert_eq!(is_outdated(served, &accounts, is_fresh), is_old, "{served} {accounts:?} {is_fresh}");
        }
    }
}
