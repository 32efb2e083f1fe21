//! What a stack costs the compiler: `cargo bench -p benches --bench language`.
//!
//! Writes a crate with a stack of N resources beside this workspace's target folder and checks it: with
//! everything else built already, and again after one edit. A crate without a stack is taken off. The bound is
//! a crate of N statics of one small struct, written out by hand, that nothing was checked of: no stack of typed
//! statics costs less. `PLG_SIZES=57,1000` narrows it.

use benches::source;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Cargo's default for what is being worked on, and what a stack's crate is better off with.
const INCREMENTAL: [bool; 2] = [true, false];

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("../target/language");
    println!(
        "| resources | lines | incremental | more than an empty crate | after one edit | bound | times it | of it expansion |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for size in sizes() {
        for incremental in INCREMENTAL {
            row(&folder, size, incremental);
        }
    }
}

fn row(folder: &Path, size: usize, incremental: bool) {
    write(folder, incremental, "fn main() {}\n");
    // Once for what is built only now, once to be measured.
    check(folder);
    let none = again(folder, |text| format!("{text}// edited\n"));
    write(folder, incremental, &statics(size));
    let bound = check(folder).saturating_sub(none);
    let text = source(size);
    write(folder, incremental, &format!("{text}fn main() {{}}\n"));
    let first = check(folder).saturating_sub(none);
    let edit = again(folder, |text| text.replacen("One of many.", "One of very many.", 1)).saturating_sub(none);
    println!(
        "| {size} | {} | {} | {:.2} s | {:.2} s | {:.2} s | {:.1} | {} |",
        text.lines().count(),
        if incremental { "yes" } else { "no" },
        first.as_secs_f64(),
        edit.as_secs_f64(),
        bound.as_secs_f64(),
        first.as_secs_f64() / bound.as_secs_f64().max(0.001),
        expansion(folder)
    );
}

fn sizes() -> Vec<usize> {
    let text = std::env::var("PLG_SIZES").unwrap_or_else(|_| "57,1000,5000".to_owned());
    text.split(',').filter_map(|n| n.trim().parse().ok()).collect()
}

/// As many statics as there would be resources, and the list of them.
fn statics(count: usize) -> String {
    let mut out = String::from(
        "pub struct Plain { pub name: &'static str, pub doc: &'static str, pub file: &'static str, pub line: u32, pub on: Option<&'static Plain> }\n\
         pub trait Named: Sync { fn name(&self) -> &'static str; }\n\
         impl Named for Plain { fn name(&self) -> &'static str { self.name } }\n",
    );
    for n in 0..count {
        let on = n.checked_sub(1).map_or_else(|| "None".to_owned(), |before| format!("Some(&P{before})"));
        let _ = writeln!(
            out,
            "pub static P{n}: Plain = Plain {{ name: \"P{n}\", doc: \"One of many.\", file: \"src/main.rs\", line: {n}, on: {on} }};"
        );
    }
    let all: String = (0..count).map(|n| format!("&P{n}, ")).collect();
    let _ = writeln!(out, "pub static ALL: &[&dyn Named] = &[{all}];\nfn main() {{}}");
    out
}

fn write(folder: &Path, incremental: bool, main: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = |name: &str| -> PathBuf { fs::canonicalize(root.join(name)).expect("a crate of this workspace") };
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"measured\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         plg-macros = {{ path = {:?} }}\nplg-schema = {{ path = {:?} }}\n\n\
         [profile.dev.package.measured]\nincremental = {incremental}\n\n\
         [profile.dev.package.plg-macros]\nopt-level = 3\n[profile.dev.package.syn]\nopt-level = 3\n\
         [profile.dev.package.proc-macro2]\nopt-level = 3\n[profile.dev.package.quote]\nopt-level = 3\n",
        path("plg-macros"),
        path("plg-schema")
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("written");
    fs::write(folder.join("src/main.rs"), main).expect("written");
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder).env_remove("CARGO_TARGET_DIR").env_remove("CARGO_INCREMENTAL");
    command
}

fn check(folder: &Path) -> Duration {
    let started = Instant::now();
    let mut command = cargo(folder);
    command.args(["check", "--quiet"]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::inherit()).status().expect("cargo runs");
    assert!(status.success(), "the stack compiles");
    started.elapsed()
}

/// How long every macro took together, by the compiler's own clock. Only an unstable flag shows it: what is
/// built with that is apart from what is measured above.
fn expansion(folder: &Path) -> String {
    let mut command = cargo(folder);
    command.args(["rustc", "--profile", "check", "--quiet", "--", "-Ztime-passes"]);
    let apart = folder.join("target/expansion");
    let output = command.env("CARGO_TARGET_DIR", &apart).env("RUSTC_BOOTSTRAP", "1").output().expect("cargo runs");
    let said = [output.stdout, output.stderr].concat();
    let line =
        String::from_utf8_lossy(&said).lines().find(|line| line.ends_with("macro_expand_crate")).map(str::to_owned);
    let seconds = line.as_deref().and_then(|line| line.strip_prefix("time:")?.split(';').next()?.trim().parse().ok());
    seconds.map_or_else(|| "–".to_owned(), |seconds: f64| format!("{seconds:.2} s"))
}

fn again(folder: &Path, edit: impl Fn(&str) -> String) -> Duration {
    let path = folder.join("src/main.rs");
    let text = fs::read_to_string(&path).expect("it is there");
    fs::write(&path, edit(&text)).expect("written");
    check(folder)
}
