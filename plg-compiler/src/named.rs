//! The accounts that a stage names, and those that a head names for its declarations.

use crate::accounts::{self, InAccount, NamedAccount};
use crate::composition::{Composition, Lacking, types_of};
use crate::errors::Errors;
use crate::lower::{Lowering, RecordParts};
use crate::stages::is_rule;
use crate::syntax::{BodySyntax, EntrySyntax, KeySyntax, ValueSyntax};
use crate::tokens::{Tokens, tokens};
use crate::unknown::unknown;
use plg_core::{Provider, StageRules, article, codes, linked, similar};
use proc_macro2::Ident;

/// The accounts that a stage names.
pub(crate) fn of_stage(cx: &mut Lowering, composition: &Composition, body: &BodySyntax) -> NamedAccounts {
    let mut named = NamedAccounts { tokens: Tokens::default(), list: Vec::new() };
    let entries: Vec<&EntrySyntax> = body.entries.iter().filter(|entry| !is_rule(entry)).collect();
    cx.repeated(&entries);
    for entry in entries {
        entry.attributes.none_here(cx.errors);
        let Some((provider, settings)) = account(cx, composition, entry) else { continue };
        let types = std::mem::replace(&mut cx.types, types_of(provider));
        let parts = RecordParts { block: Some(settings), ..RecordParts::default() };
        let (settings, at) = (cx.record(provider.settings, &parts, settings.open).tokens, cx.quiet);
        let (name, types) = (entry.key.text(), std::mem::replace(&mut cx.types, types));
        named.tokens.add(tokens!(at=> __plg::Account {
            name: __plg::AccountName(#name),
            provider: &#types::PROVIDER,
            settings: ::core::option::Option::Some(&#settings),
        },));
        named.list.push(NamedAccount { account: InAccount { provider, name }, at: entry.key.span() });
    }
    named
}

/// What a stage says of its accounts.
pub(crate) struct NamedAccounts {
    /// `Account { … },` each.
    pub(crate) tokens: Tokens,
    pub(crate) list: Vec<NamedAccount>,
}

/// One account of a stage: `provider: { … }`, or under a name of its own `name: provider { … }`.
fn account<'e>(
    cx: &mut Lowering,
    composition: &Composition,
    entry: &'e EntrySyntax,
) -> Option<(&'static Provider, &'e BodySyntax)> {
    let (name, at) = (entry.key.text(), entry.key.span());
    let (word, body) = match &entry.value {
        Some(ValueSyntax::Unread(_)) => {
            cx.errors.known();
            return None;
        }
        Some(ValueSyntax::Word(word)) if !word.dotted && word.args.is_none() && word.list.is_none() => {
            let Some(of) = word.single() else {
                let message = "an account's provider is one word\nhelp: write `name: provider { … }`";
                cx.errors.at(codes::STACK_HEAD, word.span(), message);
                return None;
            };
            (Some(of), word.block.as_ref())
        }
        Some(ValueSyntax::Block(body)) => (None, Some(body)),
        _ => (None, None),
    };
    let of = word.map_or_else(|| name.clone(), Ident::to_string);
    let Some(provider) = linked::provider(&of) else {
        unknown_provider(cx.errors, composition, entry, word);
        return None;
    };
    let message = match &entry.key {
        KeySyntax::Name(name) => accounts::check_name(&name.to_string()).err(),
        KeySyntax::Text(_) => Some(format!("an account's name is a word\nhelp: write `{}`", provider.word)),
    };
    if let Some(message) = message {
        cx.errors.at(codes::STACK_HEAD, at, message);
        return None;
    }
    let title = provider.account_title();
    let of_another = linked::provider(&name).filter(|other| *other != provider).map(|other| other.title);
    if let Some(other) = of_another.or_else(|| composition.lacking(&name).map(|other| other.title)) {
        let message = format!(
            "`{name}` is the name of the provider {other}, and this is {} {title}\nhelp: give it a name of its own, such as `{name}_{of}`",
            article(&title)
        );
        cx.errors.at(codes::STACK_HEAD, at, message);
        return None;
    }
    let Some(body) = body else {
        let at = entry.value.as_ref().map_or(at, ValueSyntax::span);
        cx.errors.at(codes::OTHER_SHAPE, at, format!("expected the settings of this {title} in braces"));
        return None;
    };
    Some((provider, body))
}

/// Says that there is no such provider: as the name of an account alone, or as the word behind it.
fn unknown_provider(errors: &mut Errors, composition: &Composition, entry: &EntrySyntax, word: Option<&Ident>) {
    let (name, at) = (entry.key.text(), word.map_or(entry.key.span(), Ident::span));
    let of = word.map_or_else(|| name.clone(), Ident::to_string);
    if let Some(lacking) = composition.lacking(&of) {
        errors.at(codes::STACK_HEAD, at, lacking_account(lacking));
        return;
    }
    let words = linked::providers().map(|provider| provider.word);
    if word.is_some() {
        errors.at(codes::STACK_HEAD, at, unknown(&of, "provider that this build knows", words));
        return;
    }
    let known = words.clone().chain(StageRules::RECORD.fields.iter().map(|field| field.name));
    let is_account = matches!(entry.value, Some(ValueSyntax::Block(_)));
    if let (true, None, Some(first)) = (is_account, similar::closest(&name, known.clone()), words.clone().next()) {
        let message = format!(
            "`{name}` is not a provider's name, so plg cannot tell which provider the account is of\nhelp: write `{name}: {first} {{ … }}`{}",
            words.skip(1).map(|word| format!(" or `{name}: {word} {{ … }}`")).collect::<String>()
        );
        errors.at(codes::STACK_HEAD, at, message);
    } else {
        errors.at(codes::UNKNOWN_FIELD, at, unknown(&name, "field of a stage", known));
    }
}

fn lacking_account(lacking: &Lacking) -> String {
    let Lacking { word, title, .. } = lacking;
    format!("`{word}` is {title}, which this build does not know\nhelp: {}", lacking.help())
}

/// The accounts that declarations are in where they name none, one of each provider: `accounts: { … }`.
pub(crate) fn of_providers(
    cx: &mut Lowering,
    composition: &Composition,
    body: &BodySyntax,
) -> Vec<(&'static Provider, Ident)> {
    let mut named = Vec::new();
    cx.repeated(&body.entries.iter().collect::<Vec<_>>());
    for entry in &body.entries {
        entry.attributes.none_here(cx.errors);
        let word = entry.key.text();
        let Some(provider) = linked::provider(&word) else {
            let message = match composition.lacking(&word) {
                Some(lacking) => lacking_account(lacking),
                None => {
                    let words = linked::providers().map(|provider| provider.word);
                    unknown(&word, "provider that this build knows", words)
                }
            };
            cx.errors.at(codes::STACK_HEAD, entry.key.span(), message);
            continue;
        };
        match &entry.value {
            Some(ValueSyntax::Unread(_)) => cx.errors.known(),
            Some(ValueSyntax::Word(name)) if name.bare() && !name.dotted && name.single().is_some() => {
                let name = &name.path[0];
                match accounts::check_name(&name.to_string()) {
                    Ok(()) => named.push((provider, name.clone())),
                    Err(message) => cx.errors.at(codes::ACCOUNT, name.span(), message),
                }
            }
            other => {
                let at = other.as_ref().map_or(entry.key.span(), ValueSyntax::span);
                let message = format!("expected the name of an account, such as `{word}: {word}_marketing`");
                cx.errors.at(codes::OTHER_SHAPE, at, message);
            }
        }
    }
    named
}
