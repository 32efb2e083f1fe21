//! PostHog dashboards.

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

const PATH: &str = "/api/projects/{project}/dashboards/";

impl Wire for Dashboards {
    fn listing(&self, _: &Map) -> Listing {
        posthog::pages(PATH)
    }

    fn read(&self, json: &Json) -> Option<Live> {
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
    fn detail(&self, prior: &Prior) -> Option<Call> {
        prior.fields.contains_key("filters").then(|| Call::bare("GET", posthog::address(PATH, prior)))
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", PATH, Json::Object(want.clone()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = posthog::only(want, changed);
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
        Some(posthog::patch(PATH, prior, part))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        posthog::soft_delete(PATH, prior)
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
