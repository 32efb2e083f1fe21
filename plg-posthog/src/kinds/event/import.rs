//! Events, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Event {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "PostHog saw it in what it received",
                    keys: &[
                        "last_seen_at",
                        "last_updated_at",
                        "query_usage_30_day",
                        "volume_30_day",
                        "media_preview_urls",
                    ],
                },
                Noise { because: "it says who verified it and when", keys: &["verified_at", "verified_by"] },
                Noise {
                    because: "it is an event, and no action",
                    keys: &["is_action", "action_id", "is_calculating", "last_calculated_at"],
                },
            ],
        ],
        usual: &[("enforcement_mode", "\"allow\"")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    /// PostHog's own are only needed where something refers to them.
    fn is_left_alone(live: &Live, _: &Known) -> bool {
        text(&live.fields, "name").starts_with('$')
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let hidden = read::on(fields.get("hidden"));
        Ok(Event {
            common,
            name: EventName(read::leak(text(fields, "name"))),
            // Only the application knows what it sends along.
            properties: Event::properties,
            schema: schema::groups(live, known),
            primary_property: Some(text(fields, "primary_property"))
                .filter(|name| !name.is_empty())
                .map(|name| PropertyKey::of(read::leak(name))),
            owner: fields.get("owner").and_then(Json::as_i64),
            tags: read::tags(fields.get("tags")),
            // A hidden event is not verified: that goes without saying.
            verified: hidden || read::on(fields.get("verified")),
            hidden,
        })
    }

    // Others know it by its name; its groups by its id.
    fn keep(&'static self, _: &Live, known: &mut Known) {
        known.keep(self.name.0, self);
    }

    fn inside(&self, live: &Live, known: &Known) -> Vec<(&'static dyn Declared, Live)> {
        let alone = Event { common: self.common, name: self.name, schema: self.schema, ..Event::BLANK };
        schema::inside(read::keep(alone), live, known)
    }
}
