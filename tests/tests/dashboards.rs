//! What stands on dashboards: tiles of insights, texts and buttons, and what people put beside them.

use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses};

mod first {
    plg::stack! {
        name: "boards",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])] }
        insight Uses { shows: trend [Used] }
        insight Users { shows: trend [people(Used)] }
        /// Alone on another dashboard.
        insight Other { on: [Aside], shows: trend [Used] }
        dashboard Growth {
            tiles: [
                text("## How people come"),
                Uses,
                insight(Users, colour: blue, described: true),
                button("Open the docs", url: "https://example.com/docs"),
                text("Numbers of last week", at: { x: 6, y: 6, w: 6, h: 1 }),
            ],
            filters: { last: 30 days, with: [member(Pros)] },
            colours: { "pro": preset_3 },
            theme: 1,
        }
        dashboard Aside { tiles: [Other] }
    }
}

mod second {
    plg::stack! {
        name: "boards",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])] }
        insight Uses { shows: trend [Used] }
        insight Users { shows: trend [people(Used)] }
        /// Alone on another dashboard.
        insight Other { on: [Aside], shows: trend [Used] }
        dashboard Growth {
            tiles: [
                text("## How people come and stay"),
                insight(Users, colour: green),
                Other,
            ],
            filters: { last: 7 days },
        }
        dashboard Aside { tiles: [Other] }
    }
}

fn dashboard(stage: &Stage, stack: &'static plg_core::Stack, address: &str) -> Value {
    let id = stage.entry(stack, address).expect("it is remembered").id;
    stage.click("GET", &format!("/api/projects/12345/dashboards/{id}/"), &Value::Null)
}

/// Tiles as people see them: what each shows, and where.
fn seen(dashboard: &Value) -> Vec<String> {
    let tiles = dashboard["tiles"].as_array().expect("tiles");
    let one = |tile: &Value| {
        let at = &tile["layouts"]["sm"];
        let shows = [&tile["insight"]["name"], &tile["text"]["body"], &tile["button_tile"]["text"]];
        let shows = shows.into_iter().find_map(Value::as_str).unwrap_or("nothing");
        format!("{shows} at {} {} {} {}", at["x"], at["y"], at["w"], at["h"])
    };
    tiles.iter().map(one).collect()
}

fn change(stage: &Stage, stack: &'static plg_core::Stack, tiles: Value) {
    let id = stage.entry(stack, "dashboard.Growth").expect("it is remembered").id;
    stage.click("PATCH", &format!("/api/projects/12345/dashboards/{id}/"), &json!({ "tiles": tiles }));
}

fn tile(dashboard: &Value, name: &str) -> Value {
    let tiles = dashboard["tiles"].as_array().expect("tiles");
    let shows = |tile: &&Value| {
        [&tile["insight"]["name"], &tile["text"]["body"], &tile["button_tile"]["text"]].contains(&&json!(name))
    };
    tiles.iter().find(shows).unwrap_or_else(|| panic!("no tile {name} in {tiles:#?}")).clone()
}

#[tokio::test]
async fn tiles_are_made_changed_and_taken_away() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let growth = dashboard(&stage, &first::STACK, "dashboard.Growth");
    assert_eq!(
        seen(&growth),
        [
            "## How people come at 0 0 12 1",
            "Uses at 0 1 6 5",
            "Users at 6 1 6 5",
            "Open the docs at 0 6 3 1",
            "Numbers of last week at 6 6 6 1",
        ]
    );
    let users = tile(&growth, "Users");
    assert_eq!((&users["color"], &users["show_description"]), (&json!("blue"), &json!(true)));
    assert_eq!(seen(&dashboard(&stage, &first::STACK, "dashboard.Aside")), ["Other at 0 0 6 5"]);

    // One text is another one now, an insight comes and one goes, and the rest moves up.
    let heading = tile(&growth, "## How people come")["id"].clone();
    stage.deploy(&second::STACK).await;
    let growth = dashboard(&stage, &second::STACK, "dashboard.Growth");
    assert_eq!(seen(&growth), ["## How people come and stay at 0 0 12 1", "Users at 0 1 6 5", "Other at 6 1 6 5"]);
    assert_eq!(tile(&growth, "## How people come and stay")["id"], heading);
    assert_eq!(growth["filters"]["date_from"], "-7d");
    assert_eq!(growth["filters"].get("properties"), None);

    // And back again, with the tiles that were there.
    stage.deploy(&first::STACK).await;
    assert_eq!(seen(&dashboard(&stage, &first::STACK, "dashboard.Growth")).len(), 5);
    let outcome = stage.destroy(&first::STACK).await;
    assert!(outcome.behind.is_empty(), "{:?}", outcome.behind);
}

#[tokio::test]
async fn what_people_put_there_stays_and_what_they_change_comes_back() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let growth = dashboard(&stage, &first::STACK, "dashboard.Growth");
    let (heading, uses, docs) =
        (tile(&growth, "## How people come"), tile(&growth, "Uses"), tile(&growth, "Open the docs"));
    let box_of = |x: u32| json!({ "sm": { "x": x, "y": 40, "w": 3, "h": 2, "minW": 1 }, "xs": { "x": 0, "y": 9, "w": 1, "h": 5 } });
    change(
        &stage,
        &first::STACK,
        json!([
            { "text": { "body": "Ours" }, "layouts": box_of(9) },
            { "id": heading["id"], "text": { "id": heading["text"]["id"], "body": "Shouting" } },
            { "id": uses["id"], "layouts": box_of(0), "color": "purple" },
            { "id": docs["id"], "deleted": true },
        ]),
    );
    let plan = stage.plan(&first::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["dashboard_tile.Growth.Text1", "dashboard_tile.Growth.Uses"]);
    assert_eq!(addresses(&plan, Change::Revive), ["dashboard_tile.Growth.Button1"]);
    stage.deploy(&first::STACK).await;
    let after = dashboard(&stage, &first::STACK, "dashboard.Growth");
    assert_eq!(tile(&after, "Ours")["layouts"], box_of(9));
    assert_eq!(tile(&after, "## How people come")["id"], heading["id"]);
    let place = &tile(&after, "Uses")["layouts"];
    assert_eq!((&place["sm"]["y"], &place["sm"]["minW"], &place["xs"]["y"]), (&json!(1), &json!(1), &json!(9)));
    // Nothing is written about its colour.
    assert_eq!(tile(&after, "Uses")["color"], "purple");
    assert_eq!(tile(&after, "Open the docs")["id"], docs["id"]);
    assert_eq!(seen(&after).len(), 6);
}

#[tokio::test]
async fn a_dashboard_that_comes_back_has_its_tiles() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let before = seen(&dashboard(&stage, &first::STACK, "dashboard.Growth"));
    let id = stage.entry(&first::STACK, "dashboard.Growth").expect("it is remembered").id;
    stage.click("PATCH", &format!("/api/projects/12345/dashboards/{id}/"), &json!({ "deleted": true }));
    stage.deploy(&first::STACK).await;
    assert_eq!(seen(&dashboard(&stage, &first::STACK, "dashboard.Growth")), before);
    // An insight that is deleted is taken off, and stands where it stood once it is back.
    let uses = stage.entry(&first::STACK, "insight.Uses").expect("it is remembered").id;
    stage.click("PATCH", &format!("/api/projects/12345/insights/{uses}/"), &json!({ "deleted": true }));
    stage.deploy(&first::STACK).await;
    assert_eq!(seen(&dashboard(&stage, &first::STACK, "dashboard.Growth")), before);
    // So does one that somebody took off.
    stage.click("PATCH", &format!("/api/projects/12345/insights/{uses}/"), &json!({ "dashboards": [] }));
    stage.deploy(&first::STACK).await;
    assert_eq!(seen(&dashboard(&stage, &first::STACK, "dashboard.Growth")), before);
}

#[tokio::test]
async fn what_is_forgotten_is_found_again() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let before = dashboard(&stage, &first::STACK, "dashboard.Growth")["tiles"].clone();
    stage.forget();
    stage.deploy(&first::STACK).await;
    assert_eq!(dashboard(&stage, &first::STACK, "dashboard.Growth")["tiles"], before);
}
