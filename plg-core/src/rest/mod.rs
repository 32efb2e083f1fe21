//! Raw resources: what an API has and the language has no word for yet, declared by paths and JSON.
//!
//! [`rest_kind!`](crate::rest_kind!) makes the kind of a provider. Its declarations say where such an object is made and
//! listed, what tells it apart, what is sent, and how it is changed and removed; plans, drift, removals and recovery are
//! those of every other kind. What the keys of its body mean nobody checks, and nothing imports it.

mod check;
mod says;
mod wire;
mod words;

pub use check::{RestRules, check, check_apart};
pub use says::RestSaid;
pub use wire::RestWire;
pub use words::{ApiPath, JsonPointer, RestRemoval, RestUpdate};

/// Declares the kind of a provider's raw resources: its docs, its word, its type, and what its API is like.
#[macro_export]
macro_rules! rest_kind {
    ($(#[doc = $doc:literal])* $keyword:ident $ty:ident, provider: $provider:expr, wire: $wire:expr, rules: $rules:expr) => {
        $crate::kind! {
            $(#[doc = $doc])*
            $keyword $ty {
                /// Where it is made, with `POST`: a path from the host's root. Words in braces are what the account
                /// fills in, or `within`.
                create: $crate::rest::ApiPath,
                /// Where the list of all of them is; where they are made unless given.
                list: Option<$crate::rest::ApiPath> = None,
                /// What tells it apart from all others in that list: a place in `body`, such as `/name`, whose value the
                /// API gives back as it was sent. Without one it is told apart by every text, number and switch of `body`.
                key: Option<$crate::rest::JsonPointer> = None,
                /// Where its id is, in a row of the list and in the answer to its making. Of an id that is made of
                /// several, it is the last.
                id: $crate::rest::JsonPointer = $crate::rest::JsonPointer("/id"),
                /// What is sent, as JSON: names of declarations in it are what the API knows them by, and secrets are
                /// `env("NAME")`. What others add, at every depth, is theirs.
                body: $crate::Json,
                /// What stands for words in braces of its paths: `{ "flag": NewOnboarding.id }`.
                within: $crate::Json = $crate::Json::Null,
                /// How it is changed.
                update: $crate::rest::RestUpdate = $crate::rest::RestUpdate::patch(None),
                /// How it is removed.
                remove: $crate::rest::RestRemoval = $crate::rest::RestRemoval::delete(None),
                /// Whether its list has pages; one that has not answers everything at once.
                paged: bool = true,
            }
            provider: $provider,
            key: &["key"],
            check: |block, _, report| $crate::rest::check(block, $provider, $rules, report),
            unique: &[],
            titled: None,
            surface: $crate::Surface::NONE,
            wire: $wire,
        }

        impl $crate::kinds::Describe for $ty {
            fn want(&self) -> $crate::Want {
                let $ty { ref common, create, list, key, id, body, within, update, remove, paged } = *self;
                $crate::rest::RestSaid { common, create, list, key, id, body, within, update, remove, paged }.want()
            }
        }
    };
}

#[cfg(test)]
mod tests;
