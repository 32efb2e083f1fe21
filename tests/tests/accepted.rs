//! The APIs accept what compiles: random stacks with stages and parts are compiled, refused declarations taken out,
//! and the rest is deployed to the sandbox with all of its rules. A refusal is a failure, unless
//! `docs/only-the-api.md` says that only the API knows.
//!
//! `PLG_STACKS` says how many, `PLG_SEED` from which seed on.

#[allow(dead_code, reason = "of what it can do, this needs a part")]
#[path = "strangers/build.rs"]
mod build;
#[path = "accepted/stacks.rs"]
mod stacks;

use build::Built;
use plg_sandbox::Sandbox;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

fn number(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or)
}

/// A stack with a part, each declaration on a line of its own.
struct Source {
    seed: u64,
    own: Vec<String>,
    part: Vec<String>,
}

/// What every stack starts with.
const HEAD: &str = "plg::stack! {
name: \"random\", stages: { local: sandbox, prod: { attio: { key: env(\"A\") }, posthog: { key: env(\"P\"), project: 12345 } } }, parts: [part],
";

impl Source {
    fn file(&self) -> String {
        let (own, part, seed) = (self.own.join("\n"), self.part.join("\n"), self.seed);
        format!("{HEAD}{own}\n}}\npub mod part {{ plg::stack! {{ stages: crate::s{seed},\n{part}\n}} }}\n")
    }

    /// Takes out the declarations of these lines, counted from 1; whether there were any.
    fn without(&mut self, lines: &BTreeSet<usize>) -> usize {
        let own = HEAD.lines().count() + 1;
        let part = own + self.own.len() + 2;
        let mut gone = 0;
        let mut keep = |from: usize, all: &mut Vec<String>| {
            let mut line = from;
            all.retain(|_| {
                line += 1;
                gone += usize::from(lines.contains(&(line - 1)));
                !lines.contains(&(line - 1))
            });
        };
        keep(own, &mut self.own);
        keep(part, &mut self.part);
        gone
    }
}

/// Lines with an error, by seed, of what rustc says in short.
fn refused(said: &str) -> Vec<(u64, usize)> {
    let place = |line: &str| {
        let (file, rest) = line.strip_prefix('s')?.split_once(".rs:")?;
        let line = rest.split(':').next()?;
        rest.contains(": error").then_some((file.parse().ok()?, line.parse().ok()?))
    };
    said.lines().filter_map(place).collect()
}

fn main_file(sources: &[Source]) -> String {
    let mut out = String::new();
    for source in sources {
        let _ = writeln!(out, "pub mod s{};", source.seed);
    }
    out.push_str("fn main() -> std::process::ExitCode {\n    match std::env::var(\"STACK\").as_deref() {\n");
    for source in sources {
        let _ = writeln!(out, "        Ok(\"{0}\") => plg_cli::main(&s{0}::STACK),", source.seed);
    }
    out + "        _ => std::process::ExitCode::FAILURE,\n    }\n}\n"
}

/// Compiles all of them, without what the compiler refuses; how many declarations it did.
fn compile(root: &Path, sources: &mut [Source]) -> usize {
    let mut gone = 0;
    for _ in 0..12 {
        for source in &*sources {
            std::fs::write(root.join(format!("s{}.rs", source.seed)), source.file())
                .expect("the folder can be written");
        }
        let said = match Built::of(root, &main_file(sources)) {
            Ok(_) => return gone,
            Err(said) => said,
        };
        let wrong = refused(&said);
        let before = gone;
        for source in &mut *sources {
            let lines = wrong.iter().filter(|(seed, _)| *seed == source.seed).map(|(_, line)| *line).collect();
            gone += source.without(&lines);
        }
        assert!(gone > before, "an error that is at no declaration:\n{}", said.chars().take(6_000).collect::<String>());
    }
    panic!("the compiler refuses something else each time");
}

/// What only an API knows, as it says it: the second column of the page.
fn excused() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/only-the-api.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let said = page.lines().filter_map(|row| row.strip_prefix("| ")?.split(" | ").nth(1));
    let said: Vec<String> =
        said.filter_map(|said| Some(said.strip_prefix('`')?.strip_suffix('`')?.to_owned())).collect();
    assert!(said.len() > 3, "the page has a table");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn what_compiles_is_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let first = number("PLG_SEED", 0);
    let source = |seed| {
        let (own, part) = stacks::stack(seed);
        Source { seed, own, part }
    };
    let mut sources: Vec<Source> = (first..first + number("PLG_STACKS", 8)).map(source).collect();
    let gone = compile(root, &mut sources);
    let (mut kept, mut wrong) = (0, Vec::new());
    let excused = excused();
    for source in &sources {
        kept += source.own.len() + source.part.len();
        for stage in ["local", "prod"] {
            let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("a free port");
            let mut command = Command::new(root.join("stack"));
            command.current_dir(root).env_clear().env("PLG_ROOT", root.join(format!("{}-{stage}", source.seed)));
            for name in ["PLG_ATTIO_URL", "PLG_POSTHOG_URL"] {
                command.env(name, running.url());
            }
            command.envs((0..22).flat_map(|n| {
                ["X", "PX"].map(|name| (format!("HOOK_{name}{n}"), format!("https://hook.example/{name}{n}")))
            }));
            command.envs([("STACK", source.seed.to_string().as_str()), ("A", "a"), ("P", "p")]);
            let output = command.args(["deploy", "--stage", stage, "--yes", "--json"]).output().expect("it starts");
            let said =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            for failure in failures(&said, output.status.success()) {
                if !excused.iter().any(|known| failure.contains(known)) {
                    wrong.push(format!("PLG_SEED={} PLG_STACKS=1, stage {stage}: {failure}", source.seed));
                }
            }
            running.stop().await;
        }
    }
    eprintln!("{kept} declarations deployed, {gone} refused by the compiler");
    assert!(wrong.is_empty(), "{} refusals:\n{}", wrong.len(), wrong.join("\n"));
}

/// What failed, of the events of a deploy; all that was said where it failed without an event.
fn failures(said: &str, done: bool) -> Vec<String> {
    let events: Vec<String> =
        said.lines().filter(|line| line.contains("\"event\":\"failed\"")).map(str::to_owned).collect();
    if events.is_empty() && !done { vec![said.to_owned()] } else { events }
}
