//! How each kind is written down.

use super::answers::Answers;
use super::known::Known;
use super::read;
use crate::kinds::Kind;
use crate::{Common, Declared, Live, Map, Spec};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};

/// A kind whose declarations can be made from what is live.
pub trait Import: Kind + Sized {
    /// How its answers are read beyond what is declared: what of them nobody has to say, each with a reason.
    const ANSWERS: Answers;

    /// What the declaration is named after.
    fn label(live: &Live) -> &str;

    /// The description in the API, for the doc comment.
    fn description(live: &Live) -> &str {
        crate::wire::text(&live.fields, "description")
    }

    /// Whether it is not for a stack: an API's own events, until something refers to them.
    fn is_left_alone(live: &Live, known: &Known) -> bool {
        let _ = known;
        live.system
    }

    /// An answer without what the API itself would say of a new object, where that depends on its other parts.
    fn plain(answer: Json) -> Json {
        answer
    }

    /// Whether an answer is of something that nobody declares: what the API made for itself, or what is over.
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

    /// Lets others refer to what the API has of itself, and needs no declaration.
    fn keep_own(live: &Live, known: &mut Known) {
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
    /// Ids of those that the stage's state knows: of several that nothing else tells apart, they are meant.
    pub remembered: BTreeSet<String>,
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
    pub(super) is_hidden: fn(&Json) -> bool,
    pub(super) answers: &'static Answers,
    /// The field that names the one it is written inside, where it is.
    pub(super) within: Option<&'static str>,
    pub(super) keep_own: fn(&Live, &mut Known),
    /// A declaration as near to what is live as the language gets, whether or not it is one of its own.
    pub(super) draw: Draw,
    /// Lets others refer to a declaration of the kind, which is live as this.
    pub(super) keep: fn(&'static dyn Declared, &Live, &mut Known),
    pub(super) steps: Option<Steps>,
}

/// Makes a declaration of a live object.
pub(super) type Draw = fn(&Live, Common, &mut Known) -> Result<&'static dyn Declared, String>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    pub(super) answers: &'static Answers,
    pub(super) plain: fn(Json) -> Json,
    pub(super) label: for<'a> fn(&'a Live) -> &'a str,
    pub(super) description: for<'a> fn(&'a Live) -> &'a str,
    pub(super) is_left_alone: fn(&Live, &Known) -> bool,
    pub(super) import: fn(&Live, Common, &mut Known) -> Result<Draft, String>,
}

/// Lets others refer to a declaration.
pub(super) type Keep = Box<dyn FnOnce(&Live, &mut Known)>;

/// A declaration that may be kept.
pub(super) struct Draft {
    pub(super) item: &'static dyn Declared,
    pub(super) inside: Vec<(&'static dyn Declared, Live)>,
    pub(super) keep: Keep,
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

    /// A kind whose objects are declarations of their own.
    pub const fn of<T: Import>(beside: &'static [&'static str], parents: fn(&[LiveKind]) -> Vec<Map>) -> Importer {
        Importer {
            spec: const { &T::SPEC },
            parents,
            beside,
            is_hidden: T::is_hidden,
            answers: const { &T::ANSWERS },
            within: None,
            keep_own: T::keep_own,
            draw: |live, common, known| Ok(read::keep(T::import(live, common, known)?)),
            keep: |item, live, known| {
                if let Some(item) = item.as_any().downcast_ref::<T>() {
                    item.keep(live, known);
                }
            },
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

    /// A kind that is written inside another: the one of kind `beside` that its field `within` names. `draw` makes a
    /// declaration of a live object.
    pub const fn inside<T: Kind>(
        answers: &'static Answers,
        beside: &'static [&'static str],
        within: &'static str,
        draw: fn(&Live, Common, &mut Known) -> Result<&'static dyn Declared, String>,
        parents: fn(&[LiveKind]) -> Vec<Map>,
    ) -> Importer {
        Importer {
            spec: const { &T::SPEC },
            parents,
            beside,
            is_hidden: |_| false,
            answers,
            within: Some(within),
            keep_own: |_, _| (),
            draw,
            keep: |_, _, _| (),
            steps: None,
        }
    }
}

/// No parents: one list holds everything of the kind.
pub fn whole(_: &[LiveKind]) -> Vec<Map> {
    vec![Map::new()]
}

/// What is live of a kind.
pub fn live<'a>(found: &'a [LiveKind], kind: &'a str) -> impl Iterator<Item = &'a Live> {
    found.iter().filter(move |found| found.spec.keyword == kind).flat_map(|found| &found.live)
}

/// A list of objects that no declaration can be about.
#[derive(Debug, Clone, Copy)]
pub struct Unexpressed {
    /// What one of them is called.
    pub kind: &'static str,
    /// Where they are.
    pub path: &'static str,
    /// How the list is paged.
    pub paging: crate::Paging,
    /// Keys of which the first that is there names one.
    pub named: &'static [&'static str],
}
