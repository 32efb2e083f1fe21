//! Writes of earlier runs that may still arrive, and what arrived after all.

use crate::live::LateObject;
use crate::store::State;
use jiff::Timestamp;
use serde::Serialize;

/// A write that nobody saw the answer of, and that may still be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenWrite {
    /// The address it is for.
    pub address: String,
    /// What it does, as in `create`.
    pub action: String,
    /// Until when it may arrive (RFC 3339).
    pub until: String,
}

/// What was said of a live object when a deploy looked last: this plan did not look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotQueried {
    /// Its address.
    pub address: String,
    /// How it was, as in "it runs since 2026-11-01".
    pub says: String,
    /// When that was seen first (RFC 3339).
    pub seen_at: String,
    /// How long ago that is, in seconds.
    pub age_seconds: u64,
    /// Whether it was looked at for this plan: never.
    pub looked: bool,
}

/// What is remembered of how people had things, of everything in a plan that was made without a look.
pub(crate) fn not_queried<'a>(
    state: &State,
    addresses: impl Iterator<Item = &'a String>,
    now: Timestamp,
) -> Vec<NotQueried> {
    let mut all = Vec::new();
    for address in addresses {
        let Some(remarks) = state.resources.get(address).and_then(|entry| entry.remarks.as_ref()) else {
            continue;
        };
        let age = remarks.at.parse::<Timestamp>().map_or(0, |at| now.duration_since(at).as_secs());
        all.extend(remarks.says.iter().map(|says| NotQueried {
            address: address.clone(),
            says: says.clone(),
            seen_at: remarks.at.clone(),
            age_seconds: u64::try_from(age).unwrap_or(0),
            looked: false,
        }));
    }
    all
}

/// Says how something was, and how long ago that was seen.
pub(crate) fn remembered(one: &NotQueried) -> String {
    let ago = match one.age_seconds {
        age @ 0..120 => format!("{age} seconds"),
        age @ 120..7_200 => format!("{} minutes", age / 60),
        age @ 7_200..172_800 => format!("{} hours", age / 3_600),
        age => format!("{} days", age / 86_400),
    };
    format!("{}: {} (seen {ago} ago)", one.address, one.says)
}

/// Says that a write may still arrive, and until when.
pub(crate) fn may_arrive(open: &OpenWrite) -> String {
    let OpenWrite { address, action, until } = open;
    format!("{address}: the {action} of an earlier run got no answer; it may still arrive until {until}")
}

/// Says what arrived after all, and how to get rid of it.
pub(crate) fn told(late: &LateObject) -> String {
    format!(
        "{}: a create that plg had given up arrived after all: the {} {} exists too, and no stack manages it; `state remove-late {}` removes it",
        late.address,
        late.kind,
        late.id,
        late.named()
    )
}
