//! Whom cohorts hold and surveys ask: made, left alone where they are as declared, replaced and opened again.

use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::stage::{Stage, step};

mod first {
    plg::stack! {
        name: "audience",
        stages: { local: sandbox },

        event SignedUp { name: "signed_up" }
        event Bought { name: "bought", properties: { plan: text, amount: number } }
        /// Bought the larger plan again and again.
        cohort Buyers {
            all: [did(
                Bought,
                at_least: 3,
                since: "2026-01-01",
                until: "2026-04-01",
                with: [{ property: "plan", is: ["pro"] }],
            )],
        }
        cohort Quick { all: [did_then(SignedUp, Bought, apart: 2 days)] }
        cohort Guests { people: sql("SELECT person_id FROM events WHERE event = 'signed_up'") }
        cohort Pros { all: [person("plan", is: ["pro"]), none [person(anything("left"), set: true)]] }
        survey Score {
            questions: [
                rating(
                    "How likely are you to recommend us?",
                    nps: true,
                    then: by_answer { detractors: to("why"), promoters: end },
                    translations: { de: { ask: "Wie wahrscheinlich empfiehlst du uns?" } },
                ),
                single(
                    "What do you use?",
                    ["Boards", "Reports"],
                    then: by_answer { Boards: end },
                    translations: { de: { ask: "Was nutzt du?", choices: ["Tafeln", "Berichte"] } },
                ),
                open("Why?", name: "why", translations: { de: { ask: "Warum?" } }),
            ],
            shown: { to: [member(Pros)], devices: [mobile] },
            appearance: { thank_you: "Thanks!" },
            translations: { de: { thank_you: "Danke!" } },
            starts: "2026-01-05",
        }
    }
}

mod later {
    plg::stack! {
        name: "audience",
        stages: { local: sandbox },

        event SignedUp { name: "signed_up" }
        event Bought { name: "bought", properties: { plan: text, amount: number } }
        /// Bought the larger plan again and again.
        cohort Buyers {
            all: [did(
                Bought,
                at_least: 3,
                since: "2026-01-01",
                until: "2026-04-01",
                with: [{ property: "plan", is: ["pro"] }],
            )],
        }
        cohort Quick { all: [did_then(SignedUp, Bought, apart: 2 days)] }
        /// Who came at all.
        cohort Guests { people: sql("SELECT person_id FROM events") }
        cohort Pros { people: snapshot, all: [person("plan", is: ["pro"]), none [person(anything("left"), set: true)]] }
        survey Score {
            questions: [
                rating(
                    "How likely are you to recommend us?",
                    nps: true,
                    then: by_answer { detractors: to("why"), promoters: end },
                    translations: { de: { ask: "Wie wahrscheinlich empfiehlst du uns?" } },
                ),
                single(
                    "What do you use?",
                    ["Boards", "Reports"],
                    then: by_answer { Boards: end },
                    translations: { de: { ask: "Was nutzt du?", choices: ["Tafeln", "Berichte"] } },
                ),
                open("Why?", name: "why", translations: { de: { ask: "Warum?" } }),
            ],
            shown: { devices: [mobile] },
            appearance: { thank_you: "Thanks!" },
            translations: { de: { thank_you: "Danke!" } },
            starts: "2026-01-05",
        }
    }
}

const PROJECT: &str = "/api/projects/12345";

fn row(stage: &Stage, list: &str, address: &str) -> Value {
    let id = stage.entry(&first::STACK, address).expect("it was made").id;
    stage.look(&format!("{PROJECT}/{list}/{id}/"))
}

#[tokio::test]
async fn what_people_did_who_is_put_in_once_and_who_is_asked() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let buyers = row(&stage, "cohorts", "cohort.Buyers");
    let leaf = &buyers["filters"]["properties"]["values"][0]["values"][0];
    assert_eq!((&leaf["operator_value"], &leaf["explicit_datetime"]), (&json!(3), &json!("2026-01-01")));
    assert_eq!(leaf["event_filters"][0]["key"], "plan");
    let quick = row(&stage, "cohorts", "cohort.Quick");
    let leaf = &quick["filters"]["properties"]["values"][0]["values"][0];
    assert_eq!((&leaf["seq_event"], &leaf["seq_time_value"]), (&json!("bought"), &json!(2)));
    let guests = row(&stage, "cohorts", "cohort.Guests");
    assert_eq!((&guests["is_static"], &guests["query"]["kind"]), (&json!(true), &json!("HogQLQuery")));
    let survey = row(&stage, "surveys", "survey.Score");
    let pros = stage.entry(&first::STACK, "cohort.Pros").expect("it was made").id;
    let flag = &survey["targeting_flag"];
    assert_eq!(flag["filters"]["groups"][0]["properties"][0]["value"].to_string(), pros);
    assert_eq!((&flag["active"], survey["start_date"].is_null()), (&json!(true), false), "it is asked at once");
    assert_eq!(survey["questions"][0]["branching"]["responseValues"], json!({ "detractors": 2, "promoters": "end" }));
    assert_eq!(survey["questions"][1]["branching"]["responseValues"], json!({ "0": "end" }));
    assert_eq!(survey["conditions"]["deviceTypes"], json!(["Mobile"]));
    stage.settled(&first::STACK).await;
}

#[tokio::test]
async fn other_people_are_another_cohort_and_everybody_is_asked_again() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let guests = stage.entry(&first::STACK, "cohort.Guests").expect("it was made").id;
    let plan = stage.deploy(&later::STACK).await;
    for (address, fields) in [("cohort.Guests", "`people`"), ("cohort.Pros", "`all`, `people`")] {
        let replaced = step(&plan, address);
        assert_eq!(replaced.change, Change::Replace, "{address}");
        assert_eq!(replaced.reason.as_deref(), Some(&*format!("{fields} cannot be changed")));
        assert_eq!(
            replaced.means,
            [
                "the new one is made first, then the old one is removed",
                "lost: people added to the old one by hand or by an application",
            ]
        );
    }
    assert_ne!(stage.entry(&later::STACK, "cohort.Guests").expect("it was made").id, guests);
    let pros = row(&stage, "cohorts", "cohort.Pros");
    assert_eq!((&pros["is_static"], pros["filters"]["properties"]["type"].as_str()), (&json!(true), Some("AND")));
    let survey = row(&stage, "surveys", "survey.Score");
    assert_eq!((&survey["targeting_flag"], &survey["conditions"]["deviceTypes"]), (&Value::Null, &json!(["Mobile"])));
    stage.settled(&later::STACK).await;
    // What people set beside it stays.
    let groups = json!([{ "properties": [{ "key": "plan", "type": "person", "operator": "exact", "value": ["pro"] }], "rollout_percentage": 100 }]);
    let id = stage.entry(&later::STACK, "survey.Score").expect("it was made").id;
    let change = json!({ "targeting_flag_filters": { "groups": groups }, "conditions": survey["conditions"] });
    stage.click("PATCH", &format!("{PROJECT}/surveys/{id}/"), &change);
    stage.settled(&later::STACK).await;
    assert!(row(&stage, "surveys", "survey.Score")["targeting_flag"].is_object());
}
