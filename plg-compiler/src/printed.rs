//! What `import` prints is what the macro reads: whatever people wrote in the web app, it stays text.

use crate::errors::Errors;
use crate::{declarations, header, names, parse, rules};
use plg_core::linked::importers;
use plg_core::source::{LiveKind, write};
use plg_core::{Block, Declared, Given};
use proc_macro2::TokenStream;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr;

/// Text of anybody: of letters, of what Rust, Markdown, JSON and this language give a meaning, and of what nobody sees.
/// No API keeps a NUL character, so none has one.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "Größe",
        "売上",
        "🎉",
        " ",
        "\"",
        "'",
        "\\",
        "{",
        "}",
        "{}",
        "{{",
        "$env",
        "$ref",
        "${X}",
        "#",
        "r#\"",
        "\"#",
        "//",
        "/*",
        "*/",
        "///",
        "\n",
        "\r\n",
        "\t",
        "\u{202e}",
        "\u{200b}",
        "\u{a0}",
        "\u{1}",
        "<b>",
        "&amp;",
        "`",
        "%",
        "10%",
        ",",
        ":",
        ";",
        "[",
        "]",
        "(",
        ")",
        "env(\"A\")",
        "|",
        "\\u{41}",
        "\\n",
        "é",
        "e\u{301}",
        "self",
        "1",
        "-1",
    ]);
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

/// Any JSON, with keys of anybody.
fn anything() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        (-1e6..1e6_f64).prop_map(|n| json!((n * 8.0).round() / 8.0)),
        text().prop_map(Json::from),
    ];
    let keys = prop_oneof![Just("$env".to_owned()), Just("$ref".to_owned()), Just("get".to_owned()), text()];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((keys.clone(), inner), 0..4).prop_map(|all| Json::Object(all.into_iter().collect())),
        ]
    })
}

/// What a project may answer, kind by kind.
fn project() -> impl Strategy<Value = Vec<(&'static str, Json)>> {
    let texts = prop::collection::vec(text(), 12);
    (texts, anything(), anything(), any::<bool>()).prop_map(|(texts, payload, query, multivariate)| {
        let at = |n: usize| texts[n].as_str();
        let variants = if multivariate {
            json!([{ "key": "control", "rollout_percentage": 50 }, { "key": "b-2", "name": at(0), "rollout_percentage": 50 }])
        } else {
            json!([])
        };
        let key = if multivariate { "b-2" } else { "true" };
        let plan = json!({ "key": at(1), "type": "person", "operator": "exact", "value": [at(2), at(3)] });
        let flag = json!({
            "id": 1, "key": "a-flag", "name": at(4), "active": true, "deleted": false, "tags": [at(5)],
            "filters": {
                "groups": [{ "properties": [plan], "rollout_percentage": 12.5 }], "multivariate": { "variants": variants },
                "payloads": { key: payload.to_string() },
            },
        });
        let survey = json!({
            "id": "s1", "name": at(6), "description": at(7), "type": "popover", "schedule": "once",
            "questions": [
                { "type": "open", "question": at(8), "buttonText": at(9) },
                { "type": "single_choice", "question": at(10), "choices": [at(0), at(1)] },
                { "type": "rating", "question": at(2), "scale": 5, "lowerBoundLabel": at(3) },
            ],
            "conditions": { "url": at(4), "urlMatchType": "icontains" },
        });
        let insight = json!({
            "id": 3, "name": at(11), "description": at(0), "deleted": false, "dashboards": [4], "tags": [],
            "query": { "kind": "InsightVizNode", "source": { "kind": "PathsQuery", "more": query } },
        });
        let sql = json!({
            "id": 5, "name": "Sql", "deleted": false, "dashboards": [],
            "query": { "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery", "query": at(1) } },
        });
        vec![
            ("feature_flag", flag),
            ("survey", survey),
            ("dashboard", json!({ "id": 4, "name": at(5), "description": at(6), "pinned": false, "deleted": false })),
            ("insight", insight),
            ("insight", sql),
            ("cohort", json!({ "id": 6, "name": at(7), "description": at(8), "deleted": false, "is_static": false, "filters": { "properties": { "type": "AND", "values": [plan] } } })),
            ("annotation", json!({ "id": 7, "content": at(9), "date_marker": "2026-03-01T00:00:00Z", "scope": "project", "deleted": false, "hidden_in_user_interface": false })),
            ("action", json!({ "id": 8, "name": at(10), "description": at(11), "deleted": false, "steps": [{ "event": "$autocapture", "text": at(0), "selector": at(1) }] })),
        ]
    })
}

fn found(project: &[(&'static str, Json)]) -> Vec<LiveKind> {
    let of =
        |keyword: &'static str| project.iter().filter(move |(kind, _)| *kind == keyword).map(|(_, row)| row.clone());
    crate::tests::BOTH.link();
    importers()
        .map(|importer| {
            let spec = importer.spec;
            let rows: Vec<_> = of(spec.keyword).filter_map(|row| Some((spec.wire.read(row.clone())?, row))).collect();
            let answers: HashMap<_, _> = rows.iter().map(|(live, row)| (live.id.clone(), row.clone())).collect();
            LiveKind {
                spec,
                live: rows.into_iter().map(|(live, _)| live).collect(),
                answers,
                unlisted: Vec::new(),
                remembered: BTreeSet::new(),
            }
        })
        .collect()
}

/// The declarations in a source, as the macro reads them, and its mistakes.
fn read(source: &str) -> (Vec<Block>, Vec<String>) {
    let Ok(tokens) = TokenStream::from_str(source) else { return (Vec::new(), vec!["it is no Rust".to_owned()]) };
    let errors = &mut Errors::default();
    let stack = parse::stack(errors, tokens);
    let names = names::collect(errors, &crate::tests::BOTH, &stack);
    let header = header::read(errors, &crate::tests::BOTH, &stack, &names);
    let mut lowered = declarations::lower(errors, &stack, &names, &header);
    rules::check(errors, &stack, &names, &mut lowered, header.is_whole);
    (lowered.items.into_iter().filter_map(|item| item.block).collect(), errors.lines())
}

/// What is written, without where it is.
fn plain(given: &Given) -> String {
    match given {
        Given::List(list) => format!("{:?}", list.iter().map(|node| plain(&node.given)).collect::<Vec<_>>()),
        Given::Record(fields) => {
            let mut fields: Vec<_> = fields.iter().map(|(name, node)| (name, plain(&node.given))).collect();
            fields.sort();
            format!("{fields:?}")
        }
        // Import frees what nothing else of the project declares.
        Given::Case(word, Some(held)) if word == "anything" => format!("declared Some({:?})", plain(&held.given)),
        Given::Case(word, held) => format!("{word} {:?}", held.as_ref().map(|node| plain(&node.given))),
        Given::Map(all) => {
            format!("{:?}", all.iter().map(|(key, _, node)| (key, plain(&node.given))).collect::<Vec<_>>())
        }
        Given::Json(json) => json.to_string(),
        other => format!("{other:?}"),
    }
}

/// What of a declaration is not read as it was printed.
fn differs(item: &dyn Declared, read: &[Block]) -> Vec<String> {
    let block = item.block();
    let Some(back) = read.iter().find(|back| back.name == block.name && back.kind == block.kind) else {
        return vec![format!("{} is not there", block.name)];
    };
    let known = block.fields.iter().filter(|(name, ..)| name != "ignore");
    let other =
        known.filter(|(name, _, node)| back.get(name).map(|node| plain(&node.given)) != Some(plain(&node.given)));
    other
        .map(|(name, _, node)| {
            format!(
                "{}.{name}: {} is read as {:?}",
                block.name,
                plain(&node.given),
                back.get(name).map(|n| plain(&n.given))
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_wrote_is_read_back_as_they_wrote_it(project in project()) {
        let written = write(&found(&project), &BTreeMap::new(), &[]);
        let (blocks, errors) = read(&written.text);
        prop_assert_eq!(errors, Vec::<String>::new(), "{}", written.text);
        for item in written.items.iter().filter(|item| item.common().parent.is_none()) {
            prop_assert_eq!(differs(*item, &blocks), Vec::<String>::new(), "{}", written.text);
        }
    }
}
