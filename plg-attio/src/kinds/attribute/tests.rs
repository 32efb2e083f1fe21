use super::super::fixture::{block, case, mistakes, node, to, word};
use super::*;
use crate::kinds::fixture::wanted;
use crate::kinds::{Kind, List, On, SelectOption};

static TRIAL: SelectOption = SelectOption {
    common: Common::named("Stage.Trial").handled(&Handling { parent: Some(&STAGE), ..Handling::PLAIN }),
    title: Name("Trial"),
};
static STAGE: Attribute = Attribute {
    common: Common { doc: "Where they stand.", ..Common::named("Stage") },
    on: Place::companies,
    slug: Slug("lifecycle_stage"),
    title: Name("Lifecycle Stage"),
    holds: Holds::select(Items(&[&TRIAL])),
    multiple: Attribute::multiple,
    required: Attribute::required,
    unique: Attribute::unique,
    default: Attribute::default,
    back: Attribute::back,
};
static PRICE: Attribute = Attribute {
    common: Common::named("Price")
        .handled(&Handling { extra: &[("is_fancy", plg_core::Json::Bool(true))], ..Handling::PLAIN }),
    on: Place::deals,
    slug: Slug("price"),
    title: Name("Price"),
    holds: Holds::currency(Currency { code: CurrencyCode::EUR, shows: CurrencyDisplay::narrow_symbol }),
    required: true,
    default: Some(DefaultValue::value(plg_core::Json::Whole(5))),
    ..copy()
};
static TEAM: Attribute = Attribute {
    common: Common::named("Team"),
    holds: Holds::record(RecordReference { to: &[On::people, On::companies] }),
    multiple: true,
    default: Some(DefaultValue::after(Span { count: 1, unit: Unit::weeks })),
    ..copy()
};

const fn copy() -> Attribute {
    Attribute {
        common: Common::named("Copy"),
        on: Place::deals,
        slug: Slug("copy"),
        title: Name("Copy"),
        holds: Holds::text,
        multiple: Attribute::multiple,
        required: Attribute::required,
        unique: Attribute::unique,
        default: Attribute::default,
        back: Attribute::back,
    }
}

fn wire() -> &'static dyn Wire {
    Attribute::SPEC.wire
}

/// As the runtime resolves it.
fn resolved(attribute: &Attribute) -> Map {
    let mut want = wanted(attribute).fields;
    want.insert("on".into(), json!("o"));
    want
}

fn differences(want: &Map, live: &Live) -> Vec<String> {
    want.iter()
        .filter(|(field, _)| !wire().parents().contains(&field.as_str()))
        .filter(|(field, value)| !wire().same(field, value, live.fields.get(*field).unwrap_or(&Json::Null)))
        .map(|(field, _)| field.clone())
        .collect()
}

#[test]
fn a_request_has_every_required_key_and_no_other() {
    assert_eq!(wanted(&STAGE).fields["on"], json!({ "$ref": "object.companies", "get": "id" }));
    let call = wire().create(&resolved(&STAGE));
    assert_eq!((call.method, call.path.as_str()), ("POST", crate::kinds::attio::at!("objects/o/attributes")));
    assert_eq!(
        call.body,
        Some(json!({ "data": {
            "title": "Lifecycle Stage", "description": "Where they stand.", "api_slug": "lifecycle_stage", "type": "select",
            "is_required": false, "is_unique": false, "is_multiselect": false, "config": {},
        } }))
    );
    let call = wire().create(&resolved(&PRICE));
    assert_eq!(
        call.body,
        Some(json!({ "data": {
            "title": "Price", "description": "", "api_slug": "price", "type": "currency",
            "is_required": true, "is_unique": false, "is_multiselect": false, "is_fancy": true,
            "config": { "currency": { "default_currency_code": "EUR", "display_type": "narrowSymbol" } },
            "default_value": { "type": "static", "template": [{ "value": 5 }] },
        } }))
    );
}

#[test]
fn what_the_api_adds_is_no_difference() {
    let live = wire()
        .read(json!({ "data": {
            "id": { "workspace_id": "w", "object_id": "o", "attribute_id": "a" }, "title": "Price", "description": null,
            "api_slug": "price", "type": "currency", "is_system_attribute": false, "is_writable": true, "is_required": true,
            "is_unique": false, "is_multiselect": false, "is_default_value_enabled": true, "is_archived": false, "is_fancy": true,
            "default_value": { "type": "static", "template": [{ "value": 5, "attribute_type": "currency" }] },
            "relationship": null, "created_at": "2025-07-27T14:06:20.785000000Z",
            "config": { "currency": { "default_currency_code": "EUR", "display_type": "narrowSymbol" }, "record_reference": { "allowed_object_ids": null } },
        } }))
        .unwrap();
    assert_eq!(differences(&resolved(&PRICE), &live), Vec::<String>::new());
    assert_eq!(Json::Object(live.outputs.clone()), json!({ "id": "a", "object": "o", "slug": "price" }));
    assert_eq!(live.created.as_deref(), Some("2025-07-27T14:06:20.785000000Z"));
    assert!(!live.archived && !live.system);

    let mut clicked = live;
    clicked.fields.insert("default_value".into(), Json::Null);
    clicked.fields.insert("description".into(), "Amount".into());
    assert_eq!(differences(&resolved(&PRICE), &clicked), ["description", "default_value"]);
}

#[test]
fn objects_are_a_set_and_durations_lengths() {
    let mut want = resolved(&TEAM);
    want.insert("config".into(), json!({ "record_reference": { "allowed_objects": ["p", "c"] } }));
    let row = |ids: Json, template: &str| {
        json!({
            "id": { "object_id": "o", "attribute_id": "a" }, "title": "Copy", "description": "", "api_slug": "copy",
            "type": "record-reference", "is_required": false, "is_unique": false, "is_multiselect": true,
            "default_value": { "type": "dynamic", "template": template },
            "config": { "currency": { "default_currency_code": null, "display_type": null }, "record_reference": { "allowed_object_ids": ids } },
        })
    };
    let live = wire().read(row(json!(["c", "p"]), "P0Y0M7DT0H0M0S")).unwrap();
    assert_eq!(differences(&want, &live), Vec::<String>::new());
    let live = wire().read(row(Json::Null, "P8D")).unwrap();
    assert_eq!(differences(&want, &live), ["config", "default_value"]);
}

#[test]
fn what_is_there_already_is_only_found() {
    static OWN: Attribute =
        Attribute { common: Common::named("Own").handled(&Handling { existing: true, ..Handling::PLAIN }), ..copy() };
    let fields: Vec<String> = wanted(&OWN).fields.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields.len(), 3);
    assert!(fields.contains(&"on".to_owned()) && fields.contains(&"api_slug".to_owned()));
}

#[test]
fn changes_archives_and_moves_out_of_the_way() {
    let want = resolved(&STAGE);
    let prior = Prior {
        id: "a".into(),
        outputs: Map::from_iter([("object".to_owned(), json!("o"))]),
        fields: Map::from_iter(want.iter().filter(|(f, _)| *f != "title").map(|(k, v)| (k.clone(), v.clone()))),
    };
    let path = crate::kinds::attio::at!("objects/o/attributes/a");
    let call = wire().update(&want, &["title".into(), "type".into()], &prior);
    assert_eq!(call, Some(Call::new("PATCH", path, json!({ "data": { "title": "Lifecycle Stage" } }))));
    assert_eq!(wire().update(&want, &["type".into(), "on".into()], &prior), None);
    assert_eq!(
        wire().revive(&want, &prior),
        Some(Call::new("PATCH", path, json!({ "data": { "title": "Lifecycle Stage", "is_archived": false } })))
    );
    assert_eq!(
        wire().remove(&prior),
        Removal::Archive(Call::new("PATCH", path, json!({ "data": { "is_archived": true } })))
    );
    assert_eq!(
        wire().retire(&prior, "7F-2"),
        Some(Call::new(
            "PATCH",
            path,
            json!({ "data": { "api_slug": "lifecycle_stage_archived_7f_2", "is_archived": true } })
        ))
    );
    let long = wire().retire(&prior, &"x".repeat(50)).unwrap().body.unwrap();
    assert!(long["data"]["api_slug"].as_str().is_some_and(|slug| slug.len() <= 64));
}

#[test]
fn attributes_of_lists_have_paths_of_their_own() {
    static TARGETS: List = List {
        common: Common::named("Targets"),
        slug: Slug("targets"),
        title: Name("Targets"),
        of: On::companies,
        access: List::access,
        ..List::BLANK
    };
    static FIT: Attribute = Attribute { on: Place::declared(&TARGETS), slug: Slug("fit"), ..copy() };
    let want = wanted(&FIT).fields;
    assert_eq!((&want["on"]["$ref"], &want["target"]), (&json!("list.Targets"), &json!("lists")));
    let want = resolved(&FIT);
    let call = wire().create(&want);
    assert_eq!(call.path, crate::kinds::attio::at!("lists/o/attributes"));
    assert_eq!(call.body.unwrap()["data"].get("target"), None);
    assert_eq!(wire().listing(&want).path, crate::kinds::attio::at!("lists/o/attributes?show_archived=true"));
    let row = json!({ "id": { "object_id": "l", "attribute_id": "a" }, "api_slug": "fit" });
    let live = wire().read(row.clone()).unwrap();
    let mut prior = Prior { id: live.id, outputs: live.outputs, fields: live.fields };
    prior.fields.insert("target".into(), json!("lists"));
    let Removal::Archive(call) = wire().remove(&prior) else { panic!("attributes are archived") };
    assert_eq!(call.path, crate::kinds::attio::at!("lists/l/attributes/a"));

    let required = node(8, plg_core::Given::Bool(true));
    let on = case(1, "declared", to(2, "Targets"));
    let fields = vec![("on", on), ("slug", node(3, plg_core::Given::Text("fit".into()))), ("holds", word(7, "text"))];
    let attribute = block("attribute", "Fit", [fields, vec![("required", required)]].concat());
    let list = block("list", "Targets", Vec::new());
    let found = mistakes("attribute", &attribute, &[&list]);
    assert_eq!(found, [(8, "attributes of lists cannot be required".to_owned())]);
    assert_eq!(mistakes("attribute", &attribute, &[&block("object", "Targets", Vec::new())]), []);
}

#[test]
fn what_is_refused() {
    let text = |t: &str| node(9, plg_core::Given::Text(t.into()));
    let yes = || node(8, plg_core::Given::Bool(true));
    let option = |name: &str, title: &str| block("option", name, vec![("title", text(title))]);
    let options = |all: Vec<plg_core::Block>| case(7, "select", node(7, plg_core::Given::Items(all)));
    let whole = |on: &str, holds: plg_core::Node, more: &[(&str, plg_core::Node)]| {
        let mut fields = vec![("on", word(1, on)), ("slug", text("x")), ("holds", holds)];
        fields.extend(more.iter().cloned());
        block("attribute", "X", fields)
    };
    let bare = |name: &str| word(7, name);
    for (wrong, at, message) in [
        (
            whole(
                "deals",
                bare("rating"),
                &[("default", case(6, "value", node(6, plg_core::Given::Json(json!(7).into()))))],
            ),
            6,
            "this is not a default for `rating`",
        ),
        (
            whole(
                "deals",
                bare("rating"),
                &[("default", case(6, "value", node(6, plg_core::Given::Json(json!(2.5).into()))))],
            ),
            6,
            "this is not a default for `rating`",
        ),
        (whole("people", bare("email_address"), &[]), 7, "Attio creates its `email_address` attributes itself"),
        (whole("deals", options(vec![option("X.A", "A")]), &[("unique", yes())]), 8, "a select cannot be unique"),
        (whole("deals", options(Vec::new()), &[]), 7, "this select has no options"),
        (whole("people", bare("text"), &[("required", yes())]), 1, "attributes of people cannot have `required`"),
        (whole("deals", bare("text"), &[("multiple", yes())]), 8, "a record has one `text` at most"),
        (whole("deals", bare("text"), &[("default", word(6, "current_user"))]), 6, "this is not a default for `text`"),
        (
            whole(
                "deals",
                bare("text"),
                &[("default", case(6, "value", node(6, plg_core::Given::Json(json!(5).into()))))],
            ),
            6,
            "this is not a default for `text`",
        ),
        (
            whole("deals", options(vec![option("X.AtRisk", "At Risk"), option("X.InDanger", "At Risk")]), &[]),
            9,
            "`AtRisk` has the title \"At Risk\" already",
        ),
    ] {
        let found = mistakes("attribute", &wrong, &[]);
        assert!(found.len() == 1 && found[0].0 == at && found[0].1.starts_with(message), "{found:?}");
    }
    for slug in super::check::MET {
        let mut met = whole("people", bare("text"), &[]);
        met.fields[1].2 = text(slug);
        assert_eq!(mistakes("attribute", &met, &[]), [(9, format!("`{slug}` is Attio's own attribute"))]);
    }
    let mut report = plg_core::Report::default();
    let status = whole("companies", bare("status"), &[]);
    super::check::check(&status, &plg_core::Declarations::default(), &mut report);
    assert_eq!((report.errors.len(), report.warnings.len(), report.warnings[0].at.0), (0, 1, 7));
    let mut named = whole("companies", bare("text"), &[]);
    named.fields[1].2 = text("name");
    assert_eq!(mistakes("attribute", &named, &[]), [(9, "`name` is Attio's own attribute".to_owned())]);
    named.existing = true;
    assert_eq!(mistakes("attribute", &named, &[]), []);

    for right in [
        whole("deals", bare("actor"), &[("default", word(6, "current_user")), ("multiple", yes())]),
        whole("deals", bare("date"), &[("default", word(6, "now")), ("required", yes()), ("unique", yes())]),
        whole("companies", options(vec![option("X.A", "A"), option("X.B", "B")]), &[("multiple", yes())]),
    ] {
        assert_eq!(mistakes("attribute", &right, &[]), []);
    }
    assert_eq!(mistakes("attribute", &block("attribute", "Y", Vec::new()), &[]), []);
}

static PROJECT: Attribute = Attribute {
    common: Common::named("Project"),
    slug: Slug("company"),
    title: Name("Company"),
    holds: Holds::record(RecordReference { to: &[On::companies] }),
    back: Some(Back { slug: Slug("projects"), title: Name("Projects"), multiple: true }),
    ..copy()
};

fn related(there: Json) -> Live {
    let mut row = json!({ "id": { "workspace_id": "w", "object_id": "o", "attribute_id": "a" }, "title": "Company",
        "description": null, "api_slug": "company", "type": "record-reference", "is_required": false, "is_unique": false,
        "is_multiselect": false, "is_archived": false, "default_value": null, "relationship": there,
        "config": { "currency": {}, "record_reference": { "allowed_object_ids": ["c"] } } });
    row["is_system_attribute"] = json!(false);
    wire().read(row).unwrap()
}

fn wanted_pair() -> Map {
    let mut want = resolved(&PROJECT);
    want["relationship"]["object"] = json!("c");
    want["config"] = json!({ "record_reference": { "allowed_objects": ["c"] } });
    want
}

fn there() -> Json {
    json!({ "id": { "workspace_id": "w", "object_id": "c", "attribute_id": "f" }, "object_slug": "companies",
        "title": "Jobs", "api_slug": "jobs", "is_multiselect": true })
}

#[test]
fn both_ends_are_asked_for_at_once() {
    let want = wanted_pair();
    assert_eq!(
        wire().create(&want).body.unwrap()["data"]["relationship"],
        json!({ "object": "c", "title": "Projects", "api_slug": "projects", "is_multiselect": true })
    );
    // What the other end is called is no difference of this one.
    let live = related(there());
    assert_eq!(differences(&want, &live), Vec::<String>::new());
    assert_eq!(live.outputs["far"], "f");
    assert!(wire().standing(&want, &live).is_none());
}

#[test]
fn the_other_end_is_an_attribute_of_its_own() {
    let parts = Describe::parts(&PROJECT);
    let [part] = parts[..] else { panic!("one other end") };
    assert_eq!(part.address(), "relationship_end.Project.Back");
    let (wire, mut want) = (part.spec().wire, wanted(part).fields);
    assert_eq!(want["far"], json!({ "$ref": "attribute.Project", "get": "far" }));
    for (field, value) in [("on", "c"), ("near", "a"), ("far", "f")] {
        want.insert(field.into(), value.into());
    }
    let path = crate::kinds::attio::at!("objects/c/attributes");
    assert_eq!(
        wire.create(&want),
        Call::new("PATCH", format!("{path}/f"), json!({ "data": { "api_slug": "projects", "title": "Projects" } }))
    );
    let row = json!({ "id": { "workspace_id": "w", "object_id": "c", "attribute_id": "f" }, "title": "Jobs",
        "api_slug": "jobs", "type": "record-reference", "is_multiselect": true, "is_archived": false,
        "relationship": { "id": { "workspace_id": "w", "object_id": "o", "attribute_id": "a" } } });
    let live = wire.read(row.clone()).unwrap();
    assert_eq!(wire.identity(&live.fields), wire.identity(&want), "whatever it is called");
    let prior = Prior { id: live.id, outputs: live.outputs, fields: live.fields };
    let changed = ["title", "is_multiselect"].map(str::to_owned);
    assert_eq!(
        wire.update(&want, &changed, &prior),
        Some(Call::new("PATCH", format!("{path}/f"), json!({ "data": { "title": "Projects" } })))
    );
    assert_eq!(
        wire.remove(&prior),
        Removal::Archive(Call::new("PATCH", format!("{path}/f"), json!({ "data": { "is_archived": true } })))
    );
    let mut alone = row;
    alone["relationship"] = Json::Null;
    assert!(wire.read(alone).is_none(), "an attribute without a way back is no end");
}

#[test]
fn a_relationship_stays_as_it_was_made() {
    let want = wanted_pair();
    let says = |live: &Live| wire().standing(&want, live).map(|standing| standing.says).unwrap_or_default();
    assert!(says(&related(Json::Null)).contains("one-way"));
    let mut single = there();
    single["is_multiselect"] = json!(false);
    assert!(says(&related(single)).contains("another number"));
    let mut several = related(there());
    several.fields.insert("is_multiselect".into(), true.into());
    assert!(says(&several).contains("keep its slug"));
}

#[test]
fn where_a_way_back_cannot_lead() {
    let back = |at: u32, slug: &str| {
        ("back", node(at, Given::Record(vec![("slug".to_owned(), node(at, Given::Text(slug.into())))])))
    };
    let record = |objects: &[&str]| {
        let objects = objects.iter().map(|object| case_of(object)).collect();
        let held = Given::Record(vec![("to".to_owned(), node(3, Given::List(objects)))]);
        ("holds", case(3, "record", node(3, held)))
    };
    fn case_of(object: &str) -> Node {
        node(3, Given::Case(object.to_owned(), None))
    }
    let text = |text: &str| node(2, Given::Text(text.into()));
    let attribute = |name: &str, on: &str, slug: &str, more: Vec<(&'static str, Node)>| {
        let mut fields = vec![("on", case_of(on)), ("slug", text(slug))];
        fields.extend(more);
        block("attribute", name, fields)
    };
    let pair = |objects: &[&str], slug: &str| attribute("A", "deals", "a", vec![record(objects), back(7, slug)]);
    let first = |block: &Block, others: &[&Block]| {
        mistakes("attribute", block, others).into_iter().map(|(_, says)| says).next().unwrap_or_default()
    };
    assert_eq!(first(&pair(&["companies"], "jobs"), &[]), "");
    assert!(first(&pair(&["companies", "people"], "jobs"), &[]).contains("one object"));
    assert!(first(&pair(&["companies"], "team"), &[]).contains("Attio's own"));
    assert!(first(&pair(&["deals"], "a"), &[]).contains("both ends"));
    let (whole, other) =
        (pair(&["companies"], "jobs"), attribute("B", "companies", "jobs", vec![("holds", word(3, "text"))]));
    assert!(first(&whole, &[&whole, &other]).contains("`B` has the slug"));
    let second = attribute("C", "people", "c", vec![record(&["companies"]), back(7, "jobs")]);
    assert_eq!(first(&whole, &[&whole, &second]), "");
    assert!(first(&second, &[&whole, &second]).contains("the other end of `A`"));
}
