//! What is known of a project while it is written down: what has a name already, by its remote id.

use super::names::UniqueNames;
use super::read::{keep, leak, slice};
use crate::kinds::Kind;
use crate::value::{Text, Url};
use crate::wire::id_text;
use crate::{Common, Declared, Live, Term, address};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What is known so far. What refers to something asks here, and learns why not.
#[derive(Debug, Default)]
pub struct Known {
    pub(super) names: UniqueNames,
    /// The name of each live object, by kind and id; the same each time it is asked for.
    given: HashMap<(&'static str, String), &'static str>,
    /// Declarations that others can refer to, by kind, then by remote id or by key.
    kept: HashMap<&'static str, HashMap<String, &'static dyn Declared>>,
    /// The variables that stand for addresses, by what they hold.
    variables: HashMap<String, &'static str>,
    /// Options and statuses, by their attribute's id.
    pub(super) inside: HashMap<String, Vec<Live>>,
    /// Those of which it could not be read what is inside.
    pub(super) unlisted: HashSet<String>,
    /// Declarations that were referred to, and of which nothing is there to be written: an API's own events.
    pub(super) noticed: Vec<&'static dyn Declared>,
    /// Outputs and fields by address.
    pub(super) remote: HashMap<String, Arc<Live>>,
    /// What the declaration being written cannot say, and leaves to people.
    pub(super) lost: Vec<String>,
    /// Where in the answer that is.
    pub(super) lost_at: Vec<&'static str>,
    /// What stands for what has no declaration, where something has to.
    pub(super) strangers: Option<Strangers>,
}

/// Live objects that no declaration is about, and that others refer to.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// What people call them, by kind and id.
    pub(super) titles: HashMap<(&'static str, String), String>,
    /// The id or key of each that was asked for, by the address that stands for it.
    ids: RefCell<HashMap<String, Json>>,
}

impl Known {
    /// Nothing but these variables, by name with what each holds, and names that were given already.
    pub(super) fn of_variables(variables: &BTreeMap<String, String>, names: UniqueNames) -> Known {
        // Of two that hold the same the first is as good as the other.
        let by_value = variables.iter().rev().map(|(name, value)| (value.clone(), leak(name)));
        Known { names, variables: by_value.collect(), ..Known::default() }
    }

    /// An address, by the variable that holds it where there is one: what comes from the environment stays there.
    pub fn url(&self, address: &str) -> Url {
        Url(self.variables.get(address).map_or_else(|| Text::Given(leak(address)), |name| Text::Env(name)))
    }

    /// The name of a live object.
    pub fn name(&mut self, kind: &'static str, id: &str, label: &str) -> &'static str {
        let key = (kind, id.to_owned());
        if let Some(name) = self.given.get(&key) {
            return name;
        }
        let name = leak(&self.names.give(label, kind));
        self.given.insert(key, name);
        name
    }

    /// Says that something about the declaration being written is not in it, with the key of the answer where it is.
    pub fn lose(&mut self, at: &'static str, what: impl Into<String>) {
        self.lost.push(what.into());
        self.lost_at.push(at);
    }

    /// What is lost of the declaration being written.
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// Begins a declaration of which nothing is lost yet.
    pub(super) fn forget_lost(&mut self) {
        self.lost.clear();
        self.lost_at.clear();
    }

    /// What is written of this kind, and has this id or key.
    ///
    /// # Errors
    /// That nothing has.
    pub fn find<T: Kind>(&self, id: &Json) -> Result<&'static T, String> {
        let key = id_text(id).unwrap_or_default();
        let found = self.get(&key).or_else(|| self.stranger(id));
        found.ok_or_else(|| format!("the {} {key} is not written here", T::KEYWORD.replace('_', " ")))
    }

    /// What stands for an object of this id or key that no declaration is about, where plans are told. Nothing where a
    /// stack is written: there it has to be declared.
    pub fn stranger<T: Kind>(&self, id: &Json) -> Option<&'static T> {
        let (strangers, key) = (self.strangers.as_ref()?, id_text(id)?);
        let kind = T::KEYWORD;
        let title = strangers.titles.get(&(kind, key.clone()));
        let name = leak(&title.map_or_else(|| format!("{kind} {key}"), |title| called(kind, title)));
        strangers.ids.borrow_mut().insert(address(kind, name), id.clone());
        Some(keep(T::blank(Common::named(name))))
    }

    /// A name for an object that is known by its key alone. In plans it is called by its kind and key, as a stranger is: it
    /// must not look like a declaration of the stack.
    pub fn name_by_key(&mut self, kind: &'static str, key: &str) -> &'static str {
        match &self.strangers {
            Some(strangers) => {
                let name = leak(&called(kind, key));
                strangers.ids.borrow_mut().insert(address(kind, name), key.into());
                name
            }
            None => self.name(kind, &format!("name {key}"), key),
        }
    }

    /// Whether what is written tells a plan how something is, rather than a stack what should be: then that something is
    /// as it always is in the beginning is worth telling, too.
    pub fn tells_a_plan(&self) -> bool {
        self.strangers.is_some()
    }

    /// What is written of this kind, and has this id or key.
    pub fn get<T: Kind>(&self, key: &str) -> Option<&'static T> {
        let item: &'static dyn Declared = *self.kept.get(T::KEYWORD)?.get(key)?;
        item.as_any().downcast_ref()
    }

    /// What is written of the kind of this keyword, which may be another provider's, and has this id or key.
    pub fn declared(&self, keyword: &str, key: &str) -> Option<&'static dyn Declared> {
        self.kept.get(keyword)?.get(key).copied()
    }

    /// Lets others refer to it by its id, or by its key.
    pub fn keep<T: Kind>(&mut self, key: impl Into<String>, item: &'static T) {
        self.kept.entry(T::KEYWORD).or_default().insert(key.into(), item);
    }

    /// Writes something down that is referred to, though nothing of it is there to be read.
    pub fn notice(&mut self, item: &'static dyn Declared) {
        self.noticed.push(item);
    }

    /// What is inside this one and not archived: the options of an attribute that people can still choose.
    pub fn inside(&self, id: &str) -> Vec<Live> {
        self.inside.get(id).cloned().unwrap_or_default()
    }

    /// Whether it is not known what is inside this one.
    pub fn is_unlisted(&self, id: &str) -> bool {
        self.unlisted.contains(id)
    }

    /// Names for what is inside one declaration.
    pub fn names_inside(&self) -> impl FnMut(&str, &str) -> String + use<> {
        let mut names = UniqueNames::default();
        move |label, kind| names.give(label, kind)
    }

    /// Remembers what others may refer to.
    pub fn remember(&mut self, item: &'static dyn Declared, live: &Live) {
        self.share(item, Arc::new(live.clone()));
    }

    /// The same of what others hold, too: of thousands nothing is copied.
    pub(super) fn share(&mut self, item: &'static dyn Declared, live: Arc<Live>) {
        self.remote.insert(item.address(), live);
    }

    /// A term with its references and variables replaced; a text that nothing is equal to where they are not known.
    pub fn resolved(&self, term: &Term) -> Json {
        let known = |address: &str, get: &str| match self.remote.get(address) {
            Some(live) => live.outputs.get(get).or_else(|| live.fields.get(get)).cloned(),
            None => self.strangers.as_ref()?.ids.borrow().get(address).cloned(),
        };
        let variable = |name: &str| {
            let mut variables = self.variables.iter();
            variables.find(|(_, variable)| **variable == name).map(|(held, _)| held.clone())
        };
        term.resolved(&known).filled(&variable).unwrap_or_else(|| format!("\u{1}{term}").into())
    }
}

/// A kind with what people call one of it: no declaration has such a name.
fn called(kind: &str, title: &str) -> String {
    format!("{kind} {}", super::print::quoted(title))
}

/// The first line of a message: what is wrong, without what to write instead.
pub fn plain(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// A list of what could be read; the rest, at this key of the answer, is said to be lost.
pub fn readable<T>(
    known: &mut Known,
    at: &'static str,
    what: &str,
    all: impl IntoIterator<Item = Result<T, String>>,
) -> &'static [T] {
    let mut kept = Vec::new();
    for one in all {
        match one {
            Ok(one) => kept.push(one),
            Err(why) => known.lose(at, format!("`{what}`: {why}")),
        }
    }
    slice(kept)
}
