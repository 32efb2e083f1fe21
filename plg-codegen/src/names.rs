//! What an application can name: the stack without what only a deploy needs.

use crate::layout::Scope;
use plg_attio::{Attribute, Holds, List, Object};
use plg_core::{Common, Declared, Stack, text};
use plg_posthog::{Dashboard, Event, FeatureFlag, PlainType, Survey};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Remote ids by stage and address.
pub type Ids = BTreeMap<String, BTreeMap<String, Json>>;

/// Everything that an application can name, in the order declared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AppNames {
    /// The stack's name.
    pub stack: String,
    /// What it can send.
    pub events: Vec<AppEvent>,
    /// What it can ask about.
    pub flags: Vec<AppFlag>,
    /// Objects that are declared or have declared attributes, and lists.
    pub collections: Vec<Collection>,
    /// Surveys, with their ids.
    pub surveys: Vec<Page>,
    /// Dashboards, with their ids.
    pub dashboards: Vec<Page>,
    /// The stages whose ids are known.
    pub stages: Vec<String>,
}

/// An event with its properties.
#[derive(Debug, Clone, PartialEq)]
pub struct AppEvent {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// The event's name, as PostHog knows it.
    pub event: &'static str,
    /// Whether it is PostHog's own.
    pub existing: bool,
    /// What is sent with it.
    pub properties: Vec<AppProperty>,
}

/// A property of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct AppProperty {
    /// Its key, as it is sent.
    pub key: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// What it holds.
    pub ty: PropertyType,
    /// Whether it may be missing.
    pub optional: bool,
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertyType {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// An instant in ISO 8601.
    Datetime,
}

/// A feature flag with its variants.
#[derive(Debug, Clone, PartialEq)]
pub struct AppFlag {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// What the code asks for.
    pub key: &'static str,
    /// What it can be; none, where it is on or off.
    pub variants: Vec<AppVariant>,
}

/// A variant of a flag.
#[derive(Debug, Clone, PartialEq)]
pub struct AppVariant {
    /// As types are named.
    pub name: String,
    /// Its key.
    pub key: &'static str,
}

/// An object or a list, with the attributes declared on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// The item's name; of one of Attio's own objects, its slug in upper camel case.
    pub name: String,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared; nowhere, if it is Attio's own.
    pub at: Option<String>,
    /// Its name in Attio's API.
    pub slug: &'static str,
    /// Which of the two it is.
    pub kind: CollectionKind,
    /// What its records or entries have.
    pub attributes: Vec<AppAttribute>,
}

/// What attributes can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionKind {
    /// An object.
    Object,
    /// A list.
    List,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct AppAttribute {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// Its name in Attio's API.
    pub slug: &'static str,
    /// What people read.
    pub title: &'static str,
    /// What a value is.
    pub ty: ValueType,
    /// Whether a record may have several values.
    pub multiple: bool,
    /// Options or statuses, in order.
    pub choices: Vec<AppChoice>,
}

/// What a value of an attribute is, in the words of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the language, described in its reference")]
pub enum ValueType {
    Text,
    Number,
    Checkbox,
    Currency,
    Date,
    Timestamp,
    Rating,
    Select,
    Status,
    Record,
    Actor,
    Location,
    PhoneNumber,
    EmailAddress,
    Domain,
}

/// A select option or a status.
#[derive(Debug, Clone, PartialEq)]
pub struct AppChoice {
    /// The item's name within its attribute.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// What people read, and what Attio's API takes.
    pub title: &'static str,
}

/// A survey or a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// What people read.
    pub title: &'static str,
    /// Its id in each stage where it is deployed.
    pub ids: BTreeMap<String, Json>,
}

impl AppNames {
    /// The names of a stack as it is where no stage says otherwise, and the ids of what is deployed.
    pub fn of(stack: &'static Stack, ids: &Ids) -> AppNames {
        let mut names =
            AppNames { stack: stack.name.to_owned(), stages: ids.keys().cloned().collect(), ..AppNames::default() };
        for row in stack.all() {
            let (common, any) = (row.item.common(), row.item.as_any());
            if let Some(event) = any.downcast_ref::<Event>() {
                names.events.push(self::event(event));
            } else if let Some(flag) = any.downcast_ref::<FeatureFlag>() {
                let variants =
                    flag.variants.iter().map(|v| AppVariant { name: type_name(v.key), key: v.key }).collect();
                names.flags.push(AppFlag {
                    name: common.name,
                    doc: common.doc,
                    at: at(common),
                    key: flag.key.0,
                    variants,
                });
            } else if any.is::<Object>() || any.is::<List>() {
                names.collection(row.item);
            } else if let Some(attribute) = any.downcast_ref::<Attribute>() {
                let made = self::attribute(attribute);
                if let Some(collection) = names.collection(attribute.on.place()) {
                    collection.attributes.push(made);
                }
            } else if let Some(survey) = any.downcast_ref::<Survey>() {
                names.surveys.push(page(row.item, survey.title.0, ids));
            } else if let Some(dashboard) = any.downcast_ref::<Dashboard>() {
                names.dashboards.push(page(row.item, dashboard.title.0, ids));
            }
        }
        names.collections.sort_by_key(|collection| collection.kind == CollectionKind::List);
        // What is declared keeps its name where it is that of one of Attio's own objects.
        let mut scope = Scope::default();
        for own in [false, true] {
            for collection in names.collections.iter_mut().filter(|collection| collection.at.is_none() == own) {
                collection.name = scope.take(&collection.name);
            }
        }
        names
    }

    /// Objects, or lists.
    pub fn collections(&self, kind: CollectionKind) -> impl Iterator<Item = &Collection> {
        self.collections.iter().filter(move |collection| collection.kind == kind)
    }

    /// Every attribute with choices, in order.
    pub(crate) fn with_choices(&self) -> impl Iterator<Item = &AppAttribute> {
        self.collections
            .iter()
            .flat_map(|collection| &collection.attributes)
            .filter(|attribute| !attribute.choices.is_empty())
    }

    /// The collection of an object or a list, there from now on.
    fn collection<D: Declared + ?Sized>(&mut self, item: &D) -> Option<&mut Collection> {
        let common = item.common();
        let (slug, kind) = match item.as_any().downcast_ref::<Object>() {
            Some(object) => (object.slug.0, CollectionKind::Object),
            None => (item.as_any().downcast_ref::<List>()?.slug.0, CollectionKind::List),
        };
        let known = self.collections.iter().position(|collection| collection.slug == slug && collection.kind == kind);
        let index = known.unwrap_or_else(|| {
            let own = common.file.is_empty();
            self.collections.push(Collection {
                name: if own { type_name(slug) } else { common.name.to_owned() },
                doc: if own { "" } else { common.doc },
                at: (!own).then(|| at(common)),
                slug,
                kind,
                attributes: Vec::new(),
            });
            self.collections.len() - 1
        });
        self.collections.get_mut(index)
    }
}

fn event(event: &Event) -> AppEvent {
    let properties = event.properties.iter().map(|entry| {
        let (ty, optional) = entry.value.plain();
        let ty = match ty {
            PlainType::text => PropertyType::Text,
            PlainType::number => PropertyType::Number,
            PlainType::boolean => PropertyType::Boolean,
            PlainType::datetime => PropertyType::Datetime,
        };
        AppProperty { key: entry.key, doc: entry.doc, ty, optional }
    });
    AppEvent {
        name: event.common.name,
        doc: event.common.doc,
        at: at(&event.common),
        event: event.name.0,
        existing: event.common.existing,
        properties: properties.collect(),
    }
}

fn attribute(attribute: &Attribute) -> AppAttribute {
    let choice = |common: &Common, title: &'static str| AppChoice {
        name: common.name.rsplit('.').next().unwrap_or_default(),
        doc: common.doc,
        at: at(common),
        title,
    };
    let (ty, choices) = match attribute.holds {
        Holds::text => (ValueType::Text, Vec::new()),
        Holds::number => (ValueType::Number, Vec::new()),
        Holds::checkbox => (ValueType::Checkbox, Vec::new()),
        Holds::currency(_) => (ValueType::Currency, Vec::new()),
        Holds::date => (ValueType::Date, Vec::new()),
        Holds::timestamp => (ValueType::Timestamp, Vec::new()),
        Holds::rating => (ValueType::Rating, Vec::new()),
        Holds::select(options) => (ValueType::Select, options.0.iter().map(|o| choice(&o.common, o.title.0)).collect()),
        Holds::status(steps) => (ValueType::Status, steps.0.iter().map(|s| choice(&s.common, s.title.0)).collect()),
        Holds::record(_) => (ValueType::Record, Vec::new()),
        Holds::actor => (ValueType::Actor, Vec::new()),
        Holds::location => (ValueType::Location, Vec::new()),
        Holds::phone_number => (ValueType::PhoneNumber, Vec::new()),
        Holds::email_address => (ValueType::EmailAddress, Vec::new()),
        Holds::domain => (ValueType::Domain, Vec::new()),
    };
    AppAttribute {
        name: attribute.common.name,
        doc: attribute.common.doc,
        at: at(&attribute.common),
        slug: attribute.slug.0,
        title: attribute.title.0,
        ty,
        multiple: attribute.multiple,
        choices,
    }
}

fn page(item: &'static dyn Declared, title: &'static str, ids: &Ids) -> Page {
    let (common, address) = (item.common(), item.address());
    let ids = ids.iter().filter_map(|(stage, known)| Some((stage.clone(), known.get(&address)?.clone()))).collect();
    Page { name: common.name, doc: common.doc, at: at(common), title, ids }
}

fn at(common: &Common) -> String {
    format!("{}:{}", common.file, common.line)
}

/// A key as a type is named; the same as in the types that `stack!` writes.
fn type_name(key: &str) -> String {
    let name = text::pascal(key);
    if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() { format!("V{name}") } else { name }
}

impl ValueType {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            ValueType::Text => "text",
            ValueType::Number => "number",
            ValueType::Checkbox => "checkbox",
            ValueType::Currency => "currency",
            ValueType::Date => "date",
            ValueType::Timestamp => "timestamp",
            ValueType::Rating => "rating",
            ValueType::Select => "select",
            ValueType::Status => "status",
            ValueType::Record => "record",
            ValueType::Actor => "actor",
            ValueType::Location => "location",
            ValueType::PhoneNumber => "phone_number",
            ValueType::EmailAddress => "email_address",
            ValueType::Domain => "domain",
        }
    }
}

impl PropertyType {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            PropertyType::Text => "text",
            PropertyType::Number => "number",
            PropertyType::Boolean => "boolean",
            PropertyType::Datetime => "datetime",
        }
    }
}
