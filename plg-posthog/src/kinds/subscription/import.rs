//! Subscriptions, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Subscription {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise { because: "PostHog works it out", keys: &["next_delivery_date", "summary"] },
                Noise {
                    because: "another declaration says it",
                    keys: &["content_type", "insight_short_id", "resource_name"],
                },
            ],
        ],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "title")
    }

    // It has none.
    fn description(_: &Live) -> &str {
        ""
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let date = |field: &str| fields.get(field).and_then(Json::as_str).map(|date| When(read::leak(date)));
        let days = fields.get("byweekday").and_then(Json::as_array).into_iter().flatten();
        Ok(Subscription {
            common,
            sends: sends(fields, known)?,
            title: read::name(fields.get("title")),
            to: delivery(fields, known)?,
            every: every(fields)?,
            from: date("start_date").ok_or("it has no beginning")?,
            until: date("until_date"),
            count: fields.get("count").and_then(Json::as_i64),
            on: read::slice(days.filter_map(Json::as_str).filter_map(Weekday::spelt).collect()),
            nth: fields.get("bysetpos").and_then(Json::as_i64),
            summary: Some(read::on(fields.get("summary_enabled"))).filter(|on| *on),
            summary_guide: fields.get("summary_prompt_guide").and_then(|guide| read::text(guide, "")),
            enabled: fields.get("enabled").and_then(Json::as_bool).filter(|enabled| !enabled),
        })
    }
}

fn sends(fields: &Map, known: &Known) -> Result<Sent, String> {
    let is_there = |field: &str| fields.get(field).filter(|id| !id.is_null());
    if text(fields, "content_type") == REPORT {
        let models = fields.get("ai_config").unwrap_or(&Json::Null);
        return Ok(Sent::report(ReportPart {
            about: ReportPrompt(read::leak(text(fields, "prompt"))),
            model: read::text(models, "/model"),
            planner: read::text(models, "/planner_model"),
        }));
    }
    if let Some(id) = is_there("insight") {
        return known.find::<Insight>(id).map(Sent::insight);
    }
    let dashboard =
        known.find::<Dashboard>(is_there("dashboard").ok_or("it sends neither an insight nor a dashboard")?)?;
    let insights = fields.get("dashboard_export_insights").and_then(Json::as_array).into_iter().flatten();
    let insights: Result<Vec<_>, _> = insights.map(|id| known.find::<Insight>(id)).collect();
    Ok(Sent::dashboard(DashboardPart { dashboard, insights: read::slice(insights?) }))
}

fn delivery(fields: &Map, known: &Known) -> Result<Delivery, String> {
    let value = text(fields, "target_value");
    Ok(match text(fields, "target_type") {
        "email" => {
            let to = value.split(',').map(|address| Str(read::leak(address))).collect();
            Delivery::email(Addresses { to: read::slice(to) })
        }
        "webhook" => Delivery::webhook(known.url(value)),
        "slack" => {
            let integration = fields.get("integration_id").and_then(Json::as_i64);
            let integration = integration.ok_or("its Slack integration is gone")?;
            Delivery::slack(Channel { channel: Str(read::leak(value)), integration })
        }
        other => return Err(format!("the language has no word for a delivery by `{other}`")),
    })
}

fn every(fields: &Map) -> Result<Every, String> {
    let units = [Unit::days, Unit::weeks, Unit::months, Unit::years];
    let word = text(fields, "frequency");
    let unit = units.into_iter().find(|unit| frequency(*unit) == word);
    let unit = unit.ok_or_else(|| format!("the language has no word for the frequency `{word}`"))?;
    let count = fields.get("interval").and_then(Json::as_u64).and_then(|count| u32::try_from(count).ok());
    Ok(Every(Span { count: count.unwrap_or(1), unit }))
}
