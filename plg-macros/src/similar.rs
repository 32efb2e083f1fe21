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
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut edits = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(replaced);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                edits = edits.min(rows[i - 2][j - 2] + 1);
            }
            row.push(edits);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
