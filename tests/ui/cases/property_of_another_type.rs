plg::stack! {
    name: "case",
    stages: { local: sandbox },

    event Paid {
        name: "paid",
        properties: {
            amount: number, plan: one_of(["free", "pro"]), trial: optional(boolean), at: datetime, items: list(text),
        },
    }

    action Large {
        on: [
            sent(Paid, with: [{ property: "amount", contains: "5" }]),
            sent(Paid, with: [{ property: "plan", is: ["por"] }]),
            sent(Paid, with: [{ property: "trial", is: ["yes"] }]),
            sent(Paid, with: [{ property: "at", at_least: 5 }]),
            sent(Paid, with: [{ property: "plan", before: 7 days ago }]),
            sent(Paid, with: [{ property: "items", more_than: 2 }]),
        ],
    }
    shared_metric Revenue { metric: mean(Paid, sum: "plan") }
}

fn main() {}
