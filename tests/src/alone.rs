//! Stacks of one provider: programs of their own, built outside of this workspace, where nothing but their own
//! `Cargo.toml` decides what of plg is in them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// A crate under `tests/alone`.
#[derive(Debug, Clone, Copy)]
pub struct AloneCrate {
    /// Its folder: the provider's word.
    pub provider: &'static str,
}

/// A cargo that is at work on one of them.
static BUSY: Mutex<()> = Mutex::new(());

impl AloneCrate {
    /// Its folder.
    pub fn folder(self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("alone").join(self.provider)
    }

    /// Builds its program with these features beside its default ones, and gives it under a name of its own.
    ///
    /// # Panics
    /// When it does not build.
    pub fn program(self, features: &str) -> PathBuf {
        let _one_by_one = BUSY.lock();
        let target = target();
        self.cargo("build", &["--features", features, "--target-dir", target.to_str().expect("UTF-8")]);
        let built = target.join("debug").join(format!("only-{}", self.provider));
        // The next build with other features writes over it.
        let folder = target.join("alone");
        std::fs::create_dir_all(&folder).expect("a folder");
        let kept = folder.join(format!("{}-{}", self.provider, if features.is_empty() { "own" } else { features }));
        // Another test may run the one that is there.
        let new = folder.join(format!("{}-{}", self.provider, std::process::id()));
        std::fs::copy(&built, &new).expect("it was built");
        std::fs::rename(&new, &kept).expect("it is renamed");
        kept
    }

    /// The packages it is built from with these arguments, as `cargo tree` prints them: one a line, sorted, each once.
    ///
    /// # Panics
    /// When cargo fails.
    pub fn tree(self, arguments: &[&str]) -> Vec<String> {
        let _one_by_one = BUSY.lock();
        let output =
            self.cargo("tree", &[&["-e", "normal", "--prefix", "none", "--format", "{p}"], arguments].concat());
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = printed.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn cargo(self, command: &str, arguments: &[&str]) -> Output {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        std::fs::copy(lock, self.folder().join("Cargo.lock")).expect("the folder can be written");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut cargo = Command::new(cargo);
        // What cargo tells a test about its package is not about the one that is built here.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST") {
                cargo.env_remove(name);
            }
        }
        let manifest = self.folder().join("Cargo.toml");
        cargo.args([command, "--quiet", "--offline", "--manifest-path"]).arg(manifest).args(arguments);
        let output = cargo.output().expect("cargo starts");
        assert!(output.status.success(), "{}: {}", self.provider, String::from_utf8_lossy(&output.stderr));
        output
    }
}

/// The folder that this program was built in: what is built of plg for others is there already.
fn target() -> PathBuf {
    let own = std::env::current_exe().expect("a program has a path");
    let found = own.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    found.expect("cargo writes a tag into its folder").to_owned()
}
