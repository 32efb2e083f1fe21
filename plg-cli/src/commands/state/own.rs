//! `state own`: resources that plg made, whatever is remembered of where they come from.

use super::edit::{open, record};
use super::sure;
use crate::args::Global;
use crate::commands::deploy::confirm;
use crate::commands::output::unknown;
use crate::failure::CommandFailure;
use crate::output::Output;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::exit::Exit;
use plg_runtime::store::{Entry, Origin, State, StateEvent};
use serde_json::json;

/// Remembers that plg made these; all of unknown origin, where none is named, and what was adopted too if that is said.
pub(super) async fn own(
    stack: &'static Stack,
    global: &Global,
    (addresses, adopted): (&[String], bool),
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let (chosen, book) = open(stack, global, "state own")?;
    let state = book.state();
    let meant = if addresses.is_empty() { every(&state, adopted) } else { named(&state, addresses)? };
    if meant.is_empty() {
        output.data(&format!(
            "Nothing to change in stage {}: the state records plg as the creator of these resources already.",
            chosen.stage.name
        ));
        return Ok(());
    }
    let question = format!(
        "Record plg as the creator of {} in stage {2}, so that it removes {1} once no longer declared?",
        match &meant[..] {
            [(address, _)] => (*address).clone(),
            several => format!("{} resources", several.len()),
        },
        if meant.len() == 1 { "it" } else { "them" },
        chosen.stage.name
    );
    confirm(sure(&chosen), yes, &question)?;
    let made = |entry: &Entry| Box::new(Entry { origin: Origin::Made, on_destroy: written(entry), ..entry.clone() });
    let changes = meant
        .iter()
        .map(|(address, entry)| StateEvent::Adopt { address: (*address).clone(), entry: made(entry) })
        .collect();
    record(&book, changes).await?;
    for (address, entry) in &meant {
        output.event("owned", json!({ "address": address, "id": entry.id, "was": entry.origin }));
        output.data(&format!(
            "The state records plg as the creator of {address} ({}); it was {}.",
            entry.id,
            entry.origin.word()
        ));
    }
    Ok(())
}

/// What earlier plgs remember of `on_destroy` where nothing was written is no word of anybody.
fn written(entry: &Entry) -> String {
    entry.written_on_destroy().map_or(String::new(), |word| word.as_str().to_owned())
}

fn every(state: &State, adopted: bool) -> Vec<(&String, &Entry)> {
    let is_meant = |(address, entry): &(&String, &Entry)| {
        entry.is_of_unknown_origin(address) || (adopted && entry.origin == Origin::Adopted && !entry.existing)
    };
    state.resources.iter().filter(is_meant).collect()
}

/// Those named that are not plg's already.
fn named<'a>(state: &'a State, addresses: &'a [String]) -> Result<Vec<(&'a String, &'a Entry)>, CommandFailure> {
    let mut meant = Vec::new();
    for address in addresses {
        let Some((address, entry)) = state.resources.get_key_value(address) else {
            return Err(unknown(state, address));
        };
        if entry.existing {
            return Err(CommandFailure::refused(
                codes::COMMAND_LINE,
                Exit::Usage,
                format!("{address} is declared `existing`, so plg never removes it"),
                "declare it without `existing`, deploy to adopt it, then run this again",
            ));
        }
        if entry.origin != Origin::Made && meant.iter().all(|(other, _)| *other != address) {
            meant.push((address, entry));
        }
    }
    Ok(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let mut state = State::new("shop", "prod");
        let entry = |origin, existing| Entry { origin, existing, ..Entry::default() };
        for (address, entry) in [
            ("event.Made", entry(Origin::Made, false)),
            ("event.Adopted", entry(Origin::Adopted, false)),
            ("event.Unknown", entry(Origin::Unknown, false)),
            ("event.Theirs", entry(Origin::Unknown, true)),
            ("annotation.Mark@7", entry(Origin::Unknown, false)),
        ] {
            state.resources.insert(address.into(), entry);
        }
        state
    }

    fn words(meant: Vec<(&String, &Entry)>) -> Vec<String> {
        meant.into_iter().map(|(address, _)| address.clone()).collect()
    }

    #[test]
    fn all_are_those_of_unknown_origin() {
        let state = state();
        assert_eq!(words(every(&state, false)), ["event.Unknown"]);
        assert_eq!(words(every(&state, true)), ["event.Adopted", "event.Unknown"]);
    }

    #[test]
    fn what_is_named_has_to_be_remembered_and_managed() {
        let state = state();
        let given = ["event.Adopted", "event.Made", "event.Unknown", "event.Adopted"].map(str::to_owned);
        assert_eq!(words(named(&state, &given).unwrap()), ["event.Adopted", "event.Unknown"]);
        for wrong in ["event.Other", "event.Theirs"] {
            assert!(named(&state, &[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
