//! `import`: what is live in a stage, as the source of a stack.

use super::plan::requests;
use crate::args::Global;
use crate::failure::CommandFailure;
use crate::gate::{self, masked};
use crate::output::Output;
use crate::sample;
use crate::stage;
use clap::Args;
use plg_core::codes;
use plg_core::linked::importers;
use plg_core::similar::closest;
use plg_core::source::Only;
use plg_core::{Stack, StackItems};
use plg_runtime::answers::import::{Imported, lines};
use plg_runtime::exit::Exit;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write all live objects of the stage as the source of a stack, and change nothing.
#[derive(Debug, Args)]
#[command(after_help = sample::examples(&[
    "import --stage prod --out src/live.rs".into(),
    format!("import --only {0} --only {0}:KEY", sample::kind()),
]))]
pub(crate) struct ImportArgs {
    /// The file to write; without it, the source is printed. Fails if the file exists.
    /// Do not redirect the output into a source that this command is compiled from: the shell empties it first.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite the file of --out if it exists.
    #[arg(long, requires = "out")]
    force: bool,
    /// Only objects of this kind, or only one by its key, name or id; may be repeated. Referenced objects are
    /// written as `existing`.
    #[arg(long, value_name = "KIND[:KEY|ID]", value_parser = only)]
    only: Vec<Only>,
}

fn only(text: &str) -> Result<Only, String> {
    let (kind, key) = text.split_once(':').map_or((text, None), |(kind, key)| (kind, Some(key)));
    let alone = || importers().filter(|importer| importer.is_alone()).map(|importer| importer.spec.keyword);
    match importers().find(|importer| importer.spec.keyword == kind) {
        Some(importer) if importer.is_alone() => Ok(Only { kind: importer.spec.keyword, key: key.map(str::to_owned) }),
        Some(_) => Err(format!("a {kind} is part of another declaration: name the kind of that declaration")),
        None => Err(match closest(kind, alone()) {
            Some(close) => format!("there is no kind `{kind}`; did you mean `{close}`?"),
            None => format!("there is no kind `{kind}`: the kinds are {}", alone().collect::<Vec<_>>().join(", ")),
        }),
    }
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &ImportArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    if let Some(path) = &args.out {
        writable(path, args.force)?;
    }
    // What the stack declares is not asked about, and neither are the variables that it names.
    let head: &'static Stack = Box::leak(Box::new(Stack {
        items: StackItems::none(),
        overrides: &[],
        parts: &[],
        providers: stack.every_provider().leak(),
        ..*stack
    }));
    gate::know_declared(stack, &global.stage);
    let opened = stage::open_with(head, stage::every_account(stack, global)?, global, "import", true).await?;
    let imported = opened.session.import_only(stack, &args.only).await?;
    if !imported.absent.is_empty() && imported.unread == 0 {
        return Err(CommandFailure::usage(
            format!("stage {} has no object that is {}", global.stage, imported.absent.join(", or ")),
            "name an object by its key, name or id, as in `--only kind:KEY`; or import the whole kind with `--only kind`",
        ));
    }
    if let Some(path) = &args.out {
        save(path, args.force, &masked(&imported.source))?;
    }
    tell(&imported, args.out.as_deref(), output);
    requests(&opened.session, output);
    Ok(ending(&imported, output))
}

/// Says what is written, and what is not.
fn tell(imported: &Imported, file: Option<&Path>, output: &Output) {
    let said: Vec<_> = imported
        .said
        .iter()
        .map(|said| {
            json!({
                "kind": said.kind, "name": said.name, "id": said.id, "fate": format!("{:?}", said.fate),
                "why": said.why, "keys": said.keys,
            })
        })
        .collect();
    output.event(
        "import",
        json!({
            "source": imported.source, "declarations": imported.declarations, "not_expressed": said,
            "unproved": imported.unproved, "unread": imported.unread, "file": file,
        }),
    );
    match file {
        Some(path) => output.say(&format!("Written: {}", path.display())),
        None => output.data(&imported.source),
    }
    for said in &imported.said {
        output.say(&lines(said).join("\n"));
    }
    output.say(&format!(
        "{} declarations; {} are incomplete, as the language cannot express all of them.",
        imported.declarations,
        imported.said.len()
    ));
}

/// How the command ends, and why it did not end well.
fn ending(imported: &Imported, output: &Output) -> Exit {
    for absent in &imported.absent {
        output.warn(&format!("{absent} was not found among the objects that could be read"));
    }
    if imported.unread > 0 {
        output.warn(&format!(
            "{} lists, objects or rows could not be read: they are not in the source, and a plan does not show them",
            imported.unread
        ));
    }
    for why in &imported.unproved {
        output.warn(&format!("a plan of this source would change something: {why}"));
    }
    if imported.unproved.is_empty() {
        output.say("A plan of this source changes nothing in this stage.");
    }
    if imported.unproved.is_empty() && imported.unread == 0 { Exit::Done } else { Exit::Failed }
}

/// Refuses a file that cannot be written, before anything is asked.
fn writable(path: &Path, force: bool) -> Result<(), CommandFailure> {
    if !force && path.symlink_metadata().is_ok() {
        return Err(taken(path));
    }
    if !folder(path).is_dir() {
        return Err(failed(path, "its folder does not exist"));
    }
    Ok(())
}

fn taken(path: &Path) -> CommandFailure {
    CommandFailure::usage(
        format!("{} already exists, and `import` does not overwrite it", path.display()),
        "name another file, or add --force to overwrite it",
    )
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path, why: impl std::fmt::Display) -> CommandFailure {
    CommandFailure::refused(
        codes::FILE_UNUSABLE,
        Exit::Internal,
        format!("{} cannot be written: {why}", path.display()),
        "name another file, or change the permissions",
    )
}

/// Writes a source, whole or not at all, as readable as any other new file.
fn save(path: &Path, force: bool, source: &str) -> Result<(), CommandFailure> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder(path)).map_err(|error| failed(path, error))?;
    let written = file.write_all(source.as_bytes()).and_then(|()| file.as_file().sync_all());
    written.map_err(|error| failed(path, error))?;
    let kept = if force { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map(|_| ()).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => taken(path),
        _ => failed(path, error.error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_what_is_live_is_named_by_kind_and_key() {
        plg_core::linked::link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
        let named = |text: &str| only(text).map(|only| only.to_string());
        assert_eq!(named("survey"), Ok("survey".to_owned()));
        assert_eq!(named("feature_flag:a:b"), Ok("feature_flag:a:b".to_owned()));
        assert!(named("survay").unwrap_err().contains("did you mean `survey`?"));
        assert!(
            named("option").unwrap_err().contains("is part of another declaration: name the kind of that declaration")
        );
        assert!(named("xyz:1").unwrap_err().contains("the kinds are "));
    }

    #[test]
    fn a_file_is_written_whole_and_never_replaced_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.rs");
        writable(&path, false).unwrap();
        save(&path, false, "one").unwrap();
        assert!(writable(&path, false).unwrap_err().message.contains("already exists"));
        assert!(save(&path, false, "two").unwrap_err().message.contains("already exists"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        writable(&path, true).unwrap();
        save(&path, true, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        assert!(writable(&folder.path().join("no/live.rs"), false).unwrap_err().message.contains("folder"));
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert!(mode & 0o077 != 0 || mode & 0o777 == 0o600, "as the umask has it");
        }
    }
}
