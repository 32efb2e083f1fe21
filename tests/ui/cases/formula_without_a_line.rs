plg::stack! {
    name: "case",
    stages: { local: sandbox },

    event Used { name: "used" }
    event Paid { name: "paid" }

    insight Share { shows: trend [Used, Paid] { formula: "C / A" } }
    insight Nothing { shows: trend [Used] { formula: "100" } }
    insight Open { shows: trend [Used, Paid] { formula: "(A + B" } }
    insight Several { shows: trend [Used, Paid] { formulas: [{ formula: "A" }, { formula: "A + D" }] } }
}

fn main() {}
