//! The contents of both accounts, by the names that people know: read from the sandbox's own rows, without plg.

use plg_sandbox::Sandbox;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Tables whose rows people tell apart by one field.
const NAMED: [(&str, &str); 22] = [
    ("posthog.actions", "name"),
    ("posthog.alerts", "name"),
    ("posthog.annotations", "content"),
    ("posthog.cohorts", "name"),
    ("posthog.dashboards", "name"),
    ("posthog.early_access_features", "name"),
    ("posthog.event_definitions", "name"),
    ("posthog.experiments", "name"),
    ("posthog.flags", "key"),
    ("posthog.holdouts", "name"),
    ("posthog.hog_functions", "name"),
    ("posthog.insights", "name"),
    ("posthog.insight_variables", "name"),
    ("posthog.property_definitions", "name"),
    ("posthog.property_groups", "name"),
    ("posthog.recording_playlists", "name"),
    ("posthog.saved_metrics", "name"),
    ("posthog.scheduled_changes", "scheduled_at"),
    ("posthog.subscriptions", "title"),
    ("posthog.surveys", "name"),
    ("attio.tasks", "content_plaintext"),
    ("attio.webhooks", "target_url"),
];

/// The table of what says which events have which groups of properties: such a row has no name.
const SCHEMAS: &str = "posthog.event_schemas";

/// The tables of tiles, one of each dashboard, whose number follows.
const TILES: &str = "posthog.tiles.";

/// What a tile holds, the table of that, and the field that people read.
const SHOWN: [(&str, &str, &str); 3] = [
    ("insight_id", "posthog.insights", "name"),
    ("text_id", "posthog.texts", "body"),
    ("button_id", "posthog.buttons", "text"),
];

/// A table of an API that is mounted beside Attio and PostHog, for [`Ledger`].
#[derive(Debug, Clone, Copy)]
pub struct LedgerTable {
    /// Its name in the sandbox's store: `stripe.prices`.
    pub table: &'static str,
    /// The field that people tell its rows apart by.
    pub named: &'static str,
    /// Fields that a bench holds against those of an undisturbed run.
    pub fields: &'static [&'static str],
    /// Whether people see a row as gone.
    pub is_gone: fn(&Value) -> bool,
}

/// A kind and a name.
type Named = (String, String);

/// Everything that is there and neither deleted nor archived.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger(BTreeMap<Named, BTreeMap<String, Value>>);

/// The fields that are compared of what comes with plg.
const FIELDS: [&str; 4] = ["description", "title", "type", "rollout_percentage"];

/// How one ledger differs from the one it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What is missing, or not as it should be.
    pub lost: Vec<String>,
    /// What is there more often than it should be.
    pub doubled: Vec<String>,
}

impl Ledger {
    /// What is in these accounts.
    pub fn of(sandbox: &Sandbox) -> Ledger {
        Ledger::with(sandbox, &[])
    }

    /// What is in these accounts, also in tables of what is mounted.
    pub fn with(sandbox: &Sandbox, tables: &[LedgerTable]) -> Ledger {
        let rows = sandbox.rows();
        let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
        let mut ledger = Ledger::default();
        // Slugs of objects and lists, and those of attributes after them, by id.
        let mut slugs: BTreeMap<String, String> = BTreeMap::new();
        for ((table, key), row) in &rows {
            match table.as_str() {
                "attio.objects" | "attio.lists" => {
                    slugs.insert(key.clone(), text(row, "api_slug"));
                    ledger.add(table, text(row, "api_slug"), key, row);
                }
                _ => {}
            }
        }
        let attributes: Vec<_> = rows.iter().filter(|((t, _), _)| t.starts_with("attio.attributes.")).collect();
        for ((table, key), row) in attributes {
            let Some(parent) = slugs.get(table.trim_start_matches("attio.attributes.")) else { continue };
            let slug = format!("{parent}.{}", text(row, "api_slug"));
            ledger.add("attio.attributes", slug.clone(), key, row);
            // What is archived takes its choices with it.
            if row["is_archived"] != true {
                slugs.insert(key.clone(), slug);
            }
        }
        for ((table, key), row) in &rows {
            if let Some(attribute) = table.strip_prefix("attio.choices.") {
                let Some(attribute) = slugs.get(attribute) else { continue };
                ledger.add("attio.choices", format!("{attribute}: {}", text(row, "title")), key, row);
            } else if let Some(dashboard) = table.rsplit('/').next().and_then(|own| own.strip_prefix(TILES)) {
                ledger.add_tile(&rows, table, dashboard, key, row);
            } else if let Some(account) = table.strip_suffix(SCHEMAS) {
                let named = |table: &str, id: &Value| {
                    let found = rows.get(&(format!("{account}{table}"), id.as_str().unwrap_or_default().to_owned()));
                    found.map_or("nothing".to_owned(), |found| text(found, "name"))
                };
                let event = named("posthog.event_definitions", &row["event_definition"]);
                let group = named("posthog.property_groups", &row["_group"]);
                ledger.put(table, format!("{event}: {group}"), key, json!({}));
            } else if let Some((_, field)) = NAMED.iter().find(|(named, _)| Some(*named) == table.rsplit('/').next()) {
                ledger.add(table, text(row, field), key, row);
            } else if let Some(own) = tables.iter().find(|own| Some(own.table) == table.rsplit('/').next()) {
                let kept = |name: &&str| row.get(*name).map(|value| ((*name).to_owned(), value.clone()));
                let shown = Value::Object(own.fields.iter().filter_map(kept).collect());
                if !(own.is_gone)(row) {
                    ledger.put(table, text(row, own.named), key, shown);
                }
            }
        }
        ledger
    }

    fn add(&mut self, table: &str, name: String, key: &str, row: &Value) {
        let set = |field: &str| row.get(field).is_some_and(|value| *value == true);
        let gone = set("deleted") || set("is_archived") || set("archived");
        // What a server makes by itself is nobody's: the hidden flags of surveys, dashboards of usage.
        let of_server = set("_internal")
            || name.starts_with("Generated Dashboard: ")
            || name.starts_with("Feature Flag Called Total Volume")
            || name.starts_with("Feature Flag calls made by unique users");
        if !gone && !of_server {
            let kept = |field: &&str| row.get(*field).map(|value| ((*field).to_owned(), value.clone()));
            self.put(table, name, key, Value::Object(FIELDS.iter().filter_map(kept).collect()));
        }
    }

    /// A tile, by what it shows: it has no name.
    fn add_tile(
        &mut self,
        rows: &BTreeMap<(String, String), Value>,
        table: &str,
        dashboard: &str,
        key: &str,
        row: &Value,
    ) {
        let account = table.strip_suffix(&format!("{TILES}{dashboard}")).unwrap_or_default();
        let text_of = |table: &str, id: &str, field: &str| {
            let found = rows.get(&(format!("{account}{table}"), id.to_owned()))?;
            (found["deleted"] != true).then(|| found[field].as_str().unwrap_or_default().to_owned())
        };
        let shown = SHOWN.iter().find_map(|(holds, table, field)| Some((*table, row[*holds].as_u64()?, *field)));
        let Some((of, id, field)) = shown else { return };
        let place = text_of("posthog.dashboards", dashboard, "name").zip(text_of(of, &id.to_string(), field));
        if let (Some((dashboard, what)), false) = (place, row["deleted"] == true) {
            // Where nobody says where it is, the order in which tiles came to be decides that.
            let kept = json!({ "color": row["color"] });
            self.put(&format!("{account}posthog.tiles"), format!("{dashboard}: {what}"), key, kept);
        }
    }

    fn put(&mut self, table: &str, name: String, key: &str, compared: Value) {
        self.0.entry((table.to_owned(), name)).or_default().insert(key.to_owned(), compared);
    }

    /// How this differs from what it should be. How often something is annotated is not looked at: each deploy may
    /// leave a mark.
    #[must_use]
    pub fn against(&self, wanted: &Ledger) -> Verdict {
        let mut verdict = Verdict::default();
        let nothing = BTreeMap::new();
        for named in self.0.keys().chain(wanted.0.keys()).collect::<BTreeSet<_>>() {
            let (table, name) = named;
            let there = self.0.get(named).unwrap_or(&nothing);
            let should = wanted.0.get(named).unwrap_or(&nothing);
            let counts = table != "posthog.annotations";
            if there.len() < should.len() && (counts || there.is_empty()) {
                verdict.lost.push(format!(
                    "{table} `{name}` is there {} and not {}",
                    times(there.len()),
                    times(should.len())
                ));
            } else if there.len() > should.len() && counts {
                let ids: Vec<&str> = there.keys().map(String::as_str).collect();
                let (is, not) = (times(there.len()), times(should.len()));
                verdict.doubled.push(format!("{table} `{name}` is there {is} and not {not}: {}", ids.join(", ")));
            }
            if let (Some(is), Some(to_be)) = (there.values().next(), should.values().next())
                && (there.len(), should.len()) == (1, 1)
            {
                let fields = [is, to_be].into_iter().filter_map(Value::as_object).flat_map(|row| row.keys());
                for field in fields.collect::<BTreeSet<_>>() {
                    if is.get(field) != to_be.get(field) {
                        let (is, to_be) = (is.get(field), to_be.get(field));
                        verdict.lost.push(format!("{table} `{name}` has {field} {is:?} and not {to_be:?}"));
                    }
                }
            }
        }
        verdict
    }
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty()
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "never".into(),
        1 => "once".into(),
        2 => "twice".into(),
        more => format!("{more} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_sandbox::{Reply, SandboxRequest};

    const DASHBOARDS: &str = "/api/projects/12345/dashboards/";

    fn request(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Reply {
        let mut request = SandboxRequest::new(method, path);
        request.headers.push(("authorization".into(), "Bearer somebody".into()));
        request.body = body.to_string().into_bytes();
        sandbox.answer(&request)
    }

    #[test]
    fn what_is_missing_twice_or_otherwise_is_seen() {
        let sandbox = Sandbox::open(None, None).expect("it is in memory");
        let make = |sandbox: &Sandbox, name: &str, words: &str| {
            let body = json!({ "name": name, "description": words });
            request(sandbox, "POST", DASHBOARDS, &body).body.expect("it is made")["id"].clone()
        };
        make(&sandbox, "Growth", "Ours.");
        let wanted = Ledger::of(&sandbox);
        assert!(wanted.against(&wanted).is_good());

        let twice = sandbox.fork();
        let id = make(&twice, "Growth", "Ours.");
        let verdict = Ledger::of(&twice).against(&wanted);
        assert!(verdict.lost.is_empty());
        assert_eq!(verdict.doubled, [format!("posthog.dashboards `Growth` is there twice and not once: 1, {id}")]);

        let path = format!("{DASHBOARDS}1/");
        let (gone, other) = (sandbox.fork(), sandbox.fork());
        let _ = request(&gone, "PATCH", &path, &json!({ "deleted": true }));
        let verdict = Ledger::of(&gone).against(&wanted);
        assert_eq!(verdict.lost, ["posthog.dashboards `Growth` is there never and not once"]);
        let _ = request(&other, "PATCH", &path, &json!({ "description": "Theirs." }));
        assert!(Ledger::of(&other).against(&wanted).lost[0].contains("has description"), "{other:?}");
    }
}
