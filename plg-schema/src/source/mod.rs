//! A live workspace and project, written down as a stack.
//!
//! ```text
//! live ─ Import ─▶ typed declaration ─ want ─▶ compared with what is live
//!                        └── block ─▶ the kind's own checks ─▶ text
//! ```
//!
//! Text and proof come from the same declaration. What it cannot say about an object is left to
//! people (`ignore`); what then still does not fit is only referred to (`existing`), or left out.

mod known;
mod names;
mod print;
pub(crate) mod read;
mod settle;

pub(crate) use known::{Known, readable};
pub use print::written_value;
pub use settle::{Fate, Gap, ImportedStack, write};

use crate::kinds::*;
use crate::{Common, Declared, Live, Map, Spec};
use serde_json::Value as Json;

/// A kind whose declarations can be made from what is live.
pub(crate) trait Import: Kind + Sized {
    /// What the declaration is named after.
    fn label(live: &Live) -> &str;

    /// The description in the API, for the doc comment.
    fn description(live: &Live) -> &str {
        crate::wire::text(&live.fields, "description")
    }

    /// Whether it is not for a stack: PostHog's own events, until something refers to them.
    fn is_left_alone(live: &Live, known: &Known) -> bool {
        let _ = known;
        live.system
    }

    /// The declaration, as near to what is live as the language gets. Of what is `existing` only the
    /// fields that must be written are kept.
    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String>;

    /// Lets others refer to it.
    fn keep(&'static self, live: &Live, known: &mut Known) {
        let _ = (live, known);
    }

    /// Declarations inside it, with what each stands for.
    fn inside(&self, live: &Live, known: &Known) -> Vec<(&'static dyn Declared, Live)> {
        let _ = (live, known);
        Vec::new()
    }
}

/// Everything live of one kind.
#[derive(Debug)]
pub struct LiveKind {
    /// The kind.
    pub spec: &'static Spec,
    /// What is live of it.
    pub live: Vec<Live>,
}

/// How one kind is written down.
#[derive(Debug)]
pub struct Importer {
    /// The kind.
    pub spec: &'static Spec,
    /// The parents whose lists hold everything of the kind; one without fields, where it has no parents.
    pub parents: fn(&[LiveKind]) -> Vec<Map>,
    steps: Option<Steps>,
}

#[derive(Debug, Clone, Copy)]
struct Steps {
    label: for<'a> fn(&'a Live) -> &'a str,
    description: for<'a> fn(&'a Live) -> &'a str,
    is_left_alone: fn(&Live, &Known) -> bool,
    import: fn(&Live, Common, &mut Known) -> Result<Draft, String>,
}

/// Lets others refer to a declaration.
type Keep = Box<dyn FnOnce(&Live, &mut Known)>;

/// A declaration that may be kept.
struct Draft {
    item: &'static dyn Declared,
    inside: Vec<(&'static dyn Declared, Live)>,
    keep: Keep,
}

impl Importer {
    const fn of<T: Import>(parents: fn(&[LiveKind]) -> Vec<Map>) -> Importer {
        Importer {
            spec: const { &T::SPEC },
            parents,
            steps: Some(Steps {
                label: T::label,
                description: T::description,
                is_left_alone: T::is_left_alone,
                import: |live, common, known| {
                    let item = T::import(live, common, known)?;
                    let item = if common.existing { item.bare() } else { item };
                    let item: &'static T = Box::leak(Box::new(item));
                    let inside = item.inside(live, known);
                    Ok(Draft { item, inside, keep: Box::new(|live, known| item.keep(live, known)) })
                },
            }),
        }
    }

    /// A kind that is written inside another.
    const fn inside<T: Kind>(parents: fn(&[LiveKind]) -> Vec<Map>) -> Importer {
        Importer { spec: const { &T::SPEC }, parents, steps: None }
    }
}

macro_rules! importers {
    ($($keyword:ident $ty:ident,)*) => {
        /// Every kind, what others refer to first.
        pub static KINDS: &[Importer] = &[$(importers!(@one $ty)),*];
    };
    // Attributes have a place, and two kinds are written inside an attribute.
    (@one Attribute) => { Importer::of::<Attribute>(places) };
    (@one SelectOption) => { Importer::inside::<SelectOption>(|found| attributes(found, "select")) };
    (@one Status) => { Importer::inside::<Status>(|found| attributes(found, "status")) };
    (@one $ty:ident) => { Importer::of::<$ty>(whole) };
}
every_kind!(importers);

fn whole(_: &[LiveKind]) -> Vec<Map> {
    vec![Map::new()]
}

fn live<'a>(found: &'a [LiveKind], kind: &'a str) -> impl Iterator<Item = &'a Live> {
    found.iter().filter(move |found| found.spec.keyword == kind).flat_map(|found| &found.live)
}

fn places(found: &[LiveKind]) -> Vec<Map> {
    let of = |kind, target: &'static str| {
        live(found, kind).map(move |place| {
            Map::from_iter([
                ("on".to_owned(), Json::from(place.id.as_str())),
                ("target".to_owned(), Json::from(target)),
            ])
        })
    };
    of(Object::KEYWORD, "objects").chain(of(List::KEYWORD, "lists")).collect()
}

fn attributes(found: &[LiveKind], holds: &str) -> Vec<Map> {
    live(found, Attribute::KEYWORD)
        .filter(|attribute| !attribute.archived && crate::wire::text(&attribute.fields, "type") == holds)
        .map(|attribute| {
            let object = attribute.outputs.get("object").cloned().unwrap_or_default();
            let on_list = live(found, List::KEYWORD).any(|list| object == list.id.as_str());
            let target = Json::from(if on_list { "lists" } else { "objects" });
            Map::from_iter([
                ("attribute".to_owned(), attribute.id.as_str().into()),
                ("object".to_owned(), object),
                ("target".to_owned(), target),
            ])
        })
        .collect()
}
