//! Attributes that are two ends of one relationship: one request makes both, and each is looked after by itself.

use plg_test::{Points, bench};

mod first {
    plg::stack! {
        name: "pairs",
        stages: { local: sandbox },
        existing member Grace { email: "grace@example.com" }
        object Projects { slug: "projects", singular: "Project", plural: "Projects" }
        attribute Company {
            on: Projects,
            slug: "company",
            holds: record [companies],
            back: { slug: "projects", title: "Projects", multiple: true },
        }
        attribute Parent {
            on: Projects,
            slug: "parent",
            holds: record [Projects],
            back: { slug: "children", title: "Children", multiple: true },
        }
        list Targets { slug: "targets", of: Projects, access: read_only, members: [{ who: Grace, level: full_access }] }
        webhook Told {
            url: "https://example.com/hook",
            on: [
                filtered(Projects.updated, with: [attribute(Company), not_by_member(Grace)]),
                filtered(list_entry.created, any: [list(Targets), by(app)]),
            ],
        }
    }
}

/// One end gets other names, one pair is gone, and other events are told.
mod second {
    plg::stack! {
        name: "pairs",
        stages: { local: sandbox },
        object Projects { slug: "projects", singular: "Project", plural: "Projects" }
        attribute Company {
            on: Projects,
            slug: "company",
            holds: record [companies],
            back: { slug: "work", title: "Our work", multiple: true },
        }
        list Targets { slug: "targets", of: Projects, access: full_access }
        webhook Told {
            url: "https://example.com/hook",
            on: [filtered(companies.updated, with: [back(Company), not_by(system)])],
        }
    }
}

#[test]
fn each_end_is_as_declared_whatever_happens() {
    let bench = bench(&first::STACK).then("change", &second::STACK);
    println!("{}", bench.points(Points::About(8)).run());
}
