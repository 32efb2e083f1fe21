//! What PostHog sends elsewhere.

use super::attio::{self, FilledAttribute};
use super::input::{self, Fed, SentInputs};
use super::mapping::{self, Mapping};
use super::template::TemplateFacts;
use super::trigger::{self, FILTERS, Once, Trigger, TriggerFilters};
use super::wire::{self, Functions, MAPPINGS, MASKING, NOISE};
use super::{TemplateName, check};
use crate::kinds::filter::Filter;
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::source::{Answers, Import, Known, read};

plg_core::choice! {
    /// The template that a destination is made from.
    DestinationTemplate "template of a destination" {
        /// A request to a web address: `inputs: { url: "https://…" }`, with `method`, `body`, `headers`.
        webhook,
        /// A message in Slack: `inputs: { slack_workspace: 7, channel: "C0123", text: "…" }`.
        slack,
        /// A message in Discord: `inputs: { webhookUrl: env("DISCORD_URL"), content: { "content": "…" } }`.
        discord,
        /// A message in Microsoft Teams: `inputs: { webhookUrl: env("TEAMS_URL"), text: "…" }`.
        microsoft_teams,
        /// A contact in HubSpot: `inputs: { oauth: 7, properties: { "plan": "{person.properties.plan}" } }`.
        hubspot,
        /// An event in HubSpot.
        hubspot_event,
        /// A person in Attio, found by the e-mail address: `inputs: { apiKey: env("ATTIO_KEY") }`. Attributes of `people`. PostHog calls it beta.
        attio_people,
        /// A user in Attio, found by `user_id`, with the person behind it. Attributes of `users` and `people`. It needs Attio's object `users`, which an admin switches on in Attio's settings. PostHog calls it beta.
        attio_user,
        /// A workspace in Attio, found by `workspace_id`, with its company, found by its domain. Attributes of `workspaces` and `companies`. It needs Attio's object `workspaces`, which an admin switches on in Attio's settings: without it the plan is refused. PostHog calls it beta.
        attio_workspace,
        ; /// Any other, by its id: `"template-intercom"`. Nothing is known of its inputs here.
        else other(TemplateName)
    }
}

impl DestinationTemplate {
    fn word(self) -> Option<&'static str> {
        Some(match self {
            DestinationTemplate::webhook => "webhook",
            DestinationTemplate::slack => "slack",
            DestinationTemplate::discord => "discord",
            DestinationTemplate::microsoft_teams => "microsoft_teams",
            DestinationTemplate::hubspot => "hubspot",
            DestinationTemplate::hubspot_event => "hubspot_event",
            DestinationTemplate::attio_people => "attio_people",
            DestinationTemplate::attio_user => "attio_user",
            DestinationTemplate::attio_workspace => "attio_workspace",
            DestinationTemplate::other(_) => return None,
        })
    }

    fn facts(self) -> Option<&'static TemplateFacts> {
        self.word().and_then(TemplateFacts::of)
    }

    fn id(self) -> &'static str {
        match self {
            DestinationTemplate::other(name) => name.0,
            known => known.facts().map_or("", |facts| facts.id),
        }
    }

    fn read(fields: &Map) -> Self {
        let all = [
            DestinationTemplate::webhook,
            DestinationTemplate::slack,
            DestinationTemplate::discord,
            DestinationTemplate::microsoft_teams,
            DestinationTemplate::hubspot,
            DestinationTemplate::hubspot_event,
            DestinationTemplate::attio_people,
            DestinationTemplate::attio_user,
            DestinationTemplate::attio_workspace,
        ];
        let id = text(fields, wire::TEMPLATE);
        let known = wire::template_of(fields).and_then(|_| all.into_iter().find(|one| one.id() == id));
        known.unwrap_or_else(|| DestinationTemplate::other(TemplateName(read::leak(id))))
    }
}

plg_core::kind! {
    /// Something that PostHog sends elsewhere whenever it is told of something: a message, a request, a record in a CRM.
    /// It is made from a template of PostHog's, and keeps the template's code as it was on that day. Functions of code of
    /// one's own are left to the web app, and so are those that are told of changes to people or of rows of the
    /// warehouse.
    destination Destination {
        /// The template. It cannot change later.
        template: DestinationTemplate,
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// The events and actions that set it off, any of them; every event, where the list is empty.
        on: &'static [Trigger] = &[],
        /// What must be so for it to be sent.
        with: &'static [Filter] = &[],
        /// Whether what the project's test users do is left out.
        without_test_users: bool = false,
        /// What the template asks for, each with what it is filled with: a text in which PostHog fills in what stands in
        /// braces, JSON, `person("plan")`, or `env("NAME")` for a secret. PostHog shows secrets to nobody; another value of
        /// the variable is sent with the next deploy.
        inputs: Named<Fed> = Named(&[]),
        /// What a template of Attio's writes beside what it finds a record by, by reference to attributes:
        /// `{ LastLogin: event_time, ProductRole: person("product_role") }`. Each is of an object that the template writes,
        /// and what fills it is something it can hold; a select that is filled with a property of which nothing says the
        /// texts is a warning. Renaming an attribute's slug changes the destination in the same deploy. What is empty
        /// leaves what Attio has.
        attributes: &'static [FilledAttribute] = &[],
        /// Several things that it sends, each with its own events and inputs. They are always sent whole. Left to people,
        /// where nothing is written.
        mappings: Option<&'static [Mapping]> = None,
        /// How often the same is sent at most. Left to people, where nothing is written.
        once: Option<Once> = None,
        /// Whether it is switched on. People flip it in the web app, so it is only compared where it is written here.
        enabled: Option<bool> = None,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: checked,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Functions { ty: "destination", told_by: &["on", "with", "without_test_users"] },
}

fn checked(destination: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(destination, "title", 400, report);
    trigger::check(destination.get("on"), destination.get("with"), report);
    check::check(destination, report);
    attio::check(destination, check::template(destination), report);
    if let Some(once) = destination.get("once") {
        Once::check(once, report);
    }
    if let Some(mappings) = destination.get("mappings") {
        mapping::check(mappings, report);
        if let Some(on) = destination.get("on").filter(|on| !on.list().is_empty() && !mappings.list().is_empty()) {
            let message = "each mapping has its own events\nhelp: move this into the mappings";
            report.error(crate::codes::EXCLUDE_EACH_OTHER, on.at, message);
        }
    }
}

impl Describe for Destination {
    fn want(&self) -> Want {
        let facts = self.template.facts();
        let inputs = SentInputs::of(self.inputs.0, facts).with(attio::filled(self.attributes, facts));
        let want = wire::wanted(&self.common, self.title, self.template.id(), self.enabled, inputs);
        // It would write into what is not there yet.
        let want = self.attributes.iter().fold(want, |want, one| want.after(one.attribute.address()));
        // And into objects that people switch on. Where no attribute is named, nobody says which Attio it is.
        let objects = facts.filter(|_| !self.attributes.is_empty()).map_or(&[][..], |facts| facts.attributes);
        let switched = objects.iter().map(|(object, _)| format!("object.{object}"));
        let switched = switched.filter(|object| attio::is_switched_on_by_hand(object));
        let want = switched.fold(want, Want::after);
        want.set(FILTERS, trigger::filters(self.on, self.with, self.without_test_users))
            .set_some(MAPPINGS, self.mappings.map(mapping::sent))
            .set_some(MASKING, self.once.map(|once| once.json()))
    }
}

impl Import for Destination {
    const ANSWERS: Answers = Answers {
        noise: &[crate::noise::POSTHOG, NOISE],
        usual: &[("filters.source", "\"events\""), ("mappings.filters.source", "\"events\""), ("enabled", "true")],
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
        let (inputs, kept) = wire::inputs_of(fields);
        let template = wire::template_of(fields);
        let (attributes, inputs) = attio::read(inputs, template, known);
        let mappings = match fields.get(MAPPINGS).filter(|all| all.as_array().is_some_and(|all| !all.is_empty())) {
            Some(mappings) => Some(mapping::read_all(mappings, known)?),
            None => None,
        };
        Ok(Destination {
            common,
            template: DestinationTemplate::read(fields),
            title: read::name(fields.get("name")),
            on: told.on,
            with: told.with,
            without_test_users: told.without_test_users,
            inputs: input::read_all(&inputs, &kept, template),
            attributes,
            mappings,
            once: fields.get(MASKING).and_then(Once::read),
            enabled: fields.get("enabled").and_then(Json::as_bool).filter(|enabled| !enabled),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}
