//! Tiles that are there, as a stack writes them.

use super::DashboardFilters;
use super::part::{DashboardTile, TileButton};
use super::tiles::{
    ButtonPlacement, ButtonStyle, ButtonText, ButtonTile, ButtonUrl, InsightTile, NarrowPlace, TextTile, Tile,
    TileColour, TilePlace, TileText,
};
use crate::kinds::Insight;
use crate::kinds::prelude::*;
use plg_core::source::{Known, plain, read};

/// Why something of a tile stays as it is.
pub(super) type UnsaidProperty = Vec<String>;

impl DashboardTile {
    /// A tile that is there, and what of it there is no word for.
    pub(super) fn drawn(live: &Live, common: Common, known: &mut Known) -> Result<(Self, UnsaidProperty), String> {
        let fields = &live.fields;
        let mut unsaid = UnsaidProperty::new();
        let mut tile = DashboardTile { common, ..DashboardTile::BLANK };
        if let Some(id) = fields.get("insight") {
            tile.insight = Some(known.find::<Insight>(id)?);
        } else if let Some(body) = fields.get("text").and_then(Json::as_str) {
            (TileText::RULE.check)(body).map_err(|why| plain(&why))?;
            tile.text = Some(TileText(read::leak(body)));
        } else if let Some(button) = fields.get("button_tile").and_then(Json::as_object) {
            for (rule, key) in [(&ButtonText::RULE, "text"), (&ButtonUrl::RULE, "url")] {
                (rule.check)(text(button, key)).map_err(|why| plain(&why))?;
            }
            tile.button = Some(TileButton {
                text: ButtonText(read::leak(text(button, "text"))),
                url: ButtonUrl(read::leak(text(button, "url"))),
                placement: ButtonPlacement::spelt(text(button, "placement")).unwrap_or(TileButton::placement),
                style: ButtonStyle::spelt(text(button, "style")).unwrap_or(TileButton::style),
            });
        } else {
            return Err("it is neither an insight, nor a text, nor a button".to_owned());
        }
        let number = |screen: &str, key: &str| {
            fields.get("layouts").and_then(|all| all.get(screen)?.get(key)).and_then(read::number)
        };
        let wide = |key| number("sm", key);
        if let (Some(x), Some(y), Some(w), Some(h)) = (wide("x"), wide("y"), wide("w"), wide("h")) {
            tile.at = TilePlace { x, y, w, h };
        }
        let colour = text(fields, "color");
        tile.colour = TileColour::spelt(colour);
        if tile.colour.is_none() && !colour.is_empty() {
            unsaid.push(format!("its colour \"{colour}\" has no word"));
        }
        // PostHog copies the wide place of what it puts there itself: that is none of one column.
        if let (Some(y), Some(h), Some(1)) = (number("xs", "y"), number("xs", "h"), number("xs", "w")) {
            tile.narrow = Some(NarrowPlace { y, h });
        }
        tile.described = fields.get("show_description").and_then(Json::as_bool);
        tile.transparent = fields.get("transparent_background").and_then(Json::as_bool);
        if let Some(filters) = fields.get("filters_overrides").filter(|filters| !filters.is_null()) {
            match DashboardFilters::read(filters, known) {
                Ok(filters) => tile.filters = Some(filters),
                Err(why) => unsaid.push(format!("its filters: {why}")),
            }
        }
        Ok((tile, unsaid))
    }

    /// As it is written in the `tiles` of its dashboard, where it stands `at` this place.
    pub(super) fn tile(&self, at: Option<TilePlace>) -> Option<Tile> {
        let DashboardTile { narrow, colour, described, transparent, filters, .. } = *self;
        if let Some(shows) = self.insight {
            let is_plain = at.is_none()
                && narrow.is_none()
                && colour.is_none()
                && described.is_none()
                && transparent.is_none()
                && filters.is_none();
            return Some(if is_plain {
                Tile::shown(shows)
            } else {
                Tile::insight(InsightTile { shows, at, narrow, colour, described, transparent, filters })
            });
        }
        if let Some(body) = self.text {
            return Some(Tile::text(TextTile { body, at, narrow, colour, transparent }));
        }
        self.button.map(|TileButton { text, url, placement, style }| {
            Tile::button(ButtonTile { text, url, placement, style, at, narrow, colour, transparent })
        })
    }
}
