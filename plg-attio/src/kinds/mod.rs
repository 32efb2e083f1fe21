//! Attio's kinds, one file each, and the list of them.
//!
//! A new kind is one file here with its import beside it, `mod` and `pub use`, a row in the list and one in `IMPORTERS`;
//! `docs/contributing.md` has the places in other crates.

pub(crate) mod attio;
mod attribute;
#[cfg(test)]
mod fixture;
mod known;
mod list;
mod member;
mod object;
mod option;
mod raw_resource;
mod seed;
mod status;
mod view;
mod webhook;

pub use attribute::*;
pub use list::*;
pub use member::{Member, MemberEmail};
pub use object::*;
pub use option::*;
pub use raw_resource::AttioRest;
pub use seed::{Seed, SeedEntry, SeedValue};
pub use status::*;
pub use view::AttioView;
pub use webhook::*;

use crate::codes;
use plg_core::kinds::Kind;
use plg_core::source::{self, Importer, LiveKind};
use plg_core::{BetweenRule, Map};
use serde_json::Value as Json;
use source::whole;

plg_core::kinds! {
    object Object,
    list List,
    attribute Attribute,
    relationship_end RelationshipEnd,
    option SelectOption,
    status Status,
    webhook Webhook,
    member Member,
    view AttioView,
    seed Seed,
    attio_rest AttioRest,
}

/// How each kind is written down, what others refer to first.
pub static IMPORTERS: &[Importer] = &[
    Importer::of::<Member>(&[], whole),
    Importer::of::<Object>(&[], whole),
    Importer::of::<List>(&[], whole),
    // Attributes have a place, and two kinds are written inside an attribute.
    Importer::of::<Attribute>(&["object", "list", "option", "status"], places),
    Importer::inside::<SelectOption>(
        &CHOICES,
        &[Attribute::KEYWORD],
        "attribute",
        |live, common, _| Ok(source::read::keep(SelectOption::read(live, common))),
        |found| attributes(found, "select"),
    ),
    Importer::inside::<Status>(
        &CHOICES,
        &[Attribute::KEYWORD],
        "attribute",
        |live, common, _| Ok(source::read::keep(Status::read(live, common))),
        |found| attributes(found, "status"),
    ),
    Importer::inside::<RelationshipEnd>(&ENDS, &[Attribute::KEYWORD], "near", attribute::draw_end, |_| Vec::new()),
    Importer::of::<Webhook>(&[], whole),
];

/// Keys that an answer of any kind has, and that no declaration has to say.
pub(crate) const NOISE: &[source::Noise] = &[
    source::Noise { because: "Attio gives it out", keys: &["id"] },
    source::Noise { because: "it says when something was done to it", keys: &["created_at"] },
    source::Noise { because: "it says who did something to it", keys: &["created_by_actor"] },
];

/// How the answers of options and statuses are read.
static CHOICES: source::Answers = source::Answers {
    noise: &[NOISE, &[source::Noise { because: "declarations say whether it is there", keys: &["is_archived"] }]],
    usual: &[],
    called: &[],
    placed: &[],
};

/// How the answer of the other end of a relationship is read.
static ENDS: source::Answers = source::Answers {
    noise: &[NOISE, &[source::Noise { because: "another declaration says it", keys: &["relationship"] }]],
    usual: &[],
    called: &[],
    placed: &[],
};

fn places(found: &[LiveKind]) -> Vec<Map> {
    let of = |kind, target: &'static str| {
        source::live(found, kind).map(move |place| {
            Map::from_iter([
                ("on".to_owned(), Json::from(place.id.as_str())),
                ("target".to_owned(), Json::from(target)),
            ])
        })
    };
    of(Object::KEYWORD, "objects").chain(of(List::KEYWORD, "lists")).collect()
}

fn attributes(found: &[LiveKind], holds: &str) -> Vec<Map> {
    source::live(found, Attribute::KEYWORD)
        .filter(|attribute| !attribute.archived && plg_core::wire::text(&attribute.fields, "type") == holds)
        .map(|attribute| {
            let object = attribute.outputs.get("object").cloned().unwrap_or_default();
            let on_list = source::live(found, List::KEYWORD).any(|list| object == list.id.as_str());
            let target = Json::from(if on_list { "lists" } else { "objects" });
            Map::from_iter([
                ("attribute".to_owned(), attribute.id.as_str().into()),
                ("object".to_owned(), object),
                ("target".to_owned(), target),
            ])
        })
        .collect()
}

/// Every rule between declarations that a kind has. Names, keys, references and cycles have the same rules in all
/// kinds.
pub static BETWEEN: &[BetweenRule] = &[
    BetweenRule {
        kind: "object",
        looks_at: &["object"],
        says: "Each object has nouns of its own, which none of Attio's objects has either.",
        code: plg_core::codes::SAME_KEY,
        check: object::check_nouns,
    },
    BetweenRule {
        kind: "attribute",
        looks_at: &["list"],
        says: "An attribute of a list is not `required`.",
        code: codes::NOT_ON_THIS_OBJECT,
        check: attribute::check_place,
    },
    BetweenRule {
        kind: "attribute",
        looks_at: &["attribute", "list", "object"],
        says: "The other end of a relationship has a slug of its own on its object, and is declared with its attribute alone.",
        code: plg_core::codes::SAME_KEY,
        check: attribute::check_back,
    },
    BetweenRule {
        kind: "seed",
        looks_at: &["object", "attribute", "option", "status"],
        says: "A record holds what the attributes of its object can hold, and is found by one of them that is `unique`.",
        code: codes::NOT_ON_THIS_OBJECT,
        check: seed::check_places,
    },
    BetweenRule {
        kind: "webhook",
        looks_at: &["webhook"],
        says: "An event is told to an address by one webhook.",
        code: plg_core::codes::SAME_KEY,
        check: webhook::check_told,
    },
    BetweenRule {
        kind: "attio_rest",
        looks_at: &["attio_rest"],
        says: "Raw resources of one list differ in what stands at their `key`.",
        code: plg_core::codes::SAME_KEY,
        check: plg_core::rest::check_apart,
    },
];

/// What a kind's file starts with.
mod prelude {
    pub(crate) use plg_core::prelude::*;
}
