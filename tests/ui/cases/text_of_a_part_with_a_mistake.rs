mod plans {
    plg::stack! {
        stages: crate,
        attribute Stage { on: companies, slug: "stage", holds: select { Trial, Trial, Active } }
    }
}

plg::stack! {
    name: "case",
    stages: { local: sandbox },
    parts: [plans],

    event Moved { name: "moved", properties: { to: one_of([plans::Stage.Trial, plans::Stage.Active]) } }
}

fn main() {}
