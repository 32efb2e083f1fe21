//! "`x` is not a …", with the candidate that was probably meant.

use plg_schema::similar::closest;

/// "`x` is not a `what`", with the closest candidate, or all of them where they are few.
pub(crate) fn unknown<'a>(word: &str, what: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> String {
    let message = format!("`{word}` is not a {what}");
    if let Some(close) = closest(word, candidates.clone()) {
        return format!("{message}\nhelp: did you mean `{close}`?");
    }
    let all: Vec<String> = candidates.map(|c| format!("`{c}`")).collect();
    match all.len() {
        0 => message,
        _ => format!("{message}\nhelp: expected one of {}", all.join(", ")),
    }
}
