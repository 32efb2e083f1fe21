//! plg is killed at some instants of each operation on this stack, runs again, and everything is as declared.

#[test]
fn nothing_is_lost() {
    // `PLG_POINTS=all cargo test` tries every instant, which takes minutes.
    println!("{}", plg::test::bench(&my_stack::STACK).points(plg::test::Points::About(3)).run());
}
