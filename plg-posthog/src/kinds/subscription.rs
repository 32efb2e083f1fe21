//! PostHog subscriptions: charts that are sent again and again.

mod import;

use super::posthog;
use super::prelude::*;
use super::{Dashboard, Insight};
use plg_core::checks::{counted, filled, once};
use plg_core::text::{mail, utc};
use plg_core::wire::env;
use plg_core::{Shape, Value};

plg_core::record! {
    /// A dashboard, with the insights on it that are sent.
    DashboardPart {
        /// The dashboard.
        dashboard: Link<Dashboard>,
        /// Insights that stand on it: 1 to 6.
        insights: &'static [Link<Insight>],
    }
}

plg_core::choice! {
    /// What a subscription sends.
    Sent "thing to send" {
        /// A dashboard with up to six of its insights: `dashboard(Growth, [Signups])`.
        dashboard(DashboardPart),
        ; /// An insight.
        else insight(Link<Insight>)
    }
}

plg_core::choice! {
    /// Where a subscription is sent.
    Delivery "way to send" {
        /// To mail addresses: `email ["team@example.com"]`.
        email(Addresses),
        /// To a web address: `webhook(env("REPORT_URL"))`.
        webhook(Url),
        /// To a channel: `slack("C0123|#growth", integration: 7)`.
        slack(Channel),
    }
}

plg_core::record! {
    /// Who gets the mail.
    Addresses {
        /// Their mail addresses.
        to: &'static [Str],
    }
}

plg_core::record! {
    /// A channel in Slack.
    Channel {
        /// The channel, as PostHog writes it: its id, a bar and its name.
        channel: Str,
        /// The number of the Slack integration in PostHog.
        integration: i64,
    }
}

plg_core::words! {
    /// A day of the week.
    Weekday "day of the week" {
        monday,
        tuesday,
        wednesday,
        thursday,
        friday,
        saturday,
        sunday,
    }
}

/// How much time is between two of them: days to years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every(pub Span);

impl Value for Every {
    const SHAPE: Shape = Shape::Span { wrap: Some("Every"), units: &["days", "weeks", "months", "years"] };
    const BLANK: Self = Every(Span::BLANK);

    fn given(&self) -> Option<Given> {
        Some(Given::Span(self.0))
    }
}

plg_core::kind! {
    /// An insight or a dashboard that is sent to people again and again. It needs a paid plan.
    subscription Subscription {
        /// What is sent. It cannot change later.
        sends: Sent,
        /// What people read in PostHog, up to 100 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// Where it is sent.
        to: Delivery,
        /// How much time is between two of them, such as `1 weeks`.
        every: Every,
        /// When it begins; its time of day is when it is sent, midnight in UTC unless given.
        from: When,
        /// When it ends. Left to people, where nothing is written.
        until: Option<When> = None,
        /// Days of the week it is sent on, for weeks and months. Left to people, where nothing is written.
        on: &'static [Weekday] = &[],
        /// Which of these days in a month, counted from 1: `nth: 1` with `on: [monday]` is the first Monday.
        nth: Option<i64> = None,
        /// Whether it is switched on. People flip it in the web app, so it is only compared where it is written here.
        enabled: Option<bool> = None,
    }
    provider: &crate::PROVIDER,
    key: &["sends", "title"],
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Subscriptions,
}

fn check(subscription: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(subscription, "title", 100, report);
    let held = |field: &str| subscription.get(field).and_then(Node::held);
    if let Some(insights) = held("sends").and_then(|part| part.field("insights")) {
        check_count(insights, report);
    }
    if let Some(addresses) = held("to").and_then(|to| to.field("to")) {
        if addresses.list().is_empty() {
            report.error(
                codes::LIST,
                addresses.at,
                "nobody would get this\nhelp: write `email [\"team@example.com\"]`",
            );
        }
        for address in addresses.list() {
            if let Some(text) = address.text()
                && let Err(message) = mail(text)
            {
                report.error(codes::TEXT, address.at, message);
            }
        }
        once(addresses.list(), |address| Some(address.text()?.to_lowercase()), report);
    }
    if let Some(channel) = held("to").filter(|to| to.field("channel").is_some()) {
        filled(channel, &["channel"], report);
        if let Some(integration) = channel.field("integration") {
            counted(integration, "integrations of PostHog", report);
        }
    }
    if let (Some(from), Some(until)) = (subscription.text("from"), subscription.get("until"))
        && let (Some(from), Some(ends)) = (utc(from), until.text().and_then(utc))
        && ends < from
    {
        report.error(
            codes::OUT_OF_RANGE,
            until.at,
            format!("this ends before it begins, which is {from}\nhelp: write a later date"),
        );
    }
    if let Some(nth) = subscription.get("nth") {
        if !matches!(nth.given, Given::Int(1..=5)) {
            report.error(codes::OUT_OF_RANGE, nth.at, "a month has a first to a fifth of a day\nhelp: write `nth: 1`");
        } else if subscription.get("on").is_none_or(|on| on.list().is_empty()) {
            report.error(codes::NEEDS_ANOTHER, nth.at, "the first of what?\nhelp: write `on: [monday]` beside it");
        }
    }
}

fn check_count(insights: &Node, report: &mut Report) {
    if !(1..=6).contains(&insights.list().len()) {
        report.error(
            codes::LIST,
            insights.at,
            format!("1 to 6 insights of a dashboard are sent, but here are {}\nhelp: name some", insights.list().len()),
        );
    }
}

/// PostHog only sends insights that stand on the dashboard.
pub(super) fn check_insights(subscription: &Block, world: &Declarations, report: &mut Report) {
    let part = subscription.get("sends").and_then(Node::held);
    let Some(insights) = part.and_then(|part| part.field("insights")) else { return };
    let Some(dashboard) = part.and_then(|part| part.field("dashboard")).and_then(|node| world.target(node)) else {
        return;
    };
    for node in insights.list() {
        let Some(insight) = world.target(node) else { continue };
        let on = insight.get("on").map_or(&[][..], Node::list);
        let there = on.iter().any(|d| world.target(d).is_none_or(|d| std::ptr::eq(d, dashboard)))
            || super::dashboard::shown(dashboard)
                .any(|one| world.target(one).is_none_or(|one| std::ptr::eq(one, insight)));
        if !there && !insight.existing {
            report.error(
                crate::codes::BUILT_ON,
                node.at,
                format!(
                    "`{0}` does not stand on `{1}`\nhelp: write `{0}` in the `tiles` of `{1}`",
                    insight.name, dashboard.name
                ),
            );
        }
    }
}

impl Describe for Subscription {
    fn want(&self) -> Want {
        let (ty, value, integration) = match self.to {
            Delivery::email(addresses) => {
                let all: Vec<&str> = addresses.to.iter().map(|address| address.0).collect();
                ("email", Term::from(all.join(",")), None)
            }
            Delivery::webhook(url) => ("webhook", env(url.0), None),
            Delivery::slack(channel) => ("slack", channel.channel.0.into(), Some(channel.integration)),
        };
        let want = Want::of(&self.common);
        let want = match self.sends {
            Sent::insight(insight) => want.set("insight", reference(insight)),
            Sent::dashboard(part) => want.set("dashboard", reference(part.dashboard)).set(
                "dashboard_export_insights",
                part.insights.iter().map(|insight| reference(*insight)).collect::<Vec<_>>(),
            ),
        };
        let days: Vec<&str> = self.on.iter().map(|day| day.as_str()).collect();
        let want = want
            .set("title", self.title.0)
            .set("target_type", ty)
            .set("target_value", value)
            .set_some("integration_id", integration)
            .set("frequency", frequency(self.every.0.unit))
            .set("interval", self.every.0.count)
            .set("start_date", posthog::instant(self.from.0))
            .set_some("until_date", self.until.map(|until| posthog::instant(until.0)))
            .set_some("byweekday", (!days.is_empty()).then_some(days))
            .set_some("bysetpos", self.nth);
        match self.enabled {
            Some(enabled) => want.set("enabled", enabled),
            None => want.set_create_only("enabled", true),
        }
    }
}

fn frequency(unit: Unit) -> &'static str {
    match unit {
        Unit::minutes | Unit::hours | Unit::days => "daily",
        Unit::weeks => "weekly",
        Unit::months => "monthly",
        Unit::years => "yearly",
    }
}

#[derive(Debug)]
struct Subscriptions;

/// Fields that say when it is sent.
const SCHEDULE: &[&str] = &["frequency", "interval", "start_date", "until_date", "byweekday", "bysetpos"];

/// Fields that say where it is sent.
const DELIVERY: &[&str] = &["target_type", "target_value", "integration_id"];

impl Wire for Subscriptions {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("subscriptions")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        for field in ["start_date", "until_date"] {
            posthog::normalise(&mut live.fields, field, |date| {
                date.as_str().map_or(Json::Null, |date| posthog::instant(date).into())
            });
        }
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        let mut body = want.clone();
        // Else the first is sent at once.
        body.insert("send_test_now".into(), Json::Bool(false));
        self.collection(want).create(body)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        for fields in [SCHEDULE, DELIVERY] {
            posthog::together(&mut part, want, fields);
        }
        for field in self.fixed() {
            part.remove(*field);
        }
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["insight", "dashboard"]
    }

    fn lost(&self) -> &'static str {
        "the deliveries so far go with the old one"
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["send_test_now"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        let of = ["insight", "dashboard"].into_iter().filter_map(|field| id_text(fields.get(field)?));
        Some(format!("{} of {}", text(fields, "title"), of.collect::<Vec<_>>().join(" ")))
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            "dashboard_export_insights" => const { &Owned::members(&[]) },
            // People have themselves told too.
            "target_value" => &Owned::Addresses,
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "dashboard_export_insights" | "byweekday" => same_set(want, live),
            _ => same(want, live),
        }
    }

    fn goes_without_saying(&self, new: &Map) -> Vec<(&'static str, String)> {
        new.get("enabled").map(|enabled| ("enabled", enabled.to_string())).into_iter().collect()
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "sends" => &["insight", "dashboard", "dashboard_export_insights"],
            "to" => DELIVERY,
            "every" => &["frequency", "interval"],
            "from" => &["start_date"],
            "until" => &["until_date"],
            "on" => &["byweekday"],
            "nth" => &["bysetpos"],
            _ => itself(word),
        }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["insight", "dashboard"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let fields = &live.fields;
        let one = ["insight", "dashboard"].into_iter().filter_map(|kind| mention::id(kind, fields.get(kind)));
        one.chain(mention::ids("insight", fields.get("dashboard_export_insights"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, case, differing, list, mistakes, node, prior, record, resolved, to};
    use super::*;

    static GROWTH: Dashboard = Dashboard { common: Common::named("Growth"), title: Name("Growth"), ..Dashboard::BLANK };
    static SIGNUPS: Insight = Insight {
        common: Common::named("Signups"),
        title: Name("Signups"),
        on: &[&GROWTH],
        shows: super::super::Shows::query(plg_core::Json::Null),
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
            at(5, "1 to 6 insights of a dashboard are sent, but here are 0")
        );
        assert_eq!(
            said(vec![("sends", part(signups()))], &[&growth, &loose]),
            at(6, "`Signups` does not stand on `Growth`")
        );
        let there = block("insight", "Signups", vec![("on", list(7, vec![to(8, "Growth")]))]);
        assert_eq!(said(vec![("sends", part(signups()))], &[&growth, &there]), []);
        let email = |addresses: Vec<Node>| case(2, "email", record(3, vec![("to", list(4, addresses))]));
        assert_eq!(said(vec![("to", email(vec![]))], &[]), at(4, "nobody would get this"));
        let both = vec![node(5, Given::Text("a@b.c, d@e.f".into()))];
        assert_eq!(said(vec![("to", email(both))], &[]), at(5, "`a@b.c, d@e.f` is no mail address"));
        let nth = |n: i64| ("nth", node(9, Given::Int(n)));
        assert_eq!(said(vec![nth(0)], &[]), at(9, "a month has a first to a fifth of a day"));
        assert_eq!(said(vec![nth(1)], &[]), at(9, "the first of what?"));
    }
}
