//! Where a stack's program finds its shared libraries: `plg-shared`, and Rust's own.

use crate::found::FoundStack;
use crate::line::StackCall;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The variable by which the system's loader is told where libraries are, as `cargo run` tells it.
const PATHS: &str = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };

/// A command of a stack's program, which cargo built at `program`: told where its libraries are, if it has any.
pub(crate) fn with(mut command: Command, stack: &FoundStack, program: &Path) -> Command {
    if stack.shared.is_some() {
        let own = Some(own_folder(stack)).filter(|folder| folder.join(name()).is_file());
        let beside = program.parent().map(|folder| folder.join("deps"));
        let known = std::env::var_os(PATHS);
        let known = known.iter().flat_map(std::env::split_paths);
        // A folder whose name has a `:` in it cannot be told: then the loader says which library it does not find.
        if let Ok(paths) = std::env::join_paths(own.into_iter().chain(beside).chain(of_rust(stack)).chain(known)) {
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
/// takes a file that is there for the one that it made. Where several stacks are built in one folder, as `CARGO_TARGET_DIR`
/// says, one would be linked with the library of another, which rustc refuses. So each has a link to its own, by which it is
/// started, and one is built at a time.
pub(crate) struct SharedLibrary {
    /// Where cargo puts it.
    file: PathBuf,
    /// The stack's own, as it was built last.
    own: PathBuf,
    /// With which features that was.
    features: String,
    /// The stack's `Cargo.toml`.
    manifest: PathBuf,
    lock: PathBuf,
}

/// A library that nobody else builds meanwhile.
pub(crate) struct ClaimedLibrary<'a> {
    library: &'a SharedLibrary,
    _lock: Option<File>,
}

/// Beside a library: whose it is.
const MANIFEST: &str = "manifest";

fn name() -> String {
    format!("{DLL_PREFIX}plg_shared{DLL_SUFFIX}")
}

/// The folder of a stack's own library.
fn own_folder(stack: &FoundStack) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    stack.manifest.hash(&mut hasher);
    stack.target.join("debug/plg-shared").join(format!("{}-{:016x}", stack.package, hasher.finish()))
}

impl SharedLibrary {
    /// The one of a stack, where it is built with one.
    pub(crate) fn of(stack: &FoundStack, call: &StackCall) -> Option<SharedLibrary> {
        stack.shared.as_ref().filter(|_| !call.release)?;
        Some(SharedLibrary {
            file: stack.target.join("debug/deps").join(name()),
            own: own_folder(stack).join(name()),
            features: format!("{:?}", call.features),
            manifest: stack.manifest.clone(),
            lock: stack.target.join("debug/plg-shared/lock"),
        })
    }

    /// Keeps others from building it, and takes the file away where it is another stack's, so that cargo links this one's.
    /// To be held while cargo builds. Nothing where somebody else builds one.
    pub(crate) fn claim(&self) -> Option<ClaimedLibrary<'_>> {
        // Where there can be no lock, cargo says what is wrong with the folder.
        let lock = self
            .lock
            .parent()
            .and_then(|folder| fs::create_dir_all(folder).ok())
            .and_then(|()| File::options().create(true).truncate(false).write(true).open(&self.lock).ok());
        if lock.as_ref().is_some_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock))) {
            return None;
        }
        if !self.is_own() {
            let _ = fs::remove_file(&self.file);
        }
        Some(ClaimedLibrary { library: self, _lock: lock })
    }

    /// Whether the file is the one that was last built for this stack, with these features.
    fn is_own(&self) -> bool {
        let of = |path: &Path| fs::metadata(path).and_then(|data| Ok((data.len(), data.modified()?))).ok();
        let features = fs::read_to_string(self.own.with_extension("features")).ok();
        of(&self.file) == of(&self.own) && features.as_ref() == Some(&self.features)
    }
}

impl ClaimedLibrary<'_> {
    /// Remembers the file as this stack's. To be called after a build that succeeded.
    pub(crate) fn keep(&self) {
        let SharedLibrary { file, own, features, manifest, .. } = self.library;
        if self.library.is_own() {
            return;
        }
        // Without a link of its own, the stack is started with the file itself, and the next build links it once more.
        let _ = fs::remove_file(own);
        if let Some(folder) = own.parent() {
            let linked = fs::create_dir_all(folder).and_then(|()| fs::hard_link(file, own));
            let noted = linked.and_then(|()| fs::write(folder.join(MANIFEST), manifest.as_os_str().as_encoded_bytes()));
            let _ = noted.and_then(|()| fs::write(own.with_extension("features"), features));
            folder.parent().iter().for_each(|all| forget_what_is_gone(all));
        }
    }
}

/// Removes the libraries of stacks that are no more: each is a hundred megabytes.
fn forget_what_is_gone(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let manifest = fs::read_to_string(entry.path().join(MANIFEST));
        if manifest.is_ok_and(|manifest| !Path::new(&manifest).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stack_has_its_own_library() {
        let folder = tempfile::tempdir().expect("a folder");
        let of = |stack: &str, features: &str| SharedLibrary {
            file: folder.path().join("library"),
            own: folder.path().join("all").join(stack).join("library"),
            features: features.to_owned(),
            manifest: folder.path().join(format!("{stack}.toml")),
            lock: folder.path().join("lock"),
        };
        let (shop, school) = (of("shop", ""), of("school", ""));
        for one in [&shop, &school] {
            fs::write(&one.manifest, "").expect("a file");
        }
        // Whether it had to be linked.
        let build = |one: &SharedLibrary, text: &str| {
            let claimed = one.claim().expect("nobody else builds");
            assert!(school.claim().is_none(), "one at a time");
            let linked = !one.file.exists();
            if linked {
                fs::write(&one.file, text).expect("a file");
            }
            claimed.keep();
            assert_eq!(fs::read_to_string(&one.own).expect("its own"), text);
            linked
        };
        assert_eq!([build(&shop, "1"), build(&shop, "1")], [true, false]);
        assert_eq!([build(&school, "22"), build(&school, "22")], [true, false]);
        assert_eq!(fs::read_to_string(&shop.own).expect("its own"), "1", "the other one is started with its own");
        assert_eq!([build(&shop, "1"), build(&of("shop", "postgres"), "333"), build(&shop, "1")], [true, true, true]);
        fs::remove_file(&shop.manifest).expect("it is there");
        assert!(build(&school, "22"));
        assert!(!shop.own.exists() && school.own.exists(), "a stack that is no more has no library");
    }
}
