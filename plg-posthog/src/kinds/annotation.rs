//! PostHog annotations: notes on charts.

mod import;

use super::posthog;
use super::prelude::*;

plg_core::words! {
    /// Where a note is shown.
    AnnotationScope "scope of an annotation" {
        /// On every chart of the project.
        project,
        /// On every chart of the organization.
        organization,
    }
}

plg_core::kind! {
    /// A note on every chart, at a point in time: a release, a campaign, an outage.
    annotation Annotation {
        /// What it says, up to 8,192 characters.
        content: NoteText,
        /// When it happened. Without it the note marks each deploy that changed something, at its time.
        on_date: Option<When> = None,
        /// Where it is shown.
        scope: AnnotationScope = AnnotationScope::project,
        /// A sign instead of the usual dot, up to 16 characters.
        emoji: Option<Str> = None,
        /// Whether charts leave it out.
        hidden: bool = false,
    }
    provider: &crate::PROVIDER,
    key: &["content", "on_date", "scope"],
    check: check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &Annotations,
}

fn check(annotation: &Block, _: &Declarations, report: &mut Report) {
    if annotation.existing && annotation.get("on_date").is_none() {
        report.error(
            codes::MISSING_FIELD,
            annotation.at,
            "an annotation that exists is found by its date, among other things\nhelp: write `on_date: …`",
        );
    }
    if let Some(emoji) = annotation.get("emoji")
        && emoji.text().is_some_and(|text| text.trim().is_empty() || text.chars().count() > 16)
    {
        report.error(codes::TEXT, emoji.at, "a sign has 1 to 16 characters\nhelp: write one emoji, such as \"🚀\"");
    }
}

impl Describe for Annotation {
    fn want(&self) -> Want {
        Want::of(&self.common)
            .set("content", self.content.0)
            .set("scope", self.scope.as_str())
            .set_some("date_marker", self.on_date.map(|date| posthog::instant(date.0)))
            .set_some("emoji", self.emoji.map(|emoji| emoji.0))
            .set("hidden_in_user_interface", self.hidden)
    }
}

#[derive(Debug)]
struct Annotations;

impl Wire for Annotations {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("annotations")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "content", "");
        posthog::default(&mut live.fields, "hidden_in_user_interface", false);
        posthog::normalise(&mut live.fields, "date_marker", |date| {
            date.as_str().map_or(Json::Null, |d| posthog::instant(d).into())
        });
        Some(live)
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "on_date" => &["date_marker"],
            "hidden" => &["hidden_in_user_interface"],
            _ => itself(word),
        }
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(format!("{} {} {}", text(fields, "scope"), text(fields, "date_marker"), text(fields, "content")))
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn is_marker(&self, want: &Map) -> bool {
        !want.contains_key("date_marker")
    }

    fn stamp(&self, want: &mut Map, now: &str) {
        // Whole seconds are printed as they were sent, so that a marker is recognised by its moment.
        let seconds = now.split_once('.').map_or_else(|| now.to_owned(), |(seconds, _)| format!("{seconds}Z"));
        want.insert("date_marker".into(), posthog::instant(&seconds).into());
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, differing, mistakes, node, prior, wanted};
    use super::*;

    static MARKER: Annotation = Annotation {
        common: Common::named("Marker"),
        content: NoteText("Deployed"),
        scope: AnnotationScope::project,
        ..Annotation::BLANK
    };
    static LAUNCH: Annotation = Annotation {
        common: Common::named("Launch"),
        content: NoteText("Launched"),
        on_date: Some(When("2026-03-01")),
        emoji: Some(Str("🚀")),
        ..MARKER
    };

    #[test]
    fn a_note_is_created_and_recognised() {
        let want = wanted(&LAUNCH).fields;
        let body = json!({
            "content": "Launched", "scope": "project", "date_marker": "2026-03-01T00:00:00Z", "emoji": "🚀",
            "hidden_in_user_interface": false,
        });
        assert_eq!(Annotations.create(&want).body, Some(body));
        for date in ["2026-03-01T00:00:00Z", "2026-03-01T00:00:00.000000Z", "2026-03-01T00:00:00+00:00"] {
            let live = json!({
                "id": 9, "content": "Launched", "scope": "project", "date_marker": date, "emoji": "🚀",
                "hidden_in_user_interface": null, "creation_type": "USR", "deleted": false,
            });
            assert_eq!(differing(&LAUNCH, &want, &live), [""; 0]);
            let live = Annotations.read(live.clone()).expect("a row");
            assert_eq!(Annotations.identity(&live.fields), Annotations.identity(&want));
        }
    }

    #[test]
    fn without_a_date_it_marks_deploys() {
        assert!(Annotations.is_marker(&wanted(&MARKER).fields) && !Annotations.is_marker(&wanted(&LAUNCH).fields));
        let prior = prior(&MARKER, &json!({ "id": 9, "content": "Deployed" }));
        let Removal::Delete(call) = Annotations.remove(&prior) else { panic!("notes are deleted") };
        assert_eq!(call, Call::new("PATCH", "/api/projects/{project}/annotations/9/", json!({ "deleted": true })));
    }

    #[test]
    fn notes_say_something() {
        let text = |text: &str| node(4, Given::Text(text.into()));
        let long = block("annotation", "Launch", vec![("emoji", text("seventeen letters"))]);
        assert_eq!(mistakes("annotation", &long, &[]), at(4, "a sign has 1 to 16 characters"));
    }
}
