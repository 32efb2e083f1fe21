//! Whom Stripe tells what happens.

use super::rest::{METADATA, NOISE, check_metadata, given, list, metadata, metadata_of, row, updated, without_empty};
use crate::values::{EventType, Metadata};
use plg_core::checks;
use plg_core::prelude::*;
use plg_core::source::{Answers, Import, Known, Noise, read};
use plg_core::wire::{Ending, env};

plg_core::kind! {
    /// An address that Stripe calls when something happens. The secret that its calls are signed with is shown once, and
    /// kept sealed: `output --reveal` shows it.
    webhook_endpoint WebhookEndpoint {
        /// The address, `https` only.
        url: Url,
        /// The events that are sent to it: `"invoice.paid"`, or `"*"` for everything.
        enabled_events: &'static [EventType],
        /// Keys and values for programs. Keys that others add stay.
        metadata: Metadata = Metadata(&[]),
    }
    provider: &crate::PROVIDER,
    key: &["url"],
    check: check,
    unique: &[("url", None)],
    titled: None,
    surface: Surface::NONE,
    wire: &WebhookEndpoints,
}

fn check(endpoint: &Block, _: &Declarations, report: &mut Report) {
    check_metadata(endpoint, report);
    let Some(events) = endpoint.get("enabled_events") else { return };
    if events.list().is_empty() {
        let message = "an endpoint is told of something\nhelp: write [\"invoice.paid\"], or [\"*\"] for everything";
        report.error(codes::LIST, events.at, message);
    }
    checks::once(events.list(), |event| event.text().map(str::to_owned), report);
    if let Some(all) = events.list().iter().find(|event| event.text() == Some("*"))
        && events.list().len() > 1
    {
        report.error(codes::LIST, all.at, "`*` is everything already\nhelp: leave the others out, or `*`");
    }
}

impl Describe for WebhookEndpoint {
    fn want(&self) -> Want {
        let want = Want::of(&self.common).set("url", env(self.url.0));
        if self.common.existing {
            return want;
        }
        let events = self.enabled_events.iter().map(|event| Json::from(event.0));
        want.set("enabled_events", Json::from_iter(events))
            .set("description", given(self.common.doc))
            .set("metadata", metadata(&self.metadata))
    }
}

#[derive(Debug)]
struct WebhookEndpoints;

impl Wire for WebhookEndpoints {
    fn collection(&self, _: &Map) -> RestCollection {
        list("webhook_endpoints", Ending::Delete)
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = row(json)?;
        if let Some(secret) = live.fields.shift_remove("secret") {
            live.outputs.insert("secret".to_owned(), secret);
        }
        Some(live)
    }

    fn changed_by(&self) -> &'static str {
        "POST"
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(without_empty(want))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        updated(self, want, changed, prior)
    }

    fn owned(&self, field: &str) -> &'static Owned {
        if field == "metadata" { &METADATA } else { &Owned::Whole }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "enabled_events" { same_set(want, live) } else { same(want, live) }
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "url").to_owned())
    }

    /// Stripe takes several endpoints of one address.
    fn identity_is_unique(&self) -> bool {
        false
    }

    fn secrets(&self) -> &'static [&'static str] {
        &["secret"]
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["description", "metadata"]
    }
}

impl Import for WebhookEndpoint {
    const ANSWERS: Answers = Answers {
        noise: &[
            NOISE,
            &[
                Noise { because: "people switch it off and on in the web app", keys: &["status"] },
                Noise { because: "it belongs to an app of Stripe's", keys: &["application"] },
                Noise {
                    because: "it is chosen when an endpoint is made, and shown by no request",
                    keys: &["api_version"],
                },
            ],
        ],
        usual: &[],
        called: &[],
        placed: &[],
    };

    /// The host, as nobody names endpoints.
    fn label(live: &Live) -> &str {
        let url = text(&live.fields, "url");
        url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#', ':']).next().unwrap_or_default()
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let events = live.fields.get("enabled_events").and_then(Json::as_array).into_iter().flatten();
        let events = events.filter_map(|event| Some(EventType(read::leak(event.as_str()?))));
        Ok(WebhookEndpoint {
            common,
            url: known.url(text(&live.fields, "url")),
            enabled_events: read::slice(events.collect()),
            metadata: metadata_of(live),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::fixture::{at, block, differing, list, mistakes, node, resolved};

    static HOOK: WebhookEndpoint = WebhookEndpoint {
        common: Common::named("Hook"),
        url: Url(Text::Given("https://shop.example/stripe")),
        enabled_events: &[EventType("invoice.paid"), EventType("invoice.payment_failed")],
        ..WebhookEndpoint::BLANK
    };

    #[test]
    fn the_secret_is_apart_and_the_order_of_events_is_no_difference() {
        let want = resolved(&HOOK, &Json::Null);
        let live = json!({
            "id": "we_1", "object": "webhook_endpoint", "description": null, "url": "https://shop.example/stripe",
            "enabled_events": ["invoice.payment_failed", "invoice.paid"], "metadata": {}, "secret": "whsec_1", "status": "enabled",
        });
        assert_eq!(differing(&HOOK, &want, &live), [""; 0]);
        let read = WebhookEndpoints.read(live).expect("a row");
        assert!(read.outputs["secret"] == "whsec_1" && !read.fields.contains_key("secret"));
    }

    #[test]
    fn what_is_refused() {
        let hook = |events: &[&str]| {
            let events = events.iter().map(|event| node(2, Given::Text((*event).into()))).collect();
            block("webhook_endpoint", "Hook", vec![("enabled_events", list(1, events))])
        };
        for (events, place, message) in [
            (&[][..], 1, "an endpoint is told of something"),
            (&["invoice.paid", "invoice.paid"], 2, "`invoice.paid` is in this list already"),
            (&["*", "invoice.paid"], 2, "`*` is everything already"),
        ] {
            assert_eq!(mistakes(&crate::PROVIDER, "webhook_endpoint", &hook(events), &[]), at(place, message));
        }
    }
}
