//! Keys of declarations as texts: what an event says of a plan, a flag or an option, without writing it down twice.
//!
//! The key of a declaration is the text that finds it without an id: a flag's key, a list's slug, a price's lookup key.
//! A kind has one where exactly one field of [`Spec::key`] is a text.

use crate::shape::{Shape, TextRule, Value};
use crate::{Block, Declared, Given, Spec, codes, text};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// A text: written out, or the key of a declaration of whatever kind and provider.
///
/// Nothing is sent to the other declaration's API for it, and nothing waits for it: two declarations may name each other's
/// keys. The key is the one that the declaration has where no stage says otherwise, as in the application's types.
#[derive(Clone, Copy)]
pub enum KeyText {
    /// `"enterprise"`.
    Text(&'static str),
    /// `ProMonthly`, `part::ProMonthly`: the declaration's own key.
    Of(&'static dyn Declared),
    /// `LifecycleStage.Trial`, `NewOnboarding.test`: what one of a declaration's options or variants is known by. It is
    /// named as it is declared.
    Member(&'static dyn Declared, &'static str),
}

impl KeyText {
    /// What it must look like where it is written out.
    pub const RULE: TextRule = TextRule {
        wrap: "KeyText",
        what: "a text",
        max: 400,
        code: codes::TEXT,
        check: text::trimmed,
        constant: false,
    };

    /// The text; nothing where the declaration has no such key.
    pub fn text(&self) -> Option<Cow<'static, str>> {
        match self {
            KeyText::Text(text) => Some(Cow::Borrowed(text)),
            KeyText::Of(item) => item.key_text().map(Cow::Borrowed),
            KeyText::Member(item, member) => text_of(item.spec(), &item.block(), member).map(Cow::Owned),
        }
    }

    /// Its name: the declaration's, its option's or variant's, or the text itself.
    pub fn name(&self) -> &'static str {
        match self {
            KeyText::Text(text) => text,
            KeyText::Of(item) => item.common().name,
            KeyText::Member(_, member) => member,
        }
    }

    /// The address of the declaration that it is the key of, with the option or variant behind it.
    pub fn of(&self) -> Option<String> {
        match self {
            KeyText::Text(_) => None,
            KeyText::Of(item) => Some(item.address()),
            KeyText::Member(item, member) => Some(format!("{}.{member}", item.address())),
        }
    }
}

// A declaration may name its own key: printing what it names would never end.
impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyText::Text(text) => write!(f, "{text:?}"),
            _ => f.write_str(&self.of().unwrap_or_default()),
        }
    }
}

impl Value for KeyText {
    const SHAPE: Shape = Shape::KeyText;
    const BLANK: Self = KeyText::Text("");

    fn given(&self) -> Option<Given> {
        Some(match self {
            KeyText::Text(text) => Given::Text((*text).to_owned()),
            KeyText::Of(item) => Given::Key { of: item.common().name.to_owned(), member: None },
            KeyText::Member(item, member) => {
                Given::Key { of: item.common().name.to_owned(), member: Some((*member).to_owned()) }
            }
        })
    }
}

impl Spec {
    /// The field that is the key of a declaration as a text: the only text of its key, and one that is always written.
    /// Nothing where a second text belongs to the key, such as a tax rate's country beside its name.
    pub fn key_field(&self) -> Option<&'static str> {
        let is_text = |shape: &Shape| match shape {
            Shape::Text(_) | Shape::EnvText(_) => true,
            Shape::Maybe(inner) => matches!(inner, Shape::Text(_) | Shape::EnvText(_)),
            _ => false,
        };
        let of_key = |word: &&str| self.fields.iter().find(|field| field.name == *word);
        let mut texts = self.key.iter().filter_map(of_key).filter(|field| is_text(&field.shape));
        let first = texts.next()?;
        let is_one = texts.next().is_none() && matches!(first.shape, Shape::Text(_));
        is_one.then_some(first.name)
    }
}

/// The options or variants of a declaration of a kind: each with the name it is declared with, and the text it is known
/// by.
pub fn members<'a>(spec: &Spec, block: &'a Block) -> Vec<(&'a str, String)> {
    let Some(field) = spec.surface.variants.and_then(|name| spec.fields.iter().find(|field| field.name == name)) else {
        return Vec::new();
    };
    let Some(node) = block.get(field.name) else { return Vec::new() };
    let of_item = |item: &Block| {
        let field = inside(&field.shape, item.kind)?.key_field()?;
        Some(item.text(field).map_or_else(|| text::title(own_name(item)), str::to_owned))
    };
    let items = node.declared_inside();
    let items = items.iter().filter_map(|item| Some((own_name(item), of_item(item)?)));
    let keys = node.map().iter().map(|(key, ..)| (key.as_str(), key.clone()));
    items.chain(keys).collect()
}

/// The kind of this keyword among those that may be declared inside a value.
fn inside(shape: &Shape, keyword: &str) -> Option<&'static Spec> {
    match shape {
        Shape::Items(spec) => Some(spec()).filter(|spec| spec.keyword == keyword),
        Shape::Maybe(inner) => inside(inner, keyword),
        Shape::Choice(choice) => {
            choice().cases.iter().filter_map(|case| case.holds.as_ref()).find_map(|held| inside(held, keyword))
        }
        _ => None,
    }
}

/// `Trial`, of `LifecycleStage.Trial`.
fn own_name(item: &Block) -> &str {
    item.name.rsplit('.').next().unwrap_or_default()
}

fn text_of(spec: &Spec, block: &Block, member: &str) -> Option<String> {
    members(spec, block).into_iter().find(|(name, _)| *name == member).map(|(_, text)| text)
}

/// What is wrong with a list of these once the keys of all of them are known, each as a sentence: a declaration without
/// such a key, and two that stand for one text.
pub fn mistakes(list: &[KeyText]) -> Vec<String> {
    let mut seen: Vec<(Cow<'static, str>, &KeyText)> = Vec::new();
    let mut wrong = Vec::new();
    for key in list {
        let Some(text) = key.text() else {
            wrong.push(format!("it names the key of {}, which has none", key.of().unwrap_or_default()));
            continue;
        };
        match seen.iter().find(|(other, _)| *other == text) {
            Some((_, first)) => wrong.push(format!("it names \"{text}\" twice: as {first:?} and as {key:?}")),
            None => seen.push((text, key)),
        }
    }
    wrong
}

/// The key of a declaration, for what an application is shown; blank where it has none, which no stack deploys with.
pub fn key_of(item: &'static dyn Declared) -> &'static str {
    item.key_text().unwrap_or_default()
}

/// What an option or a variant of a declaration is known by; blank where there is none of this name.
pub fn member_of(item: &'static dyn Declared, member: &'static str) -> &'static str {
    /// Each text that was asked for, once.
    static KNOWN: Mutex<Option<HashMap<(usize, &str), &'static str>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // The statics of two stacks may have one address in the language, and never one in memory.
    let key = (std::ptr::from_ref(item).addr(), member);
    known.get_or_insert_default().entry(key).or_insert_with(|| {
        let text = KeyText::Member(item, member).text().unwrap_or_default();
        Box::leak(text.into_owned().into_boxed_str())
    })
}
