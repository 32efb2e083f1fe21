//! What queries and conditions refer to.

use plg_core::mention::{Mention, id, ids, key};
use serde_json::Value as Json;

/// The kinds that PostHog's queries and conditions can refer to.
pub(crate) const IN_QUERIES: &[&str] = &["event", "action", "cohort", "feature_flag"];

/// Every reference in a query, a metric, or conditions of PostHog, at any depth.
pub(crate) fn in_query(json: Option<&Json>) -> Vec<Mention> {
    let mut found = Vec::new();
    if let Some(json) = json {
        walk(json, &mut found);
    }
    found.sort();
    found.dedup();
    found
}

fn walk(json: &Json, found: &mut Vec<Mention>) {
    let map = match json {
        Json::Array(list) => return list.iter().for_each(|value| walk(value, found)),
        Json::Object(map) => map,
        _ => return,
    };
    let says = |key: &str| map.get(key).and_then(Json::as_str).unwrap_or_default();
    match says("kind") {
        "EventsNode" => found.extend(key("event", map.get("event"))),
        "ActionsNode" => found.extend(id("action", map.get("id"))),
        _ => {}
    }
    match says("type") {
        "events" => found.extend(key("event", map.get("id"))),
        "actions" => found.extend(id("action", map.get("id"))),
        "cohort" => {
            found.extend(id("cohort", map.get("value")));
            found.extend(ids("cohort", map.get("value")));
        }
        // What a flag was stands in a property of the event.
        "feature" => found.extend(feature(says("key")).and_then(|flag| key("feature_flag", Some(&flag)))),
        // A condition on another flag names it by its id.
        "flag" => found.extend(id("feature_flag", map.get("key"))),
        "behavioral" if says("event_type") == "actions" => found.extend(id("action", map.get("key"))),
        "behavioral" => found.extend(key("event", map.get("key"))),
        _ => {}
    }
    // What people of a cohort did after it.
    match says("seq_event_type") {
        "events" => found.extend(key("event", map.get("seq_event"))),
        "actions" => found.extend(id("action", map.get("seq_event"))),
        _ => {}
    }
    found.extend(id("insight_variable", map.get("variableId")));
    match says("breakdown_type") {
        "cohort" => found.extend(ids("cohort", map.get("breakdown"))),
        "event" => found.extend(feature(says("breakdown")).and_then(|flag| key("feature_flag", Some(&flag)))),
        _ => {}
    }
    map.values().for_each(|value| walk(value, found));
}

/// The key of the flag that a property tells about.
fn feature(property: &str) -> Option<Json> {
    property.strip_prefix("$feature/").map(Json::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::mention::MentionedBy;
    use serde_json::json;

    #[test]
    fn cohorts_name_both_things_that_people_did() {
        let did = json!({ "type": "behavioral", "key": "used", "event_type": "events", "seq_event": 7, "seq_event_type": "actions" });
        let mention = |kind, by| Mention { kind, by };
        assert_eq!(
            in_query(Some(&did)),
            [mention("action", MentionedBy::Id("7".into())), mention("event", MentionedBy::Key("used".into()))]
        );
    }

    #[test]
    fn queries_name_what_they_count_and_whom() {
        let query = json!({ "kind": "InsightVizNode", "source": {
            "series": [{ "kind": "EventsNode", "event": "used" }, { "kind": "ActionsNode", "id": 7 }, { "kind": "EventsNode", "event": null }],
            "properties": { "values": [{ "type": "cohort", "key": "id", "value": 3 }, { "type": "flag", "key": "12", "value": true }] },
            "retentionFilter": { "targetEntity": { "id": "used", "type": "events" } },
        } });
        let mention = |kind, by| Mention { kind, by };
        assert_eq!(
            in_query(Some(&query)),
            [
                mention("action", MentionedBy::Id("7".into())),
                mention("cohort", MentionedBy::Id("3".into())),
                mention("event", MentionedBy::Key("used".into())),
                mention("feature_flag", MentionedBy::Id("12".into())),
            ]
        );
        assert_eq!(in_query(None), []);
    }
}
