//! Web addresses at which PostHog takes events in.

use super::input::{self, Fed, SentInputs};
use super::template::TemplateFacts;
use super::wire::{self, Functions, NOISE};
use super::{TemplateName, check};
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::source::{Answers, Import, Known, read};

plg_core::choice! {
    /// The template that a source is made from.
    SourceTemplate "template of a source" {
        /// A request becomes an event: `inputs: { event: "{request.body.event}", auth_header: env("HOOK_SECRET") }`.
        incoming,
        ; /// Any other, by its id. Nothing is known of its inputs here.
        else other(TemplateName)
    }
}

impl SourceTemplate {
    fn facts(self) -> Option<&'static TemplateFacts> {
        match self {
            SourceTemplate::incoming => TemplateFacts::of("incoming"),
            SourceTemplate::other(_) => None,
        }
    }

    fn id(self) -> &'static str {
        match self {
            SourceTemplate::other(name) => name.0,
            known => known.facts().map_or("", |facts| facts.id),
        }
    }

    fn read(fields: &Map) -> Self {
        let id = text(fields, wire::TEMPLATE);
        let is_known = wire::template_of(fields).is_some() && id == SourceTemplate::incoming.id();
        if is_known { SourceTemplate::incoming } else { SourceTemplate::other(TemplateName(read::leak(id))) }
    }
}

plg_core::kind! {
    /// A web address at which PostHog takes events in from somebody else. PostHog calls the template of incoming requests
    /// alpha, and shows the address in the web app.
    source_webhook SourceWebhook {
        /// The template. It cannot change later.
        template: SourceTemplate,
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// What the template asks for: a text in which PostHog fills in what stands in braces, such as
        /// `"{request.body.event}"`, JSON, or `env("NAME")` for a secret.
        inputs: Named<Fed> = Named(&[]),
        /// Whether it is switched on. People flip it in the web app, so it is only compared where it is written here.
        enabled: Option<bool> = None,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: checked,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Functions { ty: "source_webhook", told_by: &[] },
}

fn checked(source: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(source, "title", 400, report);
    check::check(source, report);
    for (key, _, value) in source.get("inputs").map_or(&[][..], Node::map) {
        if value.word().is_some_and(|word| !["value", "kept"].contains(&word)) {
            let message = format!(
                "`{key}` is of an event, and a source has only a request\nhelp: write \"{{request.body.{key}}}\""
            );
            report.error(codes::OTHER_SHAPE, value.at, message);
        }
    }
}

impl Describe for SourceWebhook {
    fn want(&self) -> Want {
        let inputs = SentInputs::of(self.inputs.0, self.template.facts());
        wire::wanted(&self.common, self.title, self.template.id(), self.enabled, inputs)
    }
}

impl Import for SourceWebhook {
    const ANSWERS: Answers = Answers {
        noise: &[crate::noise::POSTHOG, NOISE],
        usual: &[("enabled", "true"), ("filters.source", "\"events\"")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        wire::read_code(fields, known)?;
        let (inputs, kept) = wire::inputs_of(fields);
        Ok(SourceWebhook {
            common,
            template: SourceTemplate::read(fields),
            title: read::name(fields.get("name")),
            inputs: input::read_all(inputs, &kept, wire::template_of(fields)),
            enabled: fields.get("enabled").and_then(Json::as_bool).filter(|enabled| !enabled),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}
