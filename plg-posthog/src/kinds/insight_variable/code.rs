//! What queries call a variable.

use crate::kinds::prelude::*;

/// As PostHog makes it of a name: letters, digits, spaces and `_` stay, in lower case, and spaces become `_`.
pub(in crate::kinds) fn computed(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '_'));
    kept.map(|c| if c == ' ' { '_' } else { c }).collect::<String>().to_lowercase()
}

/// The code of a declaration, where it can be read: the one that is written, or the one that its title makes.
pub(in crate::kinds) fn of(variable: &Block) -> Option<String> {
    if let Some(code) = variable.get("code") {
        return code.text().map(str::to_owned);
    }
    match variable.get("title") {
        Some(title) => title.text().map(computed),
        None => Some(computed(&plg_core::text::title(&variable.name))),
    }
}

/// What a code must look like.
pub(super) fn check(text: &str) -> Result<(), String> {
    let right = computed(text.trim());
    if right.is_empty() {
        return Err("a code has letters, digits and `_`\nhelp: write one, such as \"country\"".to_owned());
    }
    if right == text {
        return Ok(());
    }
    Err(format!("a code has letters, digits and `_` only, in lower case\nhelp: write \"{right}\""))
}

/// A title of signs alone makes a code that no query can call.
pub(super) fn of_title(title: &str) -> Result<(), String> {
    if !computed(title).is_empty() {
        return Ok(());
    }
    Err("PostHog derives a variable's code from the letters and digits of its title, and this title has none\nhelp: write `code: \"country\"` beside it, or another title".to_owned())
}

/// What a variable is kept by beside its id, as it is imported.
pub(in crate::kinds) fn kept(code: &str) -> String {
    format!("code {code}")
}
