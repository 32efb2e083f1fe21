//! Characters that nobody sees.

/// Whether a character does anything but to be seen: a control character, a mark that turns the direction of text, one
/// that ends a line or a paragraph, or one that has no shape.
pub fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character is seen by what it does to the two around it: it joins letters or emoji. Alone it is nothing.
pub fn joins(c: char, before: Option<char>, after: Option<char>) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
        && [before, after].iter().all(|near| near.is_some_and(|near| !near.is_ascii() && !is_hidden(near)))
}

/// Whether anything in a text is not seen.
pub fn hides(text: &str) -> bool {
    text.contains(is_hidden) && {
        let letters: Vec<char> = text.chars().collect();
        let near = |place: Option<usize>| place.and_then(|place| letters.get(place)).copied();
        let mut all = letters.iter().enumerate();
        all.any(|(place, c)| is_hidden(*c) && !joins(*c, near(place.checked_sub(1)), near(Some(place + 1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_joins_emoji_is_seen() {
        assert!(!hides("plain ä 日本 👩\u{200d}👧 ✓️"));
        for text in ["a\u{200d}b", "👩\u{200d}", "\u{61c}", "a\nb", "\u{9b}", "\u{2028}", "\0"] {
            assert!(hides(text), "{text:?}");
        }
    }
}
