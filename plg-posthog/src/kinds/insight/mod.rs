//! PostHog insights.

mod compare;
mod formula;
mod funnel;
mod import;
mod lifecycle;
mod looks;
mod paths;
mod raw;
mod retention;
mod scope;
mod series;
mod shows;
mod sql;
mod trend;

pub use funnel::*;
pub use lifecycle::*;
pub use looks::*;
pub use paths::*;
pub(super) use raw::source;
pub use retention::*;
pub use scope::*;
pub(super) use scope::{Source, Split, check as check_scope, check_split};
pub use series::*;
pub use shows::*;
pub(super) use sql::check_variables;
pub use sql::{Sql, SqlVariable, VariableValue};
pub use trend::*;

use super::Dashboard;
use super::posthog;
use super::prelude::*;

plg_core::kind! {
    /// A question about what people do, and its answer as a chart.
    insight Insight {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// The dashboards it stands on.
        on: &'static [Link<Dashboard>] = &[],
        /// What it shows.
        shows: Shows,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Insights,
}

/// An output of an insight: the ids of its tiles by the ids of their dashboards.
pub(super) const TILES: &str = "tiles";

/// The longest description PostHog keeps for an insight.
const DESCRIPTION: usize = 400;

fn check(insight: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(insight, "description", DESCRIPTION, report);
    if let Some(shows) = insight.get("shows") {
        shows::check(shows, report);
    }
}

impl Describe for Insight {
    fn want(&self) -> Want {
        Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("dashboards", self.on.iter().map(|d| reference(*d)).collect::<Vec<_>>())
            .set("tags", posthog::tags(self.tags))
            .set("query", self.shows.query())
    }

    fn lint(&self) -> Vec<String> {
        let length = self.common.doc.chars().count();
        if length <= DESCRIPTION {
            return Vec::new();
        }
        vec![format!("the description of an insight has {DESCRIPTION} characters at most, this one has {length}")]
    }
}

#[derive(Debug)]
struct Insights;

/// The dashboards a row stands on.
fn dashboards(row: &Map) -> Json {
    let tiles = row.get("dashboard_tiles").and_then(Json::as_array).map(|tiles| {
        let there = tiles.iter().filter(|t| t.get("deleted") != Some(&Json::Bool(true)));
        there.filter_map(|t| t.get("dashboard_id").cloned()).collect::<Vec<_>>()
    });
    match row.get("dashboards") {
        Some(Json::Array(list)) => Json::Array(list.clone()),
        _ => tiles.unwrap_or_default().into(),
    }
}

/// The tiles of a row that are there, by their dashboards.
fn tiles(row: &Map) -> Json {
    let tiles = row.get("dashboard_tiles").and_then(Json::as_array).into_iter().flatten();
    let there = tiles.filter(|tile| tile.get("deleted") != Some(&Json::Bool(true)));
    there
        .filter_map(|tile| Some((id_text(tile.get("dashboard_id")?)?, tile.get("id")?.clone())))
        .collect::<Map>()
        .into()
}

impl Wire for Insights {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("insights")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        let fields = &mut live.fields;
        // Answers, not what was asked.
        for field in ["result", "columns", "types", "hogql", "query_status", "alerts"] {
            fields.remove(field);
        }
        for field in ["name", "description"] {
            posthog::default(fields, field, "");
        }
        let on = dashboards(fields);
        fields.insert("dashboards".into(), on);
        live.outputs.insert(TILES.into(), tiles(fields));
        if let Some(short) = fields.get("short_id") {
            live.outputs.insert("short_id".into(), short.clone());
        }
        Some(live)
    }

    // Two on the dashboard that servers until mid-2026 make beside each flag.
    fn is_made_by_api(&self, live: &Live) -> bool {
        let name = text(&live.fields, "name");
        let asks = ["query", "filters"].into_iter().filter_map(|field| live.fields.get(field));
        ["Feature Flag Called ", "Feature Flag calls "].iter().any(|start| name.starts_with(start))
            && asks.into_iter().any(|asked| asked.to_string().contains("\"$feature_flag_called\""))
    }

    // Its tiles stay removed.
    fn undelete(&self, want: &Map, prior: &Prior) -> Option<Call> {
        self.collection_of(prior).restore(prior, pick(want, &["dashboards".to_owned()]))
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["_create_in_folder"]
    }

    fn outputs(&self) -> &'static [&'static str] {
        &[TILES]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    // A dashboard that is restored comes back with every insight that was ever on it.
    fn comes_back_with_another(&self) -> bool {
        true
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "on" => &["dashboards"],
            "shows" => &["query"],
            _ => itself(word),
        }
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            // People put it on dashboards of their own,
            "dashboards" => const { &Owned::members(&[]) },
            // and say how it looks.
            "query" => const { &Owned::By(compare::with_looks) },
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "tags" | "dashboards" => same_set(want, live),
            "query" => compare::covers(want, live),
            _ => same(want, live),
        }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["event", "action", "cohort", "feature_flag", "dashboard", "insight_variable"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let on = mention::ids("dashboard", live.fields.get("dashboards"));
        crate::query::in_query(live.fields.get("query")).into_iter().chain(on).collect()
    }
}

#[cfg(test)]
mod said;
#[cfg(test)]
mod tests;
