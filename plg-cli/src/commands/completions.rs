//! `completions` and `man`: the command line, for shells and for `man`.

use super::plan::write;
use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Output;
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;
use std::process::ExitCode;

/// The command under the name it was started with.
fn command() -> (clap::Command, String) {
    let path = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&path).file_stem().map_or("plg".to_owned(), |name| name.to_string_lossy().into_owned());
    (Cli::command().name(name.clone()).bin_name(name.clone()), name)
}

pub(crate) fn run(shell: Shell, output: &Output) -> ExitCode {
    let (mut command, name) = command();
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut bytes);
    output.text(&String::from_utf8_lossy(&bytes));
    ExitCode::SUCCESS
}

pub(crate) fn man(out: Option<&Path>, output: &Output) -> Result<ExitCode, Failure> {
    let (mut command, name) = command();
    let Some(folder) = out else {
        output.text(&page(command)?);
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::refused(1, format!("{} cannot be made: {error}", folder.display()), "name another folder")
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
    Ok(ExitCode::SUCCESS)
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut bytes)
        .map_err(|error| Failure::internal(format!("the manual page cannot be written: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
