//! Which events have which property groups, as steps of their own: what an event's `schema` becomes.

use super::Event;
use crate::kinds::PropertyGroup;
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::source::{Answers, Known, Noise, read};

plg_core::kind! {
    /// That an event has the properties of a group, written in the event's `schema`. It has an address of its own:
    /// `event_schema.Paid.Billing`.
    event_schema EventSchema {
        /// The properties.
        group: Link<PropertyGroup>,
    }
    provider: &crate::PROVIDER,
    key: &["group"],
    check: |_, _, _| (),
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &EventSchemas,
}

/// The word of an event that says which groups it has.
pub(super) const SCHEMA: &str = "schema";

/// What says which event it is of, and which group.
const EVENT: &str = "event_definition";
const GROUP: &str = "property_group_id";

/// Keys of an answer that plans and imports pass over.
pub(in crate::kinds) static SCHEMA_ANSWERS: Answers = Answers {
    noise: &[
        crate::noise::POSTHOG,
        &[Noise { because: "its `property_group` says it", keys: &["property_group"] }],
        &[Noise { because: "it stands in its event", keys: &[EVENT] }],
    ],
    usual: &[],
    called: &[],
    placed: &[],
};

/// What an event has groups by, one after the other.
pub(super) fn of(event: &'static Event) -> Vec<&'static dyn Declared> {
    let own = &event.common;
    let handling: &'static Handling = read::keep(Handling {
        ignore: if own.ignore.contains(&SCHEMA) { &["group"] } else { &[] },
        on_destroy: own.on_destroy,
        account: own.account,
        constants: false,
        parent: Some(event),
        ..Handling::PLAIN
    });
    let one = |group: &Link<PropertyGroup>| -> &'static dyn Declared {
        let name = read::leak(&format!("{}.{}", own.name, group.common.name));
        let common = Common { name, doc: "", ..*own }.handled(handling);
        read::keep(EventSchema { common, group })
    };
    event.schema.iter().map(one).collect()
}

/// The groups of an event that is live.
pub(super) fn groups(live: &Live, known: &mut Known) -> &'static [Link<PropertyGroup>] {
    let mut found: Vec<Link<PropertyGroup>> = Vec::new();
    for row in known.inside(&live.id) {
        let Some(id) = row.fields.get(GROUP) else { continue };
        match known.find::<PropertyGroup>(id) {
            Ok(group) => found.push(group),
            Err(why) => known.lose(SCHEMA, why),
        }
    }
    // PostHog lists the latest first, and means nothing by it.
    found.sort_by_key(|group| group.common.name);
    read::slice(found)
}

/// What each part of an event stands for.
pub(super) fn inside(event: &'static Event, live: &Live, known: &Known) -> Vec<(&'static dyn Declared, Live)> {
    let rows = known.inside(&live.id);
    let live_of = |group: &Link<PropertyGroup>| {
        let is_it = |row: &&Live| {
            let id = row.fields.get(GROUP).and_then(id_text);
            let found = id.and_then(|id| known.get::<PropertyGroup>(&id));
            found.is_some_and(|found| found.common.name == group.common.name)
        };
        rows.iter().find(is_it).cloned()
    };
    let parts = of(event).into_iter().zip(event.schema);
    parts.filter_map(|(part, group)| Some((part, live_of(group)?))).collect()
}

/// One of them, where a plan tells what differs of it.
pub(in crate::kinds) fn draw_schema(
    live: &Live,
    common: Common,
    known: &mut Known,
) -> Result<&'static dyn Declared, String> {
    let group = known.find::<PropertyGroup>(live.fields.get(GROUP).unwrap_or(&Json::Null))?;
    Ok(read::keep(EventSchema { common, group }))
}

impl Describe for EventSchema {
    fn want(&self) -> Want {
        let want = Want::new().set(GROUP, reference(self.group));
        match self.common.parent {
            Some(event) => want.set(EVENT, reference(event)),
            None => want,
        }
    }

    fn lint(&self) -> Vec<String> {
        if self.common.parent.is_some() {
            Vec::new()
        } else {
            vec!["which groups an event has is written in the event: `schema: [Billing]`".to_owned()]
        }
    }
}

#[derive(Debug)]
struct EventSchemas;

impl Wire for EventSchemas {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("event_schemas")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        // The answer has the group with all of its properties.
        let group = live.fields.shift_remove("property_group").and_then(|group| group.get("id").cloned());
        live.fields.insert(GROUP.to_owned(), group?);
        Some(live)
    }

    fn part_of(&self) -> Option<&'static str> {
        Some("event")
    }

    // One cannot be read by itself.
    fn by_id(&self, _: &Prior) -> Option<Call> {
        None
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(want.clone())
    }

    fn parents(&self) -> &'static [&'static str] {
        &[EVENT]
    }

    fn fixed(&self) -> &'static [&'static str] {
        &[GROUP]
    }

    fn lost(&self) -> &'static str {
        "nothing: the event and its properties stay"
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(format!("{} of {}", id_text(fields.get(GROUP)?)?, id_text(fields.get(EVENT)?)?))
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        if *word == "group" { &[GROUP] } else { itself(word) }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["event", "property_group"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let of = [("event", EVENT), ("property_group", GROUP)];
        of.into_iter().filter_map(|(kind, field)| mention::id(kind, live.fields.get(field))).collect()
    }
}
