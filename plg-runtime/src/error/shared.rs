//! Objects that another state holds as well, and why a plan cannot do with them what it would.

use plg_core::AccountName;
use std::collections::BTreeSet;

/// An object that another state holds as well, and what cannot be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedObject {
    /// Our address.
    pub address: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
    /// Our stage.
    pub stage: String,
    /// The account it is in.
    pub account: AccountName,
    /// Who holds it: `stage prod`, or `stage prod of stack shop`.
    pub other: String,
    /// The other's stage, where it is one of our stack.
    pub sibling: Option<String>,
    /// Its address there.
    pub other_address: String,
    /// Where it is declared there, as `file:line`.
    pub other_place: String,
    /// What cannot be done.
    pub why: SharedWhy,
}

/// What cannot be done with an object that another state holds as well.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedWhy {
    /// It would be adopted, and nobody said that the two share it.
    Adopted,
    /// It would be replaced.
    Replaced,
    /// Both declare it, and not alike: each field with both values.
    Differs(Vec<String>),
}

/// How many objects are listed of those that are refused for one reason.
const LISTED: usize = 10;

impl SharedObject {
    /// Whether both are refused for one reason, and because of the same holder.
    fn is_like(&self, other: &SharedObject) -> bool {
        self.other == other.other && std::mem::discriminant(&self.why) == std::mem::discriminant(&other.why)
    }

    /// What to do about it, and about all others like it.
    pub(super) fn hint(&self, all: &[SharedObject]) -> String {
        let SharedObject { stage, other, sibling, .. } = self;
        match (&self.why, sibling) {
            (SharedWhy::Adopted, Some(sibling)) => {
                let like = all.iter().filter(|one| one.is_like(self));
                let accounts: BTreeSet<String> = like.map(|one| format!("`{}`", one.account)).collect();
                let fields = accounts.into_iter().collect::<Vec<_>>().join(" and ");
                format!(
                    "use keys of other accounts for stage {stage}; or, if both stages are to look after the same objects, write `shared_with: [{sibling}]` in {fields} of stage {stage}, and `shared_with: [{stage}]` in those of stage {sibling}"
                )
            }
            (SharedWhy::Adopted, None) => format!(
                "use keys of other accounts for stage {stage}; or write `existing` before these declarations, which then only refer to them, and leave them to {other}"
            ),
            (SharedWhy::Replaced, _) => format!(
                "remove its declaration from {other} and deploy that, which leaves the object as it is; then deploy here"
            ),
            (SharedWhy::Differs(_), _) => {
                "declare both alike; or write `ignore: [FIELD]` in one of them, or remove one of them".into()
            }
        }
    }
}

/// Objects that others hold as well, those refused for one reason together.
pub(super) fn said(all: &[SharedObject]) -> String {
    let mut groups: Vec<Vec<&SharedObject>> = Vec::new();
    for one in all {
        match groups.iter_mut().find(|group| group[0].is_like(one)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let said: Vec<String> = groups.iter().map(|group| of_one_reason(group)).collect();
    said.join("\n")
}

fn of_one_reason(group: &[&SharedObject]) -> String {
    let Some(SharedObject { stage, other, why, .. }) = group.first() else { return String::new() };
    let objects = if group.len() == 1 { "1 object".to_owned() } else { format!("{} objects", group.len()) };
    let mut said = match why {
        SharedWhy::Adopted => format!("{other} holds {objects} that stage {stage} would adopt"),
        SharedWhy::Replaced => format!("{other} holds {objects} as well that stage {stage} would replace"),
        SharedWhy::Differs(_) => {
            format!("{other} holds {objects} as well and declares them otherwise than stage {stage}")
        }
    };
    for one in group.iter().take(LISTED) {
        let SharedObject { address, place, other_address, other_place, .. } = one;
        said.push_str(&format!("\n  {address} ({place}) is {other_address} ({other_place}) of {other}"));
        if let SharedWhy::Differs(fields) = &one.why {
            said.push_str(&format!(": {}", fields.join(", ")));
        }
    }
    if group.len() > LISTED {
        said.push_str(&format!("\n  and {} more", group.len() - LISTED));
    }
    said
}
