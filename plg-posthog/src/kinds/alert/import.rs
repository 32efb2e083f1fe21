//! Alerts, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Alert {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "PostHog gives it out",
                    keys: &["threshold.id", "threshold.created_at", "threshold.name"],
                },
                Noise {
                    because: "PostHog says how it goes",
                    keys: &[
                        "state",
                        "last_notified_at",
                        "last_checked_at",
                        "next_check_at",
                        "checks",
                        "checks_total",
                        "last_value",
                    ],
                },
            ],
        ],
        usual: &[("investigation_inconclusive_action", "\"notify\"")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    // It has none.
    fn description(_: &Live) -> &str {
        ""
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let config = fields.get("config").unwrap_or(&Json::Null);
        let users = fields.get("subscribed_users").and_then(Json::as_array);
        let hours = fields.get("schedule_restriction").map(quiet::read).unwrap_or_default();
        let hours: Vec<QuietHours> = hours.iter().map(|hours| QuietHours(read::leak(hours))).collect();
        let checked = Checked::spelt(text(fields, "calculation_interval"));
        Ok(Alert {
            common,
            insight: known.find::<Insight>(fields.get("insight").unwrap_or(&Json::Null))?,
            title: read::name(fields.get("name")),
            when: Fires::read(fields)?,
            users: read::slice(users.into_iter().flatten().filter_map(Json::as_i64).collect()),
            line: config.get("series_index").and_then(Json::as_i64).unwrap_or(Alert::line),
            watches: watch::read_config(config)?,
            checked: checked.unwrap_or(Alert::checked),
            ongoing: read::on(config.get("check_ongoing_interval")),
            skip_weekend: read::on(fields.get("skip_weekend")),
            quiet: (!hours.is_empty()).then(|| read::slice(hours)),
            investigation: investigation(fields),
            enabled: fields.get("enabled").and_then(Json::as_bool).filter(|enabled| !enabled),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

/// What the agent does, where it does anything.
fn investigation(fields: &Map) -> Option<AlertInvestigation> {
    let [agent, gates, inconclusive] = INVESTIGATION;
    if !read::on(fields.get(agent)) {
        return None;
    }
    Some(match (read::on(fields.get(gates)), text(fields, inconclusive)) {
        (false, _) => AlertInvestigation::beside,
        (true, "suppress") => AlertInvestigation::first_if_sure,
        (true, _) => AlertInvestigation::first,
    })
}
