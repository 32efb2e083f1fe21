//! What texts must look like. Each check says what is wrong and what to write instead.

mod address;
mod date;
mod re2;

pub use address::{https, mail, public, server};
pub use date::{date, utc};
pub use re2::re2;

/// More than white space.
///
/// # Errors
/// When there is nothing to read.
pub fn not_blank(text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err("this text is blank\nhelp: write a text".into()) } else { Ok(()) }
}

/// More than white space, and none around it: the APIs trim some texts, and keep others apart by it.
///
/// # Errors
/// When there is nothing to read, or with the text without white space around it.
pub fn trimmed(text: &str) -> Result<(), String> {
    not_blank(text)?;
    match text.trim() {
        trimmed if trimmed == text => Ok(()),
        trimmed => Err(format!("this text has white space around it\nhelp: write \"{trimmed}\"")),
    }
}

/// Lower-case words joined by `_` or `-`.
///
/// # Errors
/// With the corrected slug.
pub fn slug(text: &str) -> Result<(), String> {
    joined(text, '_', "a slug is lower-case words joined by underscores", |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-'
    })
}

/// Letters, digits, `-` and `_`.
///
/// # Errors
/// With the corrected key.
pub fn key(text: &str) -> Result<(), String> {
    joined(text, '-', "a key has letters, digits, `-` and `_` only", |c| {
        c.is_ascii_alphanumeric() || c == '-' || c == '_'
    })
}

/// Letters, digits, `-`, `_`, `.` and `/`.
///
/// # Errors
/// With the corrected key.
pub fn variant_key(text: &str) -> Result<(), String> {
    joined(text, '-', "a variant's key has letters, digits, `-`, `_`, `.` and `/` only", |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')
    })
}

/// A label that PostHog keeps in lower case, which may be longer than it was.
///
/// # Errors
/// When it is blank, or too long then.
pub fn tag(text: &str) -> Result<(), String> {
    trimmed(text)?;
    let length = text.trim().to_lowercase().chars().count();
    if length > 255 {
        return Err(format!("this tag has {length} characters in lower case\nhelp: write 255 at most"));
    }
    Ok(())
}

/// An event's name: not blank, no white space around it.
///
/// # Errors
/// With the corrected name.
pub fn event_name(text: &str) -> Result<(), String> {
    trimmed(text)
}

fn joined(text: &str, join: char, rule: &str, good: impl Fn(char) -> bool) -> Result<(), String> {
    if !text.is_empty() && text.chars().all(good) {
        return Ok(());
    }
    let words: Vec<String> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    match words.join(&join.to_string()) {
        right if right.is_empty() => Err(rule.to_owned()),
        right => Err(format!("{rule}\nhelp: write \"{right}\"")),
    }
}

/// A name that a cloud gave: letters, digits, `-`, `_` and `.`.
///
/// # Errors
/// When it is empty or has other characters.
pub fn setting(text: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || !text.chars().all(good) {
        return Err("a name here has letters, digits, `-`, `_` and `.` only".into());
    }
    Ok(())
}

/// Names joined by slashes, none of which leads upwards.
///
/// # Errors
/// With the corrected prefix, where only slashes are wrong.
pub fn prefix(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split('/').collect();
    if parts.iter().all(|part| !matches!(*part, "." | "..") && setting(part).is_ok()) {
        return Ok(());
    }
    let rule = "a prefix is names joined by slashes, of letters, digits, `-`, `_` and `.`";
    let right: Vec<&str> =
        parts.into_iter().filter(|part| !matches!(*part, "." | "..") && setting(part).is_ok()).collect();
    if right.is_empty() { Err(rule.to_owned()) } else { Err(format!("{rule}\nhelp: write \"{}\"", right.join("/"))) }
}

/// `AtRisk` as people read it: `At Risk`; digits are words of their own.
pub fn title(identifier: &str) -> String {
    let mut out = String::new();
    let mut before: Option<char> = None;
    let mut letters = identifier.chars().peekable();
    while let Some(letter) = letters.next() {
        let starts = match before {
            None => false,
            Some('_') => false,
            Some(b) if letter.is_ascii_digit() => !b.is_ascii_digit(),
            // The last capital of a run starts a word: `MRRGrowth` is `MRR Growth`.
            Some(b) if letter.is_uppercase() => !b.is_uppercase() || letters.peek().is_some_and(|n| n.is_lowercase()),
            Some(b) => b.is_ascii_digit() && letter.is_alphabetic() && letter.is_uppercase(),
        };
        if starts || (letter == '_' && !out.is_empty()) {
            out.push(' ');
        }
        if letter != '_' {
            out.push(letter);
        }
        before = Some(letter);
    }
    out
}

/// `LifecycleStage` as a Rust module is named: `lifecycle_stage`.
pub fn snake(identifier: &str) -> String {
    title(identifier).to_lowercase().replace(' ', "_")
}

/// A property's key as a Rust field is named: as it is spelt, where Rust can spell it so. `plan-id` and `planId` are
/// `plan_id`, `is_b2b` is `is_b2b`.
pub fn field(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut before: Option<char> = None;
    let mut letters = key.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '_' || !letter.is_alphanumeric() {
            // What stands for a space is written once, and not at the ends; underscores stay.
            if letter == '_' || (!out.is_empty() && !out.ends_with('_') && letters.peek().is_some()) {
                out.push('_');
            }
        } else {
            let starts = letter.is_uppercase()
                && before.is_some_and(|b| {
                    b.is_lowercase()
                        || b.is_numeric()
                        || (b.is_uppercase() && letters.peek().is_some_and(|n| n.is_lowercase()))
                });
            if starts && !out.ends_with('_') {
                out.push('_');
            }
            out.extend(letter.to_lowercase());
        }
        before = Some(letter);
    }
    out
}

/// `new-onboarding` or `power_user` as a Rust type is named: `NewOnboarding`.
pub fn pascal(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| {
            let mut letters = w.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}

/// Rust's keywords, those of the future too.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A Rust name as it must be written where a field may stand: `r#type`; `self_`, as no raw `self` exists.
pub fn unreserved(name: &str) -> String {
    match name {
        "self" | "Self" | "crate" | "super" | "_" => format!("{name}_"),
        name if KEYWORDS.contains(&name) => format!("r#{name}"),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        for (name, wanted) in [
            ("AtRisk", "At Risk"),
            ("Tier1", "Tier 1"),
            ("MRRGrowth", "MRR Growth"),
            ("NewOnboarding", "New Onboarding"),
            ("ClosedWon", "Closed Won"),
            ("Trial", "Trial"),
            ("last_login", "last login"),
        ] {
            assert_eq!(title(name), wanted);
        }
        assert_eq!(snake("LifecycleStage"), "lifecycle_stage");
        assert_eq!(pascal("new-onboarding_flow"), "NewOnboardingFlow");
        for (key, wanted) in [
            ("is_b2b", "is_b2b"),
            ("a_b_test", "a_b_test"),
            ("sha256", "sha256"),
            ("user1", "user1"),
            ("user_1", "user_1"),
            ("_private", "_private"),
            ("planId", "plan_id"),
            ("HTTPStatus", "http_status"),
            ("plan-id", "plan_id"),
            ("$current_url", "current_url"),
            ("Plan name!", "plan_name"),
            ("größe", "größe"),
        ] {
            assert_eq!(field(key), wanted, "{key}");
        }
        assert_eq!(["plan", "type", "self"].map(unreserved), ["plan", "r#type", "self_"]);
    }

    #[test]
    fn wrong_texts_say_what_to_write() {
        assert_eq!(slug("Lifecycle Stage").unwrap_err().lines().last(), Some("help: write \"lifecycle_stage\""));
        assert_eq!(key("new onboarding!").unwrap_err().lines().last(), Some("help: write \"new-onboarding\""));
        assert_eq!(
            https("http://a.example/x").unwrap_err().lines().last(),
            Some("help: write \"https://a.example/x\"")
        );
        assert!(https("https://").is_err());
        assert_eq!(prefix("teams/growth"), Ok(()));
        assert_eq!(prefix("/teams//../growth/").unwrap_err().lines().last(), Some("help: write \"teams/growth\""));
        assert!(prefix("").is_err());
        assert!(setting("my bucket").is_err());
        assert!(slug("deal-stage").is_ok() && variant_key("v1.2/blue").is_ok() && key("v1.2").is_err());
        assert!(tag(&"İ".repeat(130)).is_err() && tag(&"x".repeat(255)).is_ok());
    }
}
