//! Actions, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Action {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "PostHog works it out",
                    keys: &["last_calculated_at", "is_calculating", "bytecode_error", "is_action"],
                },
                Noise { because: "it says how it came to be", keys: &["creation_context"] },
            ],
        ],
        usual: &[
            ("steps.url_matching", "\"contains\""),
            ("steps.text_matching", "\"exact\""),
            ("steps.href_matching", "\"exact\""),
        ],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let steps = fields.get("steps").and_then(Json::as_array).cloned().unwrap_or_default();
        let mut on = Vec::new();
        for found in steps.iter().filter(|_| !common.existing) {
            on.push(step(found, known)?);
        }
        Ok(Action {
            common,
            title: read::name(fields.get("name")),
            on: read::slice(on),
            tags: read::tags(fields.get("tags")),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

fn step(step: &Json, known: &mut Known) -> Result<ActionStep, String> {
    let matching = |key: &str, default: Matching| match step.get(key).and_then(Json::as_str) {
        None => Ok(default),
        Some(word) => Matching::spelt(word).ok_or_else(|| format!("a step matches by `{word}`, which has no word")),
    };
    let url = read::text(step, "/url");
    let url_matching = matching("url_matching", Matching::contains)?;
    let tests = step.get("properties").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    match (step.get("event").and_then(Json::as_str), url) {
        (Some("$pageview"), Some(url)) if tests.is_empty() => {
            Ok(ActionStep::page(PageStep { url, matching: url_matching }))
        }
        (Some("$autocapture"), url) if tests.is_empty() => Ok(ActionStep::click(ClickStep {
            selector: read::text(step, "/selector"),
            text: read::text(step, "/text"),
            text_matching: matching("text_matching", Matching::exact)?,
            href: read::text(step, "/href"),
            href_matching: matching("href_matching", Matching::exact)?,
            tag: read::text(step, "/tag_name"),
            url,
            url_matching,
        })),
        (Some(event), None) if tests.is_empty() => Ok(ActionStep::event(crate::kinds::known::event(known, event)?)),
        (Some(event), url) => {
            let tests: Result<Vec<_>, _> = tests.iter().map(|test| PropertyTest::read(test, "event")).collect();
            let event = crate::kinds::known::event(known, event)?;
            Ok(ActionStep::sent(SentStep { event, with: read::slice(tests?), url, matching: url_matching }))
        }
        (None, _) => Err("a step without an event has no word".to_owned()),
    }
}
