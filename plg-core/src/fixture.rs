//! For tests of kinds: declarations without source, and the way from what is declared to what is live.

use crate::prelude::*;
use crate::{Provider, Site};

/// A value that stands at a place.
pub fn node(at: u32, given: Given) -> Node {
    Node { at: Site(at), given }
}

/// A list.
pub fn list(at: u32, entries: Vec<Node>) -> Node {
    node(at, Given::List(entries))
}

/// A record, by its fields.
pub fn record(at: u32, fields: Vec<(&str, Node)>) -> Node {
    node(at, Given::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

/// A case that holds something.
pub fn case(at: u32, word: &str, held: Node) -> Node {
    node(at, Given::Case(word.to_owned(), Some(Box::new(held))))
}

/// A case that holds nothing.
pub fn word(at: u32, word: &str) -> Node {
    node(at, Given::Case(word.to_owned(), None))
}

/// A reference to a declaration of this name.
pub fn to(at: u32, name: &str) -> Node {
    node(at, Given::Ref(Some(name.to_owned())))
}

/// A list of one text.
pub fn texts(at: u32, text: &str) -> Node {
    list(at, vec![node(at, Given::Text(text.to_owned()))])
}

/// Free keys, each one place after the map, with its value one further.
pub fn map(at: u32, entries: Vec<(&str, Given)>) -> Node {
    let entries = entries.into_iter().map(|(key, given)| (key.to_owned(), Site(at + 1), node(at + 2, given)));
    node(at, Given::Map(entries.collect()))
}

/// A declaration whose name stands at 0 and whose fields' names at 1.
pub fn block(kind: &'static str, name: &str, fields: Vec<(&str, Node)>) -> Block {
    Block {
        kind,
        name: name.to_owned(),
        at: Site(0),
        existing: false,
        fields: fields.into_iter().map(|(field, value)| (field.to_owned(), Site(1), value)).collect(),
    }
}

/// Where each mistake is, with the first line of what is said.
pub fn mistakes(provider: &Provider, kind: &str, block: &Block, others: &[&Block]) -> Vec<(u32, String)> {
    let mut report = Report::default();
    provider.kind(kind).expect("the kind exists").hold(block, &Declarations::of(others.to_vec()), &mut report);
    let said = report.errors.into_iter().inspect(|mistake| {
        let message = &mistake.message;
        assert!(message.contains("\nhelp: ") || message.contains("100%"), "{message}");
    });
    said.map(|mistake| (mistake.at.0, mistake.message.lines().next().unwrap_or_default().to_owned())).collect()
}

/// What should be, with references as JSON that tests can be written with.
#[derive(Debug)]
pub struct Wanted {
    /// The fields.
    pub fields: Map,
    /// Fields that are sent when it is created, and left alone afterwards.
    pub create_only: Vec<&'static str>,
    /// What must be there before.
    pub after: Vec<String>,
}

/// What should be; `Declared::want` and `Describe::want` are both in sight of tests.
pub fn wanted(item: &dyn Declared) -> Wanted {
    let Want { fields, create_only, after, .. } = item.want();
    let json = |term: &Term| serde_json::from_str::<Json>(&term.to_string()).expect("JSON");
    Wanted { fields: fields.iter().map(|(name, term)| (name.clone(), json(term))).collect(), create_only, after }
}

/// What is wrong once every stack is put together.
pub fn lints(item: &dyn Declared) -> Vec<String> {
    item.lint()
}

/// One mistake, at a place.
pub fn at(at: u32, message: &str) -> Vec<(u32, String)> {
    vec![(at, message.to_owned())]
}

/// What should be, references resolved to `id`.
pub fn resolved(item: &dyn Declared, id: &Json) -> Map {
    item.want().fields.resolved(&|_, _| Some(id.clone())).known()
}

/// The fields of a want that a live object does not have as wanted.
pub fn differing(item: &dyn Declared, want: &Map, live: &Json) -> Vec<String> {
    let wire = item.spec().wire;
    let live = wire.read(live.clone()).expect("a row of this kind");
    want.iter()
        .filter(|(field, want)| !wire.agrees(field, want, None, live.fields.get(*field).unwrap_or(&Json::Null)))
        .map(|(field, _)| field.clone())
        .collect()
}

/// What is known before a write, from what is live.
pub fn prior(item: &dyn Declared, live: &Json) -> Prior {
    let live = item.spec().wire.read(live.clone()).expect("a row of this kind");
    Prior { id: live.id, outputs: live.outputs, fields: live.fields }
}

/// What is sent: as wanted, with what others added to what is live.
pub fn merged(wire: &dyn crate::Wire, want: &Map, prior: &Prior) -> Map {
    let with_theirs = |(field, want): (&String, &Json)| {
        let now = prior.fields.get(field);
        (field.clone(), now.map_or_else(|| want.clone(), |now| wire.merged(field, want, None, now)))
    };
    want.iter().map(with_theirs).collect()
}
