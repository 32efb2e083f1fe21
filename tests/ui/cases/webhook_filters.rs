plg::stack! {
    attribute Stage { on: deals, slug: "deal_stage", holds: text }
    list Targets { slug: "targets", of: companies }
    webhook Hook {
        url: "https://example.com/hook",
        on: [
            filtered(note.created),
            filtered(note.created, with: [list(Targets)]),
            filtered(deals.created, with: [attribute(Stage)]),
            filtered(deals.updated, any: [attribute(Stage), by(app)]),
            filtered(list_entry.updated, with: [by(app)], any: [list(Targets)]),
            filtered(task.created, with: [by_id("me")]),
            filtered(task.deleted, with: [by(robot)]),
            filtered(task.updated, with: [by(app)]),
            filtered(task.updated, with: [by(app)]),
            deals,
        ],
    }
}

fn main() {}
