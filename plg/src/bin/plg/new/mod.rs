//! `plg new`: writes a stack, or a provider of one's own with a stack that uses it.

mod fill;
mod folder;
mod name;
mod source;
mod templates;

use clap::{Parser, ValueEnum};
use fill::Filling;
use folder::NewFolder;
use plg_cli::front::FrontFailure;
use source::Source;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use templates::Template;

/// Create a stack that deploys to its sandbox at once; or a provider of your own, with a stack that uses it
#[derive(Debug, Parser)]
#[command(name = "plg new", bin_name = "plg new", max_term_width = 100)]
#[command(override_usage = "plg new [OPTIONS] NAME\n       plg new [OPTIONS] --provider NAME")]
pub(crate) struct NewLine {
    /// The name of the stack, its folder and its crate
    #[arg(required_unless_present = "provider", conflicts_with = "provider")]
    name: Option<String>,
    /// The providers it uses; without it, plg asks on a terminal, and else takes both
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROVIDERS", conflicts_with = "provider")]
    with: Vec<With>,
    /// Create a provider of this name instead: its crate with one kind, its sandbox, its `stack!`, and a stack
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// The folder to create it in
    #[arg(long = "in", value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// The source of plg for it: a checkout's folder, a version, or the address of a git repository; default: the checkout that
    /// this plg was installed from
    #[arg(long, value_name = "FROM")]
    plg: Option<String>,
}

/// A provider that comes with plg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum With {
    /// CRM schema
    Attio,
    /// Product analytics
    Posthog,
}

/// Writes it, and says what comes next.
pub(crate) fn run(asked: &NewLine) -> Result<ExitCode, FrontFailure> {
    let source = Source::of(asked.plg.as_deref())?;
    match (&asked.provider, &asked.name) {
        (Some(word), _) => provider(word, &asked.folder, &source),
        (None, Some(name)) => stack(name, &asked.with, &asked.folder, &source),
        (None, None) => Err(FrontFailure::usage("the stack has no name", "`plg new NAME`")),
    }
}

fn stack(name: &str, with: &[With], parent: &Path, source: &Source) -> Result<ExitCode, FrontFailure> {
    name::crate_name(name)?;
    let folder = NewFolder::of(parent, name)?;
    let with = if with.is_empty() { chosen()? } else { with.to_vec() };
    let (attio, posthog) = (with.contains(&With::Attio), with.contains(&With::Posthog));
    let features = match (attio, posthog) {
        (true, true) => r#""attio", "posthog""#,
        (true, false) => r#""attio""#,
        _ => r#""posthog""#,
    };
    let workspace = folder::workspace_above(parent);
    let filling = Filling {
        words: vec![
            ("my_stack", name.replace('-', "_")),
            ("my-stack", name.to_owned()),
            (r#""attio", "posthog""#, features.to_owned()),
        ],
        facts: vec![("attio", attio), ("posthog", posthog), ("alone", workspace.is_none()), ("path", source.is_path())],
        source: source.seen_from(folder.path()),
    };
    let mut files = filled(&templates::stack(attio, posthog), &filling);
    // In a workspace, the file is the workspace's.
    files.extend(source.lock().filter(|_| workspace.is_none()));
    folder.write(&files)?;
    let mut next = vec![
        format!("cd {}", folder.path().display()),
        "plg deploy              # into the sandbox of stage `local`: no account, no key".to_owned(),
        "plg dev                 # serves that to your application, and deploys each time you save a source".to_owned(),
        "cargo test              # its policies, and a deploy that dies at some instants".to_owned(),
    ];
    if let Some(workspace) = workspace.filter(|_| !folder::is_read_by_cargo(folder.path())) {
        next.insert(0, format!("add it to `members` in {}", workspace.display()));
    }
    next.extend(source.unasked());
    say(&format!("Written: the stack {name} in {}.", folder.path().display()), &next);
    Ok(ExitCode::SUCCESS)
}

fn provider(word: &str, parent: &Path, source: &Source) -> Result<ExitCode, FrontFailure> {
    name::provider_word(word)?;
    let name = format!("plg-{word}");
    let folder = NewFolder::of(parent, &name)?;
    if let Some(workspace) = folder::workspace_above(parent) {
        return Err(FrontFailure::usage(
            format!("{} is a workspace, and a provider needs a workspace of its own", workspace.display()),
            "name a folder outside of it: `--in FOLDER`",
        ));
    }
    let (first, rest) = word.split_at(1);
    let filling = Filling {
        words: vec![
            ("beacon", word.to_owned()),
            ("Beacon", first.to_uppercase() + rest),
            ("BEACON", word.to_uppercase()),
        ],
        facts: vec![("path", source.is_path())],
        source: source.seen_from(folder.path()),
    };
    let mut files = filled(&templates::provider(), &filling);
    files.extend(source.lock());
    folder.write(&files)?;
    let mut next = vec![
        format!("cd {}", folder.path().display()),
        "cargo test --workspace  # the provider's own tests, and its stack against its sandbox".to_owned(),
        format!("plg deploy              # the stack {word}-stack, into its sandbox"),
        format!("edit plg-{word}/src/monitor.rs, and plg-{word}-sandbox with it: docs/providers.md explains each part"),
    ];
    next.extend(source.unasked());
    say(&format!("Written: the provider {word} in {}.", folder.path().display()), &next);
    Ok(ExitCode::SUCCESS)
}

/// Each file of a folder, by its path in it.
fn filled(all: &[Template], filling: &Filling) -> Vec<(String, String)> {
    all.iter().map(|one| (filling.path(one.path), filling.text(one.text))).collect()
}

/// The providers that somebody chooses on a terminal; where nobody can be asked, both.
fn chosen() -> Result<Vec<With>, FrontFailure> {
    let both = || vec![With::Attio, With::Posthog];
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(both());
    }
    let lines = ["Attio: the CRM's schema", "PostHog: product analytics"];
    let asked = dialoguer::MultiSelect::new()
        .with_prompt("Which providers? Space chooses, Enter goes on")
        .items(lines)
        .defaults(&[true, true])
        .interact_opt();
    match asked {
        Ok(Some(places)) if places.is_empty() => {
            Err(FrontFailure::usage("a stack needs a provider", "`--with attio`, `--with posthog`, or both"))
        }
        Ok(Some(places)) => Ok(places.into_iter().filter_map(|at| both().get(at).copied()).collect()),
        Ok(None) => Err(FrontFailure::usage("nothing was chosen", "`--with attio,posthog` asks nothing")),
        Err(error) => {
            let message = format!("the answer cannot be read: {error}");
            Err(FrontFailure::unusable(message, "`--with attio,posthog` asks nothing"))
        }
    }
}

/// Says what was done, and what comes next, each on a line. Nobody has to read it.
fn say(done: &str, next: &[String]) {
    let lines: Vec<String> = next.iter().map(|line| format!("    {line}\n")).collect();
    let _ = write!(std::io::stderr().lock(), "{done} Next:\n\n{}", lines.concat());
}
