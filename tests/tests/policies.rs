//! Policies are functions over typed declarations.

use plg_core::Percent;
use plg_core::policy::{Broken, Graph, Policy, Violation, check, check_all};
use plg_posthog::{Experiment, FeatureFlag};

plg::stack! {
    name: "policies",
    stages: {
        local: sandbox,
        prod: { posthog: { key: env("P"), project: 1 } },
    },

    feature_flag Owned { key: "owned", rollout: 0%, tags: ["owner:growth"], in prod { rollout: 100% } }
    feature_flag Tested { key: "tested", rollout: 100%, tags: ["owner:growth"], variants: { control: 50%, test: 50% } }
    experiment Trial { flag: Tested }
    feature_flag Orphan { key: "orphan", rollout: 10% }
}

static POLICIES: &[Policy] = &[
    Policy { name: "every flag has an owner", rule: every_flag_has_an_owner },
    Policy { name: "nothing at 100 % without an experiment", rule: nothing_at_100_percent_without_an_experiment },
];

fn every_flag_has_an_owner(graph: &Graph) -> Vec<Violation> {
    let owned = |flag: &FeatureFlag| flag.tags.iter().any(|tag| tag.starts_with("owner:"));
    let flags = graph.all::<FeatureFlag>().filter(|flag| !owned(flag));
    flags.map(|flag| Violation::of(flag, "it has no owner").help("write `tags: [\"owner:…\"]`")).collect()
}

fn nothing_at_100_percent_without_an_experiment(graph: &Graph) -> Vec<Violation> {
    let measured = |flag: &FeatureFlag| graph.users(flag).iter().any(|user| user.as_any().is::<Experiment>());
    let flags = graph.all::<FeatureFlag>().filter(|flag| flag.rollout == Some(Percent(100.0)) && !measured(flag));
    flags.map(|flag| Violation::of(flag, "everybody gets it, and nobody measures it")).collect()
}

fn addresses(broken: &[Broken]) -> Vec<(&str, &str, &str)> {
    broken.iter().map(|one| (one.stage, one.violation.address.as_str(), one.policy)).collect()
}

#[test]
fn each_stage_is_judged_as_it_is() {
    let orphan = ("feature_flag.Orphan", "every flag has an owner");
    assert_eq!(addresses(&check(&STACK, "local", POLICIES)), [("local", orphan.0, orphan.1)]);
    assert_eq!(
        addresses(&check_all(&STACK, POLICIES)),
        [
            ("local", orphan.0, orphan.1),
            ("prod", orphan.0, orphan.1),
            ("prod", "feature_flag.Owned", "nothing at 100 % without an experiment"),
        ]
    );
}

#[test]
fn a_violation_says_where_and_what_to_write() {
    let said = check(&STACK, "local", POLICIES)[0].to_string();
    assert!(said.starts_with("feature_flag.Orphan (tests/tests/policies.rs:"), "{said}");
    assert!(
        said.ends_with(
            "in stage local: it has no owner [every flag has an owner]\n    help: write `tags: [\"owner:…\"]`"
        ),
        "{said}"
    );
}
