//! PostHog alerts on insights.

mod bounds;
mod detector;
mod fires;
mod import;
mod quiet;
mod watch;

pub use bounds::Bounds;
pub use detector::{Detector, DetectorSettings, Detectors, NeighborDistance};
pub use fires::{ChangeBounds, ChangeUnit, Fires};
pub use quiet::QuietHours;
pub use watch::{AlertRows, AlertWatch, ConversionFrom, ConversionWatch, RowWatch};

use super::Insight;
use super::posthog;
use super::prelude::*;
use plg_core::checks::{counted, once};
use watch::Watchable;

plg_core::words! {
    /// How often an insight is looked at.
    Checked "rhythm of an alert" {
        /// As soon as there is something new. It needs the plan Scale or a larger one.
        real_time,
        /// Every 15 minutes. It needs the plan Boost or a larger one.
        every_15_minutes,
        /// Every hour.
        hourly,
        /// Every day.
        daily,
        /// Every week.
        weekly,
        /// Every month.
        monthly,
    }
}

plg_core::words! {
    /// What PostHog's agent does where a detector found something.
    AlertInvestigation "way to investigate" {
        /// Nothing.
        off,
        /// It writes a notebook on what happened, and people are told at once.
        beside,
        /// It looks first, and people are told unless it finds a false alarm.
        first,
        /// It looks first, and people are told where it is sure that it is none.
        first_if_sure,
    }
}

plg_core::kind! {
    /// A mail to some people when an insight is not as it should be: a trend, a funnel or a query in SQL. What else is sent,
    /// to Slack or to a web address, and until when people snooze it, is left to the web app. Forecasts have no words.
    alert Alert {
        /// The insight that is watched: a trend, a funnel or a query in SQL. It cannot change later. Some servers watch funnels and SQL for some accounts alone, and refuse the others.
        insight: Link<Insight>,
        /// What people read in PostHog, up to 255 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// When it fires.
        when: Fires,
        /// Who is told: the numbers of PostHog users of the organization.
        users: &'static [i64] = &[],
        /// The line of a trend that is watched, counted from 0; with formulas, each of them is a line.
        line: i64 = 0,
        /// What of a funnel or of a query in SQL is watched: the conversion from its start to its last step, or the only
        /// number in the last row, unless it is written.
        watches: Option<AlertWatch> = None,
        /// How often the insight is looked at.
        checked: Checked = Checked::daily,
        /// Whether the interval that is not over yet counts too.
        ongoing: bool = false,
        /// Whether nothing is looked at on Saturdays and Sundays.
        skip_weekend: bool = false,
        /// Hours of the day in which nothing is looked at, in the time of the project: `["22:00-07:00"]`. Up to five, each
        /// of half an hour or more. Left to people, where nothing is written; `[]` is none.
        quiet: Option<&'static [QuietHours]> = None,
        /// What PostHog's agent does where a detector of `when: unusual(…)` found something. Left to people, where nothing is
        /// written.
        investigation: Option<AlertInvestigation> = None,
        /// Whether it is switched on. People flip it in the web app, so it is only compared where it is written here.
        enabled: Option<bool> = None,
    }
    provider: &crate::PROVIDER,
    key: &["insight", "title"],
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Alerts,
}

fn check(alert: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(alert, "title", 255, report);
    let users = alert.get("users").map_or(&[][..], Node::list);
    users.iter().for_each(|user| counted(user, "users of PostHog", report));
    let number = |user: &Node| if let Given::Int(n) = user.given { Some(n.to_string()) } else { None };
    once(users, number, report);
    let when = alert.get("when");
    if let Some(when) = when {
        fires::check(when, report);
    }
    watch::check_ongoing(alert, report);
    if let Some(quiet) = alert.get("quiet") {
        quiet::check(quiet, report);
    }
    if let Some(investigation) = alert.get("investigation")
        && investigation.word() != Some("off")
        && when.and_then(Node::word).is_some_and(|when| when != "unusual")
    {
        let help = "write `when: unusual(zscore)`, or leave `investigation` out";
        let message =
            format!("PostHog's agent investigates findings of a detector, and this alert has bounds\nhelp: {help}");
        report.error(codes::NEEDS_ANOTHER, investigation.at, message);
    }
}

/// An alert watches a line of a trend, a conversion of a funnel, or a number in the answer of a query.
pub(super) fn check_insight(alert: &Block, world: &Declarations, report: &mut Report) {
    let Some(node) = alert.get("insight") else { return };
    let Some(insight) = world.target(node) else { return };
    let Some(shows) = insight.get("shows") else { return };
    if let (Some("query"), Some(Node { given: Given::Json(query), .. })) = (shows.word(), shows.held()) {
        if let Some(shown) = Watchable::of_query(&query.stood()) {
            watch::check(alert, node, insight, shown, report);
        }
    } else if let Some(shown) = Watchable::of(shows) {
        watch::check(alert, node, insight, shown, report);
    }
}

impl AlertInvestigation {
    /// Whether the agent looks, whether people wait for it, and what is done where it is not sure.
    const fn parts(self) -> (bool, bool, &'static str) {
        match self {
            AlertInvestigation::off => (false, false, "notify"),
            AlertInvestigation::beside => (true, false, "notify"),
            AlertInvestigation::first => (true, true, "notify"),
            AlertInvestigation::first_if_sure => (true, true, "suppress"),
        }
    }
}

/// The fields that say what the agent does.
const INVESTIGATION: [&str; 3] =
    ["investigation_agent_enabled", "investigation_gates_notifications", "investigation_inconclusive_action"];

impl Describe for Alert {
    fn want(&self) -> Want {
        let want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("insight", reference(self.insight))
            .set("subscribed_users", self.users.to_vec());
        let want = self
            .when
            .put(want)
            .set("config", watch::config(self.insight, self.watches, self.line, self.ongoing))
            .set("calculation_interval", self.checked.as_str())
            .set("skip_weekend", self.skip_weekend)
            .set_some("schedule_restriction", self.quiet.map(quiet::json));
        let parts = self.investigation.map(AlertInvestigation::parts);
        let want = parts.into_iter().fold(want, |want, (looks, waits, unsure)| {
            let [agent, gates, inconclusive] = INVESTIGATION;
            want.set(agent, looks).set(gates, waits).set(inconclusive, unsure)
        });
        match self.enabled {
            Some(enabled) => want.set("enabled", enabled),
            None => want.set_create_only("enabled", true),
        }
    }

    fn lint(&self) -> Vec<String> {
        if watch::is_watchable(self.insight) {
            return Vec::new();
        }
        let name = self.insight.common.name;
        vec![format!("`{name}` is not a trend, a funnel or a query in SQL, and an alert can watch only these")]
    }
}

#[derive(Debug)]
struct Alerts;

/// The ids of what is written as ids and answered whole.
fn ids(json: &Json) -> Json {
    let id = |json: &Json| json.get("id").unwrap_or(json).clone();
    match json {
        Json::Array(list) => list.iter().map(id).collect(),
        one => id(one),
    }
}

impl Wire for Alerts {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("alerts")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        let fields = &mut live.fields;
        for field in ["insight", "subscribed_users"] {
            posthog::normalise(fields, field, ids);
        }
        // What was found, not what is asked for.
        fields.remove("checks");
        posthog::normalise(fields, "threshold", |threshold| {
            let configuration = threshold.get("configuration").unwrap_or(&Json::Null);
            json!({ "configuration": posthog::compact(configuration, &[]) })
        });
        posthog::default(fields, "skip_weekend", false);
        posthog::normalise(fields, "detector_config", |detector| posthog::compact(detector, &[]));
        fires::comparable(fields);
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(fires::sent(want.clone(), false))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        part.remove("insight");
        posthog::together(&mut part, want, &["condition", "threshold", "config", "detector_config"]);
        posthog::together(&mut part, want, &INVESTIGATION);
        let had_detector = prior.fields.get("detector_config").is_some_and(|detector| !detector.is_null());
        let part = fires::sent(part, had_detector);
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["insight"]
    }

    fn lost(&self) -> &'static str {
        "the history of checks of the old one"
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(format!("{} on {}", text(fields, "name"), fields.get("insight")?))
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            // People have themselves told too.
            "subscribed_users" => const { &Owned::members(&[]) },
            "condition" => &Owned::WRITTEN,
            "config" => const { &Owned::By(watch::merged) },
            "detector_config" => &detector::OWNED,
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "subscribed_users" => same_set(want, live),
            "schedule_restriction" => quiet::same(want, live),
            _ => same(want, live),
        }
    }

    fn goes_without_saying(&self, new: &Map) -> Vec<(&'static str, String)> {
        new.get("enabled").map(|enabled| ("enabled", enabled.to_string())).into_iter().collect()
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "when" => &["condition", "threshold", "detector_config"],
            "users" => &["subscribed_users"],
            "line" | "watches" | "ongoing" => &["config"],
            "quiet" => &["schedule_restriction"],
            "investigation" => &INVESTIGATION,
            "checked" => &["calculation_interval"],
            _ => itself(word),
        }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["insight"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        mention::id("insight", live.fields.get("insight")).into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
