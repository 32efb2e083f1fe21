//! An answer is not believed because it is 200: it is held against what was asked, and where it does not say that it
//! was done, the object itself is looked at.

use plg_runtime::apply::{Outcome, Why};
use plg_runtime::http::{Answer, Request};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use tests::bent::{body, says};
use tests::stage::Stage;

mod first {
    plg::stack! {
        name: "answers",
        stages: { local: sandbox },
        event Used { name: "used" }
        cohort Powerful { title: "Powerful", all: [person(anything("plan"), is: ["a"])] }
        feature_flag Shade { key: "shade", rollout: 10% }
        attribute Tier { on: companies, slug: "tier", holds: number }
        webhook Deals { url: "https://example.com/hook", on: [companies.created] }
    }
}

mod second {
    plg::stack! {
        name: "answers",
        stages: { local: sandbox },
        event Used { name: "used" }
        cohort Powerful { title: "Powerful", all: [person(anything("plan"), is: ["b"])] }
        feature_flag Shade { key: "shade", rollout: 20% }
        attribute Tier { on: companies, slug: "tier", holds: select { One, Two } }
        webhook Deals { url: "https://example.com/other", on: [companies.created] }
    }
}

const COHORTS: &str = "/api/projects/12345/cohorts/";
const FLAGS: &str = "/api/projects/12345/feature_flags/";

/// Names of what is live.
fn cohorts(stage: &Stage) -> Vec<String> {
    let rows = stage.look(COHORTS)["results"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
}

fn webhooks(stage: &Stage) -> usize {
    stage.look("/v2/webhooks")["data"].as_array().map_or(0, Vec::len)
}

fn failures(outcome: &Outcome) -> Vec<(String, String)> {
    let said = |why: &Why| match why {
        Why::Remote(failure) | Why::Open(failure) => failure.to_string(),
        Why::Here(_, message) => message.clone(),
    };
    outcome.failed.iter().map(|failed| (failed.address.clone(), said(&failed.why))).collect()
}

fn is(request: &Request, method: &str, path: &str) -> bool {
    request.method == method && request.url.contains(path)
}

fn is_removal(request: &Request) -> bool {
    request.method == "DELETE" || request.body.as_deref().is_some_and(|body| body.contains("\"deleted\":true"))
}

/// Untrue answers with status 200: a body that says nothing, or the row as it was.
fn untrue() -> Vec<(&'static str, Option<Answer>)> {
    let body = |text: &str| Some(Answer { status: 200, headers: Vec::new(), body: text.as_bytes().to_vec() });
    vec![("{}", body("{}")), ("null", body("null")), ("[]", body("[]")), ("empty", body("")), ("unchanged", None)]
}

#[tokio::test]
async fn a_removal_that_was_not_done_is_no_removal() {
    for (what, answer) in untrue() {
        let mut stage = Stage::new().await;
        stage.deploy(&first::STACK).await;
        let bent = stage.bend(move |request, pass| {
            let is_ours = request.url.contains("/cohorts/") || request.url.contains("/webhooks");
            (is_ours && is_removal(request)).then(|| {
                Ok(answer
                    .clone()
                    .unwrap_or_else(|| pass(&Request { method: "GET".into(), body: None, ..request.clone() })))
            })
        });
        let (_, outcome) = stage.apply(&first::STACK, true).await;
        let failed = failures(&outcome);
        assert_eq!(failed.len(), 2, "{what}: {failed:?}");
        assert!(
            failed.iter().any(|(address, said)| address == "cohort.Powerful"
                && said == "PostHog answered 200: the API confirmed its removal twice, and still has it"),
            "{what}: {failed:?}"
        );
        assert_eq!(bent.count("PATCH", "/cohorts/"), 2, "{what}");
        assert!(stage.entry(&first::STACK, "cohort.Powerful").is_some(), "{what}: it was forgotten");
        assert!(stage.entry(&first::STACK, "webhook.Deals").is_some(), "{what}: it was forgotten");
        stage.straighten();
        stage.destroy(&first::STACK).await;
        assert_eq!((cohorts(&stage).len(), webhooks(&stage)), (0, 0), "{what}");
    }
}

#[tokio::test]
async fn a_removal_that_was_done_needs_no_words() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    stage.bend(|request, pass| {
        is_removal(request).then(|| {
            pass(request);
            Ok(Answer { status: 200, headers: Vec::new(), body: Vec::new() })
        })
    });
    stage.destroy(&first::STACK).await;
    assert_eq!((cohorts(&stage).len(), webhooks(&stage)), (0, 0));
}

#[tokio::test]
async fn statuses_that_follow_a_commit_are_looked_into() {
    for status in [408, 425, 302, 308, 500, 503] {
        let mut stage = Stage::new().await;
        stage.deploy(&first::STACK).await;
        let answered = move |request: &Request, pass: tests::bent::Pass<'_>| {
            (request.method != "GET" && !request.url.ends_with("/query")).then(|| {
                pass(request);
                Ok(Answer { status, headers: vec![("location".into(), "/elsewhere".into())], body: Vec::new() })
            })
        };
        stage.bend(answered);
        let (_, outcome) = stage.apply(&second::STACK, false).await;
        assert_eq!(failures(&outcome), [], "{status}");
        stage.straighten();
        stage.settled(&second::STACK).await;
        stage.bend(answered);
        stage.destroy(&second::STACK).await;
        assert_eq!((cohorts(&stage).len(), webhooks(&stage)), (0, 0), "{status}");
    }
}

#[tokio::test]
async fn a_create_with_such_a_status_is_made_once() {
    for status in [408, 425, 302, 308, 500] {
        let mut stage = Stage::new().await;
        stage.bend(move |request, pass| {
            (request.method == "POST" && !request.url.ends_with("/query")).then(|| {
                pass(request);
                Ok(Answer { status, ..Answer::default() })
            })
        });
        let (_, outcome) = stage.apply(&first::STACK, false).await;
        assert_eq!(failures(&outcome), [], "{status}");
        stage.straighten();
        stage.settled(&first::STACK).await;
        assert_eq!((cohorts(&stage).len(), webhooks(&stage)), (1, 1), "{status}");
    }
}

#[tokio::test]
async fn an_update_that_did_nothing_is_sent_again() {
    for (what, answer) in untrue() {
        let mut stage = Stage::new().await;
        stage.deploy(&first::STACK).await;
        let times = AtomicUsize::new(0);
        let bent = stage.bend(move |request, pass| {
            (is(request, "PATCH", COHORTS) && times.fetch_add(1, Ordering::Relaxed) == 0).then(|| {
                Ok(answer
                    .clone()
                    .unwrap_or_else(|| pass(&Request { method: "GET".into(), body: None, ..request.clone() })))
            })
        });
        let (_, outcome) = stage.apply(&second::STACK, false).await;
        assert_eq!((failures(&outcome), &outcome.warnings[..]), (Vec::new(), &[][..]), "{what}");
        assert_eq!(bent.count("PATCH", COHORTS), 2, "{what}");
        stage.straighten();
        stage.settled(&second::STACK).await;
    }
}

#[tokio::test]
async fn an_update_that_was_done_is_seen_whatever_was_answered() {
    for (what, answer) in untrue() {
        let mut stage = Stage::new().await;
        stage.deploy(&first::STACK).await;
        let bent = stage.bend(move |request, pass| {
            is(request, "PATCH", FLAGS).then(|| {
                let before = pass(&Request { method: "GET".into(), body: None, ..request.clone() });
                pass(request);
                Ok(answer.clone().unwrap_or(before))
            })
        });
        let (_, outcome) = stage.apply(&second::STACK, false).await;
        assert_eq!((failures(&outcome), &outcome.warnings[..]), (Vec::new(), &[][..]), "{what}");
        assert_eq!(bent.count("PATCH", FLAGS), 1, "{what}");
        stage.straighten();
        stage.settled(&second::STACK).await;
    }
}

#[tokio::test]
async fn a_field_is_only_not_kept_where_the_row_says_so() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let bent = stage.bend(|request, pass| {
        is(request, "PATCH", FLAGS).then(|| Ok(pass(&Request { method: "GET".into(), body: None, ..request.clone() })))
    });
    let (_, outcome) = stage.apply(&second::STACK, false).await;
    assert_eq!(failures(&outcome), []);
    assert!(
        outcome.warnings.iter().any(|said| said.contains("PostHog did not store `groups`")),
        "{:?}",
        outcome.warnings
    );
    assert_eq!(bent.count("PATCH", FLAGS), 2);
}

#[tokio::test]
async fn a_create_is_what_was_asked_for_or_looked_for() {
    for answer in
        [json!({}), json!(null), json!({ "id": 4711 }), json!({ "id": 4711, "name": "Another", "key": "other" })]
    {
        let mut stage = Stage::new().await;
        let shown = answer.clone();
        stage.bend(move |request, pass| {
            (is(request, "POST", COHORTS) || is(request, "POST", FLAGS)).then(|| {
                pass(request);
                Ok(says(201, &shown))
            })
        });
        let (_, outcome) = stage.apply(&first::STACK, false).await;
        assert_eq!(failures(&outcome), [], "{answer}");
        let id = stage.entry(&first::STACK, "cohort.Powerful").expect("it was made").id;
        assert_ne!(id, "4711", "{answer}");
        stage.straighten();
        stage.settled(&first::STACK).await;
        assert_eq!(cohorts(&stage), ["Powerful"], "{answer}");
    }
}

#[tokio::test]
async fn an_old_one_is_out_of_the_way_before_its_replacement_is_made() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let times = AtomicUsize::new(0);
    stage.bend(move |request, _| {
        (is(request, "PATCH", "/attributes/") && times.fetch_add(1, Ordering::Relaxed) == 0)
            .then(|| Ok(says(200, &json!({}))))
    });
    let (_, outcome) = stage.apply(&second::STACK, false).await;
    assert_eq!(failures(&outcome), []);
    stage.straighten();
    stage.settled(&second::STACK).await;
}

/// Ids that no fraction holds to the last digit stay what they are.
#[tokio::test]
async fn ids_are_as_long_as_they_are() {
    for offset in [(1_u64 << 53) + 1, u64::MAX - 1_000_000] {
        let mut stage = Stage::new().await;
        let long = move |answer: Answer| {
            fn lengthen(value: &mut Value, by: u64) {
                match value {
                    Value::Object(fields) => {
                        for (key, value) in fields {
                            match value.as_u64() {
                                Some(id) if key == "id" => *value = json!(by + id),
                                _ => lengthen(value, by),
                            }
                        }
                    }
                    Value::Array(rows) => rows.iter_mut().for_each(|row| lengthen(row, by)),
                    _ => {}
                }
            }
            let mut shown = body(&answer);
            lengthen(&mut shown, offset);
            Answer { body: shown.to_string().into_bytes(), ..answer }
        };
        stage.bend(move |request, pass| {
            (request.url.contains("/cohorts/") || request.url.contains("/feature_flags/")).then(|| {
                let mut url = request.url.clone();
                if let Some(id) = url.trim_end_matches('/').rsplit('/').next().and_then(|id| id.parse::<u64>().ok()) {
                    url = url.replace(&id.to_string(), &(id.checked_sub(offset).expect("a long id")).to_string());
                }
                Ok(long(pass(&Request { url, ..request.clone() })))
            })
        });
        for stack in [&first::STACK, &second::STACK] {
            stage.deploy(stack).await;
        }
        let id = stage.entry(&second::STACK, "cohort.Powerful").expect("it was made").id;
        assert!(id.parse::<u64>().is_ok_and(|id| id > offset), "{id}");
        stage.destroy(&second::STACK).await;
        assert!(cohorts(&stage).is_empty());
    }
}
