//! Who needs what a plan removes: live objects that refer to it, declared or not, sources of an
//! application that name it, and data that people entered and that is hidden or deleted with it.

use crate::declared::graph::StackGraph;
use crate::error::Error;
use crate::http::{Clients, FailureKind};
use crate::live::{LiveState, detailed, list};
use crate::plan::{Change, Plan, Step, prior};
use crate::store::{Entry, State};
use plg_core::linked::importers;
use plg_core::mention::{Mention, MentionedBy};
use plg_core::{AccountName, Live, Map, Prior, Spec, address, linked};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// How many requests are under way at once.
const PARALLEL: usize = 16;

/// How many places of an application are written out.
const SHOWN: usize = 5;

/// As many rows as one page has.
const PAGE: usize = 500;

/// What goes with everything that a plan removes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Impact {
    /// What is removed and somebody needs.
    pub losses: Vec<Loss>,
}

/// What goes with one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Loss {
    /// Its address.
    pub address: String,
    /// Live objects that refer to it and stay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependents: Vec<Dependent>,
    /// Where an application names it, as `file:line`; where its key becomes another one, where it asks for the old one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<String>,
    /// The key that it has no longer, where it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What people gave or measured, or why nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
}

/// A resource that a plan removes, as an application would name it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemovedName {
    /// Its address.
    pub address: String,
    /// What the API knows it by: a key, a slug, a title.
    pub key: Option<String>,
    /// Of an option or a status, the slug of its attribute.
    pub of: Option<String>,
    /// It stays, and has another key from then on: only who spells the old one out asks for it in vain.
    pub stays: bool,
}

/// A live object that refers to something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Dependent {
    /// Its kind's keyword.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Its remote id.
    pub id: String,
    /// Its address, where the stack declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What people gave that is hidden or gone with a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Data {
    /// So many records hold something of it.
    Records(usize),
    /// The data that it has collected, in the words of its kind.
    Collected(&'static str),
    /// It could not be counted.
    Unknown(String),
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Data::Records(1) => f.write_str("1 record has a value of it"),
            Data::Records(n) if *n >= PAGE => write!(f, "{PAGE} records or more have a value of it"),
            Data::Records(n) => write!(f, "{n} records have a value of it"),
            Data::Collected(what) => f.write_str(what),
            Data::Unknown(why) => write!(f, "its records could not be counted: {why}"),
        }
    }
}

impl Data {
    /// What is said of it at an address: a whole kind of things has records of its own, a field or a choice is held by
    /// them.
    fn of(&self, address: &str) -> String {
        let kind = address.split('.').next().unwrap_or_default();
        let is_whole = linked::find(kind).is_some_and(|spec| spec.wire.parents().is_empty());
        match self {
            Data::Records(1) if is_whole => "its only record".to_owned(),
            Data::Records(n) if is_whole && *n >= PAGE => format!("its {PAGE} records or more"),
            Data::Records(n) if is_whole => format!("its {n} records"),
            _ => self.to_string(),
        }
    }
}

/// Who refers to something, the first by their names.
fn needed(all: &[Dependent]) -> Option<String> {
    let shown: Vec<String> = all.iter().take(SHOWN).map(Dependent::to_string).collect();
    match (&shown[..], all.len() - shown.len()) {
        ([], _) => None,
        ([one], 0) => Some(format!("{one} refers to it")),
        ([first @ .., last], 0) => Some(format!("{} and {last} refer to it", first.join(", "))),
        (_, more) => Some(format!("{} and {more} more refer to it", shown.join(", "))),
    }
}

impl fmt::Display for Dependent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Some(address) => f.write_str(address),
            None => write!(f, "{} \"{}\" ({}, not in this stack)", self.kind, self.name, self.id),
        }
    }
}

impl Impact {
    /// What is said of each loss: its address, and a sentence.
    pub fn sentences(&self) -> Vec<(&str, String)> {
        let mut all = Vec::new();
        for loss in &self.losses {
            let address = loss.address.as_str();
            all.extend(loss.data.iter().map(|data| (address, data.of(address))));
            all.extend(needed(&loss.dependents).into_iter().map(|needed| (address, needed)));
            if let Some((first, others)) = loss.named.split_at_checked(SHOWN.min(loss.named.len())) {
                let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
                let what = loss.key.as_ref().map_or_else(|| "names it".to_owned(), |key| format!("asks for `{key}`"));
                let named =
                    (!first.is_empty()).then(|| format!("the application {what} in {}{more}", first.join(", ")));
                all.extend(named.map(|named| (address, named)));
            }
        }
        all
    }

    /// The addresses with which people's data would be hidden or gone.
    pub fn data(&self) -> Vec<&str> {
        self.losses.iter().filter(|loss| loss.data.is_some()).map(|loss| loss.address.as_str()).collect()
    }
}

/// One resource that a plan removes.
struct Lost<'a> {
    account: AccountName,
    step: &'a Step,
    spec: &'static Spec,
    prior: Prior,
}

/// What a plan was made from.
pub(crate) struct ImpactSources<'a> {
    pub(crate) client: &'a Clients,
    pub(crate) graph: &'a StackGraph,
    pub(crate) state: &'a State,
    pub(crate) seen: &'a LiveState,
}

/// Looks for everything that needs what a plan removes. A plan that removes nothing asks nobody.
/// `named` says where an application names an address.
pub(crate) async fn impact(
    world: &ImpactSources<'_>,
    plan: &Plan,
    named: &BTreeMap<String, Vec<String>>,
) -> Result<Impact, Error> {
    let lost: Vec<Lost> = plan.steps.iter().filter_map(|step| world.lost(step)).collect();
    let mut losses = asked_in_vain(plan, named);
    if lost.is_empty() {
        return Ok(Impact { losses });
    }
    let found = world.around(&lost).await?;
    let mut data = world.data(&lost, &found).await?;
    let removed: BTreeSet<(AccountName, &str, &str)> =
        lost.iter().map(|l| (l.account, l.spec.keyword, l.prior.id.as_str())).collect();
    for one in &lost {
        let mut dependents = Vec::new();
        for (account, spec, rows) in found.iter().filter(|(account, ..)| *account == one.account) {
            for live in rows.iter().filter(|live| !live.archived) {
                let stays = !removed.contains(&(*account, spec.keyword, live.id.as_str()));
                if stays && spec.wire.mentions(live).iter().any(|mention| one.is(mention)) {
                    dependents.extend(world.dependent(*account, spec, live, plan));
                }
            }
        }
        dependents.sort();
        dependents.dedup();
        let data = data.remove(one.step.address.as_str());
        let named = named.get(&one.step.address).cloned().unwrap_or_default();
        if !dependents.is_empty() || !named.is_empty() || data.is_some() {
            losses.push(Loss { address: one.step.address.clone(), dependents, named, key: None, data });
        }
    }
    Ok(Impact { losses })
}

/// Those whose keys become others, and that an application asks for by the old ones.
fn asked_in_vain(plan: &Plan, named: &BTreeMap<String, Vec<String>>) -> Vec<Loss> {
    let changed = plan.steps.iter().filter(|step| step.change != Change::Replace);
    let asked = changed.filter_map(|step| {
        let (key, named) = (step.changed_key.as_ref()?, named.get(&step.address)?);
        (!named.is_empty()).then(|| Loss {
            address: step.address.clone(),
            dependents: Vec::new(),
            named: named.clone(),
            key: Some(key.from.clone()),
            data: None,
        })
    });
    asked.collect()
}

impl Lost<'_> {
    fn is(&self, mention: &Mention) -> bool {
        mention.kind == self.spec.keyword
            && match &mention.by {
                MentionedBy::Id(id) => *id == self.prior.id,
                MentionedBy::Key(key) => self.spec.wire.identity(&self.prior.fields).as_ref() == Some(key),
            }
    }
}

/// What a plan removes, or gives another key, with what an application would know it by.
pub(crate) fn removed(world: &ImpactSources<'_>, plan: &Plan) -> Vec<RemovedName> {
    let lost = plan.steps.iter().filter_map(|step| world.lost(step)).map(|one| {
        let key = one.spec.wire.identity(&one.prior.fields);
        RemovedName { address: one.step.address.clone(), key, of: world.attribute(one.step), stays: false }
    });
    let changed = plan.steps.iter().filter(|step| step.change != Change::Replace).filter_map(|step| {
        let key = Some(step.changed_key.as_ref()?.from.clone());
        Some(RemovedName { address: step.address.clone(), key, of: world.attribute(step), stays: true })
    });
    lost.chain(changed).collect()
}

impl ImpactSources<'_> {
    /// Of what an attribute holds, its slug.
    fn attribute(&self, step: &Step) -> Option<String> {
        linked::find(&step.kind).filter(|spec| spec.wire.parents().contains(&"attribute"))?;
        let entry = self.state.resources.get(&address("attribute", step.address.split('.').nth(1)?))?;
        linked::find(&entry.kind)?.wire.identity(&entry.fields.known())
    }

    fn lost<'s>(&self, step: &'s Step) -> Option<Lost<'s>> {
        if !matches!(step.change, Change::Delete | Change::Archive | Change::Replace) {
            return None;
        }
        let spec = linked::find(&step.kind)?;
        let was = step.renamed_from.as_ref().unwrap_or(&step.address);
        let entry = self.state.resources.get(was);
        let prior = prior(spec.wire, &Map::new(), entry, self.seen.live(&step.address))?;
        Some(Lost { account: AccountName::read(&step.account), step, spec, prior })
    }

    /// Everything live of the kinds that can refer to what is lost, and of its own kinds.
    async fn around(&self, lost: &[Lost<'_>]) -> Result<Vec<(AccountName, &'static Spec, Vec<Live>)>, Error> {
        let kinds: BTreeSet<(AccountName, &str)> = lost.iter().map(|lost| (lost.account, lost.spec.keyword)).collect();
        let accounts: BTreeSet<AccountName> = lost.iter().map(|lost| lost.account).collect();
        let mut found = Vec::new();
        let of_both = |account: AccountName| importers().map(move |importer| (account, importer.spec));
        for (account, spec) in accounts.into_iter().flat_map(of_both) {
            let mentions = spec.wire.may_mention().iter().any(|kind| kinds.contains(&(account, *kind)));
            if !spec.wire.parents().is_empty() || !(mentions || kinds.contains(&(account, spec.keyword))) {
                continue;
            }
            let (listing, client) = (spec.wire.listing(&Map::new()), self.client.of(spec.provider(), account));
            let mut rows = match self.seen.list(account, spec, &listing) {
                Some(rows) => rows.iter().map(|live| Live::clone(live)).collect(),
                None => match list(&client, spec.keyword, &listing, 0).await {
                    Ok(rows) => rows,
                    // Nothing of this stack is of a kind that cannot be read: its refresh would have failed.
                    Err(Error::Remote(failure)) if failure.is_of_a_kind() => continue,
                    Err(error) => return Err(error),
                },
            };
            rows.retain(|live| !spec.wire.is_made_by_api(live));
            // A list may leave out what refers to others.
            let rows = if mentions { detailed(&client, spec, rows).await? } else { rows };
            found.push((account, spec, rows));
        }
        Ok(found)
    }

    /// A live object, unless the same plan takes the reference out of it.
    fn dependent(&self, account: AccountName, spec: &'static Spec, live: &Live, plan: &Plan) -> Option<Dependent> {
        let declared = self
            .graph
            .nodes
            .iter()
            .filter(|node| node.spec.keyword == spec.keyword && node.account == account && !node.existing());
        let address = declared
            .map(|node| &node.address)
            .find(|address| {
                let known = self.state.resources.get(*address).map(|entry| entry.id.as_str());
                self.seen.live(address).map(|live| live.id.as_str()).or(known) == Some(live.id.as_str())
            })
            .cloned();
        let mended = |address: &String| plan.step(address).is_some_and(|step| !step.fields.is_empty());
        if address.as_ref().is_some_and(mended) {
            return None;
        }
        let title = ["name", "title", "key", "content", "target_url", "api_slug"];
        let title = title.into_iter().filter_map(|field| live.fields.get(field)?.as_str());
        let name = title.into_iter().find(|text| !text.is_empty()).unwrap_or(live.id.as_str()).to_owned();
        Some(Dependent { kind: spec.keyword.to_owned(), name, id: live.id.clone(), address })
    }

    /// What people gave to each of what is lost, by address.
    async fn data<'l>(
        &self,
        lost: &'l [Lost<'l>],
        found: &[(AccountName, &'static Spec, Vec<Live>)],
    ) -> Result<BTreeMap<&'l str, Data>, Error> {
        let mut data = BTreeMap::new();
        let find_in = |account: AccountName, kind: &str, id: &str| -> Option<Map> {
            let live = self.seen.every(account, kind).find(|live| live.id == id).map(|live| live.fields.clone());
            let mut entries = self.state.resources.values();
            let is_it = |e: &&Entry| e.kind == kind && e.id == id && e.account() == account;
            live.or_else(|| entries.find(is_it).map(|e| e.fields.known()))
        };
        let gate = Arc::new(tokio::sync::Semaphore::new(PARALLEL));
        let mut tasks = tokio::task::JoinSet::new();
        for (place, one) in lost.iter().enumerate() {
            let find = |kind: &str, id: &str| find_in(one.account, kind, id);
            let is_own = |(account, spec, _): &&(AccountName, &Spec, Vec<Live>)| {
                *account == one.account && spec.keyword == one.spec.keyword
            };
            let rows = found.iter().filter(is_own).flat_map(|(.., rows)| rows);
            let live = rows.into_iter().find(|live| live.id == one.prior.id).map_or(&one.prior.fields, |l| &l.fields);
            if let Some(what) = one.spec.wire.collected(live) {
                data.insert(one.step.address.as_str(), Data::Collected(what));
            }
            // Whatever is around it goes with it, and is counted with all its records.
            let inside = lost.iter().any(|l| one.step.depends.contains(&l.step.address) && l.holds(&find));
            let Some(call) = one.spec.wire.held_by(&one.prior, &find).filter(|_| !inside) else { continue };
            let (client, gate) = (self.client.of(one.spec.provider(), one.account), gate.clone());
            tasks.spawn(async move {
                let _permit = gate.acquire().await;
                (place, client.read(&call).await)
            });
        }
        while let Some(task) = tasks.join_next().await {
            let Ok((place, answer)) = task else { continue };
            let counted = match answer {
                Ok(json) => match json.get("data").and_then(Json::as_array).map_or(0, Vec::len) {
                    0 => None,
                    rows => Some(Data::Records(rows)),
                },
                Err(failure) if failure.kind == FailureKind::NotFound => None,
                Err(failure)
                    if matches!(failure.kind, FailureKind::Scope | FailureKind::Billing | FailureKind::Refused) =>
                {
                    Some(Data::Unknown(failure.message))
                }
                Err(failure) => return Err(failure.into()),
            };
            if let (Some(counted), Some(one)) = (counted, lost.get(place)) {
                data.insert(one.step.address.as_str(), counted);
            }
        }
        Ok(data)
    }
}

impl Lost<'_> {
    fn holds(&self, find: &dyn Fn(&str, &str) -> Option<Map>) -> bool {
        self.spec.wire.held_by(&self.prior, find).is_some()
    }
}
