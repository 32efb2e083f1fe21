//! Where a stack's program finds its shared libraries: `plg-shared`, and Rust's own.

use crate::found::FoundStack;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The variable by which the system's loader is told where libraries are, as `cargo run` tells it.
const PATHS: &str = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };

/// A command of a stack's program, which cargo built at `program`: told where its libraries are, if it has any.
pub(crate) fn with(mut command: Command, stack: &FoundStack, program: &Path) -> Command {
    if stack.shared.is_some() {
        let beside = program.parent().map(|folder| folder.join("deps"));
        let known = std::env::var_os(PATHS);
        let known = known.iter().flat_map(std::env::split_paths);
        // A folder whose name has a `:` in it cannot be told: then the loader says which library it does not find.
        if let Ok(paths) = std::env::join_paths(beside.into_iter().chain(of_rust(stack)).chain(known)) {
            command.env(PATHS, paths);
        }
    }
    command
}

/// Where Rust's own library is: that of the compiler which builds in the stack's folder.
fn of_rust(stack: &FoundStack) -> Option<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let mut asked = Command::new(rustc);
    asked.args(["--print", "target-libdir"]).current_dir(stack.manifest.parent()?);
    let output = asked.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| path.trim_end().into())
}
