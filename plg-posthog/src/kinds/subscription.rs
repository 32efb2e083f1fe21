//! PostHog subscriptions: charts that are sent again and again.

mod import;

use super::posthog;
use super::prelude::*;
use super::{Dashboard, Insight};
use plg_core::checks::{counted, filled, once};
use plg_core::text::{mail, not_blank, utc};
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

plg_core::texts! {
    /// What a report is to be about: not blank, up to 4,000 characters.
    ReportPrompt { what: "a text", max: 4_000, code: codes::TEXT, check: not_blank, constant: true }
}

plg_core::record! {
    /// A report that PostHog's AI writes.
    ReportPart {
        /// The subject of the report.
        about: ReportPrompt,
        /// The model that writes it, of those that PostHog allows; PostHog chooses unless it is written.
        model: Option<Str> = None,
        /// The model that plans it.
        planner: Option<Str> = None,
    }
}

plg_core::choice! {
    /// What a subscription sends.
    Sent "thing to send" {
        /// A dashboard with up to six of its insights: `dashboard(Growth, [Signups])`.
        dashboard(DashboardPart),
        /// A report that PostHog's AI writes: `report("What changed in signups this week?")`. It needs PostHog's cloud, an
        /// organization that lets AI read its data, and an account that PostHog has switched it on for; by mail or Slack.
        report(ReportPart),
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
    /// An insight, a dashboard or a report that is sent to people again and again. It needs a paid plan. PostHog switches it off
    /// where it cannot be sent any more.
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
        /// When it ends. Left to people, where nothing is written. What has ended is not switched on again.
        until: Option<When> = None,
        /// How many are sent before it ends. Left to people, where nothing is written.
        count: Option<i64> = None,
        /// Days of the week it is sent on, for weeks and months. Left to people, where nothing is written.
        on: &'static [Weekday] = &[],
        /// Which of these days in a month, counted from 1: `nth: 1` with `on: [monday]` is the first Monday; -1 is the last.
        nth: Option<i64> = None,
        /// Whether PostHog's AI sums it up. It needs an organization that lets AI read its data, and each plan has a number of
        /// them. Left to people, where nothing is written.
        summary: Option<bool> = None,
        /// What the summary should heed, up to 500 characters. PostHog has switched it on for some accounts. Left to people,
        /// where nothing is written.
        summary_guide: Option<Str> = None,
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
                "this has no recipient\nhelp: write `email [\"team@example.com\"]`",
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
    check_more(subscription, report);
    if let Some(nth) = subscription.get("nth") {
        if !matches!(nth.given, Given::Int(-1 | 1..=5)) {
            let message = "a day occurs one to five times a month\nhelp: write `nth: 1`, or `nth: -1` for the last";
            report.error(codes::OUT_OF_RANGE, nth.at, message);
        } else if subscription.get("on").is_none_or(|on| on.list().is_empty()) {
            report.error(
                codes::NEEDS_ANOTHER,
                nth.at,
                "`nth` needs a day of the week\nhelp: write `on: [monday]` beside it",
            );
        }
    }
}

/// Rules for how often it is sent, and for what AI adds.
fn check_more(subscription: &Block, report: &mut Report) {
    if let Some(count) = subscription.get("count")
        && matches!(count.given, Given::Int(..1))
    {
        report.error(codes::OUT_OF_RANGE, count.at, "with 0 deliveries, nothing would be sent\nhelp: write 1 or more");
    }
    posthog::at_most(subscription, "summary_guide", 500, report);
    if let Some(guide) = subscription.get("summary_guide")
        && matches!(subscription.get("summary"), Some(Node { given: Given::Bool(false), .. }))
    {
        let message = "`summary_guide` needs a summary\nhelp: write `summary: true`, or leave `summary_guide` out";
        report.error(codes::NEEDS_ANOTHER, guide.at, message);
    }
    let sends = subscription.get("sends").and_then(Node::word);
    if let Some(to) = subscription.get("to")
        && (sends, to.word()) == (Some("report"), Some("webhook"))
    {
        let message = "a report can be sent by e-mail or to Slack only\nhelp: write `to: email [\"team@example.com\"]`";
        report.error(crate::codes::BUILT_ON, to.at, message);
    }
}

fn check_count(insights: &Node, report: &mut Report) {
    if !(1..=6).contains(&insights.list().len()) {
        report.error(
            codes::LIST,
            insights.at,
            format!(
                "a subscription has 1 to 6 insights of a dashboard, and this one has {}\nhelp: name 1 to 6",
                insights.list().len()
            ),
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
            Sent::report(part) => {
                let models = [("model", part.model), ("planner_model", part.planner)];
                let models: Map =
                    models.into_iter().filter_map(|(key, model)| Some((key.to_owned(), model?.0.into()))).collect();
                want.set("content_type", REPORT)
                    .set("prompt", part.about.0)
                    .set_some("ai_config", (!models.is_empty()).then_some(Json::Object(models)))
            }
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
            .set_some("count", self.count)
            .set_some("byweekday", (!days.is_empty()).then_some(days))
            .set_some("bysetpos", self.nth)
            .set_some("summary_enabled", self.summary)
            .set_some("summary_prompt_guide", self.summary_guide.map(|guide| guide.0));
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
const SCHEDULE: &[&str] = &["frequency", "interval", "start_date", "until_date", "count", "byweekday", "bysetpos"];

/// What PostHog calls a report.
const REPORT: &str = "ai_prompt";

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
        &["insight", "dashboard", "content_type"]
    }

    fn lost(&self) -> &'static str {
        "the history of deliveries of the old one"
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
            "ai_config" => &Owned::WRITTEN,
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
            "sends" => &["insight", "dashboard", "dashboard_export_insights", "content_type", "prompt", "ai_config"],
            "to" => DELIVERY,
            "every" => &["frequency", "interval"],
            "from" => &["start_date"],
            "until" => &["until_date"],
            "on" => &["byweekday"],
            "nth" => &["bysetpos"],
            "summary" => &["summary_enabled"],
            "summary_guide" => &["summary_prompt_guide"],
            _ => itself(word),
        }
    }

    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        let after = after?;
        let on = |fields: &Map| fields.get("enabled") == Some(&Json::Bool(true));
        // Nothing is due any more where PostHog says of none when it is.
        let has_ended = before.get("next_delivery_date").is_some_and(Json::is_null);
        let is_as_it_was =
            |field: &&str| same(after.get(*field).unwrap_or(&Json::Null), before.get(*field).unwrap_or(&Json::Null));
        let is_refused = on(after) && !on(before) && has_ended && SCHEDULE.iter().all(is_as_it_was);
        is_refused.then(|| Hold {
            says: "it cannot be switched on, as its last delivery was sent".to_owned(),
            help: "write a later `until` or a larger `count`, or leave `enabled` out",
        })
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
mod tests;
