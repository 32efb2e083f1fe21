//! `completions` and `man`: the command line, for shells and for `man`.

use super::Cli;
use super::plan::write;
use crate::failure::CommandFailure;
use crate::output::Output;
use clap::Args;
use clap::CommandFactory;
use clap_complete::Shell;
use plg_core::codes;
use plg_runtime::exit::Exit;
use std::path::{Path, PathBuf};

/// Print the completion script for a shell.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: Shell,
}

/// Print the manual page; or write one page for each command into a folder.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
}

/// The name this program was started with.
pub(super) fn program() -> String {
    let path = std::env::args_os().next().unwrap_or_default();
    Path::new(&path).file_stem().map_or("plg".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The command under the name it was started with.
fn command() -> (clap::Command, String) {
    let name = program();
    (Cli::command().name(name.clone()).bin_name(name.clone()), name)
}

pub(crate) fn run(args: &CompletionsArgs, output: &Output) -> Exit {
    let (mut command, name) = command();
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut bytes);
    output.text(&String::from_utf8_lossy(&bytes));
    Exit::Done
}

pub(crate) fn man(args: &ManArgs, output: &Output) -> Result<Exit, CommandFailure> {
    let (mut command, name) = command();
    let Some(folder) = &args.out else {
        output.text(&page(command)?);
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        CommandFailure::refused(
            codes::FILE_UNUSABLE,
            Exit::Internal,
            format!("{} cannot be made: {error}", folder.display()),
            "name another folder",
        )
    })?;
    command.build();
    let mut open = vec![(name, command)];
    let mut count = 0;
    while let Some((name, command)) = open.pop() {
        let inner = command.get_subcommands().filter(|inner| !inner.is_hide_set());
        open.extend(inner.map(|inner| (format!("{name}-{}", inner.get_name()), inner.clone())));
        write(&folder.join(format!("{name}.1")), page(command.name(name))?.as_bytes())?;
        count += 1;
    }
    output.say(&format!("Written: {count} pages in {}.", folder.display()));
    Ok(Exit::Done)
}

fn page(command: clap::Command) -> Result<String, CommandFailure> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut bytes)
        .map_err(|error| CommandFailure::internal(format!("the manual page cannot be written: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
