//! Shared metrics, from what is live.

use super::super::experiment::import::checked_metric;
use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for SharedMetric {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise { because: "PostHog gives it out", keys: &["query.uuid", "query.fingerprint"] },
                Noise { because: "the web app notes what is counted", keys: &["query.*.name"] },
            ],
        ],
        usual: &[
            ("query.*.math", "\"total\""),
            ("query.*.math_property_type", "\"event_properties\""),
            ("query.*.math_property_type", "\"numerical_event_properties\""),
        ],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        Ok(SharedMetric {
            common,
            title: read::name(fields.get("name")),
            metric: checked_metric(fields.get("query").unwrap_or(&Json::Null), known)?,
            tags: read::tags(fields.get("tags")),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}
