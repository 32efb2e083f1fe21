use super::super::fixture::{block, case, list, mistakes, node, record, to, wanted, word};
use super::*;
use crate::kinds::{Kind, Place};
use plg_core::{Given, Node};

static PLANS: Object =
    Object { common: Common::named("Plans"), slug: Slug("plans"), singular: Name("Plan"), plural: Name("Plans") };
static CODE: Attribute = Attribute {
    common: Common::named("Code"),
    on: Place::declared(&PLANS),
    slug: Slug("code"),
    title: Name("Code"),
    unique: true,
    ..Attribute::BLANK
};
static SEATS: Attribute = Attribute {
    common: Common::named("Seats"),
    on: Place::declared(&PLANS),
    slug: Slug("seats"),
    title: Name("Seats"),
    holds: Holds::number,
    ..Attribute::BLANK
};
static PRO: Seed = Seed {
    common: Common::named("Pro"),
    of: &PLANS,
    by: &CODE,
    values: &[
        SeedEntry::value(SeedValue { of: &CODE, is: plg_core::Json::Text("pro") }),
        SeedEntry::value(SeedValue { of: &SEATS, is: plg_core::Json::Whole(5) }),
    ],
};

fn resolved() -> Map {
    let mut want = wanted(&PRO).fields;
    want.insert("on".into(), "o".into());
    want
}

fn answer(seats: Json) -> Live {
    let row = json!({ "data": {
        "id": { "workspace_id": "w", "object_id": "o", "record_id": "r" }, "created_at": "2026-05-16T00:00:00.000000000Z",
        "values": {
            "code": [{ "value": "pro", "attribute_type": "text" }],
            "seats": [{ "value": seats, "attribute_type": "number" }],
            "note": [{ "value": "typed by people", "attribute_type": "text" }],
        },
    } });
    Seed::SPEC.wire.read(row).unwrap()
}

#[test]
fn made_or_found_by_its_key_and_changed_by_its_id() {
    let (wire, want) = (Seed::SPEC.wire, resolved());
    assert_eq!(wanted(&PRO).after, ["attribute.Code", "attribute.Seats"]);
    let path = crate::kinds::attio::at!("objects/o/records");
    let body = json!({ "data": { "values": { "code": "pro", "seats": 5 } } });
    assert_eq!(wire.create(&want), Call::new("PUT", format!("{path}?matching_attribute=code"), body.clone()));
    let live = answer(json!(5.0));
    assert!(wire.same("values", &want["values"], &live.fields["values"]), "what people typed is no difference");
    let other = answer(json!(7));
    assert!(!wire.same("values", &want["values"], &other.fields["values"]));
    let prior = |live: Live| Prior { id: live.id, outputs: live.outputs, fields: live.fields };
    let part = json!({ "data": { "values": { "seats": 5 } } });
    let changed = ["values".to_owned()];
    assert_eq!(wire.update(&want, &changed, &prior(other)), Some(Call::new("PUT", format!("{path}/r"), part)));
    let prior = prior(live);
    assert_eq!(wire.update(&want, &changed, &prior), None);
    assert!(matches!(wire.remove(&prior), Removal::Keep(_)));
}

#[test]
fn values_are_equal_however_they_are_spelt() {
    let equal = |want: Json, live: Json| same_values(&want, &live);
    assert!(equal(json!("2026-01-01T10:00:00Z"), json!(["2026-01-01T10:00:00.000000000Z"])));
    assert!(equal(json!(["A", "B"]), json!(["B", "A"])));
    assert!(equal(Json::Null, json!([])));
    assert!(!equal(json!("a"), json!(["A"])));
    assert!(!equal(json!(["A"]), json!(["A", "B"])));
    assert_eq!(plain(&json!({ "option": { "title": "Gold" } })), "Gold");
    assert_eq!(plain(&json!({ "currency_value": 5, "currency_code": "EUR" })), 5);
}

#[test]
fn what_is_refused() {
    let value = |at: u32, of: &str, is: Term| {
        let fields = vec![("of", to(at, of)), ("is", node(at + 1, Given::Json(is)))];
        case(at, "value", record(at, fields))
    };
    let seed = |values: Vec<Node>| {
        block("seed", "Pro", vec![("of", to(2, "Plans")), ("by", to(3, "Code")), ("values", list(4, values))])
    };
    let on = |name: &str| case(1, "declared", to(1, name));
    let attribute = |name: &str, place: Node, holds: Node, unique: bool| {
        block("attribute", name, vec![("on", place), ("holds", holds), ("unique", node(1, Given::Bool(unique)))])
    };
    let (plans, others) = (block("object", "Plans", vec![]), block("object", "Others", vec![]));
    let code = attribute("Code", on("Plans"), word(1, "text"), true);
    let loose = attribute("Code", on("Plans"), word(1, "text"), false);
    let seats = attribute("Seats", on("Plans"), word(1, "number"), false);
    let away = attribute("Away", on("Others"), word(1, "number"), false);
    let owner = attribute("Owner", on("Plans"), word(1, "actor"), false);
    let world = [&plans, &others, &code, &seats, &away, &owner];
    let own = || value(10, "Code", Term::from("pro"));
    let found = |seed: &Block, world: &[&Block]| {
        let all: Vec<&Block> = world.iter().copied().chain([seed]).collect();
        mistakes("seed", seed, &all)
    };
    assert_eq!(found(&seed(vec![own(), value(20, "Seats", Term::from(5))]), &world), []);
    for (values, at, says) in [
        (vec![value(20, "Seats", Term::from(5))], 3, "no value identifies the record"),
        (vec![own(), value(20, "Seats", Term::from("five"))], 21, "`Seats` cannot hold"),
        (vec![own(), value(20, "Away", Term::from(5))], 20, "`Away` is on another object"),
        (vec![own(), value(20, "Owner", Term::from("me"))], 21, "`Owner` holds `actor`"),
    ] {
        let found = found(&seed(values), &world);
        assert!(found.len() == 1 && found[0].0 == at && found[0].1.starts_with(says), "{found:?}");
    }
    let found = found(&seed(vec![own()]), &[&plans, &loose]);
    assert!(found.len() == 1 && found[0].1.contains("is not unique, so it cannot identify a record"), "{found:?}");
}
