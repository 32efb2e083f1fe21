//! Attributes of Attio that a destination fills.
//!
//! They are the declarations of Attio's kind `attribute`, known here by that word alone: a stack that has none builds
//! without Attio.

use super::input::Fed;
use super::template::TemplateFacts;
use crate::kinds::prelude::*;
use plg_core::kinds::Kind;
use plg_core::source::{Known, read};
use plg_core::{Shape, Spec, Value, keys, linked};
use std::any::Any;

/// A declaration that a destination can fill: an attribute of Attio's.
pub trait Fillable: Declared {}

impl<T: Declared> Fillable for T {}

impl Value for &'static dyn Fillable {
    const SHAPE: Shape = Shape::Ref(|| &[ATTRIBUTE]);
    const BLANK: Self = crate::kinds::Event::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}

const ATTRIBUTE: &str = "attribute";

plg_core::record! {
    /// An attribute of Attio, and what it is filled with.
    FilledAttribute {
        /// The attribute, declared in this stack or `existing`.
        attribute: &'static dyn Fillable,
        /// Where its value comes from. An empty one leaves what Attio has.
        from: Fed,
    }
}

/// The word of the object that an attribute is of: `people`, or the name of a declared one.
fn object(attribute: &Block) -> Option<&str> {
    let on = attribute.get("on")?;
    match &on.given {
        Given::Ref(name) => name.as_deref().map(plg_core::referred),
        Given::Case(_, Some(held)) => match &held.given {
            Given::Ref(name) => name.as_deref().map(plg_core::referred),
            _ => on.word(),
        },
        _ => on.word(),
    }
}

/// Whether an object of Attio's own is there only where an admin of the workspace switched it on.
pub(super) fn is_switched_on_by_hand(object: &str) -> bool {
    ["object.users", "object.workspaces"].contains(&object) && linked::own(object).is_some()
}

/// An attribute that is written where a live destination is read: nothing but what refers to it.
#[derive(Debug)]
struct ReadAttribute(&'static dyn Declared);

impl Declared for ReadAttribute {
    fn common(&self) -> &Common {
        self.0.common()
    }

    fn spec(&self) -> &'static Spec {
        self.0.spec()
    }

    fn want(&self) -> Want {
        self.0.want()
    }

    fn key_text(&self) -> Option<&'static str> {
        self.0.key_text()
    }

    fn as_any(&self) -> &dyn Any {
        self.0.as_any()
    }

    fn block(&self) -> Block {
        self.0.block()
    }
}

/// The attributes that a live destination fills, and its other inputs. A dictionary in which any slug is of no attribute
/// that is written stays an input: both together exclude each other.
pub(super) fn read(
    inputs: &Map,
    template: Option<&'static TemplateFacts>,
    known: &Known,
) -> (&'static [FilledAttribute], Map) {
    let (mut attributes, mut rest) = (Vec::new(), inputs.clone());
    for (object, into) in template.into_iter().flat_map(|template| template.attributes) {
        let dictionary = inputs.get(*into).and_then(|input| input.get("value")?.as_object());
        let is_usual = |input: &Json| {
            let usual = template.and_then(|template| template.input(into)?.usual());
            usual.is_some_and(|usual| same(&usual, input))
        };
        let Some(dictionary) = dictionary.filter(|all| !all.is_empty() && !is_usual(&Json::Object((*all).clone())))
        else {
            continue;
        };
        let one = |(slug, value): (&String, &Json)| {
            let attribute = known.declared(ATTRIBUTE, &format!("{object}.{slug}"))?;
            let attribute: &'static dyn Fillable = Box::leak(Box::new(ReadAttribute(attribute)));
            Some(FilledAttribute { attribute, from: Fed::read(value) })
        };
        if let Some(all) = dictionary.iter().map(one).collect::<Option<Vec<_>>>() {
            attributes.extend(all);
            rest.shift_remove(*into);
        }
    }
    (read::slice(attributes), rest)
}

/// What each dictionary of a template is given of these attributes, by the attributes' slugs.
pub(super) fn filled(
    attributes: &[FilledAttribute],
    template: Option<&'static TemplateFacts>,
) -> Vec<(&'static str, Terms)> {
    let mut all: Vec<(&'static str, Terms)> = Vec::new();
    for one in attributes {
        let (block, Some(slug)) = (one.attribute.block(), one.attribute.key_text()) else { continue };
        let into = template.and_then(|template| {
            let own = object(&block)?;
            template.attributes.iter().find(|(object, _)| *object == own).map(|(_, into)| *into)
        });
        let (Some(into), Some(value)) = (into, one.from.term()) else { continue };
        match all.iter_mut().find(|(name, _)| *name == into) {
            Some((_, terms)) => drop(terms.insert(slug, value)),
            None => all.push((into, Terms::from_iter([(slug, value)]))),
        }
    }
    all
}

/// Holds the attributes of a destination against its template.
pub(super) fn check(destination: &Block, template: Option<&'static TemplateFacts>, report: &mut Report) {
    let Some(attributes) = destination.get("attributes").filter(|all| !all.list().is_empty()) else { return };
    if template.is_none_or(|template| template.attributes.is_empty()) {
        let message =
            "this template does not write to Attio\nhelp: write `template: attio_people`, or leave `attributes` out";
        report.error(codes::NEEDS_ANOTHER, attributes.at, message);
        return;
    }
    let inputs = destination.get("inputs").map_or(&[][..], Node::map);
    for (_, into) in template.into_iter().flat_map(|template| template.attributes) {
        if let Some((key, at, _)) = inputs.iter().find(|(key, ..)| key == into) {
            let message = format!("`attributes` sets `{key}` already\nhelp: remove one of them");
            report.error(crate::codes::EXCLUDE_EACH_OTHER, *at, message);
        }
    }
    let name = |node: &Node| match node.field("attribute").map(|one| &one.given) {
        Some(Given::Ref(name)) => name.clone(),
        _ => None,
    };
    plg_core::checks::once(attributes.list(), name, report);
    for one in attributes.list() {
        if let Some(from) = one.field("from")
            && from.word() == Some("kept")
        {
            let message = "an attribute cannot be filled with a secret\nhelp: write a value or a property";
            report.error(codes::OTHER_SHAPE, from.at, message);
        }
    }
}

/// A template fills the attributes of its own objects, with what these can hold.
pub(in crate::kinds) fn check_attributes(destination: &Block, world: &Declarations, report: &mut Report) {
    let Some(template) = super::check::template(destination).filter(|template| !template.attributes.is_empty()) else {
        return;
    };
    for one in destination.get("attributes").map_or(&[][..], Node::list) {
        let Some(node) = one.field("attribute") else { continue };
        let Some(attribute) = world.target(node) else { continue };
        let Some(of) = object(attribute) else { continue };
        if template.attributes.iter().all(|(object, _)| *object != of) {
            let all: Vec<String> = template.attributes.iter().map(|(object, _)| format!("`{object}`")).collect();
            let message = format!(
                "`{}` is an attribute of `{of}`, and the template `{}` writes {}\nhelp: take another template, or an attribute of {}",
                attribute.name,
                template.word,
                all.join(" and "),
                all.join(" or "),
            );
            report.error(crate::codes::BUILT_ON, node.at, message);
            continue;
        }
        let slug = attribute.text("slug").unwrap_or_default();
        if let Some((_, input)) = template.found_by.iter().find(|(by, _)| *by == slug) {
            let message = format!(
                "the template `{}` finds records by `{slug}`\nhelp: write `inputs: {{ {input}: … }}`",
                template.word
            );
            report.error(crate::codes::BUILT_ON, node.at, message);
            continue;
        }
        if let Some(from) = one.field("from") {
            check_literal(attribute, from, report);
        }
    }
}

/// What is written out, or what an event always says, is something that the attribute can hold.
fn check_literal(attribute: &Block, from: &Node, report: &mut Report) {
    let Some(ty) = attribute.get("holds").and_then(Node::word) else { return };
    let mut wrong = |says: &str, help: String| {
        let message = format!("`{}` {says}\nhelp: {help}", attribute.name);
        report.error(crate::codes::OTHER_TYPE, from.at, message);
    };
    let json = match (from.word(), from.held().map(|held| &held.given)) {
        (Some("event_time"), _) if !["timestamp", "date", "text"].contains(&ty) => {
            return wrong(holds(ty), "write `event_time` for a `timestamp` or a `date`".to_owned());
        }
        (Some("event_name" | "distinct_id"), _)
            if ["number", "currency", "rating", "checkbox", "timestamp", "date"].contains(&ty) =>
        {
            return wrong(holds(ty), "fill it with a property that holds that".to_owned());
        }
        (_, Some(Given::Json(json))) => json,
        _ => return,
    };
    let text = json.as_str();
    // What stands in braces is filled in later.
    if text.is_some_and(|text| text.contains('{')) {
        return;
    }
    match ty {
        "select" | "status" => {
            let Some(spec) = linked::find(attribute.kind) else { return };
            let all = keys::members(spec, attribute);
            let is_one = text.is_some_and(|text| all.iter().any(|(_, title)| title == text));
            if !all.is_empty() && !is_one {
                let titles: Vec<String> = all.iter().map(|(_, title)| format!("\"{title}\"")).collect();
                wrong("has no such option", format!("write {}", titles.join(" or ")));
            }
        }
        "number" | "currency" | "rating"
            if !matches!(json, Term::Number(_)) && text.is_none_or(|text| text.parse::<f64>().is_err()) =>
        {
            wrong(holds(ty), "write one, or `person(\"…\")`".to_owned());
        }
        "checkbox" if !matches!(json, Term::Bool(_)) && !text.is_some_and(|text| ["true", "false"].contains(&text)) => {
            wrong(holds(ty), "write `true` or `false`".to_owned());
        }
        "date" | "timestamp" if !text.is_some_and(is_day) => {
            wrong(holds(ty), "write a day, such as \"2026-01-31\", or `event_time`".to_owned());
        }
        "text" if matches!(json, Term::Number(_) | Term::Bool(_)) => {
            wrong(holds(ty), "write it in quotes".to_owned());
        }
        _ => {}
    }
}

/// What an attribute of a type holds.
fn holds(ty: &str) -> &'static str {
    match ty {
        "number" | "currency" | "rating" => "holds a number",
        "checkbox" => "is true or false",
        "date" | "timestamp" => "holds a date",
        "select" | "status" => "is one of its options",
        "text" => "holds a text",
        _ => "holds something else",
    }
}

/// Whether a text begins with a day.
fn is_day(text: &str) -> bool {
    let day: Vec<&str> = text.get(..10).unwrap_or_default().split('-').collect();
    matches!(day[..], [year, month, day] if [year, month, day].iter().all(|part| part.parse::<u16>().is_ok()))
}
