//! JSON: everything an application can name, in one versioned document.

use crate::{File, Names, Page, PlaceKind};
use serde_json::{Value, json};

/// The version of the document: grows when a reader of the one before could misread it.
const VERSION: u32 = 1;

pub(crate) fn file(names: &Names) -> File {
    let events = names.events.iter().map(|event| {
        let properties = event.properties.iter().map(|property| {
            json!({
                "key": property.key, "description": property.doc, "type": property.ty.word(),
                "optional": property.optional,
            })
        });
        json!({
            "name": event.name, "event": event.event, "description": event.doc, "existing": event.existing,
            "properties": properties.collect::<Vec<_>>(),
        })
    });
    let flags = names.flags.iter().map(|flag| {
        let variants: Vec<Value> =
            flag.variants.iter().map(|variant| json!({ "name": variant.name, "key": variant.key })).collect();
        json!({ "name": flag.name, "key": flag.key, "description": flag.doc, "variants": variants })
    });
    let document = json!({
        "version": VERSION,
        "stack": names.stack,
        "events": events.collect::<Vec<_>>(),
        "flags": flags.collect::<Vec<_>>(),
        "objects": places(names, PlaceKind::Object),
        "lists": places(names, PlaceKind::List),
        "surveys": pages(&names.surveys),
        "dashboards": pages(&names.dashboards),
    });
    File { name: "plg.json", text: format!("{document:#}\n") }
}

fn places(names: &Names, kind: PlaceKind) -> Vec<Value> {
    let place = |place: &crate::Place| {
        let attributes = place.attributes.iter().map(|attribute| {
            let options = attribute
                .choices
                .iter()
                .map(|choice| json!({ "name": choice.name, "title": choice.title, "description": choice.doc }));
            json!({
                "name": attribute.name, "slug": attribute.slug, "title": attribute.title,
                "description": attribute.doc, "type": attribute.ty.word(), "multiple": attribute.multiple,
                "options": options.collect::<Vec<_>>(),
            })
        });
        json!({
            "name": place.name, "slug": place.slug, "description": place.doc,
            "attributes": attributes.collect::<Vec<_>>(),
        })
    };
    names.places(kind).map(place).collect()
}

fn pages(pages: &[Page]) -> Vec<Value> {
    pages
        .iter()
        .map(|page| json!({ "name": page.name, "title": page.title, "description": page.doc, "ids": page.ids }))
        .collect()
}
