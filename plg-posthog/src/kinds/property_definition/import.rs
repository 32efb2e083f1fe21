//! Properties, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

/// Keys of an answer that no declaration has to say.
pub(in crate::kinds) const NOISE: &[&[Noise]] = &[
    crate::noise::POSTHOG,
    &[
        Noise {
            because: "PostHog saw it in what it received",
            keys: &["last_seen_at", "is_seen_on_filtered_events", "query_usage_30_day", "volume_30_day"],
        },
        Noise { because: "`holds` says it", keys: &["is_numerical"] },
        Noise { because: "it says who verified it and when", keys: &["verified_at", "verified_by"] },
    ],
];

/// PostHog makes a definition of whatever it sees: those that nobody said anything about are its own.
pub(in crate::kinds) fn is_left_alone(live: &Live) -> bool {
    let fields = &live.fields;
    let marked = ["verified", "hidden"].iter().any(|field| read::on(fields.get(*field)));
    let said = marked || !text(fields, "description").is_empty() || !read::texts(fields.get("tags")).is_empty();
    text(fields, "name").starts_with('$') || !said
}

impl Import for Property {
    const ANSWERS: Answers =
        Answers { noise: NOISE, usual: &[("type", "1"), ("type", "\"event\"")], called: &[], placed: &[] };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn is_left_alone(live: &Live, _: &Known) -> bool {
        is_left_alone(live)
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let hidden = read::on(fields.get("hidden"));
        Ok(Property {
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
