//! What the ids of one account stand for.

use crate::linked::importers;
use crate::source::importer::Importer;
use crate::source::known::{Known, Strangers};
use crate::wire::text;
use crate::{Common, Declared, Live, Map, Spec, Term};
use serde_json::Value as Json;
use std::sync::Arc;

/// What no text of people begins with.
const LATER: char = '\u{1}';

/// What the ids of one account stand for: the declarations that are there, and how people call the rest.
///
/// What is read with it stays in memory until the program ends, as declarations do: two small ones for each resource
/// that differs.
#[derive(Debug)]
pub struct Names {
    pub(super) known: Known,
}

impl Default for Names {
    fn default() -> Self {
        let mut known = Known::default();
        known.strangers = Some(Strangers::default());
        Names { known }
    }
}

impl Names {
    /// Something that is declared: `live` as it is, or as it is remembered.
    pub fn declared(&mut self, item: &'static dyn Declared, live: Arc<Live>) {
        if let Some(importer) = importer(item.spec()) {
            (importer.keep)(item, &live, &mut self.known);
        }
        self.known.share(item, live);
    }

    /// Something that is declared and not there yet: only [`Names::later`] refers to it.
    pub fn planned(&mut self, item: &'static dyn Declared, fields: Map) {
        let id = Self::later(&item.address(), "id");
        let outputs = Map::from_iter([("id".to_owned(), id.clone())]);
        let id = id.as_str().unwrap_or_default().to_owned();
        self.declared(item, Arc::new(Live { id, outputs, fields, ..Live::default() }));
    }

    /// What stands for an output that is only known later.
    pub fn later(address: &str, get: &str) -> Json {
        format!("{LATER}{address} {get}").into()
    }

    /// Something live that no declaration is about: what an API has of itself, and what others made.
    pub fn stranger(&mut self, spec: &'static Spec, live: &Live) {
        let Some(importer) = importer(spec) else { return };
        if live.system {
            (importer.keep_own)(live, &mut self.known);
        }
        let title = importer.steps.map_or("", |steps| (steps.label)(live));
        if let Some(strangers) = self.known.strangers.as_mut().filter(|_| !title.is_empty()) {
            strangers.titles.insert((spec.keyword, live.id.clone()), title.to_owned());
        }
    }

    /// Something that stands inside another one: an option, with the attribute it is of.
    pub fn inside(&mut self, spec: &'static Spec, live: &Live) {
        if let Some(within) = importer(spec).and_then(|importer| importer.within) {
            self.known.inside.entry(text(&live.fields, within).to_owned()).or_default().push(live.clone());
        }
    }

    /// A declaration as near to what is live as the language gets.
    pub(super) fn draw(&mut self, importer: &Importer, live: &Live, common: Common) -> Option<&'static dyn Declared> {
        self.known.forget_lost();
        // What is inside is not compared here; what has nothing inside could not be read.
        let inside = self.known.inside.entry(live.id.clone()).or_default();
        let is_empty = inside.is_empty();
        if is_empty {
            inside.push(Live::default());
        }
        let drawn = (importer.draw)(live, common, &mut self.known).ok();
        if is_empty {
            self.known.inside.remove(&live.id);
        }
        drawn
    }
}

/// What the ids of both sides of a comparison stand for: of one account, or of two.
pub(super) enum SideNames<'a> {
    /// Both are in one account.
    Same(&'a mut Names),
    /// Each is in one of its own.
    Each(&'a mut Names, &'a mut Names),
}

impl SideNames<'_> {
    pub(super) fn from(&mut self) -> &mut Names {
        match self {
            SideNames::Same(names) | SideNames::Each(names, _) => names,
        }
    }

    pub(super) fn to(&mut self) -> &mut Names {
        match self {
            SideNames::Same(names) | SideNames::Each(_, names) => names,
        }
    }
}

/// How a kind is written down.
pub(super) fn importer(spec: &Spec) -> Option<&'static Importer> {
    importers().find(|importer| importer.spec.keyword == spec.keyword)
}

/// JSON with what is only known later as the reference that it is.
pub(super) fn term(json: &Json) -> Term {
    match json {
        Json::String(text) => match text.strip_prefix(LATER).and_then(|later| later.split_once(' ')) {
            Some((address, get)) => Term::Ref { address: address.to_owned(), get: get.to_owned() },
            None => Term::Text(text.clone()),
        },
        Json::Array(list) => Term::List(list.iter().map(term).collect()),
        Json::Object(map) => Term::Map(map.iter().map(|(key, value)| (key.as_str(), term(value))).collect()),
        other => Term::from(other.clone()),
    }
}
