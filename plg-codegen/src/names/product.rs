//! What an application can name of PostHog: events, flags, surveys, dashboards.

use super::{AppEvent, AppFlag, AppNames, AppProperty, AppText, AppVariant, Ids, Page, PropertyType, at, type_name};
use plg_core::{Declared, KeyText, Pair};
use plg_posthog::{Dashboard, Event, FeatureFlag, PlainType, PropertyType as Type, Survey};

pub(super) fn add(names: &mut AppNames, item: &'static dyn Declared, ids: &Ids) {
    let any = item.as_any();
    if let Some(event) = any.downcast_ref::<Event>() {
        names.events.push(self::event(event));
    } else if let Some(flag) = any.downcast_ref::<FeatureFlag>() {
        names.flags.push(self::flag(flag));
    } else if let Some(survey) = any.downcast_ref::<Survey>() {
        names.surveys.push(page(item, survey.title.0, ids));
    } else if let Some(dashboard) = any.downcast_ref::<Dashboard>() {
        names.dashboards.push(page(item, dashboard.title.0, ids));
    }
}

fn flag(flag: &FeatureFlag) -> AppFlag {
    let variants = flag.variants.iter().map(|v| AppVariant { name: type_name(v.key), key: v.key }).collect();
    let common = &flag.common;
    AppFlag { name: common.name, doc: common.doc, at: at(common), key: flag.key.0, variants }
}

fn event(event: &Event) -> AppEvent {
    let mut properties: Vec<AppProperty> = event.properties.iter().map(|entry| property(entry, entry.doc)).collect();
    for group in event.schema {
        for entry in group.properties.iter() {
            // Where an event has one by itself as well, that is the same.
            if properties.iter().all(|known| known.key != entry.key) {
                properties.push(property(entry, group.says(entry)));
            }
        }
    }
    AppEvent {
        name: event.common.name,
        doc: event.common.doc,
        at: at(&event.common),
        event: event.name.0,
        existing: event.common.existing,
        properties,
    }
}

fn property(entry: &Pair<Type>, doc: &'static str) -> AppProperty {
    let (plain, optional) = entry.value.plain();
    let (is_list, one) = match plain {
        PlainType::list(item) => (true, item.plain()),
        one => (false, one),
    };
    let ty = match one {
        PlainType::text | PlainType::one_of(_) | PlainType::list(_) => PropertyType::Text,
        PlainType::number => PropertyType::Number,
        PlainType::boolean => PropertyType::Boolean,
        PlainType::datetime => PropertyType::Datetime,
        PlainType::object => PropertyType::Object,
    };
    let texts = plain.texts().iter().filter_map(text).collect();
    AppProperty { key: entry.key, doc, ty, is_list, optional, texts }
}

/// A text with its name; nothing where a declaration has no key, which no stack deploys with.
fn text(key: &KeyText) -> Option<AppText> {
    let name = match key {
        KeyText::Of(_) => key.name().to_owned(),
        KeyText::Text(_) | KeyText::Member(..) => type_name(key.name()),
    };
    // As in the types that `stack!` writes, where these have a meaning.
    let name = if ["ALL", "Self"].contains(&name.as_str()) { format!("V{name}") } else { name };
    Some(AppText { name, text: key.text()?.into_owned(), of: key.of() })
}

fn page(item: &'static dyn Declared, title: &'static str, ids: &Ids) -> Page {
    let (common, address) = (item.common(), item.address());
    let ids = ids.iter().filter_map(|(stage, known)| Some((stage.clone(), known.get(&address)?.clone()))).collect();
    Page { name: common.name, doc: common.doc, at: at(common), title, ids }
}
