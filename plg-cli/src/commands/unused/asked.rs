//! What an account says that applications sent to it.
//!
//! Its definitions say which events there are and when each was last seen; a query says how often, with which
//! properties, and of which type these were. A key that may not ask queries still has the definitions.

use jiff::Timestamp;
use plg_core::AccountName;
use plg_core::wire::segment;
use plg_flags::sent::{
    DeclaredToSend, SentEvent, SentName, SentNames, SentProperty, SentSort, SentTimes, is_own_event,
};
use plg_runtime::error::Error;
use plg_runtime::http::{Failure, FailureKind};
use plg_runtime::session::Session;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Where everything of a project is.
const PROJECT: &str = "/api/projects/{project}/";

/// How many rows a page of definitions has.
const PAGE: usize = 500;

/// How many rows a query answers at most: as many as the API gives.
const ROWS: usize = 50_000;

/// How many different values of a property are looked at.
const VALUES: usize = 500;

/// What was sent to an account, and what could not be found out of it.
#[derive(Debug, Default)]
pub(super) struct SentThere {
    pub(super) sent: SentNames,
    /// Sentences.
    pub(super) unknown: Vec<String>,
}

/// One account that is asked about the time since an instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct SentQuestion<'a> {
    pub(super) session: &'a Session,
    pub(super) account: AccountName,
    pub(super) since: Duration,
}

/// A row of a query.
type QueryRow = Vec<Value>;

/// Asks for everything that can be compared with what is declared.
///
/// # Errors
/// When the account does not answer at all, or its key is not accepted.
pub(super) async fn sent(of: SentQuestion<'_>, declared: &DeclaredToSend) -> Result<SentThere, Error> {
    let mut there = SentThere::default();
    let mut events: BTreeMap<String, SentEvent> = BTreeMap::new();
    let lost = "plg cannot count these events, and does not compare them";
    let defined = there.known(of.listed("event_definitions/?event_type=event_custom").await, lost)?;
    let is_defined = defined.is_some();
    for row in defined.into_iter().flatten() {
        let (Some(name), Some(last)) = (text(&row, "name"), text(&row, "last_seen_at").and_then(instant)) else {
            continue;
        };
        if of.is_within(last) {
            let times = SentTimes { count: None, last: Some(written(last)) };
            events.insert(name.to_owned(), SentEvent { name: name.to_owned(), times, properties: None });
        }
    }
    let counted = there.known(
        of.rows(
            "select event, count() as times_sent, max(timestamp) as last_sent from events \
             where event not like '$%' and {window} group by event order by times_sent desc",
            json!({}),
        )
        .await,
        "counts, values and flags are not compared, and a property counts as sent where it ever was",
    )?;
    let is_counted = counted.is_some();
    for row in counted.into_iter().flatten() {
        let Some(name) = row.first().and_then(Value::as_str) else { continue };
        let event = SentEvent { name: name.to_owned(), times: times(&row, 1), properties: None };
        events.insert(name.to_owned(), event);
    }
    let keys = match is_counted {
        true => there.known(of.keys().await, "a property counts as sent where it ever was")?,
        false => None,
    };
    match keys {
        Some(keys) => there.add_keys(of, declared, keys, &mut events).await?,
        None => there.add_definitions(of, declared, &mut events).await?,
    }
    if is_counted {
        there.sent.flags = there.flags(of).await?;
        there.add_texts(of, declared, &mut events).await?;
    }
    if is_defined || is_counted {
        there.sent.events = Some(events.into_values().collect());
    }
    Ok(there)
}

impl SentThere {
    /// What was answered; nothing, with a sentence, where this key or this server does not answer it.
    fn known<T>(&mut self, answer: Result<T, Error>, lost: &str) -> Result<Option<T>, Error> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::Remote(failure)) if is_partial(&failure) => {
                let key = failure.asked.key.as_deref().map(|key| format!(" (the key is in {key})")).unwrap_or_default();
                self.unknown.push(format!("{lost}: {failure}{key}"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The properties that a query found with each event, and of people.
    async fn add_keys(
        &mut self,
        of: SentQuestion<'_>,
        declared: &DeclaredToSend,
        keys: Vec<QueryRow>,
        events: &mut BTreeMap<String, SentEvent>,
    ) -> Result<(), Error> {
        if keys.len() >= ROWS {
            self.unknown.push(format!("plg compares only the {ROWS} most frequent properties of events"));
        }
        let mut all: BTreeMap<String, SentProperty> = BTreeMap::new();
        for event in events.values_mut().filter(|event| event.times.count.is_some()) {
            event.properties = Some(Vec::new());
        }
        let mut of_event: BTreeMap<&str, BTreeMap<String, SentProperty>> = BTreeMap::new();
        for row in &keys {
            let (Some(event), Some(name)) = (at(row, 0), at(row, 1)) else { continue };
            merge(&mut all, name, &row[2..]);
            merge(of_event.entry(event).or_default(), name, &row[2..]);
        }
        for (event, properties) in of_event {
            if let Some(event) = events.get_mut(event) {
                event.properties = Some(properties.into_values().collect());
            }
        }
        self.sent.properties = Some(all.into_values().collect());
        let mut people: BTreeMap<String, SentProperty> = BTreeMap::new();
        for said in ["$set", "$set_once"] {
            let rows = self.known(of.keys_of_people(said).await, "properties of people are not compared")?;
            let Some(rows) = rows else { return self.add_defined_people(of, declared).await };
            rows.iter().for_each(|row| {
                if let Some(name) = at(row, 0) {
                    merge(&mut people, name, &row[1..]);
                }
            });
        }
        self.sent.of_people = Some(people.into_values().collect());
        Ok(())
    }

    /// The properties that were ever seen with each event that is declared, and of people.
    async fn add_definitions(
        &mut self,
        of: SentQuestion<'_>,
        declared: &DeclaredToSend,
        events: &mut BTreeMap<String, SentEvent>,
    ) -> Result<(), Error> {
        let lost = "properties of events are not compared";
        for event in declared.events.iter().filter(|event| !is_own_event(&event.name)) {
            let Some(sent) = events.get_mut(&event.name) else { continue };
            let names = segment(&json!([event.name]).to_string());
            let path = format!("property_definitions/?type=event&event_names={names}&filter_by_event_names=true");
            let Some(rows) = self.known(of.listed(&path).await, lost)? else { return Ok(()) };
            sent.properties = Some(rows.iter().filter_map(defined).collect());
        }
        if !declared.properties.is_empty() {
            let rows = self.known(of.listed("property_definitions/?type=event").await, lost)?;
            self.sent.properties = rows.map(|rows| rows.iter().filter_map(defined).collect());
        }
        self.add_defined_people(of, declared).await
    }

    async fn add_defined_people(&mut self, of: SentQuestion<'_>, declared: &DeclaredToSend) -> Result<(), Error> {
        let lost = "properties of people are not compared";
        // Without a declaration nobody gave the key the scope for it.
        if !declared.of_people.is_empty() {
            let rows = self.known(of.listed("property_definitions/?type=person").await, lost)?;
            self.sent.of_people = rows.map(|rows| rows.iter().filter_map(defined).collect());
        }
        Ok(())
    }

    /// The flags that were asked for.
    async fn flags(&mut self, of: SentQuestion<'_>) -> Result<Option<Vec<SentName>>, Error> {
        let query = "select JSONExtractString(properties, '$feature_flag') as flag_key, count() as times_sent, \
                     max(timestamp) as last_sent from events where event = '$feature_flag_called' and {window} \
                     group by flag_key order by times_sent desc";
        let rows = self.known(of.rows(query, json!({})).await, "flags are not compared")?;
        let name = |row: &QueryRow| {
            let key = at(row, 0).filter(|key| !key.is_empty())?;
            Some(SentName { name: key.to_owned(), times: times(row, 1) })
        };
        Ok(rows.map(|rows| rows.iter().filter_map(name).collect()))
    }

    /// The texts of properties that are one of a few.
    async fn add_texts(
        &mut self,
        of: SentQuestion<'_>,
        declared: &DeclaredToSend,
        events: &mut BTreeMap<String, SentEvent>,
    ) -> Result<(), Error> {
        let query = "select JSONExtractRaw(properties, {property}) as property_value, count() as times_sent, \
                     max(timestamp) as last_sent from events where event = {event} and {window} \
                     group by property_value order by times_sent desc";
        for event in &declared.events {
            let Some(sent) = events.get_mut(&event.name).and_then(|event| event.properties.as_mut()) else { continue };
            for property in event.properties.iter().filter(|property| !property.texts.is_empty()) {
                let Some(sent) = sent.iter_mut().find(|sent| sent.name == property.name) else { continue };
                let values = json!({ "event": event.name, "property": property.name });
                let rows = of.rows_up_to(query, values, VALUES).await;
                let Some(rows) = self.known(rows, "values of properties are not compared")? else { return Ok(()) };
                sent.texts = texts(&rows);
            }
        }
        Ok(())
    }
}

impl SentQuestion<'_> {
    fn is_within(&self, at: Timestamp) -> bool {
        Timestamp::now().duration_since(at).unsigned_abs() <= self.since || at > Timestamp::now()
    }

    /// Every row of a list.
    async fn listed(&self, path: &str) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        loop {
            let page = format!("{PROJECT}{path}&limit={PAGE}&offset={}", all.len());
            let mut answer = self.session.ask(self.account, &page).await?;
            let rows = answer.get_mut("results").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
            let is_last = rows.is_empty() || answer.get("next").is_none_or(Value::is_null);
            all.extend(rows);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// The rows that a query answers. `{window}` in it stands for the time that is asked about.
    async fn rows(&self, query: &str, values: Value) -> Result<Vec<QueryRow>, Error> {
        self.rows_up_to(query, values, ROWS).await
    }

    async fn rows_up_to(&self, query: &str, values: Value, most: usize) -> Result<Vec<QueryRow>, Error> {
        let window = format!("timestamp >= now() - toIntervalSecond({})", self.since.as_secs());
        let query = format!("{} limit {most}", query.replace("{window}", &window));
        let body = json!({ "query": { "kind": "HogQLQuery", "query": query, "values": values } });
        let mut answer = self.session.query(self.account, &format!("{PROJECT}query/"), body).await?;
        let rows = answer.get_mut("results").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
        let row = |row: Value| if let Value::Array(row) = row { Some(row) } else { None };
        Ok(rows.into_iter().filter_map(row).collect())
    }

    /// Event, property, type, how often, when last.
    async fn keys(&self) -> Result<Vec<QueryRow>, Error> {
        let query = "select event, arrayJoin(JSONExtractKeys(properties)) as property_name, \
                     JSONType(properties, property_name) as json_type, count() as times_sent, \
                     max(timestamp) as last_sent from events where event not like '$%' and {window} \
                     group by event, property_name, json_type order by times_sent desc";
        self.rows(query, json!({})).await
    }

    /// Property of people, type, how often, when last.
    async fn keys_of_people(&self, said: &str) -> Result<Vec<QueryRow>, Error> {
        let query = format!(
            "select arrayJoin(JSONExtractKeys(properties, '{said}')) as property_name, \
             JSONType(properties, '{said}', property_name) as json_type, count() as times_sent, \
             max(timestamp) as last_sent from events where {{window}} \
             group by property_name, json_type order by times_sent desc"
        );
        self.rows(&query, json!({})).await
    }
}

/// Whether a refusal is about this question alone: others may still be answered.
fn is_partial(failure: &Failure) -> bool {
    use FailureKind::{Billing, Limited, Malformed, NotFound, Refused, Scope, Server, Timeout};
    let kinds = [Billing, Limited, Malformed, NotFound, Refused, Scope, Server, Timeout];
    failure.status.is_some() && kinds.contains(&failure.kind)
}

/// Adds type, how often and when last to what is known of a property.
fn merge(all: &mut BTreeMap<String, SentProperty>, name: &str, rest: &[Value]) {
    let known =
        all.entry(name.to_owned()).or_insert_with(|| SentProperty { name: name.to_owned(), ..SentProperty::default() });
    let times = times(rest, 1);
    known.times = std::mem::take(&mut known.times).and(times.clone());
    // Nothing has no type.
    let Some(sort) = at(rest, 0).and_then(SentSort::read) else { return };
    match known.sorts.iter_mut().find(|(other, _)| *other == sort) {
        Some((_, count)) => *count = count.zip(times.count).map(|(one, other)| one.saturating_add(other)),
        None => known.sorts.push((sort, times.count)),
    }
}

/// A property as its definition has it.
fn defined(row: &Value) -> Option<SentProperty> {
    let sort = text(row, "property_type").and_then(SentSort::read);
    let sorts = sort.map(|sort| (sort, None)).into_iter().collect();
    Some(SentProperty { name: text(row, "name")?.to_owned(), sorts, ..SentProperty::default() })
}

/// The texts among values that are JSON; of a list those in it.
fn texts(rows: &[QueryRow]) -> Vec<SentName> {
    let mut all: BTreeMap<String, SentTimes> = BTreeMap::new();
    for row in rows {
        let found = match at(row, 0).and_then(|raw| serde_json::from_str(raw).ok()) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => continue,
        };
        for text in found {
            let known = all.entry(text).or_default();
            *known = std::mem::take(known).and(times(row, 1));
        }
    }
    all.into_iter().map(|(name, times)| SentName { name, times }).collect()
}

/// How often, and in the column behind it when last.
fn times(row: &[Value], column: usize) -> SentTimes {
    let last = at(row, column + 1).map(|last| instant(last).map_or_else(|| last.to_owned(), written));
    SentTimes { count: row.get(column).and_then(Value::as_u64), last }
}

fn at(row: &[Value], column: usize) -> Option<&str> {
    row.get(column).and_then(Value::as_str)
}

fn text<'r>(row: &'r Value, key: &str) -> Option<&'r str> {
    row.get(key).and_then(Value::as_str)
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_from_all_else() {
        let row = |raw: &str, count: u64| vec![json!(raw), json!(count), json!("2026-11-29T14:03:05.123000Z")];
        let rows = [row("\"pro\"", 2), row("[\"pro\",\"free\",3]", 1), row("3", 1), row("null", 1), row("", 4)];
        let last = Some("2026-11-29T14:03:05Z".to_owned());
        let name = |name: &str, count| SentName {
            name: name.to_owned(),
            times: SentTimes { count: Some(count), last: last.clone() },
        };
        assert_eq!(texts(&rows), [name("free", 1), name("pro", 3)]);
    }

    #[test]
    fn types_of_one_property_are_counted_apart() {
        let mut all = BTreeMap::new();
        for (sort, count) in [("UInt64", 2), ("Double", 1), ("String", 1), ("Null", 7)] {
            merge(&mut all, "seats", &[json!(sort), json!(count), json!("2026-11-29T14:03:05+02:00")]);
        }
        let seats = &all["seats"];
        assert_eq!(seats.sorts, [(SentSort::Number, Some(3)), (SentSort::Text, Some(1))]);
        assert_eq!(seats.times, SentTimes { count: Some(11), last: Some("2026-11-29T12:03:05Z".to_owned()) });
    }
}
