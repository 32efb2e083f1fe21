//! Tiles as steps of their own: what a dashboard's `tiles` become.
//!
//! A tile needs its dashboard, and that of an insight needs the insight: so a dashboard can name insights that say
//! themselves which dashboards they are on. Whether an insight is on a dashboard is a field of the insight, which
//! the tile adds to; the tile itself says where it stands and how it looks.

use super::layout::places;
use super::tiles::{
    ButtonPlacement, ButtonStyle, ButtonText, ButtonUrl, NarrowPlace, Tile, TileColour, TilePlace, TileText,
};
use super::{Dashboard, DashboardFilters, same_filters};
use crate::kinds::Insight;
use crate::kinds::insight::TILES;
use crate::kinds::posthog::BASE;
use crate::kinds::prelude::*;
use plg_core::source::read;
use plg_core::wire::Ending;

plg_core::record! {
    /// What a button says and where it leads.
    TileButton {
        /// What it says.
        text: ButtonText,
        /// Where it leads.
        url: ButtonUrl,
        /// Where it stands in its tile.
        placement: ButtonPlacement = ButtonPlacement::left,
        /// How much it stands out.
        style: ButtonStyle = ButtonStyle::primary,
    }
}

plg_core::kind! {
    /// One thing on a dashboard, written in the dashboard's `tiles`. It has an address of its own: that of an insight is
    /// `dashboard_tile.Growth.Signups`, texts and buttons are counted, `dashboard_tile.Growth.Text1`.
    dashboard_tile DashboardTile {
        /// The insight that it shows.
        insight: Option<Link<Insight>> = None,
        /// The text that it shows, in Markdown.
        text: Option<TileText> = None,
        /// The button that it shows.
        button: Option<TileButton> = None,
        /// Where it stands on a wide screen.
        at: TilePlace,
        /// Where it stands on a narrow screen.
        narrow: Option<NarrowPlace> = None,
        /// Its colour.
        colour: Option<TileColour> = None,
        /// Whether the insight's description is shown.
        described: Option<bool> = None,
        /// Whether it has no background.
        transparent: Option<bool> = None,
        /// What it shows instead of what the dashboard's filters say.
        filters: Option<DashboardFilters> = None,
    }
    provider: &crate::PROVIDER,
    key: &["insight", "text", "button"],
    check: |_, _, _| (),
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &DashboardTiles,
}

/// The words of a tile, for a dashboard that leaves its `tiles` to people.
const WORDS: &[&str] = &["insight", "text", "button", "at", "narrow", "colour", "described", "transparent", "filters"];

/// The tiles of a dashboard, one after the other.
pub(super) fn of(dashboard: &'static Dashboard) -> Vec<&'static dyn Declared> {
    let own = &dashboard.common;
    let ignore = if own.ignore.contains(&"tiles") { WORDS } else { &[] };
    let (mut texts, mut buttons) = (0, 0);
    let count = |word: &str, counted: &mut u32| {
        *counted += 1;
        format!("{word}{counted}")
    };
    // PostHog makes another text with each request: they are made one after the other, so that each is told from the last.
    let mut previous: Option<&'static dyn Declared> = None;
    let mut parts: Vec<&'static dyn Declared> = Vec::with_capacity(dashboard.tiles.len());
    for (tile, at) in dashboard.tiles.iter().zip(places(dashboard.tiles)) {
        let name = match tile {
            Tile::shown(insight) => insight.common.name.to_owned(),
            Tile::insight(tile) => tile.shows.common.name.to_owned(),
            Tile::text(_) => count("Text", &mut texts),
            Tile::button(_) => count("Button", &mut buttons),
        };
        let is_insight = tile.insight_shown().is_some();
        let handling = read::keep(Handling {
            ignore,
            on_destroy: own.on_destroy,
            account: own.account,
            constants: false,
            parent: Some(dashboard),
            previous: previous.filter(|_| !is_insight),
            ..Handling::PLAIN
        });
        let name = read::leak(&format!("{}.{name}", own.name));
        let part = read::keep(part(tile, at, Common { name, doc: "", ..*own }.handled(handling)));
        if !is_insight {
            previous = Some(part);
        }
        parts.push(part);
    }
    parts
}

fn part(tile: &Tile, at: TilePlace, common: Common) -> DashboardTile {
    let blank = DashboardTile { common, at, ..DashboardTile::BLANK };
    match *tile {
        Tile::shown(insight) => DashboardTile { insight: Some(insight), ..blank },
        Tile::insight(tile) => DashboardTile {
            insight: Some(tile.shows),
            narrow: tile.narrow,
            colour: tile.colour,
            described: tile.described,
            transparent: tile.transparent,
            filters: tile.filters,
            ..blank
        },
        Tile::text(tile) => DashboardTile {
            text: Some(tile.body),
            narrow: tile.narrow,
            colour: tile.colour,
            transparent: tile.transparent,
            ..blank
        },
        Tile::button(tile) => DashboardTile {
            button: Some(TileButton { text: tile.text, url: tile.url, placement: tile.placement, style: tile.style }),
            narrow: tile.narrow,
            colour: tile.colour,
            transparent: tile.transparent,
            ..blank
        },
    }
}

impl DashboardTile {
    fn layouts(&self) -> Term {
        let TilePlace { x, y, w, h } = self.at;
        let mut layouts = Terms::default();
        layouts.insert("sm", term!({ "x": x, "y": y, "w": w, "h": h }));
        if let Some(NarrowPlace { y, h }) = self.narrow {
            layouts.insert("xs", term!({ "x": 0, "y": y, "w": 1, "h": h }));
        }
        layouts.into()
    }
}

impl Describe for DashboardTile {
    fn want(&self) -> Want {
        let mut want = Want::new();
        if let Some(dashboard) = self.common.parent {
            want = want.set("dashboard", reference(dashboard));
            if let Some(insight) = self.insight {
                want = want.adds(insight.address(), "dashboards", reference(dashboard));
            }
        }
        if let Some(insight) = self.insight {
            // Its tile is there as soon as it is on the dashboard.
            want = want.set("insight", reference(insight)).set_create_only(TILES, reference_to(insight, TILES));
        }
        let button = self.button.map(|button| {
            let TileButton { text, url, placement, style } = button;
            json!({ "url": url.0, "text": text.0, "placement": placement.as_str(), "style": style.as_str() })
        });
        want = want
            .set_some("text", self.text.map(|text| text.0))
            .set_some("button_tile", button)
            .set("layouts", self.layouts())
            .set_some("color", self.colour.map(TileColour::as_str))
            .set_some("show_description", self.described)
            .set_some("transparent_background", self.transparent)
            .set_some("filters_overrides", self.filters.map(|filters| filters.term()));
        let named = self.filters.iter().flat_map(DashboardFilters::named);
        let want = named.fold(want, |want, flag| want.after(flag.address()));
        match self.common.previous {
            Some(previous) => want.after(previous.address()),
            None => want,
        }
    }

    fn lint(&self) -> Vec<String> {
        if self.common.parent.is_some() {
            Vec::new()
        } else {
            vec!["a tile is written in its dashboard: `tiles: […]`".to_owned()]
        }
    }
}

/// Tiles of one dashboard: a list in the answer that is the dashboard.
#[derive(Debug)]
struct DashboardTiles;

const PARENTS: &[&str] = &["dashboard"];

impl DashboardTiles {
    /// A change of some of a dashboard's tiles.
    fn patch(fields: &Map, tile: Map) -> Call {
        Call::new("PATCH", Self.collection(fields).path, json!({ "tiles": [tile] }))
    }

    /// A tile as PostHog reads it in a request: a text and a button are objects of their own behind it.
    fn sent(mut part: Map, outputs: &Map) -> Map {
        let id = |output: &str| outputs.get(output).filter(|id| !id.is_null());
        if let Some(body) = part.remove("text") {
            let mut text = Map::from_iter([("body".to_owned(), body)]);
            text.extend(id(TEXT_ID).map(|id| ("id".to_owned(), id.clone())));
            part.insert("text".into(), text.into());
        }
        if let Some(Json::Object(button)) = part.get_mut("button_tile") {
            button.extend(id(BUTTON_ID).map(|id| ("id".to_owned(), id.clone())));
        }
        part
    }
}

/// The outputs of a tile: the ids of the text and of the button behind it.
const TEXT_ID: &str = "text_id";
const BUTTON_ID: &str = "button_id";

/// An id that a path or a key of an object is made of.
fn id_of(fields: &Map, key: &str) -> String {
    fields.get(key).and_then(id_text).unwrap_or_default()
}

/// An id as the API has it.
fn number(id: &str) -> Json {
    id.parse::<u64>().map_or_else(|_| id.into(), Json::from)
}

/// A tile as it is compared, out of the answer that is its dashboard.
pub(super) fn row(tile: Json) -> Option<Live> {
    let Json::Object(mut fields) = tile else { return None };
    let id = fields.get("id").filter(|_| fields.contains_key("layouts"))?.clone();
    let mut live = Live { id: id_text(&id)?, outputs: Map::from_iter([("id".to_owned(), id)]), ..Live::default() };
    // An insight says itself what it shows.
    let inner = |fields: &Map, object: &str, key: &str| fields.get(object).and_then(|one| one.get(key)).cloned();
    for (object, output) in [("text", TEXT_ID), ("button_tile", BUTTON_ID)] {
        live.outputs.extend(inner(&fields, object, "id").map(|id| (output.to_owned(), id)));
    }
    let insight = inner(&fields, "insight", "id");
    let body = fields.get("text").filter(|text| text.is_object()).map(|text| text.get("body").cloned());
    let button = fields.get("button_tile").and_then(Json::as_object).map(|button| {
        let said = ["url", "text", "placement", "style"].into_iter();
        said.filter_map(|key| Some((key.to_owned(), button.get(key)?.clone()))).collect::<Map>()
    });
    for key in ["text", "button_tile", "insight"] {
        fields.remove(key);
    }
    for (key, value) in [
        ("insight", insight),
        ("text", body.map(|body| body.filter(|body| !body.is_null()).unwrap_or_else(|| "".into()))),
        ("button_tile", button.map(Json::Object)),
    ] {
        fields.extend(value.map(|value| (key.to_owned(), value)));
    }
    if text(&fields, "color").is_empty() {
        fields.insert("color".into(), Json::Null);
    }
    if fields.get("filters_overrides").is_none_or(plg_core::hollow::is_hollow) {
        fields.insert("filters_overrides".into(), Json::Null);
    }
    live.fields = fields;
    Some(live)
}

/// What tells a tile from the others of its dashboard: what it shows.
pub(super) fn identity(fields: &Map) -> Option<String> {
    let insight = || fields.get("insight").and_then(id_text).map(|id| format!("insight {id}"));
    let body = || fields.get("text").and_then(Json::as_str).map(|text| format!("text {}", text.trim()));
    let button = || {
        let button = fields.get("button_tile")?.as_object()?;
        Some(format!("button {} {}", text(button, "text").trim(), text(button, "url").trim()))
    };
    insight().or_else(body).or_else(button)
}

impl Wire for DashboardTiles {
    fn collection(&self, fields: &Map) -> RestCollection {
        RestCollection {
            path: format!("{BASE}dashboards/{}/", segment(&id_of(fields, "dashboard"))),
            query: "",
            paging: Paging::Inside { key: "tiles" },
            envelope: None,
            ending: Ending::Delete,
        }
    }

    fn read(&self, json: Json) -> Option<Live> {
        row(json)
    }

    /// The answer is the dashboard with all of its tiles.
    fn of_answer(&self, mut answer: Json, id: Option<&str>, want: &Map) -> Option<Live> {
        let Some(tiles) = answer.get_mut("tiles").and_then(Json::as_array_mut) else { return self.read(answer) };
        let tiles = std::mem::take(tiles).into_iter().filter_map(row);
        match id {
            Some(id) => tiles.into_iter().find(|tile| tile.id == id),
            None => {
                let wanted = self.identity(want)?;
                let same = tiles.filter(|tile| self.identity(&tile.fields).as_ref() == Some(&wanted));
                same.max_by_key(|tile| tile.id.parse::<u64>().ok())
            }
        }
    }

    fn part_of(&self) -> Option<&'static str> {
        Some("dashboard")
    }

    // What may be known of it is in the answer that is its dashboard.
    fn by_id(&self, _: &Prior) -> Option<Call> {
        None
    }

    fn create(&self, want: &Map) -> Call {
        let mut tile = without(want, &["dashboard", "insight", TILES]);
        let known = want.get(TILES).and_then(|tiles| tiles.get(id_of(want, "dashboard")));
        if let (true, Some(id)) = (want.contains_key("insight"), known) {
            tile.insert("id".into(), id.clone());
        }
        Self::patch(want, Self::sent(tile, &Map::new()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let part = without(&pick(want, changed), &["dashboard", "insight", TILES]);
        if part.is_empty() {
            return None;
        }
        let mut tile = Map::from_iter([("id".to_owned(), number(&prior.id))]);
        tile.extend(Self::sent(part, &prior.outputs));
        Some(Self::patch(&prior.fields, tile))
    }

    // The tile of an insight is there where the insight is on the dashboard.
    fn undelete(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let of_insight = want.contains_key("insight") || prior.fields.contains_key("insight");
        let tile = || Map::from_iter([("id".to_owned(), number(&prior.id)), ("deleted".to_owned(), false.into())]);
        (!of_insight).then(|| Self::patch(&prior.fields, tile()))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        if prior.fields.contains_key("insight") {
            return Removal::Forget("it is there for as long as the insight is on the dashboard");
        }
        let tile = Map::from_iter([("id".to_owned(), number(&prior.id)), ("deleted".to_owned(), true.into())]);
        Removal::Delete(Self::patch(&prior.fields, tile))
    }

    fn parents(&self) -> &'static [&'static str] {
        PARENTS
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["insight"]
    }

    fn lost(&self) -> &'static str {
        "its place and look, as changed in the web app"
    }

    fn write_only(&self) -> &'static [&'static str] {
        &[TILES]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        identity(fields)
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "button" => &["button_tile"],
            "at" | "narrow" => &["layouts"],
            "colour" => &["color"],
            "described" => &["show_description"],
            "transparent" => &["transparent_background"],
            "filters" => &["filters_overrides"],
            _ => itself(word),
        }
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            // The web app notes more of a place, and people move it on screens that are not declared.
            "layouts" => {
                const { &Owned::Keys { known: &[], inside: &[("sm", Owned::WRITTEN), ("xs", Owned::WRITTEN)], told: UNTOLD } }
            }
            _ => &Owned::Whole,
        }
    }

    // The web app draws a tile without a place by itself. It stays there until the declared place changes.
    fn agrees(&self, field: &str, want: &Json, applied: Option<&Json>, live: &Json) -> bool {
        if field == "layouts" && live.as_object().is_some_and(Map::is_empty) {
            return applied.is_none_or(|applied| same(applied, want));
        }
        self.same(field, &self.merged(field, want, applied, live), live)
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        let trimmed = |text: &Json| text.as_str().map(str::trim).map(str::to_owned);
        match field {
            "text" => trimmed(want) == trimmed(live),
            "filters_overrides" => same_filters(want, live),
            _ => same(want, live),
        }
    }
}
