//! PostHog property groups: properties that several events have in common.

mod import;
mod wire;

use super::prelude::*;
use super::property_type::{self, PlainType, PropertyType};

plg_core::kind! {
    /// Properties that several events have in common, as a schema that people read in PostHog. An event that has them names
    /// the group: `event Paid { name: "paid", schema: [Billing] }`. The application fills them in as one struct.
    ///
    /// PostHog refuses nothing that an application sends otherwise.
    ///
    /// Left out: whether the types that PostHog makes for applications may lack a property, bounds of numbers and lists of
    /// texts that it must not be. All of these stay as people set them.
    property_group PropertyGroup {
        /// What people read in PostHog, up to 400 characters, each once in a project; from the item's name unless given.
        title: Name,
        /// The properties, each with its type. One that is not `optional` is required. All of them are the group's: one that
        /// is not written goes. PostHog makes all of them anew with each change, and `one_of` needs a server of 2026-08.
        properties: Named<PropertyType> = Named(&[]),
        /// What the properties mean, by their names: `{ seats: "How many people may sign in" }`. Without an entry, it is the
        /// doc comment before the property; without one, people's words stay.
        descriptions: Named<Str> = Named(&[]),
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check,
    unique: &[("title", None)],
    titled: Some("title"),
    surface: Surface { constants: &[], variants: None, word: "", properties: Some("properties") },
    wire: &wire::PropertyGroups,
}

/// The longest name of a property in a group, in characters.
const LONGEST: usize = 200;

/// The most texts that a property can be one of.
const MOST: usize = 1_000;

fn check(group: &Block, _: &Declarations, report: &mut Report) {
    property_type::check(group.get("properties"), report);
    let properties = group.get("properties").map_or(&[][..], Node::map);
    for (name, at, ty) in properties {
        let length = name.chars().count();
        if length > LONGEST {
            let message = format!(
                "this name has {length} characters, and at most {LONGEST} are accepted\nhelp: leave out {}",
                length - LONGEST
            );
            report.error(codes::TEXT, *at, message);
        }
        let plain = if ty.word() == Some("optional") { ty.held() } else { Some(ty) };
        match plain.and_then(Node::word) {
            Some("list") => {
                let message = "a property group cannot have a list\nhelp: write `object`, or declare it in the event's `properties`";
                report.error(codes::UNKNOWN_WORD, ty.at, message);
            }
            Some("one_of") => {
                let texts = plain.and_then(Node::held).map_or(0, |texts| texts.list().len());
                if texts > MOST {
                    let message =
                        format!("PostHog accepts at most {MOST} texts, and this has {texts}\nhelp: write `text`");
                    report.error(codes::LIST, ty.at, message);
                }
            }
            _ => {}
        }
    }
    for (name, at, _) in group.get("descriptions").map_or(&[][..], Node::map) {
        if !properties.iter().any(|(known, ..)| known == name) {
            let names = properties.iter().map(|(known, ..)| known.as_str());
            let help = match plg_core::similar::closest(name, names) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("declare it in `properties`: `{name}: text`"),
            };
            report.error(codes::NEEDS_ANOTHER, *at, format!("the group has no property `{name}`\nhelp: {help}"));
        }
    }
}

impl Describe for PropertyGroup {
    fn want(&self) -> Want {
        let want = Want::of(&self.common).set("name", self.title.0);
        if self.common.existing {
            return want;
        }
        let mut properties: Vec<Json> = self.properties.iter().map(|property| self.property(property)).collect();
        properties.sort_by(|one, other| wire::name(one).cmp(wire::name(other)));
        want.set("description", self.common.doc).set("properties", Json::from(properties))
    }

    fn lint(&self) -> Vec<String> {
        property_type::lint(&self.properties)
    }
}

impl PropertyGroup {
    /// What one of its properties means; empty where nobody says.
    pub fn says(&self, property: &Pair<PropertyType>) -> &'static str {
        let said = self.descriptions.iter().find(|said| said.key == property.key);
        said.map_or(property.doc, |said| said.value.0)
    }

    fn property(&self, property: &Pair<PropertyType>) -> Json {
        let (plain, is_optional) = property.value.plain();
        let mut wanted = json!({
            "name": property.key, "property_type": spelt(plain), "is_required": !is_optional,
        });
        let says = self.says(property);
        if !says.is_empty() {
            wanted["description"] = says.into();
        }
        if let PlainType::one_of(texts) = plain {
            let texts: Vec<_> = texts.iter().filter_map(KeyText::text).collect();
            wanted[wire::RULES] = json!({ "enum": texts });
        }
        wanted
    }
}

/// PostHog's word for a type.
fn spelt(plain: PlainType) -> &'static str {
    match plain {
        PlainType::text | PlainType::one_of(_) => "String",
        PlainType::number => "Numeric",
        PlainType::boolean => "Boolean",
        PlainType::datetime => "DateTime",
        PlainType::list(_) | PlainType::object => "Object",
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{block, differing, lints, map, merged, mistakes, prior, wanted};
    use super::*;
    use plg_core::kinds::Kind;

    static BILLING: PropertyGroup = PropertyGroup {
        common: Common { doc: "What is paid.", ..Common::named("Billing") },
        title: Name("Billing"),
        properties: Named(&[
            Pair { key: "seats", doc: "How many.", value: PropertyType::number },
            Pair { key: "plan", doc: "", value: PropertyType::one_of(&[KeyText::Text("free"), KeyText::Text("pro")]) },
            Pair { key: "note", doc: "", value: PropertyType::optional(PlainType::text) },
        ]),
        descriptions: Named(&[Pair { key: "plan", doc: "", value: Str("What they pay for.") }]),
    };

    fn live() -> Json {
        json!({
            "id": "a-b", "name": "Billing", "description": "What is paid.", "events": [{ "id": "c", "name": "paid" }],
            "properties": [
                { "id": "1", "name": "seats", "property_type": "Numeric", "is_required": true, "description": "How many.",
                  "validation_rules": { "minimum": 1 }, "is_optional_in_types": true },
                { "id": "2", "name": "plan", "property_type": "String", "is_required": true,
                  "description": "What they pay for.", "validation_rules": { "enum": ["free", "pro"] } },
                { "id": "3", "name": "note", "property_type": "String", "is_required": false, "description": "By people." },
            ],
        })
    }

    #[test]
    fn properties_are_compared_by_name_and_keep_what_people_say_of_them() {
        let want = wanted(&BILLING).fields;
        assert_eq!(differing(&BILLING, &want, &live()), [""; 0]);
        let mut other = live();
        other["properties"][1]["validation_rules"] = Json::Null;
        assert_eq!(differing(&BILLING, &want, &other), ["properties"]);
        let wire = PropertyGroup::SPEC.wire;
        let prior = prior(&BILLING, &other);
        let sent = merged(wire, &want, &prior);
        assert_eq!(
            sent["properties"],
            json!([
                { "name": "note", "property_type": "String", "is_required": false, "description": "By people." },
                { "name": "plan", "property_type": "String", "is_required": true, "description": "What they pay for.",
                  "validation_rules": { "enum": ["free", "pro"] } },
                { "name": "seats", "property_type": "Numeric", "is_required": true, "description": "How many.",
                  "is_optional_in_types": true, "validation_rules": { "minimum": 1 } },
            ])
        );
        assert_eq!(lints(&BILLING), [""; 0]);
    }

    #[test]
    fn another_type_takes_the_rules_of_the_old_one_with_it() {
        static FREE: PropertyGroup = PropertyGroup {
            properties: Named(&[
                Pair { key: "seats", doc: "", value: PropertyType::text },
                Pair { key: "plan", doc: "", value: PropertyType::text },
            ]),
            descriptions: Named(&[]),
            ..BILLING
        };
        let prior = prior(&FREE, &live());
        let sent = merged(PropertyGroup::SPEC.wire, &wanted(&FREE).fields, &prior);
        let rules: Vec<_> =
            sent["properties"].as_array().into_iter().flatten().map(|one| one.get(wire::RULES)).collect();
        assert_eq!(rules, [None, None]);
    }

    #[test]
    fn what_posthog_has_no_word_for_is_refused() {
        let list = Given::Case("list".into(), None);
        let group = block("property_group", "Billing", vec![("properties", map(3, vec![("tags", list)]))]);
        assert_eq!(mistakes("property_group", &group, &[])[0].1, "a property group cannot have a list");
        let seats = ("properties", map(3, vec![("seats", Given::Case("number".into(), None))]));
        let said = ("descriptions", map(4, vec![("seat", Given::Text("How many".into()))]));
        let group = block("property_group", "Billing", vec![seats, said]);
        assert_eq!(mistakes("property_group", &group, &[])[0].1, "the group has no property `seat`");
    }
}
