//! A declaration without tokens: what checks see.

use crate::{Site, Span};
use std::cell::OnceCell;
use std::collections::HashMap;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it is written.
    pub at: Site,
    /// What is written.
    pub given: Given,
}

/// What was written for a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// `"…"`.
    Text(String),
    /// `env("NAME")`.
    Env(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// `10%`.
    Percent(f64),
    /// `7 days`, or `7 days ago`.
    Span(Span),
    /// A word out of a list.
    Word(String),
    /// A declaration of this stack by name, or another stack's (`None`).
    Ref(Option<String>),
    /// `[…]`.
    List(Vec<Node>),
    /// `{ field: value }` of a record.
    Record(Vec<(String, Node)>),
    /// A case: its word and what it holds.
    Case(String, Option<Box<Node>>),
    /// `subject.verb`.
    Topic(Box<Node>, String),
    /// Free keys with where each stands.
    Map(Vec<(String, Site, Node)>),
    /// Declarations inside this one.
    Items(Vec<Block>),
    /// Any JSON.
    Json(crate::Term),
}

/// One declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its kind's keyword.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub at: Site,
    /// Whether it is declared `existing`.
    pub existing: bool,
    /// Fields as written, defaults left out, each with where its name stands.
    pub fields: Vec<(String, Site, Node)>,
}

impl Block {
    /// The value written for a field.
    pub fn get(&self, field: &str) -> Option<&Node> {
        self.fields.iter().find(|f| f.0 == field).map(|f| &f.2)
    }

    /// Where a field's name stands; the declaration's name, if it is not written.
    pub fn key_site(&self, field: &str) -> Site {
        self.fields.iter().find(|f| f.0 == field).map_or(self.at, |f| f.1)
    }

    /// The text written for a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.text()
    }
}

impl Node {
    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.given {
            Given::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The word of a word or a case.
    pub fn word(&self) -> Option<&str> {
        match &self.given {
            Given::Word(word) | Given::Case(word, _) => Some(word),
            _ => None,
        }
    }

    /// What a case holds.
    pub fn held(&self) -> Option<&Node> {
        match &self.given {
            Given::Case(_, held) => held.as_deref(),
            _ => None,
        }
    }

    /// A record's field.
    pub fn field(&self, name: &str) -> Option<&Node> {
        match &self.given {
            Given::Record(fields) => fields.iter().find(|f| f.0 == name).map(|f| &f.1),
            _ => None,
        }
    }

    /// A list's entries; none, if this is no list.
    pub fn list(&self) -> &[Node] {
        match &self.given {
            Given::List(list) => list,
            _ => &[],
        }
    }

    /// A map's entries; none, if this is no map.
    pub fn map(&self) -> &[(String, Site, Node)] {
        match &self.given {
            Given::Map(map) => map,
            _ => &[],
        }
    }

    /// The declarations inside; none, if there are none.
    pub fn items(&self) -> &[Block] {
        match &self.given {
            Given::Items(items) => items,
            _ => &[],
        }
    }
}

/// What else the stack declares, for rules that look at what is referred to.
#[derive(Debug, Default)]
pub struct Declarations<'a> {
    /// Declarations that are well formed; one with a mistake is left out, so that it is reported once.
    pub blocks: Vec<&'a Block>,
    /// By name, once somebody asks.
    index: OnceCell<HashMap<&'a str, &'a Block>>,
}

impl<'a> Declarations<'a> {
    /// These declarations.
    pub fn of(blocks: Vec<&'a Block>) -> Self {
        Declarations { blocks, index: OnceCell::new() }
    }

    /// The declaration of this name, if it is in this stack and well formed; the first of several.
    pub fn find(&self, name: &str) -> Option<&'a Block> {
        let index = || self.blocks.iter().rev().map(|block| (block.name.as_str(), *block)).collect();
        self.index.get_or_init(index).get(name).copied()
    }

    /// The declaration a reference points at, if it is in this stack and well formed.
    pub fn target(&self, node: &Node) -> Option<&Block> {
        match &node.given {
            Given::Ref(Some(name)) => self.find(name),
            _ => None,
        }
    }
}
