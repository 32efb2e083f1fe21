//! Attio webhooks.

mod import;

use super::attio::{extra, live, row, whole};
use super::prelude::*;
use super::{Object, STANDARD};
use plg_core::wire::env;
use plg_core::wire::same_entries;

plg_core::kind! {
    /// An address that Attio calls when something happens.
    webhook Webhook {
        /// The address, `https` only.
        url: Url,
        /// What it is told about, as `deals.created`.
        on: &'static [Topic<Subject, Verb>],
    }
    provider: &crate::PROVIDER,
    key: &["url"],
    check: check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &Webhooks,
}

plg_core::choice! {
    /// What something happens to.
    Subject "subject of an event" {
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
        /// What is written in a note.
        note_content,
        /// Tasks.
        task,
        /// Comments.
        comment,
        /// Lists.
        list,
        /// Entries of lists.
        list_entry,
        /// Attributes of lists.
        list_attribute,
        /// Attributes of objects.
        object_attribute,
        /// Members of the workspace.
        workspace_member,
        /// Recordings of calls.
        call_recording,
        /// Activities.
        activity,
        /// Attributes of activities.
        activity_attribute,
        /// Records that an activity is about.
        activity_record,
        ; /// Records of an object that is declared.
        else object(Link<Object>)
    }
}

plg_core::words! {
    /// What happens.
    Verb "thing that can happen" {
        /// It is there now.
        created,
        /// It has changed.
        updated,
        /// It is gone.
        deleted,
        /// Two of them have become one.
        merged,
        /// A comment is settled.
        resolved,
        /// A comment is open again.
        unresolved,
    }
}

impl Subject {
    /// What comes before the dot in the API's event, and the object whose records alone are meant.
    fn family(&self) -> (&'static str, Option<&'static Object>) {
        match self {
            Subject::people => ("record", Some(&STANDARD[0])),
            Subject::companies => ("record", Some(&STANDARD[1])),
            Subject::deals => ("record", Some(&STANDARD[2])),
            Subject::users => ("record", Some(&STANDARD[3])),
            Subject::workspaces => ("record", Some(&STANDARD[4])),
            Subject::object(object) => ("record", Some(object)),
            Subject::record => ("record", None),
            Subject::note => ("note", None),
            Subject::note_content => ("note-content", None),
            Subject::task => ("task", None),
            Subject::comment => ("comment", None),
            Subject::list => ("list", None),
            Subject::list_entry => ("list-entry", None),
            Subject::list_attribute => ("list-attribute", None),
            Subject::object_attribute => ("object-attribute", None),
            Subject::workspace_member => ("workspace-member", None),
            Subject::call_recording => ("call-recording", None),
            Subject::activity => ("activity", None),
            Subject::activity_attribute => ("activity-attribute", None),
            Subject::activity_record => ("activity-record", None),
        }
    }
}

/// What can happen to a subject.
fn verbs(subject: &str) -> &'static [&'static str] {
    match subject {
        "note" | "task" | "list" | "list_entry" | "activity" => &["created", "updated", "deleted"],
        "comment" => &["created", "resolved", "unresolved", "deleted"],
        "list_attribute" | "object_attribute" | "activity_attribute" => &["created", "updated"],
        "activity_record" => &["created", "deleted"],
        "workspace_member" | "call_recording" => &["created"],
        "note_content" => &["updated"],
        _ => &["created", "updated", "deleted", "merged"],
    }
}

fn check(webhook: &Block, _: &Declarations, report: &mut Report) {
    let Some(on) = webhook.get("on") else { return };
    if on.list().is_empty() {
        report.error(
            crate::codes::NEVER_FIRES,
            on.at,
            "a webhook needs something to tell\nhelp: write `[deals.created, deals.updated]`",
        );
    }
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for node in on.list() {
        let Given::Topic(subject, verb) = &node.given else { continue };
        let known = verbs(subject.word().unwrap_or_default());
        let Some(whole) = name(subject) else { continue };
        let name = referred(whole);
        if !known.contains(&verb.as_str()) {
            let all: Vec<String> = known.iter().map(|verb| format!("`{name}.{verb}`")).collect();
            report.error(
                crate::codes::NEVER_FIRES,
                node.at,
                format!("there is no event `{name}.{verb}`\nhelp: write {}", all.join(" or ")),
            );
        } else if seen.contains(&(whole, verb)) {
            report.error(
                codes::WRITTEN_TWICE,
                node.at,
                format!("`{name}.{verb}` is in this list already\nhelp: leave one of them out"),
            );
        } else {
            seen.push((whole, verb));
        }
    }
}

/// Attio keeps each event once for an address, whichever webhook has it.
pub(super) fn check_told(webhook: &Block, world: &Declarations, report: &mut Report) {
    let Some(url) = called(webhook) else { return };
    let beside: Vec<&Block> = world
        .blocks
        .iter()
        .take_while(|other| !other.is(webhook))
        .filter(|other| other.kind == webhook.kind && called(other) == Some(url))
        .copied()
        .collect();
    for node in webhook.get("on").map_or(&[][..], Node::list) {
        let Some(event) = event(node) else { continue };
        let tells = |other: &&&Block| {
            let on = other.get("on").map_or(&[][..], Node::list);
            on.iter().any(|on| self::event(on) == Some(event))
        };
        if let Some(other) = beside.iter().find(tells) {
            report.error(
                codes::SAME_KEY,
                node.at,
                format!(
                    "`{}` has `{}.{}` told to this address already\nhelp: leave it out in one of them, or take another address",
                    other.name, referred(event.0), event.1
                ),
            );
        }
    }
}

/// An entry of a webhook: what something happens to, and what happens.
fn event(node: &Node) -> Option<(&str, &str)> {
    match &node.given {
        Given::Topic(of, verb) => Some((name(of)?, verb)),
        _ => None,
    }
}

/// Where a webhook calls: its address, or the variable that holds it.
fn called(webhook: &Block) -> Option<&str> {
    match &webhook.get("url")?.given {
        Given::Text(url) => Some(address(url)),
        Given::Env(name) => Some(name),
        _ => None,
    }
}

fn name(subject: &Node) -> Option<&str> {
    match &subject.given {
        Given::Ref(name) => name.as_deref(),
        Given::Case(_, Some(held)) => name(held),
        _ => subject.word(),
    }
}

impl Describe for Webhook {
    fn want(&self) -> Want {
        let want = Want::new().set("target_url", env(self.url.0));
        if self.common.existing {
            return want;
        }
        let subscriptions: Vec<Term> = self
            .on
            .iter()
            .map(|topic| {
                let (family, object) = topic.subject.family();
                let filter = object.map(|object| {
                    term!({ "$and": [{ "field": "id.object_id", "operator": "equals", "value": reference(object) }] })
                });
                term!({ "event_type": format!("{family}.{}", topic.verb.as_str()), "filter": filter })
            })
            .collect();
        extra(want.set("subscriptions", subscriptions), &self.common)
    }
}

#[derive(Debug)]
struct Webhooks;

/// A filter without conditions is none.
fn filter(live: &Json) -> Json {
    match live.get("$and") {
        Some(Json::Array(all)) if all.is_empty() => Json::Null,
        _ => live.clone(),
    }
}

fn same_subscription(a: &Json, b: &Json) -> bool {
    a.get("event_type") == b.get("event_type")
        && same_filter(a.get("filter").unwrap_or(&Json::Null), b.get("filter").unwrap_or(&Json::Null))
}

fn same_filter(a: &Json, b: &Json) -> bool {
    let (a, b) = (filter(a), filter(b));
    for join in ["$and", "$or"] {
        if let (Some(Json::Array(a)), Some(Json::Array(b))) = (a.get(join), b.get(join)) {
            return same_entries(a, b, same);
        }
    }
    same(&a, &b)
}

/// The address, without the slash that says nothing after a bare host.
fn address(url: &str) -> &str {
    match url.strip_suffix('/') {
        Some(short) if short.matches('/').count() == 2 => short,
        _ => url,
    }
}

impl Wire for Webhooks {
    fn collection(&self, _: &Map) -> RestCollection {
        RestCollection { paging: Paging::DataOffset { limit: 100 }, ..whole("webhooks") }
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = live(row(json)?, "webhook_id")?;
        if let Some(secret) = live.fields.remove("secret") {
            live.outputs.insert("secret".into(), secret);
        }
        if let Some(Json::Array(subscriptions)) = live.fields.get_mut("subscriptions") {
            for subscription in subscriptions {
                if let Some(found) = subscription.get_mut("filter") {
                    *found = filter(found);
                }
            }
        }
        Some(live)
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(address(text(fields, "target_url")).to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want, live) {
            ("target_url", Json::String(want), Json::String(live)) => address(want) == address(live),
            ("subscriptions", Json::Array(want), Json::Array(live)) => same_entries(want, live, same_subscription),
            _ => same(want, live),
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "url" => &["target_url"],
            "on" => &["subscriptions"],
            _ => itself(word),
        }
    }

    fn secrets(&self) -> &'static [&'static str] {
        &["secret"]
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["object", "list", "attribute"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let subscriptions = live.fields.get("subscriptions").and_then(Json::as_array).into_iter().flatten();
        let tests = subscriptions.filter_map(|one| one.get("filter")?.as_object()).flat_map(|filter| filter.values());
        let tests = tests.filter_map(Json::as_array).flatten();
        tests
            .filter_map(|test| {
                let kind = match test.get("field")?.as_str()? {
                    "id.object_id" | "parent_object_id" => "object",
                    "id.list_id" => "list",
                    "id.attribute_id" => "attribute",
                    _ => return None,
                };
                mention::id(kind, test.get("value"))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, case, mistakes, node, word};
    use super::*;
    use crate::kinds::Kind;
    use crate::kinds::fixture::wanted;

    static HOOK: Webhook = Webhook {
        common: Common::named("Hook"),
        url: Url(plg_core::Text::Given("https://a.example")),
        on: &[
            Topic { subject: Subject::deals, verb: Verb::created },
            Topic { subject: Subject::list_entry, verb: Verb::updated },
        ],
    };

    fn resolved() -> Map {
        let mut want = wanted(&HOOK).fields;
        assert_eq!(
            want["subscriptions"][0]["filter"]["$and"][0]["value"],
            json!({ "$ref": "object.deals", "get": "id" })
        );
        want["subscriptions"][0]["filter"]["$and"][0]["value"] = json!("d");
        want
    }

    #[test]
    fn records_are_filtered_by_their_object() {
        let deals = json!({ "$and": [{ "field": "id.object_id", "operator": "equals", "value": "d" }] });
        assert_eq!(
            Webhook::SPEC.wire.create(&resolved()),
            Call::new(
                "POST",
                crate::kinds::attio::at!("webhooks"),
                json!({ "data": { "target_url": "https://a.example", "subscriptions": [
                    { "event_type": "record.created", "filter": deals },
                    { "event_type": "list-entry.updated", "filter": null },
                ] } })
            )
        );
    }

    #[test]
    fn order_and_empty_filters_are_no_difference_and_the_secret_is_apart() {
        let (wire, want) = (Webhook::SPEC.wire, resolved());
        let answer = |object: &str| {
            json!({ "data": { "id": { "workspace_id": "w", "webhook_id": "h" }, "target_url": "https://a.example/", "status": "active",
                "subscriptions": [
                    { "event_type": "list-entry.updated", "filter": { "$and": [] } },
                    { "filter": { "$and": [{ "value": object, "operator": "equals", "field": "id.object_id" }] }, "event_type": "record.created" },
                ],
                "created_at": "2026-05-16T00:00:00.000000000Z", "secret": "s" } })
        };
        let live = wire.read(answer("d")).unwrap();
        assert!(want.iter().all(|(field, value)| wire.same(field, value, &live.fields[field])));
        assert_eq!(live.outputs["secret"], "s");
        assert!(!live.fields.contains_key("secret"));
        assert_eq!(wire.identity(&want), wire.identity(&live.fields));
        let other = wire.read(answer("e")).unwrap();
        assert!(!wire.same("subscriptions", &want["subscriptions"], &other.fields["subscriptions"]));
        let fewer = json!([want["subscriptions"][0]]);
        assert!(!wire.same("subscriptions", &fewer, &live.fields["subscriptions"]));
        assert_eq!(address("https://a.example/x/"), "https://a.example/x/");
    }

    #[test]
    fn what_is_refused() {
        let topic =
            |at: u32, subject: &str, verb: &str| node(at, Given::Topic(Box::new(word(at, subject)), verb.into()));
        let own = |at: u32, name: Option<&str>, verb: &str| {
            let held = Given::Ref(name.map(str::to_owned));
            node(at, Given::Topic(Box::new(case(at, "object", node(at, held))), verb.into()))
        };
        let hook = |on: Vec<Node>| block("webhook", "H", vec![("on", node(1, Given::List(on)))]);
        for (on, at, message) in [
            (vec![], 1, "a webhook needs something to tell"),
            (vec![topic(2, "note", "merged")], 2, "there is no event `note.merged`"),
            (
                vec![topic(2, "deals", "created"), topic(3, "deals", "created")],
                3,
                "`deals.created` is in this list already",
            ),
            (vec![own(2, Some("Tenants"), "resolved")], 2, "there is no event `Tenants.resolved`"),
        ] {
            let found = mistakes("webhook", &hook(on), &[]);
            assert!(found.len() == 1 && found[0].0 == at && found[0].1.starts_with(message), "{found:?}");
        }
        let right = vec![
            own(2, None, "created"),
            own(3, None, "created"),
            topic(4, "record", "merged"),
            topic(5, "record", "created"),
        ];
        assert_eq!(mistakes("webhook", &hook(right), &[]), []);
    }

    #[test]
    fn an_address_is_told_once() {
        let topic = |at: u32, verb: &str| node(at, Given::Topic(Box::new(word(at, "deals")), verb.into()));
        let hook = |name: &str, url: Given, verbs: &[&str]| {
            let on = verbs.iter().map(|verb| topic(4, verb)).collect();
            block("webhook", name, vec![("url", node(2, url)), ("on", node(3, Given::List(on)))])
        };
        let written = |url: &str| Given::Text(url.into());
        for (url, other, is_same) in [
            (written("https://a.example"), written("https://a.example/"), true),
            (Given::Env("HOOK".into()), Given::Env("HOOK".into()), true),
            (Given::Env("HOOK".into()), Given::Env("OTHER".into()), false),
            (written("https://a.example/x"), written("https://a.example/y"), false),
        ] {
            let first = hook("First", url, &["created", "updated"]);
            let second = hook("Second", other, &["updated", "deleted"]);
            assert_eq!(mistakes("webhook", &first, &[&first, &second]), []);
            let said = mistakes("webhook", &second, &[&first, &second]);
            let wanted = at(4, "`First` has `deals.updated` told to this address already");
            assert_eq!(said, if is_same { wanted } else { vec![] });
        }
    }

    #[test]
    fn every_subject_has_an_event() {
        for case in Subject::CHOICE.cases {
            assert!(verbs(case.word).iter().all(|verb| Verb::WORDS.words.iter().any(|word| word.0 == *verb)));
        }
    }
}
