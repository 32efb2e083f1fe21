//! `state pull`, `push`, `migrate`: a whole state, as text and between places.

use super::{me, sure};
use crate::args::Global;
use crate::commands::deploy::confirm;
use crate::confirm::Ask;
use crate::environment;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::plan::remembered_resources;
use plg_runtime::store::{self, Dump, StateLocation, StoreError};
use serde_json::json;
use std::io::Read;
use std::path::Path;

pub(super) fn pull(stack: &'static Stack, global: &Global, output: &Output) -> Result<(), CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    let Some(dump) = Dump::read(&*chosen.backend(stack)?, stack.name, chosen.stage.name).map_err(Error::from)? else {
        return Err(CommandFailure::refused(
            codes::NOTHING_REMEMBERED,
            Exit::Usage,
            format!("stage {} was never deployed", chosen.stage.name),
            "deploy it first, or name another stage with --stage",
        ));
    };
    let text = String::from_utf8_lossy(&dump.text().map_err(Error::from)?).into_owned();
    output.event("pulled", json!({ "state": serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default() }));
    output.json_data(&text);
    Ok(())
}

pub(super) fn push(
    stack: &'static Stack,
    global: &Global,
    file: &Path,
    force: bool,
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    let dump = Dump::parse(file, &read(file)?).map_err(|error| not_a_state(file, error))?;
    let (of, at) = (&dump.state().stack, &dump.state().stage);
    if (of.as_str(), at.as_str()) != (stack.name, chosen.stage.name) {
        return Err(CommandFailure::usage(
            format!(
                "{} is the state of stage {at} of {of}, and this command is for stage {} of {}",
                file.display(),
                chosen.stage.name,
                stack.name
            ),
            if of == stack.name {
                format!("to push it to that stage: --stage {at}")
            } else {
                format!("push it with the program of {of}")
            },
        ));
    }
    let medium = chosen.backend(stack)?;
    // Forcing can lose what nothing else remembers.
    let how = if force { Ask::Name(chosen.stage.name) } else { sure(&chosen) };
    let question = format!(
        "Replace the state of stage {2} with {0}, which has {1} resources?",
        file.display(),
        remembered_resources(dump.state()),
        chosen.stage.name
    );
    confirm(how, yes, &question)?;
    let changed = dump.put(&*medium, &me("state push"), stack.name, chosen.stage.name, force).map_err(Error::from)?;
    output.event("pushed", json!({ "stage": chosen.stage.name, "changed": changed }));
    output.data(&if changed {
        format!("The state of stage {} is now the one in {}.", chosen.stage.name, file.display())
    } else {
        format!("The state of stage {} is exactly this already. Nothing was changed.", chosen.stage.name)
    });
    Ok(())
}

/// Why a file cannot be pushed: what is wrong is the file, and not what is remembered.
fn not_a_state(file: &Path, error: StoreError) -> CommandFailure {
    match error {
        StoreError::Damaged { what, .. } => CommandFailure::usage(
            format!("{} cannot be pushed, as it is not a state: {what}", file.display()),
            "push the output of `state pull`; if you edited it, fix the place that the message names",
        ),
        error => Error::from(error).into(),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CommandFailure> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(CommandFailure::usage(
            format!("{} cannot be read: {error}", file.display()),
            "name the file with the output of `state pull`",
        )),
    }
}

pub(super) fn migrate(
    stack: &'static Stack,
    global: &Global,
    from: &str,
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    let declared = StateLocation::of(&chosen.stage.storage(), &chosen.folder, chosen.stage.name, &environment::get)?;
    let backend = StateLocation::parse(from, &chosen.folder, &environment::get).map_err(Error::from)?;
    if backend == declared {
        return Err(CommandFailure::usage(
            format!("--from names the place that stage {} declares already", chosen.stage.name),
            "declare the new place in the stack with `state: …`, and name the old one with --from",
        ));
    }
    let old = backend.open(stack.name, chosen.stage.name).map_err(Error::from)?;
    let new = chosen.backend(stack)?;
    let name =
        |medium: &dyn store::StateBackend| medium.place("").display().to_string().trim_end_matches('/').to_owned();
    let (old_name, new_name) = (name(&*old), name(&*new));
    confirm(
        sure(&chosen),
        yes,
        &format!("Move the state of stage {} from {old_name} to {new_name}?", chosen.stage.name),
    )?;
    let dump =
        store::migrate(&*old, &*new, &me("state migrate"), stack.name, chosen.stage.name).map_err(Error::from)?;
    let (resources, pending) = (dump.state().resources.len(), dump.pending().len());
    output.event("migrated", json!({ "from": old_name, "to": new_name, "resources": resources, "pending": pending }));
    let open = match pending {
        0 => String::new(),
        1 => ", and 1 request whose outcome the next deploy looks up".to_owned(),
        many => format!(", and {many} requests whose outcome the next deploy looks up"),
    };
    output.data(&format!(
        "The state in {new_name} has {} resources now{open}. {old_name} keeps a copy, which plg no longer uses.",
        remembered_resources(dump.state())
    ));
    Ok(())
}
