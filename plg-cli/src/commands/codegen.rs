//! `codegen`: the stack's names for applications in other languages.

use super::output::state;
use crate::args::Global;
use crate::failure::CommandFailure;
use crate::output::Output;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use plg_codegen::{AppNames, File, Ids, Language, generate};
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::exit::Exit;
use serde_json::json;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Write the stack's names for an application: keys, typed events, options and ids.
#[derive(Debug, Args)]
pub(crate) struct CodegenArgs {
    /// The language to write.
    #[arg(long, value_name = "LANGUAGE", value_parser = language())]
    pub(crate) lang: Language,
    /// The folder to write to, for generated files only.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Write nothing; exit with 9 if a file on disk is stale, and show the difference.
    #[arg(long)]
    pub(crate) check: bool,
    /// The stages whose ids of surveys and dashboards are written; default: every deployed stage; `none` writes no ids.
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    pub(crate) ids: Vec<String>,
}

fn language() -> impl TypedValueParser<Value = Language> {
    let words = Language::ALL.iter().map(|language| PossibleValue::new(language.word()).help(language.help()));
    PossibleValuesParser::new(words)
        .try_map(|word| Language::ALL.iter().copied().find(|language| language.word() == word).ok_or("not a language"))
}

/// Lines shown of one stale file; the rest is counted.
const SHOWN: usize = 40;

pub(crate) fn run(
    stack: &'static Stack,
    global: &Global,
    args: &CodegenArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let names = AppNames::of(stack, &ids(stack, global, args)?);
    let files = generate(args.lang, &names);
    let mut stale = Vec::new();
    for file in &files {
        let path = args.out.join(&file.name);
        let there = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => None,
            Err(error) => return Err(refused(&path, "read", &error)),
        };
        let same = there.as_deref() == Some(file.text.as_str());
        output.event("file", json!({ "path": path, "stale": !same }));
        if !same {
            stale.push((file, there.unwrap_or_default()));
        }
    }
    if args.check {
        return Ok(check(&args.out, &files, &stale, output));
    }
    for (file, _) in &stale {
        let path = args.out.join(&file.name);
        // What is in a further account has a folder of its own.
        let folder = path.parent().unwrap_or(&args.out);
        fs::create_dir_all(folder).map_err(|e| refused(folder, "made", &e))?;
        fs::write(&path, &file.text).map_err(|e| refused(&path, "written", &e))?;
    }
    output.say(&format!("{} written, {} unchanged in {}.", stale.len(), files.len() - stale.len(), args.out.display()));
    Ok(Exit::Done)
}

fn check(out: &Path, files: &[File], stale: &[(&File, String)], output: &Output) -> Exit {
    if stale.is_empty() {
        output.say(&format!("{} files in {} are up to date.", files.len(), out.display()));
        return Exit::Done;
    }
    for (file, there) in stale {
        output.data(&format!("{}\n{}", out.join(&file.name).display(), difference(there, &file.text)));
    }
    output.say(&format!(
        "{} of {} files are stale: run the same command without --check to write them.",
        stale.len(),
        files.len()
    ));
    Exit::Names
}

/// The ids of what is deployed in the stages that are asked for, or in all that were ever deployed from here.
fn ids(stack: &'static Stack, global: &Global, args: &CodegenArgs) -> Result<Ids, CommandFailure> {
    let asked = |stage: &str| args.ids.iter().any(|name| name == stage);
    if let Some(unknown) = args.ids.iter().find(|name| *name != "none" && stack.stage(name).is_none()) {
        let known: Vec<&str> = stack.stages.iter().map(|stage| stage.name).collect();
        return Err(CommandFailure::usage(
            format!("{} has no stage `{unknown}`", stack.name),
            format!("the stages of {} are {}; `--ids none` writes no ids", stack.name, known.join(", ")),
        ));
    }
    let mut ids = Ids::new();
    for stage in stack.stages.iter().filter(|stage| args.ids.is_empty() || asked(stage.name)) {
        let resources = state(stack, &Global { stage: stage.name.to_owned(), ..global.clone() })?.resources;
        if !resources.is_empty() || asked(stage.name) {
            let known = resources
                .iter()
                .filter_map(|(address, entry)| Some((address.clone(), entry.outputs.get("id")?.clone())));
            ids.insert(stage.name.to_owned(), known.collect());
        }
    }
    Ok(ids)
}

fn refused(path: &Path, what: &str, error: &std::io::Error) -> CommandFailure {
    CommandFailure::refused(
        codes::FILE_UNUSABLE,
        Exit::Internal,
        format!("{} cannot be {what}: {error}", path.display()),
        "name another folder with --out, or change its permissions",
    )
}

/// The lines from the first that differs to the last: what goes and what comes.
fn difference(there: &str, wanted: &str) -> String {
    let (there, wanted): (Vec<&str>, Vec<&str>) = (there.lines().collect(), wanted.lines().collect());
    let same = there.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&there[same..], &wanted[same..]);
    let tail = gone.iter().rev().zip(come.iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&gone[..gone.len() - tail], &come[..come.len() - tail]);
    let lines = gone.iter().map(|line| format!("- {line}")).chain(come.iter().map(|line| format!("+ {line}")));
    let mut shown = vec![format!("@@ line {}", same + 1)];
    shown.extend(lines.take(SHOWN));
    if gone.len() + come.len() > SHOWN {
        shown.push(format!("… and {} more lines", gone.len() + come.len() - SHOWN));
    }
    shown.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_shows_what_goes_and_what_comes() {
        assert_eq!(difference("a\nb\nc\n", "a\nB\nc\n"), "@@ line 2\n- b\n+ B");
        assert_eq!(difference("", "a\n"), "@@ line 1\n+ a");
        assert_eq!(difference("a\na\n", "a\n"), "@@ line 2\n- a");
    }
}
