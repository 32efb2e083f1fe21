//! What stands on a dashboard, as its declaration says it.

use super::DashboardFilters;
use crate::kinds::Insight;
use crate::kinds::prelude::*;
use plg_core::text;

plg_core::texts! {
    /// Text in Markdown on a dashboard: not blank, up to 4,000 characters.
    TileText { what: "text in Markdown", max: 4_000, code: codes::TEXT, check: text::not_blank, constant: true }
    /// What a button says: not blank, up to 200 characters.
    ButtonText { what: "a button's text", max: 200, code: codes::TEXT, check: text::trimmed, constant: true }
    /// Where a button leads: a web address, or a path of PostHog's web app such as `/insights`.
    ButtonUrl { what: "an address or a path", max: 2_000, code: codes::TEXT, check: address, constant: true }
}

/// What a path of the web app may have in it, beside letters and digits.
const IN_PATHS: &str = "._~:/?#[]@!$&'()*+,;=%-";

fn address(url: &str) -> Result<(), String> {
    if url.starts_with('/') {
        let odd = url.chars().find(|c| !c.is_ascii_alphanumeric() && !IN_PATHS.contains(*c));
        return odd.map_or(Ok(()), |odd| {
            Err(format!("a path cannot have `{odd}` in it\nhelp: write it percent-encoded, as an address bar shows it"))
        });
    }
    match url.strip_prefix("http://") {
        Some(rest) => text::https(&format!("https://{rest}")),
        None if url.starts_with("https://") => text::https(url),
        None => Err(format!(
            "a button leads to an address, or to a path of PostHog's web app\nhelp: write \"https://{url}\" or \"/{url}\""
        )),
    }
}

plg_core::record! {
    /// Where a tile stands on a wide screen: a grid of 12 columns whose rows count from the top.
    TilePlace {
        /// The column it begins in, 0 to 11.
        x: i64,
        /// The row it begins in, from 0.
        y: i64,
        /// How many columns it is wide, 1 to 12.
        w: i64,
        /// How many rows it is high.
        h: i64,
    }
}

plg_core::record! {
    /// Where a tile stands on a narrow screen, which has one column.
    NarrowPlace {
        /// The row it begins in, from 0.
        y: i64,
        /// How many rows it is high.
        h: i64,
    }
}

plg_core::words! {
    /// The colour of a tile.
    TileColour "colour" {
        /// White.
        white,
        /// Black.
        black,
        /// Blue.
        blue,
        /// Green.
        green,
        /// Purple.
        purple,
    }
}

plg_core::words! {
    /// Where a button stands in its tile.
    ButtonPlacement "place of a button" {
        /// On the left.
        left,
        /// On the right.
        right,
    }
}

plg_core::words! {
    /// How much a button stands out.
    ButtonStyle "style of a button" {
        /// Filled with colour.
        primary,
        /// With a border alone.
        secondary,
    }
}

plg_core::record! {
    /// An insight on a dashboard. People manage in PostHog how the rest of it looks, its place aside.
    InsightTile {
        /// The insight. One that is `existing` has to be on the dashboard already.
        shows: Link<Insight>,
        /// Where it stands on a wide screen. Without it, tiles stand in the order written, two in a row.
        at: Option<TilePlace> = None,
        /// Where it stands on a narrow screen. Without it, PostHog decides.
        narrow: Option<NarrowPlace> = None,
        /// Its colour.
        colour: Option<TileColour> = None,
        /// Whether its description is shown.
        described: Option<bool> = None,
        /// Whether it has no background.
        transparent: Option<bool> = None,
        /// What it shows instead of what the dashboard's filters say. With care: all of the dashboard's filters stop to
        /// count for this tile, not only those that are written here.
        filters: Option<DashboardFilters> = None,
    }
}

plg_core::record! {
    /// A text on a dashboard.
    TextTile {
        /// What it says, in Markdown.
        body: TileText,
        /// Where it stands on a wide screen. Without it, it has a row of its own after the tile before it.
        at: Option<TilePlace> = None,
        /// Where it stands on a narrow screen. Without it, PostHog decides.
        narrow: Option<NarrowPlace> = None,
        /// Its colour.
        colour: Option<TileColour> = None,
        /// Whether it has no background.
        transparent: Option<bool> = None,
    }
}

plg_core::record! {
    /// A button on a dashboard.
    ButtonTile {
        /// What it says.
        text: ButtonText,
        /// Where it leads: a web address, or a path of PostHog's web app such as `/insights`.
        url: ButtonUrl,
        /// Where it stands in its tile.
        placement: ButtonPlacement = ButtonPlacement::left,
        /// How much it stands out.
        style: ButtonStyle = ButtonStyle::primary,
        /// Where it stands on a wide screen. Without it, it follows the tile before it, a quarter of the screen wide.
        at: Option<TilePlace> = None,
        /// Where it stands on a narrow screen. Without it, PostHog decides.
        narrow: Option<NarrowPlace> = None,
        /// Its colour.
        colour: Option<TileColour> = None,
        /// Whether it has no background.
        transparent: Option<bool> = None,
    }
}

plg_core::choice! {
    /// One thing on a dashboard.
    Tile "tile" {
        /// An insight with how it looks: `insight(Signups, at: { x: 0, y: 0, w: 12, h: 6 }, colour: blue)`.
        insight(InsightTile),
        /// A text: `text("## How people come")`.
        text(TextTile),
        /// A button: `button("Open the docs", url: "https://example.com/docs")`.
        button(ButtonTile),
        ; /// An insight by its name.
        else shown(Link<Insight>)
    }
}

impl Tile {
    /// The insight that it shows, if it shows one.
    pub(super) fn insight_shown(&self) -> Option<Link<Insight>> {
        match self {
            Tile::shown(insight) => Some(insight),
            Tile::insight(tile) => Some(tile.shows),
            Tile::text(_) | Tile::button(_) => None,
        }
    }

    /// Where it is written to stand.
    pub(super) fn at(&self) -> Option<TilePlace> {
        match self {
            Tile::shown(_) => None,
            Tile::insight(tile) => tile.at,
            Tile::text(tile) => tile.at,
            Tile::button(tile) => tile.at,
        }
    }

    /// How wide and how high it is where nothing is written.
    pub(super) fn size(&self) -> (i64, i64) {
        match self {
            Tile::shown(_) | Tile::insight(_) => (6, 5),
            // A heading takes one row, and more than that is given a second.
            Tile::text(tile) => {
                (12, if tile.body.trim().contains('\n') || tile.body.chars().count() > 120 { 2 } else { 1 })
            }
            Tile::button(_) => (3, 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_button_leads_somewhere() {
        for good in ["/insights", "/a?b=c#d", "https://example.com/x", "http://localhost:8000/"] {
            assert_eq!(address(good), Ok(()), "{good}");
        }
        for bad in ["insights", "/with space", "/a\"b", "ftp://example.com", "https://", ""] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
