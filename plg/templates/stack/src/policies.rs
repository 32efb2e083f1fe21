//! What we ask of declarations beyond what the APIs ask: every plan and deploy holds it, and `cargo test`.

//? attio
use plg::attio::Attribute;
//? end
use plg::policy::{Graph, Policy, Violation};
//? posthog
use plg::posthog::FeatureFlag;
//? end

/// Our policies. A policy is a function over the declarations, each of its own type.
pub static POLICIES: &[Policy] = &[
    //? attio
    Policy { name: "an attribute says what it is", rule: attributes_are_described },
    //? end
    //? posthog
    Policy { name: "a flag says what it is for", rule: flags_are_described },
    //? end
];
//? attio

/// Whoever fills a field in has nothing else to go by.
fn attributes_are_described(graph: &Graph) -> Vec<Violation> {
    let bare = graph.all::<Attribute>().filter(|attribute| attribute.common.doc.is_empty());
    bare.map(|attribute| Violation::of(attribute, "it has no description").help("write `/// …` above it")).collect()
}
//? end
//? posthog

/// Whoever finds a flag in a year has nothing else to go by.
fn flags_are_described(graph: &Graph) -> Vec<Violation> {
    let bare = graph.all::<FeatureFlag>().filter(|flag| flag.common.doc.is_empty());
    bare.map(|flag| Violation::of(flag, "it has no description").help("write `/// …` above it")).collect()
}
//? end

#[cfg(test)]
mod tests {
    #[test]
    fn the_stack_holds_them_in_every_stage() {
        assert_eq!(plg::policy::check_all(&crate::STACK, super::POLICIES), []);
    }
}
