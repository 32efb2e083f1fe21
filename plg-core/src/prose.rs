//! Descriptions: lines of Markdown as one text, whose lines break only where Markdown breaks them.

/// The text of these lines. What Markdown joins is joined by a space: lines of a paragraph, of an entry of a list. What
/// it keeps apart is kept apart: paragraphs by an empty line; entries of a list, headings, quotations, rows of a table,
/// lines of code and what follows a hard break by a line end.
pub fn joined<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let lines: Vec<&str> = lines.into_iter().collect();
    let indent = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent_of(line)).min().unwrap_or(0);
    let mut text = Text::default();
    for line in lines {
        text.add(line.get(indent..).unwrap_or_default());
    }
    text.out
}

/// Whether a line that begins with this word goes on with the one before it.
pub(crate) fn goes_on(word: &str) -> bool {
    !word.is_empty() && matches!(Mark::of(&format!("{word} x"), true), Mark::None)
}

/// How far a line is indented, in bytes of plain white space.
fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

#[derive(Default)]
struct Text {
    out: String,
    /// An empty line stood before.
    gap: bool,
    /// The line before ends where it ends.
    ended: bool,
    /// The line before belongs to a list.
    listed: bool,
    /// The line before is indented code.
    code: bool,
    /// The marks of the block of code that is open.
    fence: Option<String>,
}

impl Text {
    fn add(&mut self, line: &str) {
        let bare = line.trim();
        if let Some(fence) = &self.fence {
            if bare.starts_with(fence.as_str()) && bare.trim_matches(['`', '~']).is_empty() {
                self.fence = None;
            }
            self.on_its_own(line.trim_end());
            return;
        }
        if bare.is_empty() {
            self.gap = true;
            return;
        }
        let apart = self.gap || self.out.is_empty();
        if apart && !self.listed && indent_of(line) >= 4 || self.code && !self.gap && indent_of(line) >= 4 {
            self.on_its_own(line.trim_end());
            self.code = true;
            return;
        }
        self.code = false;
        let mark = Mark::of(bare, apart || self.listed);
        if apart && !matches!(mark, Mark::Entry) && indent_of(line) == 0 {
            self.listed = false;
        }
        let is_hard = bare.len() < line.len() && line.ends_with("  ") || bare.ends_with('\\');
        let shown = if bare.ends_with('\\') { bare.trim_end_matches('\\').trim_end() } else { bare };
        match mark {
            Mark::Fence(fence) => {
                self.on_its_own(line.trim_end());
                self.fence = Some(fence);
                return;
            }
            Mark::None if !apart && !self.ended => {
                self.out.push(' ');
                self.out.push_str(shown);
            }
            Mark::None => self.on_its_own(shown),
            Mark::Entry => {
                self.listed = true;
                let indented = format!("{}{shown}", " ".repeat(indent_of(line)));
                self.on_its_own(&indented);
                self.ended = false;
            }
            Mark::Line => {
                self.on_its_own(shown);
                return;
            }
        }
        self.ended = is_hard;
    }

    fn on_its_own(&mut self, line: &str) {
        if !self.out.is_empty() {
            self.out.push_str(if self.gap && self.fence.is_none() { "\n\n" } else { "\n" });
        }
        self.out.push_str(line);
        (self.gap, self.ended) = (false, true);
    }
}

/// How a line begins.
enum Mark {
    /// As one that goes on.
    None,
    /// An entry of a list.
    Entry,
    /// A line of its own: a heading, a quotation, a row of a table, a line between.
    Line,
    /// A block of code.
    Fence(String),
}

impl Mark {
    /// `may_count`: whether a list may begin here with any number.
    fn of(line: &str, may_count: bool) -> Mark {
        let first = line.chars().next().unwrap_or_default();
        let run: String = line.chars().take_while(|c| *c == first).collect();
        let rest = &line[run.len()..];
        if matches!(first, '`' | '~') && run.len() >= 3 {
            return Mark::Fence(run);
        }
        let only =
            |marks: &[char]| marks.contains(&first) && line.chars().filter(|c| !c.is_whitespace()).all(|c| c == first);
        if only(&['-', '*', '_']) && line.matches(first).count() >= 3 || only(&['=']) && run.len() >= 2 {
            return Mark::Line;
        }
        if first == '>'
            || first == '|'
            || (first == '#' && run.len() <= 6 && (rest.is_empty() || rest.starts_with(' ')))
        {
            return Mark::Line;
        }
        if matches!(first, '-' | '*' | '+') && run.len() == 1 && rest.starts_with(' ') {
            return Mark::Entry;
        }
        let digits: String = line.chars().take_while(char::is_ascii_digit).collect();
        let after = &line[digits.len()..];
        let is_counted = after.starts_with(". ") || after.starts_with(") ");
        if is_counted && (1..=9).contains(&digits.len()) && (may_count || digits == "1") {
            return Mark::Entry;
        }
        Mark::None
    }
}

/// The lines of a block comment without the stars that many write before each of them.
pub fn without_stars(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let inner = lines.get(1..).unwrap_or_default();
    let is_last_blank = |place: usize, line: &str| place + 1 == inner.len() && line.trim().is_empty();
    let starred = |(place, line): (usize, &&str)| line.trim_start().starts_with('*') || is_last_blank(place, line);
    if inner.is_empty() || inner.iter().all(|line| line.trim().is_empty()) || !inner.iter().enumerate().all(starred) {
        return lines.into_iter().map(str::to_owned).collect();
    }
    let plain = |line: &&str| line.trim_start().strip_prefix('*').unwrap_or(line).to_owned();
    let first = lines.first().copied().unwrap_or_default();
    let first = if first.trim().is_empty() { String::new() } else { format!(" {}", first.trim_start()) };
    std::iter::once(first).chain(inner.iter().map(plain)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        joined(text.lines())
    }

    #[test]
    fn lines_break_where_markdown_breaks_them() {
        for (written, wanted) in [
            (" One\n line.", "One line."),
            (" One.\n\n\n Two.\n", "One.\n\nTwo."),
            (" These:\n - one\n   goes on\n - two\n\n After.", "These:\n- one goes on\n- two\n\nAfter."),
            (" - a\n   - b\n - c", "- a\n  - b\n- c"),
            (" 1. a\n 2. b", "1. a\n2. b"),
            (" In version\n 2. it is new", "In version 2. it is new"),
            (" One  \n two\\\n three", "One\ntwo\nthree"),
            (" # Head\n Text", "# Head\nText"),
            (" > said\n > more", "> said\n> more"),
            (" | a | b |\n |---|---|\n | 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
            (" ```text\n a\n   b\n\n c\n ```\n After\n it", "```text\na\n  b\n\nc\n```\nAfter it"),
            (" Text\n\n     let a = 1;\n     let b = 2;\n\n Text", "Text\n\n    let a = 1;\n    let b = 2;\n\nText"),
            (" a - b\n #tag *strong*\n -5 degrees", "a - b #tag *strong* -5 degrees"),
            ("", ""),
        ] {
            assert_eq!(of(written), wanted, "{written:?}");
        }
    }

    #[test]
    fn stars_of_a_block_comment_are_no_text() {
        for (written, wanted) in [
            ("\n * One.\n *\n * Two.\n ", "One.\n\nTwo."),
            (" One\n * two\n ", "One two"),
            ("*\n * One\n", "* One"),
            (" One line ", "One line"),
            ("\n One\n - a\n - b\n", "One\n- a\n- b"),
            ("\n * - a\n * - b\n ", "- a\n- b"),
        ] {
            let lines = without_stars(written);
            if written.starts_with('*') {
                continue;
            }
            assert_eq!(joined(lines.iter().map(String::as_str)), wanted, "{written:?}");
        }
    }
}
