//! The types that the properties of events have: those of one event, and those of a group.

use super::prelude::*;
use plg_core::keys;

plg_core::choice! {
    /// The type of what is in a list.
    ItemType "type of an entry" {
        /// Text.
        text,
        /// A number, whole or not.
        number,
        /// True or false.
        boolean,
        /// An instant in ISO 8601.
        datetime,
        /// One of these texts.
        one_of(&'static [KeyText]),
    }
}

plg_core::choice! {
    /// The type of a property that is there.
    PlainType "type of property" {
        /// Text.
        text,
        /// A number, whole or not.
        number,
        /// True or false.
        boolean,
        /// An instant in ISO 8601.
        datetime,
        /// One of these texts.
        one_of(&'static [KeyText]),
        /// Any number of these: `list(text)`.
        list(ItemType),
        /// A JSON object. Filters look at it as a whole.
        object,
    }
}

plg_core::choice! {
    /// The type of an event's property.
    PropertyType "type of property" {
        /// Text.
        text,
        /// A number, whole or not.
        number,
        /// True or false.
        boolean,
        /// An instant in ISO 8601.
        datetime,
        /// One of these texts. The name of a declaration stands for its key: `one_of([ProMonthly, ProYearly])`.
        one_of(&'static [KeyText]),
        /// Any number of these: `list(text)`, `list(one_of(["web", "phone"]))`.
        list(ItemType),
        /// A JSON object. Filters look at it as a whole.
        object,
        /// A property that may be missing: `optional(text)`, `optional(one_of(["web", "phone"]))`.
        optional(PlainType),
    }
}

impl ItemType {
    /// The same as the type of a property.
    pub const fn plain(self) -> PlainType {
        match self {
            ItemType::text => PlainType::text,
            ItemType::number => PlainType::number,
            ItemType::boolean => PlainType::boolean,
            ItemType::datetime => PlainType::datetime,
            ItemType::one_of(texts) => PlainType::one_of(texts),
        }
    }
}

impl PlainType {
    /// The texts that it can be, or that a list of it can hold; none, where it can be any.
    pub const fn texts(self) -> &'static [KeyText] {
        match self {
            PlainType::one_of(texts) | PlainType::list(ItemType::one_of(texts)) => texts,
            _ => &[],
        }
    }
}

impl PropertyType {
    /// The type of what is there, and whether it may be missing.
    pub const fn plain(self) -> (PlainType, bool) {
        match self {
            PropertyType::text => (PlainType::text, false),
            PropertyType::number => (PlainType::number, false),
            PropertyType::boolean => (PlainType::boolean, false),
            PropertyType::datetime => (PlainType::datetime, false),
            PropertyType::one_of(texts) => (PlainType::one_of(texts), false),
            PropertyType::list(item) => (PlainType::list(item), false),
            PropertyType::object => (PlainType::object, false),
            PropertyType::optional(plain) => (plain, true),
        }
    }
}

/// Checks the properties of a declaration, by their names.
pub(super) fn check(properties: Option<&Node>, report: &mut Report) {
    for (.., node) in properties.map_or(&[][..], Node::map) {
        let inside = |word: &str, node| if Node::word(node) == Some(word) { node.held() } else { Some(node) };
        let plain = inside("optional", node).and_then(|plain| inside("list", plain));
        let texts = plain.filter(|plain| plain.word() == Some("one_of")).and_then(Node::held);
        if let Some(Node { at, given: Given::List(texts) }) = texts
            && texts.is_empty()
        {
            let message = "`one_of` needs at least one text\nhelp: write texts or names of declarations: `one_of([\"web\", ProMonthly])`";
            report.error(codes::LIST, *at, message);
        }
    }
}

/// What is wrong with the keys that texts of properties stand for, once every stack is put together.
pub(super) fn lint(properties: &Named<PropertyType>) -> Vec<String> {
    let lists = properties.iter().map(|property| (property.key, property.value.plain().0.texts()));
    let wrong = |(key, texts)| keys::mistakes(texts).into_iter().map(move |wrong| format!("property `{key}`: {wrong}"));
    lists.flat_map(wrong).collect()
}
