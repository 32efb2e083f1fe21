//! A file of variables, `.env`, as the tools of most languages read it, and with nothing put in the place of a `$`.
//!
//! ```text
//! # a comment
//! export NAME = plain text  # a comment
//! NAME='as it is, also $ and \, over several lines'
//! NAME="with \n, \", \\ and \$; everything else as it is"
//! ```

/// What a file says, and what of it cannot be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables {
    /// Names and values, in order, each name once.
    pub(crate) set: Vec<(String, String)>,
    /// What is wrong, with the number of the line. Never what stands there: it may be a key.
    pub(crate) problems: Vec<(usize, String)>,
}

/// Reads a file. A line that cannot be read does not hide the others.
pub(crate) fn read(text: &str) -> Variables {
    let mut all = Variables::default();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut seen: Vec<(String, usize)> = Vec::new();
    while !rest.is_empty() {
        let number = 1 + text[..text.len() - rest.len()].matches('\n').count();
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest[..end].trim();
        if line.is_empty() || line.starts_with('#') {
            rest = &rest[end..];
            continue;
        }
        match entry(rest, end) {
            Ok((name, value, after)) => {
                if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
                    all.problems
                        .push((number, format!("{name} is already set in line {first}, and that value is used")));
                } else {
                    seen.push((name.clone(), number));
                    all.set.push((name, value));
                }
                rest = &rest[after..];
            }
            Err(problem) => {
                all.problems.push((number, problem.to_owned()));
                rest = &rest[end..];
            }
        }
    }
    all
}

/// One entry at the start of a text whose first line ends at `end`: its name, its value, and where the next line is.
fn entry(text: &str, end: usize) -> Result<(String, String, usize), &'static str> {
    let line = &text[..end];
    let equals = line.find('=').ok_or("it has no `=`: write NAME=value")?;
    let name = line[..equals].trim();
    let name = name.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).map_or(name, str::trim);
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
        return Err("the part before `=` is not a variable's name: use letters, digits and `_`");
    }
    let given = line[equals + 1..].trim_start_matches([' ', '\t']);
    let at = end - given.len();
    let (value, after) = match text[at..].chars().next() {
        Some(quote @ ('\'' | '"')) => {
            let (value, length) = quoted(&text[at + 1..], quote).ok_or("a quote that it opens is never closed")?;
            let after = at + 1 + length;
            let end = text[after..].find('\n').map_or(text.len(), |newline| after + newline + 1);
            let left = text[after..end].trim();
            if !left.is_empty() && !left.starts_with('#') {
                return Err("something stands behind the quote that closes the value");
            }
            (value, end)
        }
        _ => (plain(given).to_owned(), end),
    };
    if value.contains('\0') {
        return Err("the value holds a NUL, which no variable can");
    }
    Ok((name.to_owned(), value, after))
}

/// An unquoted value: up to a comment, which begins after a space.
fn plain(given: &str) -> &str {
    if given.starts_with('#') {
        return "";
    }
    let comment = given.match_indices('#').find(|(at, _)| given[..*at].ends_with([' ', '\t']));
    given[..comment.map_or(given.len(), |(at, _)| at)].trim_end()
}

/// What is in quotes, and how long it was with the quote that closes it.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            letter if letter == quote => return Some((out.replace("\r\n", "\n"), at + 1)),
            '\\' if quote == '"' => match letters.next()?.1 {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                plain @ ('"' | '\\' | '$') => out.push(plain),
                other => out.extend(['\\', other]),
            },
            letter => out.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> String {
        let read = read(line);
        assert_eq!(read.problems, [], "{line}");
        read.set.into_iter().next().unwrap().1
    }

    #[test]
    fn values_are_what_common_tools_read() {
        for (line, wanted) in [
            ("A=plain", "plain"),
            ("export A = plain text  # a comment", "plain text"),
            ("A=a#b", "a#b"),
            ("A=#only a comment", ""),
            ("A=", ""),
            ("A=p$SS${WORD}$(id)`id`\\n", "p$SS${WORD}$(id)`id`\\n"),
            ("A=\"p$SS${WORD} # no comment\" # a comment", "p$SS${WORD} # no comment"),
            ("A='p$SS\\n\"x\"'", "p$SS\\n\"x\""),
            ("A=\"a\\n\\\"b\\\" \\\\ \\$ \\d\"", "a\n\"b\" \\ $ \\d"),
            ("A='two\r\nlines'\nB=1", "two\nlines"),
            ("\u{feff}A=it's", "it's"),
            ("A=x=y==", "x=y=="),
            ("A=plain\r\n", "plain"),
            ("  A\t=\tgröße 🎉", "größe 🎉"),
        ] {
            assert_eq!(value(line), wanted, "{line:?}");
        }
    }

    #[test]
    fn each_problem_has_its_line_and_hides_no_other() {
        let text =
            "A=1\n\n# ok\nno equals secret\nB='two\nlines'\nC=\"open secret\nD=2\n2X=1\nA=secret\nE='x' secret\nF=3";
        let read = read(text);
        let set: Vec<&str> = read.set.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(set, ["A", "B", "D", "F"]);
        let lines: Vec<usize> = read.problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [4, 7, 9, 10, 11]);
        assert!(!format!("{:?}", read.problems).contains("secret"));
    }
}
