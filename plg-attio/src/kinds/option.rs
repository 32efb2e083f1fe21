//! Select options of Attio attributes, and what they share with statuses.

use super::attio::{archiving, extra, id, live, row, same_duration, target};
use super::prelude::*;

plg_core::kind! {
    /// One choice of a select attribute, written inside it.
    option SelectOption {
        /// What people read in Attio; from the item's name unless given. Unique within the attribute.
        title: Name,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: |_, _, _| (),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Choices { list: "options", key: "option_id", together: &[] },
}

impl Describe for SelectOption {
    fn want(&self) -> Want {
        extra(within(&self.common).set("title", self.title.0), &self.common)
    }

    fn lint(&self) -> Vec<String> {
        outside(&self.common, "a select option is written inside its attribute: `holds: select { … }`")
    }
}

/// Where an option or a status belongs, and what it comes after: Attio keeps the order in which
/// they are created, for ever.
pub(crate) fn within(common: &Common) -> Want {
    let mut want = Want::new();
    if let Some(attribute) = common.parent {
        want = want
            .set("attribute", reference(attribute))
            .set("object", reference_to(attribute, "object"))
            .set("target", reference_to(attribute, "target"));
    }
    match common.previous {
        Some(previous) => want.after(previous.address()),
        None => want,
    }
}

/// What is wrong with an option or a status that belongs to no attribute.
pub(crate) fn outside(common: &Common, rule: &str) -> Vec<String> {
    if common.parent.is_some() { Vec::new() } else { vec![rule.to_owned()] }
}

/// Options or statuses: both are lists of titles below an attribute.
#[derive(Debug)]
pub(crate) struct Choices {
    /// The path's last segment.
    pub(crate) list: &'static str,
    /// The key of their id.
    pub(crate) key: &'static str,
    /// Fields that every update sends, as Attio may reset one that is left out.
    pub(crate) together: &'static [&'static str],
}

const PARENTS: &[&str] = &["attribute", "object", "target"];

/// Where the ids of its parents are remembered.
fn parents(prior: &Prior) -> &Map {
    if prior.outputs.contains_key("attribute") { &prior.outputs } else { &prior.fields }
}

impl Choices {
    /// Those of one attribute.
    fn of(&self, target: &str, parents: &Map) -> RestCollection {
        let (object, attribute) = (segment(text(parents, "object")), segment(text(parents, "attribute")));
        archiving(&format!("{target}/{object}/attributes/{attribute}/{}", self.list))
    }

    /// `part` with the fields that always go together: as declared, or as they are where the declaration leaves them alone.
    fn together(&self, mut part: Map, want: &Map, prior: &Prior) -> Map {
        for field in self.together {
            if let Some(value) = prior.fields.get(*field).or_else(|| want.get(*field)) {
                part.entry(*field).or_insert_with(|| value.clone());
            }
        }
        part
    }
}

impl Wire for Choices {
    fn collection(&self, fields: &Map) -> RestCollection {
        self.of(target(fields), fields)
    }

    fn collection_of(&self, prior: &Prior) -> RestCollection {
        self.of(target(&prior.fields), parents(prior))
    }

    fn read(&self, json: Json) -> Option<Live> {
        let row = row(json)?;
        let parents = [("attribute", "attribute_id"), ("object", "object_id")];
        let parents = parents.map(|(field, key)| (field, id(&row, key).map(Json::from)));
        let mut live = live(row, self.key)?;
        for (field, id) in parents {
            if let Some(id) = id {
                live.outputs.insert(field.into(), id.clone());
                live.fields.insert(field.into(), id);
            }
        }
        Some(live)
    }

    // Attio gives out options and statuses as lists only.
    fn by_id(&self, _: &Prior) -> Option<Call> {
        None
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let part = without(&pick(want, changed), PARENTS);
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, self.together(part, want, prior)))
    }

    // Attio may reset what is left out also where it only archives. The title has no default that it could be reset to, and
    // may be another one by now: one that gave it up to another is archived under the title that it was given instead.
    fn remove(&self, prior: &Prior) -> Removal {
        let archived = Map::from_iter([("is_archived".to_owned(), true.into())]);
        let body = without(&self.together(archived, &Map::new(), prior), &["title"]);
        Removal::Archive(self.collection_of(prior).change(prior, body))
    }

    fn parents(&self) -> &'static [&'static str] {
        PARENTS
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "title").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "target_time_in_status" => same_duration(want, live),
            _ => same(want, live),
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "target" => &["target_time_in_status"],
            "celebrate" => &["celebration_enabled"],
            _ => itself(word),
        }
    }

    fn held_by(&self, prior: &Prior, find: &dyn Fn(&str, &str) -> Option<Map>) -> Option<Call> {
        let known = parents(prior);
        let attribute = find("attribute", text(known, "attribute"))?;
        let filter = json!({ text(&attribute, "api_slug"): text(&prior.fields, "title") });
        Some(super::attio::holders(target(&prior.fields), text(known, "object"), Some(filter)))
    }
}
