//! Dashboards, from what is live.

use super::drawn::UnsaidProperty;
use super::layout::flow;
use super::part::{identity, row};
use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Dashboard {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "PostHog says how it came to be, and who may see it",
                    keys: &["creation_mode", "access_control_version", "effective_restriction_level", "is_shared"],
                },
                Noise { because: "its tiles are written, or named one by one", keys: &["tiles"] },
                Noise {
                    because: "the same is there under another key",
                    keys: &["persisted_filters", "persisted_variables"],
                },
            ],
        ],
        usual: &[("restriction_level", "21")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let filters = fields.get("filters").filter(|filters| !plg_core::hollow::is_hollow(filters));
        let filters = match filters.map(|filters| DashboardFilters::read(filters, known)) {
            Some(Ok(filters)) => Some(filters),
            Some(Err(why)) => {
                known.lose("filters", format!("its filters stay as they are: {why}"));
                None
            }
            None => None,
        };
        Ok(Dashboard {
            common,
            title: read::name(fields.get("name")),
            pinned: read::on(fields.get("pinned")),
            tags: read::tags(fields.get("tags")),
            tiles: tiles(fields.get("tiles"), common, known),
            filters,
            variables: variables(fields.get("variables"), known),
            colours: colours(fields.get("breakdown_colors"), known),
            theme: fields.get("data_color_theme_id").and_then(read::number),
            editors: (fields.get("restriction_level").and_then(Json::as_u64)
                == Some(DashboardEditors::only_editors.level()))
            .then_some(DashboardEditors::only_editors),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

/// One tile, where a plan tells what differs of it.
pub(in crate::kinds) fn draw_tile(
    live: &Live,
    common: Common,
    known: &mut Known,
) -> Result<&'static dyn Declared, String> {
    let (tile, _) = DashboardTile::drawn(live, common, known)?;
    Ok(read::keep(tile))
}

fn variables(map: Option<&Json>, known: &mut Known) -> &'static [SqlVariable] {
    let mut read = Vec::new();
    for (code, entry) in map.and_then(Json::as_object).into_iter().flatten() {
        match SqlVariable::read(entry, known) {
            Some(variable) => read.push(variable),
            None => known.lose("variables", format!("the value of the variable `{code}` stays as it is")),
        }
    }
    read::slice(read)
}

fn colours(list: Option<&Json>, known: &mut Known) -> Labelled<ThemeColour> {
    let mut read = Vec::new();
    for colour in list.and_then(Json::as_array).into_iter().flatten() {
        let of = |key: &str| colour.get(key).and_then(Json::as_str);
        match (
            of("breakdownValue").filter(|value| !value.trim().is_empty()),
            of("colorToken").and_then(ThemeColour::spelt),
        ) {
            (Some(value), Some(token)) => read.push(read::entry(value, token)),
            _ => known.lose("breakdown_colors", format!("the colour {colour} has no word, and stays as it is")),
        }
    }
    Labelled(read::slice(read))
}

/// What PostHog says of a tile, and nobody has to.
const KEYS: &[&str] = &[
    "id",
    "layouts",
    "color",
    "show_description",
    "transparent_background",
    "filters_overrides",
    "insight",
    "text",
    "button_tile",
    "widget",
    "order",
    "last_refresh",
    "is_cached",
    "deleted",
    "refreshing",
    "filters_hash",
    "refresh_attempt",
    "error",
    "dashboard",
    "dashboard_id",
];

/// Its tiles in reading order. A place is only written where it is another one than the tile would come to stand at.
fn tiles(list: Option<&Json>, common: Common, known: &mut Known) -> &'static [Tile] {
    let mut drawn: Vec<(DashboardTile, bool)> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut rows: Vec<Live> = list.and_then(Json::as_array).into_iter().flatten().cloned().filter_map(row).collect();
    rows.sort_by_key(reading_order);
    for live in &rows {
        let what = told(live);
        let lose = |known: &mut Known, why: &str| known.lose("tiles", format!("{what} stays as it is: {why}"));
        let (tile, unsaid) = match DashboardTile::drawn(live, common, known) {
            Ok(drawn) => drawn,
            Err(why) => {
                lose(known, &why);
                continue;
            }
        };
        let key = identity(&live.fields).unwrap_or_default();
        if seen.contains(&key) {
            lose(known, "the same is on the dashboard twice");
            continue;
        }
        seen.push(key);
        let more = live
            .fields
            .iter()
            .filter(|(key, value)| !KEYS.contains(&key.as_str()) && !plg_core::hollow::is_hollow(value));
        let more = more.map(|(key, value)| format!("`{key}` is {value}"));
        for why in unsaid.into_iter().chain(more).collect::<UnsaidProperty>() {
            lose(known, &why);
        }
        let is_placed = live.fields.get("layouts").is_some_and(|all| all.get("sm").is_some());
        drawn.push((tile, is_placed));
    }
    let sizes: Vec<(i64, i64)> = drawn.iter().filter_map(|(tile, _)| Some(tile.tile(None)?.size())).collect();
    let mut said: Vec<(Option<TilePlace>, (i64, i64))> = sizes.into_iter().map(|size| (None, size)).collect();
    // What is written of one moves those that follow it.
    loop {
        let places = flow(&said);
        let differs = |(place, (tile, is_placed)): (usize, &(DashboardTile, bool))| {
            let is_said = said.get(place).is_none_or(|(at, _)| at.is_some());
            (*is_placed && !is_said && !places[place].is(&tile.at)).then_some((place, tile.at))
        };
        match drawn.iter().enumerate().find_map(differs) {
            Some((place, at)) => said[place].0 = Some(at),
            None => break,
        }
    }
    if is_stacked(&drawn) {
        drawn.iter_mut().for_each(|(tile, _)| tile.narrow = None);
    }
    let written = drawn.iter().zip(&said).filter_map(|((tile, _), (at, _))| tile.tile(*at));
    read::slice(written.collect())
}

/// Whether tiles stand on a narrow screen as the web app puts them by itself: one below the other, as high as they are.
fn is_stacked(tiles: &[(DashboardTile, bool)]) -> bool {
    let mut below = 0;
    tiles.iter().all(|(tile, _)| {
        let is_next = tile.narrow.is_none_or(|narrow| (narrow.y, narrow.h) == (below, tile.at.h));
        below += tile.at.h;
        is_next
    })
}

/// From the top down, and from left to right; what has no place comes last.
fn reading_order(live: &Live) -> (i64, i64, u64) {
    let of = |key: &str| live.fields.get("layouts").and_then(|all| all.get("sm")?.get(key)).and_then(read::number);
    (of("y").unwrap_or(i64::MAX), of("x").unwrap_or(i64::MAX), live.id.parse().unwrap_or(u64::MAX))
}

/// A tile, as a sentence names it.
fn told(live: &Live) -> String {
    let begins = |text: &str| {
        let line = text.trim().lines().next().unwrap_or_default();
        line.chars().take(40).collect::<String>()
    };
    let fields = &live.fields;
    if let Some(insight) = fields.get("insight") {
        return format!("the tile of insight {insight}");
    }
    if let Some(body) = fields.get("text").and_then(Json::as_str) {
        return format!("the text \"{}\"", begins(body));
    }
    match fields.get("button_tile").and_then(Json::as_object) {
        Some(button) => format!("the button \"{}\" to {}", begins(text(button, "text")), text(button, "url")),
        None => format!("the tile {}", live.id),
    }
}
