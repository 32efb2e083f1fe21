//! PostHog actions: events and clicks under one name.

mod import;

use super::Event;
use super::filter::{self, Filter};
use super::posthog;
use super::prelude::*;
use super::property::Place;
use plg_core::checks::{filled, needs, pattern};

plg_core::words! {
    /// How a text is compared.
    Matching "way to match" {
        /// The text is somewhere in it.
        contains,
        /// It is the text.
        exact,
        /// It matches the regular expression, in RE2's syntax.
        regex,
    }
}

plg_core::record! {
    /// A page that is seen.
    PageStep {
        /// The address, or a part of it.
        url: Str,
        /// How `url` is compared.
        matching: Matching = Matching::contains,
        /// What must be so, too: `[{ property: "$browser", is: ["Safari"] }, member(PowerUsers)]`.
        with: &'static [Filter] = &[],
    }
}

plg_core::record! {
    /// A click that PostHog captured by itself, or another event that says what it was about.
    ClickStep {
        /// A CSS selector of what is clicked.
        selector: Option<Str> = None,
        /// The text on what is clicked.
        text: Option<Str> = None,
        /// How `text` is compared.
        text_matching: Matching = Matching::exact,
        /// Where the link leads.
        href: Option<Str> = None,
        /// How `href` is compared.
        href_matching: Matching = Matching::exact,
        /// The HTML tag of what is clicked, such as `button`.
        tag: Option<Str> = None,
        /// The address of the page, or a part of it.
        url: Option<Str> = None,
        /// How `url` is compared.
        url_matching: Matching = Matching::contains,
        /// What must be so, too.
        with: &'static [Filter] = &[],
    }
}

plg_core::record! {
    /// An event that is sent in a certain way.
    SentStep {
        /// The event.
        event: Link<Event>,
        /// What must be so, too: `[{ property: "plan", is: ["pro"] }, person("email", contains: "@example.com")]`.
        /// Properties of events and people, what was clicked, cohorts and expressions, but no sessions, groups and flags.
        with: &'static [Filter] = &[],
        /// The address of the page, or a part of it.
        url: Option<Str> = None,
        /// How `url` is compared.
        matching: Matching = Matching::contains,
        /// A CSS selector of what it was about.
        selector: Option<Str> = None,
        /// The text on what it was about.
        text: Option<Str> = None,
        /// How `text` is compared.
        text_matching: Matching = Matching::exact,
        /// Where the link leads.
        href: Option<Str> = None,
        /// How `href` is compared.
        href_matching: Matching = Matching::exact,
        /// The HTML tag of what it was about, such as `button`.
        tag: Option<Str> = None,
    }
}

plg_core::choice! {
    /// One way to do an action.
    ActionStep "step of an action" {
        /// Seeing a page: `page("/pricing")`.
        page(PageStep),
        /// Clicking something: `click { selector: ".upgrade" }`.
        click(ClickStep),
        /// Sending an event in a certain way: `sent(SignupCompleted, url: "/invite")`.
        sent(SentStep),
        /// Any event at all that is like this: `anything { url: "/invite" }`.
        anything(ClickStep),
        ; /// Sending an event.
        else event(Link<Event>)
    }
}

plg_core::kind! {
    /// Something people do, put together from events, pages and clicks; any one of them counts. What PostHog once posted to
    /// Slack for an action, its destinations do today: it has no words here.
    action Action {
        /// What people read in PostHog; from the item's name unless given. Unique in the project.
        title: Name,
        /// What counts as doing it: events, pages seen, clicks.
        on: &'static [ActionStep] = &[],
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
        /// Whether it stands on top of the list. Left to people, where nothing is written.
        pinned: Option<bool> = None,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check,
    unique: &[("title", None)],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Actions,
}

fn check(action: &Block, _: &Declarations, report: &mut Report) {
    let steps = action.get("on").map_or(&[][..], Node::list);
    if steps.is_empty() && !action.existing {
        report.error(
            crate::codes::MATCHES_NOTHING,
            action.get("on").map_or(action.at, |on| on.at),
            "an action without a step matches no event\nhelp: name an event, such as `on: [SignupCompleted]`",
        );
    }
    for step in steps {
        match (step.word(), step.held()) {
            (Some("click"), click) => check_click(step, click, "click", "click { selector: \".upgrade\" }", report),
            (Some("anything"), any) => check_click(step, any, "event", "anything { url: \"/invite\" }", report),
            (Some("page"), Some(page)) => {
                filled(page, &["url"], report);
                matched(page, "url", "matching", report);
            }
            (Some("sent"), Some(sent)) => {
                filled(sent, &["url", "selector", "text", "href", "tag"], report);
                let texts = [("text", "text_matching"), ("href", "href_matching"), ("url", "matching")];
                texts.into_iter().for_each(|(text, matching)| matched(sent, text, matching, report));
            }
            _ => {}
        }
        check_with(step.held().and_then(|held| held.field("with")), report);
    }
}

/// Actions look at some filters alone: others are stored, and pass everything or nothing.
fn check_with(with: Option<&Node>, report: &mut Report) {
    filter::check_at(with, Place::Action, report);
    for filter in with.map_or(&[][..], Node::list) {
        if let Some(unknown @ ("session" | "group" | "flag")) = filter.word() {
            let help = "write a property of the event or the person, a cohort, `element(…)` or `sql(\"…\")`";
            let message = format!("an action cannot use `{unknown}`\nhelp: {help}");
            report.error(codes::UNKNOWN_WORD, filter.at, message);
        }
    }
}

/// A text and how it is compared.
fn matched(step: &Node, text: &str, matching: &str, report: &mut Report) {
    needs(step, matching, text, "text to compare", report);
    if step.field(matching).and_then(Node::word) == Some("regex") {
        pattern(step.field(text), report);
    }
}

fn check_click(step: &Node, click: Option<&Node>, what: &str, example: &str, report: &mut Report) {
    if let Some(click) = click {
        filled(click, &["selector", "text", "href", "tag", "url"], report);
        for (text, matching) in [("text", "text_matching"), ("href", "href_matching"), ("url", "url_matching")] {
            matched(click, text, matching, report);
        }
    }
    let says = |field| click.is_some_and(|click| click.field(field).is_some());
    if !["selector", "text", "href", "tag", "url", "with"].into_iter().any(says) {
        report.error(
            crate::codes::MATCHES_NOTHING,
            step.at,
            format!("this step counts every {what}\nhelp: restrict it, such as `{example}`"),
        );
    }
}

impl Describe for Action {
    fn want(&self) -> Want {
        let want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("steps", self.on.iter().map(ActionStep::json).collect::<Vec<_>>())
            .set("tags", posthog::tags(self.tags))
            .set_some("pinned_at", self.pinned);
        self.on.iter().filter_map(ActionStep::waits_for).fold(want, |want, event| want.after(event.address()))
    }
}

impl Trackable for Action {
    fn tracked(&self) -> Tracked {
        Tracked::Action { name: self.title.0, id: reference(self) }
    }
}

impl ActionStep {
    /// The declared event it waits for, if any.
    fn waits_for(&self) -> Option<Link<Event>> {
        match self {
            ActionStep::event(event) => Some(event),
            ActionStep::sent(step) => Some(step.event),
            ActionStep::page(_) | ActionStep::click(_) | ActionStep::anything(_) => None,
        }
    }

    /// As PostHog has it, without what goes without saying.
    fn json(&self) -> Term {
        let step = |event: Option<&str>| Terms::from_iter(event.map(|event| ("event", event)));
        let click = |event: Option<&str>, click: &ClickStep| {
            let texts = [
                ("text", click.text, click.text_matching),
                ("href", click.href, click.href_matching),
                ("url", click.url, click.url_matching),
            ];
            put(step(event), click.selector, click.tag, texts, click.with)
        };
        match self {
            ActionStep::event(event) => step(Some(event.name.0)).into(),
            ActionStep::page(page) => {
                put(step(Some("$pageview")), None, None, [("url", Some(page.url), page.matching)], page.with)
            }
            ActionStep::sent(sent) => {
                let texts = [
                    ("text", sent.text, sent.text_matching),
                    ("href", sent.href, sent.href_matching),
                    ("url", sent.url, sent.matching),
                ];
                put(step(Some(sent.event.name.0)), sent.selector, sent.tag, texts, sent.with)
            }
            ActionStep::click(step) => click(Some("$autocapture"), step),
            ActionStep::anything(step) => click(None, step),
        }
    }
}

/// How the server compares a text where nothing is said.
fn by_itself(text: &str) -> &'static str {
    if text == "url" { "contains" } else { "exact" }
}

/// A step with what it says of what was seen or clicked, and how.
fn put<const N: usize>(
    mut step: Terms,
    selector: Option<Str>,
    tag: Option<Str>,
    texts: [(&'static str, Option<Str>, Matching); N],
    with: &[Filter],
) -> Term {
    for (key, text) in [("selector", selector), ("tag_name", tag)] {
        step.extend(text.map(|text| (key, text.0)));
    }
    for (key, text, matching) in texts {
        let Some(text) = text else { continue };
        step.insert(key, text.0);
        if matching.as_str() != by_itself(key) {
            step.insert(format!("{key}_matching"), matching.as_str());
        }
    }
    if !with.is_empty() {
        step.insert("properties", Filter::list(with));
    }
    step.into()
}

/// A step without what the server fills in: nulls, and the ways of matching it takes by itself.
fn comparable(step: &Json) -> Json {
    let Json::Object(mut step) = posthog::compact(step, &["selector_regex"]) else { return step.clone() };
    for text in ["url", "text", "href"] {
        let matching = format!("{text}_matching");
        if !step.contains_key(text) || step.get(&matching).and_then(Json::as_str) == Some(by_itself(text)) {
            step.shift_remove(&matching);
        }
    }
    posthog::normalise(&mut step, "properties", filter::comparable);
    if step.get("properties").and_then(Json::as_array).is_some_and(Vec::is_empty) {
        step.remove("properties");
    }
    Json::Object(step)
}

#[derive(Debug)]
struct Actions;

/// Since when something is pinned is PostHog's to say: it takes any instant for now.
const PINNED: &str = "2026-01-01T00:00:00Z";

impl Wire for Actions {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("actions")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "description", "");
        posthog::default(&mut live.fields, "tags", json!([]));
        posthog::default(&mut live.fields, "steps", json!([]));
        posthog::normalise(&mut live.fields, "steps", |steps| {
            steps.as_array().map(|steps| steps.iter().map(comparable).collect()).unwrap_or_default()
        });
        // Whether it is pinned, not since when.
        posthog::normalise(&mut live.fields, "pinned_at", |since| (!since.is_null()).into());
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        let pinned = want.get("pinned_at") == Some(&Json::Bool(true));
        let mut body = without(want, &["pinned_at"]);
        if pinned {
            body.insert("pinned_at".to_owned(), PINNED.into());
        }
        self.collection(want).create(body)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        posthog::normalise(
            &mut part,
            "pinned_at",
            |pinned| if *pinned == json!(true) { PINNED.into() } else { Json::Null },
        );
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    // Names are only held against each other where one is sent.
    fn undelete(&self, want: &Map, prior: &Prior) -> Option<Call> {
        self.collection_of(prior).restore(prior, pick(want, &["name".to_owned()]))
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "on" => &["steps"],
            "pinned" => &["pinned_at"],
            _ => itself(word),
        }
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["_create_in_folder"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "tags" { same_set(want, live) } else { same(want, live) }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["event", "cohort"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let steps = live.fields.get("steps").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let events = steps.iter().filter_map(|step| mention::key("event", step.get("event")));
        let filters = steps.iter().filter_map(|step| step.get("properties")?.as_array()).flatten();
        let cohorts = filters.filter(|filter| filter.get("type").and_then(Json::as_str) == Some("cohort"));
        events.chain(cohorts.filter_map(|filter| mention::id("cohort", filter.get("value")))).collect()
    }
}

#[cfg(test)]
mod tests;
