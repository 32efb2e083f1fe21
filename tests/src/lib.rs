//! What crosses crates, tested.

pub mod bent;
pub mod conformance;
pub mod hostile;
pub mod shown;
pub mod stage;

/// The Rust in the book, compiled and run.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../../docs/first-stack.md")]
    struct FirstStack;
    #[doc = include_str!("../../docs/own-stack.md")]
    struct OwnStack;
    #[doc = include_str!("../../docs/applications.md")]
    struct Applications;
    #[doc = include_str!("../../docs/recipes.md")]
    struct Recipes;
}
