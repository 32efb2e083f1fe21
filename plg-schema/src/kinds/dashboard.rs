//! PostHog dashboards.

use super::prelude::*;
use super::rows::{differing, extra, labels, live};

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
        let want = Want::new()
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("pinned", self.pinned)
            .set("tags", labels(self.tags))
            .set_some("filters", self.filters.map(|f| json!({ "date_from": Ago(f.last).relative() })));
        extra(want, &self.common)
    }
}

#[derive(Debug)]
struct Dashboards;

const PATH: &str = "/api/projects/{project}/dashboards/";

impl Wire for Dashboards {
    fn listing(&self, _: &Map) -> Listing {
        Listing { path: PATH.into(), paging: Paging::Results { limit: 100 } }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = json.as_object()?;
        let mut fields = row.clone();
        // Tiles hold whole insights with their results; an insight says itself where it stands.
        fields.remove("tiles");
        for field in ["name", "description"] {
            if fields.get(field).is_none_or(Json::is_null) {
                fields.insert(field.into(), "".into());
            }
        }
        live(row, fields)
    }

    /// Rows of the list leave the filters out, and a detail is heavy: it is only asked for where
    /// filters were declared.
    fn detail(&self, prior: &Prior) -> Option<Call> {
        prior.fields.contains_key("filters").then(|| Call::bare("GET", format!("{PATH}{}/", prior.id)))
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", PATH, Json::Object(want.clone()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = differing(want, changed);
        // Filters are replaced as a whole: what people set beside the declared ones stays.
        if let (Some(Json::Object(wanted)), Some(Json::Object(there))) =
            (part.get_mut("filters"), prior.fields.get("filters"))
        {
            for (key, value) in there {
                if !wanted.contains_key(key) {
                    wanted.insert(key.clone(), value.clone());
                }
            }
        }
        Some(Call::new("PATCH", format!("{PATH}{}/", prior.id), Json::Object(part)))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Delete(Call::new("PATCH", format!("{PATH}{}/", prior.id), json!({ "deleted": true })))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn fields_of(&self, word: &str) -> &'static [&'static str] {
        match word {
            "title" => &["name"],
            _ => &[],
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
