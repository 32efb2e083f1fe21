//! What a flag is wanted to be once PostHog did to it what was scheduled.

use crate::kinds::prelude::*;

/// One that was done, with when.
struct Done<'a> {
    /// The moment, in one spelling; nothing where it is not known whether it was done.
    at: Option<&'a str>,
    /// What it did.
    payload: &'a Term,
}

/// Writes into what is wanted of a flag what scheduled changes of it did, the earliest first. Of what may have been
/// done nobody knows how it is: it is left as it is.
pub(super) fn settle(want: &mut Terms, others: &[Settling<'_>]) {
    // What an experiment shipped is its own: who gets which variant is left as it is.
    if others.iter().any(is_shipped) {
        for field in ["variants", "groups", "active"] {
            want.remove(field);
        }
    }
    let mut done: Vec<Done> = others.iter().filter_map(Done::of).collect();
    done.sort_by_key(|one| one.at);
    for one in &done {
        one.settle(want);
    }
    // Whatever else was done, this may have been done after it.
    for one in done.iter().filter(|one| one.at.is_none()) {
        want.remove(one.field());
    }
}

/// Whether it is an experiment that is over, and shipped a variant.
fn is_shipped(other: &Settling<'_>) -> bool {
    let ended = other.live.is_some_and(|live| live.fields.get("end_date").is_some_and(|end| !end.is_null()));
    other.kind == "experiment" && ended && other.want.get("ship").is_some()
}

impl<'a> Done<'a> {
    fn of(other: &'a Settling<'_>) -> Option<Self> {
        let payload = other.want.get("payload")?;
        let Some(live) = other.live else { return Some(Done { at: None, payload }) };
        let said = |field: &str| Some(text(&live.fields, field)).filter(|at| !at.is_empty());
        if said("failure_reason").is_some() {
            return None;
        }
        let at = said("last_executed_at").or_else(|| said("executed_at"))?;
        Some(Done { at: Some(at), payload })
    }

    fn field(&self) -> &'static str {
        match self.payload.get("operation").and_then(Term::as_str) {
            Some("update_status") => "active",
            Some("update_variants") => "variants",
            _ => "groups",
        }
    }

    fn settle(&self, want: &mut Terms) {
        let (Some(_), Some(value)) = (self.at, self.payload.get("value")) else { return };
        let field = self.field();
        match field {
            // Where nothing is written, it is left to people.
            "active" => {
                if want.get(field).is_some() {
                    want.insert(field, value.clone());
                }
            }
            "variants" => {
                let Some(new) = value.get("variants").and_then(Term::as_list) else { return };
                let named = want.get(field).and_then(Term::as_list).map_or(&[][..], |list| list).to_vec();
                let with_name = |variant: &Term| {
                    let name =
                        named.iter().find(|old| old.get("key") == variant.get("key")).and_then(|old| old.get("name"));
                    let mut variant = variant.clone();
                    if let (Some(name), Some(map)) = (name, variant.as_map_mut()) {
                        map.insert("name", name.clone());
                    }
                    variant
                };
                want.insert(field, new.iter().map(with_name).collect::<Vec<_>>());
                if want.get("payloads").is_some() {
                    want.insert("payloads", value.get("payloads").cloned().unwrap_or_else(|| Terms::new().into()));
                }
            }
            _ => {
                let new = value.get("groups").and_then(Term::as_list).unwrap_or_default();
                let mut groups = want.get(field).and_then(Term::as_list).unwrap_or_default().to_vec();
                for group in new {
                    if !groups.iter().any(|own| own.is_same(group)) {
                        groups.push(group.clone());
                    }
                }
                want.insert(field, groups);
            }
        }
    }
}
