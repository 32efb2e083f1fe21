//! The part of an experiment's body that is about its flag, in either of two spellings.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::{filters, keys, read, rows as flags};
use crate::posthog::json::text;
use serde_json::{Map, Value, json};

/// Keys of `parameters` that are the flag's; everything else there is the experiment's own.
const OF_FLAG: [&str; 5] = [
    "feature_flag_variants",
    "rollout_percentage",
    "aggregation_group_type_index",
    "feature_flag_payloads",
    "ensure_experience_continuity",
];

const TOP: [&str; 3] = ["id", "filters", "ensure_experience_continuity"];
const FILTERS: [&str; 4] = ["multivariate", "groups", "aggregation_group_type_index", "payloads"];

/// What is asked of the flag.
#[derive(Debug, Default)]
pub(crate) struct Config {
    variants: Option<Vec<Value>>,
    groups: Option<Value>,
    rollout: Option<Value>,
    aggregation: Option<Value>,
    payloads: Option<Value>,
    continuity: Option<bool>,
}

fn refuse<T>(detail: &str) -> Result<T, Fault> {
    Err(Fault::invalid_input("feature_flag", detail))
}

/// The stored part of `parameters`.
pub(crate) fn own_parameters(sent: &Value) -> Value {
    let own = sent.as_object().into_iter().flatten().filter(|(key, _)| !OF_FLAG.contains(&key.as_str()));
    Value::Object(own.map(|(k, v)| (k.clone(), v.clone())).collect())
}

/// The part of `parameters` that is read from the flag.
pub(crate) fn projection(flag: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    let filters = flag.get("filters").unwrap_or(&Value::Null);
    let variants: Vec<Value> = filters::variants(filters)
        .iter()
        .map(|variant| {
            let mut variant = variant.clone();
            variant["split_percent"] = variant["rollout_percentage"].clone();
            variant
        })
        .collect();
    out.insert("feature_flag_variants".into(), json!(variants));
    let mut put = |name: &str, value: Option<&Value>| {
        if let Some(value) = value.filter(|v| !v.is_null() && **v != json!({})) {
            out.insert(name.to_owned(), value.clone());
        }
    };
    put("rollout_percentage", filters.pointer("/groups/0/rollout_percentage"));
    put("aggregation_group_type_index", filters.get("aggregation_group_type_index"));
    put("feature_flag_payloads", filters.get("payloads"));
    put("ensure_experience_continuity", flag.get("ensure_experience_continuity"));
    out
}

/// Two to twenty variants.
pub(crate) fn check_count(variants: usize) -> Result<(), Fault> {
    match variants {
        0 | 1 => {
            Err(Fault::invalid("Feature flag must have at least 2 variants (a baseline and at least one test variant)"))
        }
        2..=20 => Ok(()),
        _ => Err(Fault::invalid("Feature flag variants must be less than 21")),
    }
}

/// The key of a flag that may have to be made.
pub(crate) fn check_key(key: &str) -> Result<(), Fault> {
    if key.chars().count() > 400 {
        return Err(Fault::max_length("feature_flag_key", 400));
    }
    if key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Ok(());
    }
    let detail = "Only letters, numbers, hyphens (-) & underscores (_) are allowed.";
    Err(Fault::validation("invalid_key", detail).at("feature_flag_key"))
}

impl Config {
    /// Reads both spellings; nothing if neither asks for anything.
    pub(crate) fn read(body: &Map<String, Value>) -> Result<Option<Config>, Fault> {
        let mut config = Config::default();
        let mut asked = false;
        if let Some(parameters) = body.get("parameters").and_then(Value::as_object) {
            asked |= config.take_parameters(parameters)?;
        }
        if let Some(sent) = body.get("feature_flag").filter(|f| !f.is_null()) {
            let Some(sent) = sent.as_object() else { return refuse("feature_flag must be an object.") };
            // What was read may be sent back: it has an id.
            let echo = sent.get("id").is_some_and(|id| !id.is_null());
            if !echo && (sent.contains_key("filters") || sent.contains_key("ensure_experience_continuity")) {
                config.take_flag(sent)?;
                asked = true;
            }
        }
        if let Some(variants) = &mut config.variants {
            *variants = normal(variants)?;
            check_count(variants.len())?;
        }
        Ok(asked.then_some(config))
    }

    fn take_parameters(&mut self, parameters: &Map<String, Value>) -> Result<bool, Fault> {
        let get = |key: &str| parameters.get(key).filter(|v| !v.is_null());
        if let Some(variants) = get("feature_flag_variants") {
            let Some(list) = variants.as_array() else {
                return Err(Fault::not_a_list("feature_flag_variants", variants).under("parameters"));
            };
            if !list.is_empty() {
                self.variants = Some(list.clone());
            }
        }
        self.rollout = get("rollout_percentage").cloned();
        self.aggregation = get("aggregation_group_type_index").cloned();
        self.payloads = get("feature_flag_payloads").cloned();
        self.continuity = get("ensure_experience_continuity").and_then(Value::as_bool);
        Ok(OF_FLAG.iter().any(|key| get(key).is_some_and(|v| *v != json!([]))))
    }

    fn take_flag(&mut self, sent: &Map<String, Value>) -> Result<(), Fault> {
        let empty = Map::new();
        let filters = match sent.get("filters") {
            None | Some(Value::Null) => &empty,
            Some(Value::Object(filters)) => filters,
            Some(_) => return refuse("filters must be an object."),
        };
        let unknown = |of: &Map<String, Value>, known: &[&str]| of.keys().any(|k| !known.contains(&k.as_str()));
        if unknown(sent, &TOP) || unknown(filters, &FILTERS) {
            return refuse("Unsupported key for the experiment feature_flag input.");
        }
        if let Some(multivariate) = filters.get("multivariate").filter(|m| !m.is_null()) {
            let Some(list) = multivariate.get("variants").and_then(Value::as_array) else {
                return refuse("multivariate.variants must be a list.");
            };
            self.variants = Some(list.clone());
        }
        if let Some(groups) = filters.get("groups").filter(|g| !g.is_null()) {
            if groups.as_array().is_none_or(|g| g.len() > 1) {
                return refuse("groups must be a list with at most one condition set.");
            }
            self.groups = Some(groups.clone());
        }
        let get = |key: &str| filters.get(key).filter(|v| !v.is_null()).cloned();
        self.aggregation = get("aggregation_group_type_index").or(self.aggregation.take());
        self.payloads = get("payloads").or(self.payloads.take());
        match sent.get("ensure_experience_continuity") {
            None | Some(Value::Null) => {}
            Some(Value::Bool(on)) => self.continuity = Some(*on),
            Some(_) => return refuse("ensure_experience_continuity must be a boolean."),
        }
        Ok(())
    }

    /// Writes what was asked for into a flag's filters.
    fn write(&self, call: &PosthogCall, flag: u64, filters: &mut Map<String, Value>) -> Result<(), Fault> {
        if let Some(variants) = &self.variants {
            filters.insert("multivariate".into(), json!({ "variants": variants }));
        }
        if let Some(groups) = &self.groups {
            filters.insert("groups".into(), groups.clone());
        }
        if let Some(rollout) = self.rollout.as_ref().filter(|_| self.groups.is_none()) {
            if filters::items(filters, "groups").is_empty() {
                filters.insert("groups".into(), json!([{ "properties": [] }]));
            }
            if let Some(group) = filters::objects(filters, "groups").next() {
                group.insert("rollout_percentage".into(), rollout.clone());
            }
        }
        if let Some(index) = &self.aggregation {
            filters.insert("aggregation_group_type_index".into(), index.clone());
        }
        if let Some(payloads) = &self.payloads {
            filters.insert("payloads".into(), payloads.clone());
        }
        read::settle_filters(call, flag, filters).map_err(|fault| fault.under("feature_flag"))
    }

    /// Makes the flag of a new experiment.
    pub(crate) fn create(
        &self,
        call: &mut PosthogCall,
        key: &str,
        experiment: &Map<String, Value>,
    ) -> Result<u64, Fault> {
        let mut filters = Map::new();
        filters.insert("groups".into(), json!([{ "properties": [], "rollout_percentage": 100 }]));
        filters.insert(
            "multivariate".into(),
            json!({ "variants": [
            { "key": "control", "name": "Control Group", "rollout_percentage": 50 },
            { "key": "test", "name": "Test Variant", "rollout_percentage": 50 },
        ] }),
        );
        self.write(call, 0, &mut filters)?;
        keys::clear_key(call, key);
        let flag = json!({
            "key": key,
            "name": format!("Feature Flag for Experiment {}", text(experiment, "name")),
            "filters": filters,
            "active": experiment.get("start_date").is_some_and(|d| !d.is_null()),
            "ensure_experience_continuity": self.continuity.unwrap_or(false),
        });
        Ok(flags::create(call, flag.as_object().cloned().unwrap_or_default()))
    }

    /// Brings the flag of an experiment to what was asked for.
    pub(crate) fn sync(&self, call: &mut PosthogCall, flag: u64, launched: bool, opted_in: bool) -> Result<(), Fault> {
        let Some(row) = flags::flag(call, flag) else { return Ok(()) };
        let Some(old) = row.get("filters").and_then(Value::as_object) else { return Ok(()) };
        let mut filters = old.clone();
        self.write(call, flag, &mut filters)?;
        let was = row.get("ensure_experience_continuity").and_then(Value::as_bool);
        let continuity = self.continuity.filter(|c| Some(*c) != was);
        if filters == *old && continuity.is_none() {
            return Ok(());
        }
        let (before, after) = (Value::Object(old.clone()), Value::Object(filters));
        if launched && !opted_in {
            return refuse(
                "This experiment is running. To change its flag config, send update_feature_flag_params=true \
                 (or edit the feature flag directly).",
            );
        }
        if launched {
            let (mut was, mut is) = (filters::variant_keys(&before), filters::variant_keys(&after));
            was.sort_unstable();
            is.sort_unstable();
            if was != is {
                return Err(Fault::invalid("Can't update feature_flag_variants on Experiment"));
            }
        }
        let mut fields = Map::from_iter([("filters".to_owned(), after)]);
        if let Some(on) = continuity {
            fields.insert("ensure_experience_continuity".into(), json!(on));
        }
        flags::change(call, flag, fields);
        Ok(())
    }
}

/// Variants as a flag has them: shares under one name, and `control` in lower case.
fn normal(sent: &[Value]) -> Result<Vec<Value>, Fault> {
    let mut variants = Vec::new();
    for variant in sent {
        let Some(variant) = variant.as_object() else { return refuse("Each variant must be an object.") };
        let mut variant = variant.clone();
        if let Some(split) = variant.remove("split_percent").filter(|s| !s.is_null()) {
            variant.insert("rollout_percentage".into(), split);
        }
        variants.push(Value::Object(variant));
    }
    if !variants.iter().any(|v| v["key"] == json!("control"))
        && let Some(control) =
            variants.iter_mut().find(|v| v["key"].as_str().is_some_and(|k| k.eq_ignore_ascii_case("control")))
    {
        control["key"] = json!("control");
    }
    Ok(variants)
}
