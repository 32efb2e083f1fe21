//! Asking before something is changed.

use crate::output::shown;
use std::io::IsTerminal;

/// How sure the person must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask<'a> {
    /// Nothing is asked.
    Nothing,
    /// `y` or `n`.
    YesNo,
    /// The stage's name, typed out.
    Name(&'a str),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// Go on.
    Yes,
    /// Leave everything as it is.
    No,
    /// There is nobody to ask.
    Nobody,
}

/// Whether there is a terminal to ask on.
pub(crate) fn anybody() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks on the terminal; `--yes` answers everything.
pub(crate) fn ask(how: Ask, yes: bool, question: &str) -> Confirmation {
    if yes || how == Ask::Nothing {
        return Confirmation::Yes;
    }
    if !anybody() {
        return Confirmation::Nobody;
    }
    let agreed = match how {
        Ask::Nothing => true,
        Ask::YesNo => {
            dialoguer::Confirm::new().with_prompt(shown(question, false)).default(false).interact().unwrap_or(false)
        }
        Ask::Name(name) => dialoguer::Input::<String>::new()
            .with_prompt(format!("{} Type the stage's name, {name}, to confirm", shown(question, false)))
            .allow_empty(true)
            .interact_text()
            .is_ok_and(|typed| typed.trim() == name),
    };
    if agreed { Confirmation::Yes } else { Confirmation::No }
}
