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

/// Every example that is of no provider's kinds, in the order of the codes: [`linked::examples`](crate::linked::examples)
/// are all.
pub fn examples() -> impl Iterator<Item = &'static Example> {
    run_examples::EXAMPLES.iter()
}

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

/// Every code that is no provider's, in order: [`linked::codes`](crate::linked::codes) are all.
pub fn all() -> impl Iterator<Item = &'static Code> {
    compile::CODES.iter().chain(run::CODES).copied()
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
}
