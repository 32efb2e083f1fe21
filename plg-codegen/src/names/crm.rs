//! What an application can name of Attio: objects and lists, their attributes and options.

use super::{AppAttribute, AppChoice, AppNames, Collection, CollectionKind, ValueType, at, type_name};
use plg_attio::{Attribute, Back, Holds, List, Object};
use plg_core::{Common, Declared};

pub(super) fn add(names: &mut AppNames, item: &'static dyn Declared) {
    let any = item.as_any();
    if any.is::<Object>() || any.is::<List>() {
        collection(names, item);
    } else if let Some(attribute) = any.downcast_ref::<Attribute>() {
        if let Some(collection) = collection(names, attribute.on.place()) {
            collection.attributes.push(self::attribute(attribute));
        }
        if let Some((on, back)) = attribute.far()
            && let Some(collection) = collection(names, on.object())
        {
            collection.attributes.push(far(attribute, back));
        }
    }
}

/// The other end of a relationship, which has no item of its own.
fn far(attribute: &Attribute, back: Back) -> AppAttribute {
    AppAttribute {
        name: format!("{}Back", attribute.common.name).leak(),
        doc: "",
        at: at(&attribute.common),
        slug: back.slug.0,
        title: back.title.0,
        ty: ValueType::Record,
        multiple: back.multiple,
        choices: Vec::new(),
        back_of: Some(attribute.common.name),
    }
}

/// The collection of an object or a list, there from now on.
fn collection<'a, D: Declared + ?Sized>(names: &'a mut AppNames, item: &D) -> Option<&'a mut Collection> {
    let common = item.common();
    let (slug, kind) = match item.as_any().downcast_ref::<Object>() {
        Some(object) => (object.slug.0, CollectionKind::Object),
        None => (item.as_any().downcast_ref::<List>()?.slug.0, CollectionKind::List),
    };
    let known = names.collections.iter().position(|collection| collection.slug == slug && collection.kind == kind);
    let index = known.unwrap_or_else(|| {
        let own = common.file.is_empty();
        names.collections.push(Collection {
            name: if own { type_name(slug) } else { common.name.to_owned() },
            doc: if own { "" } else { common.doc },
            at: (!own).then(|| at(common)),
            slug,
            kind,
            attributes: Vec::new(),
        });
        names.collections.len() - 1
    });
    names.collections.get_mut(index)
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
        back_of: None,
    }
}
