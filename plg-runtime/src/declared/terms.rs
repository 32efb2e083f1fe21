//! Terms beside each other and beside JSON: what a kind's rules, which are written for JSON, say of them.

use crate::declared::environment::Environment;
use plg_core::{Map, Stood, Term, Terms, Wire};
use serde_json::Value as Json;
use std::borrow::Cow;

/// Fields as they are sent: those of which all is known once variables are replaced.
pub(crate) fn sent(fields: &Terms, environment: &Environment) -> Map {
    fields.filled(&|name| environment.get(name))
}

/// A term as JSON where all of it is known; else with texts in it that are in none of `beside`.
pub(crate) fn stood<'a>(term: &Term, sent: Option<&'a Json>, beside: &[&Json]) -> Cow<'a, Json> {
    sent.map_or_else(|| Cow::Owned(Stood::beside(&[term], beside).json(term)), Cow::Borrowed)
}

/// What a rule says of two terms.
pub(crate) fn of_both<T>(one: &Term, other: &Term, rule: impl FnOnce(&Json, &Json) -> T) -> T {
    if let (Some(one), Some(other)) = (one.json(), other.json()) {
        return rule(&one, &other);
    }
    let mut stood = Stood::beside(&[one, other], &[]);
    let (one, other) = (stood.json(one), stood.json(other));
    rule(&one, &other)
}

/// Whether a field is declared as it was applied last.
pub(crate) fn is_as_applied(wire: &dyn Wire, field: &str, to: &Term, applied: &Term) -> bool {
    // A member that was applied and is declared no more is one that has to go.
    of_both(to, applied, |to, applied| wire.agrees(field, to, Some(applied), applied))
}

/// Whether two fields say the same.
pub(crate) fn is_alike(wire: &dyn Wire, field: &str, one: &Term, other: &Term) -> bool {
    of_both(one, other, |one, other| wire.same(field, one, other))
}

/// What a field becomes: as declared, with what others added to what is live.
pub(crate) fn merged(wire: &dyn Wire, field: &str, to: &Term, then: Option<&Json>, now: &Json) -> Term {
    let others: Vec<&Json> = then.into_iter().chain([now]).collect();
    let mut stood = Stood::beside(&[to], &others);
    let to = stood.json(to);
    stood.term(wire.merged(field, &to, then, now))
}
