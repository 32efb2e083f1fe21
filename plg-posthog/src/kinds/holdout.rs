//! PostHog experiment holdouts.

mod import;

use super::posthog;
use super::prelude::*;

plg_core::kind! {
    /// A share of people whom no experiment with this holdout reaches, to measure what all of them do together.
    experiment_holdout Holdout {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. PostHog does not keep titles apart.
        title: Name,
        /// The share of people held out. Changing it also changes the flags of running experiments.
        share: Percent,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: |holdout, _, report| posthog::at_most(holdout, "description", 400, report),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Holdouts,
}

impl Describe for Holdout {
    fn want(&self) -> Want {
        Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("filters", json!([{ "properties": [], "rollout_percentage": number(self.share.0) }]))
    }

    fn lint(&self) -> Vec<String> {
        posthog::too_long(&self.common, 400)
    }
}

#[derive(Debug)]
struct Holdouts;

/// What the server calls the variant of those held out, once the holdout has an id.
const VARIANT: &str = "variant";

/// Older servers want a variant's name, and every server replaces it.
fn body(mut want: Map) -> Map {
    for filter in want.get_mut("filters").and_then(Json::as_array_mut).into_iter().flatten() {
        if let Some(filter) = filter.as_object_mut() {
            filter.entry(VARIANT).or_insert_with(|| "holdout".into());
        }
    }
    want
}

impl Wire for Holdouts {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("experiment_holdouts")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "description", "");
        posthog::normalise(&mut live.fields, "filters", |filters| posthog::compact(filters, &[VARIANT]));
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(body(want.clone()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        // A change without its name and filters is refused by older servers.
        let mut part = pick(want, changed);
        posthog::along(&mut part, want, &["name", "filters"]);
        Some(self.collection_of(prior).change(prior, body(part)))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "share" => &["filters"],
            _ => itself(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{differing, lints, prior, wanted};
    use super::*;

    static HELD: Holdout = Holdout {
        common: Common { doc: "Sees no experiment.", ..Common::named("Held") },
        title: Name("Held out"),
        share: Percent(5.0),
    };

    #[test]
    fn the_server_names_the_variant() {
        let want = wanted(&HELD).fields;
        assert_eq!(
            Holdouts.create(&want).body,
            Some(json!({
                "name": "Held out", "description": "Sees no experiment.",
                "filters": [{ "properties": [], "rollout_percentage": 5, "variant": "holdout" }],
            }))
        );
        let live = json!({
            "id": 3, "name": "Held out", "description": "Sees no experiment.",
            "filters": [{ "properties": [], "rollout_percentage": 5.0, "variant": "holdout-3" }],
        });
        assert_eq!(differing(&HELD, &want, &live), [""; 0]);
        let call = Holdouts.update(&want, &["description".into()], &prior(&HELD, &live));
        let body = call.and_then(|call| call.body).unwrap_or_default();
        assert_eq!((&body["name"], &body["filters"][0]["variant"]), (&json!("Held out"), &json!("holdout")));
    }

    #[test]
    fn it_is_deleted_for_good_and_described_in_400_characters() {
        let prior = prior(&HELD, &json!({ "id": 3, "description": null }));
        assert_eq!(prior.fields.get("description"), Some(&json!("")));
        assert_eq!(
            Holdouts.remove(&prior),
            Removal::Delete(Call::bare("DELETE", "/api/projects/{project}/experiment_holdouts/3/"))
        );
        assert_eq!(lints(&HELD), [""; 0]);
    }
}
