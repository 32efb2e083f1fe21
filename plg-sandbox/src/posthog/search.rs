//! How lists are searched.

/// How well `needle` matches any of the texts: `exact` within one, `similar` by shared trigrams.
pub(crate) fn match_type(needle: &str, texts: &[&str]) -> Option<&'static str> {
    let needle = needle.trim().to_lowercase();
    if texts.iter().any(|t| t.to_lowercase().contains(&needle)) {
        return Some("exact");
    }
    texts.iter().any(|t| word_similarity(&needle, &t.to_lowercase()) >= 0.4).then_some("similar")
}

/// The share of the needle's trigrams that occur in the text.
fn word_similarity(needle: &str, text: &str) -> f64 {
    let wanted = trigrams(needle);
    let there = trigrams(text);
    if wanted.is_empty() {
        return 0.0;
    }
    let shared = u32::try_from(wanted.iter().filter(|t| there.contains(t)).count()).unwrap_or(u32::MAX);
    f64::from(shared) / f64::from(u32::try_from(wanted.len()).unwrap_or(u32::MAX))
}

fn trigrams(text: &str) -> Vec<[char; 3]> {
    let mut out = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        let padded: Vec<char> = "  ".chars().chain(word.chars()).chain(" ".chars()).collect();
        for window in padded.windows(3) {
            let trigram = [window[0], window[1], window[2]];
            if !out.contains(&trigram) {
                out.push(trigram);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_is_still_similar() {
        assert_eq!(match_type("grow", &["Growth"]), Some("exact"));
        assert_eq!(match_type("growht", &["Growth"]), Some("similar"));
        assert_eq!(match_type("retention", &["Growth"]), None);
    }
}
