//! Every error by its code: what it means, and what to do about it.
//!
//! Messages say what is wrong in their own words; a code is found by them, so that a message is
//! written once and where it belongs. A message that no code knows has none.

mod compile;
mod run;

/// One kind of mistake.
#[derive(Debug)]
pub struct Code {
    /// `P` and four digits: 01 grammar, 02 names, 03 values, 04 Attio, 05 PostHog, 06 what a command finds.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Parts of its messages; `*` stands for anything.
    pub says: &'static [&'static str],
    /// Why it is a mistake.
    pub cause: &'static str,
    /// What to do.
    pub cure: &'static str,
}

/// Every code, in order.
pub fn all() -> impl Iterator<Item = &'static Code> {
    compile::CODES.iter().chain(run::CODES)
}

/// The code of a message of the compiler; nothing for messages that are the compiler's own.
pub fn of(message: &str) -> Option<&'static Code> {
    let line = message.lines().next().unwrap_or_default();
    let says = compile::CODES.iter().flat_map(|code| code.says.iter().map(move |says| (code, *says)));
    // The more of a message a pattern says, the surer it is.
    says.filter(|(_, says)| matches(says, line)).max_by_key(|(_, says)| says.len()).map(|(code, _)| code)
}

/// The code by its name: `P0201`, `p0201`, `E0201` or `0201`.
pub fn find(name: &str) -> Option<&'static Code> {
    let digits = name.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic());
    all().find(|code| !digits.is_empty() && code.code.get(1..) == Some(digits))
}

/// Whether a line has the parts of a pattern, in order, the first at its start and the last at its end
/// unless a `*` stands there.
fn matches(pattern: &str, line: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == line };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    for part in middle {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_and_once() {
        let codes: Vec<&str> = all().map(|code| code.code).collect();
        assert!(codes.is_sorted() && codes.windows(2).all(|pair| pair[0] != pair[1]), "{codes:?}");
        assert!(codes.iter().all(|code| code.len() == 5 && code.starts_with('P')), "{codes:?}");
        for code in all() {
            assert!(
                !code.title.ends_with('.') && code.cause.ends_with('.') && code.cure.ends_with('.'),
                "{}",
                code.code
            );
        }
    }

    #[test]
    fn found_by_name_and_by_what_it_says() {
        let found = of("cannot find feature_flag `NewOnbording` in this stack\nhelp: a feature_flag …");
        assert_eq!(found.map(|code| code.code), Some("P0201"));
        for name in ["P0201", "p0201", "E0201", "0201", " P0201 "] {
            assert_eq!(find(name).map(|code| code.code), Some("P0201"), "{name}");
        }
        assert!(find("").is_none() && find("P9999").is_none() && find("feature").is_none());
        assert!(of("unexpected end of input").is_none());
    }

    #[test]
    fn patterns() {
        for (pattern, line, fits) in [
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("*b*", "abc", true),
            ("abc", "abc", true),
            ("ab", "abc", false),
            ("*`*` is *", "the `x` is y", true),
        ] {
            assert_eq!(matches(pattern, line), fits, "{pattern} on {line}");
        }
    }
}
