//! plg is killed at every instant of every operation, and nothing is lost.
//!
//! `PLG_POINTS=all cargo test -p tests --test nothing_is_lost -- --nocapture` tries all of them
//! and prints the table of the README.

use plg_test::{bench, variant};
use serde_json::{Value, json};

#[test]
fn of_the_whole_stack() {
    let replaced = variant(
        &plg_stack::STACK,
        "local",
        |_| true,
        |address, fields| {
            match address {
                // None of these can change.
                "attribute.Mrr" | "attribute.HealthScore" => drop(fields.insert("type".into(), json!("text"))),
                "survey.ChurnExit" => drop(fields.insert("type".into(), json!("popover"))),
                _ => {}
            }
        },
    );
    let shrunk = variant(
        &plg_stack::STACK,
        "local",
        |address| !address.contains("Survey") && !address.contains("Churn") && !address.contains("Weekly"),
        |_, fields| {
            if let Some(Value::String(name)) = fields.get_mut("name") {
                name.push_str(" renamed");
            }
        },
    );
    let report = bench(&plg_stack::STACK).then("replace", replaced).then("remove some", shrunk).run();
    println!("{report}");
}
