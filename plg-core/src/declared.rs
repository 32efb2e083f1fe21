//! What every declaration has.

mod json;

pub use json::{Json, known_by};

use crate::{Block, Spec, Want};
use std::any::Any;
use std::fmt::{self, Debug};
use std::ops::Deref;

/// A reference to a declaration.
pub type Link<T> = &'static T;

/// What every declaration has, whatever its kind.
#[derive(Clone, Copy)]
pub struct Common {
    /// The item's name; an option's is `Attribute.Option`.
    pub name: &'static str,
    /// The doc comment: the description in the remote API.
    pub doc: &'static str,
    /// Source file as the compiler names it, relative to the workspace.
    pub file: &'static str,
    /// Line of the name, from 1.
    pub line: u32,
    /// Column of the name, from 1.
    pub column: u32,
    /// How it is treated, beyond what its fields say.
    pub handling: &'static Handling,
}

/// How a declaration is treated. Apart from [`Common`], which the compiler checks for every declaration:
/// most say none of it and share [`Handling::PLAIN`].
#[derive(Clone, Copy)]
pub struct Handling {
    /// Declared `existing`: read and referred to, never created or deleted.
    pub existing: bool,
    /// Some of its texts are constants, which rules are applied to when a program starts: the macro does not know them.
    pub constants: bool,
    /// Refuses every plan that would delete, archive or replace it.
    pub protect: bool,
    /// Fields that people manage in the web app: sent when it is created, never compared.
    pub ignore: &'static [&'static str],
    /// The item's name before it was renamed.
    pub was: Option<&'static str>,
    /// What becomes of it when it is no longer declared, where that is written. Where nothing is, plg removes what it
    /// made, and leaves as it is what was there before.
    pub on_destroy: Option<OnDestroy>,
    /// JSON keys that have no word in the language yet, sent as they are.
    pub extra: &'static [(&'static str, Json)],
    /// The account it is in, where it says so.
    pub account: Option<&'static str>,
    /// The declaration this one is written inside: a select option's attribute.
    pub parent: Option<&'static dyn Declared>,
    /// The one before it there: options and statuses are created in the order written.
    pub previous: Option<&'static dyn Declared>,
}

impl Deref for Common {
    type Target = Handling;

    fn deref(&self) -> &Handling {
        self.handling
    }
}

// A parent holds its children: printing both ways would never end.
impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}:{}", self.name, self.file, self.line)
    }
}

impl Common {
    /// A declaration that says nothing but its name and docs; `line` and `column` count from 1.
    pub const fn at(name: &'static str, doc: &'static str, file: &'static str, line: u32, column: u32) -> Self {
        Common { name, doc, file, line, column, handling: &Handling::PLAIN }
    }

    /// A declaration of this name with nothing said about it.
    pub const fn named(name: &'static str) -> Self {
        Self::at(name, "", "", 0, 0)
    }

    /// The same, treated like this.
    #[must_use]
    pub const fn handled(self, handling: &'static Handling) -> Self {
        Common { handling, ..self }
    }
}

impl Want {
    /// What `extra` of a declaration passes through; a kind's own fields are set after it.
    pub fn of(common: &Common) -> Self {
        common.extra.iter().fold(Want::new(), |want, (key, value)| want.set(key, value.term()))
    }
}

impl Handling {
    /// Created, compared and deleted like any other.
    pub const PLAIN: Handling = Handling {
        existing: false,
        constants: false,
        protect: false,
        ignore: &[],
        was: None,
        on_destroy: None,
        extra: &[],
        account: None,
        parent: None,
        previous: None,
    };
}

words! {
    /// What becomes of a resource that is no longer declared: kinds that the API can delete take `delete`, those that it
    /// can only hide take `archive`, and each takes `keep`.
    OnDestroy "choice for `on_destroy`" {
        /// Leave it as it is and forget it.
        keep,
        /// Hide it, also where it was there before plg; values that records hold stay.
        archive,
        /// Delete it, also where it was there before plg.
        delete,
    }
}

/// The word that the doc comment of a declaration is left to people with.
pub const DESCRIPTION: &str = "description";

/// One declared resource of any kind.
pub trait Declared: Debug + Sync {
    /// What every declaration has.
    fn common(&self) -> &Common;
    /// Its kind.
    fn spec(&self) -> &'static Spec;
    /// What should be, in comparable form.
    fn want(&self) -> Want;
    /// Rules that only hold once every stack is put together; each a sentence on what is wrong.
    fn lint(&self) -> Vec<String> {
        Vec::new()
    }
    /// Declarations that it is made of beside its own; see [`Describe::parts`](crate::kinds::Describe::parts).
    fn parts(&'static self) -> Vec<&'static dyn Declared> {
        Vec::new()
    }
    /// Its key, where that is one text: what others know it by (see [`KeyText`](crate::KeyText)).
    fn key_text(&self) -> Option<&'static str> {
        None
    }
    /// Itself, so that its type can be asked for.
    fn as_any(&self) -> &dyn Any;
    /// The declaration as it is written: without what goes without saying.
    fn block(&self) -> Block;
    /// Its address in the state: `feature_flag.NewOnboarding`.
    fn address(&self) -> String {
        address(self.spec().keyword, self.common().name)
    }
}

/// The address of a declaration.
pub fn address(keyword: &str, name: &str) -> String {
    format!("{keyword}.{name}")
}
