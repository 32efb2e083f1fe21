//! plg is killed at some instants of each operation on this stack, runs again, and everything is as declared.

use plg::test::{LedgerTable, Points, bench};
use plg_beacon_sandbox::BeaconSandbox;

#[test]
fn nothing_is_lost() {
    // The sandbox's tables in which nothing may be missing or there twice, and what tells their rows apart.
    let monitors = LedgerTable {
        table: "monitors",
        named: "name",
        fields: &["url"],
        is_gone: |_| false,
    };
    let bench = bench(&beacon_stack::STACK).mount(BeaconSandbox);
    // `PLG_POINTS=all cargo test` tries every instant.
    println!("{}", bench.tables(&[monitors]).points(Points::About(3)).run());
}
