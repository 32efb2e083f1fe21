//! “Did you mean …?”

/// The candidate closest to `word`, if any is close enough to be a slip: a third of its letters, as rustc does.
pub(crate) fn similar<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(edits, candidate)| *edits <= candidate.len().max(word.len()) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// "`x` is not a `what`", with the closest candidate, or all of them where they are few.
pub(crate) fn unknown<'a>(word: &str, what: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> String {
    let message = format!("`{word}` is not a {what}");
    if let Some(close) = similar(word, candidates.clone()) {
        return format!("{message}\nhelp: did you mean `{close}`?");
    }
    let all: Vec<String> = candidates.map(|c| format!("`{c}`")).collect();
    match all.len() {
        0 => message,
        _ => format!("{message}\nhelp: expected one of {}", all.join(", ")),
    }
}

/// Edits (insert, delete, replace, swap neighbours) between two words, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(&a.to_lowercase(), &b.to_lowercase())
}
