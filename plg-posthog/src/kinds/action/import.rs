//! Actions, from what is live.

use super::*;
use crate::kinds::known;
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
            pinned: Some(read::on(fields.get("pinned_at"))).filter(|pinned| *pinned),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

/// What a step says beside its event, in the language's words.
fn click(step: &Json, known: &mut Known) -> Result<ClickStep, String> {
    let matching = |key: &str, default: Matching| match step.get(key).and_then(Json::as_str) {
        None => Ok(default),
        Some(word) => Matching::spelt(word)
            .ok_or_else(|| format!("a step matches by `{word}`, which the language has no word for")),
    };
    Ok(ClickStep {
        selector: read::text(step, "/selector"),
        text: read::text(step, "/text"),
        text_matching: matching("text_matching", Matching::exact)?,
        href: read::text(step, "/href"),
        href_matching: matching("href_matching", Matching::exact)?,
        tag: read::text(step, "/tag_name"),
        url: read::text(step, "/url"),
        url_matching: matching("url_matching", Matching::contains)?,
        with: Filter::read_all(step.get("properties"), known)?,
    })
}

fn step(step: &Json, known: &mut Known) -> Result<ActionStep, String> {
    let said = click(step, known)?;
    let says = [said.selector, said.text, said.href, said.tag].into_iter().any(|text| text.is_some());
    Ok(match (step.get("event").and_then(Json::as_str), said.url) {
        (None, _) => ActionStep::anything(said),
        (Some("$pageview"), Some(url)) if !says => {
            ActionStep::page(PageStep { url, matching: said.url_matching, with: said.with })
        }
        (Some("$autocapture"), url) if says || url.is_some() || !said.with.is_empty() => ActionStep::click(said),
        (Some(event), None) if !says && said.with.is_empty() => ActionStep::event(known::event(known, event)?),
        (Some(event), url) => ActionStep::sent(SentStep {
            event: known::event(known, event)?,
            with: said.with,
            url,
            matching: said.url_matching,
            selector: said.selector,
            text: said.text,
            text_matching: said.text_matching,
            href: said.href,
            href_matching: said.href_matching,
            tag: said.tag,
        }),
    })
}
