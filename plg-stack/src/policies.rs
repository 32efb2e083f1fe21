//! What we ask of every declaration beyond what the APIs ask: held by each plan and deploy, and by `cargo test`.

use plg::policy::{Graph, Policy, Violation};
use plg::posthog::{Cohort, Event, Experiment, FeatureFlag, Survey};
use plg::{Declared, Percent};

/// Our policies.
pub static POLICIES: &[Policy] = &[
    Policy { name: "a flag with variants is measured", rule: a_flag_with_variants_is_measured },
    Policy { name: "what is tested is not rolled out", rule: what_is_tested_is_not_rolled_out },
    Policy { name: "what others look at is described", rule: what_others_look_at_is_described },
];

/// Variants that nobody compares are dead code in the application.
fn a_flag_with_variants_is_measured(graph: &Graph) -> Vec<Violation> {
    let flags = graph.all::<FeatureFlag>().filter(|flag| !flag.variants.is_empty() && !flag.common.existing);
    let unmeasured = flags.filter(|flag| !graph.users(*flag).iter().any(|user| user.as_any().is::<Experiment>()));
    unmeasured
        .map(|flag| {
            Violation::of(flag, "no experiment measures its variants")
                .help(format!("declare `experiment {}Test {{ flag: {0} }}`", flag.common.name))
        })
        .collect()
}

/// Everybody in an experiment that has not ended leaves nobody to compare with later.
fn what_is_tested_is_not_rolled_out(graph: &Graph) -> Vec<Violation> {
    let tested = |flag: &FeatureFlag| graph.users(flag).iter().any(|user| user.as_any().is::<Experiment>());
    let flags = graph.all::<FeatureFlag>().filter(|flag| flag.rollout == Some(Percent(100.0)) && tested(flag));
    flags.map(|flag| Violation::of(flag, "it is under test, and at 100 %").help("roll it out to fewer")).collect()
}

/// In PostHog, the description is all that a colleague who does not read this code has.
fn what_others_look_at_is_described(graph: &Graph) -> Vec<Violation> {
    fn bare<'a>(items: impl Iterator<Item = &'static dyn Declared> + 'a) -> impl Iterator<Item = Violation> + 'a {
        let bare = items.filter(|item| item.common().doc.is_empty() && !item.common().existing);
        bare.map(|item| Violation::of(item, "it has no description").help("write a doc comment, `/// …`, above it"))
    }
    let events = graph.all::<Event>().map(|event| event as &'static dyn Declared);
    let flags = graph.all::<FeatureFlag>().map(|flag| flag as &'static dyn Declared);
    let cohorts = graph.all::<Cohort>().map(|cohort| cohort as &'static dyn Declared);
    let surveys = graph.all::<Survey>().map(|survey| survey as &'static dyn Declared);
    bare(events.chain(flags).chain(cohorts).chain(surveys)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg::policy::check_all;

    #[test]
    fn the_stack_holds_our_policies_in_every_stage() {
        assert_eq!(check_all(&crate::STACK, POLICIES), []);
    }
}
