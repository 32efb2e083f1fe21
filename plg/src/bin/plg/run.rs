//! Builds a stack's program with cargo, and becomes it.

use crate::found::{FoundStack, cargo, no_cargo};
use crate::libraries::{self, ClaimedLibrary, SharedLibrary};
use crate::line::StackCall;
use plg_cli::front::FrontFailure;
use serde_json::Value;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a build may take before it is said that there is one.
pub(crate) const SILENT: Duration = Duration::from_secs(2);

/// Runs a command of a stack in this folder. Where the program does not build, cargo has said why, and the exit code is
/// cargo's.
pub(crate) fn run(stack: &FoundStack, call: &StackCall) -> Result<ExitCode, FrontFailure> {
    let mut build = Command::new(cargo());
    build.args(words(stack, call, "json-render-diagnostics"));
    // The first build takes minutes, and cargo shows how far it is; later ones take seconds, and say nothing.
    let again = program(stack, call).exists();
    if again {
        build.arg("--quiet");
    }
    let library = SharedLibrary::of(stack, call);
    let claimed = library.as_ref().map(|library| claim(library, stack));
    // Cargo's standard error is this one: what it says there keeps its colours.
    let child = build.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().map_err(no_cargo)?;
    let building = again.then(|| Building::begin(&stack.package));
    let output = child.wait_with_output().map_err(no_cargo)?;
    drop(building);
    if !output.status.success() {
        // A signal has no code: whoever interrupted the build gets what an interrupted command gives.
        return Ok(output
            .status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::from(130), ExitCode::from));
    }
    claimed.iter().for_each(ClaimedLibrary::keep);
    drop(claimed);
    let program = built(&output.stdout, &stack.program).ok_or_else(|| {
        FrontFailure::unusable(
            format!("cargo built `{}` and did not report the path of its program", stack.package),
            format!("run it through cargo: `cargo run -p {} -- …`", stack.package),
        )
    })?;
    let mut command = libraries::with(Command::new(&program), stack, &program);
    become_it(command.args(&call.arguments)).map_err(|error| {
        FrontFailure::unusable(format!("{} cannot be started: {error}", program.display()), "build it anew")
    })
}

/// How often somebody who waits for another build looks whether it is done.
pub(crate) const LOOKS: Duration = Duration::from_millis(50);

/// Waits until nobody else builds the library, and says so.
fn claim<'a>(library: &'a SharedLibrary, stack: &FoundStack) -> ClaimedLibrary<'a> {
    let mut is_said = false;
    loop {
        if let Some(claimed) = library.claim() {
            return claimed;
        }
        if !is_said {
            let _ = writeln!(std::io::stderr(), "Waiting for another build in {} …", stack.target.display());
            is_said = true;
        }
        std::thread::sleep(LOOKS);
    }
}

/// The arguments for cargo: what to build, and how to write its messages.
pub(crate) fn words(stack: &FoundStack, call: &StackCall, messages: &str) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["build".into(), format!("--message-format={messages}").into()];
    words.extend(["--manifest-path".into(), stack.manifest.clone().into(), "--bin".into(), (&stack.program).into()]);
    words.extend(call.features.iter().flat_map(|list| ["--features".into(), list.clone()]));
    words.extend(call.release.then(|| "--release".into()));
    // What is released is copied to other machines, and needs no library beside it.
    words.extend(stack.shared.iter().filter(|_| !call.release).flat_map(|name| ["--features".into(), name.into()]));
    words
}

/// Where cargo puts the program by itself.
pub(crate) fn program(stack: &FoundStack, call: &StackCall) -> PathBuf {
    let profile = if call.release { "release" } else { "debug" };
    stack.target.join(profile).join(format!("{}{}", stack.program, std::env::consts::EXE_SUFFIX))
}

/// Where cargo says that a program is.
pub(crate) fn built(messages: &[u8], program: &str) -> Option<PathBuf> {
    let lines = messages.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let artifacts = lines.filter(|line| line["reason"] == "compiler-artifact" && line["target"]["name"] == program);
    artifacts.filter_map(|line| line["executable"].as_str().map(PathBuf::from)).next_back()
}

/// From here on the process is the stack's program: signals, standard streams and the exit code are its own.
#[cfg(unix)]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.arg0("plg").exec())
}

/// Where a process cannot become another one, it waits for it.
#[cfg(not(unix))]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Says that a build goes on, once it takes long.
struct Building {
    done: Option<mpsc::Sender<()>>,
    said: Option<std::thread::JoinHandle<()>>,
}

impl Building {
    fn begin(package: &str) -> Building {
        let (done, waits) = mpsc::channel();
        let line = format!("Building {package} …\n");
        let said = std::thread::spawn(move || {
            if waits.recv_timeout(SILENT) == Err(mpsc::RecvTimeoutError::Timeout) && std::io::stderr().is_terminal() {
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
        });
        Building { done: Some(done), said: Some(said) }
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(said) = self.said.take() {
            let _ = said.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_where_cargo_says() {
        let messages = concat!(
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"plg\"},\"executable\":null}\n",
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"shop\"},\"executable\":null}\n",
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"shop\"},\"executable\":\"/t/debug/shop\"}\n",
            "{\"reason\":\"build-finished\",\"success\":true}\n",
        );
        assert_eq!(built(messages.as_bytes(), "shop"), Some("/t/debug/shop".into()));
        assert_eq!(built(b"", "shop"), None);
    }
}
