//! The providers that this program was built with.
//!
//! A program's providers are a fact of it, as its list of functions is: they are those that its compositions of
//! `stack!` name, and those of each stack that it opens. They are only ever added to.

use crate::codes::{self, Code, Example};
use crate::source::importer::Importer;
use crate::{Declared, Provider, Spec};
use std::sync::OnceLock;

/// Room for more providers than anybody links.
static LINKED: [OnceLock<&'static Provider>; 64] = [const { OnceLock::new() }; 64];

/// Adds these providers. One of a word that is there already is the same one.
pub fn link(providers: &[&'static Provider]) {
    for provider in providers {
        let is_there = |slot: &OnceLock<&'static Provider>| *slot.get_or_init(|| provider) == *provider;
        let found = LINKED.iter().any(is_there);
        debug_assert!(found, "there is no room for {provider:?}");
    }
}

/// Every provider, in the order it was linked.
pub fn providers() -> impl Iterator<Item = &'static Provider> + Clone {
    LINKED.iter().map_while(OnceLock::get).copied()
}

/// Every kind, each provider's in the order a reader meets them.
pub fn kinds() -> impl Iterator<Item = &'static Spec> + Clone {
    providers().flat_map(|provider| provider.kinds).copied()
}

/// The kind of this keyword.
pub fn find(keyword: &str) -> Option<&'static Spec> {
    kinds().find(|spec| spec.keyword == keyword)
}

/// The provider of this word.
pub fn provider(word: &str) -> Option<&'static Provider> {
    providers().find(|provider| provider.word == word)
}

/// What every account of a provider has and nobody declares, by its address.
pub fn own(address: &str) -> Option<&'static dyn Declared> {
    providers().find_map(|provider| (provider.own)(address))
}

/// Every code, in order: those of the language and the engine, and the providers' own.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    let mut all: Vec<&'static Code> = codes::all().chain(providers().flat_map(|one| one.codes).copied()).collect();
    all.sort_by_key(|code| code.code);
    all.into_iter()
}

/// An example of each code that one of the providers has one of, in the order of the codes.
pub fn examples() -> impl Iterator<Item = &'static Example> {
    let mut all: Vec<&'static Example> = every_example().collect();
    // Of equal ones the provider that was linked first.
    all.sort_by_key(|example| (example.code, example.stands_in));
    all.dedup_by_key(|example| example.code);
    all.into_iter()
}

/// Every example of every provider, with those that others are shown in place of.
pub fn every_example() -> impl Iterator<Item = &'static Example> {
    codes::examples().chain(providers().flat_map(|one| one.examples))
}

/// What a code looks like, and the same without it.
pub fn example(code: &Code) -> Option<&'static Example> {
    examples().find(|example| example.code == code.code)
}

/// The code by its name: `P0201`, `p0201`, `E0201` or `0201`.
pub fn code(name: &str) -> Option<&'static Code> {
    let digits = name.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic());
    codes().find(|code| !digits.is_empty() && code.code.get(1..) == Some(digits))
}

/// How each kind is written down by `import`, each provider's in its order.
pub fn importers() -> impl Iterator<Item = &'static Importer> {
    providers().flat_map(|provider| provider.importers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_by_name() {
        for name in ["P0201", "p0201", "E0201", "0201", " P0201 "] {
            assert_eq!(code(name), Some(codes::UNKNOWN_NAME), "{name}");
        }
        assert!(code("").is_none() && code("P9999").is_none() && code("feature").is_none());
    }
}
