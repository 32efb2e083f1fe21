//! Random projects and workspaces, imported and deployed into an empty account: what is there then is what was there,
//! but for ids, times and the keys that the import named. And no key is named that would have been made again.

use super::ordinary::imported;
use plg_core::source::Fate;
use plg_core::{Declared, Stack, StackItems};
use plg_runtime::answers::import::Imported;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::stage::Stage;

const P: &str = "/api/projects/12345";

/// Choices that follow from a seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ (x >> 31)) >> 33).unwrap_or_default()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.next().is_multiple_of(count)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.next() % all.len()]
    }

    /// A text that people write, and that is another each time.
    fn text(&mut self) -> String {
        let odd = ["Größe", "\"quoted\"", "{braces}", "10% 🎉", "a\\b", "売上", "it's", "#1 // no", "Plan"];
        format!("{} {}", self.of(&odd), self.next() % 100_000)
    }
}

fn with(mut body: Value, more: Value) -> Value {
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

fn person(dice: &mut Dice) -> Value {
    let (operator, value) = match dice.next() % 6 {
        0 => ("exact", json!([dice.text(), "pro"])),
        1 => ("is_not", json!([dice.text()])),
        2 => ("icontains", json!(dice.text())),
        3 => ("gt", json!((dice.next() % 50).to_string())),
        4 => ("is_set", json!("is_set")),
        _ => ("not_icontains", json!(dice.text())),
    };
    json!({ "key": dice.of(&["plan", "seats", "$browser", "größe"]), "type": "person", "operator": operator, "value": value })
}

fn some<T>(dice: &mut Dice, most: usize, mut make: impl FnMut(&mut Dice) -> T) -> Vec<T> {
    let count = dice.next() % (most + 1);
    (0..count).map(|_| make(dice)).collect()
}

fn flag(dice: &mut Dice, key: &str, cohorts: &[Value]) -> Value {
    let mut groups = some(dice, 2, |dice| {
        let mut properties = vec![person(dice)];
        if !cohorts.is_empty() && dice.one_in(2) {
            properties.push(json!({ "key": "id", "type": "cohort", "operator": "in", "value": dice.of(cohorts) }));
        }
        let mut group = json!({ "properties": properties, "rollout_percentage": dice.next() % 101 });
        if dice.one_in(6) {
            group["description"] = json!(dice.text());
        }
        group
    });
    groups.push(json!({ "properties": [], "rollout_percentage": dice.next() % 101 }));
    let mut filters = json!({ "groups": groups });
    if dice.one_in(2) {
        let named = dice.of(&[json!({}), json!({ "name": "" }), json!({ "name": null })]).clone();
        filters["multivariate"] = json!({ "variants": [
            with(json!({ "key": "control", "rollout_percentage": 40 }), named.clone()),
            with(json!({ "key": "test-1", "rollout_percentage": 60 }), if dice.one_in(4) { json!({ "name": "Called so" }) } else { named }),
        ] });
        if dice.one_in(2) {
            filters["payloads"] =
                json!({ "control": json!({ "text": dice.text(), "n": [1, 2.5, null, true] }).to_string() });
        }
    } else if dice.one_in(2) {
        filters["payloads"] = json!({ "true": json!({ dice.text(): dice.text() }).to_string() });
    }
    json!({
        "key": key, "name": if dice.one_in(2) { dice.text() } else { String::new() }, "active": !dice.one_in(4),
        "ensure_experience_continuity": dice.one_in(4), "tags": some(dice, 2, |dice| dice.of(&["growth", "a"]).to_string()),
        "filters": filters,
    })
}

fn cohort(dice: &mut Dice, name: &str) -> Value {
    let leaves = |dice: &mut Dice| [vec![person(dice)], some(dice, 1, person)].concat();
    let word = *dice.of(&["AND", "OR"]);
    // Conditions in no group are made again in one, as other tests have it.
    let mut values = vec![json!({ "type": word, "values": leaves(dice) })];
    if dice.one_in(3) {
        values.push(json!({ "type": "AND", "values": leaves(dice) }));
    }
    json!({ "name": name, "description": if dice.one_in(2) { dice.text() } else { String::new() },
            "filters": { "properties": { "type": word, "values": values } } })
}

fn insight(dice: &mut Dice, name: &str, dashboards: &[Value]) -> Value {
    let node = |dice: &mut Dice| {
        let event = *dice.of(&["$pageview", "signed up", "Bücher"]);
        let math = *dice.of(&["total", "dau", "weekly_active"]);
        json!({ "kind": "EventsNode", "event": event, "name": event, "math": math })
    };
    let series = [vec![node(dice)], some(dice, 2, node)].concat();
    let mut source = match dice.next() % 3 {
        0 => json!({ "kind": "PathsQuery", "pathsFilter": { "includeEventTypes": ["$pageview"], "edgeLimit": 50 } }),
        1 => {
            json!({ "kind": "TrendsQuery", "series": series, "interval": "week", "trendsFilter": { "display": "ActionsBar" } })
        }
        _ => json!({ "kind": "TrendsQuery", "series": series, "interval": "day", "filterTestAccounts": true }),
    };
    if dice.one_in(4) && source["kind"] == "TrendsQuery" {
        source["trendsFilter"]["showLegend"] = json!(true);
    }
    source["dateRange"] = json!({ "date_from": dice.of(&["-7d", "-30d", "-90d"]) });
    json!({
        "name": name, "description": dice.text(), "saved": true, "favorited": dice.one_in(6),
        "dashboards": if dice.one_in(2) { dashboards } else { &[] },
        "query": { "kind": "InsightVizNode", "source": source },
    })
}

fn survey(dice: &mut Dice, name: &str, flags: &[Value]) -> Value {
    let question = |dice: &mut Dice| {
        let text = dice.text();
        let mut question = match dice.next() % 4 {
            0 => json!({ "type": "open", "question": text }),
            1 => json!({ "type": "link", "question": text, "link": "https://example.com/a?b=c" }),
            2 => with(
                json!({ "type": "rating", "question": text, "scale": 5, "lowerBoundLabel": "no" }),
                if dice.one_in(2) { json!({}) } else { json!({ "display": dice.of(&["number", "emoji"]) }) },
            ),
            _ => {
                json!({ "type": "single_choice", "question": text, "choices": [dice.text(), "B"], "hasOpenChoice": dice.one_in(2) })
            }
        };
        if dice.one_in(3) {
            question["optional"] = json!(true);
        }
        if dice.one_in(5) {
            question["translations"] = json!({ "de": { "question": "Warum?" } });
        }
        question
    };
    let questions = [vec![question(dice)], some(dice, 2, question)].concat();
    let mut body = json!({
        "name": name, "type": "popover", "description": dice.text(), "questions": questions,
    });
    if dice.one_in(3) {
        body["conditions"] = json!({ "url": "/app", "urlMatchType": "icontains", "seenSurveyWaitPeriodInDays": 30 });
    }
    if !flags.is_empty() && dice.one_in(3) {
        body["linked_flag_id"] = dice.of(flags).clone();
    }
    if dice.one_in(3) {
        body["targeting_flag_filters"] =
            json!({ "groups": [{ "properties": [person(dice)], "rollout_percentage": 100 }] });
    }
    if dice.one_in(3) {
        body["appearance"] = json!({ "position": "left", "backgroundColor": "#fff" });
    }
    if dice.one_in(4) {
        body["enable_partial_responses"] = json!(true);
    }
    body
}

/// Fills an account.
fn fill(stage: &Stage, seed: u64) {
    let dice = &mut Dice(seed);
    let post = |kind: &str, body: &Value| stage.click("POST", &format!("{P}/{kind}/"), body)["id"].clone();
    let names = |what: &str, count: usize| (0..count).map(|n| format!("{what} {n} „x“")).collect::<Vec<_>>();
    let count = |dice: &mut Dice| dice.next() % 4;
    let cohorts: Vec<Value> =
        names("People", count(dice)).iter().map(|name| post("cohorts", &cohort(dice, name))).collect();
    let flags: Vec<Value> =
        (0..count(dice)).map(|n| post("feature_flags", &flag(dice, &format!("flag-{n}"), &cohorts))).collect();
    let boards: Vec<Value> = names("Board", count(dice))
        .iter()
        .map(|name| post("dashboards", &json!({ "name": name, "description": dice.text(), "pinned": dice.one_in(2) })))
        .collect();
    for name in names("Chart", count(dice)) {
        post("insights", &insight(dice, &name, &boards));
    }
    if let (Some(board), true) = (boards.first(), dice.one_in(3)) {
        stage.click(
            "PATCH",
            &format!("{P}/dashboards/{board}/"),
            &json!({ "tiles": [{ "text": { "body": dice.text() } }] }),
        );
    }
    for name in names("Survey", count(dice)) {
        post("surveys", &survey(dice, &name, &flags));
    }
    for name in names("Note", count(dice)) {
        post("annotations", &json!({ "content": name, "date_marker": "2026-03-01T10:00:00Z", "scope": "project" }));
    }
    for name in names("Click", count(dice)) {
        let url = json!({ "event": "$pageview", "url": "/pricing", "url_matching": dice.of(&["contains", "exact", "regex"]) });
        let click = json!({ "event": "$autocapture", "text": dice.text(), "tag_name": "button" });
        post("actions", &json!({ "name": name, "description": dice.text(), "steps": [url, click] }));
    }
    for n in 0..count(dice) {
        let ty = *dice.of(&["text", "number", "select", "date"]);
        let object = *dice.of(&["people", "companies"]);
        let data = json!({
            "api_slug": format!("a_{n}"), "title": dice.text(), "type": ty, "description": if dice.one_in(2) { Value::Null } else { json!(dice.text()) },
            "is_required": false, "is_unique": false, "is_multiselect": ty == "select" && dice.one_in(2), "config": {},
        });
        let path = format!("/v2/objects/{object}/attributes");
        stage.click("POST", &path, &json!({ "data": data }));
        for title in ["High", "low!", "10%"].iter().filter(|_| ty == "select") {
            stage.click("POST", &format!("{path}/a_{n}/options"), &json!({ "data": { "title": title } }));
        }
    }
}

/// Keys that say who, when or by which number, or what others work out or say.
const PASSING: &[&str] = &[
    "id",
    "uuid",
    "short_id",
    "team_id",
    "created_at",
    "updated_at",
    "last_modified_at",
    "created_by",
    "updated_by",
    "last_modified_by",
    "last_calculated_at",
    "last_calculation",
    "version",
    "pending_version",
    "bytecode",
    "conditionHash",
    "count",
    "cohort_type",
    "errors_calculating",
    "is_calculating",
    "internal_targeting_flag",
    "feature_flag_keys",
    "surveys",
    "experiment_set",
    "dashboard_tiles",
    "dashboard_id",
    "order",
    "insight",
    "actions",
    "linked_flag",
    "cohort_name",
    "linked_flag_id",
    "usage_dashboard",
    "last_accessed_at",
    "status",
];

/// An answer without what differs from account to account.
fn scrubbed(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let is_cohort = map.get("type") == Some(&json!("cohort"));
            let kept = map.iter().filter(|(key, _)| !(PASSING.contains(&key.as_str()) || is_cohort && *key == "value"));
            Value::Object(
                kept.map(|(key, value)| {
                    (
                        key.clone(),
                        if key == "dashboards" { json!(value.as_array().map(Vec::len)) } else { scrubbed(value) },
                    )
                })
                .collect::<Map<_, _>>(),
            )
        }
        Value::Array(list) => list.iter().map(scrubbed).collect(),
        Value::String(text) if text.len() == 36 && text.matches('-').count() == 4 => json!("an id"),
        other => other.clone(),
    }
}

/// Everything in an account that people made, by kind and by what people call it.
fn everything(stage: &Stage) -> BTreeMap<(String, String), Value> {
    let mut all = BTreeMap::new();
    for (kind, path, name, detail) in [
        ("cohort", "cohorts", "name", false),
        ("feature_flag", "feature_flags", "key", true),
        ("dashboard", "dashboards", "name", true),
        ("insight", "insights", "name", false),
        ("survey", "surveys", "name", false),
        ("annotation", "annotations", "content", false),
        ("action", "actions", "name", false),
    ] {
        let rows = stage.look(&format!("{P}/{path}/?limit=100"));
        for row in rows["results"].as_array().cloned().unwrap_or_default() {
            let called = row[name].as_str().unwrap_or_default().to_owned();
            if called.starts_with("survey-targeting-") {
                continue;
            }
            let id = row["id"].to_string();
            let row = if detail { stage.look(&format!("{P}/{path}/{}/", id.trim_matches('"'))) } else { row };
            all.insert((kind.to_owned(), called), scrubbed(&row));
        }
    }
    for object in ["people", "companies"] {
        let rows = stage.look(&format!("/v2/objects/{object}/attributes?limit=100"));
        for row in rows["data"].as_array().cloned().unwrap_or_default() {
            let slug = row["api_slug"].as_str().unwrap_or_default().to_owned();
            let path = format!("/v2/objects/{object}/attributes/{slug}/options");
            let options = if row["type"] == "select" { stage.look(&path)["data"].clone() } else { Value::Null };
            all.insert(
                ("attribute".to_owned(), format!("{object} {slug}")),
                scrubbed(&with(row, json!({ "options": options }))),
            );
        }
    }
    all
}

/// What PostHog takes where a query says nothing, and plg writes.
const USUAL: &[(&str, &str)] = &[("trendsFilter.display", "\"ActionsLineGraph\""), ("pathsFilter.stepLimit", "5")];

fn is_usual(path: &str, said: &Value) -> bool {
    let text = said.to_string();
    USUAL.iter().any(|(key, usual)| path.ends_with(key) && text == *usual)
}

/// Where two answers differ, without places in lists.
fn differences(path: &str, a: &Value, b: &Value, found: &mut BTreeSet<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let of = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                differences(&below(key), &of(a), &of(b), found);
            }
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y).for_each(|(x, y)| differences(path, x, y, found));
        }
        _ if says_nothing(a) && says_nothing(b) => {}
        (Value::Null, said) if is_usual(path, said) => {}
        (Value::Null, Value::Object(looks)) if path.ends_with("Filter") => {
            looks.iter().for_each(|(key, look)| differences(&below(key), &Value::Null, look, found));
        }
        // A tile without a place is drawn where the web app puts it; a new tile gets a place of its own.
        (Value::Null, Value::Object(_)) if path == "tiles.layouts.sm" => {}
        // PostHog names the flag behind a survey's conditions by chance.
        (Value::String(_), Value::String(_)) if path == "targeting_flag.key" => {}
        // The web app copies the wide place of what it puts there itself: a narrow screen has one column.
        (Value::Object(copied), Value::Null) if path == "tiles.layouts.xs" && copied["w"] != 1 => {}
        _ if a == b || a.as_f64().is_some_and(|a| Some(a) == b.as_f64()) => {}
        // A number that is compared with is the same as its text.
        (Value::Number(a), Value::String(b)) if a.to_string() == *b => {}
        // A rating shows numbers unless it says otherwise.
        (Value::Null, Value::String(b)) if path == "questions.display" && b == "number" => {}
        _ => {
            found.insert(path.to_owned());
        }
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(says_nothing),
        _ => false,
    }
}

/// The keys that an import named, by kind and by what people call the object.
fn named(
    imported: &Imported,
    all: &BTreeMap<(String, String), Value>,
    stage: &Stage,
) -> BTreeMap<(String, String), Vec<String>> {
    let mut out = BTreeMap::new();
    for gap in imported.said.iter().filter(|gap| gap.fate == Fate::Partly) {
        let called = all.keys().find(|(kind, name)| *kind == gap.kind && id_of(stage, kind, name) == gap.id);
        out.insert(called.cloned().unwrap_or_else(|| panic!("{gap:?} is about nothing")), gap.keys.clone());
    }
    out
}

fn id_of(stage: &Stage, kind: &str, name: &str) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if kind == "attribute" {
        let (object, slug) = name.split_once(' ').unwrap_or_default();
        return text(&stage.look(&format!("/v2/objects/{object}/attributes/{slug}"))["data"]["id"]["attribute_id"]);
    }
    let path = match kind {
        "feature_flag" => "feature_flags".to_owned(),
        _ => format!("{kind}s"),
    };
    let rows = stage.look(&format!("{P}/{path}/?limit=100"));
    let rows = rows["results"].as_array().cloned().unwrap_or_default();
    let found = rows.iter().find(|row| ["key", "name", "content"].iter().any(|key| row[*key] == name));
    found.map(|row| text(&row["id"])).unwrap_or_default()
}

fn stack(items: &[&'static dyn Declared]) -> &'static Stack {
    let head = &super::HEAD;
    Box::leak(Box::new(Stack {
        name: head.name,
        stages: head.stages,
        items: StackItems::of(items.to_vec()),
        overrides: &[],
        parts: &[],
        providers: head.providers,
        accounts: &[],
        folder: "",
        ..Stack::NOTHING
    }))
}

async fn goes_round(seed: u64) {
    let first = Stage::new().await;
    fill(&first, seed);
    let imported = imported(&first).await;
    assert_eq!(imported.unproved, [""; 0], "seed {seed}\n{}", imported.source);
    let before = everything(&first);
    let named = named(&imported, &before, &first);

    let mut second = Stage::new().await;
    second.deploy(stack(&imported.items)).await;
    let after = everything(&second);
    for (key, before) in &before {
        let after = after.get(key).unwrap_or_else(|| panic!("seed {seed}: {key:?} is not there\n{}", imported.source));
        let mut differ = BTreeSet::new();
        differences("", before, after, &mut differ);
        let named = named.get(key).cloned().unwrap_or_default();
        let is_below = |path: &str, key: &str| {
            path == key || path.starts_with(&format!("{key}.")) || key.starts_with(&format!("{path}."))
        };
        let silent: Vec<&String> = differ.iter().filter(|path| !named.iter().any(|key| is_below(path, key))).collect();
        assert!(
            silent.is_empty(),
            "seed {seed}: {key:?} differs silently at {silent:?}\n{before}\n{after}\n{}",
            imported.source
        );
        let needless: Vec<&String> =
            named.iter().filter(|key| !differ.iter().any(|path| is_below(path, key))).collect();
        assert!(needless.is_empty(), "seed {seed}: {key:?}: {needless:?} are made again\n{before}\n{after}");
    }

    // What was declared is what an import of the second account declares, and nothing of it is left out.
    second.forget();
    let again = super::ordinary::imported(&second).await;
    assert_eq!(again.unproved, [""; 0], "seed {seed}\n{}", again.source);
    assert_eq!(super::ordinary::told(&again), [""; 0], "seed {seed}\n{}", again.source);
    let declared = |imported: &Imported| -> BTreeMap<String, String> {
        let items = imported.items.iter().filter(|item| item.common().parent.is_none());
        items.map(|item| (item.address(), format!("{:?} {}", item.block().fields, item.common().doc))).collect()
    };
    let (declared, found) = (declared(&imported), declared(&again));
    for (address, says) in declared.iter().filter(|(address, _)| !address.starts_with("event.")) {
        // What was left to people is as the source has it there.
        let is_partly = imported.said.iter().any(|gap| address.ends_with(&gap.name));
        if !is_partly {
            assert_eq!(found.get(address), Some(says), "seed {seed}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn a_random_account_is_written_and_made_again(seed in any::<u64>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(goes_round(seed));
    }
}
