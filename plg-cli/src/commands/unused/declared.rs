//! What a stack declares that applications send to an account and ask of it, and where.

use plg_codegen::{AppEvent, AppNames, AppProperty, PropertyType};
use plg_core::AccountName;
use plg_flags::sent::{
    DeclaredEvent, DeclaredProperty, DeclaredToSend, SentClass, SentDifference, SentSort, SentSubject,
};
use plg_runtime::declared::graph::{GraphNode, StackGraph};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is declared in one account.
#[derive(Debug, Default)]
pub(super) struct DeclaredHere {
    pub(super) declared: DeclaredToSend,
    places: BTreeMap<(SentSubject, String), DeclaredPlace>,
}

/// Where something is declared.
#[derive(Debug, Clone)]
pub(super) struct DeclaredPlace {
    /// Its address.
    pub(super) address: String,
    /// `file:line`.
    pub(super) place: String,
}

impl DeclaredHere {
    /// From the declarations of a stage, and the properties of events as applications name them.
    pub(super) fn of(graph: &StackGraph, names: &AppNames, account: AccountName) -> DeclaredHere {
        let mut here = DeclaredHere::default();
        for node in graph.nodes.iter().filter(|node| node.account == account) {
            let subject = match node.spec.keyword {
                "event" => SentSubject::Event,
                "property" => SentSubject::Property,
                "person_property" => SentSubject::PersonProperty,
                "feature_flag" => SentSubject::Flag,
                _ => continue,
            };
            let key = if subject == SentSubject::Flag { "key" } else { "name" };
            let Some(name) = node.known().get(key).and_then(Value::as_str) else { continue };
            here.add(subject, name, node, names);
        }
        here
    }

    fn add(&mut self, subject: SentSubject, name: &str, node: &GraphNode, names: &AppNames) {
        let place = DeclaredPlace { address: node.address.clone(), place: node.place() };
        self.places.insert((subject, name.to_owned()), place);
        let sort = node.known().get("property_type").and_then(Value::as_str).and_then(SentSort::read);
        let property = || DeclaredProperty { name: name.to_owned(), sort, ..DeclaredProperty::default() };
        match subject {
            SentSubject::Event => self.declared.events.push(event(name, node, names)),
            SentSubject::Property => self.declared.properties.push(property()),
            SentSubject::PersonProperty => self.declared.of_people.push(property()),
            SentSubject::Flag => self.declared.flags.push(name.to_owned()),
        }
    }

    /// Where the declaration stands that a difference is about: its own, or the one that was probably meant.
    pub(super) fn place(&self, one: &SentDifference) -> Option<DeclaredPlace> {
        let name = match one.class {
            SentClass::Missing => return None,
            SentClass::Misspelt => one.near.as_deref()?,
            _ => one.name.as_str(),
        };
        let by_itself = || self.places.get(&(one.subject, name.to_owned())).cloned();
        let Some(event) = &one.event else { return by_itself() };
        let of_event = self.places.get(&(SentSubject::Event, event.clone()))?;
        let declared = self.declared.events.iter().find(|declared| declared.name == *event)?;
        if declared.properties.iter().any(|property| property.name == name) {
            return Some(DeclaredPlace { address: format!("{}.{name}", of_event.address), ..of_event.clone() });
        }
        by_itself().or_else(|| self.of_another_event(name))
    }

    /// Where another event declares a property.
    fn of_another_event(&self, name: &str) -> Option<DeclaredPlace> {
        let has = |event: &&DeclaredEvent| event.properties.iter().any(|property| property.name == name);
        let event = self.declared.events.iter().find(has)?;
        let place = self.places.get(&(SentSubject::Event, event.name.clone()))?;
        Some(DeclaredPlace { address: format!("{}.{name}", place.address), ..place.clone() })
    }
}

fn event(name: &str, node: &GraphNode, names: &AppNames) -> DeclaredEvent {
    let (item, place) = (node.item.common().name, node.place());
    let all = std::iter::once(names).chain(names.accounts.iter().map(|account| &account.names));
    let is_it = |event: &&AppEvent| event.name == item && event.at == place;
    let known = all.flat_map(|names| &names.events).find(is_it);
    let properties: Vec<DeclaredProperty> =
        known.into_iter().flat_map(|event| &event.properties).map(property).collect();
    // Of an event that is only referred to, nobody said what is sent with it unless they wrote it.
    let is_closed = known.is_some_and(|event| !event.existing || !properties.is_empty());
    DeclaredEvent { name: name.to_owned(), is_closed, properties }
}

fn property(property: &AppProperty) -> DeclaredProperty {
    let sort = match property.ty {
        _ if property.is_list => SentSort::List,
        PropertyType::Text => SentSort::Text,
        PropertyType::Number => SentSort::Number,
        PropertyType::Boolean => SentSort::Boolean,
        PropertyType::Datetime => SentSort::Datetime,
        PropertyType::Object => SentSort::Object,
    };
    DeclaredProperty {
        name: property.key.to_owned(),
        sort: Some(sort),
        texts: property.texts.iter().map(|text| text.text.clone()).collect(),
        optional: property.optional,
    }
}
