//! Annotations, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Annotation {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[Noise {
                because: "another declaration says it",
                keys: &["dashboard_name", "insight_short_id", "insight_name", "insight_derived_name"],
            }],
        ],
        usual: &[("creation_type", "\"USR\"")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "content")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let scope = text(fields, "scope");
        Ok(Annotation {
            common,
            content: NoteText(read::leak(text(fields, "content"))),
            on_date: fields.get("date_marker").and_then(Json::as_str).map(|date| When(read::leak(date))),
            scope: AnnotationScope::spelt(scope).ok_or_else(|| format!("a note of scope `{scope}` has no word"))?,
            emoji: fields.get("emoji").and_then(|emoji| read::text(emoji, "")),
            hidden: read::on(fields.get("hidden_in_user_interface")),
        })
    }

    // The content is the note itself.
    fn description(_: &Live) -> &str {
        ""
    }
}
