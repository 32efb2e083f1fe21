//! PostHog experiments.

use super::FeatureFlag;
use super::prelude::*;

words! {
    /// What an experiment is run on.
    ExperimentKind "kind of experiment" {
        /// Code that asks for the flag.
        product,
        /// Changes made in the page by PostHog's toolbar.
        web,
    }
}

kind! {
    /// A test of one flag's variants against each other.
    experiment Experiment {
        /// The flag under test.
        flag: Link<FeatureFlag>,
        /// What people read in PostHog; from the item's name unless given.
        title: Name,
        /// What it is run on.
        kind: ExperimentKind = ExperimentKind::product,
    }
    provider: Posthog,
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Experiments,
}

fn check(experiment: &Block, world: &World, report: &mut Report) {
    let Some(node) = experiment.get("flag") else { return };
    let Some(flag) = world.target(node) else { return };
    if flag.existing {
        return;
    }
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    if variants.is_empty() {
        report.error(node.at, format!("`{0}` has no variants, so there is nothing to test\nhelp: write `variants: {{ control: 50%, test: 50% }}` in `{0}`", flag.name));
    } else if !variants.iter().any(|(key, ..)| key == "control") {
        report.error(node.at, format!("`{0}` has no variant `control`, which an experiment compares with\nhelp: name one of its variants `control`", flag.name));
    }
}

impl Describe for Experiment {
    fn want(&self) -> Want {
        Want::new()
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("feature_flag_key", reference_to(self.flag, "key"))
            .set("type", self.kind.as_str())
    }

    fn lint(&self) -> Vec<String> {
        let has_control = self.flag.variants.iter().any(|v| v.key == "control");
        if has_control || self.flag.common.existing {
            return Vec::new();
        }
        vec![format!(
            "the flag `{}` has no variant `control`, which an experiment compares with",
            self.flag.common.name
        )]
    }
}

#[derive(Debug)]
struct Experiments;

const PATH: &str = "/api/projects/{project}/experiments/";

impl Wire for Experiments {
    fn listing(&self, _: &Map) -> Listing {
        Listing { path: PATH.into(), paging: Paging::Results { limit: 100 } }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = json.as_object()?;
        let id = row.get("id")?;
        let fields = ["name", "description", "feature_flag_key", "type"]
            .iter()
            .map(|f| ((*f).to_owned(), row.get(*f).cloned().unwrap_or(Json::Null)))
            .collect();
        Some(Live {
            id: id_text(id)?,
            outputs: Map::from_iter([("id".to_owned(), id.clone())]),
            fields,
            archived: row.get("deleted") == Some(&Json::Bool(true)),
            system: false,
            created: row.get("created_at").and_then(Json::as_str).map(str::to_owned),
        })
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", PATH, Json::Object(want.clone()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let part: Map = want.iter().filter(|(k, _)| changed.contains(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
        Some(Call::new("PATCH", format!("{PATH}{}/", prior.id), Json::Object(part)))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Delete(Call::new("PATCH", format!("{PATH}{}/", prior.id), json!({ "deleted": true })))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["feature_flag_key", "type"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(format!("{} on {}", text(fields, "name"), text(fields, "feature_flag_key")))
    }

    fn identity_is_unique(&self) -> bool {
        false
    }
}
