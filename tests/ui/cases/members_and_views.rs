plg::stack! {
    member Ada { email: "ada@example.com" }
    existing member Grace { email: "grace" }
    existing member Alan { email: "alan@example.com" }
    view Mine { on: deals, title: "Mine" }
    list Targets {
        slug: "targets",
        of: companies,
        members: [{ level: read_only }, { who: Alan, level: read_only }, { who: Alan, level: full_access }],
    }
    relationship_end Loose { on: companies, slug: "loose", title: "Loose" }
    attribute Tier { on: companies, slug: "tier", holds: select { Gold, gold { title: "gold" }, Silver { title: "Very  silver" } } }
}

fn main() {}
