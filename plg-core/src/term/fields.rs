//! Terms by name, in the order written.

use super::{Map, Term};
use std::ops::Index;

/// Terms by name, in the order written: the fields that a declaration wants, or what stands between two braces.
#[derive(Debug, Clone, Default)]
pub struct Terms(Vec<(String, Term)>);

impl Terms {
    /// Nothing yet.
    pub const fn new() -> Self {
        Terms(Vec::new())
    }

    /// Nothing yet, with room for some.
    pub fn with_capacity(room: usize) -> Self {
        Terms(Vec::with_capacity(room))
    }

    /// The term of this name.
    pub fn get(&self, name: &str) -> Option<&Term> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, term)| term)
    }

    /// The term of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Term> {
        self.0.iter_mut().find(|(own, _)| own == name).map(|(_, term)| term)
    }

    /// Whether there is one of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets the term of this name; what it was before.
    pub fn insert(&mut self, name: impl Into<String>, term: impl Into<Term>) -> Option<Term> {
        let (name, term) = (name.into(), term.into());
        match self.get_mut(&name) {
            Some(there) => Some(std::mem::replace(there, term)),
            None => {
                self.0.push((name, term));
                None
            }
        }
    }

    /// Takes the term of this name out.
    pub fn remove(&mut self, name: &str) -> Option<Term> {
        let place = self.0.iter().position(|(own, _)| own == name)?;
        Some(self.0.remove(place).1)
    }

    /// Keeps those of which this is so.
    pub fn retain(&mut self, mut keeps: impl FnMut(&str, &Term) -> bool) {
        self.0.retain(|(name, term)| keeps(name, term));
    }

    /// Each with its name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&String, &Term)> + Clone {
        self.0.iter().map(|(name, term)| (name, term))
    }

    /// The names.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &String> + Clone {
        self.0.iter().map(|(name, _)| name)
    }

    /// The terms.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Term> + Clone {
        self.0.iter().map(|(_, term)| term)
    }

    /// The terms, to be changed.
    pub fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut Term> {
        self.0.iter_mut().map(|(_, term)| term)
    }

    /// Each with its name, to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&String, &mut Term)> {
        self.0.iter_mut().map(|(name, term)| (&*name, term))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As JSON, where all of it is known.
    pub fn json(&self) -> Option<Map> {
        self.iter().map(|(name, term)| Some((name.clone(), term.json()?))).collect()
    }

    /// Those of which all is known, as JSON.
    pub fn known(&self) -> Map {
        let mut known = Map::with_capacity(self.len());
        known.extend(self.iter().filter_map(|(name, term)| Some((name.clone(), term.json()?))));
        known
    }

    /// The same of some of them.
    pub fn known_of<'a>(&self, names: impl Iterator<Item = &'a str>) -> Map {
        names.filter_map(|name| Some((name.to_owned(), self.get(name)?.json()?))).collect()
    }
}

impl PartialEq for Terms {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, term)| other.get(name) == Some(term))
    }
}

impl From<Map> for Terms {
    fn from(map: Map) -> Self {
        // No name is in a map twice.
        Terms(map.into_iter().map(|(name, json)| (name, json.into())).collect())
    }
}

impl<K: Into<String>, T: Into<Term>> FromIterator<(K, T)> for Terms {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(all: I) -> Self {
        let mut terms = Terms::new();
        terms.extend(all);
        terms
    }
}

impl<K: Into<String>, T: Into<Term>> Extend<(K, T)> for Terms {
    fn extend<I: IntoIterator<Item = (K, T)>>(&mut self, all: I) {
        for (name, term) in all {
            self.insert(name, term);
        }
    }
}

impl IntoIterator for Terms {
    type Item = (String, Term);
    type IntoIter = std::vec::IntoIter<(String, Term)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Index<&str> for Terms {
    type Output = Term;

    /// `null` where there is none of this name, as in JSON.
    fn index(&self, name: &str) -> &Term {
        self.get(name).unwrap_or(&Term::Null)
    }
}
