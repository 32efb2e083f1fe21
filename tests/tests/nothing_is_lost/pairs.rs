//! Attributes that are two ends of one relationship: one request makes both, and each is looked after by itself.

use plg_test::{Ended, Operation, Points, World};

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

const FIRST: Operation = Operation { stack: &first::STACK, stage: "local", destroy: false };
const SECOND: Operation = Operation { stack: &second::STACK, stage: "local", destroy: false };
const GONE: Operation = Operation { destroy: true, ..FIRST };

/// Each operation is killed at many of its instants, and the next run of it leaves what one without a death leaves.
#[test]
fn each_end_is_as_declared_whatever_happens() {
    let settles = |world: &World, operation: &Operation, story: &str| {
        assert_eq!(world.run(operation).worked(), Ok(()), "{story}");
        assert_eq!(world.losses(operation), [""; 0], "{story}");
    };
    let world = World::new(7).expect("a temporary folder can be made");
    for (operation, story) in [(FIRST, "made"), (SECOND, "changed"), (FIRST, "changed back"), (GONE, "removed")] {
        let undisturbed = world.fork(0);
        settles(&undisturbed, &operation, story);
        let wanted = undisturbed.ledger();
        let again = world.fork(0);
        let _ = again.run(&operation);
        let instants = again.passed();
        let stride = match Points::from_environment() {
            Some(Points::All) => 1,
            Some(Points::About(points)) => (instants / points.max(1)).max(1),
            None => (instants / 12).max(1),
        };
        for instant in (0..instants).step_by(usize::try_from(stride).unwrap_or(1)) {
            let killed = world.fork(instant);
            if let Ended::Died(_) = killed.run_until(&operation, Some(instant)) {
                let story = format!("{story}, killed at {instant} of {instants}");
                settles(&killed, &operation, &story);
                let verdict = killed.ledger().against(&wanted);
                assert!(verdict.is_good(), "{story}: {verdict:?}");
            }
        }
        settles(&world, &operation, story);
    }
}
