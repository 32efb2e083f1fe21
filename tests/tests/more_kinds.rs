//! Kinds that the stack itself has no use for, deployed, changed, looked at and destroyed.

use plg_runtime::error::Error;
use plg_runtime::plan::Change;
use serde_json::{Map, json};
use tests::stage::{Stage, addresses};

mod first {
    plg::stack! {
        name: "more",
        stages: { local: sandbox },

        /// Companies to talk to.
        list Targets { slug: "targets", of: companies }
        /// How well they fit.
        attribute Fit { on: Targets, slug: "fit", holds: select { Good, Bad } }
        attribute Phase { on: Targets, slug: "phase", holds: status { Open { target: 7 days }, Won { celebrate: true } } }

        event Used { name: "feature_used" }
        event Upgraded { name: "plan_upgraded" }
        /// How many seats were bought.
        property Seats { name: "seats", holds: number, tags: ["Billing"] }

        feature_flag Exports { key: "exports", rollout: 0% }
        /// Exports to warehouses.
        early_access_feature ExportsFirst {
            flag: Exports,
            stage: alpha,
            docs: "https://docs.example.com/exports",
            payload: { "limit": 5 },
        }

        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        /// Sees no experiment.
        experiment_holdout Held { share: 5% }
        /// How often it is used.
        shared_metric Uses { metric: mean(Used), tags: ["Core"] }
        shared_metric Upgrades { metric: funnel [Used, Upgraded] { within: 14 days } }
        experiment Guided { flag: Onboarding, shared: [Uses], shared_secondary: [Upgrades], holdout: Held }

        dashboard Growth {}
        insight UsesByDay { on: [Growth], shows: trend [Used] }
        alert Dropped { insight: UsesByDay, when: falls(above: 20, unit: percent), users: [1], checked: hourly }
        alert Silent { insight: UsesByDay, when: value(below: 10), skip_weekend: true }
        subscription Digest {
            sends: UsesByDay,
            to: email ["team@example.com", "boss@example.com"],
            every: 1 weeks,
            on: [monday, friday],
            from: "2099-01-05T09:00:00Z",
        }
        subscription Board {
            sends: dashboard(Growth, [UsesByDay]),
            to: webhook("https://example.com/board"),
            every: 1 months,
            on: [monday],
            nth: 1,
            from: "2099-01-01",
        }
    }
}

mod second {
    plg::stack! {
        name: "more",
        stages: { local: sandbox },

        /// Companies to talk to.
        list Targets { slug: "targets", of: companies }
        /// How well they fit us.
        attribute Fit { on: Targets, slug: "fit", holds: select { Good { title: "Very good" }, Bad, Unclear } }
        attribute Phase { on: Targets, slug: "phase", holds: status { Open { target: 14 days }, Won } }

        event Used { name: "feature_used" }
        event Upgraded { name: "plan_upgraded" }
        /// How many seats they bought.
        property Seats { name: "seats", holds: number, tags: ["Billing"], hidden: true }

        feature_flag Exports { key: "exports", rollout: 0% }
        feature_flag NewExports { key: "new-exports", rollout: 0% }
        /// Exports to warehouses.
        early_access_feature ExportsFirst { flag: NewExports, stage: beta }

        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        /// Sees no experiment.
        experiment_holdout Held { share: 10% }
        experiment_holdout Others { share: 1% }
        /// How much it is used.
        shared_metric Uses { metric: mean(Used, sum: "seats"), tags: ["Core"] }
        shared_metric Upgrades { metric: funnel [Used, Upgraded] { within: 7 days } }
        experiment Guided { flag: Onboarding, shared: [Upgrades], holdout: Others }

        dashboard Growth {}
        insight UsesByDay { on: [Growth], shows: trend [Used] }
        alert Dropped { insight: UsesByDay, when: rises(above: 2), users: [], checked: daily, enabled: false }
        alert Silent { insight: UsesByDay, when: value(below: 20), skip_weekend: true }
        subscription Digest {
            sends: UsesByDay,
            to: webhook("https://example.com/digest"),
            every: 2 weeks,
            on: [monday],
            from: "2099-01-05T09:00:00Z",
            until: "2100-01-01",
        }
        subscription Board {
            sends: dashboard(Growth, [UsesByDay]),
            to: webhook("https://example.com/board"),
            every: 1 months,
            from: "2099-01-01",
            enabled: false,
        }
    }
}

mod renamed {
    plg::stack! {
        name: "more",
        stages: { local: sandbox },

        /// How many seats were bought.
        property Seats { name: "seat_count", holds: number, tags: ["Billing"] }
    }
}

fn id_of(stage: &Stage, path: &str) -> u64 {
    let rows = stage.look(path);
    rows["results"][0]["id"].as_u64().expect("an id")
}

#[tokio::test]
async fn each_is_made_changed_and_removed() {
    let stage = Stage::new().await;
    let plan = stage.deploy(&first::STACK).await;
    assert_eq!(addresses(&plan, Change::Await), ["property.Seats"]);
    let plan = stage.deploy(&second::STACK).await;
    assert_eq!(addresses(&plan, Change::Replace), ["early_access_feature.ExportsFirst"]);
    let mut updated = addresses(&plan, Change::Update);
    updated.sort_unstable();
    assert_eq!(
        updated,
        [
            "alert.Dropped",
            "alert.Silent",
            "attribute.Fit",
            "experiment.Guided",
            "experiment_holdout.Held",
            "option.Fit.Good",
            "shared_metric.Upgrades",
            "shared_metric.Uses",
            "status.Phase.Open",
            "status.Phase.Won",
            "subscription.Board",
            "subscription.Digest",
        ]
    );
    let (_, outcome) = stage.apply(&second::STACK, true).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    let behind: Vec<&str> = outcome.behind.iter().map(|(address, _)| address.as_str()).collect();
    assert!(behind.contains(&"list.Targets") && behind.contains(&"option.Fit.Good"), "{behind:?}");
    for list in ["early_access_feature", "experiment_holdouts", "experiment_saved_metrics", "alerts", "subscriptions"] {
        let rows = stage.look(&format!("/api/projects/12345/{list}/"));
        assert_eq!(rows["results"], json!([]), "{list}");
    }
}

#[tokio::test]
async fn what_is_there_is_adopted() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    stage.forget();
    let plan = stage.deploy(&first::STACK).await;
    assert_eq!(addresses(&plan, Change::Create), [""; 0]);
    let adopted = addresses(&plan, Change::Adopt);
    for address in
        ["early_access_feature.ExportsFirst", "experiment_holdout.Held", "alert.Dropped", "subscription.Board"]
    {
        assert!(adopted.contains(&address), "{address} in {adopted:?}");
    }
}

#[tokio::test]
async fn a_property_is_looked_after_from_when_it_is_seen() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let seats = Map::from_iter([("seats".to_owned(), json!("3"))]);
    stage.sandbox().ingest("feature_used", &seats).unwrap();
    let plan = stage.deploy(&first::STACK).await;
    assert_eq!(addresses(&plan, Change::Adopt), ["property.Seats"]);
    let rows = stage.look("/api/projects/12345/property_definitions/");
    let row = &rows["results"][0];
    assert_eq!(
        (&row["description"], &row["property_type"], &row["tags"]),
        (&json!("How many seats were bought."), &json!("Numeric"), &json!(["billing"]))
    );
    let plan = stage.deploy(&second::STACK).await;
    assert!(addresses(&plan, Change::Update).contains(&"property.Seats"));
    let (_, outcome) = stage.apply(&second::STACK, true).await;
    assert!(outcome.behind.iter().any(|(address, _)| address == "property.Seats"), "{:?}", outcome.behind);
}

#[tokio::test]
async fn another_name_is_another_property() {
    let stage = Stage::new().await;
    let seen = |name: &str| stage.sandbox().ingest("used", &Map::from_iter([(name.to_owned(), json!(3))])).unwrap();
    seen("seats");
    stage.deploy(&first::STACK).await;
    let plan = stage.deploy(&renamed::STACK).await;
    assert_eq!(addresses(&plan, Change::Await), ["property.Seats"]);
    seen("seat_count");
    let plan = stage.deploy(&renamed::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["property.Seats"]);
}

#[tokio::test]
async fn a_holdout_stays_while_its_experiment_runs() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let id = id_of(&stage, "/api/projects/12345/experiments/");
    stage.click("POST", &format!("/api/projects/12345/experiments/{id}/launch/"), &json!([]));
    let Err(Error::Problems(problems)) = stage.planned(&second::STACK, false).await else { panic!("it is planned") };
    let said: Vec<&str> = problems.iter().map(|p| p.address.as_str()).collect();
    assert_eq!(said, ["experiment.Guided"]);
    assert!(problems[0].message.contains("`holdout` cannot be changed meanwhile"), "{problems:?}");
}

/// Every field that is sent can be left to people with `ignore`, under the word it is written with.
#[test]
fn every_field_has_a_word() {
    for stack in [&first::STACK, &second::STACK, &plg_stack::STACK] {
        for row in stack.all() {
            let (item, spec) = (row.item, row.item.spec());
            let words: Vec<&str> =
                spec.fields.iter().flat_map(|field| spec.wire.fields_of(&field.name)).copied().collect();
            for field in item.want().fields.keys() {
                let parent = spec.wire.parents().contains(&field.as_str());
                // What docs say is not a field of the language.
                let doc = field == "description" || (spec.keyword == "feature_flag" && field == "name");
                assert!(parent || doc || words.contains(&field.as_str()), "{}: {field}", item.address());
            }
        }
    }
}
