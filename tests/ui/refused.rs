//! What does not compile, and what is said instead: one rule a file in `cases/`.
//!
//! `TRYBUILD=overwrite cargo test -p ui` writes the expected messages anew.

#[test]
fn mistakes_are_refused_at_the_smallest_wrong_token() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
