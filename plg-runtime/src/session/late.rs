//! Removes what arrived although its create had been given up.

use super::Session;
use crate::answers::impact::{ImpactSources, impact};
use crate::declared::terms::sent;
use crate::error::Error;
use crate::live::{entry_of, late_objects};
use crate::plan::{Change, Plan, Step};
use crate::store::{Entry, Origin, StateEvent, Watched};
use plg_core::{AccountName, Live, Spec, linked};
use std::collections::BTreeMap;

/// The removal of an object that arrived after all: shown first, applied by [`Session::adopt_late`] and
/// [`Session::apply`].
#[derive(Debug)]
#[non_exhaustive]
pub struct LateRemoval {
    /// The plan that removes it and nothing else.
    pub plan: Plan,
    /// What people call it: its kind, its name, its id.
    pub name: String,
    entry: Entry,
}

impl Session {
    /// Finds the object with this id among those that arrived after all.
    ///
    /// # Errors
    /// [`Error::Late`] where none has this id, or it was changed or referred to since; and when an API cannot be
    /// asked.
    pub async fn late_removal(&mut self, id: &str) -> Result<LateRemoval, Error> {
        let state = self.state();
        let mut found = late_objects(&self.client, &state, &self.environment, id).await?;
        if let [_, _, ..] = &found[..] {
            let all: Vec<String> = found.iter().map(|(watched, _)| format!("{}/{id}", watched.account())).collect();
            return Err(Error::Late {
                message: format!("several objects with the id {id} arrived after plg had given up their creates"),
                hint: format!("name the account too: {}", all.join(", ")),
            });
        }
        let Some((watched, live)) = found.pop() else {
            return Err(Error::Late {
                message: format!("no object with the id {id} arrived after plg had given up its create"),
                hint: "`plan` names the objects that did; remove any other object in the web app, or from the stack"
                    .into(),
            });
        };
        let Some(spec) = linked::find(&watched.kind) else {
            return Err(Error::Late {
                message: format!("this plg has no kind {}", watched.kind),
                hint: "use the version of plg that created it".into(),
            });
        };
        self.refuse_changed(&watched, &live, spec)?;
        let id = live.id.as_str();
        let address = format!("{}@late-{id}", watched.address);
        let now = self.client.now().to_string();
        let entry = entry_of(spec, watched.account(), &live, Origin::Made, watched.fields.clone(), Vec::new(), now);
        let plan = self.removal(spec, watched.account(), &address, &live);
        self.refuse_needed(&plan, &address, &entry, id).await?;
        let name = spec.wire.identity(&live.fields).unwrap_or_default();
        Ok(LateRemoval { plan, name: format!("{} {name} ({id})", watched.kind), entry })
    }

    /// Takes it over for as long as it takes to remove it.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn adopt_late(&mut self, removal: &LateRemoval) -> Result<(), Error> {
        let super::Memory::Open(book) = &self.memory else { return Err(Error::Problems(Vec::new())) };
        for step in &removal.plan.steps {
            let entry = Box::new(removal.entry.clone());
            book.record(StateEvent::Adopt { address: step.address.clone(), entry }).await?;
        }
        Ok(())
    }

    fn refuse_changed(&self, watched: &Watched, live: &Live, spec: &Spec) -> Result<(), Error> {
        let sent = sent(&watched.fields, &self.environment);
        let differs = |field: &&String| {
            let now = live.fields.get(*field);
            let is_parent = spec.wire.parents().contains(&field.as_str());
            !is_parent && now.is_some_and(|now| !spec.wire.same(field, &sent[field.as_str()], now))
        };
        let changed: Vec<&str> = sent.keys().filter(differs).map(String::as_str).collect();
        if changed.is_empty() {
            return Ok(());
        }
        Err(Error::Late {
            message: format!(
                "the {} {} has been changed since it arrived: {}",
                watched.kind,
                live.id,
                changed.join(", ")
            ),
            hint: "somebody may use it: if nobody does, remove it in the web app".into(),
        })
    }

    fn removal(&self, spec: &Spec, account: AccountName, address: &str, live: &Live) -> Plan {
        let step = Step::removal(address, spec, account, Change::Delete, live.id.clone());
        Plan::of_one(&self.state(), &self.stage, step)
    }

    async fn refuse_needed(&self, plan: &Plan, address: &str, entry: &Entry, id: &str) -> Result<(), Error> {
        let mut state = (*self.state()).clone();
        state.resources.insert(address.to_owned(), entry.clone());
        let sources = ImpactSources { client: &self.client, graph: &self.graph, state: &state, seen: &self.seen };
        let needed = impact(&sources, plan, &BTreeMap::new()).await?;
        let by: Vec<String> = needed
            .losses
            .iter()
            .flat_map(|loss| &loss.dependents)
            .map(|dependent| format!("{} {} ({})", dependent.kind, dependent.name, dependent.id))
            .collect();
        if by.is_empty() {
            return Ok(());
        }
        Err(Error::Late {
            message: format!("since it arrived, other objects refer to {id}: {}", by.join(", ")),
            hint: "make these refer to the other object first, or remove it in the web app".into(),
        })
    }
}
