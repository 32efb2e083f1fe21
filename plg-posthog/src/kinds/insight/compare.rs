//! When a live query is still the one declared.

use plg_core::hollow::is_hollow;
use plg_core::wire::same;
use serde_json::Value as Json;

/// Whether a live query says what is wanted. The server adds versions and the web app adds how
/// things look; keys that change the numbers count even where none was declared.
pub(super) fn covers(want: &Json, live: &Json) -> bool {
    match (want, live) {
        (Json::Object(want), Json::Object(live)) => {
            want.iter().all(|(key, want)| live.get(key).map_or(is_hollow(want), |live| covers(want, live)))
                && live.iter().all(|(key, live)| want.contains_key(key) || is_harmless(key, live))
        }
        (Json::Array(want), Json::Array(live)) => {
            want.len() == live.len() && want.iter().zip(live).all(|(want, live)| covers(want, live))
        }
        _ => same(want, live),
    }
}

/// A query as it is wanted, with what people set of how it looks: as far as it is of the kind that it was, and shows
/// as many things.
pub(super) fn with_looks(want: &Json, live: &Json) -> Json {
    match (want, live) {
        (Json::Object(want), Json::Object(live)) if want.get("kind") == live.get("kind") => {
            let own = want.iter().map(|(key, value)| {
                (key.clone(), live.get(key).map_or_else(|| value.clone(), |live| with_looks(value, live)))
            });
            let looks = live.iter().filter(|(key, value)| !want.contains_key(*key) && is_harmless(key, value));
            own.chain(looks.map(|(key, value)| (key.clone(), value.clone()))).collect::<plg_core::Map>().into()
        }
        (Json::Array(want), Json::Array(live)) if want.len() == live.len() => {
            want.iter().zip(live).map(|(want, live)| with_looks(want, live)).collect()
        }
        _ => want.clone(),
    }
}

/// Keys that change what is counted, wherever they stand in a query.
const TELLING: &[&str] = &[
    "aggregation_group_type_index",
    "breakdown",
    "breakdowns",
    "compare",
    "conversionGoal",
    "cumulative",
    "date_from",
    "date_to",
    "exclusions",
    "filterTestAccounts",
    "formula",
    "formulaNodes",
    "formulas",
    "funnelFromStep",
    "funnelToStep",
    "math",
    "math_hogql",
    "math_property",
    "properties",
    "samplingFactor",
];

/// Whether a key that nobody declared changes nothing about what is counted.
fn is_harmless(key: &str, value: &Json) -> bool {
    if is_hollow(value) || (key == "math" && value == "total") {
        return true;
    }
    if TELLING.contains(&key) {
        return false;
    }
    match value {
        Json::Object(map) => map.iter().all(|(key, value)| is_harmless(key, value)),
        _ => true,
    }
}
