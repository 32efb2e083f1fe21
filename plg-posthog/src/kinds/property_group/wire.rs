//! How property groups speak to PostHog.

use crate::kinds::posthog;
use crate::kinds::prelude::*;

#[derive(Debug)]
pub(super) struct PropertyGroups;

/// What the values of a property may be.
pub(super) const RULES: &str = "validation_rules";

/// What PostHog notes beside a property, with each change anew.
const NOTED: [&str; 4] = ["id", "created_at", "updated_at", "created_by"];

/// The name of a property, which tells it from the others.
pub(super) fn name(property: &Json) -> &str {
    property.get("name").and_then(Json::as_str).unwrap_or_default()
}

impl Wire for PropertyGroups {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("schema_property_groups")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "description", "");
        posthog::normalise(&mut live.fields, "properties", |properties| {
            let mut all: Vec<Json> = match posthog::compact(properties, &NOTED) {
                Json::Array(all) => all,
                _ => Vec::new(),
            };
            all.sort_by(|one, other| name(one).cmp(name(other)));
            for property in all.iter_mut().filter_map(Json::as_object_mut) {
                posthog::default(property, "is_required", false);
                // Nothing, and nothing said of it, are one.
                property.retain(|key, value| key == "is_required" || !plg_core::hollow::is_hollow(value));
            }
            all.into()
        });
        Some(live)
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn owned(&self, field: &str) -> &'static Owned {
        if field == "properties" { &Owned::By(with_what_people_say) } else { &Owned::Whole }
    }

    fn lost(&self) -> &'static str {
        "its links to events, and descriptions written in the web app"
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "descriptions" => &["properties"],
            _ => itself(word),
        }
    }
}

/// The declared properties, each with what people say of it and no word of the stack does: what it means, whether types
/// may lack it, and rules of its values, unless it has another type now or the rules are those of `one_of`.
fn with_what_people_say(want: &Json, live: &Json) -> Json {
    let (Json::Array(wanted), Json::Array(there)) = (want, live) else { return want.clone() };
    let one = |wanted: &Json| {
        let mut own = wanted.as_object().cloned().unwrap_or_default();
        let now = there.iter().find(|now| name(now) == name(wanted));
        for (key, value) in now.and_then(Json::as_object).into_iter().flatten() {
            let is_kept = key != RULES
                || (own.get("property_type") == now.and_then(|now| now.get("property_type"))
                    && value.get("enum").is_none());
            if is_kept && !own.contains_key(key) {
                own.insert(key.clone(), value.clone());
            }
        }
        Json::Object(own)
    };
    wanted.iter().map(one).collect()
}
