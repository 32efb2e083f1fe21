//! Attributes as Attio's API has them.

use super::super::attio::{archiving, holders, id, live, retired, row, same_duration, target};
use super::super::prelude::*;
use super::back;
use plg_core::wire::includes;

#[derive(Debug)]
pub(super) struct Attributes;

const PARENTS: &[&str] = &["on", "target"];
const FIXED: &[&str] = &["type", "is_multiselect", "relationship"];

/// Those of one object or list.
fn attributes(fields: &Map, on: &str) -> RestCollection {
    let path = format!("{}/{}/attributes", target(fields), segment(on));
    RestCollection { paging: Paging::DataOffset { limit: 100 }, ..archiving(&path) }
}

/// The object or list that an attribute is on.
fn on(prior: &Prior) -> &str {
    match text(&prior.outputs, "object") {
        "" => text(&prior.fields, "on"),
        on => on,
    }
}

/// The settings that say something, under the keys a request has.
fn config(live: &Json) -> Json {
    let mut out = Map::new();
    if let Some(currency) =
        live.get("currency").filter(|c| c.get("default_currency_code").is_some_and(|c| !c.is_null()))
    {
        out.insert("currency".into(), currency.clone());
    }
    if let Some(ids) = live.pointer("/record_reference/allowed_object_ids").filter(|ids| !ids.is_null()) {
        out.insert("record_reference".into(), json!({ "allowed_objects": ids }));
    }
    Json::Object(out)
}

fn same_config(want: &Json, live: &Json) -> bool {
    let Some(want) = want.as_object() else { return same(want, live) };
    want.iter().all(|(key, want)| {
        let Some(live) = live.get(key) else { return false };
        match (want.get("allowed_objects"), live.get("allowed_objects")) {
            (Some(want), Some(live)) => same_set(want, live),
            _ => same(want, live),
        }
    })
}

fn same_default(want: &Json, live: &Json) -> bool {
    if want.get("type") != live.get("type") {
        return false;
    }
    match (want.get("template"), live.get("template")) {
        // Attio adds to each value what it is made of.
        (Some(want @ Json::Array(_)), Some(live)) => includes(want, live),
        (Some(want), Some(live)) => same_duration(want, live),
        _ => same(want, live),
    }
}

impl Wire for Attributes {
    fn collection(&self, fields: &Map) -> RestCollection {
        attributes(fields, text(fields, "on"))
    }

    fn collection_of(&self, prior: &Prior) -> RestCollection {
        attributes(&prior.fields, on(prior))
    }

    fn read(&self, json: Json) -> Option<Live> {
        let row = row(json)?;
        // The list's id, where it is on a list.
        let object = id(&row, "object_id").map(Json::from);
        let mut live = live(row, "attribute_id")?;
        if let Some(object) = object {
            live.outputs.insert("object".into(), object.clone());
            live.fields.insert("on".into(), object);
        }
        live.outputs.insert("slug".into(), live.fields.get("api_slug").cloned().unwrap_or(Json::Null));
        if let Some(settings) = live.fields.get_mut("config") {
            *settings = config(settings);
        }
        if let Some((far, object, other)) = back::relationship(&live.fields) {
            let mut end = pick(other, &["title", "api_slug", "is_multiselect"].map(str::to_owned));
            end.insert("object".into(), object.into());
            live.fields.insert("relationship".into(), end.into());
            live.outputs.insert("far".into(), far.into());
        }
        if live.fields.get("description").is_none_or(Json::is_null) {
            live.fields.insert("description".into(), "".into());
        }
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        let mut data = without(want, PARENTS);
        data.entry("config").or_insert_with(|| json!({}));
        self.collection(want).create(data)
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let mut part = without(&without(want, PARENTS), FIXED);
        part.retain(|field, value| prior.fields.get(field).is_none_or(|live| !self.same(field, value, live)));
        self.collection_of(prior).restore(prior, part)
    }

    // An archived attribute keeps its slug, so it has to give it up first.
    fn retire(&self, prior: &Prior, mark: &str) -> Option<Call> {
        let slug = retired(text(&prior.fields, "api_slug"), mark);
        let part = [("api_slug".to_owned(), slug.into()), ("is_archived".to_owned(), true.into())];
        Some(self.collection_of(prior).change(prior, Map::from_iter(part)))
    }

    fn parents(&self) -> &'static [&'static str] {
        PARENTS
    }

    fn fixed(&self) -> &'static [&'static str] {
        FIXED
    }

    fn lost(&self) -> &'static str {
        "values in records stay with the old one, which is hidden"
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "api_slug").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "config" => same_config(want, live),
            "default_value" => same_default(want, live),
            // What the other end is called is said where that is declared.
            "relationship" => ["object", "is_multiselect"].into_iter().all(|key| want.get(key) == live.get(key)),
            _ => same(want, live),
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "on" => PARENTS,
            "slug" => &["api_slug"],
            "holds" => &["type", "config"],
            "multiple" => &["is_multiselect"],
            "required" => &["is_required"],
            "unique" => &["is_unique"],
            "default" => &["default_value"],
            "back" => &["relationship"],
            _ => itself(word),
        }
    }

    /// The other end of its relationship.
    fn outputs(&self) -> &'static [&'static str] {
        &["far"]
    }

    // An application sees what it holds, and options are looked after where the attribute is not.
    fn looked_at(&self) -> &'static [&'static str] {
        &["title", "holds", "multiple"]
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["object"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let config = live.fields.get("config").and_then(|config| config.pointer("/record_reference/allowed_objects"));
        mention::ids("object", config)
    }

    // A relationship is made with its ends, and stays as it was made.
    fn standing(&self, want: &Map, live: &Live) -> Option<Standing> {
        let asked = want.get("relationship").filter(|asked| !asked.is_null())?;
        let differs = |field: &str| want.get(field).is_some_and(|want| live.fields.get(field) != Some(want));
        if live.archived || live.system || differs("type") {
            return None;
        }
        let there = live.fields.get("relationship").filter(|there| there.is_object());
        let says = match there {
            None => "it is a one-way relationship, and Attio cannot add the other end".to_owned(),
            Some(there) if !self.same("relationship", asked, there) => {
                "its other end is on another object, or has another number of records".to_owned()
            }
            Some(_) if ["on", "is_multiselect"].into_iter().any(differs) => {
                "it has another end, which would keep its slug".to_owned()
            }
            Some(_) => return None,
        };
        Some(Standing {
            says,
            held: &["relationship", "is_multiselect", "on"],
            help: "declare the pair under another name with slugs of its own, deploy, move the values, and then remove the old attribute; or declare its present values",
        })
    }

    fn held_by(&self, prior: &Prior, _: &dyn Fn(&str, &str) -> Option<Map>) -> Option<Call> {
        let filter = json!({ text(&prior.fields, "api_slug"): { "$not_empty": true } });
        Some(holders(target(&prior.fields), on(prior), Some(filter)))
    }
}
