//! A declaration without tokens: what checks see.

use crate::Span;
use crate::report::{self, Site};
use std::any::Any;
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
    /// A constant, or a file: a text that is not known before it is compiled.
    Constant,
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
    /// A declaration: by its name where it is one of this stack, by the path as it is written (`crm::Stage`) where it is
    /// another's, and by its address (`attribute.Stage`) where every part is at hand.
    Ref(Option<String>),
    /// The key of a declaration as a text, or of one of its options or variants: see [`KeyText`](crate::KeyText).
    Key {
        /// The declaration: by its name where it is one of this stack, and by the path as it is written where it is
        /// another's.
        of: String,
        /// The name of its option or variant.
        member: Option<String>,
    },
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
    /// Whether both stand for one declaration.
    pub fn is(&self, other: &Block) -> bool {
        self.kind == other.kind && self.name == other.name
    }

    /// Holds this declaration, of which not all could be read, against a rule: what the rule finds before it asks for
    /// something unread is reported, so that one build shows that, too.
    pub fn hold_partly(&self, rule: impl FnOnce(&Block)) {
        report::partly(|| rule(self));
    }

    /// The value written for a field.
    pub fn get(&self, field: &str) -> Option<&Node> {
        self.fields.iter().find(|f| f.0 == field).map(|f| f.2.asked())
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
    /// A field that is written and cannot be read.
    pub fn unread_field() -> Node {
        Node { at: Site::UNREAD, given: Given::Record(Vec::new()) }
    }

    /// An entry of a list or a map that cannot be read: it counts, and says nothing.
    pub fn unread_entry() -> Node {
        Node { at: Site::UNREAD, given: Given::Json(crate::Term::Null) }
    }

    fn asked(&self) -> &Node {
        if self.at == Site::UNREAD && matches!(&self.given, Given::Record(fields) if fields.is_empty()) {
            report::miss();
        }
        self
    }

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
            Given::Record(fields) => fields.iter().find(|f| f.0 == name).map(|f| f.1.asked()),
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

    /// The declarations inside, also inside the case that holds them.
    pub fn declared_inside(&self) -> &[Block] {
        match &self.given {
            Given::Items(items) => items,
            Given::Case(_, Some(held)) => held.declared_inside(),
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
    /// By name, once somebody asks: declarations of two kinds may have one name in two parts.
    index: OnceCell<HashMap<&'a str, Vec<&'a Block>>>,
    /// By kind, once somebody asks: what looks for a few among thousands is asked for each of the thousands.
    kinds: OnceCell<HashMap<&'static str, Vec<&'a Block>>>,
    /// Where these are all there are: the kinds of those that could not be read.
    lacking: Option<Vec<&'static str>>,
    /// What a rule has worked out of all of them.
    worked_out: OnceCell<Box<dyn Any + Send + Sync>>,
}

/// The name in a reference, without the path or the kind before it.
pub fn referred(reference: &str) -> &str {
    reference.rsplit([':', '.']).next().unwrap_or(reference)
}

impl<'a> Declarations<'a> {
    /// These declarations.
    pub fn of(blocks: Vec<&'a Block>) -> Self {
        Declarations { blocks, ..Declarations::default() }
    }

    /// These declarations, which are all of a stack but for some of these kinds that could not be read.
    pub fn whole(blocks: Vec<&'a Block>, lacking: Vec<&'static str>) -> Self {
        Declarations { lacking: Some(lacking), ..Declarations::of(blocks) }
    }

    /// Whether every declaration of these kinds is here: only then is what none of them says said nowhere.
    pub fn has_all(&self, kinds: &[&str]) -> bool {
        self.lacking.as_ref().is_some_and(|lacking| !lacking.iter().any(|kind| kinds.contains(kind)))
    }

    /// Asks what a rule works out of all of them: that is done once, for all the declarations that it holds.
    pub fn worked_out<T: Any + Send + Sync, R>(&self, make: impl Fn(&Self) -> T, ask: impl FnOnce(&T) -> R) -> R {
        match self.worked_out.get_or_init(|| Box::new(make(self))).downcast_ref() {
            Some(kept) => ask(kept),
            None => ask(&make(self)),
        }
    }

    /// The declaration of this name or address, if it is known and well formed; the first of several.
    pub fn find(&self, name: &str) -> Option<&'a Block> {
        let (kind, name) = name.split_once('.').map_or((None, name), |(kind, name)| (Some(kind), name));
        let index = self.index.get_or_init(|| {
            let mut index: HashMap<&str, Vec<&Block>> = HashMap::with_capacity(self.blocks.len());
            for block in &self.blocks {
                index.entry(&block.name).or_default().push(block);
            }
            index
        });
        index.get(name)?.iter().find(|block| kind.is_none_or(|kind| block.kind == kind)).copied()
    }

    /// The declarations of a kind, in their order.
    pub fn of_kind(&self, kind: &str) -> &[&'a Block] {
        let kinds = self.kinds.get_or_init(|| {
            let mut kinds: HashMap<&str, Vec<&Block>> = HashMap::new();
            for block in &self.blocks {
                kinds.entry(block.kind).or_default().push(block);
            }
            kinds
        });
        kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The declaration a reference points at, if it is known and well formed.
    pub fn target(&self, node: &Node) -> Option<&'a Block> {
        match &node.given {
            Given::Ref(Some(name)) => self.find(name),
            _ => None,
        }
    }
}
