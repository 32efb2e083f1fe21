//! Webhooks, from what is live.

use super::event::{ACTOR, ACTOR_TYPE, ATTRIBUTE, LIST, OBJECT, PARENT, PARENT_RECORD, RECORD};
use super::*;
use crate::kinds::{Attribute, On, far_key};
use plg_core::source::{Answers, Import, Known, Noise, read, readable};

impl Import for Webhook {
    const ANSWERS: Answers = Answers {
        noise: &[crate::kinds::NOISE, &[Noise { because: "Attio says how its deliveries go", keys: &["status"] }]],
        usual: &[],
        called: &[],
        placed: &[],
    };

    /// The host, as nobody names webhooks.
    fn label(live: &Live) -> &str {
        let url = text(&live.fields, "target_url");
        url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#', ':']).next().unwrap_or_default()
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let subscriptions = live.fields.get("subscriptions").and_then(Json::as_array).cloned().unwrap_or_default();
        let events: Vec<_> = subscriptions.iter().map(|subscription| event(subscription, known)).collect();
        Ok(Webhook {
            common,
            url: known.url(text(&live.fields, "target_url")),
            on: readable(known, "subscriptions", "on", events),
        })
    }
}

fn event(subscription: &Json, known: &mut Known) -> Result<HookEvent, String> {
    let event = subscription.get("event_type").and_then(Json::as_str).unwrap_or_default();
    let unknown = || format!("the language has no word for the event `{event}`");
    let (family, verb) = event.split_once('.').ok_or_else(unknown)?;
    let verb = Verb::spelt(verb).ok_or_else(unknown)?;
    let filter = subscription.get("filter").map(filter_of).unwrap_or_default();
    let simple = [
        Subject::record,
        Subject::note,
        Subject::note_content,
        Subject::task,
        Subject::comment,
        Subject::list,
        Subject::list_entry,
        Subject::list_attribute,
        Subject::object_attribute,
        Subject::workspace_member,
        Subject::call_recording,
        Subject::activity,
        Subject::activity_attribute,
        Subject::activity_record,
    ];
    let subject = simple.into_iter().find(|subject| subject.family().0 == family).ok_or_else(unknown)?;
    if filter.is_null() {
        return Ok(HookEvent::every(Topic { subject, verb }));
    }
    let unread = || format!("the language has no word for the filter {filter}");
    let joined = filter.as_object().filter(|filter| filter.len() == 1).and_then(|filter| filter.iter().next());
    let (join, conditions) = joined.ok_or_else(unread)?;
    let conditions = conditions.as_array().map(Vec::as_slice).ok_or_else(unread)?;
    if join == "$or" {
        let any = conditions.iter().map(|one| test(one, known)).collect::<Result<Vec<_>, _>>()?;
        let of = Topic { subject, verb };
        return Ok(HookEvent::filtered(FilteredEvent { of, with: FilteredEvent::with, any: read::slice(any) }));
    }
    // The object whose records alone are meant stands before the dot.
    let is_object =
        |one: &Json| family == "record" && says(one, "field") == OBJECT && says(one, "operator") == "equals";
    let own = conditions.iter().position(is_object);
    let subject = match own {
        Some(place) => of_object(crate::kinds::known::object(known, says(&conditions[place], "value"))?),
        None => subject,
    };
    let others = conditions.iter().enumerate().filter(|(place, _)| Some(*place) != own);
    let with = others.map(|(_, one)| test(one, known)).collect::<Result<Vec<_>, _>>()?;
    let of = Topic { subject, verb };
    Ok(if with.is_empty() {
        HookEvent::every(of)
    } else {
        HookEvent::filtered(FilteredEvent { of, with: read::slice(with), any: FilteredEvent::any })
    })
}

fn says<'a>(condition: &'a Json, key: &str) -> &'a str {
    condition.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn of_object(on: On) -> Subject {
    match on {
        On::people => Subject::people,
        On::companies => Subject::companies,
        On::deals => Subject::deals,
        On::users => Subject::users,
        On::workspaces => Subject::workspaces,
        On::object(object) => Subject::object(object),
    }
}

/// One condition of a filter.
fn test(condition: &Json, known: &mut Known) -> Result<HookTest, String> {
    let unread = || format!("the language has no word for the condition {condition}");
    let (field, value) = (says(condition, "field"), says(condition, "value"));
    let is = match says(condition, "operator") {
        "equals" => true,
        "not_equals" => false,
        _ => return Err(unread()),
    };
    let id = || Str(read::leak(value));
    Ok(match (field, is) {
        (OBJECT, true) => HookTest::object(crate::kinds::known::object(known, value)?),
        (OBJECT, false) => HookTest::not_object(crate::kinds::known::object(known, value)?),
        (LIST, true) => HookTest::list(known.find(&value.into())?),
        (LIST, false) => HookTest::not_list(known.find(&value.into())?),
        (ATTRIBUTE, true) => match known.find(&value.into()) {
            Ok(attribute) => HookTest::attribute(attribute),
            Err(why) => HookTest::back(known.get::<Attribute>(&far_key(value)).ok_or(why)?),
        },
        (ATTRIBUTE, false) => HookTest::not_attribute(known.find(&value.into())?),
        (PARENT, true) => HookTest::parent(crate::kinds::known::object(known, value)?),
        (RECORD, true) => HookTest::record(id()),
        (PARENT_RECORD, true) => HookTest::parent_record(id()),
        (ACTOR_TYPE, true) => HookTest::by(ActorType::spelt(value).ok_or_else(unread)?),
        (ACTOR_TYPE, false) => HookTest::not_by(ActorType::spelt(value).ok_or_else(unread)?),
        (ACTOR, true) => {
            crate::kinds::member::referred_to(known, value).map_or(HookTest::by_id(id()), HookTest::by_member)
        }
        (ACTOR, false) => {
            crate::kinds::member::referred_to(known, value).map_or(HookTest::not_by_id(id()), HookTest::not_by_member)
        }
        _ => return Err(unread()),
    })
}
