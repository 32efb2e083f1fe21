mod product {
    plg::stack! {
        stages: crate,
        event Paid { name: "paid", properties: { amount: number } }
        person_property Tier { name: "tier", holds: text }
    }
}

mod growth {
    use crate::product;
    plg::stack! {
        stages: crate,
        cohort Gold { all: [person("tier", is: ["gold"])] }
        cohort Green { all: [person("colour", is: ["green"])], in prod { all: [person("teir", set: true)] } }
        shared_metric Revenue { metric: mean(product::Paid, sum: "amont") }
    }
}

plg::stack! {
    name: "case",
    stages: { local: sandbox, prod: sandbox },
    parts: [product, growth],
}

fn main() {}
