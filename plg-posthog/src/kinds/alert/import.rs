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
        let checked = Checked::spelt(text(fields, "calculation_interval"));
        Ok(Alert {
            common,
            insight: known.find::<Insight>(fields.get("insight").unwrap_or(&Json::Null))?,
            title: read::name(fields.get("name")),
            when: fires(fields)?,
            users: read::slice(users.into_iter().flatten().filter_map(Json::as_i64).collect()),
            line: config.get("series_index").and_then(Json::as_i64).unwrap_or(Alert::line),
            checked: checked.unwrap_or(Alert::checked),
            ongoing: read::on(config.get("check_ongoing_interval")),
            skip_weekend: read::on(fields.get("skip_weekend")),
            enabled: fields.get("enabled").and_then(Json::as_bool).filter(|enabled| !enabled),
        })
    }
}

fn fires(fields: &Map) -> Result<Fires, String> {
    let condition = fields.get("condition").and_then(|condition| condition.get("type")).and_then(Json::as_str);
    let configuration = fields.get("threshold").and_then(|threshold| threshold.get("configuration"));
    let says = |key: &str| configuration.and_then(|configuration| configuration.get(key));
    let unit = says("type").and_then(Json::as_str).and_then(ChangeUnit::spelt).unwrap_or(ChangeBounds::unit);
    let bound = |key: &str| {
        let bound = says("bounds").and_then(|bounds| bounds.get(key)).and_then(Json::as_f64)?;
        // Fractions as percent, without what binary fractions add to them.
        Some(if unit == ChangeUnit::percent { (bound * 1e11).round() / 1e9 } else { bound })
    };
    let (above, below) = (bound("upper"), bound("lower"));
    match condition {
        Some("absolute_value") if unit == ChangeUnit::number => Ok(Fires::value(Bounds { above, below })),
        Some("relative_increase") => Ok(Fires::rises(ChangeBounds { above, below, unit })),
        Some("relative_decrease") => Ok(Fires::falls(ChangeBounds { above, below, unit })),
        _ => Err(format!("the condition `{}` has no word", condition.unwrap_or_default())),
    }
}
