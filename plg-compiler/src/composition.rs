//! The providers that a `stack!` knows, and where it finds their types.

use crate::tokens::{Tokens, tokens};
use plg_core::{Provider, linked};
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;

/// A `stack!` of one's own: the providers whose kinds it knows.
#[derive(Debug, Clone, Copy)]
pub struct Composition {
    /// Each provider, in the order that a reader meets them.
    pub providers: &'static [LinkedProvider],
    /// Those that it could know, and was built without.
    pub lacking: &'static [&'static Lacking],
}

/// A provider that a build was made without: its word and its kinds' words, so that a mistake can name the feature.
#[derive(Debug)]
pub struct Lacking {
    /// Its word in a stage.
    pub word: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The words of its kinds.
    pub kinds: &'static [&'static str],
    /// The feature of the crate `plg` that brings it.
    pub feature: &'static str,
}

impl Lacking {
    /// What to do about it.
    pub(crate) fn help(&self) -> String {
        format!("build with feature `{}` of `plg`", self.feature)
    }
}

/// A provider, and where its types are.
#[derive(Debug, Clone, Copy)]
pub struct LinkedProvider {
    /// The provider.
    pub provider: &'static Provider,
    /// The path of its crate as a stack sees it: `::plg_stripe`, or without colons in front a module of the crate
    /// `plg`.
    pub path: &'static str,
}

impl Composition {
    /// The provider of this word that it was built without.
    pub(crate) fn lacking(&self, word: &str) -> Option<&'static Lacking> {
        self.lacking.iter().copied().find(|one| one.word == word)
    }

    /// The provider that has a kind of this word, and that it was built without.
    pub(crate) fn lacking_of_kind(&self, keyword: &str) -> Option<&'static Lacking> {
        self.lacking.iter().copied().find(|one| one.kinds.contains(&keyword))
    }

    /// Makes its kinds known to this process.
    pub(crate) fn link(&self) {
        let providers: Vec<&'static Provider> = self.providers.iter().map(|linked| linked.provider).collect();
        linked::link(&providers);
    }

    /// Where a provider's crate is.
    pub(crate) fn path(&self, provider: &Provider, root: &Tokens) -> Tokens {
        let path = self.providers.iter().find(|linked| linked.provider == provider).map_or("", |linked| linked.path);
        let within: TokenStream = path.parse().unwrap_or_default();
        let mut out = Tokens::default();
        if !path.starts_with("::") {
            out.add(tokens!(Span::call_site()=> #root::));
        }
        within.into_iter().for_each(|token| out.one(token));
        out
    }
}

/// The short name that an expansion gives the types of a provider.
pub(crate) fn types_of(provider: &Provider) -> Ident {
    format_ident!("__{}", provider.word, span = Span::call_site())
}
