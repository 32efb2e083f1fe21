//! Programs that are built outside of this workspace, as others would build them: nothing but their own `Cargo.toml`
//! decides what of plg is in them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

/// A crate under `tests/alone`: a stack of one provider.
#[derive(Debug, Clone, Copy)]
pub struct AloneCrate {
    /// Its folder: the provider's word.
    pub provider: &'static str,
}

impl AloneCrate {
    fn folder(self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("alone").join(self.provider)
    }

    /// Builds its program with these features beside its default ones, and gives it under a name of its own.
    ///
    /// # Panics
    /// When it does not build.
    pub fn program(self, features: &str) -> PathBuf {
        let name = format!("only-{}", self.provider);
        let kept = format!("{name}-{}", if features.is_empty() { "own" } else { features });
        program(&self.folder(), &name, &["--features", features], &kept)
    }

    /// The packages it is built from with these arguments, by name.
    ///
    /// # Panics
    /// When cargo fails.
    pub fn tree(self, arguments: &[&str]) -> Vec<String> {
        let shown = ["-e", "normal", "--prefix", "none", "--format", "{p}"];
        let printed = cargo(&self.folder(), "tree", &[&shown, arguments].concat()).stdout;
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let names = printed.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// This workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the workspace").to_owned()
}

/// The folder that this program was built in: most of what others need is built there already.
///
/// # Panics
/// Where cargo did not build this program.
pub fn target() -> PathBuf {
    // `<target>/debug/deps/<this>`. The tag that cargo writes into a folder it makes is no sign of it: whoever made the
    // folder beforehand has none.
    let own = std::env::current_exe().expect("a program has a path");
    let found = own.ancestors().find(|folder| folder.ends_with("debug/deps")).and_then(|deps| deps.ancestors().nth(2));
    found.expect("cargo builds tests into debug/deps").to_owned()
}

/// Builds the program of a crate, and keeps it under a name of its own: the next build may have other features.
///
/// # Panics
/// When it does not build.
pub fn program(folder: &Path, name: &str, arguments: &[&str], kept: &str) -> PathBuf {
    let target = target();
    let into = ["-p", name, "--target-dir", target.to_str().expect("UTF-8")];
    cargo(folder, "build", &[arguments, &into].concat());
    let programs = target.join("alone");
    std::fs::create_dir_all(&programs).expect("a folder");
    let (new, kept) = (programs.join(format!("{kept}-{}", std::process::id())), programs.join(kept));
    // Another test may run the one that is there.
    std::fs::copy(target.join("debug").join(name), &new).expect("it was built");
    std::fs::rename(&new, &kept).expect("it is renamed");
    kept
}

/// Runs cargo on a workspace of its own, with the versions of this one and without a network.
///
/// # Panics
/// When it fails.
pub fn cargo(folder: &Path, command: &str, arguments: &[&str]) -> Output {
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    let _one = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the folder can be written");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo tells a test about its package is not about the one that is built here.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST")) {
            cargo.env_remove(name);
        }
    }
    cargo.args([command, "--quiet", "--offline", "--manifest-path"]).arg(folder.join("Cargo.toml")).args(arguments);
    let output = cargo.output().expect("cargo starts");
    let said = || String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    assert!(output.status.success(), "cargo {command} in {}: {}", folder.display(), said());
    output
}
