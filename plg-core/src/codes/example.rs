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
}

/// One of the tables' rows.
pub const fn example(code: &'static str, fails: &'static str, works: &'static str) -> Example {
    Example { code, fails, works }
}
