//! Answers that change nothing: what a plan's losses touch, what is live as source, how stages differ.

pub(crate) mod held;
pub mod impact;
pub mod import;
pub mod stages;
