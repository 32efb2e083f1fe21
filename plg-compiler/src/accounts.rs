//! The account that each declaration is in, and the accounts of a stage.

use crate::names::Symbols;
use crate::syntax::{BodySyntax, DeclarationSyntax, StackSyntax, ValueSyntax};
use plg_core::{Provider, Spec, article};
use proc_macro2::{Ident, Span};

/// The field of a declaration that says which account it is in.
pub(crate) const ACCOUNT: &str = "account";

/// The account that a declaration is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InAccount {
    pub(crate) provider: &'static Provider,
    /// Empty where it cannot be read.
    pub(crate) name: String,
}

impl InAccount {
    /// Whether what is in this account can refer to what is in another: accounts of one provider are worlds apart.
    pub(crate) fn sees(&self, other: &InAccount) -> bool {
        let is_unread = self.name.is_empty() || other.name.is_empty();
        self.provider != other.provider || self.name == other.name || is_unread
    }

    /// What people call it.
    pub(crate) fn title(&self) -> String {
        self.provider.account_title()
    }
}

/// A stage with the accounts it names.
pub(crate) struct StageAccounts {
    pub(crate) name: String,
    pub(crate) at: Span,
    /// It has every account that anybody names.
    pub(crate) is_sandbox: bool,
    /// Every line of it could be read.
    pub(crate) is_whole: bool,
    pub(crate) accounts: Vec<NamedAccount>,
}

/// An account as a stage names it.
pub(crate) struct NamedAccount {
    pub(crate) account: InAccount,
    pub(crate) at: Span,
}

impl StageAccounts {
    pub(crate) fn has(&self, account: &InAccount) -> bool {
        self.is_sandbox || self.accounts.iter().any(|own| own.account == *account)
    }
}

/// A declaration, as far as its account goes.
pub(crate) struct AccountUse {
    pub(crate) account: InAccount,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// Where its name stands.
    pub(crate) at: Span,
    /// Where its account is said, if it is not the default one.
    pub(crate) said: Option<Span>,
}

/// The account that each declaration says or has from its stack's head, with where that is said: by place.
pub(crate) fn of_declarations(
    stack: &StackSyntax,
    names: &Symbols,
    of_providers: &[(&'static Provider, Ident)],
) -> Vec<Option<(InAccount, Option<Span>)>> {
    let one = |(declaration, spec): (&DeclarationSyntax, &Option<&'static Spec>)| {
        let provider = (*spec)?.provider();
        let of_head = || of_providers.iter().find(|(other, _)| *other == provider).map(|(_, name)| name);
        let (name, at) = match said(&declaration.body) {
            Some((name, at)) => (name.map_or_else(String::new, Ident::to_string), Some(at)),
            None => {
                of_head().map_or_else(|| (provider.word.to_owned(), None), |name| (name.to_string(), Some(name.span())))
            }
        };
        Some((InAccount { provider, name }, at))
    };
    stack.declarations.iter().zip(&names.specs).map(one).collect()
}

/// What a declaration says of its account, and where: no name, where that cannot be read.
fn said(body: &BodySyntax) -> Option<(Option<&Ident>, Span)> {
    let entry = body.entries.iter().find(|entry| !entry.stage && entry.key.text() == ACCOUNT)?;
    let name = match &entry.value {
        Some(ValueSyntax::Word(word)) if word.bare() && !word.dotted => word.single(),
        _ => None,
    };
    Some((name, name.map_or(entry.key.span(), Ident::span)))
}

/// What is wrong with an account's name, if anything, with a better one.
pub(crate) fn check_name(text: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if ["sandbox", "protect", "state"].contains(&text) {
        return Err(format!(
            "`{text}` is a reserved word, and cannot be an account's name\nhelp: write another name, such as `{text}_account`"
        ));
    }
    if text.chars().all(good) && text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(());
    }
    let message = "an account's name is lower-case words, joined by `_`";
    let right = plg_core::text::snake(text.trim_start_matches("r#")).chars().filter(|c| good(*c)).collect::<String>();
    let right = right.trim_start_matches(|c: char| !c.is_ascii_lowercase()).trim_end_matches('_');
    Err(format!("{message}\nhelp: write `{}`", if right.is_empty() { "marketing" } else { right }))
}

/// Why a reference between two accounts is none.
pub(crate) fn across(from: &str, own: &InAccount, to: &str, other: &InAccount) -> String {
    let (here, there) = (&own.name, &other.name);
    let title = own.title();
    format!(
        "`{from}` is in account `{here}`, and cannot refer to `{to}`, which is in `{there}`\nnote: objects of {} {title} cannot refer to objects of another\nhelp: write `{ACCOUNT}: {there},` in `{from}`, or refer to what is declared in `{here}`",
        article(&title)
    )
}
