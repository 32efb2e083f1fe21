//! PostHog alerts on insights.

mod import;

use super::insight::source;
use super::posthog;
use super::prelude::*;
use super::{Insight, Shows};
use plg_core::checks::{counted, once};

plg_core::words! {
    /// What a change is measured in.
    ChangeUnit "unit of change" {
        /// As many as that.
        number = "absolute",
        /// As a share of what it was.
        percent = "percentage",
    }
}

plg_core::words! {
    /// How often a trend is looked at.
    Checked "rhythm of an alert" {
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

plg_core::record! {
    /// A number that is too high or too low: at least one of the two.
    Bounds {
        /// It fires above this number.
        above: Option<f64> = None,
        /// It fires below this number.
        below: Option<f64> = None,
    }
}

plg_core::record! {
    /// A change that is too big or too small: at least one bound.
    ChangeBounds {
        /// It fires where the change is more than this.
        above: Option<f64> = None,
        /// It fires where the change is less than this.
        below: Option<f64> = None,
        /// What both are: a number, or percent of the interval before.
        unit: ChangeUnit = ChangeUnit::number,
    }
}

plg_core::choice! {
    /// When an alert fires.
    Fires "condition of an alert" {
        /// The value itself: `value(below: 10)`.
        value(Bounds),
        /// How much it rose since the interval before: `rises(above: 50, unit: percent)`.
        rises(ChangeBounds),
        /// How much it fell since the interval before: `falls(above: 20, unit: percent)`.
        falls(ChangeBounds),
    }
}

plg_core::kind! {
    /// A mail to some people when a trend is not as it should be.
    alert Alert {
        /// The trend that is watched. It cannot change later.
        insight: Link<Insight>,
        /// What people read in PostHog, up to 255 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// When it fires.
        when: Fires,
        /// Who is told: the numbers of PostHog users of the organization.
        users: &'static [i64] = &[],
        /// The line of the trend that is watched, counted from 0.
        line: i64 = 0,
        /// How often the trend is looked at.
        checked: Checked = Checked::daily,
        /// Whether the interval that is not over yet counts too.
        ongoing: bool = false,
        /// Whether nothing is looked at on Saturdays and Sundays.
        skip_weekend: bool = false,
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

/// Drawings without time: nothing rises or falls in them.
const TIMELESS: [&str; 5] = ["bar_value", "number", "pie", "table", "world_map"];

/// The same, as PostHog spells them.
const TIMELESS_CHARTS: [&str; 5] = ["ActionsBarValue", "BoldNumber", "ActionsPie", "ActionsTable", "WorldMap"];

fn check(alert: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(alert, "title", 255, report);
    let users = alert.get("users").map_or(&[][..], Node::list);
    users.iter().for_each(|user| counted(user, "users of PostHog", report));
    let number = |user: &Node| if let Given::Int(n) = user.given { Some(n.to_string()) } else { None };
    once(users, number, report);
    let when = alert.get("when");
    if let Some(when) = when
        && let Some(bounds) = when.held()
    {
        check_bounds(when, bounds, report);
    }
}

/// An alert watches lines of a trend.
pub(super) fn check_insight(alert: &Block, world: &Declarations, report: &mut Report) {
    if let Some(node) = alert.get("insight")
        && let Some(insight) = world.target(node)
        && let Some(shows) = insight.get("shows")
    {
        check_trend(alert, node, insight, shows, report);
    }
}

fn check_bounds(when: &Node, bounds: &Node, report: &mut Report) {
    let number = |field: &str| match bounds.field(field).map(|node| &node.given) {
        Some(Given::Float(n)) => Some(*n),
        _ => None,
    };
    match (number("above"), number("below")) {
        (None, None) => {
            report.error(
                crate::codes::SHOWS_NOTHING,
                when.at,
                "this alert would never fire\nhelp: write a bound, such as `value(below: 10)`",
            );
        }
        (Some(above), Some(below)) if below > above => report.error(
            codes::OUT_OF_RANGE,
            when.at,
            format!("below {below} or above {above} is every number\nhelp: write the smaller number for `below`"),
        ),
        _ => {}
    }
}

fn check_trend(alert: &Block, node: &Node, insight: &Block, shows: &Node, report: &mut Report) {
    if let (Some("query"), Some(Node { given: Given::Json(query), .. })) = (shows.word(), shows.held()) {
        check_query(alert, node, insight, &query.stood(), report);
        return;
    }
    if shows.word() != Some("trend") {
        report.error(
            crate::codes::SHOWS_NOTHING,
            node.at,
            format!(
                "`{}` is no trend, and an alert watches a trend\nhelp: name an insight with `shows: trend […]`",
                insight.name
            ),
        );
        return;
    }
    let Some(trend) = shows.held() else { return };
    if trend.field("breakdown").is_none() {
        // A formula makes one line out of all of them.
        let series = trend.field("series").map_or(0, |series| series.list().len());
        check_line(alert, insight, if trend.field("formula").is_some() { 1 } else { series }, report);
    }
    let timeless = trend.field("display").and_then(Node::word).is_some_and(|drawn| TIMELESS.contains(&drawn));
    check_time(alert, insight, timeless, report);
}

/// A query that is written as JSON is watched where it is a trend.
fn check_query(alert: &Block, node: &Node, insight: &Block, query: &Json, report: &mut Report) {
    let Some((kind, trend)) = source(query) else { return };
    if kind != "TrendsQuery" {
        report.error(
            crate::codes::SHOWS_NOTHING,
            node.at,
            format!("`{}` shows a `{kind}`, and an alert watches a trend\nhelp: name an insight whose query is a `TrendsQuery`", insight.name),
        );
        return;
    }
    let filter = trend.get("trendsFilter");
    let listed = |key: &str| filter.and_then(|filter| filter.get(key)).and_then(Json::as_array).map(Vec::len);
    if trend.pointer("/breakdownFilter/breakdown").is_none() && trend.pointer("/breakdownFilter/breakdowns").is_none() {
        let series = trend.get("series").and_then(Json::as_array).map_or(0, Vec::len);
        let formulas = ["formulaNodes", "formulas"].into_iter().filter_map(listed).find(|lines| *lines > 0);
        check_line(alert, insight, formulas.unwrap_or(series), report);
    }
    let drawn = filter.and_then(|filter| filter.get("display")).and_then(Json::as_str);
    check_time(alert, insight, drawn.is_some_and(|drawn| TIMELESS_CHARTS.contains(&drawn)), report);
}

fn check_line(alert: &Block, insight: &Block, lines: usize, report: &mut Report) {
    if let Some(Node { at, given: Given::Int(line) }) = alert.get("line")
        && usize::try_from(*line).is_ok_and(|line| line >= lines)
    {
        report.error(
            crate::codes::SHOWS_NOTHING,
            *at,
            format!(
                "`{}` has no line {line}\nhelp: its lines are counted from 0 to {}",
                insight.name,
                lines.saturating_sub(1)
            ),
        );
    }
}

fn check_time(alert: &Block, insight: &Block, timeless: bool, report: &mut Report) {
    if let Some(when) = alert.get("when")
        && timeless
        && when.word() != Some("value")
    {
        report.error(
            crate::codes::SHOWS_NOTHING,
            when.at,
            format!(
                "`{}` shows no time, so nothing in it rises or falls\nhelp: write `value(…)`, or draw it as a `line`",
                insight.name
            ),
        );
    }
}

impl Describe for Alert {
    fn want(&self) -> Want {
        let (condition, unit, bounds) = self.when.json();
        let want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("insight", reference(self.insight))
            .set("subscribed_users", self.users.to_vec())
            .set("condition", json!({ "type": condition }))
            .set("threshold", json!({ "configuration": { "type": unit.as_str(), "bounds": bounds } }))
            .set(
                "config",
                json!({ "type": "TrendsAlertConfig", "series_index": self.line, "check_ongoing_interval": self.ongoing }),
            )
            .set("calculation_interval", self.checked.as_str())
            .set("skip_weekend", self.skip_weekend);
        match self.enabled {
            Some(enabled) => want.set("enabled", enabled),
            None => want.set_create_only("enabled", true),
        }
    }

    fn lint(&self) -> Vec<String> {
        let is_trend = match self.insight.shows {
            Shows::trend(_) => true,
            Shows::query(query) => source(&query.term().stood()).is_some_and(|(kind, _)| kind == "TrendsQuery"),
            _ => false,
        };
        if is_trend || self.insight.common.existing {
            return Vec::new();
        }
        vec![format!("`{}` is no trend, and an alert watches a trend", self.insight.common.name)]
    }
}

impl Fires {
    /// The condition, the unit and the bounds as PostHog has them.
    fn json(&self) -> (&'static str, ChangeUnit, Map) {
        let (condition, unit, above, below) = match self {
            Fires::value(Bounds { above, below }) => ("absolute_value", ChangeUnit::number, above, below),
            Fires::rises(ChangeBounds { above, below, unit }) => ("relative_increase", *unit, above, below),
            Fires::falls(ChangeBounds { above, below, unit }) => ("relative_decrease", *unit, above, below),
        };
        // PostHog counts percent as fractions.
        let sent = |n: f64| if unit == ChangeUnit::percent { number(n / 100.0) } else { number(n) };
        let bounds = [("upper", above), ("lower", below)];
        let bounds = bounds.into_iter().filter_map(|(key, bound)| Some((key.to_owned(), sent((*bound)?))));
        (condition, unit, bounds.collect())
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
        Some(live)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        part.remove("insight");
        posthog::together(&mut part, want, &["condition", "threshold", "config"]);
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["insight"]
    }

    fn lost(&self) -> &'static str {
        "the checks so far go with the old one"
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
            "condition" | "config" => &Owned::WRITTEN,
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "subscribed_users" { same_set(want, live) } else { same(want, live) }
    }

    fn goes_without_saying(&self, new: &Map) -> Vec<(&'static str, String)> {
        new.get("enabled").map(|enabled| ("enabled", enabled.to_string())).into_iter().collect()
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "when" => &["condition", "threshold"],
            "users" => &["subscribed_users"],
            "line" | "ongoing" => &["config"],
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
mod tests {
    use super::super::fixture::{
        at, block, case, differing, event, lints, list, mistakes, node, prior, record, resolved, to, word,
    };
    use super::*;
    use crate::kinds::{Doing, Event, Lifecycle, Series, Trend};

    static USED: Event = event("FeatureUsed", "feature_used");
    static USES: Insight = Insight {
        common: Common::named("Uses"),
        title: Name("Uses"),
        shows: Shows::trend(Trend { series: &[Series::event(&USED)], ..Trend::BLANK }),
        ..Insight::BLANK
    };
    static LIVES: Insight = Insight {
        common: Common::named("Lives"),
        title: Name("Lives"),
        shows: Shows::lifecycle(Lifecycle { of: Doing::event(&USED), ..Lifecycle::BLANK }),
        ..Insight::BLANK
    };
    static DROPPED: Alert = Alert {
        common: Common::named("Dropped"),
        insight: &USES,
        title: Name("Uses dropped"),
        when: Fires::falls(ChangeBounds { above: Some(20.0), below: None, unit: ChangeUnit::percent }),
        users: &[1],
        line: 0,
        checked: Checked::hourly,
        skip_weekend: true,
        ..Alert::BLANK
    };

    fn live() -> Json {
        json!({
            "id": "0190-uuid", "name": "Uses dropped", "insight": { "id": 12, "short_id": "abc", "query": {} },
            "subscribed_users": [{ "id": 1, "email": "a@example.com" }], "condition": { "type": "relative_decrease" },
            "threshold": { "id": "t", "name": "", "created_at": "2026-01-01T00:00:00Z",
                "configuration": { "type": "percentage", "bounds": { "upper": 0.2, "lower": null } } },
            "config": { "type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": false },
            "calculation_interval": "hourly", "skip_weekend": true, "enabled": false, "state": "Not firing", "checks": [{}],
        })
    }

    #[test]
    fn an_alert_is_created_and_recognised() {
        let want = resolved(&DROPPED, &json!(12));
        assert_eq!(
            Alerts.create(&want).body,
            Some(json!({
                "name": "Uses dropped", "insight": 12, "subscribed_users": [1], "condition": { "type": "relative_decrease" },
                "threshold": { "configuration": { "type": "percentage", "bounds": { "upper": 0.2 } } },
                "config": { "type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": false },
                "calculation_interval": "hourly", "skip_weekend": true, "enabled": true,
            }))
        );
        // Switched off by somebody, which is theirs to do.
        assert_eq!(differing(&DROPPED, &want, &live()), ["enabled"]);
        assert_eq!(super::super::fixture::wanted(&DROPPED).create_only, ["enabled"]);
        let prior = prior(&DROPPED, &live());
        assert_eq!(Alerts.identity(&want), Alerts.identity(&prior.fields));
        let body = Alerts.update(&want, &["threshold".into()], &prior).and_then(|call| call.body).unwrap_or_default();
        assert_eq!(body.as_object().map(Map::len), Some(3));
        assert_eq!(
            Alerts.remove(&prior),
            Removal::Delete(Call::bare("DELETE", "/api/projects/{project}/alerts/0190-uuid/"))
        );
        static LOW: Alert = Alert { when: Fires::value(Bounds { above: None, below: Some(10.0) }), ..DROPPED };
        let want = resolved(&LOW, &json!(12));
        assert_eq!(want["threshold"], json!({ "configuration": { "type": "absolute", "bounds": { "lower": 10 } } }));
    }

    #[test]
    fn it_watches_a_line_of_a_trend() {
        let insight = |shows: Node| block("insight", "Uses", vec![("shows", shows)]);
        let trend = |display: &str| {
            case(5, "trend", record(6, vec![("series", list(7, vec![word(8, "a")])), ("display", word(8, display))]))
        };
        let alert = |when: &str, line: i64| {
            let bounds = record(4, vec![("above", node(4, Given::Float(1.0)))]);
            let line = node(9, Given::Int(line));
            block("alert", "A", vec![("insight", to(2, "Uses")), ("when", case(3, when, bounds)), ("line", line)])
        };
        let said = |alert: &Block, insight: &Block| mistakes("alert", alert, &[insight]);
        assert_eq!(said(&alert("rises", 0), &insight(trend("line"))), []);
        assert_eq!(said(&alert("value", 0), &insight(trend("pie"))), []);
        let message = "`Uses` shows no time, so nothing in it rises or falls";
        assert_eq!(said(&alert("rises", 0), &insight(trend("pie"))), at(3, message));
        assert_eq!(said(&alert("rises", 1), &insight(trend("line"))), at(9, "`Uses` has no line 1"));
        let message = "`Uses` is no trend, and an alert watches a trend";
        assert_eq!(said(&alert("value", 0), &insight(word(5, "lifecycle"))), at(2, message));
        static ODD: Alert = Alert { insight: &LIVES, ..DROPPED };
        assert_eq!((lints(&DROPPED).len(), lints(&ODD).len()), (0, 1));
    }

    #[test]
    fn it_can_fire() {
        let said = |fields: Vec<(&str, Node)>| {
            mistakes("alert", &block("alert", "A", vec![("when", case(3, "value", record(4, fields)))]), &[])
        };
        let number = |n: f64| node(5, Given::Float(n));
        assert_eq!(said(vec![]), at(3, "this alert would never fire"));
        assert_eq!(
            said(vec![("above", number(1.0)), ("below", number(2.0))]),
            at(3, "below 2 or above 1 is every number")
        );
        assert_eq!(said(vec![("above", number(2.0)), ("below", number(1.0))]), []);
    }
}
