//! What a provider says of itself: everything that the engine, the compiler and the command line know of an API.
//!
//! A provider crate has one `static PROVIDER: Provider`, its kinds, and an [`Api`]: pure functions over values. The
//! engine does the I/O. [`linked`](crate::linked) are the providers that a program has.

mod api;
mod blank;
mod form;
mod identity;
mod last_change;
mod limits;
mod refusal;
mod settings;

pub use api::Api;
pub use form::form_body;
pub use identity::{AccountIdentity, KeyFlaw, KeyRights};
pub use last_change::LastChange;
pub use limits::{LimitClass, LimitRate};
pub use refusal::{FailureKind, Refusal, of_billing};
pub use settings::{Account, AccountName, AccountSettings};

use crate::between::{BetweenRule, WholeRule};
use crate::codes::{Code, Example};
use crate::source::importer::{Importer, Unexpressed};
use crate::{Declared, Record, Spec};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// One API, and what can be declared in an account of it.
///
/// A literal that ends in [`..Provider::BLANK`](Provider::BLANK) says what differs, and goes on compiling when a provider
/// can say more:
///
/// ```
/// # mod beacon {
/// use plg_core::prelude::*;
/// use plg_core::provider::AccountSettings;
/// use plg_core::{Provider, Secret, Text};
///
/// plg_core::record! {
///     /// A Beacon team.
///     Beacon {
///         /// An API key.
///         key: Secret,
///     }
/// }
///
/// impl AccountSettings for Beacon {
///     fn key(&self) -> Secret {
///         self.key
///     }
///     fn address(&self) -> Text {
///         Text::Given("https://api.beacon.example")
///     }
///     fn written(&self) -> Option<String> {
///         plg_core::source::written_value(self)
///     }
/// }
///
/// /// Beacon; `kinds`, `importers` and `api` are to come.
/// pub static PROVIDER: Provider =
///     Provider { word: "beacon", title: "Beacon", account: "team", settings: &Beacon::RECORD, ..Provider::BLANK };
/// plg_core::stack_types!(__beacon);
/// # }
/// assert_eq!(beacon::PROVIDER.account_title(), "Beacon team");
/// ```
pub struct Provider {
    /// Its word in a stage: `posthog`. An account of this name is the default one.
    pub word: &'static str,
    /// Its name for people: `PostHog`.
    pub title: &'static str,
    /// What it calls an account: `project`.
    pub account: &'static str,
    /// What a stage says of an account.
    pub settings: &'static Record,
    /// The words in braces of its paths, such as `project`: numbers, which a sandbox makes up.
    pub holes: &'static [&'static str],
    /// Its kinds, in the order a reader meets them: what others refer to first.
    pub kinds: &'static [&'static Spec],
    /// Every rule between declarations that one of its kinds has.
    pub between: &'static [BetweenRule],
    /// Every rule that its declarations keep in view of the whole stack.
    pub whole: &'static [WholeRule],
    /// What every account has and nobody declares, by its address: `object.companies`.
    pub own: fn(&str) -> Option<&'static dyn Declared>,
    /// How each kind is written down by `import`, what others refer to first.
    pub importers: &'static [Importer],
    /// What its accounts hold that the language has no kind for: counted and named by `import`.
    pub unexpressed: &'static [Unexpressed],
    /// The codes of its own mistakes, in order.
    pub codes: &'static [&'static Code],
    /// An example of each.
    pub examples: &'static [Example],
    /// How it is talked to.
    pub api: &'static dyn Api,
}

impl Provider {
    /// Says nothing. What a provider has to say beside it: `word`, `title`, `account`, `settings`, `kinds`, and `api`,
    /// without which no key leads to an account.
    pub const BLANK: Provider = Provider {
        word: "",
        title: "",
        account: "account",
        settings: &Record { ty: "", doc: "", fields: &[] },
        holes: &[],
        kinds: &[],
        between: &[],
        whole: &[],
        own: |_| None,
        importers: &[],
        unexpressed: &[],
        codes: &[],
        examples: &[],
        api: &blank::BlankApi,
    };

    /// What people call an account of it: `PostHog project`.
    pub fn account_title(&self) -> String {
        format!("{} {}", self.title, self.account)
    }

    /// The default account: the one that is named like the provider.
    pub fn default_account(&self) -> AccountName {
        AccountName(self.word)
    }

    /// The kind of this keyword.
    pub fn kind(&self, keyword: &str) -> Option<&'static Spec> {
        self.kinds.iter().copied().find(|spec| spec.keyword == keyword)
    }
}

// A provider is its word: two of one word cannot be linked.
impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

impl Eq for Provider {}

impl Hash for Provider {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.word.hash(state);
    }
}

impl PartialOrd for Provider {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Provider {
    fn cmp(&self, other: &Self) -> Ordering {
        self.word.cmp(other.word)
    }
}

// Kinds name their provider, and it names them: printing both would never end.
impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word)
    }
}
