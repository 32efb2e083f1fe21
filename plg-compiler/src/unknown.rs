//! "`x` is not a …", with the candidate that was probably meant.

use plg_core::Field;
use plg_core::similar::closest;

/// "`x` is not a `what`", with the closest candidate, or all of them where they are few.
pub(crate) fn unknown<'a>(word: &str, what: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> String {
    let message = format!("`{word}` is not a {what}");
    let candidates = candidates.filter(|candidate| *candidate != word);
    if let Some(close) = closest(word, candidates.clone()) {
        return format!("{message}\nhelp: did you mean `{close}`?");
    }
    let all: Vec<String> = candidates.map(|c| format!("`{c}`")).collect();
    match all.len() {
        0 => message,
        _ => format!("{message}\nhelp: expected one of {}", all.join(", ")),
    }
}

/// The field that was probably meant by a name that none has: one of nearly that name, or the first that must be
/// written and is not.
pub(crate) fn meant<'a>(word: &str, open: &[&'a Field]) -> Option<&'a str> {
    let required = || open.iter().find(|field| field.required).map(|field| field.name);
    closest(word, open.iter().map(|field| field.name)).or_else(required)
}

/// [`unknown`] of a field, with the one that was probably [`meant`].
pub(crate) fn unknown_field<'a>(
    word: &str,
    what: &str,
    open: &[&'a Field],
    others: impl Iterator<Item = &'a str> + Clone,
) -> String {
    let names = open.iter().map(|field| field.name).chain(others);
    match meant(word, open) {
        Some(field) if closest(word, names.clone()).is_none() => {
            format!("`{word}` is not a {what}\nhelp: did you mean `{field}`, which is missing?")
        }
        _ => unknown(word, what, names),
    }
}
