//! Where tiles stand: a grid of 12 columns (`sm`), and one column for phones (`xs`).

use serde_json::{Value, json};

const COLUMNS: i64 = 12;
const WIDTH: i64 = 6;
const HEIGHT: i64 = 5;

/// A tile's box: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rect {
    x: i64,
    y: i64,
    w: i64,
    h: i64,
}

impl Rect {
    fn meets(self, other: Rect) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }
}

fn number(value: &Value, key: &str) -> Option<i64> {
    value.get(key).and_then(|v| v.as_i64().or_else(|| v.as_f64().map(|f| f as i64)))
}

fn rect(tile: &Value, size: &str) -> Option<Rect> {
    let at = tile["layouts"].get(size)?;
    Some(Rect {
        x: number(at, "x").unwrap_or(0),
        y: number(at, "y").unwrap_or(0),
        w: number(at, "w").unwrap_or(WIDTH),
        h: number(at, "h").unwrap_or(HEIGHT),
    })
}

/// Sorts tiles from the top down; a tile without a place comes last.
pub(crate) fn place(tile: &Value, size: &str) -> (i64, i64) {
    let at = tile["layouts"].get(size);
    let of = |key| at.and_then(|a| number(a, key)).unwrap_or(100);
    (of("y"), of("x"))
}

/// The layouts of a new insight's tile: beside the last box if there is room, else under everything.
pub(crate) fn below(tiles: &[&Value]) -> Value {
    let boxes: Vec<Rect> = tiles.iter().filter_map(|t| rect(t, "sm")).collect();
    let last = boxes.iter().map(|b| b.y).max().unwrap_or(0);
    let bottom = boxes.iter().map(|b| b.y + b.h).max().unwrap_or(0);
    let free = [0, WIDTH]
        .into_iter()
        .map(|x| Rect { x, y: last, w: WIDTH, h: HEIGHT })
        .find(|slot| !boxes.iter().any(|b| b.meets(*slot)));
    let at = free.unwrap_or(Rect { x: 0, y: bottom, w: WIDTH, h: HEIGHT });
    let at = json!({"x": at.x, "y": at.y, "w": at.w, "h": at.h});
    json!({"sm": at, "xs": at})
}

/// New layouts for tiles in a wanted order: as wide as they were, two a row, or one a row.
pub(crate) fn in_order(tiles: &[&Value], mode: &str) -> Vec<Value> {
    let (mut x, mut y, mut row, mut stacked) = (0, 0, 0, 0);
    let mut out = Vec::with_capacity(tiles.len());
    for tile in tiles {
        let old = rect(tile, "sm").unwrap_or(Rect { x: 0, y: 0, w: WIDTH, h: HEIGHT });
        let w = match mode {
            "two_column" => WIDTH,
            "full_width" => COLUMNS,
            _ => old.w.clamp(1, COLUMNS),
        };
        if x + w > COLUMNS {
            (x, y, row) = (0, y + row, 0);
        }
        let mut layouts = match &tile["layouts"] {
            Value::Object(_) => tile["layouts"].clone(),
            _ => json!({}),
        };
        let small = rect(tile, "xs").map_or(old.h, |r| r.h);
        set(&mut layouts, "sm", Rect { x, y, w, h: old.h });
        set(&mut layouts, "xs", Rect { x: 0, y: stacked, w: 1, h: small });
        out.push(layouts);
        x += w;
        row = row.max(old.h);
        stacked += small;
    }
    out
}

/// Closes the gaps a removed tile left, moving tiles up only; what moved, with its new layouts.
pub(crate) fn compact(tiles: &[Value]) -> Vec<(usize, Value)> {
    let mut layouts: Vec<Value> = tiles.iter().map(|t| t["layouts"].clone()).collect();
    for size in ["sm", "xs"] {
        let mut order: Vec<(usize, Rect)> =
            tiles.iter().enumerate().filter_map(|(i, t)| rect(t, size).map(|r| (i, r))).collect();
        order.sort_by_key(|(_, r)| (r.y, r.x));
        let mut placed: Vec<Rect> = Vec::new();
        for (index, mut at) in order {
            let beside = |other: &&Rect| other.x < at.x + at.w && at.x < other.x + other.w;
            let top = placed.iter().filter(beside).map(|r| r.y + r.h).max().unwrap_or(0);
            at.y = at.y.min(top.max(0));
            if placed.iter().any(|r| r.meets(at)) {
                at.y = top;
            }
            placed.push(at);
            set(&mut layouts[index], size, at);
        }
    }
    layouts.into_iter().enumerate().filter(|(i, l)| tiles[*i]["layouts"] != *l).collect()
}

fn set(layouts: &mut Value, size: &str, at: Rect) {
    if !layouts[size].is_object() {
        layouts[size] = json!({});
    }
    for (key, value) in [("x", at.x), ("y", at.y), ("w", at.w), ("h", at.h)] {
        if number(&layouts[size], key) != Some(value) {
            layouts[size][key] = json!(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(x: i64, y: i64, w: i64, h: i64) -> Value {
        json!({"layouts": {"sm": {"x": x, "y": y, "w": w, "h": h}}})
    }

    #[test]
    fn new_tiles_stand_two_in_a_row() {
        let mut tiles: Vec<Value> = Vec::new();
        let mut places = Vec::new();
        for _ in 0..4 {
            let layouts = below(&tiles.iter().collect::<Vec<_>>());
            places.push(place(&json!({"layouts": layouts}), "sm"));
            tiles.push(json!({ "layouts": layouts }));
        }
        assert_eq!(places, [(0, 0), (0, 6), (5, 0), (5, 6)]);
    }

    #[test]
    fn tiles_move_up_into_a_gap() {
        let moved = compact(&[tile(0, 5, 6, 5), tile(6, 0, 6, 5), tile(6, 12, 6, 5)]);
        let places: Vec<_> = moved.iter().map(|(i, l)| (*i, l["sm"]["y"].as_i64())).collect();
        assert_eq!(places, [(0, Some(0)), (2, Some(5))]);
    }

    #[test]
    fn an_order_wraps_at_twelve_columns() {
        let tiles = [tile(0, 0, 12, 2), tile(0, 2, 6, 4), tile(6, 2, 6, 3)];
        let wanted = in_order(&[&tiles[1], &tiles[2], &tiles[0]], "preserve");
        assert_eq!(wanted[1]["sm"], json!({"x": 6, "y": 0, "w": 6, "h": 3}));
        assert_eq!(wanted[2]["sm"], json!({"x": 0, "y": 4, "w": 12, "h": 2}));
        let wide = in_order(&[&tiles[1], &tiles[2]], "full_width");
        assert_eq!(wide[1]["sm"]["y"], json!(4));
    }
}
