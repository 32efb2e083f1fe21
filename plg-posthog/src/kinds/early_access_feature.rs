//! PostHog early access features: what people may switch on for themselves.

mod import;

use super::FeatureFlag;
use super::posthog;
use super::prelude::*;

plg_core::words! {
    /// How far a feature is.
    FeatureStage "stage of a feature" {
        /// Not shown to anybody yet.
        draft,
        /// Shown as an idea that people can ask for.
        concept,
        /// People can switch it on, at their own risk.
        alpha,
        /// People can switch it on.
        beta,
        /// There for everybody; the share of people who get it is the flag's.
        general_availability = "general-availability",
        /// No longer offered.
        archived,
    }
}

plg_core::kind! {
    /// A feature that people can see coming, and switch on for themselves while it is in alpha or beta.
    ///
    /// Left out: who looks after it, which is the person who made it until people choose another one.
    early_access_feature EarlyAccessFeature {
        /// The flag that it switches on: one without variants, a share of people, and no other feature's. It cannot
        /// change later. It has to be written: a flag that PostHog makes by itself would be nobody's, and stay behind.
        flag: Link<FeatureFlag>,
        /// What people read, up to 200 characters; from the item's name unless given.
        title: Name,
        /// How far it is.
        stage: FeatureStage,
        /// Where people read more about it, up to 800 characters. Left to people, where nothing is written.
        docs: Option<WebUrl> = None,
        /// What code gets along with the feature, as `{ "key": … }`. Left to people, where nothing is written.
        payload: Option<plg_core::Json> = None,
    }
    provider: &crate::PROVIDER,
    key: &["flag"],
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Features,
}

fn check(feature: &Block, _: &Declarations, report: &mut Report) {
    for (field, most) in [("title", 200), ("docs", 800)] {
        posthog::at_most(feature, field, most, report);
    }
    if let Some(Node { at, given: Given::Json(payload) }) = feature.get("payload") {
        if payload.as_map().is_none() {
            report.error(
                codes::OTHER_SHAPE,
                *at,
                "a feature's payload is a JSON object\nhelp: write `payload: { \"key\": … }`",
            );
        }
        posthog::public(*at, payload, report);
    }
}

/// An early access feature is on or off, and so is its flag.
pub(super) fn check_variants(feature: &Block, world: &Declarations, report: &mut Report) {
    let Some(node) = feature.get("flag") else { return };
    let Some(flag) = world.target(node) else { return };
    if flag.get("variants").is_some_and(|variants| !variants.map().is_empty()) {
        report.error(
            crate::codes::BUILT_ON,
            node.at,
            format!(
                "`{}` has variants, and an early access feature needs a flag that is on or off\nhelp: name a flag without `variants`",
                flag.name
            ),
        );
    }
}

/// People switch a feature on each for themselves.
pub(super) fn check_people(feature: &Block, world: &Declarations, report: &mut Report) {
    let Some(node) = feature.get("flag") else { return };
    let Some(flag) = world.target(node) else { return };
    let is_of_groups = |set: &Node| set.field("of").and_then(Node::word) == Some("group");
    if flag.get("release").is_some_and(|sets| sets.list().iter().any(is_of_groups)) {
        report.error(
            crate::codes::BUILT_ON,
            node.at,
            format!(
                "`{}` is rolled out to groups, and each person switches on an early access feature\nhelp: name a flag without `of: group(…)`",
                flag.name
            ),
        );
    }
}

/// PostHog has one feature on a flag.
pub(super) fn check_alone(feature: &Block, world: &Declarations, report: &mut Report) {
    let Some(node) = feature.get("flag") else { return };
    let Some(flag) = world.target(node) else { return };
    let has_it = |other: &&&Block| {
        let on = other.get("flag").and_then(|node| world.target(node));
        on.is_some_and(|on| on.is(flag))
    };
    let earlier = world.of_kind(feature.kind).iter().take_while(|other| !other.is(feature));
    if let Some(other) = earlier.clone().find(has_it) {
        report.error(
            crate::codes::BUILT_ON,
            node.at,
            format!(
                "`{}` is the flag of `{}` already\nhelp: give each feature a flag of its own",
                flag.name, other.name
            ),
        );
    }
}

impl Describe for EarlyAccessFeature {
    fn want(&self) -> Want {
        Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("stage", self.stage.as_str())
            .set("feature_flag_id", reference(self.flag))
            .set_some("documentation_url", self.docs.map(|docs| docs.0))
            .set_some("payload", self.payload.map(|payload| payload.term()))
    }
}

#[derive(Debug)]
struct Features;

impl Wire for Features {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("early_access_feature")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        let fields = &mut live.fields;
        // Written as an id, answered as a flag.
        let flag = fields.get("feature_flag").and_then(|flag| flag.get("id")).cloned();
        fields.insert("feature_flag_id".into(), flag.unwrap_or_default());
        posthog::default(fields, "description", "");
        Some(live)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        part.retain(|field, _| !self.fixed().contains(&field.as_str()));
        if part.is_empty() {
            return None;
        }
        // PostHog tells people that the stage changed after each change that does not say which one it is.
        posthog::along(&mut part, want, &["stage"]);
        Some(self.collection_of(prior).change(prior, part))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["feature_flag_id"]
    }

    fn lost(&self) -> &'static str {
        "people who switched on the old one have to switch on the new one"
    }

    // Names repeat, but a flag has one feature at most.
    fn write_only(&self) -> &'static [&'static str] {
        &["rollout_to_all", "_create_in_folder"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        id_text(fields.get("feature_flag_id")?)
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "flag" => &["feature_flag_id"],
            "title" => &["name"],
            "docs" => &["documentation_url"],
            _ => itself(word),
        }
    }

    fn unfit(&self, kind: &str, needed: &Live) -> Option<Hold> {
        let has_variants =
            needed.fields.get("variants").and_then(Json::as_array).is_some_and(|variants| !variants.is_empty());
        (kind == "feature_flag" && has_variants).then(|| Hold {
            says: "a flag with variants cannot have an early access feature".into(),
            help: "declare a flag without variants for it",
        })
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["feature_flag"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        mention::id("feature_flag", live.fields.get("feature_flag_id")).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, differing, flag, map, mistakes, node, prior, resolved, to};
    use super::*;

    static EXPORTS: FeatureFlag = flag("Exports", "exports");
    static FEATURE: EarlyAccessFeature = EarlyAccessFeature {
        common: Common { doc: "Exports to warehouses.", ..Common::named("Exports") },
        flag: &EXPORTS,
        title: Name("Exports"),
        stage: FeatureStage::general_availability,
        docs: Some(WebUrl("https://docs.example.com/exports")),
        payload: Some(plg_core::Json::Object(&[("limit", plg_core::Json::Whole(5))])),
    };

    fn live() -> Json {
        json!({
            "id": "0190-uuid", "name": "Exports", "description": "Exports to warehouses.", "stage": "general-availability",
            "documentation_url": "https://docs.example.com/exports", "payload": { "limit": 5.0 },
            "feature_flag": { "id": 4, "key": "exports", "filters": { "feature_enrollment": true } },
            "assignee": null, "created_at": "2026-01-01T00:00:00Z",
        })
    }

    #[test]
    fn a_feature_is_created_and_recognised() {
        let want = resolved(&FEATURE, &json!(4));
        assert_eq!(
            Features.create(&want),
            Call::new(
                "POST",
                "/api/projects/{project}/early_access_feature/",
                json!({
                    "name": "Exports", "description": "Exports to warehouses.", "stage": "general-availability",
                    "feature_flag_id": 4, "documentation_url": "https://docs.example.com/exports", "payload": { "limit": 5 },
                })
            )
        );
        assert_eq!(differing(&FEATURE, &want, &live()), [""; 0]);
        assert_eq!(Features.identity(&want).as_deref(), Some("4"));
        assert_eq!(Features.identity(&prior(&FEATURE, &live()).fields).as_deref(), Some("4"));
        assert_eq!(Features.identity(&super::super::fixture::wanted(&FEATURE).fields), None);
    }

    #[test]
    fn the_flag_is_never_sent_again_and_what_is_removed_is_gone() {
        let (want, prior) = (resolved(&FEATURE, &json!(5)), prior(&FEATURE, &live()));
        let call = Features.update(&want, &["stage".into(), "feature_flag_id".into()], &prior);
        let path = "/api/projects/{project}/early_access_feature/0190-uuid/";
        assert_eq!(call, Some(Call::new("PATCH", path, json!({ "stage": "general-availability" }))));
        assert_eq!(Features.remove(&prior), Removal::Delete(Call::bare("DELETE", path)));
    }

    #[test]
    fn a_flag_is_on_or_off_and_has_one_feature() {
        let feature = |name: &str| block("early_access_feature", name, vec![("flag", to(3, "F"))]);
        let (first, second) = (feature("First"), feature("Second"));
        let flag = block("feature_flag", "F", vec![]);
        assert_eq!(mistakes(first.kind, &first, &[&first, &second, &flag]), []);
        assert_eq!(
            mistakes(first.kind, &second, &[&first, &second, &flag]),
            at(3, "`F` is the flag of `First` already")
        );
        let tested = block("feature_flag", "F", vec![("variants", map(5, vec![("a", Given::Percent(100.0))]))]);
        assert_eq!(
            mistakes(first.kind, &first, &[&tested]),
            at(3, "`F` has variants, and an early access feature needs a flag that is on or off")
        );
    }

    #[test]
    fn limits() {
        let text = |length: usize| node(4, Given::Text("x".repeat(length)));
        let payload = node(6, Given::Json(json!([1]).into()));
        let fields = vec![("title", text(201)), ("docs", text(800)), ("payload", payload)];
        let said = mistakes("early_access_feature", &block("early_access_feature", "X", fields), &[]);
        assert_eq!(said[0], (4, "this text has 201 characters, and at most 200 are accepted".to_owned()));
        assert_eq!(said[1], (6, "a feature's payload is a JSON object".to_owned()));
    }
}
