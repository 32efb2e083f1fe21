use super::*;
use crate::kinds::fixture::{at, block, case, differing, list, mistakes, node, prior, record, resolved, to};

static GROWTH: Dashboard = Dashboard { common: Common::named("Growth"), title: Name("Growth"), ..Dashboard::BLANK };
static SIGNUPS: Insight = Insight {
    common: Common::named("Signups"),
    title: Name("Signups"),
    on: &[&GROWTH],
    shows: crate::kinds::Shows::query(plg_core::Json::Null),
    ..Insight::BLANK
};
static DIGEST: Subscription = Subscription {
    common: Common::named("Digest"),
    sends: Sent::dashboard(DashboardPart { dashboard: &GROWTH, insights: &[&SIGNUPS] }),
    title: Name("Digest"),
    to: Delivery::email(Addresses { to: &[Str("a@example.com"), Str("b@example.com")] }),
    every: Every(Span { count: 2, unit: Unit::weeks }),
    from: When("2026-12-07T09:00:00Z"),
    on: &[Weekday::monday],
    ..Subscription::BLANK
};

fn live() -> Json {
    json!({
        "id": 8, "title": "Digest", "content_type": "dashboard", "insight": null, "dashboard": 5,
        "dashboard_export_insights": [5], "target_type": "email", "target_value": "a@example.com,b@example.com",
        "frequency": "weekly", "interval": 2, "byweekday": ["monday"], "start_date": "2026-12-07T09:00:00.000000Z",
        "until_date": null, "enabled": true, "deleted": false,
    })
}

#[test]
fn a_subscription_is_created_without_a_first_mail_and_recognised() {
    let want = resolved(&DIGEST, &json!(5));
    assert_eq!(
        Subscriptions.create(&want).body,
        Some(json!({
            "dashboard": 5, "dashboard_export_insights": [5], "title": "Digest", "target_type": "email",
            "target_value": "a@example.com,b@example.com", "frequency": "weekly", "interval": 2,
            "byweekday": ["monday"], "start_date": "2026-12-07T09:00:00Z", "enabled": true, "send_test_now": false,
        }))
    );
    assert_eq!(differing(&DIGEST, &want, &live()), [""; 0]);
    let prior = prior(&DIGEST, &live());
    assert_eq!(Subscriptions.identity(&want), Subscriptions.identity(&prior.fields));
    let body = |changed: &str| Subscriptions.update(&want, &[changed.into()], &prior).and_then(|call| call.body);
    assert_eq!(body("dashboard"), None);
    assert_eq!(
        body("interval"),
        Some(
            json!({ "frequency": "weekly", "interval": 2, "byweekday": ["monday"], "start_date": "2026-12-07T09:00:00Z" })
        )
    );
    let Removal::Delete(call) = Subscriptions.remove(&prior) else { panic!("subscriptions are deleted") };
    assert_eq!(call, Call::new("PATCH", "/api/projects/{project}/subscriptions/8/", json!({ "deleted": true })));
}

#[test]
fn what_is_refused() {
    let said = |fields: Vec<(&str, Node)>, others: &[&Block]| {
        mistakes("subscription", &block("subscription", "S", fields), others)
    };
    let part = |insights: Vec<Node>| {
        case(2, "dashboard", record(3, vec![("dashboard", to(4, "Growth")), ("insights", list(5, insights))]))
    };
    let growth = block("dashboard", "Growth", vec![]);
    let loose = block("insight", "Signups", vec![]);
    let signups = || vec![to(6, "Signups")];
    assert_eq!(
        said(vec![("sends", part(vec![]))], &[&growth]),
        at(5, "a subscription has 1 to 6 insights of a dashboard, and this one has 0")
    );
    assert_eq!(
        said(vec![("sends", part(signups()))], &[&growth, &loose]),
        at(6, "`Signups` does not stand on `Growth`")
    );
    let there = block("insight", "Signups", vec![("on", list(7, vec![to(8, "Growth")]))]);
    assert_eq!(said(vec![("sends", part(signups()))], &[&growth, &there]), []);
    let email = |addresses: Vec<Node>| case(2, "email", record(3, vec![("to", list(4, addresses))]));
    assert_eq!(said(vec![("to", email(vec![]))], &[]), at(4, "this has no recipient"));
    let both = vec![node(5, Given::Text("a@b.c, d@e.f".into()))];
    assert_eq!(said(vec![("to", email(both))], &[]), at(5, "`a@b.c, d@e.f` is not an e-mail address"));
    let nth = |n: i64| ("nth", node(9, Given::Int(n)));
    assert_eq!(said(vec![nth(0)], &[]), at(9, "a day occurs one to five times a month"));
    assert_eq!(said(vec![nth(1)], &[]), at(9, "`nth` needs a day of the week"));
}

#[test]
fn a_report_is_written_anew_each_time() {
    static REPORT_ON_SIGNUPS: Subscription = Subscription {
        sends: Sent::report(ReportPart {
            about: ReportPrompt("What changed?"),
            model: Some(Str("large")),
            ..ReportPart::BLANK
        }),
        count: Some(5),
        on: &[],
        summary: Some(true),
        summary_guide: Some(Str("Money first.")),
        ..DIGEST
    };
    let want = resolved(&REPORT_ON_SIGNUPS, &json!(5));
    let said = |field: &str| want.get(field).cloned().unwrap_or_default();
    assert_eq!((said("content_type"), said("prompt")), (json!("ai_prompt"), json!("What changed?")));
    assert_eq!(
        (said("ai_config"), said("count"), said("insight")),
        (json!({ "model": "large" }), json!(5), Json::Null)
    );
    let mut live = live();
    for (field, value) in [
        ("content_type", json!("ai_prompt")),
        ("prompt", json!("What changed?")),
        ("ai_config", json!({ "model": "large", "planner_model": "small" })),
        ("count", json!(5)),
        ("summary_enabled", json!(true)),
        ("summary_prompt_guide", json!("Money first.")),
    ] {
        live[field] = value;
    }
    assert_eq!(differing(&REPORT_ON_SIGNUPS, &want, &live), [""; 0]);
}

#[test]
fn what_has_ended_is_not_switched_on() {
    let mut ended = live();
    ended["enabled"] = json!(false);
    ended["next_delivery_date"] = Json::Null;
    let before = prior(&DIGEST, &ended).fields;
    let mut after = before.clone();
    after.insert("enabled".into(), json!(true));
    assert!(Subscriptions.refuses(&before, Some(&after)).is_some() && Subscriptions.refuses(&before, None).is_none());
    after.insert("until_date".into(), json!("2027-01-01T00:00:00Z"));
    assert!(Subscriptions.refuses(&before, Some(&after)).is_none());
}

#[test]
fn ends_reports_and_summaries() {
    let said = |fields: Vec<(&str, Node)>| mistakes("subscription", &block("subscription", "S", fields), &[]);
    let text = |at: u32, text: &str| node(at, Given::Text(text.into()));
    let count = |n: i64| ("count", node(3, Given::Int(n)));
    assert_eq!(said(vec![count(0)]), at(3, "with 0 deliveries, nothing would be sent"));
    let hook = ("to", case(5, "webhook", text(6, "https://example.com")));
    let report = ("sends", case(7, "report", record(8, vec![("about", text(9, "What changed?"))])));
    assert_eq!(said(vec![report, hook]), at(5, "a report can be sent by e-mail or to Slack only"));
    let guide = vec![("summary", node(10, Given::Bool(false))), ("summary_guide", text(11, "Money."))];
    assert_eq!(said(guide), at(11, "`summary_guide` needs a summary"));
}
