//! Every live object of a kind, read from its lists.

use crate::error::Error;
use crate::http::{Client, FailureKind};
use plg_core::{Listing, Live, Map, Spec, linked};
use serde_json::Value as Json;
use std::sync::Arc;

/// How many requests are under way at once.
const PARALLEL: usize = 16;

/// Every live object of a list, of which about so many are expected; none where the parent is gone.
pub(crate) async fn list(
    client: &Client,
    keyword: &str,
    listing: &Listing,
    expected: usize,
) -> Result<Vec<Live>, Error> {
    let Some(spec) = linked::find(keyword) else { return Ok(Vec::new()) };
    match client.list_as(listing, expected, of_row(spec, listing)).await {
        Ok(rows) => Ok(rows.into_iter().flatten().collect()),
        // No parent, or one of another type than declared, such as a number that should be a select: it is replaced.
        // A kind without parents always has its list: if the list is not found, that is an error, not an empty list.
        Err(failure)
            if matches!(failure.kind, FailureKind::NotFound | FailureKind::Refused)
                && listing.rows.as_ref().map_or(!spec.wire.parents().is_empty(), |rows| rows.is_within) =>
        {
            Ok(Vec::new())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Reads the rows of a list.
pub(super) fn of_row(spec: &'static Spec, listing: &Listing) -> impl Fn(Json) -> Option<Live> + Clone + use<> {
    let listing = Arc::new(listing.clone());
    move |row| {
        let mut live = spec.wire.read_row(row, &listing)?;
        live.fields = fitting(live.fields);
        Some(live)
    }
}

/// The same with no more room than it needs: while an answer is read, nobody knows how many keys are to come, and of
/// thousands of objects as much room would be empty as is used.
fn fitting(map: Map) -> Map {
    let mut all = Map::with_capacity(map.len());
    all.extend(map.into_iter().map(|(key, value)| (key, fit(value))));
    all
}

fn fit(value: Json) -> Json {
    match value {
        Json::Object(map) => Json::Object(fitting(map)),
        Json::Array(list) => Json::Array(list.into_iter().map(fit).collect()),
        other => other,
    }
}

/// What lists leave out, asked for as if every field were declared.
pub(crate) async fn detailed(client: &Client, spec: &'static Spec, rows: Vec<Live>) -> Result<Vec<Live>, Error> {
    let gate = Arc::new(tokio::sync::Semaphore::new(PARALLEL));
    let mut tasks = tokio::task::JoinSet::new();
    let fields = spec.fields.iter().flat_map(|field| spec.wire.fields_of(&field.name));
    let asked = fields.map(|field| ((*field).to_owned(), serde_json::Value::Null)).collect();
    let mut all: Vec<Live> = Vec::new();
    for (place, live) in rows.into_iter().enumerate() {
        if let Some(call) = spec.wire.detail(&live.id, &asked).filter(|_| !live.archived) {
            let (client, gate) = (client.clone(), gate.clone());
            tasks.spawn(async move {
                let _permit = gate.acquire().await;
                let answer = client.read(&call).await;
                (place, answer.map(|json| spec.wire.read(json)))
            });
        }
        all.push(live);
    }
    while let Some(task) = tasks.join_next().await {
        let Ok((place, answer)) = task else { continue };
        if let (Some(live), Some(slot)) = (answer?, all.get_mut(place)) {
            *slot = live;
        }
    }
    Ok(all)
}
