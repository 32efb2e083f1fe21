//! PostHog property definitions of people: what is known about a property that people have.

mod import;

use super::PropertyKind;
use super::prelude::*;
use super::property_definition::{PropertyDefinitions, check, want};

plg_core::kind! {
    /// What a property of people means. PostHog makes the definition when it first sees somebody with
    /// the property, and no request can: until then there is nothing to describe, and each deploy says
    /// so and goes on. Cohorts, flags and filters that ask about people may name it from then on.
    person_property PersonProperty {
        /// The property, as people have it. Another name is another property.
        name: PropertyName,
        /// What its values are. As PostHog found out from the first of them, where nothing is written.
        holds: Option<PropertyKind> = None,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
        /// Whether it is marked as one that can be relied on.
        verified: bool = true,
        /// Whether it is left out where properties are chosen. A hidden property is not verified.
        hidden: bool = false,
    }
    provider: &crate::PROVIDER,
    key: &["name"],
    check: check,
    unique: &[("name", None)],
    titled: None,
    surface: Surface { constants: &[("NAME", "name")], variants: None, word: "", properties: None },
    wire: &PropertyDefinitions { query: "?type=person", kept: "PostHog keeps what it knows of a property that people have" },
}

impl Describe for PersonProperty {
    fn want(&self) -> Want {
        want(&self.common, self.name, self.holds, self.tags, (self.verified, self.hidden))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, differing, mistakes, node, wanted};
    use super::*;
    use plg_core::kinds::Kind;

    static PLAN: PersonProperty = PersonProperty {
        common: Common { doc: "What they pay for.", ..Common::named("Plan") },
        name: PropertyName("plan"),
        holds: Some(PropertyKind::text),
        tags: &[Tag("Billing")],
        verified: true,
        ..PersonProperty::BLANK
    };

    #[test]
    fn a_property_of_people_is_listed_by_itself_and_recognised() {
        let wire = PersonProperty::SPEC.wire;
        assert_eq!(wire.collection(&Map::new()).query, "?type=person");
        let live = json!({
            "id": "0190-uuid", "name": "plan", "description": "What they pay for.", "tags": ["billing"],
            "property_type": "String", "is_numerical": false, "verified": true, "hidden": null,
        });
        assert_eq!(differing(&PLAN, &wanted(&PLAN).fields, &live), [""; 0]);
    }

    #[test]
    fn hidden_or_verified() {
        let yes = || node(6, Given::Bool(true));
        let both = block("person_property", "Plan", vec![("hidden", yes()), ("verified", yes())]);
        assert_eq!(mistakes("person_property", &both, &[]), at(1, "a property cannot be both hidden and verified"));
    }
}
