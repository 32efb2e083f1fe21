//! Records that a stack plants: found again by a unique value, and never made twice.

use plg_test::{Points, bench};

mod first {
    plg::stack! {
        name: "seeds",
        stages: { local: sandbox },
        object Plans { slug: "plans", singular: "Plan", plural: "Plans" }
        attribute Code { on: Plans, slug: "code", holds: text, unique: true }
        attribute Seats { on: Plans, slug: "seats", holds: number }
        attribute Tier { on: Plans, slug: "tier", holds: select { Gold, Silver }, multiple: true }
        seed Pro { of: Plans, by: Code, values: [value(Code, "pro"), value(Seats, 5), value(Tier, ["Gold", "Silver"])] }
        seed Free { of: Plans, by: Code, values: [value(Code, "free"), value(Seats, 1)] }
    }
}

/// One has other values, one is declared no more, and one is new.
mod second {
    plg::stack! {
        name: "seeds",
        stages: { local: sandbox },
        object Plans { slug: "plans", singular: "Plan", plural: "Plans" }
        attribute Code { on: Plans, slug: "code", holds: text, unique: true }
        attribute Seats { on: Plans, slug: "seats", holds: number }
        attribute Tier { on: Plans, slug: "tier", holds: select { Gold, Silver }, multiple: true }
        seed Pro { of: Plans, by: Code, values: [value(Code, "pro"), value(Seats, 7), value(Tier, ["Gold"])] }
        seed Team { of: Plans, by: Code, values: [value(Code, "team")] }
    }
}

#[test]
fn each_is_there_once_with_its_values() {
    // Without what servers do late: where an attribute is archived by a request that arrives after it was brought back, Attio
    // takes no value of it, and the seed is told to have failed. The next deploy brings the attribute back.
    let bench = bench(&first::STACK).then("change", &second::STACK).world(false);
    println!("{}", bench.points(Points::About(8)).run());
}
