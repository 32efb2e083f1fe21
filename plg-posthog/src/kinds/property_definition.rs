//! PostHog property definitions: what is known about a property that events carry; that of people has the same words.

pub(super) mod import;

use super::posthog;
use super::prelude::*;

plg_core::words! {
    /// What the values of a property are.
    PropertyKind "type of property" {
        /// Text.
        text = "String",
        /// A number, whole or not.
        number = "Numeric",
        /// True or false.
        boolean = "Boolean",
        /// A day or an instant.
        datetime = "DateTime",
        /// A length of time.
        duration = "Duration",
    }
}

plg_core::kind! {
    /// What a property of events means, whichever events carry it. PostHog makes the definition when
    /// it first sees the property, and no request can: until then there is nothing to describe, and
    /// each deploy says so and goes on.
    property Property {
        /// The property, as events carry it. Another name is another property.
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
    wire: &PropertyDefinitions { query: "?type=event", kept: "PostHog keeps what it knows of a property that events carry" },
}

pub(super) fn check(property: &Block, _: &Declarations, report: &mut Report) {
    let written = |field: &str| matches!(property.get(field), Some(Node { given: Given::Bool(true), .. }));
    if written("hidden") && written("verified") {
        report.error(
            crate::codes::EXCLUDE_EACH_OTHER,
            property.key_site("verified"),
            "a property cannot be both hidden and verified\nhelp: write `verified: false`, or leave `hidden` out",
        );
    }
}

impl Describe for Property {
    fn want(&self) -> Want {
        want(&self.common, self.name, self.holds, self.tags, (self.verified, self.hidden))
    }
}

/// What a definition should be; the last two are whether it is verified and whether it is hidden.
pub(super) fn want(
    common: &Common,
    name: PropertyName,
    holds: Option<PropertyKind>,
    tags: &[Tag],
    (verified, hidden): (bool, bool),
) -> Want {
    let want = Want::of(common).set("name", name.0);
    if common.existing {
        return want;
    }
    // It is there before it is declared: a description written by people stays, unless the
    // stack has one.
    let doc = Some(common.doc).filter(|doc| !doc.is_empty());
    want.set_some("description", doc)
        .set_some("property_type", holds.map(PropertyKind::as_str))
        .set("tags", posthog::tags(tags))
        .set("verified", verified && !hidden)
        .set("hidden", hidden)
}

/// The definitions of properties of events, or of people.
#[derive(Debug)]
pub(super) struct PropertyDefinitions {
    /// Which of them a list has.
    pub(super) query: &'static str,
    /// Why PostHog keeps one.
    pub(super) kept: &'static str,
}

impl Wire for PropertyDefinitions {
    fn collection(&self, _: &Map) -> RestCollection {
        RestCollection { query: self.query, ..posthog::hard("property_definitions") }
    }

    fn read(&self, json: Json) -> Option<Live> {
        posthog::definition(json)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        posthog::redefine(self.collection_of(prior), want, changed, prior)
    }

    fn remove(&self, _: &Prior) -> Removal {
        Removal::Keep(self.kept)
    }

    fn made_elsewhere(&self) -> Option<&'static str> {
        Some("PostHog has not seen it yet")
    }

    fn existing_may_be_absent(&self) -> bool {
        true
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "tags" { same_set(want, live) } else { same(want, live) }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "holds" => &["property_type"],
            _ => itself(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, differing, mistakes, node, prior, wanted};
    use super::*;
    use plg_core::kinds::Kind;

    const WIRE: &dyn Wire = Property::SPEC.wire;

    static SEATS: Property = Property {
        common: Common { doc: "How many seats.", ..Common::named("Seats") },
        name: PropertyName("seats"),
        holds: Some(PropertyKind::number),
        tags: &[Tag("Billing")],
        verified: true,
        ..Property::BLANK
    };

    fn live() -> Json {
        json!({
            "id": "0190-uuid", "name": "seats", "description": "How many seats.", "tags": ["billing"],
            "property_type": "Numeric", "is_numerical": true, "verified": true, "hidden": null,
        })
    }

    #[test]
    fn a_property_is_described_and_recognised() {
        let want = wanted(&SEATS).fields;
        assert_eq!(
            Json::Object(want.clone()),
            json!({
                "name": "seats", "description": "How many seats.", "tags": ["billing"], "property_type": "Numeric",
                "verified": true, "hidden": false,
            })
        );
        assert_eq!(differing(&SEATS, &want, &live()), [""; 0]);
        let prior = prior(&SEATS, &live());
        let call = WIRE.update(&want, &["hidden".into(), "name".into()], &prior);
        let path = "/api/projects/{project}/property_definitions/0190-uuid/";
        assert_eq!(call, Some(Call::new("PATCH", path, json!({ "hidden": false, "verified": true }))));
        assert_eq!(WIRE.update(&want, &["name".into()], &prior), None);
    }

    #[test]
    fn what_posthog_makes_it_keeps() {
        assert!(WIRE.made_elsewhere().is_some());
        assert!(matches!(WIRE.remove(&prior(&SEATS, &live())), Removal::Keep(_)));
        static BARE: Property =
            Property { common: Common::named("Bare"), holds: None, tags: &[], hidden: true, ..SEATS };
        let want = wanted(&BARE).fields;
        assert_eq!((want.get("description"), want.get("property_type")), (None, None));
        assert_eq!(want["verified"], json!(false));
    }

    #[test]
    fn hidden_or_verified() {
        let yes = || node(6, Given::Bool(true));
        let both = block("property", "Seats", vec![("hidden", yes()), ("verified", yes())]);
        assert_eq!(mistakes("property", &both, &[]), at(1, "a property cannot be both hidden and verified"));
    }
}
