//! `unused`: what the stack declares and an application never uses.

use super::codegen::STALE;
use crate::args::UnusedArgs;
use crate::failure::Failure;
use crate::output::Output;
use plg_codegen::usage::{Scan, Syntax};
use plg_codegen::{Ids, Names};
use plg_schema::Stack;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Folders of what others wrote or what was built.
const FOREIGN: &[&str] = &["target", "node_modules", "__pycache__", "venv", "site-packages"];
/// Nobody writes a source as long as this; a bundle is.
const LONGEST: u64 = 2 << 20;

pub(crate) fn run(stack: &'static Stack, args: &UnusedArgs, output: &Output) -> Result<ExitCode, Failure> {
    let mut sources = Vec::new();
    for folder in &args.folders {
        collect(folder, &mut sources).map_err(|(path, error)| {
            Failure::usage(
                format!("{} cannot be read: {error}", path.display()),
                "name folders with an application's sources: `unused --in app`",
            )
        })?;
    }
    sources.sort();
    let mut scan = Scan::new(&Names::of(stack, &Ids::new()));
    for (path, syntax) in &sources {
        let bytes = fs::read(path).map_err(|e| {
            Failure::refused(1, format!("{} cannot be read: {e}", path.display()), "mend its permissions")
        })?;
        scan.source(&path.display().to_string(), *syntax, &String::from_utf8_lossy(&bytes));
    }
    let all = scan.finish();
    for usage in &all {
        output.event("usage", json!({ "address": usage.address, "declared": usage.at, "used": usage.places }));
    }
    let unused: Vec<_> = all.iter().filter(|usage| usage.places.is_empty()).collect();
    let wide = unused.iter().map(|usage| usage.address.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> = unused.iter().map(|usage| format!("{:wide$}  {}", usage.address, usage.at)).collect();
    if !lines.is_empty() {
        output.data(&lines.join("\n"));
    }
    output.say(&format!("{} of {} declarations are never used in {} sources.", unused.len(), all.len(), sources.len()));
    Ok(if args.exit_code && !unused.is_empty() { ExitCode::from(STALE) } else { ExitCode::SUCCESS })
}

type Unreadable = (PathBuf, std::io::Error);

/// Every source below a folder; links are not followed.
fn collect(folder: &Path, sources: &mut Vec<(PathBuf, Syntax)>) -> Result<(), Unreadable> {
    let failed = |error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let found = fs::symlink_metadata(&path).map_err(|error| (path.clone(), error))?;
        if found.is_dir() {
            if !name.starts_with('.') && !FOREIGN.contains(&name.as_str()) {
                collect(&path, sources)?;
            }
        } else if found.is_file()
            && found.len() <= LONGEST
            && let Some(syntax) = path.extension().and_then(|e| e.to_str()).and_then(Syntax::of)
        {
            sources.push((path, syntax));
        }
    }
    Ok(())
}
