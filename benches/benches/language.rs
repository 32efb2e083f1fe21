//! What a stack costs the compiler: `cargo bench -p benches --bench language`.
//!
//! Writes a crate with a stack of N resources beside this workspace's target folder and checks it: with
//! everything else built already, and again after one edit. From a thousand resources on the stack is checked
//! in parts, too, each a crate of its own. A crate without a stack is taken off. The bound is a crate of N
//! statics of one small struct, written out by hand, that nothing was checked of: no stack of typed statics
//! costs less. `PLG_SIZES=57,1000` narrows it.

use benches::{part, source};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a stack in one crate is to add to `cargo check` at most, without what is kept for the next build: how many
/// declarations, and seconds. Printed, and held by nobody: machines differ by more than that.
const AIMS: [(usize, f64); 2] = [(1_000, 1.0), (5_000, 5.0)];

/// Declarations in a part, where a stack is in several crates.
const PART: usize = 500;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("../target/language");
    println!(
        "| resources | crates | incremental | more than an empty crate | after one edit | bound | times it | of it expansion |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for size in sizes() {
        // Cargo's default for what is being worked on, what a stack's crate is better off with, and what a large
        // stack is better off with.
        row(&folder, size, true, 1);
        row(&folder, size, false, 1);
        if size >= 2 * PART {
            row(&folder, size, false, size / PART);
        }
    }
}

fn row(folder: &Path, size: usize, incremental: bool, crates: usize) {
    write(folder, incremental, "fn main() {}\n");
    // Once for what is built only now, once to be measured.
    check(folder);
    let none = again(&folder.join("src/main.rs"), folder, |text| format!("{text}// edited\n"));
    write(folder, incremental, &statics(size));
    let bound = check(folder).saturating_sub(none);
    let edited = if crates == 1 {
        write(folder, incremental, &format!("{}fn main() {{}}\n", source(size)));
        folder.join("src/main.rs")
    } else {
        write_parts(folder, 0, crates);
        check(folder);
        write_parts(folder, size, crates);
        folder.join("part0/src/lib.rs")
    };
    let first = check(folder).saturating_sub(none);
    let edit = |text: &str| text.replacen("One of many.", "One of very many.", 1);
    let edit = again(&edited, folder, edit).saturating_sub(none);
    if let Some((_, aim)) = AIMS.iter().find(|(count, _)| *count == size && crates == 1 && !incremental)
        && first.as_secs_f64() > *aim
    {
        eprintln!("{size} in one crate: {:.2} s, and {aim:.2} s are the aim", first.as_secs_f64());
    }
    println!(
        "| {size} | {crates} | {} | {:.2} s | {:.2} s | {:.2} s | {:.1} | {} |",
        if incremental { "yes" } else { "no" },
        first.as_secs_f64(),
        edit.as_secs_f64(),
        bound.as_secs_f64(),
        first.as_secs_f64() / bound.as_secs_f64().max(0.001),
        if crates == 1 { expansion(folder) } else { "–".to_owned() }
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
    let profile = format!("[profile.dev.package.measured]\nincremental = {incremental}\n");
    let manifest = manifest("measured", &member("plg"));
    write_crate(folder, &format!("{manifest}\n[workspace]\n\n{profile}{OPTIMISED}"), "main.rs", main);
}

/// The stack in parts of as many declarations each, every one a crate.
fn write_parts(folder: &Path, size: usize, crates: usize) {
    let parts: Vec<String> = (0..crates).map(|place| format!("part{place}")).collect();
    let known = member("plg");
    for (place, name) in parts.iter().enumerate() {
        let text = part(place * size / crates..(place + 1) * size / crates);
        write_crate(&folder.join(name), &manifest(name, &known), "lib.rs", &text);
    }
    let (members, list) =
        (parts.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", "), parts.join(", "));
    let beside: String = parts.iter().map(|name| format!("{name} = {{ path = {name:?} }}\n")).collect();
    let manifest = manifest("measured", &format!("{known}{beside}"));
    let workspace = format!("[workspace]\nmembers = [{members}]\n\n[profile.dev]\nincremental = false\n");
    let main = format!(
        "plg::stack! {{\n    name: \"many\",\n    stages: {{ local: sandbox }},\n    parts: [{list}],\n}}\nfn main() {{}}\n"
    );
    write_crate(folder, &format!("{manifest}\n{workspace}{OPTIMISED}"), "main.rs", &main);
}

/// The macro as docs/own-stack.md has a large stack build it.
const OPTIMISED: &str = "[profile.dev.package.plg-compiler]\nopt-level = 3\n[profile.dev.package.syn]\nopt-level = 3\n\
     [profile.dev.package.proc-macro2]\nopt-level = 3\n[profile.dev.package.quote]\nopt-level = 3\n";

/// A crate of this workspace, as a dependency.
fn member(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path: PathBuf = fs::canonicalize(root.join(name)).expect("a crate of this workspace");
    format!("{name} = {{ path = {path:?}, default-features = false, features = [\"attio\", \"posthog\"] }}\n")
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!("[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}")
}

fn write_crate(folder: &Path, manifest: &str, file: &str, text: &str) {
    fs::create_dir_all(folder.join("src")).expect("a folder");
    fs::write(folder.join("Cargo.toml"), manifest).expect("written");
    fs::write(folder.join("src").join(file), text).expect("written");
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

fn again(path: &Path, folder: &Path, edit: impl Fn(&str) -> String) -> Duration {
    let text = fs::read_to_string(path).expect("it is there");
    fs::write(path, edit(&text)).expect("written");
    check(folder)
}
