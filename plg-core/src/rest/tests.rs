//! What raw resources ask for, and how they read what is answered.

use super::*;
use crate::wire::{Call, Map, Paging, Prior, Removal, Wire};
use crate::{Common, Handling, Json as Written, Want};
use serde_json::{Value as Json, json};

const WIRE: RestWire = RestWire { paged: Paging::Results { limit: 10 }, whole: Paging::Data, envelope: Some("data") };

static LEAVES: Handling = Handling { ignore: &["body"], ..Handling::PLAIN };

const SAID: RestSaid = RestSaid {
    common: &Common::named("Errors"),
    create: ApiPath("/api/{project}/things/"),
    list: None,
    key: Some(JsonPointer("/name")),
    id: JsonPointer("/short_id"),
    body: Written::Object(&[
        ("name", Written::Text("Errors")),
        ("filters", Written::Object(&[("a", Written::Whole(1))])),
    ]),
    within: Written::Null,
    update: RestUpdate::patch(None),
    remove: RestRemoval::delete(None),
    paged: true,
};

fn fields(want: &Want) -> Map {
    want.fields.known()
}

fn prior(said: &RestSaid, row: Json) -> Prior {
    let want = fields(&said.want());
    let live = WIRE.read_row(row, &WIRE.listing(&want)).expect("a row");
    let mut all = live.fields;
    WIRE.parents().iter().filter_map(|parent| Some((*parent, want.get(*parent)?))).for_each(|(parent, value)| {
        all.insert(parent.to_owned(), value.clone());
    });
    Prior { id: live.id, outputs: live.outputs, fields: all }
}

fn row() -> Json {
    json!({ "id": 7, "short_id": "ab/c", "name": "Errors", "filters": { "a": 1, "b": 2 }, "color": "red" })
}

#[test]
fn it_is_made_with_its_body_and_nothing_else() {
    let want = fields(&SAID.want());
    let body = json!({ "data": { "name": "Errors", "filters": { "a": 1 } } });
    assert_eq!(WIRE.create(&want), Call::new("POST", "/api/{project}/things/", body));
    let listing = WIRE.listing(&want);
    assert_eq!((listing.path.as_str(), listing.paging), ("/api/{project}/things/", WIRE.paged));
}

#[test]
fn it_is_read_as_its_declaration_says_and_found_by_its_key() {
    let want = fields(&SAID.want());
    for answer in [row(), json!({ "data": row() })] {
        let live = WIRE.of_answer(answer, None, &want).expect("a row");
        assert_eq!((live.id.as_str(), live.outputs.get("id")), ("ab/c", Some(&json!("ab/c"))));
        assert_eq!(WIRE.identity(&live.fields), Some("Errors".to_owned()));
        assert_eq!(WIRE.identity(&want), WIRE.identity(&live.fields));
        assert!(WIRE.answers(&want, &live.fields));
        // What others added is theirs.
        assert!(["name", "filters"].iter().all(|key| WIRE.agrees(key, &want[*key], None, &live.fields[*key])));
        assert!(!WIRE.agrees("filters", &json!({ "a": 2 }), None, &live.fields["filters"]));
    }
    assert!(!WIRE.answers(&want, &prior(&SAID, json!({ "short_id": "d", "name": "Other" })).fields));
}

#[test]
fn an_id_of_several_is_its_last() {
    let said = RestSaid { id: JsonPointer("/id"), ..SAID };
    let found = prior(&said, json!({ "id": { "workspace_id": "w", "task_id": "t" }, "name": "Errors" }));
    assert_eq!(found.id, "t");
}

#[test]
fn without_a_key_it_is_what_it_says() {
    let said = RestSaid {
        key: None,
        body: Written::Object(&[
            ("name", Written::Text("a")),
            ("n/b", Written::Whole(2)),
            ("secret", Written::Env("HUSH")),
            ("list", Written::List(&[])),
        ]),
        ..SAID
    };
    let want = fields(&said.want());
    assert_eq!(WIRE.identity(&want).as_deref(), Some("a · 2"));
    assert_eq!(
        WIRE.identity(&prior(&said, json!({ "short_id": "x", "name": "a", "n/b": 2 })).fields),
        WIRE.identity(&want)
    );
    assert_eq!(WIRE.identity(&prior(&said, json!({ "short_id": "x", "name": "a" })).fields), None);
    // Without a key nothing says which object was asked for, so that any answer is taken for it.
    assert!(WIRE.answers(&want, &prior(&said, json!({ "short_id": "x", "name": "A!" })).fields));
    let said = RestSaid { body: Written::Object(&[("list", Written::List(&[]))]), key: None, ..SAID };
    assert_eq!(WIRE.identity(&fields(&said.want())), None);
}

#[test]
fn it_is_changed_as_its_declaration_says() {
    let sent = |said: &RestSaid| WIRE.update(&fields(&said.want()), &["name".into()], &prior(said, row()));
    let part = json!({ "data": { "name": "Errors" } });
    assert_eq!(sent(&SAID), Some(Call::new("PATCH", "/api/{project}/things/ab%2Fc/", part.clone())));
    let whole = json!({ "data": { "name": "Errors", "filters": { "a": 1 } } });
    let put = RestSaid { update: RestUpdate::put(Some(ApiPath("/api/one/{id}"))), ..SAID };
    assert_eq!(sent(&put), Some(Call::new("PUT", "/api/one/ab%2Fc", whole.clone())));
    let all = RestSaid { update: RestUpdate::patch_all(None), ..SAID };
    assert_eq!(sent(&all), Some(Call::new("PATCH", "/api/{project}/things/ab%2Fc/", whole)));
    let never = RestSaid { update: RestUpdate::never, ..SAID };
    assert_eq!(sent(&never), None);
    assert!(WIRE.is_fixed("name", &fields(&never.want())) && !WIRE.is_fixed("name", &fields(&SAID.want())));
    // Where it is looked at is where it is changed.
    assert_eq!(WIRE.by_id(&prior(&put, row())), Some(Call::bare("GET", "/api/one/ab%2Fc")));
}

#[test]
fn it_is_removed_as_its_declaration_says() {
    let removed = |said: &RestSaid| WIRE.remove(&prior(said, row()));
    assert_eq!(removed(&SAID), Removal::Delete(Call::bare("DELETE", "/api/{project}/things/ab%2Fc/")));
    let elsewhere = RestSaid { remove: RestRemoval::delete(Some(ApiPath("/api/gone/{id}"))), ..SAID };
    assert_eq!(removed(&elsewhere), Removal::Delete(Call::bare("DELETE", "/api/gone/ab%2Fc")));
    assert!(matches!(removed(&RestSaid { remove: RestRemoval::keep, ..SAID }), Removal::Keep(_)));
    let set = RestSaid { remove: RestRemoval::set(Written::Object(&[("deleted", Written::Bool(true))])), ..SAID };
    let call = Call::new("PATCH", "/api/{project}/things/ab%2Fc/", json!({ "data": { "deleted": true } }));
    assert_eq!(removed(&set), Removal::Delete(call));
    // What is marked as gone is not there.
    let want = fields(&set.want());
    let mut gone = row();
    gone["deleted"] = json!(true);
    assert_eq!(WIRE.of_answer(gone, None, &want), None);
    // A kind that is asked what it can do says that it deletes.
    assert!(matches!(WIRE.remove(&Prior { id: "1".into(), ..Prior::default() }), Removal::Delete(_)));
}

#[test]
fn holes_are_filled_with_what_it_is_within() {
    let said = RestSaid {
        create: ApiPath("/api/{project}/flags/{flag}/things/"),
        within: Written::Object(&[("flag", Written::Text("a b"))]),
        ..SAID
    };
    let want = fields(&said.want());
    assert_eq!(WIRE.create(&want).path, "/api/{project}/flags/a%20b/things/");
    assert_eq!(
        WIRE.by_id(&prior(&said, row())).map(|call| call.path),
        Some("/api/{project}/flags/a%20b/things/ab%2Fc/".into())
    );
    assert!(WIRE.listing(&want).rows.is_some_and(|rows| rows.is_within));
}

#[test]
fn a_body_that_is_left_to_people_is_sent_once() {
    let said = RestSaid { common: &Common { handling: &LEAVES, ..Common::named("Errors") }, ..SAID };
    assert_eq!(said.want().create_only, ["name", "filters"]);
    assert_eq!(SAID.want().create_only, [""; 0]);
}
