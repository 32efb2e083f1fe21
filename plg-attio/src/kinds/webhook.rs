//! Attio webhooks.

mod event;
mod import;

pub use event::{ActorType, FilteredEvent, HookEvent, HookTest, Subject, Verb};

use super::attio::{extra, live, row, whole};
use super::prelude::*;
use event::{has, path_of, verbs};
use plg_core::wire::env;
use plg_core::wire::same_entries;

plg_core::kind! {
    /// An address that Attio calls when something happens.
    webhook Webhook {
        /// The address, `https` only.
        url: Url,
        /// The events that Attio tells the address about: all of a kind, such as `deals.created`, or some of it, such as
        /// `filtered(deals.updated, with: [attribute(Stage), not_by(system)])`.
        on: &'static [HookEvent],
    }
    provider: &crate::PROVIDER,
    key: &["url"],
    check: check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &Webhooks,
}

fn check(webhook: &Block, _: &Declarations, report: &mut Report) {
    let Some(on) = webhook.get("on") else { return };
    if on.list().is_empty() {
        report.error(
            crate::codes::NEVER_FIRES,
            on.at,
            "a webhook needs at least one event\nhelp: write `[deals.created, deals.updated]`",
        );
    }
    let mut seen: Vec<ToldEvent> = Vec::new();
    for node in on.list() {
        let Some(told) = event(node) else { continue };
        let known = verbs(told.subject.word().unwrap_or_default());
        let name = referred(told.whole);
        if !known.contains(&told.verb) {
            let all: Vec<String> = known.iter().map(|verb| format!("`{name}.{verb}`")).collect();
            report.error(
                crate::codes::NEVER_FIRES,
                told.at,
                format!("there is no event `{name}.{}`\nhelp: write {}", told.verb, all.join(" or ")),
            );
            continue;
        }
        filter(node, &told, report);
        if seen.contains(&told) {
            report.error(
                codes::WRITTEN_TWICE,
                node.at,
                format!("`{name}.{}` is in this list already\nhelp: leave one of them out", told.verb),
            );
        } else {
            seen.push(told);
        }
    }
}

/// What can never be true of an event, or not in the way it is asked.
fn filter(node: &Node, told: &ToldEvent, report: &mut Report) {
    let Some(held) = node.held().filter(|_| node.word() == Some("filtered")) else { return };
    let (with, any) = (held.field("with"), held.field("any"));
    let name = format!("{}.{}", referred(told.whole), told.verb);
    if with.is_none() && any.is_none() {
        report.error(
            codes::LIST,
            node.at,
            format!("`filtered({name})` has no filter\nhelp: write `with: [by(member)]`, or `{name}` alone"),
        );
    }
    if let Some(any) = any
        && (with.is_some() || event::is_of_one_object(told.subject))
    {
        let help = if with.is_some() {
            "write all filters in `with`, or one event for each alternative"
        } else {
            "write `record` in place of the object's name and the object in `any`, or one event for each"
        };
        report.error(
            crate::codes::NEVER_FIRES,
            any.at,
            format!("Attio accepts either filters that all hold or filters of which one holds, not both\nhelp: {help}"),
        );
    }
    for test in [with, any].into_iter().flatten().flat_map(Node::list) {
        let Some(word) = test.word() else { continue };
        if !has(told.subject.word().unwrap_or_default(), told.verb, path_of(word)) {
            report.error(
                crate::codes::NEVER_FIRES,
                test.at,
                format!("`{name}` does not carry that, so the webhook would never fire\nhelp: remove `{word}`, or choose an event that carries it"),
            );
        }
        let id = test.held().filter(|_| matches!(word, "record" | "parent_record" | "by_id" | "not_by_id"));
        if let Some(id) = id
            && let Some(text) = id.text()
            && !super::attio::is_uuid(text)
        {
            report.error(
                codes::TEXT,
                id.at,
                format!("`{text}` is not an id of Attio\nhelp: write it as Attio shows it, such as \"50cf242c-7fa3-4cad-87d0-75b1af71c57b\""),
            );
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
        let Some(told) = event(node) else { continue };
        let tells = |other: &&&Block| {
            let on = other.get("on").map_or(&[][..], Node::list);
            on.iter().any(|on| event(on).is_some_and(|other| other == told))
        };
        if let Some(other) = beside.iter().find(tells) {
            report.error(
                codes::SAME_KEY,
                node.at,
                format!(
                    "`{}` already sends `{}.{}` to this address\nhelp: remove it from one of them, or use another address",
                    other.name, referred(told.whole), told.verb
                ),
            );
        }
    }
}

/// An entry of a webhook: what something happens to, what happens, and what is asked of it.
struct ToldEvent<'a> {
    at: plg_core::Site,
    subject: &'a Node,
    whole: &'a str,
    verb: &'a str,
    /// What must or may hold, in any order.
    tests: Vec<String>,
}

impl PartialEq for ToldEvent<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.whole, self.verb, &self.tests) == (other.whole, other.verb, &other.tests)
    }
}

fn event(node: &Node) -> Option<ToldEvent<'_>> {
    let filtered = node.held().filter(|_| node.word() == Some("filtered"));
    let topic = filtered.map_or(Some(node.held().unwrap_or(node)), |held| held.field("of"))?;
    let Given::Topic(subject, verb) = &topic.given else { return None };
    let mut tests: Vec<String> = Vec::new();
    for field in ["with", "any"] {
        let list = filtered.and_then(|held| held.field(field)).map_or(&[][..], Node::list);
        tests.extend(list.iter().map(|test| format!("{field} {}", asked(test))));
    }
    tests.sort();
    Some(ToldEvent { at: topic.at, subject, whole: name(subject)?, verb, tests })
}

/// A test without where it stands.
fn asked(test: &Node) -> String {
    let held = test.held().map(|held| match &held.given {
        Given::Text(text) => text.clone(),
        _ => name(held).unwrap_or_default().to_owned(),
    });
    format!("{} {}", test.word().unwrap_or_default(), held.unwrap_or_default())
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
        let subscriptions: Vec<Term> = self.on.iter().map(HookEvent::subscription).collect();
        extra(want.set("subscriptions", subscriptions), &self.common)
    }
}

#[derive(Debug)]
struct Webhooks;

/// A filter without conditions is none.
fn filter_of(live: &Json) -> Json {
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
    let (a, b) = (filter_of(a), filter_of(b));
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
                    *found = filter_of(found);
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

    // Attio says how its deliveries go, and no request makes it deliver again.
    fn standing(&self, _: &Map, live: &Live) -> Option<Standing> {
        let says = match text(&live.fields, "status") {
            "degraded" => "its address does not answer: Attio disables the webhook after seven days without an answer",
            "inactive" => {
                "Attio has disabled the webhook, as its address did not answer for seven days: only a new webhook receives events"
            }
            _ => return None,
        };
        Some(Standing { says: says.to_owned(), ..Standing::default() })
    }

    fn secrets(&self) -> &'static [&'static str] {
        &["secret"]
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["object", "list", "attribute", "member"]
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
                    "actor.id" => "member",
                    _ => return None,
                };
                mention::id(kind, test.get("value"))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
