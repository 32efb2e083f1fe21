//! What is wrong with a dashboard.

use super::layout::COLUMNS;
use super::tiles::TilePlace;
use crate::kinds::insight::check_scope;
use crate::kinds::prelude::*;

pub(super) fn check(dashboard: &Block, _: &Declarations, report: &mut Report) {
    if let Some(filters) = dashboard.get("filters") {
        check_filters(filters, report);
    }
    let tiles = dashboard.get("tiles").map_or(&[][..], Node::list);
    let mut seen: Vec<String> = Vec::new();
    let mut places: Vec<TilePlace> = Vec::new();
    for tile in tiles {
        let Some(held) = tile.held() else { continue };
        check_once(tile, held, &mut seen, report);
        if let Some(at) = held.field("at") {
            check_place(at, &mut places, report);
        }
        if let Some(narrow) = held.field("narrow") {
            check_height(narrow, report);
        }
        if let Some(filters) = held.field("filters") {
            check_filters(filters, report);
        }
    }
}

/// What a tile shows, which can be there once: PostHog has one tile of an insight, and texts are told apart by what they
/// say.
fn check_once(tile: &Node, held: &Node, seen: &mut Vec<String>, report: &mut Report) {
    let text = |field: &str| held.field(field).and_then(Node::text).map(str::trim);
    let (at, what, key) = match tile.word() {
        Some("text") => (held.field("body"), "this text", text("body").map(str::to_owned)),
        Some("button") => {
            let both = text("text").zip(text("url")).map(|(text, url)| format!("{text} {url}"));
            (held.field("text"), "this button", both)
        }
        _ => {
            let shown = insight(held);
            let name = shown.and_then(|shown| if let Given::Ref(name) = &shown.given { name.clone() } else { None });
            (shown, "this insight", name)
        }
    };
    let Some(key) = key.map(|key| format!("{what} {key}")) else { return };
    if seen.contains(&key) {
        let at = at.map_or(tile.at, |at| at.at);
        report.error(
            codes::WRITTEN_TWICE,
            at,
            format!("{what} is on the dashboard already\nhelp: leave one of them out"),
        );
    } else {
        seen.push(key);
    }
}

/// The insights on a dashboard, as it names them.
pub(in crate::kinds) fn shown(dashboard: &Block) -> impl Iterator<Item = &Node> {
    let tiles = dashboard.get("tiles").map_or(&[][..], Node::list);
    let of_insights = tiles.iter().filter(|tile| !matches!(tile.word(), Some("text" | "button")));
    of_insights.filter_map(|tile| insight(tile.held()?))
}

/// The insight that a tile names: alone, or with how it looks.
fn insight(held: &Node) -> Option<&Node> {
    if let Given::Ref(_) = held.given { Some(held) } else { held.field("shows") }
}

fn number(record: &Node, field: &str) -> Option<i64> {
    match record.field(field)?.given {
        Given::Int(number) => Some(number),
        _ => None,
    }
}

/// A tile that has no height is not seen.
fn check_height(place: &Node, report: &mut Report) {
    if let Some(Node { at, given: Given::Int(..1) }) = place.field("h") {
        report.error(codes::OUT_OF_RANGE, *at, "a tile is at least one row high\nhelp: write `h: 5`");
    }
}

fn check_place(at: &Node, places: &mut Vec<TilePlace>, report: &mut Report) {
    check_height(at, report);
    let of = |field| number(at, field);
    let (Some(x), Some(y), Some(w), Some(h)) = (of("x"), of("y"), of("w"), of("h")) else { return };
    if w < 1 || x + w > COLUMNS {
        let message = format!(
            "a dashboard has {COLUMNS} columns, and this tile takes {w} from column {x} on\nhelp: make `w` at least 1, and `x` plus `w` at most {COLUMNS}"
        );
        report.error(codes::OUT_OF_RANGE, at.at, message);
        return;
    }
    let place = TilePlace { x, y, w, h };
    if places.iter().any(|other| place.meets(other)) {
        let message = "another tile is already at this place\nhelp: move one of them; or remove `at`, which places it after the tile before it";
        report.error(codes::WRITTEN_TWICE, at.at, message);
        return;
    }
    places.push(place);
}

/// Checks the filters of a tile or of a dashboard.
fn check_filters(filters: &Node, report: &mut Report) {
    check_scope(filters, report);
    if matches!(&filters.given, Given::Record(fields) if fields.is_empty()) {
        let message = "these filters are empty\nhelp: write `last: 30 days`, or leave `filters` out";
        report.error(codes::OTHER_SHAPE, filters.at, message);
    }
}
