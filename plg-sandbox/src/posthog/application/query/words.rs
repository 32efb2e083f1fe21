//! A query as words and signs.

/// One part of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum QueryWord {
    /// A name, as it was written.
    Name(String),
    Text(String),
    Number(f64),
    /// A value that stands beside the query: `{name}`.
    Given(String),
    Sign(String),
}

/// Takes a query apart.
pub(super) fn words(text: &str) -> Result<Vec<QueryWord>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let run = |start: usize, is: fn(char) -> bool| chars[start..].iter().take_while(|c| is(**c)).count();
        match c {
            c if c.is_whitespace() => at += 1,
            ';' if chars[at + 1..].iter().all(|c| c.is_whitespace()) => break,
            '\'' => {
                let mut inside = String::new();
                at += 1;
                loop {
                    match chars.get(at) {
                        None => return Err("a text has no end".to_owned()),
                        Some('\\') => {
                            inside.extend(chars.get(at + 1));
                            at += 2;
                        }
                        Some('\'') if chars.get(at + 1) == Some(&'\'') => {
                            inside.push('\'');
                            at += 2;
                        }
                        Some('\'') => break,
                        Some(c) => {
                            inside.push(*c);
                            at += 1;
                        }
                    }
                }
                at += 1;
                found.push(QueryWord::Text(inside));
            }
            '`' | '"' => {
                let length = chars[at + 1..].iter().position(|other| *other == c).ok_or("a name has no end")?;
                found.push(QueryWord::Name(chars[at + 1..at + 1 + length].iter().collect()));
                at += length + 2;
            }
            '{' => {
                let length = chars[at..].iter().position(|c| *c == '}').ok_or("`{` has no end")?;
                found.push(QueryWord::Given(chars[at + 1..at + length].iter().collect::<String>().trim().to_owned()));
                at += length + 1;
            }
            c if c.is_ascii_digit() => {
                let length = run(at, |c| c.is_ascii_digit() || c == '.');
                let number: String = chars[at..at + length].iter().collect();
                found.push(QueryWord::Number(number.parse().map_err(|_| format!("`{number}` is no number"))?));
                at += length;
            }
            c if c.is_alphabetic() || matches!(c, '_' | '$') => {
                let length = run(at, |c| c.is_alphanumeric() || matches!(c, '_' | '$'));
                found.push(QueryWord::Name(chars[at..at + length].iter().collect()));
                at += length;
            }
            _ => {
                let two: String = chars[at..].iter().take(2).collect();
                let sign = if matches!(two.as_str(), "!=" | "<>" | ">=" | "<=" | "==") { two } else { c.to_string() };
                at += sign.chars().count();
                found.push(QueryWord::Sign(sign));
            }
        }
    }
    Ok(found)
}
