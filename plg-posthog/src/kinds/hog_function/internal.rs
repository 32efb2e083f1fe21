//! What PostHog sends elsewhere about what happens in PostHog itself.

use super::input::{self, Fed, SentInputs};
use super::template::TemplateFacts;
use super::trigger::FILTERS;
use super::wire::{self, Functions, NOISE};
use super::{TemplateName, check};
use crate::kinds::prelude::*;
use crate::kinds::{Alert, posthog};
use plg_core::source::{Answers, Import, Known, read};

plg_core::choice! {
    /// The template that an internal destination is made from.
    InternalTemplate "template of an internal destination" {
        /// A request to a web address: `inputs: { url: "https://…" }`.
        webhook,
        /// A message in Slack: `inputs: { slack_workspace: 7, channel: "C0123", text: "…" }`.
        slack,
        /// A message in Discord.
        discord,
        /// A message in Microsoft Teams.
        microsoft_teams,
        ; /// Any other, by its id: `"template-linear"`. Nothing is known of its inputs here.
        else other(TemplateName)
    }
}

/// Those with a word.
const KNOWN: [InternalTemplate; 4] =
    [InternalTemplate::webhook, InternalTemplate::slack, InternalTemplate::discord, InternalTemplate::microsoft_teams];

impl InternalTemplate {
    fn facts(self) -> Option<&'static TemplateFacts> {
        let word = match self {
            InternalTemplate::webhook => "webhook",
            InternalTemplate::slack => "slack",
            InternalTemplate::discord => "discord",
            InternalTemplate::microsoft_teams => "microsoft_teams",
            InternalTemplate::other(_) => return None,
        };
        TemplateFacts::of(word)
    }

    fn id(self) -> &'static str {
        match self {
            InternalTemplate::other(name) => name.0,
            known => known.facts().map_or("", |facts| facts.id),
        }
    }

    fn read(fields: &Map) -> Self {
        let id = text(fields, wire::TEMPLATE);
        let known = wire::template_of(fields).and_then(|_| KNOWN.into_iter().find(|one| one.id() == id));
        known.unwrap_or_else(|| InternalTemplate::other(TemplateName(read::leak(id))))
    }
}

plg_core::choice! {
    /// What happens in PostHog.
    InternalEvent "event of PostHog itself" {
        /// An alert on an insight fires, whichever it is.
        any_alert,
        /// This alert fires: `alert(Falling)`.
        alert(Link<Alert>),
        /// Somebody changed something in the project.
        activity,
        /// An error is there that was not before.
        issue_created,
        /// An error is back.
        issue_reopened,
        ; /// Any other, by the name of its event: `"$logs_alert_firing"`.
        else other(EventName)
    }
}

/// What PostHog calls an alert that fires, and the property that says which.
const FIRES: &str = "$insight_alert_firing";
const ALERT: &str = "alert_id";

impl InternalEvent {
    fn name(&self) -> &'static str {
        match self {
            InternalEvent::any_alert | InternalEvent::alert(_) => FIRES,
            InternalEvent::activity => "$activity_log_entry_created",
            InternalEvent::issue_created => "$error_tracking_issue_created",
            InternalEvent::issue_reopened => "$error_tracking_issue_reopened",
            InternalEvent::other(name) => name.0,
        }
    }

    fn filters(&self) -> Term {
        let name = self.name();
        let mut filters = Terms::from_iter([
            ("source", Term::from("internal-events")),
            ("events", term!([{ "id": name, "type": "events" }])),
        ]);
        let of_alert = match self {
            InternalEvent::alert(alert) => {
                term!([{ "key": ALERT, "type": "event", "operator": "exact", "value": reference(*alert) }])
            }
            _ => term!([]),
        };
        filters.insert("properties", of_alert);
        Term::Map(filters)
    }

    fn read(filters: &Json, known: &mut Known) -> Result<Self, String> {
        let list = |key: &str| filters.get(key).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let [event] = list("events") else {
            return Err("it reports several events, or none, which the language has no word for".to_owned());
        };
        let name = event.get("id").and_then(Json::as_str).ok_or("it reports every event")?;
        let properties = list("properties");
        if let [test] = properties
            && name == FIRES
            && test.get("key").and_then(Json::as_str) == Some(ALERT)
        {
            let value = test.get("value").unwrap_or(&Json::Null);
            let one = value.as_array().and_then(|all| all.first()).unwrap_or(value);
            return known.find::<Alert>(one).map(InternalEvent::alert);
        }
        if !properties.is_empty() || !list("actions").is_empty() {
            return Err("it reports events under a condition that the language has no word for".to_owned());
        }
        let all = [
            InternalEvent::any_alert,
            InternalEvent::activity,
            InternalEvent::issue_created,
            InternalEvent::issue_reopened,
        ];
        let word = all.into_iter().find(|one| one.name() == name);
        Ok(word.unwrap_or_else(|| InternalEvent::other(EventName(read::leak(name)))))
    }
}

plg_core::kind! {
    /// A message about what happens in PostHog itself: an alert fires, an error is back, somebody changed something. It is
    /// made from a template of PostHog's. What PostHog tells of bills is left to the web app.
    internal_destination InternalDestination {
        /// The template. It cannot change later.
        template: InternalTemplate,
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// The event that sets it off: `alert(Falling)`, `issue_created`, or the name of another of PostHog's own events.
        on: InternalEvent,
        /// What the template asks for: a text in which PostHog fills in what stands in braces, JSON, `event("alert_name")`,
        /// or `env("NAME")` for a secret.
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
    wire: &Functions { ty: "internal_destination", told_by: &["on"] },
}

fn checked(destination: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(destination, "title", 400, report);
    check::check(destination, report);
}

impl Describe for InternalDestination {
    fn want(&self) -> Want {
        let inputs = SentInputs::of(self.inputs.0, self.template.facts());
        wire::wanted(&self.common, self.title, self.template.id(), self.enabled, inputs).set(FILTERS, self.on.filters())
    }
}

impl Import for InternalDestination {
    const ANSWERS: Answers = Answers {
        noise: &[crate::noise::POSTHOG, NOISE],
        usual: &[("enabled", "true"), ("filters.filter_test_accounts", "false")],
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
        Ok(InternalDestination {
            common,
            template: InternalTemplate::read(fields),
            title: read::name(fields.get("name")),
            on: InternalEvent::read(fields.get(FILTERS).unwrap_or(&Json::Null), known)?,
            inputs: input::read_all(inputs, &kept, wire::template_of(fields)),
            enabled: fields.get("enabled").and_then(Json::as_bool).filter(|enabled| !enabled),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}
