//! What PostHog changes in events on their way in.

use super::input::{self, Fed, SentInputs};
use super::template::TemplateFacts;
use super::trigger::{self, FILTERS, Trigger, TriggerFilters};
use super::wire::{self, Functions, NOISE, ORDER};
use super::{TemplateName, check};
use crate::kinds::filter::Filter;
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::source::{Answers, Import, Known, read};

plg_core::choice! {
    /// The template that a transformation is made from.
    TransformationTemplate "template of a transformation" {
        /// Adds to events where they come from, by their IP address.
        geoip,
        /// Drops every event that it is told of: write `on` or `with`, or nothing arrives any more.
        drop_events,
        /// Takes the last part of IP addresses away.
        ip_anonymization,
        /// Replaces properties by their hash: `inputs: { propertiesToHash: "$ip,$email", salt: env("SALT") }`.
        pii_hashing,
        /// Masks parameters in web addresses.
        url_masking,
        /// Drops what bots send.
        bot_detection,
        ; /// Any other, by its id. Nothing is known of its inputs here.
        else other(TemplateName)
    }
}

/// Those with a word.
const KNOWN: [TransformationTemplate; 6] = [
    TransformationTemplate::geoip,
    TransformationTemplate::drop_events,
    TransformationTemplate::ip_anonymization,
    TransformationTemplate::pii_hashing,
    TransformationTemplate::url_masking,
    TransformationTemplate::bot_detection,
];

impl TransformationTemplate {
    fn facts(self) -> Option<&'static TemplateFacts> {
        let word = match self {
            TransformationTemplate::geoip => "geoip",
            TransformationTemplate::drop_events => "drop_events",
            TransformationTemplate::ip_anonymization => "ip_anonymization",
            TransformationTemplate::pii_hashing => "pii_hashing",
            TransformationTemplate::url_masking => "url_masking",
            TransformationTemplate::bot_detection => "bot_detection",
            TransformationTemplate::other(_) => return None,
        };
        TemplateFacts::of(word)
    }

    fn id(self) -> &'static str {
        match self {
            TransformationTemplate::other(name) => name.0,
            known => known.facts().map_or("", |facts| facts.id),
        }
    }

    fn read(fields: &Map) -> Self {
        let id = text(fields, wire::TEMPLATE);
        let known = wire::template_of(fields).and_then(|_| KNOWN.into_iter().find(|one| one.id() == id));
        known.unwrap_or_else(|| TransformationTemplate::other(TemplateName(read::leak(id))))
    }
}

plg_core::kind! {
    /// Something that PostHog does to events before it keeps them, or that keeps them out. It is made from a template of
    /// PostHog's. At most 20 of a project are switched on.
    transformation Transformation {
        /// The template. It cannot change later.
        template: TransformationTemplate,
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// The events and actions that set it off, any of them; every event, where the list is empty.
        on: &'static [Trigger] = &[],
        /// What must be so of the event. There is no person yet.
        with: &'static [Filter] = &[],
        /// What the template asks for: a text in which PostHog fills in what stands in braces, JSON, `event("amount")`, or
        /// `env("NAME")` for a secret.
        inputs: Named<Fed> = Named(&[]),
        /// Its place among the transformations, from the smallest on. PostHog puts a new one at the end; people move it in
        /// the web app, so it is only compared where it is written here.
        order: Option<i64> = None,
        /// Whether it is switched on. People flip it in the web app, so it is only compared where it is written here.
        enabled: Option<bool> = None,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: checked,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Functions { ty: "transformation", told_by: &["on", "with"] },
}

fn checked(transformation: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(transformation, "title", 400, report);
    trigger::check(transformation.get("on"), transformation.get("with"), report);
    check::check(transformation, report);
    for (key, _, value) in transformation.get("inputs").map_or(&[][..], Node::map) {
        if value.word() == Some("person") {
            let message = format!(
                "a transformation runs before there is a person, so PostHog refuses `{key}`\nhelp: write a property of the event: `event(\"…\")`"
            );
            report.error(codes::OTHER_SHAPE, value.at, message);
        }
    }
    if let Some(Node { at, given: Given::Int(32_768..) }) = transformation.get("order") {
        report.error(codes::OUT_OF_RANGE, *at, "PostHog counts places up to 32767\nhelp: write a smaller number");
    }
    let says = |field: &str| transformation.get(field).is_some_and(|all| !all.list().is_empty());
    if let Some(template) = transformation.get("template").filter(|one| one.word() == Some("drop_events"))
        && !says("on")
        && !says("with")
    {
        let message = "this would drop every event\nhelp: restrict it: `on: [Name]`, or `with: [{ property: \"plan\", is: [\"test\"] }]`";
        report.error(crate::codes::MATCHES_NOTHING, template.at, message);
    }
}

impl Describe for Transformation {
    fn want(&self) -> Want {
        let inputs = SentInputs::of(self.inputs.0, self.template.facts());
        wire::wanted(&self.common, self.title, self.template.id(), self.enabled, inputs)
            .set(FILTERS, trigger::filters(self.on, self.with, false))
            .set_some(ORDER, self.order)
    }
}

impl Import for Transformation {
    const ANSWERS: Answers = Answers {
        noise: &[crate::noise::POSTHOG, NOISE],
        usual: &[("filters.source", "\"events\""), ("enabled", "true")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        wire::read_code(fields, known)?;
        let told = TriggerFilters::read(fields.get(FILTERS).unwrap_or(&Json::Null), known)?;
        if told.without_test_users {
            known.lose(FILTERS, "it excludes test users, which the language has no word for: a transformation runs before there is a person");
        }
        let (inputs, kept) = wire::inputs_of(fields);
        Ok(Transformation {
            common,
            template: TransformationTemplate::read(fields),
            title: read::name(fields.get("name")),
            on: told.on,
            with: told.with,
            inputs: input::read_all(inputs, &kept, wire::template_of(fields)),
            order: fields.get(ORDER).and_then(Json::as_i64),
            enabled: fields.get("enabled").and_then(Json::as_bool).filter(|enabled| !enabled),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}
