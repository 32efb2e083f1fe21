//! A crate with a stack in it, compiled against the very libraries that this test was.
//!
//! Cargo would build them anew: alone, the crate asks for fewer of their features.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Runs a tool, which has to do its work.
pub(crate) fn ran(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}:\n{}", said.chars().take(8_000).collect::<String>());
    said
}

/// Where a crate with a `stack.rs` was compiled, and with which libraries.
pub(crate) struct Built {
    root: PathBuf,
    libraries: Vec<String>,
}

/// The program of a stack.
const MAIN: &str = "mod stack;\nfn main() -> std::process::ExitCode {\n    plg_cli::main(&stack::STACK)\n}\n";

/// As little as shows that libraries fit together.
const TRIAL: &str = "plg_macros::stack! { name: \"trial\", stages: { local: sandbox } }\n\
    pub fn main() -> std::process::ExitCode { plg_cli::main(&STACK) }\n\
    pub fn json() -> serde_json::Value { plg_schema::serde_json::Value::Null }\n";

impl Built {
    /// Compiles `stack.rs` of a folder to the program `stack` beside it.
    pub(crate) fn new(root: &Path) -> Built {
        let built = Built { root: root.to_owned(), libraries: libraries(root) };
        std::fs::write(root.join("main.rs"), MAIN).expect("the folder can be written");
        ran(built.tool("rustc").args(["--crate-name", "stack", "-o", "stack", "main.rs"]));
        built
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.current_dir(&self.root).args(["--edition", "2024"]).args(&self.libraries);
        command
    }

    /// How many tests the documentation of a crate holds; none of them is run.
    pub(crate) fn doctests(&self, name: &str, source: &str) -> usize {
        let file = format!("{name}.rs");
        std::fs::write(self.root.join(&file), source).expect("the folder can be written");
        let said = ran(self.tool("rustdoc").args(["--test", "--crate-name", name, &file]));
        let line = said.lines().find_map(|line| line.strip_prefix("running ")).unwrap_or_else(|| panic!("{said}"));
        line.split(' ').next().and_then(|many| many.parse().ok()).unwrap_or_else(|| panic!("{said}"))
    }
}

/// The newest libraries that fit together, of those beside this test.
fn libraries(root: &Path) -> Vec<String> {
    let own = std::env::current_exe().expect("this test has a file");
    let folder = own.parent().expect("in a folder");
    std::fs::write(root.join("trial.rs"), TRIAL).expect("the folder can be written");
    let of = |beginning: &str, end: &str| {
        let files = std::fs::read_dir(folder).expect("it can be read").flatten().map(|entry| entry.path());
        let named = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(beginning) && name.ends_with(end)
        };
        let mut all: Vec<PathBuf> = files.filter(named).collect();
        let when = |path: &PathBuf| path.metadata().and_then(|at| at.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        all.sort_by_key(|path| std::cmp::Reverse(when(path)));
        all
    };
    let mut said = String::new();
    for cli in of("libplg_cli-", ".rlib") {
        for schema in of("libplg_schema-", ".rlib") {
            for json in of("libserde_json-", ".rlib") {
                for macros in of("libplg_macros-", std::env::consts::DLL_SUFFIX) {
                    let mut all = vec!["-L".to_owned(), format!("dependency={}", folder.display())];
                    for (name, path) in
                        [("plg_cli", &cli), ("plg_schema", &schema), ("serde_json", &json), ("plg_macros", &macros)]
                    {
                        all.extend(["--extern".to_owned(), format!("{name}={}", path.display())]);
                    }
                    let mut trial = Command::new("rustc");
                    trial.current_dir(root).args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"]);
                    let output = trial.args(&all).arg("trial.rs").output().expect("rustc starts");
                    if output.status.success() {
                        return all;
                    }
                    said = String::from_utf8_lossy(&output.stderr).into_owned();
                }
            }
        }
    }
    panic!("no libraries beside this test fit together: {said}");
}
