plg::stack! {
    name: "case",
    stages: { local: sandbox, prod: sandbox },

    event Paid { name: "paid", properties: { amount: number, plan: one_of(["free", "pro"]) } }
    event Invited { name: "invited", properties: { by: text } }
    person_property Tier { name: "tier", holds: text }

    insight Revenue {
        shows: trend [sum(Paid, of: "amuont", with: [{ property: "by", is: ["Ada"] }])] { breakdown: "plann" },
    }
    cohort Gold { all: [person("teir", is: ["gold"])], in prod { all: [person("shoe_size", is: ["44"])] } }
    shared_metric Size { metric: mean(Paid, sum: anything("size")) }
}

fn main() {}
