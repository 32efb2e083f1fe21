//! Dashboards, from what is live.

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
                Noise { because: "insights say where they are", keys: &["tiles.insight"] },
                Noise {
                    because: "PostHog gives it out",
                    keys: &[
                        "tiles.id",
                        "tiles.order",
                        "tiles.last_refresh",
                        "tiles.is_cached",
                        "tiles.deleted",
                        "tiles.refreshing",
                        "tiles.filters_hash",
                        "tiles.refresh_attempt",
                    ],
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
        let filters = fields.get("filters").unwrap_or(&Json::Null);
        let last = filters.get("date_from").and_then(Json::as_str).and_then(read::ago);
        if !plg_core::hollow::is_hollow(filters) {
            let rest: Vec<&str> = filters.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            if rest != ["date_from"] || last.is_none() {
                known.lose("filters", format!("its filters {filters} have no word in part, and stay as they are"));
            }
        }
        Ok(Dashboard {
            common,
            title: read::name(fields.get("name")),
            pinned: read::on(fields.get("pinned")),
            tags: read::tags(fields.get("tags")),
            filters: last.map(|last| DashboardFilters { last: last.0 }),
        })
    }

    /// Tiles that are where PostHog puts new ones: two a row, one after the other.
    fn plain(mut answer: Json) -> Json {
        if let Some(tiles) = answer.get_mut("tiles").and_then(Json::as_array_mut) {
            tiles.sort_by_key(|tile| tile.get("id").and_then(Json::as_u64));
            for (place, tile) in (0_u64..).zip(tiles) {
                let at = json!({ "x": place % 2 * 6, "y": place / 2 * 5, "w": 6, "h": 5 });
                if tile.get("layouts") == Some(&json!({ "sm": at, "xs": at }))
                    && let Some(tile) = tile.as_object_mut()
                {
                    tile.remove("layouts");
                }
            }
        }
        answer
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}
