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

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let scope = text(fields, "scope");
        let id = |field: &str| fields.get(field).unwrap_or(&Json::Null);
        let on: Option<&'static dyn Annotatable> = match scope {
            "dashboard" => Some(known.find::<Dashboard>(id("dashboard_id"))?),
            "dashboard_item" => Some(known.find::<Insight>(id("dashboard_item"))?),
            _ => None,
        };
        let tags = if scope == "tag" { read::tags(fields.get("tags")) } else { &[] };
        let everywhere = if on.is_some() || !tags.is_empty() { Some(Annotation::scope) } else { None };
        let author = AnnotationAuthor::spelt(text(fields, "creation_type"));
        Ok(Annotation {
            common,
            content: NoteText(read::leak(text(fields, "content"))),
            on_date: fields.get("date_marker").and_then(Json::as_str).map(|date| When(read::leak(date))),
            scope: everywhere
                .or_else(|| AnnotationScope::spelt(scope))
                .ok_or_else(|| format!("the language has no word for a note of scope `{scope}`"))?,
            on,
            tags,
            emoji: fields.get("emoji").and_then(|emoji| read::text(emoji, "")),
            hidden: read::on(fields.get("hidden_in_user_interface")),
            by: author.unwrap_or(Annotation::by),
        })
    }

    // The content is the note itself.
    fn description(_: &Live) -> &str {
        ""
    }
}
