//! “Did you mean …?”: the one rule for it.

/// The candidate that was probably meant: a slip away, or of the same name after a dot.
///
/// A slip is an edit (insert, delete, replace, swap neighbours) in a third of the letters at most, as in
/// rustc, whatever their case. An address such as `feature_flag.DarkMode` is also found by its name alone,
/// and under another kind.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|candidate| Some((edits(&word, &candidate.to_lowercase())?, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}

/// How far a candidate is from a word, if it is close enough.
fn edits(word: &str, candidate: &str) -> Option<usize> {
    let whole = slip(word, candidate);
    let Some((of, name)) = candidate.rsplit_once('.') else { return whole };
    match word.rsplit_once('.') {
        None => whole.into_iter().chain(slip(word, name)).min(),
        // What both begin with alike makes no two names similar.
        Some((kind, own)) if kind == of => slip(own, name),
        Some((_, own)) => whole.or_else(|| (own == name).then(|| strsim::osa_distance(word, candidate))),
    }
}

/// The edits between two words, if they are few.
fn slip(a: &str, b: &str) -> Option<usize> {
    let longest = a.chars().count().max(b.chars().count());
    Some(strsim::osa_distance(a, b)).filter(|edits| *edits <= longest / 3)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn slips() {
        let kinds = ["feature_flag", "experiment", "survey"];
        assert_eq!(closest("feature_flg", kinds), Some("feature_flag"));
        assert_eq!(closest("Expermient", kinds), Some("experiment"));
        assert_eq!(closest("webhook", kinds), None);
        assert_eq!(closest("prdo", ["local", "prod"]), Some("prod"));
        assert_eq!(closest("x", ["y"]), None);
    }

    #[test]
    fn addresses() {
        let known = ["attribute.Risk", "attribute.Risk.Low", "experiment.DarkMode", "feature_flag.DarkMode"];
        assert_eq!(closest("feature_flag.DarkMod", known), Some("feature_flag.DarkMode"));
        assert_eq!(closest("feature_flags.darkmode", known), Some("feature_flag.DarkMode"));
        assert_eq!(closest("flag.DarkMode", known), Some("feature_flag.DarkMode"));
        assert_eq!(closest("risk", known), Some("attribute.Risk"));
        assert_eq!(closest("DarkMod", known), Some("experiment.DarkMode"));
        assert_eq!(closest("Low", known), Some("attribute.Risk.Low"));
        assert_eq!(closest("survey.Nps", known), None);
        assert_eq!(closest("feature_flag.Nope", known), None);
    }
}
