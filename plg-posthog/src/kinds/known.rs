//! What imported declarations refer to, in PostHog's words.

use super::prelude::*;
use super::{Action, Event, FeatureFlag};
use plg_core::source::read::{keep, leak};
use plg_core::source::{Known, plain};

/// The event of this name: one that is declared, or one that is only referred to.
pub(super) fn event(known: &mut Known, name: &str) -> Result<&'static Event, String> {
    if let Some(event) = known.get(name) {
        return Ok(event);
    }
    (EventName::RULE.check)(name).map_err(|wrong| format!("the event \"{name}\": {}", plain(&wrong)))?;
    let item = known.name_by_key("event", name);
    let event: &'static Event = keep(Event {
        common: Common::named(item).handled(keep(Handling { existing: true, ..Handling::PLAIN })),
        name: EventName(leak(name)),
        ..Event::BLANK
    });
    known.keep(event.name.0, event);
    known.notice(event);
    Ok(event)
}

/// What people do, as a query names it: an event by its name, or an action by its id.
pub(super) fn tracked(
    known: &mut Known,
    by_name: Option<&Json>,
    by_id: Option<&Json>,
) -> Result<&'static dyn Trackable, String> {
    match (by_name.and_then(Json::as_str), by_id) {
        (Some(name), _) => Ok(event(known, name)?),
        (None, Some(id)) => Ok(known.find::<Action>(id)?),
        (None, None) => Err("it counts every event, which has no name".to_owned()),
    }
}

/// What a flag is kept by beside its id; a key may look like the id of another one.
pub(super) fn key(key: &str) -> String {
    format!("key {key}")
}

/// The flag of this key.
pub(super) fn flag(known: &Known, named: &str) -> Result<&'static FeatureFlag, String> {
    let found = known.get(&key(named)).or_else(|| known.stranger(&named.into()));
    found.ok_or_else(|| format!("the feature flag {named} is not written here"))
}
