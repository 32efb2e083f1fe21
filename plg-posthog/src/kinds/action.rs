//! PostHog actions: events and clicks under one name.

mod import;

use super::Event;
use super::posthog;
use super::prelude::*;
use super::property::{self, Place, PropertyTest};
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
    }
}

plg_core::record! {
    /// A click that PostHog captured by itself.
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
    }
}

plg_core::record! {
    /// An event that is sent in a certain way.
    SentStep {
        /// The event.
        event: Link<Event>,
        /// Comparisons of its properties that all hold: `[{ property: "plan", is: ["pro"] }]`.
        with: &'static [PropertyTest] = &[],
        /// The address of the page, or a part of it.
        url: Option<Str> = None,
        /// How `url` is compared.
        matching: Matching = Matching::contains,
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
        ; /// Sending an event.
        else event(Link<Event>)
    }
}

plg_core::kind! {
    /// Something people do, put together from events, pages and clicks; any one of them counts.
    action Action {
        /// What people read in PostHog; from the item's name unless given. Unique in the project.
        title: Name,
        /// What counts as doing it: events, pages seen, clicks.
        on: &'static [ActionStep] = &[],
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
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
            "an action with no step never happens\nhelp: name an event, such as `on: [SignupCompleted]`",
        );
    }
    for step in steps {
        match (step.word(), step.held()) {
            (Some("click"), click) => check_click(step, click, report),
            (Some("page"), Some(page)) => {
                filled(page, &["url"], report);
                matched(page, "url", "matching", report);
            }
            (Some("sent"), Some(sent)) => {
                filled(sent, &["url"], report);
                matched(sent, "url", "matching", report);
                for test in sent.field("with").map_or(&[][..], Node::list) {
                    property::check(test, Place::Action, report);
                }
            }
            _ => {}
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

fn check_click(step: &Node, click: Option<&Node>, report: &mut Report) {
    if let Some(click) = click {
        filled(click, &["selector", "text", "href", "tag", "url"], report);
        for (text, matching) in [("text", "text_matching"), ("href", "href_matching"), ("url", "url_matching")] {
            matched(click, text, matching, report);
        }
    }
    let says = |field| click.is_some_and(|click| click.field(field).is_some());
    if !["selector", "text", "href", "tag", "url"].into_iter().any(says) {
        report.error(
            crate::codes::MATCHES_NOTHING,
            step.at,
            "this step counts every click there is\nhelp: say which, such as `click { selector: \".upgrade\" }`",
        );
    }
}

impl Describe for Action {
    fn want(&self) -> Want {
        let want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("steps", self.on.iter().map(ActionStep::json).collect::<Vec<_>>())
            .set("tags", posthog::tags(self.tags));
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
            ActionStep::page(_) | ActionStep::click(_) => None,
        }
    }

    fn json(&self) -> Json {
        let url = |url: Option<Str>, matching: Matching| json!({ "url": url.map(|u| u.0), "url_matching": matching.as_str() });
        let step = match self {
            ActionStep::event(event) => vec![json!({ "event": event.name.0 })],
            ActionStep::page(page) => vec![json!({ "event": "$pageview" }), url(Some(page.url), page.matching)],
            ActionStep::sent(sent) => {
                let tests: Vec<Json> = sent.with.iter().map(|test| test.filter("event")).collect();
                vec![json!({ "event": sent.event.name.0, "properties": tests }), url(sent.url, sent.matching)]
            }
            ActionStep::click(click) => vec![
                json!({
                    "event": "$autocapture",
                    "selector": click.selector.map(|s| s.0),
                    "text": click.text.map(|s| s.0),
                    "text_matching": click.text_matching.as_str(),
                    "href": click.href.map(|s| s.0),
                    "href_matching": click.href_matching.as_str(),
                    "tag_name": click.tag.map(|s| s.0),
                }),
                url(click.url, click.url_matching),
            ],
        };
        comparable(&Json::Object(step.into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect()))
    }
}

/// A step without what the server fills in: nulls, and the ways of matching it takes by itself.
fn comparable(step: &Json) -> Json {
    let Json::Object(mut step) = posthog::compact(step, &["selector_regex"]) else { return step.clone() };
    for (text, matching, by_itself) in
        [("url", "url_matching", "contains"), ("text", "text_matching", "exact"), ("href", "href_matching", "exact")]
    {
        if !step.contains_key(text) || step.get(matching).and_then(Json::as_str) == Some(by_itself) {
            step.remove(matching);
        }
    }
    posthog::normalise(&mut step, "properties", |tests| {
        tests.as_array().into_iter().flatten().map(property::comparable).collect()
    });
    if step.get("properties").and_then(Json::as_array).is_some_and(Vec::is_empty) {
        step.remove("properties");
    }
    Json::Object(step)
}

#[derive(Debug)]
struct Actions;

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
        Some(live)
    }

    // Names are only held against each other where one is sent.
    fn undelete(&self, want: &Map, prior: &Prior) -> Option<Call> {
        self.collection_of(prior).restore(prior, pick(want, &["name".to_owned()]))
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "on" => &["steps"],
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
        &["event"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let steps = live.fields.get("steps").and_then(Json::as_array).into_iter().flatten();
        steps.filter_map(|step| mention::key("event", step.get("event"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, case, differing, event, list, mistakes, node, prior, record, wanted};
    use super::*;

    static SIGNED_UP: Event = event("SignedUp", "signed_up");
    static CLICK: ClickStep = ClickStep {
        selector: Some(Str("div > button")),
        text: Some(Str("sign up")),
        text_matching: Matching::exact,
        href: None,
        href_matching: Matching::exact,
        tag: None,
        url: Some(Str("/signup")),
        url_matching: Matching::contains,
    };
    static ACTION: Action = Action {
        common: Common { doc: "An account is opened.", ..Common::named("SignupCompleted") },
        title: Name("Signup Completed"),
        on: &[
            ActionStep::event(&SIGNED_UP),
            ActionStep::page(PageStep { url: Str("/thanks$"), matching: Matching::regex }),
            ActionStep::click(CLICK),
            ActionStep::sent(SentStep {
                event: &SIGNED_UP,
                with: &[PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") }],
                url: None,
                matching: Matching::contains,
            }),
        ],
        ..Action::BLANK
    };

    #[test]
    fn steps_are_sent_and_recognised_with_what_the_server_adds() {
        let want = wanted(&ACTION);
        assert_eq!(want.after, ["event.SignedUp", "event.SignedUp"]);
        let plan = json!({ "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] });
        let body = json!({
            "name": "Signup Completed", "description": "An account is opened.",
            "steps": [
                { "event": "signed_up" },
                { "event": "$pageview", "url": "/thanks$", "url_matching": "regex" },
                { "event": "$autocapture", "selector": "div > button", "text": "sign up", "url": "/signup" },
                { "event": "signed_up", "properties": [plan] },
            ],
        });
        assert_eq!(Actions.create(&want.fields).body, Some(body));

        let nulls = json!({
            "event": null, "properties": null, "selector": null, "selector_regex": null, "tag_name": null, "text": null,
            "text_matching": null, "href": null, "href_matching": null, "url": null, "url_matching": "contains",
        });
        let step = |own: Json| -> Map {
            let both = [nulls.clone(), own].into_iter().filter_map(|part| part.as_object().cloned());
            both.flatten().collect()
        };
        let live = json!({
            "id": 1, "name": "Signup Completed", "description": "An account is opened.", "post_to_slack": false, "tags": [],
            "steps": [
                step(json!({ "event": "signed_up" })),
                step(json!({ "event": "$pageview", "url": "/thanks$", "url_matching": "regex" })),
                step(json!({ "event": "$autocapture", "selector": "div > button", "selector_regex": "x", "text": "sign up",
                             "text_matching": "exact", "url": "/signup" })),
                step(json!({ "event": "signed_up", "properties": [plan] })),
            ],
            "deleted": false, "is_action": true, "pinned_at": null,
        });
        assert_eq!(differing(&ACTION, &want.fields, &live), [""; 0]);
        let prior = prior(&ACTION, &live);
        let call = Actions.revive(&want.fields, &prior).and_then(|call| call.body).unwrap_or_default();
        assert_eq!((&call["deleted"], &call["name"]), (&json!(false), &json!("Signup Completed")));
    }

    #[test]
    fn an_action_is_referred_to_by_its_id() {
        let Tracked::Action { name, id } = ACTION.tracked() else { panic!("an action") };
        assert_eq!(
            (name, id),
            ("Signup Completed", Term::Ref { address: "action.SignupCompleted".into(), get: "id".into() })
        );
    }

    #[test]
    fn steps_that_count_nothing_or_everything_are_refused() {
        let none = block("action", "A", vec![("on", list(3, vec![]))]);
        assert_eq!(mistakes("action", &none, &[]), at(3, "an action with no step never happens"));
        assert_eq!(
            mistakes("action", &block("action", "A", vec![]), &[]),
            at(0, "an action with no step never happens")
        );
        let matching = node(6, Given::Word("exact".into()));
        let all = case(4, "click", record(5, vec![("text_matching", matching)]));
        let all = block("action", "A", vec![("on", list(3, vec![all]))]);
        let said = mistakes("action", &all, &[]);
        assert_eq!(said[0], (6, "there is no text to compare".to_owned()));
        assert_eq!(said[1], (4, "this step counts every click there is".to_owned()));
        let bare = node(4, Given::Case("click".into(), None));
        let bare = block("action", "A", vec![("on", list(3, vec![bare]))]);
        assert_eq!(mistakes("action", &bare, &[]), at(4, "this step counts every click there is"));
    }
}
