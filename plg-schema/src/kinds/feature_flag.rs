//! PostHog feature flags.

use super::prelude::*;

kind! {
    /// A switch that code asks about by key.
    feature_flag FeatureFlag {
        /// What the code asks for. Unique in the project.
        key: Key,
        /// The share of people who get it, where no condition set says otherwise.
        rollout: Percent = Percent(100.0),
        /// What those people get, each with its share; together 100 %. Without variants the flag is on or off.
        variants: Keyed<Percent> = Keyed(&[]),
        /// Whether it is switched on. People flip it in the web app, so it is only compared where it is written here.
        active: Option<bool> = None,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Str] = &[],
    }
    provider: Posthog,
    check: check,
    unique: &[("key", None)],
    titled: None,
    surface: Surface { constants: &[("KEY", "key")], variants: Some("variants"), word: "variant key", properties: None },
    wire: &Flags,
}

fn check(flag: &Block, _: &World, report: &mut Report) {
    let Some(variants) = flag.get("variants") else { return };
    let list = variants.map();
    if !(2..=20).contains(&list.len()) {
        report.error(
            variants.at,
            format!(
                "a flag has 2 to 20 variants, but here is {}\nhelp: write `{{ control: 50%, test: 50% }}`",
                list.len()
            ),
        );
        return;
    }
    let sum: f64 =
        list.iter().filter_map(|(_, _, n)| if let Given::Percent(p) = n.given { Some(p) } else { None }).sum();
    if (sum - 100.0).abs() > 0.001 {
        report.error(variants.at, format!("the variants' shares add up to {sum}%, not 100%"));
    }
}

impl Describe for FeatureFlag {
    fn want(&self) -> Want {
        let variants: Vec<Json> = self
            .variants
            .iter()
            .map(|v| json!({ "key": v.key, "name": crate::text::title(&crate::text::pascal(v.key)), "rollout_percentage": number(v.value.0) }))
            .collect();
        let want = Want::new()
            .set("key", self.key.0)
            .set("name", self.common.doc)
            .set("groups", json!([{ "properties": [], "rollout_percentage": number(self.rollout.0) }]))
            .set("variants", variants)
            .set("tags", self.tags.iter().map(|t| t.0.trim().to_lowercase()).collect::<Vec<_>>());
        match self.active {
            Some(active) => want.set("active", active),
            None => want.set_loose("active", true),
        }
    }
}

#[derive(Debug)]
struct Flags;

const PATH: &str = "/api/projects/{project}/feature_flags/";

fn body(want: &Map) -> Json {
    let mut body = Map::new();
    let mut filters = Map::new();
    for (field, value) in want {
        match field.as_str() {
            "groups" => filters.insert("groups".into(), value.clone()),
            "variants" if value.as_array().is_some_and(Vec::is_empty) => {
                filters.insert("multivariate".into(), Json::Null)
            }
            "variants" => filters.insert("multivariate".into(), json!({ "variants": value })),
            _ => body.insert(field.clone(), value.clone()),
        };
    }
    if !filters.is_empty() {
        body.insert("filters".into(), Json::Object(filters));
    }
    Json::Object(body)
}

impl Wire for Flags {
    fn listing(&self, _: &Map) -> Listing {
        Listing { path: PATH.into(), paging: Paging::Results { limit: 100 } }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = json.as_object()?;
        let filters = row.get("filters").and_then(Json::as_object).cloned().unwrap_or_default();
        let mut fields = Map::new();
        for field in ["key", "name", "active", "tags"] {
            fields.insert(field.into(), row.get(field).cloned().unwrap_or(Json::Null));
        }
        fields.insert("groups".into(), filters.get("groups").cloned().unwrap_or_else(|| json!([])));
        fields.insert(
            "variants".into(),
            filters.get("multivariate").and_then(|m| m.get("variants")).cloned().unwrap_or_else(|| json!([])),
        );
        let id = row.get("id")?;
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
        Call::new("POST", PATH, body(want))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let part: Map = want.iter().filter(|(k, _)| changed.contains(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
        Some(Call::new("PATCH", format!("{PATH}{}/", prior.id), body(&part)))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Delete(Call::new("PATCH", format!("{PATH}{}/", prior.id), json!({ "deleted": true })))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "key").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "tags" { same_set(want, live) } else { same(want, live) }
    }
}
