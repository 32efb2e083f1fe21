//! Whether a text is a regular expression that RE2 takes.

/// Says what is wrong with a pattern; look-around and back references are not in RE2.
pub(crate) fn check(pattern: &str) -> Result<(), String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut open = 0_usize;
    let mut repeatable = false;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let mut next = at + 1;
        match c {
            '\\' => {
                match chars.get(next) {
                    None => return Err("trailing \\ at end of expression".to_owned()),
                    Some(d) if ('1'..='9').contains(d) => return Err(format!("invalid escape sequence: \\{d}")),
                    Some(d) if d.is_alphabetic() && !"AbBCdDsSwWzpPQEafnrtvx".contains(*d) => {
                        return Err(format!("invalid escape sequence: \\{d}"));
                    }
                    Some(_) => {}
                }
                next += 1;
                repeatable = true;
            }
            '[' => {
                next = class(&chars, next).ok_or("missing ]")?;
                repeatable = true;
            }
            '(' => {
                open += 1;
                repeatable = false;
                if chars.get(next) == Some(&'?') {
                    next = group(&chars, next + 1)?;
                }
            }
            ')' => {
                open = open.checked_sub(1).ok_or("unexpected )")?;
                repeatable = true;
            }
            '*' | '+' | '?' => {
                if !repeatable {
                    return Err(format!("no argument for repetition operator: {c}"));
                }
                if chars.get(next) == Some(&'?') {
                    next += 1;
                }
                repeatable = false;
            }
            '{' if repeatable => match counted(&chars, next)? {
                Some(end) => {
                    next = end + usize::from(chars.get(end) == Some(&'?'));
                    repeatable = false;
                }
                None => repeatable = true,
            },
            '|' => repeatable = false,
            _ => repeatable = true,
        }
        at = next;
    }
    if open == 0 { Ok(()) } else { Err("missing )".to_owned()) }
}

/// The end of a character class; a `]` right at its start stands for itself.
fn class(chars: &[char], mut at: usize) -> Option<usize> {
    if chars.get(at) == Some(&'^') {
        at += 1;
    }
    if chars.get(at) == Some(&']') {
        at += 1;
    }
    loop {
        match chars.get(at)? {
            ']' => return Some(at + 1),
            '\\' => at += 2,
            '[' if chars.get(at + 1) == Some(&':') => {
                let end = (at + 2..chars.len()).find(|i| chars.get(i - 1..=*i) == Some(&[':', ']']));
                at = end.unwrap_or(at) + 1;
            }
            _ => at += 1,
        }
    }
}

/// What follows `(?`: flags, or a name.
fn group(chars: &[char], at: usize) -> Result<usize, String> {
    let rest: String = chars[at.min(chars.len())..].iter().collect();
    let unknown = || format!("invalid perl operator: (?{}", rest.chars().next().map(String::from).unwrap_or_default());
    if rest.starts_with('=') || rest.starts_with('!') || rest.starts_with("<=") || rest.starts_with("<!") {
        return Err(unknown());
    }
    for opening in ["P<", "<"] {
        if let Some(name) = rest.strip_prefix(opening) {
            let end = name.find('>').filter(|end| *end > 0).ok_or("invalid named capture")?;
            return Ok(at + opening.len() + name[..end].chars().count() + 1);
        }
    }
    let flags = rest.chars().take_while(|c| "imsU-".contains(*c)).count();
    match chars.get(at + flags) {
        Some(':') => Ok(at + flags + 1),
        Some(')') if flags > 0 => Ok(at + flags),
        _ => Err(unknown()),
    }
}

/// The end of `n}`, `n,}` or `n,m}`; nothing if the brace stands for itself.
fn counted(chars: &[char], at: usize) -> Result<Option<usize>, String> {
    let Some(length) = chars[at..].iter().position(|c| *c == '}') else { return Ok(None) };
    let text: String = chars[at..at + length].iter().collect();
    let (least, most) = text.split_once(',').unwrap_or((&text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if least.is_empty() || !digits(least) || !digits(most) {
        return Ok(None);
    }
    let number = |t: &str| t.parse::<u32>().ok().filter(|n| *n <= 1000);
    let least = number(least);
    let in_order = most.is_empty() || number(most).is_some_and(|most| least.is_some_and(|least| least <= most));
    if least.is_some() && in_order { Ok(Some(at + length + 1)) } else { Err("invalid repetition size".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn patterns_are_told_apart() {
        let good =
            ["", "^/docs/.*$", "a{2,3}?", "[]a]", "[[:alpha:]]+", "(?i)x", "(?P<n>x)", "(?:a|b)*", "a{", r"\d+\."];
        for pattern in good {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
        for pattern in ["[unclosed", "(", "a)", "*a", "a**", r"\", "(?=a)", "(?<!a)", r"(a)\1", "a{3,2}", "(?P<n", "|*"]
        {
            assert!(check(pattern).is_err(), "{pattern}");
        }
    }
}
