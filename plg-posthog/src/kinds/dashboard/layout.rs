//! Where tiles stand that do not say it: in reading order, each at the first place that is free after the one before it.

use super::tiles::{Tile, TilePlace};

/// The columns of a wide screen.
pub(super) const COLUMNS: i64 = 12;

impl TilePlace {
    /// Whether the two have a cell in common.
    pub(super) fn meets(&self, other: &TilePlace) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }

    /// Whether both are the same cells.
    pub(super) fn is(&self, other: &TilePlace) -> bool {
        (self.x, self.y, self.w, self.h) == (other.x, other.y, other.w, other.h)
    }
}

/// The place of each tile: as written, or else where it comes to stand.
pub(super) fn places(tiles: &[Tile]) -> Vec<TilePlace> {
    let said: Vec<(Option<TilePlace>, (i64, i64))> = tiles.iter().map(|tile| (tile.at(), tile.size())).collect();
    flow(&said)
}

/// The same of places with the size each tile has where it has none.
pub(super) fn flow(tiles: &[(Option<TilePlace>, (i64, i64))]) -> Vec<TilePlace> {
    let mut taken: Vec<TilePlace> = tiles.iter().filter_map(|(at, _)| *at).collect();
    // Where the next one may begin: nothing comes before what is written before it.
    let (mut row, mut column) = (0, 0);
    let place = |(at, (w, h)): &(Option<TilePlace>, (i64, i64))| {
        let found = at.unwrap_or_else(|| {
            let found = free(&taken, (row, column), (*w, *h));
            taken.push(found);
            found
        });
        if (found.y, found.x + found.w) > (row, column) {
            (row, column) = (found.y, found.x + found.w);
        }
        found
    };
    tiles.iter().map(place).collect()
}

/// The first place of this size that is free, from a cell on.
fn free(taken: &[TilePlace], (row, column): (i64, i64), (w, h): (i64, i64)) -> TilePlace {
    // A place gets free only where another one ends.
    let mut rows: Vec<i64> = taken.iter().map(|other| other.y + other.h).chain([row, row + 1]).collect();
    rows.retain(|y| *y >= row);
    rows.sort_unstable();
    let in_row = |y: i64| {
        let from = if y == row { column } else { 0 };
        let mut places = (from..=COLUMNS - w).map(|x| TilePlace { x, y, w, h });
        places.find(|place| !taken.iter().any(|other| place.meets(other)))
    };
    let below = rows.last().copied().unwrap_or(row);
    rows.into_iter().find_map(in_row).unwrap_or(TilePlace { x: 0, y: below, w, h })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIGHT: (Option<TilePlace>, (i64, i64)) = (None, (6, 5));
    const TEXT: (Option<TilePlace>, (i64, i64)) = (None, (12, 1));
    const BUTTON: (Option<TilePlace>, (i64, i64)) = (None, (3, 1));

    fn at(x: i64, y: i64, w: i64, h: i64) -> (Option<TilePlace>, (i64, i64)) {
        (Some(TilePlace { x, y, w, h }), (6, 5))
    }

    fn placed(tiles: &[(Option<TilePlace>, (i64, i64))]) -> Vec<(i64, i64)> {
        let found = flow(tiles);
        for (place, one) in found.iter().enumerate() {
            assert!(one.x + one.w <= COLUMNS && !found[..place].iter().any(|other| one.meets(other)), "{found:?}");
        }
        found.into_iter().map(|place| (place.x, place.y)).collect()
    }

    #[test]
    fn two_insights_share_a_row_and_a_text_has_its_own() {
        assert_eq!(placed(&[INSIGHT; 5]), [(0, 0), (6, 0), (0, 5), (6, 5), (0, 10)]);
        assert_eq!(
            placed(&[TEXT, INSIGHT, INSIGHT, TEXT, INSIGHT, TEXT, INSIGHT]),
            [(0, 0), (0, 1), (6, 1), (0, 6), (0, 7), (0, 12), (0, 13)]
        );
        assert_eq!(placed(&[BUTTON, BUTTON, TEXT, INSIGHT]), [(0, 0), (3, 0), (0, 1), (0, 2)]);
    }

    #[test]
    fn what_is_written_keeps_its_place_and_the_rest_flows_around_it() {
        assert_eq!(placed(&[at(0, 0, 12, 6), INSIGHT, INSIGHT]), [(0, 0), (0, 6), (6, 6)]);
        assert_eq!(placed(&[INSIGHT, at(6, 0, 6, 8), INSIGHT]), [(0, 0), (6, 0), (0, 5)]);
        // Also of one that comes later.
        assert_eq!(placed(&[INSIGHT, at(0, 0, 6, 5)]), [(6, 0), (0, 0)]);
        assert_eq!(placed(&[at(0, 1_000_000_000, 12, 1_000_000_000), TEXT])[1], (0, 2_000_000_000));
    }
}
