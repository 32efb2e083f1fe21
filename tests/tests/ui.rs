//! What does not compile, and what is said instead: one rule per file in `ui/`.
//!
//! `TRYBUILD=overwrite cargo test -p tests --test ui` writes the expected messages anew.

#[test]
fn mistakes_are_refused_at_the_smallest_wrong_token() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
