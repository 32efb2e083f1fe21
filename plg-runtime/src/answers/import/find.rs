//! Everything live of every kind, with the whole answers, and what could not be read of it.

use super::strange;
use crate::error::Error;
use crate::http::{Client, Clients, Failure, FailureKind};
use plg_core::linked::importers;
use plg_core::serde_json::Value as Json;
use plg_core::source::{Fate, Gap, Importer, LiveKind, Only};
use plg_core::{AccountName, Listing, Live, Provider, Spec};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// How many details are asked for at once.
const PARALLEL: usize = 16;

/// What was found, and what was not.
#[derive(Default)]
pub(super) struct Found {
    pub(super) kinds: Vec<LiveKind>,
    /// What is in no declaration: kinds that cannot be read, rows that nobody can read, objects that an API makes by
    /// itself, and kinds that the language does not have.
    pub(super) left_out: Vec<Gap>,
    /// How many lists, details and rows could not be read.
    pub(super) unread: usize,
}

/// One list of a kind.
#[derive(Default)]
struct Rows {
    live: Vec<(Live, Json)>,
    /// Rows in which nothing can be recognised.
    strange: Vec<Json>,
    /// Objects whose detail could not be read.
    undetailed: Vec<(Live, Failure)>,
}

/// Reads every kind, parents first; with `only`, the kinds that these are of or can refer to.
pub(super) async fn find(
    found: &mut Found,
    clients: &Clients,
    account: (&'static Provider, AccountName),
    only: &[Only],
) -> Result<(), Error> {
    let client = &clients.of(account.0, account.1);
    let mut first: Option<Failure> = None;
    let mut readable = false;
    let needed = needed(only);
    for importer in
        account.0.importers.iter().filter(|importer| only.is_empty() || needed.contains(importer.spec.keyword))
    {
        let spec = importer.spec;
        let (mut live, mut answers) = (Vec::new(), HashMap::new());
        let (mut lost, mut unlisted) = (Vec::<Failure>::new(), Vec::new());
        for parent in (importer.parents)(&found.kinds) {
            match read(client, importer, &spec.wire.listing(&parent)).await {
                Ok(rows) => {
                    readable = true;
                    found.unread += rows.strange.len() + rows.undetailed.len();
                    found.left_out.extend(unrecognised(spec, &rows.strange));
                    found
                        .left_out
                        .extend(rows.undetailed.iter().map(|(live, failure)| undetailed(spec, live, failure)));
                    for (one, answer) in rows.live {
                        answers.insert(one.id.clone(), answer);
                        live.push(one);
                    }
                }
                Err(failure) if ends(&failure) => return Err(failure.into()),
                Err(failure) => {
                    unlisted.push(parent);
                    lost.push(failure);
                }
            }
        }
        found.unread += lost.len();
        found.left_out.extend(unreadable(spec, &lost, live.is_empty()));
        first = first.or_else(|| lost.into_iter().next());
        let all = live.len();
        let made = live.iter().find(|live| spec.wire.is_made_by_api(live)).cloned();
        live.retain(|live| !spec.wire.is_made_by_api(live));
        found.left_out.extend(made.map(|made| made_by_api(spec, &made, all - live.len())));
        found.kinds.push(LiveKind { spec, live, answers, unlisted, remembered: BTreeSet::new() });
    }
    match first {
        Some(failure) if !readable => Err(failure.into()),
        _ => {
            if only.is_empty() {
                found.left_out.extend(strange::find(client).await?);
            }
            Ok(())
        }
    }
}

/// The kinds that some kinds are of, are inside, or can refer to.
fn needed(only: &[Only]) -> BTreeSet<&'static str> {
    let mut needed: BTreeSet<&'static str> = BTreeSet::new();
    let mut open: Vec<&'static str> = only.iter().map(|only| only.kind).collect();
    while let Some(kind) = open.pop() {
        if !needed.insert(kind) {
            continue;
        }
        let Some(importer) = importers().find(|importer| importer.spec.keyword == kind) else { continue };
        open.extend(importer.spec.wire.may_mention());
        open.extend(importer.beside);
    }
    needed
}

/// Whether nothing else can be read either.
fn ends(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Auth | FailureKind::Unreachable)
}

/// Everything in one list, with what its rows leave out.
async fn read(client: &Client, importer: &Importer, listing: &Listing) -> Result<Rows, Failure> {
    let spec = importer.spec;
    let rows = match client.list(listing, 0).await {
        Ok(rows) => rows,
        // The parent is gone, or of another type by now.
        Err(failure)
            if matches!(failure.kind, FailureKind::NotFound | FailureKind::Refused)
                && !spec.wire.parents().is_empty() =>
        {
            return Ok(Rows::default());
        }
        Err(failure) => return Err(failure),
    };
    let mut out = Rows::default();
    for row in rows {
        match spec.wire.read(row.clone()) {
            _ if importer.is_hidden(&row) => {}
            Some(live) => out.live.push((live, row)),
            None => out.strange.push(row),
        }
    }
    detail(client, spec, out).await
}

/// What rows leave out, asked for as if every field were declared. What of it cannot be read is taken out.
async fn detail(client: &Client, spec: &'static Spec, mut rows: Rows) -> Result<Rows, Failure> {
    let gate = Arc::new(tokio::sync::Semaphore::new(PARALLEL));
    let mut tasks = tokio::task::JoinSet::new();
    let fields = spec.fields.iter().flat_map(|field| spec.wire.fields_of(&field.name));
    let asked = fields.map(|field| ((*field).to_owned(), Json::Null)).collect();
    for (place, (live, _)) in rows.live.iter().enumerate() {
        let Some(call) = spec.wire.detail(&live.id, &asked).filter(|_| !live.archived) else { continue };
        let (client, gate) = (client.clone(), gate.clone());
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            (place, client.read(&call).await)
        });
    }
    let mut failed: Vec<(usize, Failure)> = Vec::new();
    while let Some(task) = tasks.join_next().await {
        let Ok((place, answer)) = task else { continue };
        match answer {
            Ok(json) => {
                if let (Some(live), Some(slot)) = (spec.wire.read(json.clone()), rows.live.get_mut(place)) {
                    *slot = (live, json);
                }
            }
            Err(failure) if ends(&failure) => return Err(failure),
            Err(failure) => failed.push((place, failure)),
        }
    }
    failed.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    for (place, failure) in failed {
        let (live, _) = rows.live.remove(place);
        rows.undetailed.push((live, failure));
    }
    Ok(rows)
}

/// What is said of a kind of which nothing can be read, or not all.
fn unreadable(spec: &Spec, failures: &[Failure], all: bool) -> Option<Gap> {
    let first = failures.first()?;
    let lists = match failures.len() {
        1 => String::new(),
        many => format!(" in {many} lists"),
    };
    Some(Gap {
        kind: spec.keyword,
        name: if all { "of every name".to_owned() } else { "of some names".to_owned() },
        id: if all {
            "plg could read none of them".to_owned()
        } else {
            format!("plg could not read some of them{lists}")
        },
        fate: Fate::LeftOut,
        why: vec![first.to_string(), first.hint()],
        keys: Vec::new(),
    })
}

/// What is said of rows in which nothing can be recognised.
fn unrecognised(spec: &Spec, rows: &[Json]) -> Option<Gap> {
    let first = rows.first()?;
    let others = if rows.len() > 1 { format!(", and {} more", rows.len() - 1) } else { String::new() };
    Some(Gap {
        kind: spec.keyword,
        name: "without a readable id".to_owned(),
        id: format!("1 row{others}"),
        fate: Fate::LeftOut,
        why: vec![format!("{} returned a row that plg cannot read: {first}", spec.provider().title)],
        keys: Vec::new(),
    })
}

/// What is said of an object that is listed, and of which no more can be read.
fn undetailed(spec: &Spec, live: &Live, failure: &Failure) -> Gap {
    Gap {
        kind: spec.keyword,
        name: called(live),
        id: live.id.clone(),
        fate: Fate::LeftOut,
        why: vec![failure.to_string(), failure.hint()],
        keys: Vec::new(),
    }
}

fn called(live: &Live) -> String {
    let name = ["name", "key", "title"].iter().find_map(|key| live.fields.get(*key)?.as_str());
    format!("`{}`", name.unwrap_or_default())
}

/// What is said, once, of the objects of a kind that an API made by itself.
fn made_by_api(spec: &Spec, first: &Live, count: usize) -> Gap {
    let others = if count > 1 { format!(", and {} more like it", count - 1) } else { String::new() };
    Gap {
        kind: spec.keyword,
        name: called(first),
        id: format!("{}{others}", first.id),
        fate: Fate::LeftOut,
        why: vec![format!("{} makes such objects by itself, and removes them again", spec.provider().title)],
        keys: Vec::new(),
    }
}
