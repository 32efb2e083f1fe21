//! Where a stack's program finds its shared libraries: `plg-shared`, and Rust's own.

use crate::found::FoundStack;
use crate::line::StackCall;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::fs;
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

/// The library `plg-shared` in the folder that a stack is built in. Cargo gives it the same file name for every stack, and
/// takes a file that is there for the one that it made: where two stacks are built in one folder, as `CARGO_TARGET_DIR`
/// says, the second would be linked with the library of the first, and rustc refuses that.
pub(crate) struct SharedLibrary {
    file: PathBuf,
    /// Says which stack the file was last built for.
    note: PathBuf,
    whose: String,
}

impl SharedLibrary {
    /// The one of a stack, where it is built with one.
    pub(crate) fn of(stack: &FoundStack, call: &StackCall) -> Option<SharedLibrary> {
        stack.shared.as_ref().filter(|_| !call.release)?;
        let folder = stack.target.join("debug");
        Some(SharedLibrary {
            file: folder.join("deps").join(format!("{DLL_PREFIX}plg_shared{DLL_SUFFIX}")),
            note: folder.join(".plg-shared"),
            whose: format!("{} {:?}", stack.manifest.display(), call.features),
        })
    }

    /// Takes the file away where it was built for another stack, so that cargo links this one's. To be called before a build.
    pub(crate) fn claim(&self) {
        let kept = fs::read_to_string(&self.note).ok();
        if self.is().is_some_and(|is| kept != Some(is)) {
            // Where it cannot be taken away, the build says what is wrong with it.
            let _ = fs::remove_file(&self.file);
        }
    }

    /// Notes that the file is this stack's. To be called after a build that succeeded.
    pub(crate) fn keep(&self) {
        if let Some(is) = self.is() {
            // Without the note, the next build links the library once more.
            let _ = fs::write(&self.note, is);
        }
    }

    /// Whose the file would be, and which file it is.
    fn is(&self) -> Option<String> {
        let data = fs::metadata(&self.file).ok()?;
        Some(format!("{}\n{} {:?}\n", self.whose, data.len(), data.modified().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_of_another_stack_is_taken_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let of = |whose: &str| SharedLibrary {
            file: folder.path().join("library"),
            note: folder.path().join("note"),
            whose: whose.to_owned(),
        };
        let (shop, school) = (of("shop"), of("school"));
        let build = |one: &SharedLibrary, text: &str| {
            one.claim();
            let linked = !one.file.exists();
            if linked {
                fs::write(&one.file, text).expect("a file");
            }
            one.keep();
            linked
        };
        assert_eq!([build(&shop, "1"), build(&shop, "1")], [true, false]);
        assert_eq!([build(&school, "22"), build(&school, "22"), build(&shop, "1")], [true, false, true]);
        // Somebody built it without `plg`.
        fs::write(&shop.file, "333").expect("a file");
        assert_eq!([build(&shop, "1"), build(&shop, "1")], [true, false]);
    }
}
