//! PostHog's part of the page: flags with their rollouts, dashboards with their insights, and the rest.

mod criteria;
mod destination;
mod people;
mod sent;
mod survey;
mod who;

use crate::home::html::{described, escaped, rows, text};
use crate::home::part::HomePart;
use criteria::IdNames;
use destination::LoggedDestination;
use serde_json::Value;
use std::fmt::Write;

pub(crate) fn write(home: &mut HomePart<'_>) {
    let project = home.settings().project;
    let all = |home: &HomePart<'_>, what: &str| home.get(&format!("/api/projects/{project}/{what}/?limit=500"));
    // PostHog makes flags of its own for surveys.
    let all_flags = all(home, "feature_flags");
    let flags: Vec<&Value> =
        rows(&all_flags).iter().filter(|row| !text(row, "key").starts_with("survey-targeting-")).collect();
    cards(home, ("flags", "Flags", "Feature flags"), &flags, flag);
    who::write(home);
    let changes = all(home, "scheduled_changes");
    let change = |out: &mut String, row: &Value| self::change(out, row, rows(&all_flags));
    cards(home, ("changes", "Changes", "Scheduled changes"), &rows(&changes).iter().collect::<Vec<_>>(), change);
    let experiments = all(home, "experiments");
    let experiment = |out: &mut String, row: &Value| self::experiment(out, row, &flags);
    cards(
        home,
        ("experiments", "Experiments", "Experiments"),
        &rows(&experiments).iter().collect::<Vec<_>>(),
        experiment,
    );
    let (cohorts, actions) = (all(home, "cohorts"), all(home, "actions"));
    let named = IdNames { cohorts: IdNames::of(rows(&cohorts)), actions: IdNames::of(rows(&actions)) };
    let cohort = |out: &mut String, row: &Value| {
        title(out, row);
        criteria::write(out, row, &named);
    };
    cards(home, ("cohorts", "Cohorts", "Cohorts"), &rows(&cohorts).iter().collect::<Vec<_>>(), cohort);
    let surveys = all(home, "surveys");
    cards(home, ("surveys", "Surveys", "Surveys"), &rows(&surveys).iter().collect::<Vec<_>>(), survey::write);

    let (dashboards, insights) = (all(home, "dashboards"), all(home, "insights"));
    home.section("dashboards", "Dashboards", "Dashboards", rows(&dashboards).len());
    for dashboard in rows(&dashboards) {
        self::dashboard(home.html(), dashboard, rows(&insights));
    }
    home.html().push_str("</section>\n");

    let variables = all(home, "insight_variables");
    cards(
        home,
        ("variables", "Variables", "Variables of SQL insights"),
        &rows(&variables).iter().collect::<Vec<_>>(),
        variable,
    );

    let events = all(home, "event_definitions");
    home.section("events", "Events", "Events", rows(&events).len());
    home.html().push_str("<dl class=\"events\">\n");
    for row in rows(&events) {
        let says = match text(row, "description") {
            "" => "No description.",
            description => description,
        };
        let _ = writeln!(
            home.html(),
            "<div><dt><code>{}</code></dt><dd>{}</dd></div>",
            escaped(text(row, "name")),
            escaped(says)
        );
    }
    home.html().push_str("</dl>\n</section>\n");
    people::write(home, project);
    sent::write(home);
    cards(home, ("actions", "Actions", "Actions"), &rows(&actions).iter().collect::<Vec<_>>(), action);

    let destinations = LoggedDestination::all(home, project);
    home.section("destinations", "Destinations", "Destinations", destinations.len());
    home.html().push_str("<div class=\"cards\">\n");
    for destination in &destinations {
        home.html().push_str("<article class=\"card\">");
        destination.write(home.html());
        home.html().push_str("</article>\n");
    }
    home.html().push_str("</div>\n</section>\n");

    let annotations = all(home, "annotations");
    home.section("annotations", "Annotations", "Annotations", rows(&annotations).len());
    home.html().push_str("<ul>\n");
    for row in rows(&annotations) {
        let _ = writeln!(
            home.html(),
            "<li><time>{}</time> {}</li>",
            escaped(&text(row, "date_marker").get(..16).unwrap_or_default().replacen('T', " ", 1)),
            escaped(text(row, "content"))
        );
    }
    home.html().push_str("</ul>\n</section>\n");
}

/// A section of cards, by its id, its short name and its title.
fn cards(
    home: &mut HomePart<'_>,
    (id, short, title): (&str, &str, &str),
    list: &[&Value],
    card: impl Fn(&mut String, &Value),
) {
    home.section(id, short, title, list.len());
    let out = home.html();
    out.push_str("<div class=\"cards\">\n");
    for row in list {
        out.push_str("<article class=\"card\">");
        card(out, row);
        out.push_str("</article>\n");
    }
    out.push_str("</div>\n</section>\n");
}

fn title(out: &mut String, row: &Value) {
    let _ = writeln!(out, "<h3>{}</h3>", escaped(text(row, "name")));
    described(out, row);
}

fn percent(value: Option<&Value>) -> f64 {
    value.and_then(Value::as_f64).unwrap_or(100.0).clamp(0.0, 100.0)
}

fn flag(out: &mut String, row: &Value) {
    let key = escaped(text(row, "key"));
    let state = if row["active"] == true { "on" } else { "off" };
    let _ = writeln!(
        out,
        "<h3><code>{key}</code> <span class=\"state {state}\">{state}</span></h3>\n<p>{}</p>",
        escaped(text(row, "name"))
    );
    let groups = row.pointer("/filters/groups").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for group in groups {
        let share = percent(group.get("rollout_percentage"));
        let conditions = group.get("properties").and_then(Value::as_array).map_or(0, Vec::len);
        let whom = match conditions {
            0 => "of everybody".to_owned(),
            1 => "where 1 condition holds".to_owned(),
            n => format!("where {n} conditions hold"),
        };
        let _ = writeln!(
            out,
            "<p class=\"bar\"><progress max=\"100\" value=\"{share}\" aria-label=\"Rollout of {key}\"></progress> {share}% {whom}</p>"
        );
    }
    split(out, row);
}

/// What is to happen to a flag, and when; or that it did.
fn change(out: &mut String, row: &Value, flags: &[Value]) {
    let of = flags.iter().find(|flag| flag["id"] == text(row, "record_id"));
    let key = of.map_or_else(|| format!("flag {}", text(row, "record_id")), |flag| text(flag, "key").to_owned());
    let operation = row.pointer("/payload/operation").and_then(Value::as_str).unwrap_or_default().replace('_', " ");
    let state = match (text(row, "executed_at"), text(row, "failure_reason")) {
        ("", _) => "waits",
        (_, "") => "done",
        _ => "failed",
    };
    let often = match (text(row, "recurrence_interval"), text(row, "cron_expression")) {
        ("", "") => String::new(),
        (word, cron) => format!(", again {word}{cron}"),
    };
    let when = text(row, "scheduled_at").get(..16).unwrap_or_default();
    let _ = writeln!(
        out,
        "<h3><code>{}</code> <span class=\"state\">{state}</span></h3>\n<p>{} <time>{}</time>{}</p>",
        escaped(&key),
        escaped(&operation),
        escaped(when),
        escaped(&often)
    );
}

/// A variable, as queries name it.
fn variable(out: &mut String, row: &Value) {
    let default = match &row["default_value"] {
        Value::Null => String::new(),
        Value::String(said) => format!(", {said} by default"),
        other => format!(", {other} by default"),
    };
    let _ = writeln!(
        out,
        "<h3>{}</h3>\n<p><code>{{variables.{}}}</code> {}{}</p>",
        escaped(text(row, "name")),
        escaped(text(row, "code_name")),
        escaped(text(row, "type")),
        escaped(&default)
    );
}

/// The variants of a flag, each with its share.
fn split(out: &mut String, flag: &Value) {
    let variants = flag.pointer("/filters/multivariate/variants").and_then(Value::as_array);
    if let Some(variants) = variants {
        let one = |row: &Value| {
            format!("<li class=\"chip\">{} {}%</li>", escaped(text(row, "key")), percent(row.get("rollout_percentage")))
        };
        let _ = writeln!(
            out,
            "<ul class=\"chips\" aria-label=\"Variants\">{}</ul>",
            variants.iter().map(one).collect::<String>()
        );
    }
}

/// An action, with what counts as one.
fn action(out: &mut String, row: &Value) {
    title(out, row);
    out.push_str("<ul class=\"criteria\">");
    for step in row.get("steps").and_then(Value::as_array).into_iter().flatten() {
        let mut says = vec![match text(step, "event") {
            "" => "any event".to_owned(),
            event => event.to_owned(),
        }];
        for (key, word) in [("url", "at"), ("selector", "on"), ("text", "with the text"), ("href", "leading to")] {
            let value = text(step, key);
            if !value.is_empty() {
                says.push(format!("{word} {value}"));
            }
        }
        let conditions = step.get("properties").and_then(Value::as_array).map_or(0, Vec::len);
        match conditions {
            0 => {}
            1 => says.push("where 1 condition holds".to_owned()),
            n => says.push(format!("where {n} conditions hold")),
        }
        let _ = write!(out, "<li>{}</li>", escaped(&says.join(" ")));
    }
    out.push_str("</ul>\n");
}

fn experiment(out: &mut String, row: &Value, flags: &[&Value]) {
    title(out, row);
    let state = match (row["start_date"].is_null(), row["end_date"].is_null()) {
        (true, _) => "draft",
        (false, true) => "running",
        (false, false) => "ended",
    };
    let _ = writeln!(
        out,
        "<p>Flag <code>{}</code> <span class=\"state\">{state}</span></p>",
        escaped(text(row, "feature_flag_key"))
    );
    if let Some(flag) = flags.iter().find(|flag| text(flag, "key") == text(row, "feature_flag_key")) {
        split(out, flag);
    }
}

fn dashboard(out: &mut String, dashboard: &Value, insights: &[Value]) {
    let id = &dashboard["id"];
    let on_it = |insight: &&Value| {
        let boards = insight.get("dashboards").and_then(Value::as_array);
        boards.is_some_and(|boards| boards.contains(id))
    };
    let pinned = if dashboard["pinned"] == true { " <span class=\"state\">pinned</span>" } else { "" };
    let _ = writeln!(out, "<article class=\"object\"><h3>{}{pinned}</h3>", escaped(text(dashboard, "name")));
    described(out, dashboard);
    out.push_str("<ul class=\"tiles\" aria-label=\"Insights\">\n");
    for insight in insights.iter().filter(on_it) {
        let query = insight.pointer("/query/source").unwrap_or(&Value::Null);
        let kind = text(query, "kind").trim_end_matches("Query");
        let _ = write!(out, "<li><h4>{}</h4><p class=\"type\">{}</p>", escaped(text(insight, "name")), escaped(kind));
        described(out, insight);
        out.push_str("</li>\n");
    }
    out.push_str("</ul></article>\n");
}
