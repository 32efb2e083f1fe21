//! Properties of people, from what is live.

use super::super::property_definition::import::{NOISE, is_left_alone};
use super::*;
use plg_core::source::{Answers, Import, Known, read};

impl Import for PersonProperty {
    const ANSWERS: Answers =
        Answers { noise: NOISE, usual: &[("type", "2"), ("type", "\"person\"")], called: &[], placed: &[] };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn is_left_alone(live: &Live, _: &Known) -> bool {
        is_left_alone(live)
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let hidden = read::on(fields.get("hidden"));
        Ok(PersonProperty {
            common,
            name: PropertyName(read::leak(text(fields, "name"))),
            holds: PropertyKind::spelt(text(fields, "property_type")),
            tags: read::tags(fields.get("tags")),
            // A hidden property is not verified: that goes without saying.
            verified: hidden || read::on(fields.get("verified")),
            hidden,
        })
    }
}
