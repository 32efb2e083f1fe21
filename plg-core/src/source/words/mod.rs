//! Differences in the stack's words: the field as a stack writes it, and values as it would write them.
//!
//! Both sides of a difference are read back into a declaration, by the same functions that `import` uses, and the two are
//! compared as source. A field that the language cannot express is told by its word with the JSON that is there; what has
//! no word at all is what `extra` sets.

mod compare;
mod names;
mod near;
mod parts;
mod side;
pub mod terms;

pub use names::Names;

use super::{print, read};
use crate::block::Block;
use crate::{Common, Declared, Field, Given, Live, Map, Node, Spec, Term, declared};
use compare::BothSides;
use names::{SideNames, importer};
use parts::{Differing, text};
use serde::Serialize;
use side::ReadBack;

/// What stands for a value that is not shown.
pub const MASKED: &str = "(set)";

/// The smallest part of a resource that differs, as its declaration writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WordChange {
    /// Its path: `rollout`, `variants.control`, `release[0].to`; `extra.KEY` for what has no word.
    pub path: String,
    /// As it is: nothing, where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// As it should be: nothing, where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// As it is declared, where what others added stays beside that: `to` is what it becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// The field that it is part of, in the API's word.
    pub field: String,
}

/// A field that differs.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    /// The field, in the API's word.
    pub field: &'a str,
    /// Its value comes from the environment, or did: what is there is not shown.
    pub is_secret: bool,
    /// As it was applied last: keys of it that are declared no more go, whatever else of it differs.
    pub applied: Option<&'a Term>,
}

/// What differs of a declared resource between `from` and `to`, field by field in the order of its kind. Both are its
/// fields in comparable form, and differ in those that are `changed`; where one of these is a secret, `to` is not read.
pub fn differences(
    names: &mut Names,
    item: &'static dyn Declared,
    (from, to): (&Live, &Live),
    changed: &[Changed],
) -> Vec<WordChange> {
    told(&mut SideNames::Same(names), item, (from, to), changed)
}

/// The same of two sides in accounts of their own, each with what its ids stand for: what only has another id in each is
/// no difference.
pub fn between(
    (names_from, names_to): (&mut Names, &mut Names),
    item: &'static dyn Declared,
    (from, to): (&Live, &Live),
    changed: &[Changed],
) -> Vec<WordChange> {
    told(&mut SideNames::Each(names_from, names_to), item, (from, to), changed)
}

fn told(
    names: &mut SideNames,
    item: &'static dyn Declared,
    (from, to): (&Live, &Live),
    changed: &[Changed],
) -> Vec<WordChange> {
    let spec = item.spec();
    let compared = BothSides::of(names, item, (from, to));
    let mut found: Vec<WordChange> = Vec::new();
    // What is told in full by words that do not differ.
    let mut alike: Vec<&str> = Vec::new();
    for field in spec.fields {
        let of_word = spec.wire.fields_of(&field.name);
        let own: Vec<&Changed> = changed.iter().filter(|changed| of_word.contains(&changed.field)).collect();
        if let Some(first) = own.first() {
            let words = compared.word(field, &own);
            if words.is_some() && matches!(names, SideNames::Each(..)) {
                alike.extend(own.iter().map(|changed| changed.field));
            }
            let parts = words.unwrap_or_else(|| {
                let mut parts = compared.nearly(names, field, &own);
                // Several words can stand for one field: a part of it without a word is told once.
                parts.retain(|(path, ..)| {
                    let api = compare::unnamed_part(path, &own);
                    api.is_none() || found.iter().all(|told| compare::unnamed_part(&told.path, &own) != api)
                });
                if parts.is_empty() { compared.raw(field, &own) } else { parts }
            });
            found.extend(parts.into_iter().map(|part| change(part, first.field)));
        }
    }
    usual(spec, (from, to), &mut found);
    for one in changed {
        let word = spec.word_of(one.field);
        if word == Some(declared::DESCRIPTION) {
            found.push(change(compared.description(one), one.field));
            continue;
        }
        // One word may stand for several fields, and several words for one.
        let together = word.as_ref().map_or(&[][..], |word| spec.wire.fields_of(word));
        let is_told = |told: &WordChange| told.field == one.field || together.contains(&told.field.as_str());
        if !found.iter().any(is_told) && !alike.contains(&one.field) {
            found.extend(compared.untold(word, one).into_iter().map(|part| change(part, one.field)));
        }
    }
    found
}

/// Members of a field that is a list, as a stack would write them; `None` where it has no words for them. `live` is what
/// they are in.
pub fn members(
    names: &mut Names,
    item: &'static dyn Declared,
    live: &Live,
    field: &str,
    members: &[serde_json::Value],
) -> Option<Vec<String>> {
    let spec = item.spec();
    let mut alone = live.clone();
    alone.fields.insert(field.to_owned(), members.to_vec().into());
    let own = item.common();
    let common = Common { handling: if own.existing { &crate::Handling::PLAIN } else { own.handling }, ..*own };
    let drawn = names.draw(importer(spec)?, &alone, common)?;
    let side = ReadBack::of(names, drawn, &alone);
    let told = |word: &Field| {
        let (list, shape) = parts::list_inside(side.given(word.name)?, &word.shape, members.len())?;
        Some(list.iter().map(|node| text(&node.given, print::list_item(shape))).collect())
    };
    let mut words = spec.fields.iter().filter(|word| spec.wire.fields_of(&word.name).contains(&field));
    if side.is_sure(field) { words.find_map(told) } else { None }
}

/// Says what a side is that says nothing and yet is something: a flag is on.
fn usual(spec: &Spec, (from, to): (&Live, &Live), found: &mut [WordChange]) {
    if !found.iter().any(|told| told.from.is_none() || told.to.is_none()) {
        return;
    }
    let said = |live: &Live, path: &str| {
        let all = spec.wire.goes_without_saying(&live.fields);
        all.into_iter().find(|(word, _)| *word == path).map(|(_, says)| says)
    };
    for told in found {
        told.from = told.from.take().or_else(|| said(from, &told.path));
        told.to = told.to.take().or_else(|| said(to, &told.path));
    }
}

/// What a new declaration says, beside what goes without saying: a name comes with its declaration.
pub fn declared(item: &'static dyn Declared, new: &Map) -> Vec<WordChange> {
    let (spec, block) = (item.spec(), item.block());
    // What its parts apply is told with each of them.
    let is_told = |field: &Field| !spec.wire.applied_by_parts().contains(&field.name);
    let mut found = fields_of(spec, &block, is_told, |text| (None, Some(text)));
    for (word, says) in spec.wire.goes_without_saying(new) {
        if block.get(word).is_none() {
            let place = found.iter().position(|told| place(spec, &told.path) > place(spec, word));
            let told = change((word.to_owned(), None, Some(says)), first_field(spec, word));
            found.insert(place.unwrap_or(found.len()), told);
        }
    }
    let extra = item.common().extra.iter();
    found.extend(extra.map(|(key, value)| {
        change((format!("extra.{}", print::key(key)), None, Some(print::json(&value.term()).flat())), key)
    }));
    found
}

/// What a resource that goes has held, by its address: what the language has words for. What is a secret is not shown.
pub fn held(
    names: &mut Names,
    spec: &'static Spec,
    name: &str,
    live: &Live,
    secret: &dyn Fn(&str) -> bool,
) -> Vec<WordChange> {
    let Some(importer) = importer(spec) else { return Vec::new() };
    let common = Common::named(read::leak(name));
    let Some(item) = names.draw(importer, live, common) else { return Vec::new() };
    let side = ReadBack::of(names, item, live);
    let is_sure = |field: &Field| spec.wire.fields_of(&field.name).iter().all(|field| side.is_sure(field));
    let mut found = fields_of(spec, &side.block, is_sure, |text| (Some(text), None));
    for told in &mut found {
        // A word may stand for several fields, and is written with all of them.
        let fields = spec.fields.iter().filter(|field| field.name == told.path);
        if fields.flat_map(|field| spec.wire.fields_of(&field.name)).any(|field| secret(field)) {
            told.from = Some(MASKED.to_owned());
        }
    }
    found
}

fn change((path, from, to): Differing, field: &str) -> WordChange {
    WordChange { path, from, to, declared: None, field: field.to_owned() }
}

/// The fields of a declaration that are written, in the order of its kind.
fn fields_of(
    spec: &Spec,
    block: &Block,
    is_told: impl Fn(&Field) -> bool,
    sides: impl Fn(String) -> (Option<String>, Option<String>),
) -> Vec<WordChange> {
    let written = |field: &Field| {
        let node = block.get(field.name).filter(|_| is_told(field))?;
        let (from, to) = sides(text(&names_inside(&node.given), &field.shape));
        Some(change((field.name.to_owned(), from, to), first_field(spec, field.name)))
    };
    spec.fields.iter().filter_map(written).collect()
}

/// A value with nothing but the names of the declarations inside it: each of them is told by itself.
fn names_inside(given: &Given) -> Given {
    match given {
        Given::Items(blocks) => {
            let named = |block: &Block| Block { fields: Vec::new(), ..block.clone() };
            Given::Items(blocks.iter().map(named).collect())
        }
        Given::Case(word, Some(held)) => {
            Given::Case(word.clone(), Some(Box::new(Node { at: held.at, given: names_inside(&held.given) })))
        }
        other => other.clone(),
    }
}

fn place(spec: &Spec, word: &str) -> usize {
    spec.fields.iter().position(|field| field.name == word).unwrap_or(usize::MAX)
}

/// The field of the API that a word stands for, or the first of several.
fn first_field(spec: &Spec, word: &str) -> &'static str {
    let known = spec.fields.iter().find(|field| field.name == word);
    known.and_then(|field| spec.wire.fields_of(&field.name).first()).copied().unwrap_or_default()
}
