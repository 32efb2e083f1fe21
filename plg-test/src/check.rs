//! What has to hold once plg came to its end: nothing twice, nothing missing, nothing foreign touched.

use crate::transport::BASE;
use crate::world::{Operation, SandboxRows, World};
use plg_core::wire::{id_text, segment};
use plg_core::{AccountName, Call, Listing, Live, OnDestroy, Paging, Prior, Removal, Spec, linked};
use plg_runtime::declared::graph::StackGraph;
use plg_runtime::store::{Action, Entry, Intent, State};
use plg_sandbox::{Sandbox, SandboxRequest, Settings};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

impl World {
    /// The discrepancies after an operation that came to its end: something twice,
    /// missing, not as declared or not as remembered, or anything of somebody else's that changed.
    #[must_use]
    pub fn losses(&self, operation: &Operation) -> Vec<String> {
        losses(self, operation)
    }

    /// What is left of everything that was remembered before it was destroyed, apart from what
    /// cannot be deleted.
    #[must_use]
    pub fn leftovers(&self, destroyed: &State) -> Vec<String> {
        leftovers(self, destroyed)
    }

    /// What of this is gone or archived.
    #[must_use]
    pub fn gone(&self, theirs: &State) -> Vec<String> {
        let mut lists = ListCache::new(self);
        let mut losses = Vec::new();
        for (address, entry) in theirs.resources.iter().filter(|(_, entry)| !entry.existing) {
            let Some(spec) = linked::find(&entry.kind) else { continue };
            let (there, _) = lists.of(spec, entry);
            if !there.iter().any(|live| live.id == entry.id && !live.archived) {
                losses.push(format!("{address} ({}) was there before plg, and is gone", entry.id));
            }
        }
        losses
    }

    /// What of somebody else's was changed, by the rows of both accounts.
    #[must_use]
    pub fn touched(&self) -> Vec<String> {
        let mut losses = Vec::new();
        foreign(&self.origin().rows(), &self.rows(), &mut losses);
        losses
    }
}

fn losses(world: &World, operation: &Operation) -> Vec<String> {
    let mut losses = Vec::new();
    foreign(&world.origin().rows(), &world.rows(), &mut losses);
    let (state, pending) = match world.memory(operation) {
        Ok(memory) => memory,
        Err(error) => {
            losses.push(format!("the state cannot be read: {error}"));
            return losses;
        }
    };
    // What may still arrive is kept for whoever comes next; what would be made twice is not left so.
    let is_kept = |intent: &&Intent| intent.action != Action::Create || state.resources.contains_key(&intent.address);
    let open = pending.iter().filter(|intent| !is_kept(intent));
    losses.extend(open.map(|i| format!("{} {:?} is still pending", i.address, i.action)));
    if operation.destroy {
        losses.extend(state.resources.keys().map(|address| format!("{address} is remembered after everything went")));
        return losses;
    }
    match world.plan(operation) {
        Ok(plan) => {
            let open = plan.steps.iter().filter(|s| s.writes());
            losses.extend(
                open.map(|s| format!("a second plan is not empty: {:?} {} {:?}", s.change, s.address, s.fields)),
            );
            if plan.remembers() {
                losses.push("a second plan would remember something".into());
            }
        }
        Err(error) => losses.push(format!("there is no second plan: {error}")),
    }
    match StackGraph::of(operation.stack, operation.stage) {
        Ok(graph) => {
            let missing = graph.nodes.iter().filter(|n| {
                !n.is_marker()
                    && !n.existing()
                    && n.spec.wire.made_elsewhere().is_none()
                    && !state.resources.contains_key(&n.address)
            });
            losses.extend(missing.map(|n| format!("{} is declared and not remembered", n.address)));
        }
        Err(errors) => losses.extend(errors.iter().map(ToString::to_string)),
    }
    remembered(world, &state, operation, &mut losses);
    losses
}

fn leftovers(world: &World, destroyed: &State) -> Vec<String> {
    let mut losses = Vec::new();
    let mut lists = ListCache::new(world);
    for (address, entry) in destroyed.resources.iter().filter(|(_, e)| !e.existing) {
        let Some(spec) = linked::find(&entry.kind) else { continue };
        let prior = Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.known() };
        let is_kept = !entry.is_made(address) || entry.written_on_destroy() == Some(OnDestroy::keep);
        let kept = is_kept || matches!(spec.wire.remove(&prior), Removal::Keep(_) | Removal::Forget(_));
        let (there, foreign) = lists.of(spec, entry);
        for live in there.iter().filter(|l| !l.archived && !l.system && !foreign.contains(&l.id)) {
            if live.id == entry.id && !kept {
                losses.push(format!("{address} ({}) is still there", entry.id));
            } else if live.id != entry.id
                && !destroyed.resources.values().any(|e| e.id == live.id && e.account == entry.account)
            {
                losses.push(format!("{} {} is there, and nobody remembers it", spec.keyword, live.id));
            }
        }
    }
    losses
}

fn foreign(before: &SandboxRows, after: &SandboxRows, losses: &mut Vec<String>) {
    // Tables of the sandbox itself count and set; they are nobody's object.
    let is_own = |table: &str| table.rsplit('/').next().is_some_and(|table| table.starts_with('_'));
    for ((table, key), row) in before.iter().filter(|((table, _), _)| !is_own(table)) {
        match after.get(&(table.clone(), key.clone())) {
            Some(now) if now == row => {}
            Some(now) => losses.push(format!("somebody else's {table} {key} was changed: {row} is now {now}")),
            None => losses.push(format!("somebody else's {table} {key} is gone: {row}")),
        }
    }
}

/// Whether a kind is the other one, or the two are parts of each other that one list shows: both ends of a relationship.
fn is_akin(kind: &str, spec: &Spec) -> bool {
    let is_part = |part: &Spec, whole: &str| part.wire.comes_with_its_whole() && part.wire.part_of() == Some(whole);
    kind == spec.keyword || is_part(spec, kind) || linked::find(kind).is_some_and(|other| is_part(other, spec.keyword))
}

/// Each thing remembered is there once, as remembered, and nothing else of its kind is ours.
fn remembered(world: &World, state: &State, operation: &Operation, losses: &mut Vec<String>) {
    let mut lists = ListCache::new(world);
    let loose = loose(operation);
    for (address, entry) in &state.resources {
        let Some(spec) = linked::find(&entry.kind) else {
            losses.push(format!("{address} is of no kind"));
            continue;
        };
        let (there, foreign) = lists.of(spec, entry);
        let Some(live) = there.iter().find(|l| l.id == entry.id) else {
            losses.push(format!("{address} is remembered as {} and not there", entry.id));
            continue;
        };
        let whole = whole(world.sandbox(), entry.account(), spec, live, &entry.fields.known());
        let live = whole.as_ref().unwrap_or(live);
        let retired = address.contains("@old-");
        if live.archived != retired && !(live.archived && spec.wire.ended(live).is_some()) {
            losses.push(format!("{address} ({}) is {}", live.id, if live.archived { "archived" } else { "left over" }));
        }
        for (field, value) in entry.fields.filled(&|name| world.variables().get(name).cloned()) {
            let ignored = spec.wire.parents().contains(&field.as_str())
                || loose.get(address.as_str()).is_some_and(|l| l.contains(field.as_str()));
            let now = live.fields.get(&field);
            let same = now.is_some_and(|now| spec.wire.agrees(&field, &value, None, now))
                || (value.is_null() && now.is_none());
            if !ignored && !entry.existing && !same {
                losses.push(format!("{address} is remembered with {field} {value}, and it is {now:?}"));
            }
        }
        let identity = spec.wire.identity(&live.fields);
        for other in there.iter().filter(|o| o.id != live.id && !o.archived && !o.system && !foreign.contains(&o.id)) {
            // Two deploys within a second leave two markers of that second, both remembered.
            let is_remembered = state
                .resources
                .values()
                .any(|e| is_akin(&e.kind, spec) && e.account == entry.account && e.id == other.id);
            if spec.wire.identity(&other.fields) == identity && !is_remembered {
                losses.push(format!("{address} is there twice: {} and {}", live.id, other.id));
            } else if !state
                .resources
                .values()
                .any(|e| is_akin(&e.kind, spec) && e.account == entry.account && e.id == other.id)
            {
                losses.push(format!("{} {} is there, and nobody remembers it", spec.keyword, other.id));
            }
        }
    }
    losses.sort();
    losses.dedup();
}

/// Fields that people manage in the web app, by address.
fn loose(operation: &Operation) -> BTreeMap<String, BTreeSet<String>> {
    let Ok(graph) = StackGraph::of(operation.stack, operation.stage) else { return BTreeMap::new() };
    let of = |node: &plg_runtime::declared::graph::GraphNode| {
        let ignored = node.spec.ignored(node.item.common());
        (node.address.clone(), node.want.create_only.iter().copied().chain(ignored).map(str::to_owned).collect())
    };
    graph.nodes.iter().map(of).collect()
}

/// What is there, and the ids of what was there before anything was deployed.
type NowAndBefore = (Vec<Live>, BTreeSet<String>);

/// Every list that was asked for, now and before anything was deployed.
struct ListCache<'a> {
    now: &'a Sandbox,
    before: &'a Sandbox,
    known: BTreeMap<(&'static str, AccountName, Listing), NowAndBefore>,
}

impl<'a> ListCache<'a> {
    fn new(world: &'a World) -> Self {
        ListCache { now: world.sandbox(), before: world.origin(), known: BTreeMap::new() }
    }

    /// What is there, and the ids of what was there before anything was deployed.
    fn of(&mut self, spec: &'static Spec, entry: &Entry) -> &NowAndBefore {
        let (mut listing, account) = (spec.wire.listing(&entry.fields.known()), entry.account());
        if listing.paging == Paging::Unlisted {
            let prior = Prior { id: entry.id.clone(), fields: entry.fields.known(), ..Prior::default() };
            listing.path = spec.wire.collection_of(&prior).object(&entry.id);
        }
        self.known.entry((spec.keyword, account, listing.clone())).or_insert_with(|| {
            let ids = list(self.before, account, spec, &listing).into_iter().map(|l| l.id).collect();
            (list(self.now, account, spec, &listing), ids)
        })
    }
}

/// Reads a list page by page, apart from the client that is being tested.
fn list(sandbox: &Sandbox, account: AccountName, spec: &Spec, listing: &Listing) -> Vec<Live> {
    let mut rows: Vec<Value> = Vec::new();
    if listing.paging == Paging::Unlisted {
        return spec.wire.read(ask(sandbox, account, &listing.path)).into_iter().collect();
    }
    let key = match listing.paging {
        Paging::Results { .. } | Paging::Numbered => "results",
        Paging::Inside { key } => key,
        _ => "data",
    };
    for number in 1.. {
        let join = if listing.path.contains('?') { '&' } else { '?' };
        let (path, limit) = match listing.paging {
            Paging::Data | Paging::Inside { .. } | Paging::One | Paging::Unlisted => (listing.path.clone(), None),
            Paging::DataOffset { limit } | Paging::Results { limit } => {
                (format!("{}{join}limit={limit}&offset={}", listing.path, rows.len()), Some(limit))
            }
            // One page more than there are has no rows, or is not there.
            Paging::Numbered => (format!("{}{join}page={number}", listing.path), Some(1)),
            Paging::Cursor { limit, after } => {
                let last = rows.last().and_then(|row| id_text(row.get("id")?));
                let after = last.map(|last| format!("&{after}={}", segment(&last))).unwrap_or_default();
                (format!("{}{join}limit={limit}{after}", listing.path), Some(limit))
            }
        };
        let page = ask(sandbox, account, &path);
        if listing.paging == Paging::One {
            rows.push(page);
            break;
        }
        let page = page.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let count = page.len();
        rows.extend(page);
        if count == 0 || limit.is_none_or(|limit| count < limit as usize) {
            break;
        }
    }
    let mut lives: Vec<Live> = rows.into_iter().filter_map(|row| spec.wire.read_row(row, listing)).collect();
    for live in &mut lives {
        if let Some(whole) = whole(sandbox, account, spec, live, &live.fields) {
            *live = whole;
        }
    }
    lives
}

/// All of an object, where a row of a list does not say these fields.
fn whole(
    sandbox: &Sandbox,
    account: AccountName,
    spec: &Spec,
    live: &Live,
    fields: &Map<String, Value>,
) -> Option<Live> {
    let Call { path, .. } = spec.wire.detail(&live.id, fields)?;
    spec.wire.read(ask(sandbox, account, &path))
}

fn ask(sandbox: &Sandbox, account: AccountName, path: &str) -> Value {
    let address = sandbox.addresses("").into_iter().find(|address| address.name == account.0);
    let api = address.as_ref().and_then(|address| linked::provider(&address.provider)).map(|provider| provider.api);
    let (below, number) =
        address.map_or((String::new(), Settings::default().project), |address| (address.url, address.number));
    let path = format!("{below}{}", path.replace("{project}", &number.to_string()));
    let mut request = SandboxRequest::new("GET", &path);
    if let Some(api) = api {
        let (header, value) = api.authorisation("key");
        request.headers.push((header.into(), value));
        request.headers.extend(api.headers().iter().map(|(name, value)| ((*name).into(), (*value).into())));
    }
    request.origin = BASE.into();
    sandbox.answer(&request).body.unwrap_or_default()
}
