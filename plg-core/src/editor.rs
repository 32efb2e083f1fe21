//! What only an editor sees of an expansion.
//!
//! Two macros instead of a `cfg` in the expansion: the `cfg` is decided here, so that no crate that
//! declares a stack is warned of a condition it does not know.

/// Its tokens, where rust-analyzer expands them; nothing for the compiler.
#[doc(hidden)]
#[cfg(rust_analyzer)]
#[macro_export]
macro_rules! in_editor {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Its tokens, where rust-analyzer expands them; nothing for the compiler.
#[doc(hidden)]
#[cfg(not(rust_analyzer))]
#[macro_export]
macro_rules! in_editor {
    ($($tokens:tt)*) => {};
}

/// Its tokens, for the compiler; nothing for rust-analyzer.
#[doc(hidden)]
#[cfg(not(rust_analyzer))]
#[macro_export]
macro_rules! in_compiler {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Its tokens, for the compiler; nothing for rust-analyzer.
#[doc(hidden)]
#[cfg(rust_analyzer)]
#[macro_export]
macro_rules! in_compiler {
    ($($tokens:tt)*) => {};
}
