//! PostHog dashboards.
//!
//! Left out, as PostHog itself still changes them: widgets, quick filters and how a dashboard is customised. Copying tiles
//! and making a dashboard of a template are actions, and no state.

mod check;
mod drawn;
mod filters;
mod import;
mod layout;
mod part;
mod tiles;

pub(super) use check::shown;
pub use filters::DashboardFilters;
pub(super) use import::draw_tile;
pub use part::{DashboardTile, TileButton};
pub use tiles::{
    ButtonPlacement, ButtonStyle, ButtonText, ButtonTile, ButtonUrl, InsightTile, NarrowPlace, TextTile, Tile,
    TileColour, TilePlace, TileText,
};

use super::SqlVariable;
use super::posthog;
use super::prelude::*;
use filters::same_filters;
use plg_core::wire::same_entries;

plg_core::words! {
    /// Who may change a dashboard.
    DashboardEditors "choice of who may change it" {
        /// Everyone in the project.
        everyone,
        /// Only those who are let, and admins.
        only_editors,
    }
}

impl DashboardEditors {
    /// PostHog's number for it.
    const fn level(self) -> u64 {
        match self {
            DashboardEditors::everyone => 21,
            DashboardEditors::only_editors => 37,
        }
    }
}

plg_core::words! {
    /// A colour of the theme that charts are drawn in.
    ThemeColour "colour of a theme" {
        /// The first colour of the theme.
        preset_1 = "preset-1",
        /// The second.
        preset_2 = "preset-2",
        /// The third.
        preset_3 = "preset-3",
        /// The fourth.
        preset_4 = "preset-4",
        /// The fifth.
        preset_5 = "preset-5",
        /// The sixth.
        preset_6 = "preset-6",
        /// The seventh.
        preset_7 = "preset-7",
        /// The eighth.
        preset_8 = "preset-8",
        /// The ninth.
        preset_9 = "preset-9",
        /// The tenth.
        preset_10 = "preset-10",
        /// The eleventh.
        preset_11 = "preset-11",
        /// The twelfth.
        preset_12 = "preset-12",
        /// The thirteenth.
        preset_13 = "preset-13",
        /// The fourteenth.
        preset_14 = "preset-14",
        /// The fifteenth.
        preset_15 = "preset-15",
    }
}

plg_core::kind! {
    /// A page of insights that people look at together.
    dashboard Dashboard {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// Whether it stands at the top of the list of dashboards.
        pinned: bool = false,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
        /// What stands on it, in reading order: insights, texts and buttons. An insight that is written here is on the
        /// dashboard, as if it said so itself. What people put there stays, and so does what they say of a tile where nothing
        /// is written.
        tiles: &'static [Tile] = &[],
        /// What all its insights show instead of what they say themselves. Where it is not written, people manage it in PostHog.
        filters: Option<DashboardFilters> = None,
        /// The values of variables for all its insights in SQL: `[value(Country, "DE")]`. With care: PostHog knows them by the
        /// codes of the variables, and lets go of a value whose variable is gone.
        variables: &'static [SqlVariable] = &[],
        /// The colours of values that its insights are split by: `{ "pro": preset_3 }`. With care: PostHog's older servers
        /// keep whatever they are sent, and forget it once somebody saves the dashboard in the web app.
        colours: Labelled<ThemeColour> = Labelled(&[]),
        /// The number of the theme that its insights are drawn in. With care: PostHog counts themes anew in each region.
        theme: Option<i64> = None,
        /// Who may change it. With care: with `only_editors` PostHog keeps to its earlier rules of access for this
        /// dashboard. Where it is not written, it is left to people.
        editors: Option<DashboardEditors> = None,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check::check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Dashboards,
}

impl Describe for Dashboard {
    fn want(&self) -> Want {
        let colours = self
            .colours
            .iter()
            .map(|colour| json!({ "breakdownValue": colour.key, "colorToken": colour.value.as_str() }));
        let colours: Vec<Json> = colours.collect();
        let named = self.filters.iter().flat_map(DashboardFilters::named);
        let want = named.fold(Want::of(&self.common), |want, flag| want.after(flag.address()));
        want.set("name", self.title.0)
            .set("description", self.common.doc)
            .set("pinned", self.pinned)
            .set("tags", posthog::tags(self.tags))
            .set_some("filters", self.filters.map(|filters| filters.term()))
            .set_some(
                "variables",
                (!self.variables.is_empty()).then(|| self.variables.iter().map(SqlVariable::entry).collect::<Terms>()),
            )
            .set_some("breakdown_colors", (!colours.is_empty()).then_some(Json::from(colours)))
            .set_some("data_color_theme_id", self.theme)
            .set_some("restriction_level", self.editors.map(DashboardEditors::level))
    }

    fn parts(&'static self) -> Vec<&'static dyn Declared> {
        part::of(self)
    }
}

#[derive(Debug)]
struct Dashboards;

/// Fields that rows of the list leave out.
const IN_DETAIL: &[&str] = &["filters", "variables", "breakdown_colors", "data_color_theme_id", "tiles"];

impl Wire for Dashboards {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("dashboards")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        let fields = &mut live.fields;
        // Tiles hold whole insights with their results; an insight says itself where it stands.
        if let Some(Json::Array(tiles)) = fields.remove("tiles") {
            let tiles: Vec<Json> = tiles.into_iter().map(slim).collect();
            fields.insert("tiles".into(), tiles.into());
        }
        // What is kept, beside what counts for whoever asks.
        if let Some(kept) = fields.remove("persisted_filters") {
            fields.insert("filters".into(), if kept.is_object() { kept } else { json!({}) });
        }
        let kept = fields.remove("persisted_variables").filter(Json::is_object);
        if let Some(variables) = kept.or_else(|| fields.remove("variables")) {
            fields.insert("variables".into(), by_code(variables));
        }
        for field in ["name", "description"] {
            posthog::default(fields, field, "");
        }
        Some(live)
    }

    // Beside each flag, on servers until mid-2026.
    fn is_made_by_api(&self, live: &Live) -> bool {
        let name = text(&live.fields, "name");
        name.starts_with("Generated Dashboard: ")
            && name.ends_with(" Usage")
            && text(&live.fields, "description")
                .starts_with("This dashboard was generated by the feature flag with key (")
    }

    /// A detail is heavy, as it has every insight with what it shows: it is only asked for where something is declared that
    /// rows of the list leave out.
    fn detail(&self, id: &str, fields: &Map) -> Option<Call> {
        IN_DETAIL.iter().any(|field| fields.contains_key(*field)).then(|| self.collection(fields).get(id))
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["use_template", "use_dashboard", "delete_insights", "_create_in_folder"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    // PostHog restores every tile that was ever on it, and the insights of these.
    fn brings_back(&self) -> &'static [&'static str] {
        &["insight"]
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "colours" => &["breakdown_colors"],
            "theme" => &["data_color_theme_id"],
            "editors" => &["restriction_level"],
            _ => itself(word),
        }
    }

    fn applied_by_parts(&self) -> &'static [&'static str] {
        &["tiles"]
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            "filters" | "variables" => &Owned::Entries { told: UNTOLD },
            "breakdown_colors" => &Owned::Items { by: &["breakdownValue"], open: true, each: &Owned::WRITTEN },
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "tags" => same_set(want, live),
            "filters" => same_filters(want, live),
            "variables" => same(&valued(want), &valued(live)),
            "breakdown_colors" => match (want, live) {
                (Json::Array(want), Json::Array(live)) => same_entries(want, live, same),
                _ => same(want, live),
            },
            _ => same(want, live),
        }
    }
}

/// Values of variables by their codes: PostHog's keys are ids that change where a variable is made anew.
fn by_code(variables: Json) -> Json {
    let Json::Object(variables) = variables else { return json!({}) };
    let coded = |(key, entry): (String, Json)| {
        (entry.get("code_name").and_then(Json::as_str).map_or(key, str::to_owned), entry)
    };
    variables.into_iter().map(coded).collect::<Map>().into()
}

/// The values alone, without which variables they are of.
fn valued(variables: &Json) -> Json {
    let value = |entry: &Json| {
        if entry.get("isNull") == Some(&Json::Bool(true)) { Json::Null } else { json!([entry.get("value")]) }
    };
    variables
        .as_object()
        .into_iter()
        .flatten()
        .map(|(code, entry)| (code.clone(), value(entry)))
        .collect::<Map>()
        .into()
}

/// A tile with no more of its insight than which one it is.
fn slim(mut tile: Json) -> Json {
    let id = tile.get("insight").and_then(|insight| insight.get("id")).cloned();
    if let (Some(id), Some(tile)) = (id, tile.as_object_mut()) {
        tile.insert("insight".into(), json!({ "id": id }));
    }
    tile
}

#[cfg(test)]
mod tests;
