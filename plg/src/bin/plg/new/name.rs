//! Names that crates and providers can have.

use plg_cli::front::FrontFailure;

/// Words of Rust, and what cannot be the name of a crate that others depend on.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// The crates of plg, without `plg-`.
const OURS: &[&str] =
    &["attio", "cli", "codegen", "compiler", "core", "macros", "posthog", "runtime", "sandbox", "stack", "test"];

/// The longest name of a crate that a registry takes.
const LONGEST: usize = 64;

/// Holds that a stack's crate can be called so.
pub(crate) fn crate_name(name: &str) -> Result<(), FrontFailure> {
    if !is_spelled(name) {
        let help = likely(name).map_or("`plg new shop`".to_owned(), |likely| format!("`plg new {likely}`"));
        return Err(FrontFailure::usage(
            format!(
                "`{name}` is not a crate's name: use at most {LONGEST} lower-case letters, digits, `-` and `_`, a letter first"
            ),
            help,
        ));
    }
    if let Some(whose) = taken(name) {
        return Err(FrontFailure::usage(format!("`{name}` is a name {whose}"), format!("`plg new {name}-stack`")));
    }
    Ok(())
}

fn is_spelled(name: &str) -> bool {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(known) && name.len() <= LONGEST
}

/// Who has a name already.
fn taken(name: &str) -> Option<&'static str> {
    if name == "plg" || name.strip_prefix("plg-").is_some_and(|rest| OURS.contains(&rest)) {
        return Some("of plg");
    }
    TAKEN.contains(&name.replace('-', "_").as_str()).then_some("that Rust or cargo keeps to itself")
}

/// Holds that a provider can have this word: it stands in stages, and in the names of its crates.
pub(crate) fn provider_word(word: &str) -> Result<(), FrontFailure> {
    let is_word = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && word.len() <= 32;
    if !is_word {
        return Err(FrontFailure::usage(
            format!("`{word}` is not a provider's name: use at most 32 lower-case letters and digits, a letter first"),
            "`plg new --provider acme`: the word stands in stages, as in `acme: { key: … }`",
        ));
    }
    if word == "plg" || OURS.contains(&word) || TAKEN.contains(&word) {
        return Err(FrontFailure::usage(
            format!("`{word}` is taken by plg or by Rust"),
            format!("choose another name, such as `{word}api`"),
        ));
    }
    Ok(())
}

/// What was likely meant by a name that is none.
fn likely(name: &str) -> Option<String> {
    let words = name.to_lowercase();
    let words: Vec<&str> =
        words.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let likely = words.join("-");
    (is_spelled(&likely) && taken(&likely).is_none()).then_some(likely)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_crates() {
        for good in ["shop", "my-stack", "a1_b", "plg-shop"] {
            assert!(crate_name(good).is_ok(), "{good}");
        }
        for bad in
            ["", "1a", "Shop", "my stack", "../up", "-a", "größe", "plg", "plg-core", "type", "test", &"a".repeat(65)]
        {
            assert!(crate_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_that_is_none_shows_one() {
        let said = |name: &str| format!("{:?}", crate_name(name).unwrap_err());
        assert!(said("My Shop").contains("plg new my-shop"), "{}", said("My Shop"));
        assert!(said("../type").contains("plg new shop"), "{}", said("../type"));
        assert!(said("1a").contains("plg new shop"));
        assert!(said("type").contains("plg new type-stack"));
    }

    #[test]
    fn words_of_providers() {
        assert!(provider_word("acme").is_ok());
        for bad in ["Acme", "my-api", "posthog", "core", "plg", "match", ""] {
            assert!(provider_word(bad).is_err(), "{bad}");
        }
    }
}
