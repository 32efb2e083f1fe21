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

impl Built {
    /// Compiles `stack.rs` of a folder to the program `stack` beside it.
    pub(crate) fn new(root: &Path) -> Built {
        Built::of(root, MAIN).unwrap_or_else(|said| panic!("{}", said.chars().take(8_000).collect::<String>()))
    }

    /// Compiles a `main.rs` to the program `stack` beside it, or answers with what rustc says in short.
    pub(crate) fn of(root: &Path, main: &str) -> Result<Built, String> {
        let built = Built { root: root.to_owned(), libraries: libraries(root) };
        std::fs::write(root.join("main.rs"), main).expect("the folder can be written");
        let mut rustc = built.tool("rustc");
        rustc.args(["--error-format", "short", "--crate-name", "stack", "-o", "stack", "main.rs"]);
        let output = rustc.output().expect("rustc starts");
        if output.status.success() { Ok(built) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.current_dir(&self.root).env("CARGO_MANIFEST_DIR", &self.root);
        command.args(["--edition", "2024"]).args(&self.libraries);
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

/// The newest libraries that fit together, of those beside this test: one after another, each with those before it.
fn libraries(root: &Path) -> Vec<String> {
    let own = std::env::current_exe().expect("this test has a file");
    let folder = own.parent().expect("in a folder");
    let mut all = vec!["-L".to_owned(), format!("dependency={}", folder.display())];
    for cli in newest(folder, "libplg_cli-", ".rlib") {
        let begun = [&all[..], &external("plg_cli", &cli)].concat();
        let Some(schema) = fitting(root, &begun, "plg_core", newest(folder, "libplg_core-", ".rlib"), OF_SCHEMA) else {
            continue;
        };
        all = schema;
        break;
    }
    for (name, end, trial) in [("serde_json", ".rlib", OF_JSON), ("plg", ".rlib", OF_MACROS)] {
        let found = newest(folder, &format!("lib{name}-"), end);
        all = fitting(root, &all, name, found, trial).unwrap_or_else(|| panic!("no {name} beside this test fits"));
    }
    all
}

/// As little as shows that libraries are made of the same ones.
const OF_SCHEMA: &str = "const _: () = assert!(plg_cli::NAMES_OF.0 && plg_cli::NAMES_OF.1);\n\
    pub fn main(stack: &'static plg_core::Stack) { let _ = plg_cli::main(stack); }\n";
const OF_JSON: &str = "pub fn json() -> serde_json::Value { plg_core::serde_json::Value::Null }\n";
const OF_MACROS: &str = "plg::stack! { name: \"trial\", stages: { local: sandbox }, \
    feature_flag Flag { key: \"flag\" } object Thing { slug: \"things\", singular: \"Thing\", plural: \"Things\" } }\n\
    pub fn main() { let _ = plg_cli::main(&STACK); }\n";

fn external(name: &str, path: &Path) -> [String; 2] {
    ["--extern".to_owned(), format!("{name}={}", path.display())]
}

/// Libraries by the beginning and the end of their names, the newest first.
fn newest(folder: &Path, beginning: &str, end: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("it can be read").flatten().map(|entry| entry.path());
    let named = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(beginning) && name.ends_with(end)
    };
    let mut all: Vec<PathBuf> = files.filter(named).collect();
    let when = |path: &PathBuf| path.metadata().and_then(|at| at.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    all.sort_by_key(|path| std::cmp::Reverse(when(path)));
    all
}

/// What was chosen, and the first of these with which a trial compiles.
fn fitting(root: &Path, chosen: &[String], name: &str, found: Vec<PathBuf>, trial: &str) -> Option<Vec<String>> {
    std::fs::write(root.join("trial.rs"), trial).expect("the folder can be written");
    // A program has one allocator: one with two command lines in it has two, which a library is not asked for.
    let form = if trial == OF_MACROS { "bin" } else { "lib" };
    found.into_iter().find_map(|path| {
        let all = [chosen, &external(name, &path)].concat();
        let mut rustc = Command::new("rustc");
        rustc.current_dir(root).env("CARGO_MANIFEST_DIR", root).args([
            "--edition",
            "2024",
            "--crate-type",
            form,
            "--emit",
            "metadata",
        ]);
        let output = rustc.args(&all).arg("trial.rs").output().expect("rustc starts");
        output.status.success().then_some(all)
    })
}
