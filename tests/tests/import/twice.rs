//! Two objects of one name: where the state knows one of them, that is the one that is meant.

use serde_json::json;
use tests::stage::Stage;

mod board {
    plg::stack! {
        name: "twice",
        stages: { local: sandbox },

        dashboard Growth { title: "Growth", tags: ["ours"] }
    }
}

#[tokio::test]
async fn of_two_with_one_name_the_one_that_is_remembered_is_written() {
    let mut stage = Stage::new().await;
    stage.deploy(&board::STACK).await;
    let id = stage.entry(&board::STACK, "dashboard.Growth").expect("it is deployed").id;
    stage.click("POST", "/api/projects/12345/dashboards/", &json!({ "name": "Growth", "tags": ["theirs"] }));
    let imported = stage.reading(&board::STACK).await.import(&board::STACK).await.expect("it can be read");
    assert!(
        imported.source.contains("dashboard Growth") && imported.source.contains("\"ours\""),
        "{}",
        imported.source
    );
    let left: Vec<&String> =
        imported.said.iter().filter(|gap| gap.kind == "dashboard").flat_map(|gap| &gap.why).collect();
    assert!(left.iter().any(|why| why.ends_with(&format!("the one that is remembered is {id}"))), "{left:?}");
    assert_eq!(imported.unproved, [""; 0], "and a plan of it changes nothing");
    // Where the state has no such entry, neither is.

    stage.forget();
    let imported = stage.reading(&board::STACK).await.import(&board::STACK).await.expect("it can be read");
    assert!(!imported.source.contains("dashboard Growth {"), "{}", imported.source);
}
