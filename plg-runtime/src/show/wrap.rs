//! Lines that are broken between words, where a terminal ends.

use std::borrow::Cow;

/// How much further in a line goes on that stands in something and was broken.
const FURTHER: usize = 2;

/// The fewest columns that a line is broken for.
const NARROWEST: usize = 20;

/// A text whose lines are not longer than a terminal is wide, as far as its words allow. Colours take no room.
pub fn wrapped(text: &str, width: Option<usize>) -> Cow<'_, str> {
    let Some(width) = width.filter(|width| *width >= NARROWEST) else { return Cow::Borrowed(text) };
    if text.lines().all(|line| columns(line) <= width) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> = text.split('\n').map(|line| broken(line, width)).collect();
    Cow::Owned(lines.join("\n"))
}

/// One line, broken between words.
fn broken(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let inner = if indent == 0 { String::new() } else { " ".repeat((indent + FURTHER).min(width / 2)) };
    let (mut out, mut used) = (String::new(), 0);
    // A gap of several spaces stays what it is where both its ends fit.
    let mut gap = String::new();
    for piece in line.split_inclusive(' ') {
        let word = piece.trim_end_matches(' ');
        if word.is_empty() {
            gap.push_str(piece);
            continue;
        }
        let wide = columns(word);
        if used > indent && used + gap.len() + wide > width {
            out.push('\n');
            out.push_str(&inner);
            used = inner.len();
        } else {
            out.push_str(&gap);
            used += gap.len();
        }
        out.push_str(word);
        used += wide;
        gap.clear();
        gap.push_str(&piece[word.len()..]);
    }
    out
}

/// How many columns a text takes: escapes of colours take none.
fn columns(text: &str) -> usize {
    let (mut count, mut letters) = (0, text.chars());
    while let Some(c) = letters.next() {
        match c {
            '\x1b' => {
                let _ = letters.by_ref().find(|c| c.is_ascii_alphabetic());
            }
            // Most of what is wide: CJK, and signs in colour.
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => {
                count += 2
            }
            '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' => count += 2,
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_words_and_further_in() {
        let line = "  feature_flag.DarkMode could not be applied";
        assert_eq!(wrapped(line, Some(30)), "  feature_flag.DarkMode could\n    not be applied");
        assert_eq!(wrapped(line, None), line);
        assert_eq!(wrapped(line, Some(80)), line);
        assert_eq!(wrapped("short\n\nones", Some(30)), "short\n\nones");
        // Text without spaces is not cut, and the text after it goes on a line of its own.
        let long = "https://example.com/a/very/long/address and more";
        assert_eq!(wrapped(long, Some(20)), "https://example.com/a/very/long/address\nand more");
    }

    #[test]
    fn colours_take_no_room() {
        let line = "\x1b[1;31merror\x1b[0m: twelve more of themm";
        assert_eq!(columns(line), 27);
        assert_eq!(wrapped(line, Some(27)), line);
        assert_eq!(wrapped(line, Some(26)), "\x1b[1;31merror\x1b[0m: twelve more of\nthemm");
        assert_eq!(columns("日本"), 4);
    }
}
