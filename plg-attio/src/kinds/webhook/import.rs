//! Webhooks, from what is live.

use super::*;
use crate::kinds::On;
use plg_core::source::{Answers, Import, Known, Noise, readable};

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
        let topics: Vec<_> = subscriptions.iter().map(|subscription| topic(subscription, known)).collect();
        Ok(Webhook {
            common,
            url: known.url(text(&live.fields, "target_url")),
            on: readable(known, "subscriptions", "on", topics),
        })
    }
}

fn topic(subscription: &Json, known: &Known) -> Result<Topic<Subject, Verb>, String> {
    let event = subscription.get("event_type").and_then(Json::as_str).unwrap_or_default();
    let unknown = || format!("the event `{event}` has no word");
    let (family, verb) = event.split_once('.').ok_or_else(unknown)?;
    let verb = Verb::spelt(verb).ok_or_else(unknown)?;
    let filter = subscription.get("filter").map(filter).unwrap_or_default();
    if filter.is_null() {
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
        return Ok(Topic { subject, verb });
    }
    let Some([condition]) = filter.get("$and").and_then(Json::as_array).map(Vec::as_slice) else {
        return Err(format!("the filter {filter} has no word"));
    };
    let says = |key: &str| condition.get(key).and_then(Json::as_str).unwrap_or_default();
    if family != "record" || says("field") != "id.object_id" || says("operator") != "equals" {
        return Err(format!("the filter {filter} has no word"));
    }
    let subject = match crate::kinds::known::object(known, says("value"))? {
        On::people => Subject::people,
        On::companies => Subject::companies,
        On::deals => Subject::deals,
        On::users => Subject::users,
        On::workspaces => Subject::workspaces,
        On::object(object) => Subject::object(object),
    };
    Ok(Topic { subject, verb })
}
