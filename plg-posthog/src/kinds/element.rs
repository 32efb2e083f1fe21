//! What was clicked, as filters of events compare it.

use super::prelude::*;
use super::property::{self, Place, PropertyKey, PropertyTest};

plg_core::words! {
    /// What is known of something that was clicked.
    ElementPart "part of an element" {
        /// Its text.
        text,
        /// Its HTML tag.
        tag = "tag_name",
        /// Where its link leads.
        href,
        /// A CSS selector that finds it.
        selector,
    }
}

plg_core::record! {
    /// What was clicked: exactly one comparison.
    ElementTest {
        /// What is compared.
        part: ElementPart,
        /// It is one of these texts.
        is: Option<&'static [Str]> = None,
        /// It is none of these texts.
        is_not: Option<&'static [Str]> = None,
        /// The text is somewhere in it, in upper or lower case.
        contains: Option<Str> = None,
        /// The text is nowhere in it.
        lacks: Option<Str> = None,
        /// It matches this regular expression, in RE2's syntax.
        matches: Option<Str> = None,
        /// It does not match this regular expression, in RE2's syntax.
        not_matches: Option<Str> = None,
        /// Whether it has any value.
        set: Option<bool> = None,
    }
}

impl ElementTest {
    /// The same as a comparison of a property.
    fn test(&self) -> PropertyTest {
        PropertyTest {
            property: PropertyKey::anything(PropertyName(self.part.as_str())),
            is: self.is,
            is_not: self.is_not,
            contains: self.contains,
            lacks: self.lacks,
            matches: self.matches,
            not_matches: self.not_matches,
            set: self.set,
            ..PropertyTest::BLANK
        }
    }

    /// What the property filter says of an element, where that is all it says.
    pub(super) fn read(filter: &Json) -> Option<Self> {
        let test = PropertyTest::read(filter, "element").ok()?;
        let element = ElementTest {
            part: ElementPart::spelt(test.property.name())?,
            is: test.is,
            is_not: test.is_not,
            contains: test.contains,
            lacks: test.lacks,
            matches: test.matches,
            not_matches: test.not_matches,
            set: test.set,
        };
        property::same_filter(&element.test().filter("element"), filter).then_some(element)
    }

    /// As a property filter.
    pub(super) fn filter(&self) -> Json {
        self.test().filter("element")
    }
}

/// Checks one; `element` is its record.
pub(super) fn check(element: &Node, report: &mut Report) {
    let Given::Record(fields) = &element.given else { return };
    let rest = fields.iter().filter(|(name, _)| name != "part").cloned();
    property::check(&Node { at: element.at, given: Given::Record(rest.collect()) }, Place::Insight, report);
}
