//! The whole stack: made, changed, replaced, thinned out, removed and made again.

use plg_test::{Points, bench, variant};

#[test]
fn of_the_whole_stack() {
    // None of these can change.
    let replaced = variant(
        &plg_stack::STACK,
        "local",
        |_| true,
        |address, fields| match address {
            "attribute.Mrr" | "attribute.HealthScore" => drop(fields.insert("type", "text")),
            "survey.ChurnExit" => drop(fields.insert("type", "popover")),
            _ => {}
        },
    );
    let thinned = variant(
        &plg_stack::STACK,
        "local",
        |address| !["Survey", "Churn", "Weekly"].iter().any(|word| address.contains(word)),
        |_, fields| {
            if let Some(plg_core::Term::Text(name)) = fields.get_mut("name") {
                name.push_str(" renamed");
            }
        },
    );
    let bench = bench(&plg_stack::STACK).then("replace", replaced).then("remove some", thinned);
    println!("{}", bench.points(Points::About(6)).run());
}
