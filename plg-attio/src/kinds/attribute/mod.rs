//! Attio attributes.

mod back;
mod check;
mod holds;
mod import;
mod place;
mod wire;

pub use back::{Back, RelationshipEnd};
pub(super) use check::{check_back, check_place};
pub use holds::*;
pub(super) use import::{draw_end, far_key};
pub use place::*;

use super::attio::extra;
use super::{On, prelude::*};

plg_core::kind! {
    /// A field of an Attio object's records, or of a list's entries.
    attribute Attribute {
        /// The object whose records have it, or the list whose entries have it. Cannot be changed later.
        on: Place,
        /// Its name in Attio's API: snake case, unique within the object or list.
        slug: Slug,
        /// What people read in Attio; from the item's name unless given.
        title: Name,
        /// What a value of it is. Attio cannot change it later: another type makes another attribute, and the old one is archived with its values.
        holds: Holds,
        /// Whether a record may have several values: selects, records, actors and phone numbers only. Cannot be changed later either.
        multiple: bool = false,
        /// Whether new records must have a value. Not on people and companies, and not on lists.
        required: bool = false,
        /// Whether two records may not have the same value; not checked for records that are there already. Not on people and companies, and never for a select or a status.
        unique: bool = false,
        /// What a new record has where nothing is given; left to Attio's settings where it is not written. Not on people and companies.
        default: Option<DefaultValue> = None,
        /// The way back, which makes it a relationship of two ends: `back: { slug: "projects", title: "Projects", multiple: true }`
        /// beside `holds: record [companies]`. Attio makes both attributes at once, and archives each of them. Not for
        /// attributes of lists, and not with several objects. Attio cannot give an attribute that is there a way back. Its
        /// plans Pro and Enterprise have relationships.
        back: Option<Back> = None,
    }
    provider: &crate::PROVIDER,
    key: &["on", "slug"],
    check: check::check,
    unique: &[("slug", Some("on"))],
    titled: Some("title"),
    surface: Surface { constants: &[("SLUG", "slug"), ("BACK_SLUG", "back.slug")], variants: Some("holds"), word: "option title", properties: None },
    wire: &wire::Attributes,
}

impl Describe for Attribute {
    fn want(&self) -> Want {
        let place = self.on.place();
        let want =
            Want::new().set("on", reference(place)).set("target", place.collection()).set("api_slug", self.slug.0);
        if self.common.existing {
            return want;
        }
        let want = want
            .set("title", self.title.0)
            .set("description", self.common.doc)
            .set("type", self.holds.as_str())
            .set("is_multiselect", self.multiple)
            .set("is_required", self.required)
            .set("is_unique", self.unique)
            .set_some("config", self.holds.config())
            .set_some("default_value", self.default.map(DefaultValue::json))
            .set_some("relationship", self.relationship());
        extra(want, &self.common)
    }

    fn parts(&'static self) -> Vec<&'static dyn Declared> {
        back::of(self)
    }
}

impl Attribute {
    /// The object that the other end is on, and the end, where it is one of two.
    pub fn far(&self) -> Option<(On, Back)> {
        Some((self.holds.one_object()?, self.back?))
    }

    /// The other end, as it is asked for together with this one.
    fn relationship(&self) -> Option<Term> {
        let (on, back) = self.far()?;
        Some(term!({
            "object": reference(on.object()),
            "title": back.title.0,
            "api_slug": back.slug.0,
            "is_multiselect": back.multiple,
        }))
    }
}

#[cfg(test)]
mod tests;
