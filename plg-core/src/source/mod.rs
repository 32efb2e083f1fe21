//! A live workspace and project, written down as a stack.
//!
//! ```text
//! live ─ Import ─▶ typed declaration ─ want ─▶ compared with what is live
//!                        └── block ─▶ the kind's own checks ─▶ text
//! ```
//!
//! Text and proof come from the same declaration. What it cannot say about an object is left to
//! people (`ignore`); what then still does not fit is only referred to (`existing`), or left out.

mod answers;
mod known;
mod names;
mod noise;
mod only;
mod print;
pub(crate) mod query;
pub(crate) mod read;
mod settle;

pub(crate) use answers::{Answers, Noise};
pub(crate) use known::{Known, readable};
use noise::CHOICES;
pub(crate) use noise::{ATTIO, POSTHOG};
pub use only::Only;
pub use print::written_value;
pub use settle::{Fate, Gap, ImportedStack, write};

use crate::kinds::*;
use crate::{Common, Declared, Live, Map, Spec};
use serde_json::Value as Json;
use std::collections::HashMap;

/// A kind whose declarations can be made from what is live.
pub(crate) trait Import: Kind + Sized {
    /// How its answers are read beyond what is declared: what of them nobody has to say, each with a reason.
    const ANSWERS: Answers;

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

    /// An answer without what the API itself would say of a new object, where that depends on its other parts.
    fn plain(answer: Json) -> Json {
        answer
    }

    /// Whether an answer that the kind does not read is of something that the API made for itself.
    fn is_hidden(answer: &Json) -> bool {
        let _ = answer;
        false
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
    /// What the API answered of each, by its id.
    pub answers: HashMap<String, Json>,
    /// Parents whose lists could not be read.
    pub unlisted: Vec<Map>,
}

/// How one kind is written down.
#[derive(Debug)]
pub struct Importer {
    /// The kind.
    pub spec: &'static Spec,
    /// The parents whose lists hold everything of the kind; one without fields, where it has no parents.
    pub parents: fn(&[LiveKind]) -> Vec<Map>,
    /// Kinds without which it cannot be written, beside those it can mention.
    pub beside: &'static [&'static str],
    is_hidden: fn(&Json) -> bool,
    answers: &'static Answers,
    steps: Option<Steps>,
}

#[derive(Debug, Clone, Copy)]
struct Steps {
    answers: &'static Answers,
    plain: fn(Json) -> Json,
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
    /// Whether an answer that the kind does not read is of something that the API made for itself.
    pub fn is_hidden(&self, answer: &Json) -> bool {
        (self.is_hidden)(answer)
    }

    /// Keys of its answers that no declaration has to say, with the reason why nothing is lost without them.
    pub fn passed_over(&self) -> impl Iterator<Item = (&'static [&'static str], &'static str)> {
        self.answers.noise.iter().copied().flatten().map(|noise| (noise.keys, noise.because))
    }

    /// Whether its objects are declarations of their own.
    pub fn is_alone(&self) -> bool {
        self.steps.is_some()
    }

    const fn of<T: Import>(beside: &'static [&'static str], parents: fn(&[LiveKind]) -> Vec<Map>) -> Importer {
        Importer {
            spec: const { &T::SPEC },
            parents,
            beside,
            is_hidden: T::is_hidden,
            answers: const { &T::ANSWERS },
            steps: Some(Steps {
                answers: const { &T::ANSWERS },
                plain: T::plain,
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
    const fn inside<T: Kind>(answers: &'static Answers, parents: fn(&[LiveKind]) -> Vec<Map>) -> Importer {
        Importer {
            spec: const { &T::SPEC },
            parents,
            beside: &[Attribute::KEYWORD],
            is_hidden: |_| false,
            answers,
            steps: None,
        }
    }
}

macro_rules! importers {
    ($($keyword:ident $ty:ident,)*) => {
        /// Every kind, what others refer to first.
        pub static KINDS: &[Importer] = &[$(importers!(@one $ty)),*];
    };
    // Attributes have a place, and two kinds are written inside an attribute.
    (@one Attribute) => { Importer::of::<Attribute>(&["object", "list", "option", "status"], places) };
    (@one SelectOption) => { Importer::inside::<SelectOption>(&CHOICES, |found| attributes(found, "select")) };
    (@one Status) => { Importer::inside::<Status>(&CHOICES, |found| attributes(found, "status")) };
    (@one $ty:ident) => { Importer::of::<$ty>(&[], whole) };
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
