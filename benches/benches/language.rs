//! What a stack costs the compiler: `cargo bench -p benches --bench language`.
//!
//! Writes a crate with a stack of N resources beside this workspace's target folder and checks it: with
//! everything else built already, and again after one edit. A crate without a stack is the bound.

use benches::source;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("../target/language");
    write(&folder, "fn main() {}\n");
    check(&folder);
    let none = again(&folder, |text| format!("{text}// edited\n"));
    println!("| resources | lines | cargo check | more than an empty crate | after one edit | of it expansion |");
    println!("|---|---|---|---|---|---|");
    for size in sizes() {
        let text = source(size);
        let lines = text.lines().count();
        write(&folder, &format!("{text}fn main() {{}}\n"));
        let first = check(&folder);
        let edit = again(&folder, |text| text.replacen("One of many.", "One of very many.", 1));
        println!(
            "| {size} | {lines} | {:.2} s | {:.2} s | {:.2} s | {} |",
            first.as_secs_f64(),
            first.saturating_sub(none).as_secs_f64(),
            edit.as_secs_f64(),
            expansion(&folder)
        );
    }
}

fn sizes() -> Vec<usize> {
    let text = std::env::var("PLG_SIZES").unwrap_or_else(|_| "57,1000,5000".to_owned());
    text.split(',').filter_map(|n| n.trim().parse().ok()).collect()
}

fn write(folder: &Path, main: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = |name: &str| -> PathBuf { fs::canonicalize(root.join(name)).expect("a crate of this workspace") };
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"measured\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         plg-macros = {{ path = {:?} }}\nplg-schema = {{ path = {:?} }}\n\n\
         [profile.dev.package.plg-macros]\nopt-level = 3\n[profile.dev.package.syn]\nopt-level = 3\n\
         [profile.dev.package.proc-macro2]\nopt-level = 3\n[profile.dev.package.quote]\nopt-level = 3\n",
        path("plg-macros"),
        path("plg-schema")
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("written");
    fs::write(folder.join("src/main.rs"), main).expect("written");
}

fn check(folder: &Path) -> Duration {
    let started = Instant::now();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["check", "--quiet"]).current_dir(folder).env_remove("CARGO_TARGET_DIR");
    let status = command.stdout(Stdio::null()).stderr(Stdio::inherit()).status().expect("cargo runs");
    assert!(status.success(), "the stack compiles");
    started.elapsed()
}

/// How long every macro took together, by the compiler's own clock. Only an unstable flag shows it: what is
/// built with that is apart from what is measured above.
fn expansion(folder: &Path) -> String {
    let apart = folder.join("target/expansion");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["rustc", "--profile", "check", "--quiet", "--", "-Ztime-passes"]).current_dir(folder);
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
