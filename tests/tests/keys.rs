//! Keys that move between declarations: handed over, swapped, freed by what goes; and objects that two declarations
//! claim.

use plg_core::Stack;
use plg_runtime::error::Error;
use plg_runtime::plan::Change;
use plg_runtime::session::PlanOptions;
use serde_json::json;
use tests::stage::{Stage, addresses, fresh, quietly, step};

/// Two of every kind whose keys can be changed, with the keys and titles that are given for the first and the second.
macro_rules! keyed {
    ($name:ident, $flag:literal $slug:literal $title:literal, $second_flag:literal $second_slug:literal $second_title:literal $(, $($more:tt)*)?) => {
        mod $name {
            plg::stack! {
                name: "keys",
                stages: { local: sandbox },

                object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
                feature_flag A { key: $flag, rollout: 10% }
                feature_flag B { key: $second_flag, rollout: 20% }
                object OA { slug: $slug, singular: "OA", plural: "OAs" }
                object OB { slug: $second_slug, singular: "OB", plural: "OBs" }
                attribute AA { on: Tenants, slug: $slug, holds: text }
                attribute AB { on: Tenants, slug: $second_slug, holds: number }
                attribute Plans { on: Tenants, slug: "plans", holds: select { A { title: $title }, B { title: $second_title } } }
                attribute Phase { on: Tenants, slug: "phase", holds: status { A { title: $title }, B { title: $second_title } } }
                list LA { slug: $slug, of: companies }
                list LB { slug: $second_slug, of: people }
                event Used { name: "used" }
                event Left { name: "left" }
                action CA { title: $title, on: [Used] }
                action CB { title: $second_title, on: [Left] }
                survey SA { title: $title, questions: [open("Why?")] }
                survey SB { title: $second_title, questions: [open("How?")] }
                shared_metric MA { title: $title, metric: mean(Used) }
                shared_metric MB { title: $second_title, metric: mean(Left) }
                $($($more)*)?
            }
        }
    };
}

keyed!(before, "a" "aaa" "First", "b" "bbb" "Second");
keyed!(swapped, "b" "bbb" "Second", "a" "aaa" "First");
keyed!(moved, "b" "bbb" "Second", "c" "ccc" "Third");
keyed!(
    handed, "c" "ccc" "Third", "b" "bbb" "Second",
    feature_flag C { key: "a", rollout: 30% }
    object OC { slug: "aaa", singular: "OC", plural: "OCs" }
    attribute AC { on: Tenants, slug: "aaa", holds: checkbox }
    list LC { slug: "aaa", of: people }
    action CC { title: "First", on: [Left] }
    survey SC { title: "First", questions: [open("Who?")] }
    shared_metric MC { title: "First", metric: mean(Left) }
);

const KEYED: [&str; 11] = [
    "feature_flag.A",
    "object.OA",
    "attribute.AA",
    "option.Plans.A",
    "status.Phase.A",
    "list.LA",
    "action.CA",
    "survey.SA",
    "shared_metric.MA",
    "feature_flag.B",
    "attribute.AB",
];

async fn ids(stage: &Stage, stack: &'static Stack) -> Vec<String> {
    let state = stage.state(stack);
    KEYED.iter().map(|address| state.resources.get(*address).map(|e| e.id.clone()).unwrap_or_default()).collect()
}

#[tokio::test]
async fn two_swap_their_keys_and_stay_what_they_are() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    let was = ids(&stage, &before::STACK).await;
    let plan = stage.deploy(&swapped::STACK).await;
    assert!(step(&plan, "feature_flag.A").parking.is_some() != step(&plan, "feature_flag.B").parking.is_some());
    assert_eq!(ids(&stage, &swapped::STACK).await, was);
    let flag = stage.entry(&swapped::STACK, "feature_flag.A").expect("it is there").id;
    assert_eq!(stage.look(&format!("/api/projects/12345/feature_flags/{flag}/"))["key"], "b");
    stage.deploy(&before::STACK).await;
    assert_eq!(ids(&stage, &before::STACK).await, was);
}

#[tokio::test]
async fn a_key_that_moves_is_free_before_it_is_taken() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    let was = ids(&stage, &before::STACK).await;
    stage.deploy(&moved::STACK).await;
    assert_eq!(ids(&stage, &moved::STACK).await, was);
}

#[tokio::test]
async fn a_key_is_handed_to_something_new() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    let was = ids(&stage, &before::STACK).await;
    let plan = stage.deploy(&handed::STACK).await;
    assert_eq!(step(&plan, "feature_flag.C").takes_from, ["feature_flag.A"]);
    assert_eq!(step(&plan, "feature_flag.C").change, Change::Create);
    assert_eq!(ids(&stage, &handed::STACK).await, was);
}

#[tokio::test]
async fn the_same_without_a_look() {
    for after in [&swapped::STACK, &moved::STACK, &handed::STACK] {
        let stage = Stage::new().await;
        stage.deploy(&before::STACK).await;
        let was = ids(&stage, &before::STACK).await;
        let mut session = stage.open(after).await;
        let plan = session.plan(&PlanOptions { refresh: false, ..fresh() }).await.expect("the stack fits");
        let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        drop(session);
        stage.settled(after).await;
        assert_eq!(ids(&stage, after).await, was);
    }
}

mod fewer {
    plg::stack! {
        name: "keys",
        stages: { local: sandbox },

        object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
        feature_flag A { key: "b", rollout: 10% }
        attribute AA { on: Tenants, slug: "bbb", holds: text }
        attribute Plans { on: Tenants, slug: "plans", holds: select { A { title: "Second" } } }
        attribute Phase { on: Tenants, slug: "phase", holds: status { A { title: "Second" } } }
        event Used { name: "used" }
        action CA { title: "Second", on: [Used] }
        survey SA { title: "Second", questions: [open("Why?")] }
        shared_metric MA { title: "Second", metric: mean(Used) }
    }
}

mod all_of_them {
    plg::stack! {
        name: "keys",
        stages: { local: sandbox },

        object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
        feature_flag A { key: "a", rollout: 10% }
        feature_flag B { key: "b", rollout: 20% }
        attribute AA { on: Tenants, slug: "aaa", holds: text }
        attribute AB { on: Tenants, slug: "bbb", holds: number }
        attribute Plans { on: Tenants, slug: "plans", holds: select { A { title: "First" }, B { title: "Second" } } }
        attribute Phase { on: Tenants, slug: "phase", holds: status { A { title: "First" }, B { title: "Second" } } }
        event Used { name: "used" }
        action CA { title: "First", on: [Used] }
        action CB { title: "Second", on: [Used] }
        survey SA { title: "First", questions: [open("Why?")] }
        survey SB { title: "Second", questions: [open("How?")] }
        shared_metric MA { title: "First", metric: mean(Used) }
        shared_metric MB { title: "Second", metric: mean(Used) }
    }
}

#[tokio::test]
async fn what_goes_gives_up_its_key_first_even_where_it_only_is_archived() {
    let stage = Stage::new().await;
    stage.deploy(&all_of_them::STACK).await;
    let plan = stage.deploy(&fewer::STACK).await;
    assert_eq!(addresses(&plan, Change::Archive).len(), 3);
    assert!(step(&plan, "attribute.AB").parking.is_some());
    assert_eq!(step(&plan, "attribute.AA").takes_from, ["attribute.AB"]);
    assert_eq!(step(&plan, "feature_flag.A").takes_from, ["feature_flag.B"]);
}

mod kept {
    plg::stack! {
        name: "keys",
        stages: { local: sandbox },
        feature_flag A { key: "a", rollout: 10% }
        feature_flag B { key: "b", rollout: 20%, on_destroy: keep }
    }
}

mod wanted {
    plg::stack! {
        name: "keys",
        stages: { local: sandbox },
        feature_flag A { key: "b", rollout: 10% }
    }
}

fn problem(error: Error) -> String {
    let Error::Problems(problems) = error else { panic!("{error}") };
    problems.iter().map(|p| format!("{} {} {} {}\n", p.address, p.place, p.message, p.hint)).collect()
}

#[tokio::test]
async fn a_key_that_stays_with_what_is_left_behind_is_refused() {
    let stage = Stage::new().await;
    stage.deploy(&kept::STACK).await;
    let said = problem(stage.planned(&wanted::STACK, false).await.expect_err("B stays"));
    assert!(said.contains("feature_flag.A") && said.contains("feature_flag.B") && said.contains("was: B"), "{said}");
}

#[tokio::test]
async fn a_key_that_somebody_else_has_is_refused_in_the_plan() {
    let stage = Stage::new().await;
    stage.deploy(&before::STACK).await;
    let all = json!([{ "properties": [], "rollout_percentage": 100 }]);
    stage.click(
        "POST",
        "/api/projects/12345/feature_flags/",
        &json!({ "key": "c", "name": "", "filters": { "groups": all } }),
    );
    let attribute = json!({ "data": {
        "title": "T", "description": null, "api_slug": "ccc", "type": "text", "is_required": false, "is_unique": false,
        "is_multiselect": false, "config": {},
    } });
    stage.click("POST", "/v2/objects/tenants/attributes", &attribute);
    stage.click("PATCH", "/v2/objects/tenants/attributes/ccc", &json!({ "data": { "is_archived": true } }));
    let said = problem(stage.planned(&handed::STACK, false).await.expect_err("others have the keys"));
    assert!(said.contains("feature_flag.A") && said.contains("\"c\""), "{said}");
    assert!(said.contains("attribute.AA") && said.contains("an archived one"), "{said}");
}

mod twins {
    plg::stack! {
        name: "twins",
        stages: { local: sandbox },
        event Used { name: "used" }
        feature_flag Split { key: "split", variants: { control: 50%, test: 50% } }
        dashboard D { title: "Same" }
        dashboard E { title: "Same" }
        insight I { title: "Same", shows: trend [Used] }
        insight J { title: "Same", shows: trend [Used] }
        cohort C { title: "Same", all: [person(anything("plan"), is: ["pro"])] }
        cohort B { title: "Same", all: [person(anything("plan"), is: ["free"])] }
        annotation N { content: "Same", on_date: "2026-11-01" }
        annotation O { content: "Same", on_date: "2026-11-01" }
        annotation P { content: "Same", on_date: "2026-11-02" }
        webhook W { url: "https://example.com/hook", on: [note.created] }
        webhook X { url: "https://example.com/hook", on: [task.created] }
        experiment F { title: "Same", flag: Split }
        experiment G { title: "Same", flag: Split }
        alert K { title: "Same", insight: I, when: value { above: 1 }, users: [1] }
        alert L { title: "Same", insight: I, when: value { above: 2 }, users: [1] }
        alert M { title: "Same", insight: J, when: value { above: 2 }, users: [1] }
        experiment_holdout Q { title: "Same", share: 5% }
        experiment_holdout R { title: "Same", share: 6% }
    }
}

#[tokio::test]
async fn what_nobody_could_tell_apart_is_refused_with_both_places() {
    let stage = Stage::new().await;
    let said = problem(stage.planned(&twins::STACK, false).await.expect_err("they have the same titles"));
    for (one, other) in [
        ("dashboard.E", "dashboard.D"),
        ("insight.J", "insight.I"),
        ("cohort.B", "cohort.C"),
        ("annotation.O", "annotation.N"),
        ("webhook.X", "webhook.W"),
        ("experiment.G", "experiment.F"),
        ("alert.L", "alert.K"),
        ("experiment_holdout.R", "experiment_holdout.Q"),
    ] {
        let line = said.lines().find(|line| line.starts_with(one) || line.starts_with(other));
        let line = line.unwrap_or_else(|| panic!("{one} is not refused:\n{said}"));
        assert!(line.contains(one) && line.contains(other) && line.matches("keys.rs:").count() == 2, "{line}");
    }
    assert!(!said.contains("annotation.P ") && !said.contains("alert.M "), "{said}");
    assert_eq!(stage.sandbox().stats().writes(), 0);
}

mod single {
    plg::stack! {
        name: "was",
        stages: { local: sandbox },
        dashboard One { title: "One" }
    }
}

mod double {
    mod other {
        plg::stack! { stages: super, dashboard Three { title: "Three", was: One } }
    }

    plg::stack! {
        name: "was",
        stages: { local: sandbox },
        parts: [other],
        dashboard Two { title: "Two", was: One }
    }
}

#[tokio::test]
async fn one_was_is_one_declaration() {
    let stage = Stage::new().await;
    stage.deploy(&single::STACK).await;
    for refresh in [true, false] {
        let mut session = stage.reading(&double::STACK).await;
        let said = problem(session.plan(&PlanOptions { refresh, ..fresh() }).await.expect_err("both were One"));
        assert!(said.contains("dashboard.Three") && said.contains("dashboard.Two"), "{said}");
        assert!(said.contains("only one declaration can continue One"), "{said}");
    }
}
