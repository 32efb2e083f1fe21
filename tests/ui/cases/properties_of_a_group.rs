plg::stack! {
    name: "case",
    stages: { local: sandbox },

    property_group Billing {
        properties: { seats: number, plan: one_of(["free", "pro"]), tags: list(text) },
        descriptions: { seat: "How many people may sign in" },
    }
    property_group Origin { properties: { campaign: optional(text), plan: text } }
    event Paid { name: "paid", schema: [Billing], primary_property: "amont", properties: { amount: number } }
    event Invited { name: "invited", schema: [Billing, Billing], properties: { billing: text } }
    event Came { name: "came", schema: [Billing, Origin] }

    insight Revenue {
        shows: trend [sum(Paid, of: "plan", with: [{ property: "seats", at_least: 3 }])] {
            with: [{ property: "plan", is: ["por"] }],
            breakdown: "campain",
        },
    }
}

fn main() {}
