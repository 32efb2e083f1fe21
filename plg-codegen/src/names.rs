//! What an application can name: the stack without what only a deploy needs.

#[cfg(feature = "attio")]
mod crm;
#[cfg(feature = "posthog")]
mod product;

use crate::layout::Scope;
use plg_core::{AccountName, Declared, Provider, Stack};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Remote ids by stage and address.
pub type Ids = BTreeMap<String, BTreeMap<String, Json>>;

/// Everything that an application can name, in the order declared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AppNames {
    /// The stack's name.
    pub stack: String,
    /// The events that it can send.
    pub events: Vec<AppEvent>,
    /// The flags that it can ask about.
    pub flags: Vec<AppFlag>,
    /// Objects that are declared or have declared attributes, and lists.
    pub collections: Vec<Collection>,
    /// Surveys, with their ids.
    pub surveys: Vec<Page>,
    /// Dashboards, with their ids.
    pub dashboards: Vec<Page>,
    /// The stages whose ids are known.
    pub stages: Vec<String>,
    /// Whether it has an account with events, flags, surveys and dashboards.
    pub is_product: bool,
    /// Whether it has an account with objects and lists.
    pub is_crm: bool,
    /// What is in further accounts of a provider, each by itself: its default one's names are those above.
    pub accounts: Vec<AppAccount>,
}

/// A further account, with what is declared in it.
#[derive(Debug, Clone, PartialEq)]
pub struct AppAccount {
    /// Its name in the stack.
    pub name: &'static str,
    /// Its provider's name for people.
    pub provider: &'static str,
    /// What is declared in it.
    pub names: AppNames,
}

/// An event with its properties.
#[derive(Debug, Clone, PartialEq)]
pub struct AppEvent {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// The event's name, as PostHog knows it.
    pub event: &'static str,
    /// Whether it is PostHog's own.
    pub existing: bool,
    /// What is sent with it.
    pub properties: Vec<AppProperty>,
}

/// A property of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct AppProperty {
    /// Its key, as it is sent.
    pub key: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// What it holds; what is in the list, where it is one.
    pub ty: PropertyType,
    /// Whether there may be any number of them.
    pub is_list: bool,
    /// Whether it may be missing.
    pub optional: bool,
    /// The texts that it can be, or that a list can hold, in order; none, where it can be any.
    pub texts: Vec<AppText>,
}

/// A text that a property can be.
#[derive(Debug, Clone, PartialEq)]
pub struct AppText {
    /// As types are named: that of the declaration whose key it is, or after the text.
    pub name: String,
    /// The text.
    pub text: String,
    /// The address of the declaration whose key it is.
    pub of: Option<String>,
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertyType {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// An instant in ISO 8601.
    Datetime,
    /// A JSON object.
    Object,
}

/// A feature flag with its variants.
#[derive(Debug, Clone, PartialEq)]
pub struct AppFlag {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// What the code asks for.
    pub key: &'static str,
    /// Its variants; none, where it is on or off.
    pub variants: Vec<AppVariant>,
}

/// A variant of a flag.
#[derive(Debug, Clone, PartialEq)]
pub struct AppVariant {
    /// As types are named.
    pub name: String,
    /// Its key.
    pub key: &'static str,
}

/// An object or a list, with the attributes declared on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// The item's name; of one of Attio's own objects, its slug in upper camel case.
    pub name: String,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared; nowhere, if it is Attio's own.
    pub at: Option<String>,
    /// Its name in Attio's API.
    pub slug: &'static str,
    /// Which of the two it is.
    pub kind: CollectionKind,
    /// What its records or entries have.
    pub attributes: Vec<AppAttribute>,
}

/// The kinds of collection that attributes can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionKind {
    /// An object.
    Object,
    /// A list.
    List,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct AppAttribute {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// Its name in Attio's API.
    pub slug: &'static str,
    /// What people read.
    pub title: &'static str,
    /// What a value is.
    pub ty: ValueType,
    /// Whether a record may have several values.
    pub multiple: bool,
    /// Options or statuses, in order.
    pub choices: Vec<AppChoice>,
    /// Of the other end of a relationship, the item that declares both.
    pub back_of: Option<&'static str>,
}

/// What a value of an attribute is, in the words of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the language, described in its reference")]
pub enum ValueType {
    Text,
    Number,
    Checkbox,
    Currency,
    Date,
    Timestamp,
    Rating,
    Select,
    Status,
    Record,
    Actor,
    Location,
    PhoneNumber,
    EmailAddress,
    Domain,
}

/// A select option or a status.
#[derive(Debug, Clone, PartialEq)]
pub struct AppChoice {
    /// The item's name within its attribute.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// What people read, and what Attio's API takes.
    pub title: &'static str,
}

/// A survey or a dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The item's name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Where it is declared.
    pub at: String,
    /// What people read.
    pub title: &'static str,
    /// Its id in each stage where it is deployed.
    pub ids: BTreeMap<String, Json>,
}

impl AppNames {
    /// The names of a stack as it is where no stage says otherwise, and the ids of what is deployed.
    pub fn of(stack: &'static Stack, ids: &Ids) -> AppNames {
        let stages: Vec<String> = ids.keys().cloned().collect();
        let empty = || AppNames { stack: stack.name.to_owned(), stages: stages.clone(), ..AppNames::default() };
        let mut names = empty();
        stack.every_provider().into_iter().for_each(|provider| names.has(provider));
        for (name, provider) in further(stack) {
            let mut own = empty();
            own.has(provider);
            names.accounts.push(AppAccount { name: name.0, provider: provider.title, names: own });
        }
        for row in stack.all() {
            let account = row.account();
            let further = names.accounts.iter().position(|one| one.name == account.0);
            let of = match further {
                Some(place) => &mut names.accounts[place].names,
                None => &mut names,
            };
            of.add(row.item, ids);
        }
        names.settle();
        names.accounts.iter_mut().for_each(|account| account.names.settle());
        names
    }

    /// Those of every account: the default ones', and each further one's.
    pub(crate) fn each(&self) -> impl Iterator<Item = &AppNames> {
        std::iter::once(self).chain(self.accounts.iter().map(|account| &account.names))
    }

    /// Notes that there is an account of a provider.
    fn has(&mut self, provider: &Provider) {
        #[cfg(feature = "posthog")]
        {
            self.is_product |= *provider == plg_posthog::PROVIDER;
        }
        #[cfg(feature = "attio")]
        {
            self.is_crm |= *provider == plg_attio::PROVIDER;
        }
        let _ = provider;
    }

    /// Adds what an application can name of a declaration.
    fn add(&mut self, item: &'static dyn Declared, ids: &Ids) {
        #[cfg(feature = "posthog")]
        product::add(self, item, ids);
        #[cfg(feature = "attio")]
        crm::add(self, item);
        let _ = (item, ids);
    }

    /// Gives each collection a name of its own.
    fn settle(&mut self) {
        self.collections.sort_by_key(|collection| collection.kind == CollectionKind::List);
        // What is declared keeps its name where it is that of one of Attio's own objects.
        let mut scope = Scope::default();
        for own in [false, true] {
            for collection in self.collections.iter_mut().filter(|collection| collection.at.is_none() == own) {
                collection.name = scope.take(&collection.name);
            }
        }
    }

    /// Whether a property of an event is one of a list of texts.
    pub(crate) fn has_texts(&self) -> bool {
        self.events.iter().flat_map(|event| &event.properties).any(|property| !property.texts.is_empty())
    }

    /// Objects, or lists.
    pub fn collections(&self, kind: CollectionKind) -> impl Iterator<Item = &Collection> {
        self.collections.iter().filter(move |collection| collection.kind == kind)
    }

    /// Every attribute with choices, in order.
    pub(crate) fn with_choices(&self) -> impl Iterator<Item = &AppAttribute> {
        self.collections
            .iter()
            .flat_map(|collection| &collection.attributes)
            .filter(|attribute| !attribute.choices.is_empty())
    }
}

/// The accounts that are not where their provider's names stand: of a provider with several, all but the default one.
fn further(stack: &'static Stack) -> Vec<(AccountName, &'static Provider)> {
    let named = stack.stages.iter().flat_map(|stage| stage.accounts()).map(|account| (account.name, account.provider));
    let used = stack.all().into_iter().map(|row| (row.account(), row.item.spec().provider()));
    let mut all: Vec<(AccountName, &'static Provider)> = Vec::new();
    for account in named.chain(used) {
        if !all.contains(&account) {
            all.push(account);
        }
    }
    let is_one_of_several = |provider: &Provider| all.iter().filter(|(_, one)| *one == provider).count() > 1;
    let mut further: Vec<_> = all
        .iter()
        .filter(|(name, provider)| *name != provider.default_account() && is_one_of_several(provider))
        .copied()
        .collect();
    further.sort();
    further
}

#[cfg(any(feature = "attio", feature = "posthog"))]
fn at(common: &plg_core::Common) -> String {
    format!("{}:{}", common.file, common.line)
}

/// A key as a type is named; the same as in the types that `stack!` writes.
#[cfg(any(feature = "attio", feature = "posthog"))]
fn type_name(key: &str) -> String {
    let name = plg_core::text::pascal(key);
    if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() { format!("V{name}") } else { name }
}

impl ValueType {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            ValueType::Text => "text",
            ValueType::Number => "number",
            ValueType::Checkbox => "checkbox",
            ValueType::Currency => "currency",
            ValueType::Date => "date",
            ValueType::Timestamp => "timestamp",
            ValueType::Rating => "rating",
            ValueType::Select => "select",
            ValueType::Status => "status",
            ValueType::Record => "record",
            ValueType::Actor => "actor",
            ValueType::Location => "location",
            ValueType::PhoneNumber => "phone_number",
            ValueType::EmailAddress => "email_address",
            ValueType::Domain => "domain",
        }
    }
}

impl PropertyType {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            PropertyType::Text => "text",
            PropertyType::Number => "number",
            PropertyType::Boolean => "boolean",
            PropertyType::Datetime => "datetime",
            PropertyType::Object => "object",
        }
    }
}
