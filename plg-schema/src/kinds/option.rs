//! Options of Attio's select attributes.

use super::attio;
use super::prelude::*;

kind! {
    /// One of the values of a select attribute. Options keep the order they are written in, for ever.
    option SelectOption {
        /// What people read, unique within its attribute; from the item's name unless written.
        title: Name,
    }
    provider: Attio,
    check: |_, _, _| (),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Options,
}

impl Describe for SelectOption {
    fn want(&self) -> Want {
        super::inside(&self.common).set("title", self.title.0)
    }
}

#[derive(Debug)]
struct Options;

fn path(fields: &Map) -> String {
    format!("/v2/objects/{}/attributes/{}/options", segment(text(fields, "object")), segment(text(fields, "attribute")))
}

fn one(prior: &Prior) -> String {
    format!("{}/{}", path(&prior.fields), segment(&prior.id))
}

impl Wire for Options {
    fn listing(&self, want: &Map) -> Listing {
        Listing { path: format!("{}?show_archived=true", path(want)), paging: Paging::Data }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = attio::row(json)?;
        attio::live(row, row.get("id")?.get("option_id")?)
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", path(want), json!({ "data": { "title": want.get("title") } }))
    }

    fn update(&self, want: &Map, _: &[String], prior: &Prior) -> Option<Call> {
        Some(Call::new("PATCH", one(prior), json!({ "data": { "title": want.get("title") } })))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        Some(Call::new("PATCH", one(prior), json!({ "data": { "title": want.get("title"), "is_archived": false } })))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Archive(Call::new("PATCH", one(prior), json!({ "data": { "is_archived": true } })))
    }

    fn parents(&self) -> &'static [&'static str] {
        &["object", "attribute"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "title").to_owned())
    }
}
