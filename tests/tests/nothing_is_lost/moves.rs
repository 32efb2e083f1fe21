//! Declarations that move to other accounts, killed at each instant, and moved back from there.

use super::small::settles;
use plg_core::Stack;
use plg_test::{Ended, Operation, World};

mod moving {
    plg::stack! {
        name: "moves",
        stages: { local: sandbox },
        /// Where a customer stands.
        attribute Phase { on: companies, slug: "phase", holds: select { Trial, Paying } }
        /// Somebody came.
        event SignedUp { name: "signed_up" }
        /// What is new.
        feature_flag Welcome { key: "welcome", rollout: 10% }
        /// What we look at.
        dashboard Growth {}
        /// How many came.
        insight Signups { on: [Growth], shows: trend [SignedUp] }
    }
}

/// What is in the default accounts in any case.
mod own {
    plg::stack! {
        name: "moves",
        stages: { local: sandbox },
        attribute Own { on: people, slug: "anchor", holds: text }
        feature_flag OwnFlag { key: "anchor" }
    }
}

/// What is in the other ones in any case, under the same keys.
mod theirs {
    plg::stack! {
        name: "moves",
        stages: { local: sandbox },
        attribute Theirs { on: people, slug: "anchor", holds: text }
        feature_flag TheirFlag { key: "anchor" }
    }
}

const OTHERS: &[(&str, &str)] = &[("attio", "sales"), ("posthog", "marketing")];
static THEIRS: Stack = Stack { accounts: OTHERS, stages: &[], ..theirs::STACK };
static MOVED: Stack = Stack { accounts: OTHERS, stages: &[], ..moving::STACK };
static HERE: Stack = Stack { parts: &[&own::STACK, &THEIRS], ..moving::STACK };
static THERE: Stack = Stack {
    items: plg_core::StackItems::none(),
    overrides: &[],
    parts: &[&own::STACK, &THEIRS, &MOVED],
    ..moving::STACK
};

const fn deploy(stack: &'static Stack) -> Operation {
    Operation { stack, stage: "local", destroy: false }
}

#[test]
fn a_move_that_dies_goes_on_or_back() {
    let start = World::of(&HERE, "local", 7).expect("a temporary folder can be made");
    settles(&start, &deploy(&HERE), "at first");
    let whole = start.fork(0);
    settles(&whole, &deploy(&THERE), "undisturbed");
    let whole = start.fork(0);
    let _ = whole.run(&deploy(&THERE));
    let instants = whole.passed();
    assert!(instants > 20, "it has {instants} instants");
    for instant in (0..instants).step_by(5) {
        for (stack, way) in [(&THERE, "on"), (&HERE, "back")] {
            let world = start.fork(instant);
            if let Ended::Died(_) = world.run_until(&deploy(&THERE), Some(instant)) {
                settles(&world, &deploy(stack), &format!("killed at {instant} of {instants}, and {way}"));
            }
        }
    }
}
