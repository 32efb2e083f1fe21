//! `state mv` and `state rm`: single changes of what is remembered, through the journal.

use super::{me, sure};
use crate::args::Global;
use crate::commands::deploy::confirm;
use crate::commands::output::unknown;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage::{self, ChosenStage};
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::store::{Action, Intent, State, StateEvent, StateStore};
use serde_json::json;

pub(super) fn open(
    stack: &'static Stack,
    global: &Global,
    command: &str,
) -> Result<(ChosenStage, StateStore), CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    let medium = chosen.backend(stack)?;
    let book = StateStore::open(medium, stack.name, chosen.stage.name, &me(command)).map_err(Error::from)?;
    Ok((chosen, book))
}

/// Refuses to touch an address with an open create: the next deploy looks for its object by this address. Where the
/// state has the object, a create that may still arrive changes nothing about it: its key is taken.
fn settled(book: &StateStore, address: &str) -> Result<(), CommandFailure> {
    let is_known = book.state().resources.contains_key(address);
    let is_open = |intent: &Intent| intent.address == address && intent.action == Action::Create;
    if !is_known && book.pending().iter().any(is_open) {
        return Err(CommandFailure::refused(
            codes::OPEN_REQUESTS,
            Exit::Refused,
            format!("the outcome of a request for {address} is unknown"),
            "deploy first: it looks up the outcome",
        ));
    }
    Ok(())
}

pub(super) async fn record(book: &StateStore, changes: Vec<StateEvent>) -> Result<(), CommandFailure> {
    for change in changes {
        book.record(change).await.map_err(Error::from)?;
    }
    Ok(book.snapshot().map_err(Error::from)?)
}

pub(super) async fn rename(
    stack: &'static Stack,
    global: &Global,
    from: &str,
    to: &str,
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let (chosen, book) = open(stack, global, "state mv")?;
    let state = book.state();
    let moves = moves(&state, from, to)?;
    for (from, _) in &moves {
        settled(&book, from)?;
    }
    confirm(sure(&chosen), yes, &format!("Move {from} to {to} in the state of stage {}?", chosen.stage.name))?;
    record(&book, changes(&state, &moves)).await?;
    for (from, to) in &moves {
        output.event("renamed", json!({ "from": from, "to": to }));
        output.data(&format!("{from} is {to} in the state now."));
    }
    Ok(())
}

/// The address itself, and those of the options and statuses inside it.
fn moves(state: &State, from: &str, to: &str) -> Result<Vec<(String, String)>, CommandFailure> {
    if !state.resources.contains_key(from) {
        return Err(unknown(state, from));
    }
    let (Some((kind, old)), Some((new_kind, new))) = (from.split_once('.'), to.split_once('.')) else {
        return Err(CommandFailure::usage(
            format!("`{to}` is not an address"),
            "write a kind, a dot and a name, as `state list` prints them",
        ));
    };
    if kind != new_kind {
        return Err(CommandFailure::usage(
            format!("{from} is a {kind}, and {to} would be a {new_kind}"),
            format!("write `{kind}.{new}`"),
        ));
    }
    let good = |name: &str| {
        !name.is_empty() && name.split('.').all(|part| part.chars().next().is_some_and(char::is_uppercase))
    };
    if !good(new) {
        return Err(CommandFailure::usage(
            format!("`{to}` is not an address"),
            format!("write the name of a declaration after the dot, such as `{kind}.DarkMode`"),
        ));
    }
    let mut moves = vec![(from.to_owned(), to.to_owned())];
    for (address, entry) in &state.resources {
        if let Some((kind, name)) = address.split_once('.')
            && let Some(inside) = name.strip_prefix(old).and_then(|rest| rest.strip_prefix('.'))
            && entry.depends.iter().any(|depends| depends == from)
        {
            moves.push((address.clone(), format!("{kind}.{new}.{inside}")));
        }
    }
    match moves.iter().find(|(_, to)| state.resources.contains_key(to)) {
        Some((_, taken)) => Err(CommandFailure::refused(
            codes::COMMAND_LINE,
            Exit::Usage,
            format!("the state already has {taken}"),
            format!("to remove that entry from the state, and leave its object as it is: `state rm {taken}`"),
        )),
        None => Ok(moves),
    }
}

/// The renames, and what depends on what was renamed.
fn changes(state: &State, moves: &[(String, String)]) -> Vec<StateEvent> {
    let now = |address: &String| moves.iter().find(|(from, _)| from == address).map_or(address, |(_, to)| to).clone();
    let renames = moves.iter().map(|(from, to)| StateEvent::Rename { from: from.clone(), to: to.clone() });
    let dependents = state.resources.iter().filter_map(|(address, entry)| {
        let depends: Vec<String> = entry.depends.iter().map(now).collect();
        let entry = plg_runtime::store::Entry { depends: depends.clone(), ..entry.clone() };
        (depends != state.resources[address].depends)
            .then(|| StateEvent::Adopt { address: now(address), entry: Box::new(entry) })
    });
    renames.chain(dependents).collect()
}

pub(super) async fn forget(
    stack: &'static Stack,
    global: &Global,
    address: &str,
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let (chosen, book) = open(stack, global, "state rm")?;
    let state = book.state();
    let Some(entry) = state.resources.get(address) else { return Err(unknown(&state, address)) };
    settled(&book, address)?;
    confirm(
        sure(&chosen),
        yes,
        &format!(
            "Remove {address} from the state of stage {1}, and leave the object {0} as it is?",
            entry.id, chosen.stage.name
        ),
    )?;
    record(&book, vec![StateEvent::Forget { address: address.to_owned(), archived: false }]).await?;
    output.event("forgotten", json!({ "address": address, "id": entry.id }));
    output.data(&format!("{address} is removed from the state. Its object {} is unchanged.", entry.id));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_runtime::store::Entry;

    fn state() -> State {
        let mut state = State::new("shop", "prod");
        for (address, depends) in [
            ("attribute.Stage", vec![]),
            ("option.Stage.Trial", vec!["attribute.Stage"]),
            ("attribute.StageTwo", vec![]),
            ("feature_flag.Stage", vec!["option.Stage.Trial"]),
        ] {
            let depends = depends.into_iter().map(str::to_owned).collect();
            state.resources.insert(address.into(), Entry { depends, ..Entry::default() });
        }
        state
    }

    #[test]
    fn what_is_inside_moves_along_and_what_depends_on_it_knows() {
        let state = state();
        let moves = moves(&state, "attribute.Stage", "attribute.Phase").unwrap();
        let words: Vec<(&str, &str)> = moves.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(words, [("attribute.Stage", "attribute.Phase"), ("option.Stage.Trial", "option.Phase.Trial")]);
        let adopted: Vec<(String, Vec<String>)> = changes(&state, &moves)
            .into_iter()
            .filter_map(|change| match change {
                StateEvent::Adopt { address, entry } => Some((address, entry.depends)),
                _ => None,
            })
            .collect();
        assert_eq!(
            adopted,
            [
                ("feature_flag.Stage".to_owned(), vec!["option.Phase.Trial".to_owned()]),
                ("option.Phase.Trial".to_owned(), vec!["attribute.Phase".to_owned()]),
            ]
        );
    }

    #[test]
    fn what_would_overwrite_or_change_the_kind_is_refused() {
        let state = state();
        for to in ["attribute.StageTwo", "feature_flag.Stage", "attribute", "attribute.", "attribute.phase"] {
            assert!(moves(&state, "attribute.Stage", to).is_err(), "{to}");
        }
        assert!(moves(&state, "attribute.Stag", "attribute.Phase").is_err());
    }
}
