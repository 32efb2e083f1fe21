//! The other end of a two-way relationship: what an attribute's `back` becomes.
//!
//! One request makes both ends. What is asked of the other one later goes to an attribute of its own, so that it is a
//! step of its own: it is found by the attribute that it leads back to, whatever people call it meanwhile.

use super::super::attio::{archiving, holders, id, live, row};
use super::super::prelude::*;
use super::super::{Object, On};
use super::Attribute;
use plg_core::kinds::Kind;
use plg_core::source::read;

plg_core::record! {
    /// The attribute on the other object by which records find their way back. Attio makes it together with this one, and
    /// keeps the values of both in line. An attribute that is there without one cannot get one.
    Back {
        /// Its name in Attio's API: snake case, unique within the other object.
        slug: Slug,
        /// What people read in Attio.
        title: Name,
        /// Whether a record of the other object may have several: `true` for the projects of a company, while a project has
        /// one company. Cannot be changed later.
        multiple: bool = false,
    }
}

plg_core::kind! {
    /// The other end of a two-way relationship, written in the `back` of its attribute. It has an address of its own,
    /// such as `relationship_end.Company.Back`.
    relationship_end RelationshipEnd {
        /// The object whose records have it.
        on: On,
        /// Its name in Attio's API.
        slug: Slug,
        /// What people read in Attio.
        title: Name,
        /// Whether a record may have several.
        multiple: bool = false,
    }
    provider: &crate::PROVIDER,
    key: &["on", "slug"],
    check: |_, _, _| (),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &RelationshipEnds,
}

/// The fields of an end, in the API's words.
const NEAR: &str = "near";
const FAR: &str = "far";

/// The other end of an attribute, where it has one.
pub(super) fn of(attribute: &'static Attribute) -> Vec<&'static dyn Declared> {
    let Some((on, back)) = attribute.far() else { return Vec::new() };
    let own = &attribute.common;
    let ignore: &[&str] = if own.ignore.contains(&"back") { &["slug", "title", "multiple"] } else { &[] };
    let handling = read::keep(Handling {
        ignore,
        protect: own.protect,
        on_destroy: own.on_destroy,
        account: own.account,
        parent: Some(attribute),
        ..Handling::PLAIN
    });
    let name = read::leak(&format!("{}.Back", own.name));
    let common = Common { name, doc: "", ..*own }.handled(handling);
    let Back { slug, title, multiple } = back;
    vec![read::keep(RelationshipEnd { common, on, slug, title, multiple })]
}

impl Describe for RelationshipEnd {
    fn want(&self) -> Want {
        let mut want = Want::new().set("on", reference(self.on.object()));
        if let Some(near) = self.common.parent {
            want = want.set(NEAR, reference(near)).set_create_only(FAR, reference_to(near, FAR));
        }
        want.set("api_slug", self.slug.0).set("title", self.title.0).set("is_multiselect", self.multiple)
    }

    fn lint(&self) -> Vec<String> {
        if self.common.parent.is_some() {
            Vec::new()
        } else {
            vec!["the other end of a relationship is written in its attribute: `back: { … }`".to_owned()]
        }
    }
}

/// The relationship of a row: the other end's id, and the object that it is on.
pub(super) fn relationship(row: &Map) -> Option<(String, String, &Map)> {
    let other = row.get("relationship")?.as_object()?;
    Some((id(other, "attribute_id")?.to_owned(), id(other, "object_id")?.to_owned(), other))
}

#[derive(Debug)]
struct RelationshipEnds;

const PARENTS: &[&str] = &["on"];

/// Fields that no request changes.
const FIXED: &[&str] = &[NEAR, "is_multiselect"];

/// Fields that are of plg.
const OWN: &[&str] = &["on", NEAR, FAR, "is_multiselect"];

impl Wire for RelationshipEnds {
    fn collection(&self, fields: &Map) -> RestCollection {
        let path = format!("objects/{}/attributes", segment(text(fields, "on")));
        RestCollection { paging: Paging::DataOffset { limit: 100 }, ..archiving(&path) }
    }

    /// Attributes that are no end of a relationship are none of these.
    fn read(&self, json: Json) -> Option<Live> {
        let row = row(json)?;
        let (near, ..) = relationship(&row)?;
        let on = id(&row, "object_id").map(Json::from);
        let mut live = live(row, "attribute_id")?;
        live.fields.insert(NEAR.into(), near.into());
        live.fields.insert(FAR.into(), live.id.as_str().into());
        live.fields.extend(on.map(|on| ("on".to_owned(), on)));
        live.outputs.insert("slug".into(), live.fields.get("api_slug").cloned().unwrap_or(Json::Null));
        Some(live)
    }

    fn part_of(&self) -> Option<&'static str> {
        Some(Attribute::KEYWORD)
    }

    fn comes_with_its_whole(&self) -> bool {
        true
    }

    // The request that made its attribute made it, too: it is called as it is declared.
    fn create(&self, want: &Map) -> Call {
        let far = Prior { id: text(want, FAR).to_owned(), ..Prior::default() };
        self.collection(want).change(&far, without(want, OWN))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let part = without(&pick(want, changed), OWN);
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        self.collection_of(prior).restore(prior, without(want, OWN))
    }

    fn parents(&self) -> &'static [&'static str] {
        PARENTS
    }

    fn fixed(&self) -> &'static [&'static str] {
        FIXED
    }

    fn lost(&self) -> &'static str {
        "the way back from the records of the other object"
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, NEAR).to_owned()).filter(|near| !near.is_empty())
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            // It is found by the attribute that it leads back to.
            "on" => &["on", NEAR],
            "slug" => &["api_slug"],
            "multiple" => &["is_multiselect"],
            _ => itself(word),
        }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &[Object::KEYWORD]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let other = live.fields.get("relationship").and_then(|other| other.get("id"));
        mention::id(Object::KEYWORD, other.and_then(|id| id.get("object_id"))).into_iter().collect()
    }

    fn held_by(&self, prior: &Prior, _: &dyn Fn(&str, &str) -> Option<Map>) -> Option<Call> {
        let filter = json!({ text(&prior.fields, "api_slug"): { "$not_empty": true } });
        Some(holders("objects", text(&prior.fields, "on"), Some(filter)))
    }
}
