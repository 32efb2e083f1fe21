//! Objects that exist before they are declared: found, adopted and updated to match the stack, or left alone.

use plg_runtime::error::Error;
use plg_runtime::plan::Change;
use plg_runtime::show;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, step};

mod declared {
    plg::stack! {
        name: "adopted",
        stages: { local: sandbox },

        object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
        /// How they pay.
        attribute Plans { on: Tenants, slug: "plans", holds: select { Free, Pro } }
        attribute Phase { on: Tenants, slug: "phase", holds: status { Open, Won { celebrate: true } } }
        list Targets { slug: "targets", of: companies }
        webhook Changes { url: "https://example.com/hook", on: [note.created] }
        /// Using a feature.
        event Used { name: "feature_used", tags: ["core"] }
        action Using { on: [Used] }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])] }
        feature_flag Shade { key: "shade", rollout: 10% }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        experiment_holdout Held { share: 5% }
        shared_metric Uses { metric: mean(Used) }
        experiment Guided { flag: Onboarding }
        survey Nps { questions: [open("Why?")] }
        dashboard Growth { tags: ["weekly"] }
        insight UsesByDay { on: [Growth], shows: trend [Used] }
        annotation Launch { content: "We launched", on_date: "2026-11-01" }
    }
}

mod renamed {
    plg::stack! {
        name: "adopted",
        stages: { local: sandbox },

        object Renters { was: Tenants, slug: "tenants", singular: "Tenant", plural: "Tenants" }
        /// How they pay.
        attribute PlansOf { was: Plans, on: Renters, slug: "plans", title: "Plans", holds: select { Free, Pro } }
        attribute PhaseOf { was: Phase, on: Renters, slug: "phase", title: "Phase", holds: status { Open, Won { celebrate: true } } }
        list Aims { was: Targets, slug: "targets", title: "Targets", of: companies }
        webhook Calls { was: Changes, url: "https://example.com/hook", on: [note.created] }
        /// Using a feature.
        event FeatureUsed { was: Used, name: "feature_used", tags: ["core"] }
        action UsingIt { was: Using, title: "Using", on: [FeatureUsed] }
        cohort OnPro { was: Pros, title: "Pros", all: [person(anything("plan"), is: ["pro"])] }
        feature_flag Dark { was: Shade, key: "shade", rollout: 10% }
        feature_flag Guide { was: Onboarding, key: "onboarding", variants: { control: 50%, test: 50% } }
        experiment_holdout Apart { was: Held, title: "Held", share: 5% }
        shared_metric UsesEach { was: Uses, title: "Uses", metric: mean(FeatureUsed) }
        experiment Guidance { was: Guided, title: "Guided", flag: Guide }
        survey Score { was: Nps, title: "Nps", questions: [open("Why?")] }
        dashboard Growing { was: Growth, title: "Growth", tags: ["weekly"] }
        insight EachDay { was: UsesByDay, title: "Uses By Day", on: [Growing], shows: trend [FeatureUsed] }
        annotation Launched { was: Launch, content: "We launched", on_date: "2026-11-01" }
    }
}

mod numbers {
    plg::stack! {
        name: "replacing",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: number }
    }
}

mod texts {
    plg::stack! {
        name: "replacing",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

mod popover {
    plg::stack! {
        name: "asking",
        stages: { local: sandbox },
        survey Nps { questions: [open("Why?")] }
    }
}

mod api {
    plg::stack! {
        name: "asking",
        stages: { local: sandbox },
        survey Nps { kind: api, questions: [open("Why?")] }
    }
}

mod guarded {
    plg::stack! {
        name: "replacing",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: text, protect: true }
    }
}

const PROJECT: &str = "/api/projects/12345";

/// What people made before anybody declared it: the same keys and names, everything else another way.
fn by_hand(stage: &Stage) {
    let attio = |path: &str, data: Value| stage.click("POST", path, &json!({ "data": data }));
    let posthog = |list: &str, body: Value| stage.click("POST", &format!("{PROJECT}/{list}/"), &body);
    attio("/v2/objects", json!({ "api_slug": "tenants", "singular_noun": "Renter", "plural_noun": "Renters" }));
    let attribute = |slug: &str, ty: &str| {
        json!({
            "title": "By hand", "description": null, "api_slug": slug, "type": ty, "is_required": false,
            "is_unique": false, "is_multiselect": false, "config": {},
        })
    };
    attio("/v2/objects/tenants/attributes", attribute("plans", "select"));
    attio("/v2/objects/tenants/attributes", attribute("phase", "status"));
    attio("/v2/objects/tenants/attributes/plans/options", json!({ "title": "Pro" }));
    let free = attio("/v2/objects/tenants/attributes/plans/options", json!({ "title": "Free" }));
    let free = free["data"]["id"]["option_id"].as_str().unwrap_or_default().to_owned();
    let path = format!("/v2/objects/tenants/attributes/plans/options/{free}");
    stage.click("PATCH", &path, &json!({ "data": { "is_archived": true } }));
    attio("/v2/objects/tenants/attributes/phase/statuses", json!({ "title": "Won" }));
    attio(
        "/v2/lists",
        json!({
            "name": "By hand", "api_slug": "targets", "parent_object": "companies",
            "workspace_access": "full-access", "workspace_member_access": [],
        }),
    );
    attio(
        "/v2/webhooks",
        json!({
            "target_url": "https://example.com/hook",
            "subscriptions": [{ "event_type": "task.created", "filter": null }],
        }),
    );
    stage.sandbox().ingest("feature_used", &serde_json::Map::new()).expect("a sandbox in memory");
    posthog("actions", json!({ "name": "Using", "steps": [] }));
    let criteria = json!({ "properties": { "type": "AND", "values": [{ "type": "AND", "values": [
        { "type": "person", "key": "plan", "operator": "exact", "value": ["free"] }] }] } });
    posthog("cohorts", json!({ "name": "Pros", "filters": criteria }));
    let all = json!([{ "properties": [], "rollout_percentage": 100 }]);
    posthog("feature_flags", json!({ "key": "shade", "name": "By hand", "filters": { "groups": all } }));
    let variants = json!([{ "key": "control", "rollout_percentage": 30 }, { "key": "test", "rollout_percentage": 70 }]);
    let filters = json!({ "groups": all, "multivariate": { "variants": variants } });
    posthog("feature_flags", json!({ "key": "onboarding", "name": "By hand", "filters": filters }));
    posthog(
        "experiment_holdouts",
        json!({ "name": "Held", "filters": [{ "properties": [], "rollout_percentage": 9 }] }),
    );
    let metric = json!({ "kind": "ExperimentMetric", "metric_type": "mean", "source": { "kind": "EventsNode", "event": "$pageview" } });
    posthog("experiment_saved_metrics", json!({ "name": "Uses", "query": metric }));
    posthog("experiments", json!({ "name": "Guided", "feature_flag_key": "onboarding", "description": "By hand" }));
    posthog(
        "surveys",
        json!({ "name": "Nps", "type": "popover", "questions": [{ "type": "open", "question": "What?" }] }),
    );
    posthog("dashboards", json!({ "name": "Growth", "description": "By hand" }));
    posthog("insights", json!({ "name": "Uses By Day", "description": "By hand" }));
}

/// Everything that the stack does not declare, as another client sees it.
fn foreign(stage: &Stage) -> Vec<Value> {
    [
        "/v2/objects/companies/attributes?show_archived=true",
        "/v2/objects/foreign",
        "/v2/objects/foreign/attributes",
        "/v2/lists/foreign",
        "/api/projects/12345/feature_flags/?search=foreign",
        "/api/projects/12345/surveys/?search=Foreign",
    ]
    .iter()
    .map(|path| stage.look(path))
    .collect()
}

fn by_strangers(stage: &Stage) {
    let attio = |path: &str, data: Value| stage.click("POST", path, &json!({ "data": data }));
    attio("/v2/objects", json!({ "api_slug": "foreign", "singular_noun": "Foreigner", "plural_noun": "Foreigners" }));
    attio(
        "/v2/lists",
        json!({
            "name": "Foreign", "api_slug": "foreign", "parent_object": "companies",
            "workspace_access": "full-access", "workspace_member_access": [],
        }),
    );
    let all = json!([{ "properties": [], "rollout_percentage": 100 }]);
    stage.click(
        "POST",
        &format!("{PROJECT}/feature_flags/"),
        &json!({ "key": "foreign", "name": "", "filters": { "groups": all }, "tags": ["theirs"] }),
    );
    stage.click(
        "POST",
        &format!("{PROJECT}/surveys/"),
        &json!({ "name": "Foreign", "type": "api", "questions": [{ "type": "open", "question": "What?" }] }),
    );
}

#[tokio::test]
async fn what_is_there_is_taken_over_and_brought_in_line_in_one_deploy() {
    let stage = Stage::new().await;
    by_hand(&stage);
    by_strangers(&stage);
    let before = foreign(&stage);
    let plan = stage.deploy(&declared::STACK).await;
    let mut made = addresses(&plan, Change::Create);
    made.sort_unstable();
    assert_eq!(made, ["annotation.Launch", "status.Phase.Open"]);
    assert_eq!(addresses(&plan, Change::Revive), ["option.Plans.Free"]);
    for address in addresses(&plan, Change::Adopt) {
        let step = step(&plan, address);
        assert!(step.writes() || address == "option.Plans.Pro", "{address} is not brought in line");
        assert_eq!(step.reason.as_deref(), Some("it exists already"));
    }
    assert_eq!(foreign(&stage), before);
    stage.destroy(&declared::STACK).await;
    assert_eq!(foreign(&stage), before);
}

#[tokio::test]
async fn two_of_one_name_are_explained_and_nothing_is_changed() {
    let stage = Stage::new().await;
    let criteria = json!({ "properties": { "type": "AND", "values": [{ "type": "AND", "values": [
        { "type": "person", "key": "plan", "operator": "exact", "value": ["free"] }] }] } });
    let cohort = json!({ "name": "Pros", "filters": criteria });
    let path = format!("{PROJECT}/cohorts/");
    let ids: Vec<String> = (0..2).map(|_| stage.click("POST", &path, &cohort)["id"].to_string()).collect();
    let writes = stage.sandbox().stats().of("posthog").writes;
    let Err(Error::Problems(problems)) = stage.planned(&declared::STACK, false).await else { panic!("it is planned") };
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].address, "cohort.Pros");
    assert!(ids.iter().all(|id| problems[0].message.contains(id.as_str())), "{problems:?}");
    assert!(problems[0].hint.contains("in the web app"), "{problems:?}");
    assert_eq!(stage.sandbox().stats().of("posthog").writes, writes);

    // Told apart, one is taken over.
    stage.click("PATCH", &format!("{path}{}/", ids[1]), &json!({ "name": "Other pros" }));
    let plan = stage.deploy(&declared::STACK).await;
    assert_eq!(step(&plan, "cohort.Pros").id.as_deref(), Some(ids[0].as_str()));
    let other = stage.look(&format!("{path}{}/", ids[1]));
    assert_eq!(other["name"], json!("Other pros"));
}

#[tokio::test]
async fn another_name_in_the_source_moves_what_is_remembered_and_sends_nothing() {
    let stage = Stage::new().await;
    stage.deploy(&declared::STACK).await;
    let before = stage.state(&declared::STACK);
    stage.sandbox().reset_stats();
    let (plan, outcome) = stage.apply(&renamed::STACK, false).await;
    assert!(outcome.failed.is_empty() && !plan.changes(), "{plan:#?}");
    let stats = stage.sandbox().stats();
    assert_eq!(stats.writes(), 0);
    let after = stage.state(&renamed::STACK);
    assert_eq!(after.resources.len(), before.resources.len());
    for step in &plan.steps {
        let Some(from) = &step.renamed_from else { continue };
        assert_eq!(after.resources[&step.address].id, before.resources[from].id, "{from} → {}", step.address);
    }
    let ids = |state: &plg_runtime::store::State| {
        let mut ids: Vec<String> = state.resources.values().map(|e| format!("{} {}", e.kind, e.id)).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&after), ids(&before));
    let again = stage.plan(&renamed::STACK).await;
    assert!(!again.changes() && !again.remembers(), "{again:#?}");
}

#[tokio::test]
async fn a_replacement_says_what_it_means_and_never_adopts_what_it_replaces() {
    let stage = Stage::new().await;
    stage.deploy(&numbers::STACK).await;
    let old = stage.entry(&numbers::STACK, "attribute.Tier").unwrap().id;
    stage.sandbox().reset_stats();
    let plan = stage.deploy(&texts::STACK).await;
    let replaced = step(&plan, "attribute.Tier");
    assert_eq!(replaced.change, Change::Replace);
    assert_eq!(replaced.reason.as_deref(), Some("`holds` cannot be changed"));
    assert_eq!(
        replaced.means,
        [
            "the old one cannot be deleted: it is renamed and archived, then the new one is created",
            "lost: values in records stay with the old one, which is hidden",
        ]
    );
    assert_eq!(plan.losses(), ["attribute.Tier"], "so that it is asked about");
    let shown = show::plan(&plan, show::Style { color: false, width: 100, verbose: false });
    assert!(shown.contains("lost with the old one: values in records"), "{shown}");
    let writes: Vec<String> = stage
        .sandbox()
        .log()
        .iter()
        .filter(|r| r.method != "GET")
        .map(|r| format!("{} {} {}", r.method, r.body["data"]["is_archived"], r.body["data"]["type"]))
        .collect();
    assert_eq!(writes[0], "PATCH true null", "archived first: {writes:?}");
    assert_eq!(writes[1], "POST null \"text\"", "{writes:?}");
    assert_ne!(stage.entry(&texts::STACK, "attribute.Tier").unwrap().id, old);

    let Err(Error::Protected(kept)) = ({
        stage.deploy(&numbers::STACK).await;
        stage.planned(&guarded::STACK, false).await
    }) else {
        panic!("what is protected is replaced")
    };
    assert_eq!(kept, ["attribute.Tier"]);
}

#[tokio::test]
async fn a_survey_of_another_kind_is_another_survey() {
    let stage = Stage::new().await;
    stage.deploy(&popover::STACK).await;
    let old = stage.entry(&popover::STACK, "survey.Nps").unwrap().id;
    let plan = stage.deploy(&api::STACK).await;
    assert_eq!(
        step(&plan, "survey.Nps").means,
        [
            "the old one is renamed first, then the new one is made, then the old one is removed",
            "lost: the answers to the old one",
        ]
    );
    assert_ne!(stage.entry(&api::STACK, "survey.Nps").unwrap().id, old);
    let rows = stage.look(&format!("{PROJECT}/surveys/"));
    assert_eq!(rows["count"], json!(1), "{rows}");
}

/// Paths of attributes asked for.
fn attributes(stage: &Stage) -> Vec<String> {
    let lists = stage.sandbox().log().into_iter().filter(|asked| asked.method == "GET");
    lists.map(|asked| asked.path).filter(|path| path.ends_with("/attributes")).collect()
}

#[tokio::test]
async fn what_is_on_attios_own_objects_is_listed_once_and_found() {
    let mut stage = Stage::new().await;
    stage.plan(&numbers::STACK).await;
    assert_eq!(attributes(&stage), ["/v2/objects/companies/attributes"]);
    stage.deploy(&numbers::STACK).await;
    // Remembered, it is listed by the object's id.
    let before = attributes(&stage).len();
    stage.settled(&numbers::STACK).await;
    let since: Vec<String> = attributes(&stage).split_off(before);
    assert!(!since.is_empty() && since.iter().all(|path| !path.contains("companies")), "{since:?}");
    // Forgotten, it is found by the object's name again.
    stage.forget();
    let plan = stage.plan(&numbers::STACK).await;
    assert_eq!(step(&plan, "attribute.Tier").change, Change::Adopt);
    assert_eq!(attributes(&stage).last().map(String::as_str), Some("/v2/objects/companies/attributes"));
}
