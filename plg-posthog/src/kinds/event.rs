//! PostHog event definitions: what an application sends.

mod check;
mod import;
mod schema;

pub(super) use check::check_properties;
pub use schema::EventSchema;
pub(super) use schema::{SCHEMA_ANSWERS, draw_schema};

use super::posthog;
use super::prelude::*;
use super::property_type::{self, PropertyType};
use super::{PropertyGroup, PropertyKey};

plg_core::kind! {
    /// Something people do that an application reports, with its properties.
    event Event {
        /// What the application sends, such as `signup_completed`. It cannot change later.
        /// Names that start with `$` are PostHog's own: those are declared `existing event`.
        name: EventName,
        /// What is sent with it, each with its type. The application gets a struct of them.
        properties: Named<PropertyType> = Named(&[]),
        /// The groups whose properties are sent with it, too: `schema: [Billing]`. The application's struct has one field for
        /// each of them. Groups that people add stay.
        schema: &'static [Link<PropertyGroup>] = &[],
        /// The property that says most about it, which people see beside its name: `primary_property: "plan"`.
        primary_property: Option<PropertyKey> = None,
        /// Who looks after it: the number of a PostHog user of the organization. Where it is not written, it is left to people.
        owner: Option<i64> = None,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
        /// Whether it is marked as one that can be relied on.
        verified: bool = true,
        /// Whether it is left out where events are chosen. A hidden event is not verified.
        hidden: bool = false,
    }
    provider: &crate::PROVIDER,
    key: &["name"],
    check: check::check,
    unique: &[("name", None)],
    titled: None,
    surface: Surface { constants: &[("NAME", "name")], variants: None, word: "", properties: Some("properties") },
    wire: &Events,
}

impl Describe for Event {
    fn want(&self) -> Want {
        let want = Want::of(&self.common).set("name", self.name.0);
        if self.common.existing {
            return want;
        }
        // Most events are there before they are declared: a description written by people stays,
        // unless the stack has one.
        let doc = Some(self.common.doc).filter(|doc| !doc.is_empty());
        want.set_some("description", doc)
            .set_some("primary_property", self.primary_property.map(PropertyKey::name))
            .set_some("owner", self.owner)
            .set("tags", posthog::tags(self.tags))
            .set("verified", self.verified && !self.hidden)
            .set("hidden", self.hidden)
    }

    fn lint(&self) -> Vec<String> {
        property_type::lint(&self.properties)
    }

    fn parts(&'static self) -> Vec<&'static dyn Declared> {
        schema::of(self)
    }
}

impl Trackable for Event {
    fn tracked(&self) -> Tracked {
        Tracked::Event(self.name.0)
    }
}

#[derive(Debug)]
struct Events;

impl Wire for Events {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("event_definitions")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::definition(json)?;
        // It is set by the user's id, and answered as the user.
        posthog::normalise(&mut live.fields, "owner", |owner| owner.get("id").unwrap_or(owner).clone());
        Some(live)
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["description", "tags", "verified", "hidden", "owner", "primary_property"]
    }

    // PostHog answers 500 to the id of a definition that is gone. Its name never changes.
    fn by_id(&self, prior: &Prior) -> Option<Call> {
        let name = segment(text(&prior.fields, "name"));
        (!name.is_empty()).then(|| Call::bare("GET", format!("{}by_name/?name={name}", self.collection_of(prior).path)))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        posthog::redefine(self.collection_of(prior), want, changed, prior)
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["name"]
    }

    fn lost(&self) -> &'static str {
        "descriptions written in the web app; events already sent stay"
    }

    fn applied_by_parts(&self) -> &'static [&'static str] {
        &[schema::SCHEMA]
    }

    fn existing_may_be_absent(&self) -> bool {
        // PostHog makes the definitions of its own events when it first sees them.
        true
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "tags" { same_set(want, live) } else { same(want, live) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, differing, event, list, map, mistakes, node, prior, resolved, to, wanted};
    use super::*;

    static SIGNED_UP: Event = Event {
        common: Common { doc: "A person opened an account.", ..Common::named("SignedUp") },
        tags: &[Tag("Growth"), Tag("core")],
        owner: Some(7),
        primary_property: Some(PropertyKey::of("plan")),
        ..event("SignedUp", "signed_up")
    };
    static QUIET: Event = Event { hidden: true, ..event("Quiet", "quiet") };

    fn live() -> Json {
        json!({
            "id": "0190-uuid", "name": "signed_up", "description": "A person opened an account.", "tags": ["core", "growth"],
            "verified": true, "hidden": null, "owner": { "id": 7, "email": "a@example.com" },
            "primary_property": "plan", "created_at": null, "last_seen_at": null,
        })
    }

    #[test]
    fn an_event_is_created_and_recognised() {
        let want = wanted(&SIGNED_UP).fields;
        let call = Events.create(&want);
        assert_eq!((call.method, call.path.as_str()), ("POST", "/api/projects/{project}/event_definitions/"));
        assert_eq!(
            call.body,
            Some(json!({
                "name": "signed_up", "description": "A person opened an account.", "tags": ["core", "growth"],
                "verified": true, "hidden": false, "owner": 7, "primary_property": "plan",
            }))
        );
        assert_eq!(differing(&SIGNED_UP, &want, &live()), [""; 0]);
        assert_eq!(Events.identity(&want).as_deref(), Some("signed_up"));
    }

    #[test]
    fn hidden_and_verified_are_sent_together_and_names_never_again() {
        let want = wanted(&QUIET).fields;
        assert_eq!((want.get("verified"), want.get("description")), (Some(&json!(false)), None));
        let prior = prior(&SIGNED_UP, &live());
        let call = Events.update(&want, &["hidden".into()], &prior).expect("something changes");
        assert_eq!(call.body, Some(json!({ "hidden": true, "verified": false })));
        assert_eq!(call.path, "/api/projects/{project}/event_definitions/0190-uuid/");
        assert_eq!(Events.update(&want, &["name".into()], &prior), None);
        assert!(matches!(Events.remove(&prior), Removal::Delete(Call { method: "DELETE", body: None, .. })));
    }

    #[test]
    fn what_the_api_refuses_is_refused() {
        let name = || ("name", node(5, Given::Text("$pageview".into())));
        let mut own = block("event", "Pageview", vec![name()]);
        let message = "`$pageview` is one of PostHog's own events";
        assert_eq!(mistakes("event", &own, &[]), at(5, message));
        own.existing = true;
        assert_eq!(mistakes("event", &own, &[]), []);
        let yes = || node(6, Given::Bool(true));
        let both = block("event", "Quiet", vec![("hidden", yes()), ("verified", yes())]);
        assert_eq!(mistakes("event", &both, &[]), at(1, "an event cannot be both hidden and verified"));
    }

    #[test]
    fn groups_are_steps_of_their_own() {
        static BILLING: PropertyGroup =
            PropertyGroup { common: Common::named("Billing"), title: Name("Billing"), ..PropertyGroup::BLANK };
        static PAID: Event = Event { schema: &[&BILLING], ..event("Paid", "paid") };
        let parts = Describe::parts(&PAID);
        let [part] = &parts[..] else { panic!("there is one") };
        assert_eq!(part.address(), "event_schema.Paid.Billing");
        let wire = part.spec().wire;
        let want = resolved(*part, &json!("a-b"));
        assert_eq!(
            wire.create(&want),
            Call::new(
                "POST",
                "/api/projects/{project}/event_schemas/",
                json!({ "property_group_id": "a-b", "event_definition": "a-b" })
            )
        );
        let live =
            json!({ "id": "c", "event_definition": "a-b", "property_group": { "id": "a-b", "name": "Billing" } });
        assert_eq!(differing(*part, &want, &live), [""; 0]);
        let live = wire.read(live).expect("it can be read");
        assert_eq!(wire.identity(&live.fields), wire.identity(&want));
    }

    #[test]
    fn a_property_has_one_type_and_a_group_is_named_once() {
        let plan = |ty: &str| ("properties", map(2, vec![("plan", Given::Case(ty.into(), None))]));
        let group = block("property_group", "Billing", vec![plan("text")]);
        let of = |ty: &str| block("event", "Paid", vec![plan(ty), ("schema", list(4, vec![to(5, "Billing")]))]);
        assert_eq!(mistakes("event", &of("text"), &[&group]), []);
        let message = "`plan` has different types in `Billing` and `Paid`";
        assert_eq!(mistakes("event", &of("number"), &[&group]), at(5, message));
        let twice = block("event", "Paid", vec![("schema", list(4, vec![to(5, "Billing"), to(6, "Billing")]))]);
        assert_eq!(mistakes("event", &twice, &[&group]), at(6, "this group is in the list already"));
    }
}
