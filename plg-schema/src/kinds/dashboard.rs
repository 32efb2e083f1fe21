//! PostHog dashboards.

mod import;

use super::posthog;
use super::prelude::*;

kind! {
    /// A page of insights that people look at together.
    dashboard Dashboard {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// Whether it stands at the top of the list of dashboards.
        pinned: bool = false,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Str] = &[],
        /// What all its insights show instead of what they say themselves. Where it is not written, it is left to the people who click.
        filters: Option<DashboardFilters> = None,
    }
    provider: Posthog,
    key: &["title"],
    check: |_, _, _| (),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Dashboards,
}

record! {
    /// What a dashboard imposes on its insights.
    DashboardFilters {
        /// How far back all its insights look, such as `30 days`.
        last: Span,
    }
}

impl Describe for Dashboard {
    fn want(&self) -> Want {
        posthog::declared(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("pinned", self.pinned)
            .set("tags", posthog::tags(self.tags))
            .set_some("filters", self.filters.map(|f| json!({ "date_from": Ago(f.last).relative() })))
    }
}

#[derive(Debug)]
struct Dashboards;

impl Wire for Dashboards {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("dashboards")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        // Tiles hold whole insights with their results; an insight says itself where it stands.
        live.fields.remove("tiles");
        for field in ["name", "description"] {
            posthog::default(&mut live.fields, field, "");
        }
        Some(live)
    }

    /// Rows of the list leave the filters out, and a detail is heavy: it is only asked for where
    /// filters were declared.
    fn detail(&self, id: &str, fields: &Map) -> Option<Call> {
        fields.contains_key("filters").then(|| self.collection(fields).get(id))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        posthog::keep_keys(&mut part, "filters", prior);
        Some(self.collection_of(prior).change(prior, part))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            _ => itself(word),
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want, live) {
            ("tags", ..) => same_set(want, live),
            ("filters", Json::Object(want), Json::Object(live)) => {
                want.iter().all(|(key, value)| live.get(key).is_some_and(|l| same(value, l)))
            }
            _ => same(want, live),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static GROWTH: Dashboard = Dashboard {
        common: Common { doc: "How people come and stay.", ..Common::named("Growth") },
        title: Name("Growth & Activation"),
        pinned: true,
        tags: &[Str("Growth"), Str("daily")],
        filters: Some(DashboardFilters { last: Span { count: 30, unit: Unit::days } }),
    };

    #[test]
    fn what_is_declared_is_sent_and_recognised() {
        let want = Describe::want(&GROWTH).fields;
        let call = Dashboards.create(&want);
        assert_eq!((call.method, call.path.as_str()), ("POST", "/api/projects/{project}/dashboards/"));
        assert_eq!(
            call.body,
            Some(json!({
                "name": "Growth & Activation", "description": "How people come and stay.", "pinned": true,
                "tags": ["daily", "growth"], "filters": { "date_from": "-30d" },
            }))
        );
        let live = Dashboards
            .read(json!({
                "id": 12, "name": "Growth & Activation", "description": "How people come and stay.", "pinned": true,
                "created_at": "2026-05-22T14:40:09Z", "deleted": false, "tags": ["growth", "daily"], "tiles": [],
                "filters": { "date_from": "-30d", "properties": [] }, "restriction_level": 21,
            }))
            .expect("it has an id");
        assert_eq!((live.id.as_str(), live.outputs.get("id")), ("12", Some(&json!(12))));
        for (field, want) in &want {
            assert!(Dashboards.same(field, want, &live.fields[field]), "{field}");
        }
        assert!(!Dashboards.same("filters", &want["filters"], &json!({ "date_from": "-7d" })));
    }

    #[test]
    fn a_missing_description_is_an_empty_one() {
        let live = Dashboards.read(json!({ "id": 1, "name": null, "description": null })).expect("it has an id");
        assert_eq!((&live.fields["name"], &live.fields["description"]), (&json!(""), &json!("")));
    }

    #[test]
    fn only_what_changed_is_sent_and_filters_of_others_stay() {
        let prior = Prior {
            id: "12".into(),
            fields: Map::from_iter([(
                "filters".into(),
                json!({ "date_from": "-7d", "properties": [{ "key": "plan" }] }),
            )]),
            ..Prior::default()
        };
        let call =
            Dashboards.update(&Describe::want(&GROWTH).fields, &["filters".into()], &prior).expect("it can change");
        assert_eq!((call.method, call.path.as_str()), ("PATCH", "/api/projects/{project}/dashboards/12/"));
        assert_eq!(call.body, Some(json!({ "filters": { "date_from": "-30d", "properties": [{ "key": "plan" }] } })));
        assert!(Dashboards.detail("12", &prior.fields).is_some() && Dashboards.detail("12", &Map::new()).is_none());
        let Removal::Delete(call) = Dashboards.remove(&prior) else { panic!("it is deleted") };
        assert_eq!((call.method, call.body), ("PATCH", Some(json!({ "deleted": true }))));
    }
}
