//! Declarations against the accounts of the stages: which of them lacks one, which nothing uses, and what refers across.

use crate::accounts::{ACCOUNT, AccountUse, InAccount, NamedAccount, StageAccounts, across, check_name};
use crate::declarations::Lowered;
use crate::errors::Errors;
use crate::header::Header;
use crate::names::Symbols;
use crate::syntax::{DeclarationSyntax, StackSyntax};
use plg_core::{Shape, article, codes, linked, similar};
use proc_macro2::Span;
use std::collections::HashMap;

/// Holds the rules about accounts over what one `stack!` knows. Where it is put together from parts, [`hold`] is for
/// whoever has the facts of all of them.
pub(crate) fn check(errors: &mut Errors, stack: &StackSyntax, header: &Header, names: &Symbols, lowered: &Lowered) {
    for (place, item) in lowered.items.iter().enumerate() {
        let Some((own, _)) = &lowered.accounts[place] else { continue };
        let of_stages = item.stages.iter().flat_map(|said| &said.refs);
        for (target, at) in item.refs.iter().chain(&item.later).chain(of_stages) {
            let Some((other, _)) = lowered.accounts[*target].as_ref().filter(|(other, _)| !own.sees(other)) else {
                continue;
            };
            let (from, to) = (&stack.declarations[place].name, &stack.declarations[*target].name);
            errors.at(codes::ACROSS_ACCOUNTS, *at, across(&from.to_string(), own, &to.to_string(), other));
        }
    }
    for (provider, name) in &header.of_providers {
        let is_used = |own: &Option<(InAccount, _)>| own.as_ref().is_some_and(|(own, _)| own.provider == *provider);
        if errors.len() == 0 && !lowered.accounts.iter().any(is_used) {
            let (title, word) = (provider.title, provider.word);
            let message = format!(
                "this part declares nothing of {title}, so `{word}: {name}` has no effect\nhelp: remove it: each part names its own accounts"
            );
            errors.warn(codes::ACCOUNT, name.span(), message);
        }
    }
    if header.name.is_empty() || !header.parts.is_empty() {
        return;
    }
    let uses: Vec<AccountUse> = uses(stack, names, lowered);
    let is_known = errors.len() == 0;
    hold(errors, &header.accounts, &uses, is_known, &|span| format!("on line {}", span.start().line));
}

fn uses(stack: &StackSyntax, names: &Symbols, lowered: &Lowered) -> Vec<AccountUse> {
    let one = |(place, declaration): (usize, &DeclarationSyntax)| {
        let (account, said) = lowered.accounts[place].clone()?;
        let kind = names.specs[place]?.keyword;
        Some(AccountUse { account, kind, name: declaration.name.to_string(), at: declaration.name.span(), said })
    };
    stack.declarations.iter().enumerate().filter_map(one).collect()
}

/// Holds declarations of a whole stack against the accounts of its stages. `is_known` says that these are all
/// declarations; `place` says where something is.
pub(crate) fn hold(
    errors: &mut Errors,
    stages: &[StageAccounts],
    uses: &[AccountUse],
    is_known: bool,
    place: &dyn Fn(Span) -> String,
) {
    let before = errors.len();
    let providers = one_provider_each(errors, stages, place);
    let rightly: Vec<&AccountUse> = uses.iter().filter(|one| is_there(errors, stages, &providers, one)).collect();
    alike(errors, &rightly, stages.iter().any(|stage| !stage.is_sandbox), place);
    lacking(errors, stages, &rightly, place);
    if is_known && errors.len() == before && !uses.is_empty() {
        unused(errors, stages, uses);
    }
    ambiguous(errors, stages, &rightly);
}

/// The provider of each account that a stage names, with where it is named first. Another stage's account of this name is
/// of the same one.
fn one_provider_each<'a>(
    errors: &mut Errors,
    stages: &'a [StageAccounts],
    place: &dyn Fn(Span) -> String,
) -> HashMap<&'a str, &'a InAccount> {
    let mut known: HashMap<&str, (&InAccount, &StageAccounts, Span)> = HashMap::new();
    for stage in stages {
        for NamedAccount { account, at } in &stage.accounts {
            let (first, of, first_at) = *known.entry(&account.name).or_insert((account, stage, *at));
            if first.provider != account.provider {
                let (name, title, other) = (&account.name, account.title(), first.title());
                let (one, stage) = (article(&other), &of.name);
                let message = format!(
                    "account `{name}` is {one} {other} in stage `{stage}`, and cannot be {} {title} here\nnote: the first is {}\nhelp: give one of them another name",
                    article(&title),
                    place(first_at)
                );
                errors.at(codes::STACK_HEAD, *at, message);
            }
        }
    }
    known.into_iter().map(|(name, (account, ..))| (name, account)).collect()
}

/// Whether the account that a declaration names is one, and of its provider.
fn is_there(
    errors: &mut Errors,
    stages: &[StageAccounts],
    known: &HashMap<&str, &InAccount>,
    one: &AccountUse,
) -> bool {
    let (Some(at), InAccount { provider, name }) = (one.said, &one.account) else { return true };
    // Said where it is written.
    if check_name(name).is_err() {
        errors.known();
        return false;
    }
    let mut own: Vec<&str> =
        known.values().filter(|account| account.provider == *provider).map(|account| &*account.name).collect();
    if !own.contains(&provider.word) {
        own.push(provider.word);
    }
    own.sort_unstable();
    let of_another = known.get(name.as_str()).map(|account| account.provider).or_else(|| linked::provider(name));
    if let Some(other) = of_another.filter(|other| other != provider) {
        let (title, wanted) = (other.account_title(), provider.account_title());
        let (kind, own) = (one.kind, one_of(&own));
        let message = format!(
            "account `{name}` is {} {title}, and {} {kind} is in {} {wanted}\nhelp: write {own}",
            article(&title),
            article(kind),
            article(&wanted),
        );
        errors.at(codes::ACCOUNT, at, message);
        return false;
    }
    let mut real = stages.iter().filter(|stage| !stage.is_sandbox).peekable();
    if real.peek().is_none() || own.contains(&name.as_str()) {
        return true;
    }
    if real.all(|stage| stage.is_whole) {
        let title = provider.account_title();
        let help = match similar::closest(name, own.iter().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("write {}, or add `{name}: {} {{ … }}` to each stage", one_of(&own), provider.word),
        };
        let message = format!("no stage has {} {title} `{name}`\nhelp: {help}", article(&title));
        errors.at(codes::ACCOUNT, at, message);
    } else {
        errors.known();
    }
    false
}

fn one_of(names: &[&str]) -> String {
    match names {
        [name] => format!("`{name}`"),
        names => format!("one of {}", list(names)),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// One name for accounts of two providers, where no real stage says whose it is.
fn alike(errors: &mut Errors, uses: &[&AccountUse], is_said: bool, place: &dyn Fn(Span) -> String) {
    let mut first: HashMap<&str, &AccountUse> = HashMap::new();
    for one in uses.iter().filter(|_| !is_said) {
        let before = *first.entry(&one.account.name).or_insert(one);
        let provider = before.account.provider;
        // That of a provider's own name has been said.
        if provider != one.account.provider && linked::provider(&one.account.name).is_none() {
            let (name, title) = (&one.account.name, before.account.title());
            let message = format!(
                "account `{name}` is {} {title} already: `{}` is in it\nnote: that is {}\nhelp: give one of the two accounts another name",
                article(&title),
                before.name,
                place(before.at)
            );
            errors.at(codes::ACCOUNT, one.said.unwrap_or(one.at), message);
        }
    }
}

/// Accounts that a stage would need: one mistake for each of them.
fn lacking(errors: &mut Errors, stages: &[StageAccounts], uses: &[&AccountUse], place: &dyn Fn(Span) -> String) {
    for stage in stages.iter().filter(|stage| stage.is_whole) {
        let mut missing: Vec<(&AccountUse, usize)> = Vec::new();
        for one in uses.iter().filter(|one| !stage.has(&one.account)) {
            match missing.iter_mut().find(|(first, _)| first.account == one.account) {
                Some((_, count)) => *count += 1,
                None => missing.push((one, 0)),
            }
        }
        for (first, more) in missing {
            let AccountUse { account, kind, name, .. } = first;
            let (stage_name, account_name) = (&stage.name, &account.name);
            let more = match more {
                0 => String::new(),
                1 => format!("; one more declaration is in `{account_name}`"),
                more => format!("; {more} more declarations are in `{account_name}`"),
            };
            let others: Vec<&str> = stage
                .accounts
                .iter()
                .filter(|other| other.account.provider == account.provider)
                .map(|other| &*other.account.name)
                .collect();
            let instead = others.first().map_or(String::new(), |other| format!(", or `{ACCOUNT}: {other}` here"));
            let message = format!(
                "{kind} `{name}` is in account `{account_name}`, which stage `{stage_name}` does not have\nnote: the stage is {}{more}\nhelp: write `{}` in stage `{stage_name}`{instead}",
                place(stage.at),
                sample(account)
            );
            errors.at(codes::ACCOUNT, first.at, message);
        }
    }
}

/// How a stage names an account, with what it has to say of it.
fn sample(account: &InAccount) -> String {
    let fields = account.provider.settings.fields.iter().filter(|field| field.required);
    let fields: Vec<String> = fields
        .map(|field| match field.shape {
            Shape::Secret => format!("{}: env(\"{}_API_KEY\")", field.name, account.name.to_uppercase()),
            _ => format!("{}: …", field.name),
        })
        .collect();
    let of = if account.name == account.provider.word { "" } else { account.provider.word };
    let gap = if of.is_empty() { "" } else { " " };
    format!("{}: {of}{gap}{{ {} }}", account.name, fields.join(", "))
}

/// Accounts that nothing is declared in: each is said once, where it is named first.
fn unused(errors: &mut Errors, stages: &[StageAccounts], uses: &[AccountUse]) {
    let mut said: Vec<&InAccount> = Vec::new();
    for stage in stages {
        for NamedAccount { account, at } in &stage.accounts {
            if said.contains(&account) || uses.iter().any(|one| one.account == *account) {
                continue;
            }
            said.push(account);
            let with = stages.iter().filter(|stage| !stage.is_sandbox && stage.has(account));
            let with: Vec<&str> = with.map(|stage| &*stage.name).collect();
            let word = if with.len() == 1 { "stage" } else { "stages" };
            let message = format!(
                "nothing is declared in account `{}`\nhelp: remove it from {word} {}",
                account.name,
                list(&with)
            );
            errors.warn(codes::ACCOUNT, *at, message);
        }
    }
}

/// Two meanings of one variable: `PLG_A_URL` leads account `a` elsewhere in every stage, `PLG_A_URL_B` in stage `b`.
fn ambiguous(errors: &mut Errors, stages: &[StageAccounts], uses: &[&AccountUse]) {
    let upper = |name: &str| name.to_ascii_uppercase().replace('-', "_");
    let mut every: Vec<(&str, Span)> = Vec::new();
    let named = stages.iter().flat_map(|stage| &stage.accounts).map(|own| (&*own.account.name, own.at));
    for (name, at) in named.chain(uses.iter().map(|one| (&*one.account.name, one.said.unwrap_or(one.at)))) {
        if !every.iter().any(|(other, _)| *other == name) {
            every.push((name, at));
        }
    }
    let mut meant: HashMap<String, String> = HashMap::new();
    let mut mean = |errors: &mut Errors, variable: String, what: String, at: Span| {
        let first = meant.entry(variable.clone()).or_insert_with(|| what.clone());
        let is_other = *first != what;
        if is_other {
            let message = format!(
                "the variable {variable} would be for {first} and for {what}\nhelp: give one of them another name"
            );
            errors.at(codes::STACK_HEAD, at, message);
        }
        is_other
    };
    for (name, at) in &every {
        mean(errors, format!("PLG_{}_URL", upper(name)), format!("account `{name}` of every stage"), *at);
    }
    for stage in stages {
        let own: Vec<(&str, Span)> = match stage.is_sandbox {
            true => every.clone(),
            false => stage.accounts.iter().map(|own| (&*own.account.name, own.at)).collect(),
        };
        for (name, _) in own {
            let variable = format!("PLG_{}_URL_{}", upper(name), upper(&stage.name));
            if mean(errors, variable, format!("account `{name}` of stage `{}`", stage.name), stage.at) {
                break;
            }
        }
    }
}
