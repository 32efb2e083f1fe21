//! Stacks that do not compile, and the errors they give: one rule per file in `cases/`.
//!
//! `TRYBUILD=overwrite cargo test -p ui` writes the expected messages anew.

#[test]
fn mistakes_are_refused_at_the_smallest_wrong_token() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
