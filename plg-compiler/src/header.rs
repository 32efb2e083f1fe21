//! The stack's head: its name, where it goes, what it is put together from.

use crate::accounts::{NamedAccount, StageAccounts};
use crate::composition::Composition;
use crate::errors::Errors;
use crate::lower::{Lowering, RecordParts, Sites, path};
use crate::named::{self, NamedAccounts};
use crate::names::Symbols;
use crate::stages::{StageNames, is_rule};
use crate::syntax::{BodySyntax, EntrySyntax, KeySyntax, StackSyntax, ValueSyntax};
use crate::tokens::{Tokens, tokens};
use crate::unknown::unknown;
use plg_core::{Provider, StageRules, codes, linked, similar};
use proc_macro2::{Ident, Span};

/// The head, read.
pub(crate) struct Header {
    /// `"plg-saas-stack"`; empty in a part.
    pub(crate) name: String,
    /// `Stage { … },` each.
    pub(crate) stages: Tokens,
    /// Stage names, with the tokens as written.
    pub(crate) stage_names: Vec<Ident>,
    /// In a part: the module whose `stages` this part's overrides are checked against.
    pub(crate) stages_of: Option<Tokens>,
    /// Where the crate of plg is, as this crate calls it.
    pub(crate) root: Tokens,
    /// The providers of which a stage names an account.
    pub(crate) providers: Vec<&'static Provider>,
    /// The accounts of each stage.
    pub(crate) accounts: Vec<StageAccounts>,
    /// The account that declarations of a provider are in where they name none.
    pub(crate) of_providers: Vec<(&'static Provider, Ident)>,
    /// Paths of the modules it is put together from.
    pub(crate) parts: Vec<PartPath>,
    /// Whether it is a whole stack: no part, and without parts.
    pub(crate) is_whole: bool,
    /// Where they are named.
    pub(crate) parts_at: Span,
}

/// A module that the stack is put together from.
pub(crate) struct PartPath {
    pub(crate) path: Tokens,
    /// Its last name.
    pub(crate) at: Span,
}

const FIELDS: &[&str] = &["name", "crate", "stages", "accounts", "parts"];

/// Reads the head.
pub(crate) fn read(errors: &mut Errors, composition: &Composition, stack: &StackSyntax, names: &Symbols) -> Header {
    let mut header = Header {
        name: String::new(),
        stages: Tokens::default(),
        stage_names: Vec::new(),
        stages_of: None,
        root: tokens!(Span::call_site()=> ::plg),
        providers: Vec::new(),
        accounts: Vec::new(),
        of_providers: Vec::new(),
        parts: Vec::new(),
        is_whole: false,
        parts_at: Span::call_site(),
    };
    let (mut sites, stages) = (Sites::default(), StageNames::default());
    let mut cx = Lowering::new(errors, stack, names, &stages, &mut sites);
    cx.repeated(&stack.header.iter().collect::<Vec<_>>());
    for entry in &stack.header {
        entry.attributes.none_here(cx.errors);
        let key = entry.key.text();
        if !FIELDS.contains(&key.as_str()) {
            cx.errors.at(
                codes::STACK_HEAD,
                entry.key.span(),
                unknown(&key, "line of a stack's head", FIELDS.iter().copied()),
            );
            continue;
        }
        match (key.as_str(), &entry.value) {
            (_, Some(ValueSyntax::Unread(_))) => cx.errors.known(),
            ("name", Some(ValueSyntax::Text(text))) => {
                header.name = text.value();
                check_name(cx.errors, &header.name, text.span());
            }
            ("stages", Some(ValueSyntax::Block(body))) => {
                for entry in &body.entries {
                    stage(&mut cx, &mut header, composition, entry);
                }
                crate::shared::check(cx.errors, &body.entries);
                if body.entries.is_empty() {
                    cx.errors.at(codes::STACK_HEAD, body.open, "a stack needs a stage\nhelp: write `local: sandbox`");
                }
            }
            ("stages", Some(ValueSyntax::Word(word))) if word.bare() && !word.dotted => {
                header.stages_of = Some(path(&word.path));
            }
            ("accounts", Some(ValueSyntax::Block(body))) => {
                header.of_providers = named::of_providers(&mut cx, composition, body);
            }
            ("crate", Some(ValueSyntax::Word(word))) if word.bare() && !word.dotted => {
                header.root = path(&word.path);
            }
            ("crate", value) => {
                wanted(&mut cx, entry, value.as_ref(), "what this crate calls plg, such as `my_plg` or `crate::plg`")
            }
            ("accounts", value) => wanted(
                &mut cx,
                entry,
                value.as_ref(),
                &format!("an account for each provider, such as `{{ {0}: {0}_marketing }}`", first_provider()),
            ),
            ("parts", Some(ValueSyntax::List(list, _))) => {
                header.parts_at = entry.key.span();
                parts(cx.errors, list);
                header.parts.extend(list.iter().filter_map(|value| part(cx.errors, value)));
            }
            ("name", value) => {
                wanted(&mut cx, entry, value.as_ref(), "the stack's name in quotes, such as \"my-stack\"")
            }
            ("stages", value) => wanted(
                &mut cx,
                entry,
                value.as_ref(),
                "`{ local: sandbox, … }`, or in a part the module of the whole stack, such as `crate`",
            ),
            (_, value) => wanted(&mut cx, entry, value.as_ref(), "a list of modules, such as `[crm, product]`"),
        }
    }
    check_both(errors, stack, &header);
    header.is_whole = !header.name.is_empty() && stack.header.iter().all(|entry| entry.key.text() != "parts");
    header
}

fn check_name(errors: &mut Errors, name: &str, at: Span) {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.len() <= 64 && name.chars().all(good) && !name.starts_with('-') {
        return;
    }
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let right = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    let right: String = right.chars().take(64).collect();
    let help = if right.is_empty() { "my-stack" } else { right.trim_end_matches('-') };
    let message =
        format!("a stack's name is lower-case words joined by dashes, 64 characters at most\nhelp: write \"{help}\"");
    errors.at(codes::STACK_HEAD, at, message);
}

/// Each part is another stack, and is named once.
fn parts(errors: &mut Errors, list: &[ValueSyntax]) {
    let mut seen: Vec<Vec<String>> = Vec::new();
    for value in list {
        let ValueSyntax::Word(word) = value else { continue };
        let path: Vec<String> = word.path.iter().map(Ident::to_string).skip_while(|step| step == "self").collect();
        let name = path.join("::");
        if path.is_empty() {
            let message = "a stack is not a part of itself\nhelp: remove `self`";
            errors.at(codes::STACK_HEAD, word.span(), message);
        } else if seen.contains(&path) {
            let message = format!("part `{name}` is written twice\nhelp: leave one of them out");
            errors.at(codes::WRITTEN_TWICE, word.span(), message);
        } else {
            seen.push(path);
        }
    }
}

fn part(errors: &mut Errors, value: &ValueSyntax) -> Option<PartPath> {
    match value {
        ValueSyntax::Word(word) if word.bare() && !word.dotted => {
            Some(PartPath { path: path(&word.path), at: Span::call_site().located_at(word.span()) })
        }
        value => {
            let message = "expected a module that holds a `stack!`, such as `crm`";
            errors.at(codes::STACK_HEAD, value.span(), message);
            None
        }
    }
}

/// A name and stages go together; a part has neither.
fn check_both(errors: &mut Errors, stack: &StackSyntax, header: &Header) {
    let line = |field: &str| stack.header.iter().find(|entry| entry.key.text() == field).map(|entry| entry.key.span());
    match (line("name"), line("stages")) {
        (Some(name), None) if !misspelt(stack, "stages") => {
            let message = "a stack with a name needs stages\nhelp: write `stages: { local: sandbox },`";
            errors.at(codes::STACK_HEAD, name, message);
        }
        (None, Some(stages)) if !header.stage_names.is_empty() && !misspelt(stack, "name") => {
            let message = "a stack with stages needs a name\nhelp: write `name: \"my-stack\",`";
            errors.at(codes::STACK_HEAD, stages, message);
        }
        _ => {}
    }
}

/// Whether a line that is none was probably meant to be this one.
fn misspelt(stack: &StackSyntax, line: &str) -> bool {
    let unknown = stack.header.iter().map(|entry| entry.key.text()).filter(|key| !FIELDS.contains(&key.as_str()));
    unknown.into_iter().any(|key| similar::closest(&key, FIELDS.iter().copied()) == Some(line))
}

fn wanted(cx: &mut Lowering, entry: &EntrySyntax, value: Option<&ValueSyntax>, what: &str) {
    cx.errors.at(codes::STACK_HEAD, value.map_or(entry.key.span(), ValueSyntax::span), format!("expected {what}"));
}

fn stage(cx: &mut Lowering, header: &mut Header, composition: &Composition, entry: &EntrySyntax) {
    entry.attributes.none_here(cx.errors);
    let KeySyntax::Name(name) = &entry.key else {
        cx.errors.at(codes::STACK_HEAD, entry.key.span(), "a stage's name is a word, such as `prod`");
        return;
    };
    if header.stage_names.contains(name) {
        cx.errors.at(
            codes::WRITTEN_TWICE,
            name.span(),
            format!("stage `{name}` is written twice\nhelp: leave one of them out"),
        );
        return;
    }
    if ["self", "Self", "super", "crate", "_"].iter().any(|word| name == word) {
        let message = format!(
            "`{name}` is a keyword of Rust, and cannot be a stage's name\nhelp: write `{}_stage`",
            name.to_string().to_lowercase()
        );
        cx.errors.at(codes::STACK_HEAD, name.span(), message);
        return;
    }
    let Some(value) = &entry.value else {
        cx.errors.at(
            codes::STACK_HEAD,
            name.span(),
            format!("stage `{name}` needs a target\nhelp: write `{name}: sandbox`"),
        );
        return;
    };
    cx.quiet = entry.colon;
    let before = cx.errors.len();
    let (target, accounts) = target(cx, composition, value);
    for provider in accounts.iter().map(|named| named.account.provider) {
        if !header.providers.contains(&provider) {
            header.providers.push(provider);
        }
    }
    header.stage_names.push(name.clone());
    header.accounts.push(StageAccounts {
        name: name.to_string(),
        at: name.span(),
        is_sandbox: is_sandbox(value),
        is_whole: cx.errors.len() == before,
        accounts,
    });
    if cx.errors.len() == before {
        let (text, at) = (name.to_string(), entry.colon);
        header.stages.add(tokens!(at=> __plg::Stage { name: #text, target: #target },));
    }
}

/// What a stage deploys to.
fn target(cx: &mut Lowering, composition: &Composition, value: &ValueSyntax) -> (Tokens, Vec<NamedAccount>) {
    let at = cx.quiet;
    match value {
        value if is_sandbox(value) => (tokens!(at=> __plg::Target::Sandbox), Vec::new()),
        ValueSyntax::Block(body) => {
            let NamedAccounts { tokens, list } = named::of_stage(cx, composition, body);
            let rules = rules(cx, body);
            if list.is_empty() && !body.entries.iter().any(|entry| !is_rule(entry)) {
                let first = first_provider();
                let message = format!(
                    "a stage has accounts, or is a sandbox\nhelp: write `{first}: {{ … }}`, or `sandbox` in place of the braces"
                );
                cx.errors.at(codes::STACK_HEAD, body.open, message);
            }
            (tokens!(at=> __plg::Target::Remote(__plg::Remote { accounts: &[#tokens], rules: #rules })), list)
        }
        ValueSyntax::Unread(_) => {
            cx.errors.known();
            (Tokens::default(), Vec::new())
        }
        value => {
            let first = first_provider();
            let message = format!(
                "expected `sandbox`, or the accounts of this stage in braces, such as `{{ {first}: {{ … }} }}`"
            );
            cx.errors.at(codes::OTHER_SHAPE, value.span(), message);
            (Tokens::default(), Vec::new())
        }
    }
}

/// A provider's word for what a message shows.
fn first_provider() -> &'static str {
    linked::providers().next().map_or("provider", |provider| provider.word)
}

fn is_sandbox(value: &ValueSyntax) -> bool {
    matches!(value, ValueSyntax::Word(word) if word.bare() && word.single().is_some_and(|word| word == "sandbox"))
}

/// What a stage says beside its accounts.
fn rules(cx: &mut Lowering, body: &BodySyntax) -> Tokens {
    let entries = body.entries.iter().filter(|entry| is_rule(entry)).collect();
    let parts = RecordParts { entries, ..RecordParts::default() };
    cx.record(&StageRules::RECORD, &parts, body.open).tokens
}

impl Header {
    /// The stages that `in stage { … }` can name.
    pub(crate) fn stages(&self) -> StageNames {
        StageNames { names: self.stage_names.clone(), elsewhere: self.stages_of.is_some() }
    }
}
