plg::stack! {
    object Projects { slug: "projects", singular: "Project", plural: "Projects" }
    attribute Clients { on: companies, slug: "clients", holds: text }
    list Targets { slug: "targets", of: Projects }
    attribute Company { on: Projects, slug: "company", holds: record [companies], back: { slug: "clients", title: "Clients" } }
    attribute Partner { on: Projects, slug: "partner", holds: record [companies, people], back: { slug: "partners", title: "Partners" } }
    attribute Team { on: Projects, slug: "team", holds: record [companies], back: { slug: "team", title: "Team" } }
    attribute Parent { on: Projects, slug: "parent", holds: record [Projects], back: { slug: "parent", title: "Parent" } }
    attribute Entry { on: Targets, slug: "entry", holds: record [companies], back: { slug: "entries", title: "Entries" } }
    attribute First { on: Projects, slug: "first", holds: record [people], back: { slug: "both", title: "Both" } }
    attribute Second { on: Projects, slug: "second", holds: record [people], back: { slug: "both", title: "Both" } }
    attribute Note { on: Projects, slug: "note", holds: text, back: { slug: "notes", title: "Notes" } }
}

fn main() {}
