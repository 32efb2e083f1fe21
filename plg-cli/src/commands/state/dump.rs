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
            format!("nothing was deployed to stage {} yet", chosen.stage.name),
            "deploy it first, or name another one with --stage",
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
                "{} is the state of stage {at} of {of}, and this is stage {} of {}",
                file.display(),
                chosen.stage.name,
                stack.name
            ),
            if of == stack.name {
                format!("if that stage is meant: --stage {at}")
            } else {
                format!("push it with the program of {of}")
            },
        ));
    }
    let medium = chosen.backend(stack)?;
    // Forcing can lose what nothing else remembers.
    let how = if force { Ask::Name(chosen.stage.name) } else { sure(&chosen) };
    let question = format!(
        "Put {} with {} resources in the place of what is remembered of stage {}?",
        file.display(),
        remembered_resources(dump.state()),
        chosen.stage.name
    );
    confirm(how, yes, &question)?;
    let changed = dump.put(&*medium, &me("state push"), stack.name, chosen.stage.name, force).map_err(Error::from)?;
    output.event("pushed", json!({ "stage": chosen.stage.name, "changed": changed }));
    output.data(&if changed {
        format!("Stage {} remembers what is in {} now.", chosen.stage.name, file.display())
    } else {
        format!("Stage {} remembers exactly this already.", chosen.stage.name)
    });
    Ok(())
}

/// Why a file cannot be pushed: what is wrong is the file, and not what is remembered.
fn not_a_state(file: &Path, error: StoreError) -> CommandFailure {
    match error {
        StoreError::Damaged { what, .. } => CommandFailure::usage(
            format!("{} cannot be pushed, as it is no state: {what}", file.display()),
            "push what `state pull` printed; where that was edited, mend what is named",
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
            "name the file that `state pull` was written to",
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
            format!("that is where stage {} declares its state to be", chosen.stage.name),
            "declare the new place in the stack, with `state: …`, and name the old one with --from",
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
        1 => ", and a request whose outcome the next deploy finds out".to_owned(),
        many => format!(", and {many} requests whose outcome the next deploy finds out"),
    };
    output.data(&format!(
        "{} resources are remembered in {new_name} now{open}. {old_name} keeps a copy that nothing is deployed from.",
        remembered_resources(dump.state())
    ));
    Ok(())
}
