//! What a mistake looks like, and the same without it.

/// A mistake, and the same without it: declarations for what the compiler says, commands for what a command finds.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// The code of the mistake.
    pub code: &'static str,
    /// What is refused with it.
    pub fails: &'static str,
    /// What is taken.
    pub works: &'static str,
    /// Whether one of another provider is shown in its place, where there is one.
    pub(crate) stands_in: bool,
}

/// One of the tables' rows.
pub const fn example(code: &'static str, fails: &'static str, works: &'static str) -> Example {
    Example { code, fails, works, stands_in: false }
}

/// The same, for programs in which no other provider has an example of the code.
pub const fn instead(code: &'static str, fails: &'static str, works: &'static str) -> Example {
    Example { code, fails, works, stands_in: true }
}
