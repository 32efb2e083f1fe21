//! Attio webhooks.

use super::attio;
use super::prelude::*;
use super::{Object, On};
use crate::shape::{Shape, Value};
use crate::wire::env;

words! {
    /// What happens.
    Verb "thing that happens" {
        created,
        updated,
        deleted,
        merged,
        resolved,
        unresolved,
    }
}

choice! {
    /// What it happens to.
    Subject "thing a webhook can follow" {
        /// Records of people.
        people,
        /// Records of companies.
        companies,
        /// Records of deals.
        deals,
        /// Records of users.
        users,
        /// Records of workspaces.
        workspaces,
        /// Records of every object.
        record,
        /// Notes.
        note,
        /// The text of notes.
        note_content,
        /// Tasks.
        task,
        /// Comments.
        comment,
        /// Lists.
        list,
        /// Attributes of lists.
        list_attribute,
        /// Entries of lists.
        list_entry,
        /// Attributes of objects.
        object_attribute,
        /// Members of the workspace.
        workspace_member,
        /// Recordings of calls.
        call_recording,
        ; /// Records of an object of a stack.
        else object(Link<Object>)
    }
}

/// What happens to what: `deals.created`.
pub type Subscription = Topic<Subject, Verb>;

impl Value for Subscription {
    const SHAPE: Shape = Shape::Topic { subject: &Subject::SHAPE, verb: || &Verb::WORDS };
}

kind! {
    /// Where Attio sends what happens.
    webhook Webhook {
        /// The address; `https` only.
        url: Url,
        /// What is sent: `deals.created` for one object, `record.created` for all.
        on: &'static [Subscription],
    }
    provider: Attio,
    check: check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &Webhooks,
}

const RECORDS: &[&str] = &["people", "companies", "deals", "users", "workspaces", "record", "object"];

/// The verbs of everything that is no record.
const VERBS: &[(&str, &[&str])] = &[
    ("note", &["created", "updated", "deleted"]),
    ("note_content", &["updated"]),
    ("task", &["created", "updated", "deleted"]),
    ("comment", &["created", "resolved", "unresolved", "deleted"]),
    ("list", &["created", "updated", "deleted"]),
    ("list_attribute", &["created", "updated"]),
    ("list_entry", &["created", "updated", "deleted"]),
    ("object_attribute", &["created", "updated"]),
    ("workspace_member", &["created"]),
    ("call_recording", &["created"]),
];

fn check(webhook: &Block, _: &World, report: &mut Report) {
    let Some(on) = webhook.get("on") else { return };
    if on.list().is_empty() {
        report.error(on.at, "a webhook that follows nothing is never called\nhelp: write `[deals.created]`");
    }
    let mut seen: Vec<String> = Vec::new();
    for node in on.list() {
        let Given::Topic(subject, verb) = &node.given else { continue };
        let Some(word) = subject.word() else { continue };
        let verbs = if RECORDS.contains(&word) {
            &["created", "updated", "deleted", "merged"][..]
        } else {
            VERBS.iter().find(|v| v.0 == word).map_or(&[][..], |v| v.1)
        };
        if !verbs.contains(&verb.as_str()) {
            let all: Vec<String> = verbs.iter().map(|v| format!("`{word}.{v}`")).collect();
            report.error(node.at, format!("Attio never sends `{word}.{verb}`\nhelp: it sends {}", all.join(", ")));
        }
        let target = match subject.held().map(|h| &h.given) {
            Some(Given::Ref(name)) => name.clone().unwrap_or_default(),
            _ => word.to_owned(),
        };
        let said = format!("{target}.{verb}");
        if seen.contains(&said) && !target.is_empty() {
            report.error(node.at, format!("`{said}` is here twice"));
        }
        seen.push(said);
    }
}

impl Subject {
    fn object(&self) -> Option<&'static Object> {
        Some(match self {
            Subject::people => On::people.target(),
            Subject::companies => On::companies.target(),
            Subject::deals => On::deals.target(),
            Subject::users => On::users.target(),
            Subject::workspaces => On::workspaces.target(),
            Subject::object(object) => object,
            _ => return None,
        })
    }

    fn family(&self) -> &'static str {
        match self {
            Subject::note => "note",
            Subject::note_content => "note-content",
            Subject::task => "task",
            Subject::comment => "comment",
            Subject::list => "list",
            Subject::list_attribute => "list-attribute",
            Subject::list_entry => "list-entry",
            Subject::object_attribute => "object-attribute",
            Subject::workspace_member => "workspace-member",
            Subject::call_recording => "call-recording",
            _ => "record",
        }
    }
}

impl Describe for Webhook {
    fn want(&self) -> Want {
        let subscriptions: Vec<Json> = self
            .on
            .iter()
            .map(|topic| {
                // Only the object's id narrows a subscription: a slug there would never match.
                let filter = topic.subject.object().map_or(Json::Null, |object| json!({ "$and": [{ "field": "id.object_id", "operator": "equals", "value": reference(object) }] }));
                json!({ "event_type": format!("{}.{}", topic.subject.family(), topic.verb.as_str()), "filter": filter })
            })
            .collect();
        Want::new().set("target_url", env(self.url.0)).set("subscriptions", subscriptions)
    }
}

#[derive(Debug)]
struct Webhooks;

fn one(prior: &Prior) -> String {
    format!("/v2/webhooks/{}", segment(&prior.id))
}

impl Wire for Webhooks {
    fn listing(&self, _: &Map) -> Listing {
        Listing { path: "/v2/webhooks".into(), paging: Paging::DataOffset { limit: 100 } }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = attio::row(json)?;
        let mut live = attio::live(row, row.get("id")?.get("webhook_id")?)?;
        if let Some(secret) = live.fields.remove("secret") {
            live.outputs.insert("secret".into(), secret);
        }
        if let Some(Json::Array(list)) = live.fields.get_mut("subscriptions") {
            for subscription in list {
                let Some(subscription) = subscription.as_object_mut() else { continue };
                // An empty filter lets everything through, as none does.
                if subscription.get("filter").is_none_or(|f| *f == json!({ "$and": [] })) {
                    subscription.insert("filter".into(), Json::Null);
                }
            }
        }
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", "/v2/webhooks", attio::wrap(want.clone()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        Some(Call::new("PATCH", one(prior), attio::wrap(pick(want, changed))))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Delete(Call::bare("DELETE", one(prior)))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "target_url").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "subscriptions" => same_set(&canonical(want), &canonical(live)),
            _ => same(want, live),
        }
    }

    fn fields_of(&self, word: &str) -> &'static [&'static str] {
        match word {
            "url" => &["target_url"],
            "on" => &["subscriptions"],
            _ => &[],
        }
    }

    fn secrets(&self) -> &'static [&'static str] {
        &["secret"]
    }
}

/// Each subscription as one text, whatever the order of its keys.
fn canonical(list: &Json) -> Json {
    let texts = list.as_array().into_iter().flatten().map(|s| {
        let filter = s.get("filter").unwrap_or(&Json::Null);
        let ops =
            ["$and", "$or"].iter().find_map(|join| filter.get(join).and_then(Json::as_array).map(|ops| (join, ops)));
        let filter = ops.map_or(String::new(), |(join, ops)| {
            let mut ops: Vec<String> = ops
                .iter()
                .map(|op| {
                    ["field", "operator", "value"]
                        .map(|k| op.get(k).and_then(Json::as_str).unwrap_or_default())
                        .join(" ")
                })
                .collect();
            ops.sort();
            format!("{join} {}", ops.join("; "))
        });
        format!("{} {filter}", s.get("event_type").and_then(Json::as_str).unwrap_or_default())
    });
    Json::Array(texts.map(Json::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    static DEALS: Webhook = Webhook {
        common: Common::named("Deals"),
        url: Url(crate::value::Text::Given("https://example.com/hook")),
        on: &[
            Topic { subject: Subject::deals, verb: Verb::created },
            Topic { subject: Subject::record, verb: Verb::deleted },
        ],
    };

    #[test]
    fn a_subscription_is_narrowed_by_the_objects_id() {
        assert_eq!(
            Describe::want(&DEALS).fields["subscriptions"],
            json!([
                { "event_type": "record.created", "filter": { "$and": [{ "field": "id.object_id", "operator": "equals", "value": { "$ref": "object.deals", "get": "id" } }] } },
                { "event_type": "record.deleted", "filter": null },
            ])
        );
    }

    #[test]
    fn order_and_empty_filters_are_no_difference() {
        let want = json!([{ "event_type": "record.created", "filter": null }, { "event_type": "note.created", "filter": null }]);
        let answer = json!({ "data": { "id": { "workspace_id": "w", "webhook_id": "h" }, "secret": "s",
            "subscriptions": [{ "filter": { "$and": [] }, "event_type": "note.created" }, { "event_type": "record.created", "filter": null }] } });
        let live = Webhooks.read(&answer).unwrap();
        assert!(Webhooks.same("subscriptions", &want, &live.fields["subscriptions"]));
        assert_eq!(live.outputs["secret"], "s");
        assert!(!live.fields.contains_key("secret"));
    }
}
