//! PostHog annotations: notes on charts.

mod import;

use super::posthog;
use super::prelude::*;
use super::{Dashboard, Insight};
use plg_core::checks::once;
use plg_core::kinds::Kind;
use plg_core::{Shape, Value};

plg_core::words! {
    /// Where a note is shown.
    AnnotationScope "scope of an annotation" {
        /// On every chart of the project.
        project,
        /// On every chart of the organization.
        organization,
    }
}

plg_core::words! {
    /// Who writes a note.
    AnnotationAuthor "author of a note" {
        /// Somebody.
        people = "USR",
        /// A program, as it deploys.
        deploy = "GIT",
    }
}

/// What one note can be on: a dashboard or an insight.
#[diagnostic::on_unimplemented(
    message = "an annotation cannot be on `{Self}`",
    label = "expected a dashboard or an insight",
    note = "leave `on` out for a note on every chart"
)]
pub trait Annotatable: Declared {
    /// The scope of such a note, and the field that names what it is on.
    fn noted(&self) -> (&'static str, &'static str);
}

impl Annotatable for Dashboard {
    fn noted(&self) -> (&'static str, &'static str) {
        ("dashboard", "dashboard_id")
    }
}

impl Annotatable for Insight {
    fn noted(&self) -> (&'static str, &'static str) {
        ("dashboard_item", "dashboard_item")
    }
}

impl Value for &'static dyn Annotatable {
    const SHAPE: Shape = Shape::Ref(|| &["dashboard", "insight"]);
    const BLANK: Self = Dashboard::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}

plg_core::kind! {
    /// A note on charts, at a point in time: a release, a campaign, an outage. On every chart, unless it says on which.
    annotation Annotation {
        /// What it says, up to 8,192 characters.
        content: NoteText,
        /// When it happened. Without it the note marks each deploy that changed something, at its time.
        on_date: Option<When> = None,
        /// Where it is shown, unless `on` or `tags` say that.
        scope: AnnotationScope = AnnotationScope::project,
        /// The dashboard or the insight that it is shown on, and nowhere else. A note that changes it is written anew.
        on: Option<&'static dyn Annotatable> = None,
        /// It is shown on every dashboard and insight with one of these labels, and nowhere else. PostHog's servers know it
        /// since autumn 2026; older ones refuse it.
        tags: &'static [Tag] = &[],
        /// A sign instead of the usual dot, up to 16 characters.
        emoji: Option<Str> = None,
        /// Whether charts leave it out.
        hidden: bool = false,
        /// Who writes it, as PostHog shows it: `by: deploy` for a program. What a note of somebody else says stays.
        by: AnnotationAuthor = AnnotationAuthor::people,
    }
    provider: &crate::PROVIDER,
    key: &["content", "on_date", "scope", "on"],
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
            "plg finds an `existing` annotation by its date, among other fields\nhelp: write `on_date: …`",
        );
    }
    if let Some(emoji) = annotation.get("emoji")
        && emoji.text().is_some_and(|text| text.trim().is_empty() || text.chars().count() > 16)
    {
        report.error(codes::TEXT, emoji.at, "a sign has 1 to 16 characters\nhelp: write one emoji, such as \"🚀\"");
    }
    let tags = annotation.get("tags").filter(|tags| !tags.list().is_empty());
    let places = [("on", annotation.get("on")), ("tags", tags), ("scope", annotation.get("scope"))];
    let mut written = places.into_iter().filter_map(|(word, node)| Some((word, node?)));
    if let (Some((first, _)), Some((second, node))) = (written.next(), written.next()) {
        let message = format!("`{first}` and `{second}` both set where the note is shown\nhelp: leave one of them out");
        report.error(crate::codes::EXCLUDE_EACH_OTHER, node.at, message);
    }
    if let Some(tags) = tags {
        if tags.list().len() > 100 {
            let message =
                format!("a note has at most 100 labels, and this one has {}\nhelp: remove some", tags.list().len());
            report.error(codes::LIST, tags.at, message);
        }
        once(tags.list(), |tag| Some(tag.text()?.trim().to_lowercase()), report);
    }
}

impl Annotation {
    /// Where it is shown, as PostHog calls it.
    fn scope_name(&self) -> &'static str {
        match self.on {
            Some(on) => on.noted().0,
            None if self.tags.is_empty() => self.scope.as_str(),
            None => "tag",
        }
    }
}

impl Describe for Annotation {
    fn want(&self) -> Want {
        let want = Want::of(&self.common)
            .set("content", self.content.0)
            .set("scope", self.scope_name())
            .set_some("tags", (!self.tags.is_empty()).then(|| posthog::tags(self.tags)))
            .set_some("date_marker", self.on_date.map(|date| posthog::instant(date.0)))
            .set_some("emoji", self.emoji.map(|emoji| emoji.0))
            .set_some("creation_type", (self.by != AnnotationAuthor::people).then(|| self.by.as_str()))
            .set("hidden_in_user_interface", self.hidden);
        match self.on {
            Some(on) => want.set(on.noted().1, reference(on)),
            None => want,
        }
    }
}

#[derive(Debug)]
struct Annotations;

/// The fields that name what a note is on: where it is gone, the note is hidden, whatever its scope.
const PLACES: [&str; 2] = ["dashboard_id", "dashboard_item"];

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

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        posthog::together(&mut part, want, &["scope", "tags"]);
        if part.contains_key("scope") {
            // Where it was shown, and by which labels, no longer holds.
            for place in PLACES.into_iter().filter(|place| !want.contains_key(*place)) {
                if prior.fields.get(place).is_some_and(|id| !id.is_null()) {
                    part.insert(place.to_owned(), Json::Null);
                }
            }
            if !want.contains_key("tags") && text(&prior.fields, "scope") == "tag" {
                part.insert("tags".to_owned(), json!([]));
            }
        }
        part.retain(|field, value| !self.fixed().contains(&field.as_str()) || value.is_null());
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &PLACES
    }

    fn lost(&self) -> &'static str {
        "the author and time of the old note"
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "tags" { same_set(want, live) } else { same(want, live) }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "on_date" => &["date_marker"],
            "on" => &PLACES,
            "hidden" => &["hidden_in_user_interface"],
            "by" => &["creation_type"],
            _ => itself(word),
        }
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        // A note is told apart by what it is on, where its scope is that.
        let on = match text(fields, "scope") {
            "dashboard" => fields.get("dashboard_id").and_then(id_text),
            "dashboard_item" => fields.get("dashboard_item").and_then(id_text),
            _ => None,
        };
        let said = format!("{} {} {}", text(fields, "scope"), text(fields, "date_marker"), text(fields, "content"));
        Some(on.map_or_else(|| said.clone(), |on| format!("{said} on {on}")))
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn is_marker(&self, want: &Terms) -> bool {
        !want.contains_key("date_marker")
    }

    fn stamp(&self, want: &mut Map, now: &str) {
        // Whole seconds are printed as they were sent, so that a marker is recognised by its moment.
        let seconds = now.split_once('.').map_or_else(|| now.to_owned(), |(seconds, _)| format!("{seconds}Z"));
        want.insert("date_marker".into(), posthog::instant(&seconds).into());
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["dashboard", "insight"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let place = |kind, field| mention::id(kind, live.fields.get(field));
        [place("dashboard", "dashboard_id"), place("insight", "dashboard_item")].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, differing, list, mistakes, node, prior, resolved, to, wanted};
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
        assert!(
            Annotations.is_marker(&Declared::want(&MARKER).fields)
                && !Annotations.is_marker(&Declared::want(&LAUNCH).fields)
        );
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
    #[test]
    fn a_note_is_on_one_dashboard_or_wherever_a_label_is() {
        static GROWTH: Dashboard =
            Dashboard { common: Common::named("Growth"), title: Name("Growth"), ..Dashboard::BLANK };
        static ON: Annotation = Annotation { on: Some(&GROWTH), by: AnnotationAuthor::deploy, ..LAUNCH };
        static TAGGED: Annotation = Annotation { tags: &[Tag("Release")], ..LAUNCH };
        let want = resolved(&ON, &json!(5));
        let said = |want: &Map| (want["scope"].clone(), want.get("dashboard_id").cloned(), want.get("tags").cloned());
        assert_eq!(said(&want), (json!("dashboard"), Some(json!(5)), None));
        let live = json!({
            "id": 9, "content": "Launched", "scope": "dashboard", "date_marker": "2026-03-01T00:00:00Z", "emoji": "🚀",
            "hidden_in_user_interface": null, "creation_type": "GIT", "dashboard_id": 5, "dashboard_item": null, "tags": [],
        });
        assert_eq!(differing(&ON, &want, &live), [""; 0]);
        let before = prior(&ON, &live);
        assert_eq!(Annotations.identity(&want), Annotations.identity(&before.fields));
        // It is moved to the labels, and must not be hidden with the dashboard.
        let want = wanted(&TAGGED).fields;
        let body = Annotations.update(&want, &["scope".into()], &before).and_then(|call| call.body);
        assert_eq!(body, Some(json!({ "scope": "tag", "tags": ["release"], "dashboard_id": null })));
        let tagged = json!({ "id": 9, "scope": "tag", "tags": ["release"], "dashboard_id": null });
        let body = Annotations.update(&wanted(&LAUNCH).fields, &["scope".into()], &prior(&TAGGED, &tagged));
        assert_eq!(body.and_then(|call| call.body), Some(json!({ "scope": "project", "tags": [] })));
    }

    #[test]
    fn one_place_alone() {
        let tags = |count: usize| list(4, (0..count).map(|n| node(5, Given::Text(n.to_string()))).collect());
        let said = |fields: Vec<(&str, Node)>| mistakes("annotation", &block("annotation", "Launch", fields), &[]);
        assert_eq!(
            said(vec![("on", to(3, "Growth")), ("tags", tags(1))]),
            at(4, "`on` and `tags` both set where the note is shown")
        );
        assert_eq!(said(vec![("tags", tags(101))]), at(4, "a note has at most 100 labels, and this one has 101"));
        assert_eq!(said(vec![("tags", tags(2))]), []);
    }
}
