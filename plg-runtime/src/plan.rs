//! What a deploy would do: what is declared, what was applied last and what is live, compared.

mod removal;

use self::removal::{depths, removed};
use crate::error::{Error, Problem};
use crate::graph::{Graph, Node};
pub use crate::left::{Left, Whose};
use crate::left::{held, late, loose, replacement, unkept};
use crate::parallel::each;
use crate::refresh::{Look, Seen, known};
use crate::resolve::{Environment, all_references, all_variables, unresolved, variables};
use crate::store::{Entry, State};
use plg_schema::{Live, Map, Prior};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What is done with one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is made.
    Create,
    /// Fields of it are changed.
    Update,
    /// It is made anew, as a field that differs cannot be changed.
    Replace,
    /// It is there already, and looked after from now on; fields that differ are changed.
    Adopt,
    /// It is brought back from the archive.
    Revive,
    /// It is deleted.
    Delete,
    /// It cannot be deleted: it is hidden, and stays behind.
    Archive,
    /// It is no longer looked after, and stays as it is.
    Keep,
    /// It is gone already, or was never ours: nothing but the memory of it goes.
    Forget,
    /// Made after everything else, if anything was changed.
    Marker,
    /// Declared `existing`: read only.
    Read,
    /// It is not there yet, and no request can make it: whoever does, it is looked after from then on.
    Await,
    /// It is as declared.
    Unchanged,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// The field, in the API's word.
    pub field: String,
    /// As it is; absent where it is not there, or not to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<Json>>,
    /// As it should be. What is only known later stands as a reference, what comes from the
    /// environment as the variable's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Box<Json>>,
    /// It was applied as declared, and changed by somebody since.
    pub drift: bool,
}

/// What is done with one resource, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Its address.
    pub address: String,
    /// Its kind's keyword.
    pub kind: String,
    /// Which API holds it.
    pub provider: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
    /// What is done.
    pub change: Change,
    /// Why, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its remote id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Fields that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// What differs, and is left as it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
    /// In which order a replacement is done, and what is lost by it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<String>,
    /// The address it was remembered under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// The addresses it needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends: Vec<String>,
    /// 0 where it needs nothing, else one more than the latest it needs.
    pub wave: u32,
}

/// What a deploy would do. The same input makes the same plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// The stack's name.
    pub stack: String,
    /// The stage's name.
    pub stage: String,
    /// Everything goes.
    pub destroy: bool,
    /// Whether every live object was looked at.
    pub refreshed: bool,
    /// The snapshot it was made against.
    pub serial: u64,
    /// What is done, in order of waves; removals last.
    pub steps: Vec<Step>,
}

impl Plan {
    /// How many steps do this.
    pub fn count(&self, change: Change) -> usize {
        self.steps.iter().filter(|s| s.change == change).count()
    }

    /// Whether anything remote would be changed.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|s| s.writes())
    }

    /// Whether only the memory of something would be changed.
    pub fn remembers(&self) -> bool {
        self.steps
            .iter()
            .any(|s| s.renamed_from.is_some() || matches!(s.change, Change::Adopt | Change::Forget | Change::Keep))
    }

    /// Addresses that would be deleted, archived or replaced.
    pub fn losses(&self) -> Vec<&str> {
        self.steps
            .iter()
            .filter(|s| matches!(s.change, Change::Delete | Change::Archive | Change::Replace))
            .map(|s| s.address.as_str())
            .collect()
    }

    /// Only what others changed since it was applied: fields edited, objects deleted or archived in the web apps.
    #[must_use]
    pub fn drift(&self) -> Plan {
        let mut plan = self.clone();
        plan.steps.retain_mut(|step| match step.change {
            Change::Update | Change::Revive => {
                step.fields.retain(|f| f.drift);
                step.change == Change::Revive || !step.fields.is_empty()
            }
            Change::Create => step.reason.is_some(),
            _ => false,
        });
        plan
    }

    /// Equal for equal plans, and for no others.
    pub fn fingerprint(&self) -> String {
        crate::saved::fingerprint(self)
    }

    /// The step of an address.
    pub fn step(&self, address: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.address == address)
    }
}

impl Step {
    /// What is needed to do it: the names of the fields that change, without what they are and should
    /// be. What is made is made from its declaration.
    pub(crate) fn without_values(&self) -> Step {
        let differing = if self.change == Change::Create { &[][..] } else { &self.fields };
        let named =
            |field: &FieldChange| FieldChange { field: field.field.clone(), from: None, to: None, drift: field.drift };
        Step {
            address: self.address.clone(),
            kind: self.kind.clone(),
            provider: self.provider.clone(),
            place: self.place.clone(),
            change: self.change,
            reason: self.reason.clone(),
            id: self.id.clone(),
            fields: differing.iter().map(named).collect(),
            left: self.left.clone(),
            means: Vec::new(),
            renamed_from: self.renamed_from.clone(),
            depends: self.depends.clone(),
            wave: self.wave,
        }
    }

    /// Whether it sends a request that changes something.
    pub fn writes(&self) -> bool {
        match self.change {
            Change::Create | Change::Update | Change::Replace | Change::Revive | Change::Delete | Change::Archive => {
                true
            }
            Change::Adopt => !self.fields.is_empty(),
            Change::Keep | Change::Forget | Change::Marker | Change::Read | Change::Await | Change::Unchanged => false,
        }
    }
}

/// What is compared.
pub(crate) struct Inputs<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) state: &'a State,
    pub(crate) seen: &'a Seen,
    pub(crate) environment: &'a Environment,
}

/// Compares; says at once everything that cannot be planned.
pub(crate) fn plan(inputs: &Inputs, stage: &str, destroy: bool, targets: &BTreeSet<String>) -> Result<Plan, Error> {
    let mut steps = Vec::with_capacity(inputs.graph.nodes.len());
    let mut problems = Vec::new();
    let wanted = |address: &str| targets.is_empty() || targets.contains(address);
    // Addresses whose outputs are only known once they are made.
    let mut made: BTreeSet<String> = BTreeSet::new();
    let mut moved: BTreeMap<String, String> = BTreeMap::new();
    if !destroy {
        let nodes: Vec<&Node> = inputs.graph.nodes.iter().filter(|node| wanted(&node.address)).collect();
        // What is made in one wave only matters to those after it.
        for wave in nodes.chunk_by(|a, b| a.wave == b.wave) {
            for planned in each(wave, |node| declared(inputs, node, &made)) {
                match planned {
                    Ok(step) => {
                        if matches!(step.change, Change::Create | Change::Replace) {
                            made.insert(step.address.clone());
                        }
                        if let Some(from) = &step.renamed_from {
                            moved.insert(from.clone(), step.address.clone());
                        }
                        steps.push(step);
                    }
                    Err(problem) => problems.push(problem),
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let mut protected = Vec::new();
    let mut removals = Vec::new();
    for (address, entry) in &inputs.state.resources {
        let still_declared =
            !destroy && (inputs.graph.get(address).is_some() || instance_of_marker(inputs.graph, address));
        if still_declared || moved.contains_key(address) || !wanted(address) {
            continue;
        }
        let step = removed(inputs, address, entry);
        if step.writes() && is_protected(inputs, address, entry) {
            protected.push(address.clone());
        }
        removals.push(step);
    }
    for step in steps.iter().filter(|s| s.change == Change::Replace) {
        if inputs.graph.get(&step.address).is_some_and(|n| n.item.common().protect) {
            protected.push(step.address.clone());
        }
    }
    if !protected.is_empty() {
        return Err(Error::Protected(protected));
    }
    if removals.len() > 1 {
        // What others need is removed after them.
        let depth = depths(inputs.state);
        let place = |s: &Step| (Reverse(depth.get(s.address.as_str()).copied().unwrap_or(0)), s.address.clone());
        removals.sort_by_key(place);
    }
    steps.extend(removals);
    Ok(Plan {
        stack: inputs.state.stack.clone(),
        stage: stage.to_owned(),
        destroy,
        refreshed: inputs.seen.fresh,
        serial: inputs.state.serial,
        steps,
    })
}

fn is_protected(inputs: &Inputs, address: &str, entry: &Entry) -> bool {
    // A declaration that is still there says what counts now.
    inputs.graph.get(address).map_or(entry.protect, |n| n.item.common().protect)
}

/// `annotation.Marker@7` is the seventh that `annotation.Marker` left.
fn instance_of_marker(graph: &Graph, address: &str) -> bool {
    address.split_once('@').and_then(|(base, _)| graph.get(base)).is_some_and(Node::is_marker)
}

/// What a node wants, with references replaced that are known: as remembered, and as sent where that
/// is anything else.
pub(crate) fn wants<'a>(inputs: &Inputs, node: &'a Node, made: &BTreeSet<String>) -> (Cow<'a, Map>, Option<Map>) {
    if node.plain {
        return (Cow::Borrowed(&node.want.fields), None);
    }
    let look_up = |address: &str, get: &str| {
        if made.contains(address) {
            let declared = inputs.graph.get(address)?.want.fields.get(get)?;
            return unresolved(declared).is_none().then(|| declared.clone());
        }
        known(inputs.graph, inputs.state, inputs.seen, address, get)
    };
    let masked = all_references(&node.want.fields, &look_up);
    let full = match all_variables(&masked, inputs.environment) {
        Cow::Borrowed(_) => None,
        Cow::Owned(full) => Some(full),
    };
    (masked, full)
}

/// What is known of the resource before a write, with its parents.
pub(crate) fn prior(node_parents: &[&str], full: &Map, entry: Option<&Entry>, live: Option<&Live>) -> Option<Prior> {
    let mut prior = match (live, entry) {
        (Some(live), _) => Prior { id: live.id.clone(), outputs: live.outputs.clone(), fields: live.fields.clone() },
        (None, Some(entry)) => {
            Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.to_map() }
        }
        (None, None) => return None,
    };
    if let Some(entry) = entry {
        for (key, value) in entry.outputs.iter() {
            prior.outputs.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    for parent in node_parents {
        let at =
            entry.and_then(|e| e.fields.get(*parent)).filter(|v| unresolved(v).is_none()).or_else(|| full.get(*parent));
        if let Some(value) = at {
            prior.fields.insert((*parent).to_owned(), value.clone());
        }
    }
    Some(prior)
}

fn declared(inputs: &Inputs, node: &Node, made: &BTreeSet<String>) -> Result<Step, Problem> {
    let mut step = Step {
        address: node.address.clone(),
        kind: node.spec.keyword.to_owned(),
        provider: node.spec.provider.title().to_owned(),
        place: node.place(),
        change: Change::Unchanged,
        reason: None,
        id: None,
        fields: Vec::new(),
        left: Vec::new(),
        means: Vec::new(),
        renamed_from: None,
        depends: node.depends.iter().map(|d| inputs.graph.nodes[*d].address.clone()).collect(),
        wave: node.wave,
    };
    if node.is_marker() {
        step.change = Change::Marker;
        return Ok(step);
    }
    let common = node.item.common();
    let before = common
        .was
        .map(|was| plg_schema::address(node.spec.keyword, was))
        .filter(|b| inputs.state.resources.contains_key(b));
    let none = Look::default();
    let look = inputs.seen.look(&node.address).unwrap_or(&none);
    let remembered = inputs.state.resources.get(&node.address);
    step.renamed_from = if remembered.is_none() { before.or_else(|| look.owner.clone()) } else { None };
    let entry = remembered.or_else(|| step.renamed_from.as_ref().and_then(|a| inputs.state.resources.get(a)));
    let live = look.live.as_deref();
    let problem = |message: String, hint: &str| Problem {
        address: node.address.clone(),
        place: node.place(),
        message,
        hint: hint.to_owned(),
    };
    if look.live.is_none() && !look.ambiguous.is_empty() {
        let ids = look.ambiguous.join(", ");
        return Err(problem(
            format!("several like it are there already ({ids}), and nothing says which is meant"),
            "rename or remove those that are not meant in the web app, or give the declaration another title",
        ));
    }
    let (masked, sent) = wants(inputs, node, made);
    let full = sent.as_ref().unwrap_or(&masked);
    if node.existing() {
        step.change = Change::Read;
        step.id = live.map(|l| l.id.clone()).or_else(|| entry.map(|e| e.id.clone()));
        let looked = inputs.seen.fresh || inputs.seen.look(&node.address).is_some();
        if looked && live.is_none() && !node.spec.wire.existing_may_be_absent() {
            let hint = if node.standard {
                "an admin switches it on in Attio, under the workspace's settings for objects"
            } else {
                "make it in the web app, or declare it without `existing`"
            };
            return Err(problem("it is not there".to_owned(), hint));
        }
        return Ok(step);
    }
    let there = if inputs.seen.fresh { live.is_some() } else { entry.is_some() };
    if !there && let Some(why) = node.spec.wire.made_elsewhere() {
        step.change = Change::Await;
        step.reason = Some(why.to_owned());
        return Ok(step);
    }
    if !there {
        step.change = Change::Create;
        step.reason = entry.map(|_| "it was deleted in the web app".to_owned());
        step.fields = masked
            .iter()
            .map(|(field, to)| FieldChange {
                field: field.clone(),
                from: None,
                to: Some(Box::new(to.clone())),
                drift: false,
            })
            .collect();
        return Ok(step);
    }
    step.id = live.map(|l| l.id.clone()).or_else(|| entry.map(|e| e.id.clone()));
    step.left.extend(late(&look.late));
    if live.is_some_and(|l| l.system) {
        return Err(problem(
            "it belongs to the API itself and cannot be changed".to_owned(),
            "declare it as `existing`",
        ));
    }
    let ignored: Vec<&str> = node.spec.ignored(common).collect();
    let mut fixed = Vec::new();
    // What is written as it was applied has nothing that differs, and need not be read to find that out.
    let settled = live.is_none() && entry.is_some_and(|e| e.fields.is_text_of(&masked));
    for ((field, to), sent) in masked.iter().zip(full.values()).filter(|_| !settled) {
        let parent = node.spec.wire.parents().contains(&field.as_str());
        let applied = || entry.and_then(|e| e.fields.get(field));
        // What is not looked at and not made anew is where it was: Attio's own objects are in no state.
        let unseen = !inputs.seen.fresh && unresolved(to).is_some_and(|address| !made.contains(&address));
        if unseen && applied().is_some() {
            continue;
        }
        if parent {
            if let Some(applied) = applied()
                && !plg_schema::wire::same(applied, to)
            {
                fixed.push(field.clone());
            }
            continue;
        }
        if ignored.contains(&field.as_str()) {
            continue;
        }
        if node.want.create_only.contains(&field.as_str()) {
            step.left.extend(live.and_then(|live| loose(node, field, sent, live)));
            continue;
        }
        let same = match live {
            Some(live) => {
                live.fields.get(field).is_some_and(|now| node.spec.wire.same(field, sent, now))
                    || (sent.is_null() && live.fields.get(field).is_none())
            }
            None => applied().is_some_and(|applied| node.spec.wire.same(field, to, applied)),
        };
        if same {
            continue;
        }
        if let Some(left) = entry.and_then(|e| e.unkept.get(field)).and_then(|u| unkept(node, field, to, u, live)) {
            step.left.push(left);
            continue;
        }
        let from_variable = |value: &Json| !variables(&Map::from_iter([(field.clone(), value.clone())])).is_empty();
        let applied = applied();
        let secret = from_variable(to) || applied.is_some_and(from_variable);
        let from = live.and_then(|l| l.fields.get(field)).or(applied).cloned();
        let drift = applied.is_some_and(|applied| node.spec.wire.same(field, to, applied)) && live.is_some();
        if node.spec.wire.fixed().contains(&field.as_str()) {
            fixed.push(field.clone());
        }
        step.fields.push(FieldChange {
            field: field.clone(),
            from: if secret { Some(Box::new(json!("(set)"))) } else { from.map(Box::new) },
            to: Some(Box::new(to.clone())),
            drift,
        });
    }
    if let Some(live) = live
        && let Some(standing) = node.spec.wire.standing(full, live)
    {
        let differ = step.fields.iter().map(|f| f.field.as_str()).chain(fixed.iter().map(String::as_str));
        if let Some(message) = held(&standing, differ) {
            return Err(problem(message, standing.help));
        }
        step.left.push(Left { whose: Whose::People, field: None, says: standing.says });
    }
    step.change = if !fixed.is_empty() {
        step.means = replacement(node, full, entry, live);
        step.reason = Some(format!(
            "{} cannot be changed",
            fixed.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ")
        ));
        Change::Replace
    } else if live.is_some_and(|l| l.archived) {
        step.reason = Some("it is archived".to_owned());
        Change::Revive
    } else if entry.is_none() {
        step.reason = Some("it is there already".to_owned());
        Change::Adopt
    } else if step.fields.is_empty() {
        Change::Unchanged
    } else {
        Change::Update
    };
    if step.change == Change::Replace && look.adopted && entry.is_none() && live.is_none_or(|l| !l.archived) {
        return Err(problem(
            format!("one like it is there already, and {}", step.reason.unwrap_or_default()),
            "declare it as it is there, or give the declaration another key",
        ));
    }
    Ok(step)
}
