//! Every error by its code: what it means, and what to do about it.
//!
//! A code is an argument of each report, so that there is no message without one.

/// Declares codes: a constant each, under the name that reports use, and the list of them.
#[macro_export]
macro_rules! codes {
    ($($name:ident $code:literal $title:literal $cause:literal $cure:literal)*) => {
        $(
            #[doc = concat!($code, ": ", $title, ".")]
            pub const $name: &$crate::codes::Code =
                &$crate::codes::Code { code: $code, title: $title, cause: $cause, cure: $cure };
        )*
        /// Every one of these codes.
        pub(crate) static CODES: &[&$crate::codes::Code] = &[$($name),*];
    };
}

mod compile;
mod example;
mod run;
mod run_examples;

pub use compile::*;
pub use example::{Example, example, instead};
pub use run::*;

/// An example of each code that the linked providers have one of, in the order of the codes.
pub fn examples() -> impl Iterator<Item = &'static Example> {
    let mut all: Vec<_> = every_example().collect();
    // Of equal ones the provider that was linked first.
    all.sort_by_key(|example| (example.code, example.stands_in));
    all.dedup_by_key(|example| example.code);
    all.into_iter()
}

/// Every example of every linked provider, with those that others stand before.
pub fn every_example() -> impl Iterator<Item = &'static Example> {
    run_examples::EXAMPLES.iter().chain(linked::providers().flat_map(|provider| provider.examples))
}

use crate::linked;

/// One kind of mistake.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `P` and four digits: 01 grammar, 02 names, 03 values, 04 and 05 what a provider's kinds refuse, 06 what a command finds.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it is a mistake.
    pub cause: &'static str,
    /// What to do.
    pub cure: &'static str,
}

impl Code {
    /// What it looks like, and the same without it.
    pub fn example(&self) -> Option<&'static Example> {
        examples().find(|example| example.code == self.code)
    }
}

/// Every code, in order: with those of the linked providers.
pub fn all() -> impl Iterator<Item = &'static Code> {
    let of_providers = linked::providers().flat_map(|provider| provider.codes).copied();
    let mut all: Vec<_> = compile::CODES.iter().chain(run::CODES).copied().chain(of_providers).collect();
    all.sort_by_key(|code| code.code);
    all.into_iter()
}

/// The code by its name: `P0201`, `p0201`, `E0201` or `0201`.
pub fn find(name: &str) -> Option<&'static Code> {
    let digits = name.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic());
    all().find(|code| !digits.is_empty() && code.code.get(1..) == Some(digits))
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
    fn found_by_name() {
        for name in ["P0201", "p0201", "E0201", "0201", " P0201 "] {
            assert_eq!(find(name), Some(UNKNOWN_NAME), "{name}");
        }
        assert!(find("").is_none() && find("P9999").is_none() && find("feature").is_none());
    }
}
