//! Scheduled changes, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for ScheduledChange {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "it says what became of it",
                    keys: &["executed_at", "last_executed_at", "failure_reason", "change_request"],
                },
                Noise { because: "it is the project's time zone", keys: &["timezone"] },
                Noise { because: "it is what the change is made of", keys: &["payload.operation"] },
                Noise {
                    because: "PostHog adds it to each condition",
                    keys: &[
                        "payload.value.groups.properties.cohort_name",
                        "payload.value.groups.properties.group_key_names",
                        "payload.value.groups.sort_key",
                    ],
                },
            ],
        ],
        usual: &[("payload.value.groups.rollout_percentage", "100")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        match operation(&live.fields) {
            "update_status" => "Switch",
            "add_release_condition" => "Add people",
            "update_variants" => "Change shares",
            _ => "Scheduled change",
        }
    }

    /// What was done is over, and the flag has what became of it.
    fn is_hidden(answer: &Json) -> bool {
        answer.get("executed_at").is_some_and(|at| !at.is_null())
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let said = |field: &str| Some(text(fields, field)).filter(|text| !text.is_empty());
        let when = |field: &str| said(field).map(|at| When(read::leak(at)));
        let next = fields.get("scheduled_at").and_then(|at| at.get(NEXT)?.as_str()).map(|at| When(read::leak(at)));
        let every = said("recurrence_interval").map(|every| {
            Recurrence::spelt(every).ok_or_else(|| format!("the language has no word for the recurrence `{every}`"))
        });
        let every = every.transpose()?;
        let cron = said("cron_expression").map(|cron| Str(read::leak(cron)));
        Ok(ScheduledChange {
            common,
            flag: known.find::<FeatureFlag>(fields.get("record_id").unwrap_or(&Json::Null))?,
            at: when("scheduled_at").or(next).ok_or("it has no time")?,
            does: does(fields, known)?,
            every,
            cron,
            until: when("end_date").filter(|_| every.is_some() || cron.is_some()),
            paused: (every.is_some() || cron.is_some()) && !read::on(fields.get("is_recurring")),
        })
    }
}

/// What a payload does; PostHog stores any.
fn does(fields: &Map, known: &mut Known) -> Result<ScheduledDo, String> {
    let payload = fields.get("payload").unwrap_or(&Json::Null);
    let unknown = || format!("the language has no word for the change {payload}");
    let value = payload.get("value").unwrap_or(&Json::Null);
    let found = match operation(fields) {
        "update_status" => ScheduledDo::set_active(value.as_bool().ok_or_else(unknown)?),
        "add_release_condition" => match value.get("groups").and_then(Json::as_array).map(Vec::as_slice) {
            Some([group]) => ScheduledDo::add_release(Release::read(group, known)?),
            _ => return Err(unknown()),
        },
        "update_variants" => {
            let variants = value.get("variants").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
            let variant = |variant: &Json| {
                let share = variant.get("rollout_percentage").and_then(Json::as_f64)?;
                Some(read::entry(variant.get("key")?.as_str()?, Percent(share)))
            };
            let variants: Option<Vec<_>> = variants.iter().map(variant).collect();
            let payloads = value.get("payloads").and_then(Json::as_object).into_iter().flatten();
            ScheduledDo::set_variants(VariantChange {
                variants: Keyed(read::slice(variants.filter(|all| !all.is_empty()).ok_or_else(unknown)?)),
                payloads: Keyed(read::slice(
                    payloads.map(|(key, json)| read::entry(key, read::written(json))).collect(),
                )),
            })
        }
        _ => return Err(unknown()),
    };
    Ok(found)
}
