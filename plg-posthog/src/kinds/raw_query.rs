//! Queries that are written as PostHog has them: what they name by its number is named by its declaration.

use super::{Action, Cohort};
use plg_core::source::Known;
use plg_core::source::read::{leak, slice, written};
use plg_core::{Declared, Json as Written};
use serde_json::Value as Json;

/// A query as a stack has it. A number is another object's in every other project: where it stands for nothing that is
/// written, that is said.
pub(super) fn query(json: &Json, known: &mut Known) -> Written {
    match json {
        Json::Array(list) => Written::List(slice(list.iter().map(|value| query(value, known)).collect())),
        Json::Object(map) => {
            let says = |key: &str| map.get(key).and_then(Json::as_str).unwrap_or_default();
            let named = match (says("kind"), says("type")) {
                ("ActionsNode", _) | (_, "actions") => Some(("id", QueryTarget::Action)),
                (_, "cohort") => Some(("value", QueryTarget::Cohort)),
                (_, "behavioral") if says("event_type") == "actions" => Some(("key", QueryTarget::Action)),
                _ if says("breakdown_type") == "cohort" => Some(("breakdown", QueryTarget::Cohort)),
                _ => None,
            };
            let entry = |(key, value): (&String, &Json)| {
                let value = match named {
                    Some((at, kind)) if at == key => reference(value, kind, known),
                    _ => query(value, known),
                };
                (leak(key), value)
            };
            Written::Object(slice(map.iter().map(entry).collect()))
        }
        plain => written(plain),
    }
}

/// What a number in a query stands for.
#[derive(Clone, Copy)]
enum QueryTarget {
    Action,
    Cohort,
}

/// An id, or a list of them.
fn reference(value: &Json, kind: QueryTarget, known: &mut Known) -> Written {
    if let Json::Array(list) = value {
        return Written::List(slice(list.iter().map(|id| reference(id, kind, known)).collect()));
    }
    if !value.is_number() {
        return written(value);
    }
    let found = match kind {
        QueryTarget::Action => known.find::<Action>(value).map(|action| action as &'static dyn Declared),
        QueryTarget::Cohort => known.find::<Cohort>(value).map(|cohort| cohort as &'static dyn Declared),
    };
    match found {
        Ok(to) => Written::Ref { to, by: "" },
        Err(why) => {
            known.lose("query", format!("its query names another object by the number {value}: {why}"));
            written(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::{Common, Name};
    use serde_json::json;

    static USED: Action = Action { common: Common::named("Used"), title: Name("Used"), ..Action::BLANK };
    static PROS: Cohort = Cohort { common: Common::named("Pros"), title: Name("Pros"), ..Cohort::BLANK };

    #[test]
    fn numbers_of_others_are_their_declarations() {
        let mut known = Known::default();
        known.keep("2", &USED);
        known.keep("2", &PROS);
        let raw = json!({ "kind": "TrendsQuery", "series": [{ "kind": "ActionsNode", "id": 2, "limit": 2 }],
            "properties": [{ "key": "id", "type": "cohort", "value": 2 }],
            "breakdownFilter": { "breakdown_type": "cohort", "breakdown": [2, "all"] } });
        let found = plg_core::Terms::from_iter([("query", query(&raw, &mut known).term())]).references();
        assert_eq!(found, ["action.Used", "cohort.Pros", "cohort.Pros"]);
        assert!(known.lost().is_empty());
        query(&json!({ "type": "cohort", "value": 3 }), &mut known);
        assert_eq!(known.lost().len(), 1);
    }
}
