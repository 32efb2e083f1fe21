//! JSON: everything an application can name, in one versioned document.

use crate::{AppNames, Collection, CollectionKind, File, Page};
use serde_json::{Map, Value, json};

/// The version of the document: grows when a reader of the one before could misread it.
const VERSION: u32 = 1;

pub(crate) fn file(names: &AppNames) -> File {
    let mut document = json!({ "version": VERSION, "stack": names.stack });
    document.as_object_mut().into_iter().for_each(|document| document.append(&mut account(names)));
    if !names.accounts.is_empty() {
        let further = names.accounts.iter().map(|further| {
            let mut all = json!({ "account": further.name, "provider": further.provider });
            all.as_object_mut().into_iter().for_each(|all| all.append(&mut account(&further.names)));
            all
        });
        document["accounts"] = further.collect();
    }
    File { name: "plg.json".into(), text: format!("{document:#}\n") }
}

/// What an application can name of one account of each provider.
fn account(names: &AppNames) -> Map<String, Value> {
    let events = names.events.iter().map(|event| {
        let properties = event.properties.iter().map(|property| {
            let ty = if property.is_list { "list" } else { property.ty.word() };
            let mut all = json!({
                "key": property.key, "description": property.doc, "type": ty, "optional": property.optional,
            });
            if property.is_list {
                all["of"] = property.ty.word().into();
            }
            if !property.texts.is_empty() {
                let texts = property.texts.iter();
                all["one_of"] = texts.map(|one| json!({ "name": one.name, "text": one.text, "of": one.of })).collect();
            }
            all
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
    let all = json!({
        "events": events.collect::<Vec<_>>(),
        "flags": flags.collect::<Vec<_>>(),
        "objects": collections(names, CollectionKind::Object),
        "lists": collections(names, CollectionKind::List),
        "surveys": pages(&names.surveys),
        "dashboards": pages(&names.dashboards),
    });
    all.as_object().cloned().unwrap_or_default()
}

fn collections(names: &AppNames, kind: CollectionKind) -> Vec<Value> {
    let collection = |collection: &Collection| {
        let attributes = collection.attributes.iter().map(|attribute| {
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
            "name": collection.name, "slug": collection.slug, "description": collection.doc,
            "attributes": attributes.collect::<Vec<_>>(),
        })
    };
    names.collections(kind).map(collection).collect()
}

fn pages(pages: &[Page]) -> Vec<Value> {
    pages
        .iter()
        .map(|page| json!({ "name": page.name, "title": page.title, "description": page.doc, "ids": page.ids }))
        .collect()
}
