//! How functions speak to PostHog: the four kinds are one resource, told apart by its type.

use super::template::TemplateFacts;
use super::trigger::FILTERS;
use super::{input, mapping, trigger};
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::Listing;
use plg_core::source::{Known, Noise};

/// One of the types of function.
#[derive(Debug)]
pub(super) struct Functions {
    /// What PostHog calls the type.
    pub(super) ty: &'static str,
    /// The word of the field that says when something is sent.
    pub(super) told_by: &'static [&'static str],
}

/// What PostHog calls the id of a template.
pub(super) const TEMPLATE: &str = "template_id";

/// The inputs that PostHog shows, and those that it keeps to itself, which only a request says.
pub(super) const INPUTS: &str = "inputs";
pub(super) const SECRETS: &str = "secrets";

/// The keys of inputs of which PostHog says that they are set, and nothing else.
pub(super) const KEPT: &str = "kept_secrets";

pub(super) const MAPPINGS: &str = "mappings";
pub(super) const MASKING: &str = "masking";
pub(super) const ORDER: &str = "execution_order";

/// Events of alerts that PostHog keeps in an API of their own: nobody may write the functions that are told of them.
const OF_POSTHOG: [&str; 1] = ["$billing_alert_firing"];

/// Keys of answers that no declaration has to say.
pub(super) const NOISE: &[Noise] = &[
    Noise {
        because: "PostHog works it out",
        keys: &[
            "bytecode",
            "transpiled",
            "status",
            "version",
            "filters.bytecode",
            "filters.bytecode_error",
            "filters.transpiled",
            "inputs.*.order",
            "inputs.*.bytecode",
            "inputs.*.transpiled",
            "inputs.*.input_deps",
            "mappings.inputs.*.order",
            "mappings.inputs.*.bytecode",
            "mappings.inputs.*.transpiled",
            "mappings.filters.bytecode",
            "mappings.filters.bytecode_error",
            "mappings.inputs_schema",
            "masking.bytecode",
        ],
    },
    Noise {
        because: "the template says it, and a look of its own tells where it was changed",
        keys: &["template", "hog", "inputs_schema", "icon_url", "inputs.*.templating", "mappings.inputs.*.templating"],
    },
    Noise { because: "PostHog says that a secret is set, and shows it to nobody", keys: &["inputs.*.secret"] },
    Noise {
        because: "an agent's draft is no part of what runs",
        keys: &["draft", "draft_updated_at", "batch_export_id"],
    },
];

/// The request's body: secrets are inputs like the others.
fn body(mut want: Map) -> Map {
    let secrets = want.shift_remove(SECRETS);
    if let Some(Json::Object(secrets)) = secrets {
        let inputs = want.entry(INPUTS).or_insert_with(|| json!({}));
        if let Some(inputs) = inputs.as_object_mut() {
            inputs.extend(secrets);
        }
    }
    want
}

impl Functions {
    fn made(&self, want: &Map) -> Map {
        let mut body = body(want.clone());
        body.insert("type".into(), self.ty.into());
        body
    }
}

impl Wire for Functions {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("hog_functions")
    }

    /// Rows of a list leave out their inputs unless they are asked for.
    fn listing(&self, want: &Map) -> Listing {
        let mut listing = self.collection(want).listing();
        listing.path.push_str("?full=true&type=");
        listing.path.push_str(self.ty);
        listing
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        let fields = &mut live.fields;
        if text(fields, "type") != self.ty {
            return None;
        }
        let template = fields.get("template").and_then(|template| template.get("id")).cloned().unwrap_or_default();
        fields.insert(TEMPLATE.into(), template);
        let (shown, secret) = input::comparable(fields.get(INPUTS).unwrap_or(&Json::Null));
        fields.insert(INPUTS.into(), shown.into());
        fields.insert(KEPT.into(), secret.into());
        fields.insert(FILTERS.into(), trigger::comparable(fields.get(FILTERS).unwrap_or(&Json::Null)));
        if fields.contains_key(MAPPINGS) {
            posthog::normalise(fields, MAPPINGS, mapping::comparable);
        }
        posthog::normalise(fields, MASKING, |masking| posthog::compact(masking, &["bytecode"]));
        posthog::default(fields, "name", "");
        posthog::default(fields, "description", "");
        // Where nobody described it, it has the words of its template.
        let of_template = fields.get("template").and_then(|template| template.get("description")).cloned();
        if of_template.is_some_and(|words| fields.get("description") == Some(&words)) {
            fields.insert("description".into(), "".into());
        }
        Some(live)
    }

    fn is_made_by_api(&self, live: &Live) -> bool {
        let events = live.fields.get(FILTERS).and_then(|filters| filters.get("events")?.as_array());
        events
            .into_iter()
            .flatten()
            .any(|event| event.get("id").and_then(Json::as_str).is_some_and(|id| OF_POSTHOG.contains(&id)))
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(self.made(want))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        part.shift_remove(TEMPLATE);
        if part.is_empty() {
            return None;
        }
        // A request replaces all inputs but those that PostHog keeps to itself.
        if part.contains_key(SECRETS) {
            posthog::along(&mut part, want, &[INPUTS]);
        }
        // Who switches one on without its place moves it to the end.
        if part.contains_key("enabled") {
            posthog::along(&mut part, want, &[ORDER]);
        }
        // PostHog removes mappings that a request does not send.
        let mappings = want.get(MAPPINGS).or_else(|| prior.fields.get(MAPPINGS));
        if let Some(mappings) = mappings.filter(|all| all.as_array().is_some_and(|all| !all.is_empty())) {
            part.entry(MAPPINGS).or_insert_with(|| mappings.clone());
        }
        Some(self.collection_of(prior).change(prior, body(part)))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let mut want = want.clone();
        want.shift_remove(TEMPLATE);
        self.collection_of(prior).restore(prior, body(want))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &[TEMPLATE]
    }

    fn lost(&self) -> &'static str {
        "the log and edited code of the old one"
    }

    fn write_only(&self) -> &'static [&'static str] {
        &[SECRETS]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            // PostHog fills in what is required; what else somebody fills in stays.
            INPUTS => const { &Owned::Entries { told: UNTOLD } },
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            FILTERS => trigger::same_filters(want, live),
            MAPPINGS => mapping::same_mappings(want, live),
            MASKING => same(&posthog::compact(want, &["bytecode"]), &posthog::compact(live, &["bytecode"])),
            "name" | "description" => match (want.as_str(), live.as_str()) {
                (Some(want), Some(live)) => want.trim() == live.trim(),
                _ => same(want, live),
            },
            _ => same(want, live),
        }
    }

    fn goes_without_saying(&self, new: &Map) -> Vec<(&'static str, String)> {
        new.get("enabled").map(|enabled| ("enabled", enabled.to_string())).into_iter().collect()
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "template" => &[TEMPLATE],
            "inputs" => &[INPUTS, SECRETS],
            "attributes" => &[INPUTS],
            "once" => &[MASKING],
            "order" => &[ORDER],
            word if self.told_by.contains(&word) => &[FILTERS],
            _ => itself(word),
        }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        crate::query::IN_QUERIES
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let mut all = crate::query::in_query(live.fields.get(FILTERS));
        all.extend(crate::query::in_query(live.fields.get(MAPPINGS)));
        all
    }
}

/// What is wanted of a function of any type.
pub(super) fn wanted(
    common: &Common,
    title: Name,
    template: &'static str,
    enabled: Option<bool>,
    inputs: input::SentInputs,
) -> Want {
    let want = Want::of(common)
        .set(TEMPLATE, template)
        .set("name", title.0)
        .set("description", common.doc)
        .set(INPUTS, Term::Map(inputs.shown))
        .set_some(SECRETS, (!inputs.secret.is_empty()).then_some(Term::Map(inputs.secret)));
    match enabled {
        Some(enabled) => want.set("enabled", enabled),
        None => want.set_create_only("enabled", true),
    }
}

/// The template of a live function, where it is known and fits.
pub(super) fn template_of(fields: &Map) -> Option<&'static TemplateFacts> {
    let known = TemplateFacts::by_id(text(fields, TEMPLATE))?;
    let (inputs, kept) = inputs_of(fields);
    input::are_known(inputs, &kept, known).then_some(known)
}

/// The inputs of a live function that PostHog shows, and the keys of the others.
pub(super) fn inputs_of(fields: &Map) -> (&Map, Vec<&str>) {
    static NONE: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::new);
    let kept = fields.get(KEPT).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    (fields.get(INPUTS).and_then(Json::as_object).unwrap_or(&NONE), kept.collect())
}

/// Says so where the code of a live function is not its template's.
///
/// # Errors
/// That it has no template.
pub(super) fn read_code(fields: &Map, known: &mut Known) -> Result<(), String> {
    let Some(template) = fields.get("template").filter(|template| template.is_object()) else {
        return Err("it has custom code, which the language has no word for".to_owned());
    };
    let code = |json: Option<&Json>| json.and_then(Json::as_str).map(|code| code.trim().to_owned());
    // The oldest servers call it as the function does.
    let of_template = code(template.get("code").or_else(|| template.get("hog")));
    if of_template.is_some_and(|of_template| code(fields.get("hog")).is_some_and(|own| own != of_template)) {
        known.lose("hog", "its code differs from its template's present code: a new one would have the template's");
    }
    Ok(())
}
