//! What is declared changes, and what others added beside it stays.

use super::{deploy, path};
use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::stage::{Stage, step};

mod before {
    plg::stack! {
        name: "people",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        dashboard Growth {}
        dashboard Details {}
        insight Uses { on: [Growth], shows: trend [Used] }
        feature_flag Shade { key: "shade", variants: { control: 50%, dark: 50% } }
        subscription Digest { sends: Uses, to: email ["a@example.com", "b@example.com"], every: 1 weeks, from: "2099-01-05" }
    }
}

mod after {
    plg::stack! {
        name: "people",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        dashboard Growth {}
        dashboard Details {}
        insight Uses { on: [Details], shows: trend [Used] }
        feature_flag Shade { key: "shade", variants: { control: 40%, dark: 60% } }
        subscription Digest { sends: Uses, to: email ["a@example.com", "c@example.com"], every: 1 weeks, from: "2099-01-05" }
    }
}

#[tokio::test]
async fn what_is_declared_changes_and_what_others_added_stays_whoever_looked() {
    for refresh in [true, false] {
        let stage = Stage::new().await;
        stage.deploy(&before::STACK).await;
        let board = stage.click("POST", "/api/projects/12345/dashboards/", &json!({ "name": "Theirs" }))["id"].clone();
        let id = |address: &str| stage.entry(&before::STACK, address).unwrap().outputs.to_map()["id"].clone();
        let (growth, details) = (id("dashboard.Growth"), id("dashboard.Details"));
        let own = |list: &str, address: &str| path(&stage, &before::STACK, list, address);
        let insight = own("insights", "insight.Uses");
        stage.click("PATCH", &insight, &json!({ "dashboards": [growth, board] }));
        let flag = own("feature_flags", "feature_flag.Shade");
        let mut filters = stage.look(&flag)["filters"].clone();
        filters["multivariate"]["variants"][1]["name"] = json!("The dark one");
        stage.click("PATCH", &flag, &json!({ "filters": filters }));
        let digest = own("subscriptions", "subscription.Digest");
        stage.click("PATCH", &digest, &json!({ "target_value": "new@example.com,a@example.com,b@example.com" }));

        let plan = deploy(&stage, &after::STACK, refresh).await;
        for address in ["insight.Uses", "feature_flag.Shade", "subscription.Digest"] {
            assert_eq!(step(&plan, address).change, Change::Update, "{address}");
        }
        let mut on: Vec<Value> = stage.look(&insight)["dashboards"].as_array().cloned().unwrap_or_default();
        on.sort_by_key(Value::to_string);
        let mut expected = vec![board, details];
        expected.sort_by_key(Value::to_string);
        assert_eq!(on, expected, "looked: {refresh}");
        let variants = stage.look(&flag)["filters"]["multivariate"]["variants"].clone();
        assert_eq!(
            (&variants[1]["name"], &variants[1]["rollout_percentage"]),
            (&json!("The dark one"), &json!(60)),
            "looked: {refresh}"
        );
        assert_eq!(stage.look(&digest)["target_value"], "new@example.com,a@example.com,c@example.com");
        stage.settled(&after::STACK).await;
    }
}
