//! What any crate with a stack of its own can write: plg is killed, and nothing is lost.

#[test]
fn nothing_is_lost() {
    println!("{}", plg_test::bench(&plg_stack::STACK).points(plg_test::Points::About(3)).run());
}
