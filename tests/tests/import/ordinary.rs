//! What is ordinary is written in full, whoever made it: by hand, by an older web app, by another tool.

use plg_runtime::answers::import::{Imported, lines};
use serde_json::{Value, json};
use tests::bent::says;
use tests::stage::Stage;

mod nothing {
    plg::stack! { name: "ordinary", stages: { local: sandbox } }
}

const P: &str = "/api/projects/12345";

pub(crate) async fn imported(stage: &Stage) -> Imported {
    stage.reading(&nothing::STACK).await.import(&nothing::STACK).await.expect("something can be read")
}

/// How everything is told that is not in the source, but that this server has fewer lists than PostHog.
pub(crate) fn told(imported: &Imported) -> Vec<String> {
    let said = imported.said.iter().filter(|said| said.kind != "other kinds");
    said.map(|said| lines(said).join("\n")).collect()
}

fn flag(key: &str, filters: Value) -> (&'static str, Value) {
    ("feature_flags", json!({ "key": key, "name": "", "active": true, "filters": filters }))
}

fn survey(name: &str, question: Value) -> (&'static str, Value) {
    ("surveys", json!({ "name": name, "type": "popover", "questions": [question] }))
}

fn cohort(name: &str, properties: Value) -> (&'static str, Value) {
    ("cohorts", json!({ "name": name, "filters": { "properties": properties } }))
}

#[tokio::test]
async fn what_is_ordinary_is_written_in_full() {
    let everybody = json!([{ "properties": [], "rollout_percentage": 100 }]);
    let plan = json!({ "type": "person", "key": "plan", "operator": "exact", "value": ["pro"] });
    let seats = json!({ "type": "person", "key": "seats", "operator": "gt", "value": 1 });
    let half = |more: Value| {
        let variant = |key: &str| {
            let mut variant = json!({ "key": key, "rollout_percentage": 50 });
            variant.as_object_mut().expect("it is an object").extend(more.as_object().cloned().unwrap_or_default());
            variant
        };
        json!([variant("control"), variant("test")])
    };
    let multivariate =
        |more: Value| json!({ "groups": everybody, "multivariate": { "variants": half(more) }, "payloads": {} });
    for ((kind, body), wanted) in [
        (flag("no-names", multivariate(json!({}))), "variants: { control: 50%, test: 50% }"),
        (flag("empty-names", multivariate(json!({ "name": "" }))), "variants: { control: 50%, test: 50% }"),
        (flag("null-names", multivariate(json!({ "name": null }))), "variants: { control: 50%, test: 50% }"),
        (("feature_flags", json!({ "key": "bare" })), "feature_flag Bare {"),
        (survey("Plain", json!({ "type": "rating", "question": "How?", "scale": 5 })), "rating(\"How?\", scale: 5)"),
        (cohort("Leaves", json!({ "type": "OR", "values": [plan, seats] })), "any: [person(anything(\"plan\")"),
        (
            cohort("Leaf", json!({ "type": "AND", "values": [plan] })),
            "all: [person(anything(\"plan\"), is: [\"pro\"])]",
        ),
        (
            cohort("Mixed", json!({ "type": "AND", "values": [plan, { "type": "OR", "values": [seats, plan] }] })),
            "any [person(anything(\"seats\"), more_than: 1), person(anything(\"plan\"), is: [\"pro\"])]",
        ),
    ] {
        let stage = Stage::new().await;
        stage.click("POST", &format!("{P}/{kind}/"), &body);
        let imported = imported(&stage).await;
        assert_eq!(told(&imported), [""; 0], "{body}\n{}", imported.source);
        assert_eq!(imported.unproved, [""; 0], "{body}\n{}", imported.source);
        assert!(imported.source.contains(wanted), "{wanted}\n{}", imported.source);
    }
}

/// Answers that a server gives which has kept something since long ago.
#[tokio::test]
async fn what_was_saved_long_ago_is_written_in_full() {
    let flag = |filters: Value, share: Value| json!({ "id": 7, "key": "old", "name": "", "active": true, "deleted": false, "filters": filters, "rollout_percentage": share });
    let cohort = |more: Value| {
        let mut cohort = json!({ "id": 7, "name": "Old", "description": "", "deleted": false, "is_static": false });
        cohort.as_object_mut().expect("it is an object").extend(more.as_object().cloned().unwrap_or_default());
        cohort
    };
    let plan = json!({ "key": "plan", "type": "person", "value": "pro" });
    for (kind, row, wanted) in [
        ("feature_flags", flag(json!({}), json!(null)), "rollout: 100%"),
        ("feature_flags", flag(json!({ "groups": [] }), json!(null)), "rollout: 0%"),
        ("feature_flags", flag(json!(null), json!(25)), "rollout: 25%"),
        (
            "feature_flags",
            flag(json!({ "properties": [plan] }), json!(30)),
            "release: [{ to: [person(anything(\"plan\"), is: [\"pro\"])], rollout: 30% }]",
        ),
        (
            "cohorts",
            cohort(json!({ "filters": { "properties": [plan] } })),
            "all: [person(anything(\"plan\"), is: [\"pro\"])]",
        ),
        (
            "cohorts",
            cohort(json!({ "filters": {}, "groups": [{ "properties": [plan] }, { "properties": [plan, plan] }] })),
            "any: [\n            all [person(anything(\"plan\"), is: [\"pro\"])],",
        ),
        (
            "cohorts",
            cohort(json!({ "filters": null, "groups": [{ "properties": [{ "key": "plan", "value": ["a"] }] }] })),
            "all [person(anything(\"plan\"), is: [\"a\"])]",
        ),
    ] {
        let mut stage = Stage::new().await;
        let of = format!("/{kind}/");
        let answer = json!({ "count": 1, "next": null, "previous": null, "results": [row] });
        stage.bend(move |request, _| request.url.contains(&of).then(|| Ok(says(200, &answer))));
        let imported = imported(&stage).await;
        assert_eq!(told(&imported), [""; 0], "{row}\n{}", imported.source);
        assert_eq!(imported.unproved, [""; 0], "{row}\n{}", imported.source);
        assert!(imported.source.contains(wanted), "{wanted}\n{}", imported.source);
    }
}

/// Titles without a letter that Rust has are named as programs name the object.
#[tokio::test]
async fn names_are_made_of_slugs_where_titles_have_no_letters() {
    let stage = Stage::new().await;
    for (slug, title) in [("revenue", "売上"), ("score_5", "5"), ("mood", "🎉")] {
        let data = json!({
            "api_slug": slug, "title": title, "type": "text", "description": null, "is_required": false,
            "is_unique": false, "is_multiselect": false, "config": {},
        });
        stage.click("POST", "/v2/objects/people/attributes", &json!({ "data": data }));
    }
    let imported = imported(&stage).await;
    for name in ["attribute Revenue {", "attribute Score5 {", "attribute Mood {"] {
        assert!(imported.source.contains(name), "{name}\n{}", imported.source);
    }
    assert_eq!((told(&imported), &imported.unproved), (Vec::new(), &Vec::new()));
}
