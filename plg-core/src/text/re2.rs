//! Whether a text is a regular expression in RE2's syntax, which PostHog's servers and ClickHouse read.

use std::iter::Peekable;
use std::str::Chars;

/// The most times anything may be repeated, counted through all groups.
const REPEATS: u32 = 1_000;

/// How deep groups may be nested.
const DEPTH: usize = 1_000;

/// A regular expression that RE2 takes.
///
/// # Errors
/// With the part that it does not take, and how to write it.
pub fn re2(pattern: &str) -> Result<(), String> {
    let mut reader = Reader { rest: pattern.chars().peekable(), depth: 0, names: Vec::new() };
    reader.alternatives()?;
    match reader.rest.next() {
        None => Ok(()),
        Some(_) => Err(wrong("`)` closes a group that was not opened", r"write `\)` for the character itself")),
    }
}

fn wrong(what: impl std::fmt::Display, help: &str) -> String {
    format!("{what}, so this is not a regular expression in RE2's syntax\nhelp: {help}")
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
    names: Vec<String>,
}

impl Reader<'_> {
    /// Up to the end or an unopened `)`; answers how often its innermost part is repeated.
    fn alternatives(&mut self) -> Result<u32, String> {
        let mut most = 1;
        // What the last thing was repeated by so far, where there is a last thing.
        let mut last: Option<u32> = None;
        let mut repeated = false;
        while let Some(&next) = self.rest.peek() {
            if next == ')' {
                break;
            }
            self.rest.next();
            let by = match next {
                '*' | '+' | '?' => Some(1),
                '{' => self.counted()?,
                _ => None,
            };
            let Some(by) = by else {
                repeated = false;
                last = match next {
                    '|' => None,
                    '(' => self.group()?,
                    '[' => self.class().map(|()| Some(1))?,
                    '\\' => self.escape(false).map(|()| Some(1))?,
                    _ => Some(1),
                };
                most = most.max(last.unwrap_or(1));
                continue;
            };
            let Some(times) = last else {
                return Err(wrong(
                    format!("`{next}` repeats nothing"),
                    &format!(r"write `\{next}` for the character itself"),
                ));
            };
            if repeated {
                return Err(wrong(format!("`{next}` repeats a repetition"), "write one of the two"));
            }
            self.rest.next_if_eq(&'?');
            let times = times.saturating_mul(by);
            if times > REPEATS {
                return Err(wrong("something is repeated more than 1000 times", "repeat it less often"));
            }
            (last, repeated) = (Some(times), true);
            most = most.max(times);
        }
        Ok(most)
    }

    /// What follows `(`, to its `)`; nothing that can be repeated, where it only sets flags.
    fn group(&mut self) -> Result<Option<u32>, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(wrong("groups are nested too deep", "take groups out"));
        }
        if self.rest.next_if_eq(&'?').is_some() && self.opening()? {
            self.depth -= 1;
            return Ok(None);
        }
        let most = self.alternatives()?;
        if self.rest.next().is_none() {
            return Err(wrong("`(` is not closed", r"write `)` at its end, or `\(` for the character itself"));
        }
        self.depth -= 1;
        Ok(Some(most))
    }

    /// What follows `(?`: a name, or flags; whether the group ends with them.
    fn opening(&mut self) -> Result<bool, String> {
        let ahead =
            || wrong("`(?` looks ahead or behind, or is unknown", "write it without lookaround, which RE2 lacks");
        let named = self.rest.next_if_eq(&'P').is_some();
        if named || self.rest.peek() == Some(&'<') {
            if self.rest.next() != Some('<') {
                return Err(ahead());
            }
            let mut name = String::new();
            loop {
                match self.rest.next() {
                    Some('>') if !name.is_empty() => break,
                    Some(c) if c.is_alphanumeric() || c == '_' => name.push(c),
                    Some('=' | '!') if name.is_empty() => return Err(ahead()),
                    _ => return Err(wrong("a group's name is not finished", "write `(?P<name>…)`")),
                }
            }
            if self.names.contains(&name) {
                return Err(wrong(format!("two groups are named `{name}`"), "give one of them another name"));
            }
            self.names.push(name);
            return Ok(false);
        }
        let (mut any, mut negated) = (false, false);
        loop {
            match self.rest.next() {
                Some('i' | 'm' | 's' | 'U') => any = true,
                Some('-') if !negated => (any, negated) = (false, true),
                Some(':') if any || !negated => return Ok(false),
                Some(')') if any => return Ok(true),
                _ => return Err(ahead()),
            }
        }
    }

    /// What follows `{`: how often at most; nothing, where the brace stands for itself.
    fn counted(&mut self) -> Result<Option<u32>, String> {
        let mut ahead = self.rest.clone();
        let (mut text, mut length) = (String::new(), 0);
        loop {
            length += 1;
            match ahead.next() {
                Some('}') => break,
                Some(c) if c.is_ascii_digit() || c == ',' => text.push(c),
                _ => return Ok(None),
            }
        }
        let (least, most) = text.split_once(',').unwrap_or((&text, &text));
        if least.is_empty() || most.contains(',') {
            return Ok(None);
        }
        self.rest.nth(length - 1);
        let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n <= REPEATS);
        let bounds = (number(least), if most.is_empty() { number(least) } else { number(most) });
        match bounds {
            (Some(least), Some(most)) if least <= most => Ok(Some(most.max(1))),
            _ => Err(wrong(format!("`{{{text}}}` is not a number of repetitions"), "write `{2,5}`, with 1000 at most")),
        }
    }

    /// What follows `[`, to its `]`.
    fn class(&mut self) -> Result<(), String> {
        let open = || wrong("`[` is not closed", r"write `]` at its end, or `\[` for the character itself");
        self.rest.next_if_eq(&'^');
        let mut first = true;
        loop {
            let low = match self.rest.next().ok_or_else(open)? {
                ']' if !first => return Ok(()),
                '[' if self.rest.peek() == Some(&':') => {
                    let mut ahead = self.rest.clone();
                    let name: String = ahead.by_ref().skip(1).take_while(|c| *c != ']').collect();
                    if let Some(name) = name.strip_suffix(':') {
                        let known = name.strip_prefix('^').unwrap_or(name);
                        if !CLASSES.contains(&known) {
                            return Err(wrong(format!("there is no class `[:{known}:]`"), "write `[[:alpha:]]`"));
                        }
                        self.rest = ahead;
                        first = false;
                        continue;
                    }
                    Some('[')
                }
                '\\' => self.escaped(true)?,
                c => Some(c),
            };
            first = false;
            let mut ahead = self.rest.clone();
            if ahead.next() != Some('-') || matches!(ahead.next(), None | Some(']')) {
                continue;
            }
            let Some(low) = low else { continue };
            self.rest.next();
            let high = match self.rest.next().ok_or_else(open)? {
                '\\' => self.escaped(true)?,
                c => Some(c),
            };
            if high.is_none_or(|high| high < low) {
                return Err(wrong(format!("a range that starts at `{low}` ends before it"), "write `a-z`"));
            }
        }
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        self.escaped(in_class).map(drop)
    }

    /// What follows `\`; the character, where it stands for one.
    fn escaped(&mut self, in_class: bool) -> Result<Option<char>, String> {
        let Some(c) = self.rest.next() else {
            return Err(wrong(r"`\` at the end stands before nothing", r"write `\\` for the character itself"));
        };
        let unknown = || wrong(format!(r"RE2 does not know `\{c}`"), "remove the backslash, or write it another way");
        match c {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Ok(None),
            'A' | 'z' | 'b' | 'B' | 'C' if !in_class => Ok(None),
            'Q' if !in_class => {
                let mut before = ' ';
                for next in self.rest.by_ref() {
                    if (before, next) == ('\\', 'E') {
                        break;
                    }
                    before = next;
                }
                Ok(None)
            }
            'E' if !in_class => Ok(None),
            'p' | 'P' => self.property().map(|()| None),
            'a' => Ok(Some('\u{7}')),
            'f' => Ok(Some('\u{c}')),
            'n' => Ok(Some('\n')),
            'r' => Ok(Some('\r')),
            't' => Ok(Some('\t')),
            'v' => Ok(Some('\u{b}')),
            'x' => self.hexadecimal().map(Some),
            '0' => {
                for _ in 0..2 {
                    self.rest.next_if(|c| ('0'..='7').contains(c));
                }
                Ok(None)
            }
            '1'..='7' if self.rest.next_if(|c| ('0'..='7').contains(c)).is_some() => {
                self.rest.next_if(|c| ('0'..='7').contains(c));
                Ok(None)
            }
            '1'..='9' => {
                Err(wrong(format!(r"`\{c}` refers back"), "write it without back references, which RE2 lacks"))
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(Some(c)),
            _ => Err(unknown()),
        }
    }

    /// What follows `\p`: one letter, or a name in braces.
    fn property(&mut self) -> Result<(), String> {
        let unknown = || wrong(r"`\p` names no property", r"write `\pL`, or `\p{Greek}`");
        match self.rest.next().ok_or_else(unknown)? {
            '{' => {
                let name: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
                let name = name.strip_prefix('^').unwrap_or(&name);
                let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
                if good { Ok(()) } else { Err(unknown()) }
            }
            'C' | 'L' | 'M' | 'N' | 'P' | 'S' | 'Z' => Ok(()),
            _ => Err(unknown()),
        }
    }

    /// What follows `\x`: two digits, or some in braces.
    fn hexadecimal(&mut self) -> Result<char, String> {
        let digits: String = if self.rest.next_if_eq(&'{').is_some() {
            self.rest.by_ref().take_while(|c| *c != '}').collect()
        } else {
            self.rest.by_ref().take(2).collect()
        };
        let number = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() > 1 || digits.len() == 1);
        number
            .and_then(char::from_u32)
            .ok_or_else(|| wrong(r"`\x` names no character", r"write `\x7F`, or `\x{10FFFF}`"))
    }
}

/// Names in `[[:…:]]`.
const CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

#[cfg(test)]
mod tests {
    use super::re2;

    #[test]
    fn patterns_are_told_apart() {
        for good in [
            "",
            "^/docs/.*$",
            "a{2,3}?",
            "[]a]",
            "[^]]",
            "[a-]",
            "[[:alpha:]_]+",
            "(?i)x",
            "(?i-s:x)",
            "(?P<n>x)",
            "(?<n>x)",
            "(?:a|b)*",
            "a{",
            "a{,3}",
            r"\d+\.",
            r"[\w.-]+@",
            r"\Qa(\E*",
            r"\pL\p{Greek}\P{^Lu}",
            r"\x7F\x{1F600}",
            r"\012",
            "^*",
            "(|a)",
            "a|",
            r"\_\-",
            "(?-i)x",
            "[[a]",
            "((a{10}){10}){10}",
            r"[+--]",
        ] {
            assert_eq!(re2(good), Ok(()), "{good}");
        }
        for bad in [
            "[unclosed",
            "(",
            "a)",
            "*a",
            "a**",
            "a{2}*",
            "a+*",
            r"\",
            "(?=a)",
            "(?!a)",
            "(?<!a)",
            "(?<=a)",
            r"(a)\1",
            "a{3,2}",
            "a{1001}",
            "(?P<n",
            "(?P=n)",
            "(?P<n>a)(?P<n>b)",
            "|*",
            "(*a)",
            r"\q",
            r"\Z",
            r"[\b]",
            "[z-a]",
            "[[:foo:]]",
            r"\p",
            r"\p{}",
            r"\pX",
            r"\xG1",
            r"\u0041",
            "(?x)a",
            "(?)",
            "((a{100}){100})",
            "(?i)*",
        ] {
            let said = re2(bad).expect_err(bad);
            assert!(said.contains("\nhelp: "), "{said}");
        }
    }
}
