//! References and variables, and what they stand for once it is known.

use super::{Map, Term, Terms};
use crate::wire::same;
use serde_json::Value as Json;
use std::borrow::Cow;

impl Terms {
    /// Addresses that they refer to.
    pub fn references(&self) -> Vec<String> {
        self.each(&|part| if let Term::Ref { address, .. } = part { Some(address) } else { None })
    }

    /// Addresses that they refer to, each with what of it.
    pub fn outputs(&self) -> Vec<(&str, &str)> {
        let mut all = Vec::new();
        for term in self.values() {
            let _: Option<()> = term.find(&mut |part| {
                if let Term::Ref { address, get } = part {
                    all.push((address.as_str(), get.as_str()));
                }
                None
            });
        }
        all
    }

    /// Variables that they name.
    pub fn variables(&self) -> Vec<String> {
        self.each(&|part| if let Term::Env(name) = part { Some(name) } else { None })
    }

    /// Lets each of their references lead elsewhere.
    pub fn refer(&mut self, lead: &mut impl FnMut(&mut String)) {
        self.values_mut().for_each(|term| term.refer(lead));
    }

    fn each(&self, of: &impl Fn(&Term) -> Option<&String>) -> Vec<String> {
        let mut all = Vec::new();
        for term in self.values() {
            all.extend(term.each(of));
        }
        all
    }

    /// The same with its references replaced, as far as they are known. Most have none, and are not copied.
    pub fn resolved(&self, known: &impl Fn(&str, &str) -> Option<Json>) -> Cow<'_, Terms> {
        if self.values().all(|term| term.unresolved().is_none()) {
            return Cow::Borrowed(self);
        }
        Cow::Owned(self.iter().map(|(name, term)| (name.clone(), term.resolved(known))).collect())
    }

    /// Those of which all is known once variables are replaced, as JSON.
    pub fn filled(&self, variable: &impl Fn(&str) -> Option<String>) -> Map {
        self.iter().filter_map(|(name, term)| Some((name.clone(), term.filled(variable)?))).collect()
    }
}

impl Term {
    fn refer(&mut self, lead: &mut impl FnMut(&mut String)) {
        match self {
            Term::Ref { address, .. } => lead(address),
            Term::List(list) => list.iter_mut().for_each(|term| term.refer(lead)),
            Term::Map(map) => map.refer(lead),
            Term::Null | Term::Bool(_) | Term::Number(_) | Term::Text(_) | Term::Env(_) => {}
        }
    }

    /// As JSON, with a text in place of each reference and variable: for rules that ask for its form.
    pub fn stood(&self) -> Json {
        Stood::beside(&[self], &[]).json(self)
    }

    /// The first address it refers to.
    pub fn unresolved(&self) -> Option<&str> {
        self.find(&mut |part| if let Term::Ref { address, .. } = part { Some(address.as_str()) } else { None })
    }

    /// Whether it says the same: numbers by value, maps by name whatever the order.
    pub fn is_same(&self, other: &Term) -> bool {
        match (self, other) {
            (Term::Number(own), Term::Number(other)) => same(&Json::Number(own.clone()), &Json::Number(other.clone())),
            (Term::List(own), Term::List(other)) => {
                own.len() == other.len() && own.iter().zip(other).all(|(own, other)| own.is_same(other))
            }
            (Term::Map(own), Term::Map(other)) => {
                let is_there =
                    |(name, term): (&String, &Term)| other.get(name).is_some_and(|other| term.is_same(other));
                own.len() == other.len() && own.iter().all(is_there)
            }
            (own, other) => own == other,
        }
    }

    /// Variables that it names.
    pub fn variables(&self) -> Vec<String> {
        self.each(&|part| if let Term::Env(name) = part { Some(name) } else { None })
    }

    /// Whether it names a variable.
    pub fn names_variable(&self) -> bool {
        self.find(&mut |part| matches!(part, Term::Env(_)).then_some(())).is_some()
    }

    fn each(&self, of: &impl Fn(&Term) -> Option<&String>) -> Vec<String> {
        let mut all = Vec::new();
        let _: Option<()> = self.find(&mut |part| {
            all.extend(of(part).cloned());
            None
        });
        all
    }

    /// The same with its references replaced, as far as they are known. What they stand for is plain, whatever it
    /// looks like.
    pub fn resolved(&self, known: &impl Fn(&str, &str) -> Option<Json>) -> Term {
        match self {
            Term::Ref { address, get } => known(address, get).map_or_else(|| self.clone(), Term::from),
            Term::List(list) => Term::List(list.iter().map(|term| term.resolved(known)).collect()),
            Term::Map(map) => map.resolved(known).into_owned().into(),
            plain => plain.clone(),
        }
    }

    /// As JSON with its variables replaced, where all of it is known then.
    pub fn filled(&self, variable: &impl Fn(&str) -> Option<String>) -> Option<Json> {
        match self {
            Term::Env(name) => variable(name).map(Json::from),
            Term::List(list) => list.iter().map(|term| term.filled(variable)).collect(),
            Term::Map(map) => map
                .iter()
                .map(|(name, term)| Some((name.clone(), term.filled(variable)?)))
                .collect::<Option<Map>>()
                .map(Json::from),
            plain => plain.json(),
        }
    }
}

/// As JSON, with what is there in place of its variables: equal to that where nothing but a variable's value differs.
pub fn fill(term: &Term, now: &Json) -> Option<Json> {
    Some(match (term, now) {
        (Term::Env(_), now) => now.clone(),
        (Term::Map(map), Json::Object(live)) => {
            let part = |(name, term): (&String, &Term)| {
                Some((name.clone(), live.get(name).map_or_else(|| term.json(), |now| fill(term, now))?))
            };
            map.iter().map(part).collect::<Option<Map>>()?.into()
        }
        (Term::List(list), Json::Array(live)) if list.len() == live.len() => {
            list.iter().zip(live).map(|(term, now)| fill(term, now)).collect::<Option<_>>()?
        }
        (term, _) => term.json()?,
    })
}

/// Terms as JSON in which a text that is nowhere else stands for each reference and variable, for rules that are
/// written for JSON.
#[derive(Debug)]
pub struct Stood {
    /// What every such text begins with.
    mark: String,
    parts: Vec<Term>,
}

impl Stood {
    /// Texts that none of these hold.
    pub fn beside(terms: &[&Term], others: &[&Json]) -> Self {
        let mut mark = String::from("\u{1}");
        let holds = |mark: &str| {
            terms.iter().any(|term| {
                term.find(&mut |part| part.as_str().is_some_and(|text| text.contains(mark)).then_some(())).is_some()
            }) || others.iter().any(|other| is_in(other, mark))
        };
        while holds(&mark) {
            mark.push('\u{1}');
        }
        Stood { mark, parts: Vec::new() }
    }

    /// A term as such JSON.
    pub fn json(&mut self, term: &Term) -> Json {
        match term {
            Term::Ref { .. } | Term::Env(_) => {
                let place = self.parts.iter().position(|part| part == term).unwrap_or_else(|| {
                    self.parts.push(term.clone());
                    self.parts.len() - 1
                });
                format!("{}{place}", self.mark).into()
            }
            Term::List(list) => list.iter().map(|term| self.json(term)).collect(),
            Term::Map(map) => map.iter().map(|(name, term)| (name.clone(), self.json(term))).collect::<Map>().into(),
            plain => plain.json().unwrap_or_default(),
        }
    }

    /// Such JSON as a term again.
    pub fn term(&self, json: Json) -> Term {
        match json {
            Json::String(text) => {
                let part = text.strip_prefix(&self.mark).and_then(|place| self.parts.get(place.parse::<usize>().ok()?));
                part.cloned().unwrap_or(Term::Text(text))
            }
            Json::Array(list) => list.into_iter().map(|json| self.term(json)).collect(),
            Json::Object(map) => map.into_iter().map(|(name, json)| (name, self.term(json))).collect::<Terms>().into(),
            plain => plain.into(),
        }
    }
}

fn is_in(json: &Json, mark: &str) -> bool {
    match json {
        Json::String(text) => text.contains(mark),
        Json::Array(list) => list.iter().any(|json| is_in(json, mark)),
        Json::Object(map) => map.values().any(|json| is_in(json, mark)),
        _ => false,
    }
}

impl PartialEq<Json> for Term {
    /// Whether it is known, and this. Numbers are equal by value.
    fn eq(&self, other: &Json) -> bool {
        self.json().is_some_and(|own| same(&own, other))
    }
}
