//! A plan, step by step: what is done with each resource, and why.

use super::change::Change;
use super::changed_key::ChangedKey;
use super::fingerprint::fingerprint;
use super::open::{NotQueried, OpenWrite};
use crate::live::LateObject;
use crate::store::State;
use plg_core::provider::LastChange;
use plg_core::source::words::WordChange;
use plg_core::{AccountName, Spec, Term};
use serde::Serialize;
use std::collections::BTreeSet;
use std::num::NonZero;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The field, in the API's word.
    pub field: String,
    /// As it is; absent where it is not there, or not to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<Term>>,
    /// As it should be. What is only known later stands as a reference, what comes from the
    /// environment as the variable's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Box<Term>>,
    /// It was applied as declared, and changed by somebody since.
    pub drift: bool,
    /// The variables that have another value here than the one that is there, where nothing else differs: nobody can
    /// tell who is right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<String>,
    /// Of these variables it is known that their values changed since they were applied.
    #[serde(skip_serializing_if = "is_not")]
    pub rotated: bool,
    /// It is as an earlier run of plg sent it, which saw no answer.
    #[serde(skip_serializing_if = "is_not")]
    pub own: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_not(flag: &bool) -> bool {
    !flag
}

impl FieldChange {
    /// Who made it differ, as far as that is known.
    pub(crate) fn note(&self) -> Option<String> {
        match (&self.variables[..], self.own, self.drift) {
            ([], true, _) => Some("sent by an earlier deploy, which got no answer".to_owned()),
            ([], _, true) => Some("changed in the web app".to_owned()),
            ([], ..) => None,
            ([one], ..) if self.rotated => Some(format!("the value of {one} changed since it was applied")),
            (all, ..) if self.rotated => {
                Some(format!("the values of {} changed since they were applied", all.join(", ")))
            }
            ([one], ..) => Some(format!("the value of {one} here differs from the live one")),
            (all, ..) => Some(format!("the values of {} here differ from the live ones", all.join(", "))),
        }
    }
}

/// Why a field is left as it is, though it is not as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnmanagedBy {
    /// People decide it in the web app.
    People,
    /// Somebody added it to a field, beside what is declared.
    Others,
    /// The API took what was sent, and did not keep it.
    Api,
    /// A request that was given up made it a second time.
    Late,
    /// Nobody: it should be known, and no request changes it.
    Noted,
    /// Nobody any more: it was applied, and its declaration does not say it any more.
    Undeclared,
}

/// Something that is left as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Unmanaged {
    /// Why.
    pub whose: UnmanagedBy,
    /// The field, in the API's word; none for what no field says, such as that an experiment runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it is, as in "it runs since 2026-11-01".
    pub says: String,
}

/// What is done with one resource, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// Its address.
    pub address: String,
    /// Its kind's keyword.
    pub kind: String,
    /// Which API holds it.
    pub provider: String,
    /// The account it is in.
    pub account: String,
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
    /// The same as a stack writes it, and what a new resource is made as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<WordChange>,
    /// What a resource held that is deleted or archived, as a stack would write it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<WordChange>,
    /// What differs, and is left as it is.
    #[serde(rename = "left", skip_serializing_if = "Vec::is_empty")]
    pub unmanaged: Vec<Unmanaged>,
    /// In which order a replacement is done, and what is lost by it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<String>,
    /// That it is gone or archived is the work of an earlier run of plg, which saw no answer.
    #[serde(skip_serializing_if = "is_not")]
    pub own: bool,
    /// The address it was remembered under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// The account that it was in, where it moves to another one: it is made anew there, and what is left goes once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
    /// Addresses whose keys it takes: they give them up first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub takes_from: Vec<String>,
    /// The key it has meanwhile, where another one takes its own before its new one is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parking: Option<String>,
    /// How it is treated from now on, where only that is remembered: `protect: true`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remembers: Vec<String>,
    /// The key that applications ask for, where it becomes another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_key: Option<ChangedKey>,
    /// What people should know before it is done: that an experiment runs on it, or that applications ask for its key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Who changed it last, where somebody changed what was applied and the API tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_change: Option<LastChange>,
    /// The addresses it needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends: Vec<String>,
    /// 0 where it needs nothing, else one more than the latest it needs.
    pub wave: u32,
}

/// What a deploy would do. The same input makes the same plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
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
    /// Writes of earlier runs that may still arrive.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open_writes: Vec<OpenWrite>,
    /// What arrived although its create had been given up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<LateObject>,
    /// What people had made of things when a deploy looked last, where this plan did not look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_queried: Vec<NotQueried>,
    /// How many resources are remembered of which nobody noted whether plg made them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_origin: Option<NonZero<usize>>,
    /// What is left for later, as the command excludes it or something that it needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Excluded>,
}

/// A change that a plan leaves for later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Excluded {
    /// The address.
    pub address: String,
    /// What would be done with it.
    pub change: Change,
    /// The address that it waits for; none where the command names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

impl Plan {
    /// One step on its own.
    pub(crate) fn of_one(state: &State, stage: &str, step: Step) -> Plan {
        Plan {
            stack: state.stack.clone(),
            stage: stage.to_owned(),
            destroy: true,
            refreshed: false,
            serial: state.serial,
            steps: vec![step],
            open_writes: Vec::new(),
            late: Vec::new(),
            not_queried: Vec::new(),
            unknown_origin: None,
            excluded: Vec::new(),
        }
    }

    /// How many steps do this.
    pub fn count(&self, change: Change) -> usize {
        self.steps.iter().filter(|s| s.change == change).count()
    }

    /// The names of the accounts that anything would be written to, in order.
    pub fn written_accounts(&self) -> Vec<String> {
        let written = self.steps.iter().filter(|step| step.writes() || step.change == Change::Marker);
        let names: BTreeSet<&String> = written.map(|step| &step.account).collect();
        names.into_iter().cloned().collect()
    }

    /// Whether anything remote would be changed.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|s| s.writes())
    }

    /// Whether only the memory of something would be changed.
    pub fn remembers(&self) -> bool {
        let is_remembered = |step: &Step| {
            step.renamed_from.is_some()
                || !step.remembers.is_empty()
                || matches!(step.change, Change::Adopt | Change::Forget | Change::Keep)
        };
        self.steps.iter().any(is_remembered)
    }

    /// Addresses that would be deleted, archived or replaced.
    pub fn losses(&self) -> Vec<&str> {
        self.steps
            .iter()
            .filter(|s| matches!(s.change, Change::Delete | Change::Archive | Change::Replace))
            .map(|s| s.address.as_str())
            .collect()
    }

    /// Only what others changed since it was applied: fields edited, objects deleted or archived in the web apps. What
    /// an earlier run of plg did is none of it.
    #[must_use]
    pub fn drift(&self) -> Plan {
        let mut plan = Plan { unknown_origin: None, ..self.clone() };
        plan.steps.retain_mut(|step| match step.change {
            Change::Update | Change::Revive => {
                step.fields.retain(|f| f.drift);
                step.words.retain(|told| step.fields.iter().any(|f| f.field == told.field));
                (step.change == Change::Revive && !step.own) || !step.fields.is_empty()
            }
            Change::Create => step.reason.is_some() && !step.own,
            _ => false,
        });
        plan
    }

    /// Equal for plans that do the same, and for no others: who changed something last changes nothing about that.
    pub(crate) fn fingerprint(&self) -> String {
        if self.steps.iter().all(|step| step.last_change.is_none()) {
            return fingerprint(self);
        }
        let mut plan = self.clone();
        plan.steps.iter_mut().for_each(|step| step.last_change = None);
        fingerprint(&plan)
    }

    /// The step of an address.
    pub fn step(&self, address: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.address == address)
    }
}

impl Step {
    /// The removal of something that is in no declaration.
    pub(crate) fn removal(address: &str, spec: &Spec, account: AccountName, change: Change, id: String) -> Step {
        let provider = spec.provider().title.to_owned();
        Step { provider, id: Some(id), ..Step::of(address, (spec.keyword, account), String::new(), change) }
    }

    /// One that says only what is done.
    pub(crate) fn of(address: &str, (kind, account): (&str, AccountName), place: String, change: Change) -> Step {
        Step {
            address: address.to_owned(),
            kind: kind.to_owned(),
            provider: String::new(),
            account: account.0.to_owned(),
            place,
            change,
            reason: None,
            id: None,
            fields: Vec::new(),
            words: Vec::new(),
            held: Vec::new(),
            unmanaged: Vec::new(),
            means: Vec::new(),
            own: false,
            renamed_from: None,
            moved_from: None,
            takes_from: Vec::new(),
            parking: None,
            remembers: Vec::new(),
            changed_key: None,
            warnings: Vec::new(),
            last_change: None,
            depends: Vec::new(),
            wave: 0,
        }
    }

    /// Short sentences beside its address, wherever it is shown.
    pub(crate) fn notes(&self) -> Vec<String> {
        let was = self.renamed_from.iter().map(|from| format!("was {from}"));
        let taken = self.takes_from.iter().map(|from| format!("takes the key of {from}"));
        let parked = self.parking.iter().map(|key| format!("is named {key} meanwhile"));
        let treated = self.remembers.iter().map(|how| format!("from now on {how}"));
        let asked = self.changed_key.iter().map(ChangedKey::says);
        let warned = asked.chain(self.warnings.iter().cloned());
        self.reason.iter().cloned().chain(was).chain(taken).chain(parked).chain(treated).chain(warned).collect()
    }

    /// What is needed to do it: the names of the fields that change, without what they are and should
    /// be. What is made is made from its declaration.
    pub(crate) fn without_values(&self) -> Step {
        let differing = if self.change == Change::Create { &[][..] } else { &self.fields };
        let named = |field: &FieldChange| FieldChange {
            field: field.field.clone(),
            from: None,
            to: None,
            drift: field.drift,
            variables: Vec::new(),
            rotated: false,
            own: field.own,
        };
        Step {
            address: self.address.clone(),
            kind: self.kind.clone(),
            provider: self.provider.clone(),
            account: self.account.clone(),
            place: self.place.clone(),
            change: self.change,
            reason: self.reason.clone(),
            id: self.id.clone(),
            fields: differing.iter().map(named).collect(),
            words: Vec::new(),
            held: Vec::new(),
            unmanaged: self.unmanaged.clone(),
            means: Vec::new(),
            own: self.own,
            renamed_from: self.renamed_from.clone(),
            moved_from: None,
            takes_from: self.takes_from.clone(),
            parking: self.parking.clone(),
            remembers: Vec::new(),
            changed_key: None,
            warnings: Vec::new(),
            last_change: None,
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
