//! Rules beyond shapes, in every stage: each kind's own, those between declarations, and what must differ between them.

use crate::accounts::InAccount;
use crate::declarations::Lowered;
use crate::errors::Errors;
use crate::names::Symbols;
use crate::syntax::StackSyntax;
use plg_core::codes::{self, Code};
use plg_core::{Block, Declarations, Given, Mistake, Node, Report, Site, linked, referred};
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};

/// A declaration as every stage has it.
pub(crate) struct Forms<'a> {
    /// Its kind, where that is known.
    pub(crate) kind: Option<&'static str>,
    /// The account it is in, where its kind is known.
    pub(crate) account: Option<&'a InAccount>,
    /// Where no stage says otherwise.
    pub(crate) base: Option<&'a Block>,
    /// Where one does.
    pub(crate) stages: Vec<(&'a str, Option<&'a Block>)>,
}

impl<'a> Forms<'a> {
    /// The declaration as a stage has it, if it is well formed there; as it is elsewhere, without a stage.
    pub(crate) fn at(&self, stage: Option<&str>) -> Option<&'a Block> {
        self.said(stage).unwrap_or(self.base)
    }

    fn said(&self, stage: Option<&str>) -> Option<Option<&'a Block>> {
        self.stages.iter().find(|(name, _)| Some(*name) == stage).map(|(_, block)| *block)
    }
}

/// A rule that a declaration breaks.
pub(crate) struct BrokenRule {
    /// Whose it is, by its place.
    pub(crate) place: usize,
    /// The stage in which it does; in all that say nothing else, where there is none.
    pub(crate) stage: Option<String>,
    pub(crate) mistake: Mistake,
}

/// A mistake as it is shown, with the stages it is made in.
pub(crate) struct ShownRule {
    pub(crate) place: usize,
    pub(crate) code: &'static Code,
    pub(crate) span: Span,
    pub(crate) message: String,
}

/// Applies each kind's rules to what is well formed, and looks for repeated keys.
///
/// `is_whole` says whether this is all there is: no part of something larger, without parts, and nothing of it unread.
pub(crate) fn check(errors: &mut Errors, stack: &StackSyntax, names: &Symbols, lowered: &mut Lowered, is_whole: bool) {
    let (mut found, mut warned) = (Vec::new(), Vec::new());
    let world = Declarations::of(lowered.items.iter().filter_map(|item| item.block.as_ref()).collect());
    for (place, item) in lowered.items.iter().enumerate() {
        let Some(spec) = names.specs[place] else { continue };
        let mut report = Report::default();
        for block in item.block.iter().chain(item.stages.iter().filter_map(|s| s.block.as_ref())) {
            (spec.check)(block, &Declarations::default(), &mut report);
            children(block, &mut report);
        }
        if let Some(block) = &item.partly {
            block.hold_partly(|block| spec.hold(block, &world, &mut report));
        }
        warned.extend(report.warnings.into_iter().map(|warning| (place, warning)));
        found.extend(report.errors.into_iter().map(|mistake| BrokenRule { place, stage: None, mistake }));
    }
    let at = |place: usize| format!("on line {}", stack.declarations[place].name.span().start().line);
    found.extend(between(&forms(names, lowered), is_whole, &at));
    let span = |place: usize, site| lowered.sites.span(site).unwrap_or_else(|| stack.declarations[place].name.span());
    for (place, warning) in warned {
        errors.warn(warning.code, span(place, warning.at), warning.message);
    }
    for ShownRule { place, code, span, message } in shown(found, &span) {
        errors.at(code, span, message);
        lowered.items[place].broken = true;
    }
}

/// Every declaration of a stack.
fn forms<'a>(names: &Symbols, lowered: &'a Lowered) -> Vec<Forms<'a>> {
    lowered
        .items
        .iter()
        .zip(&lowered.accounts)
        .zip(&names.specs)
        .map(|((item, account), spec)| Forms {
            kind: spec.map(|spec| spec.keyword),
            account: account.as_ref().map(|(account, _)| account),
            base: item.block.as_ref(),
            stages: item.stages.iter().map(|said| (said.name.as_str(), said.block.as_ref())).collect(),
        })
        .collect()
}

/// No stage, and every stage in which something is otherwise.
pub(crate) fn stages<'a>(forms: &[Forms<'a>]) -> Vec<Option<&'a str>> {
    let mut stages = vec![None];
    for (stage, _) in forms.iter().flat_map(|forms| &forms.stages) {
        if !stages.contains(&Some(*stage)) {
            stages.push(Some(*stage));
        }
    }
    stages
}

/// Holds declarations against the rules between them, in every stage. `at` says where one of them is, and `is_whole`
/// whether these are all there are.
pub(crate) fn between(forms: &[Forms], is_whole: bool, at: &dyn Fn(usize) -> String) -> Vec<BrokenRule> {
    let (mut found, mut always) = (Vec::new(), HashSet::new());
    // What is of no known kind may be of any.
    let worlds = Worlds::of(forms, is_whole && forms.iter().all(|forms| forms.kind.is_some()));
    for stage in stages(forms) {
        let worlds = worlds.at(forms, stage);
        for (place, forms) in forms.iter().enumerate() {
            let Some(block) = forms.at(stage) else { continue };
            let world = worlds.of_account(forms.account);
            let mut report = Report::default();
            for rule in linked::providers().flat_map(|provider| provider.between).filter(|rule| rule.kind == block.kind)
            {
                (rule.check)(block, world, &mut report);
            }
            for rule in linked::find(block.kind).map_or(&[][..], |spec| spec.provider().whole) {
                if world.has_all(rule.looks_at) {
                    (rule.check)(block, world, &mut report);
                }
            }
            let broken = |mistake| BrokenRule { place, stage: stage.map(str::to_owned), mistake };
            found.extend(report.errors.into_iter().map(broken));
        }
        repeated(forms, stage, at, &mut always, &mut found);
    }
    found
}

fn children(block: &Block, report: &mut Report) {
    for (_, _, node) in &block.fields {
        for child in node.declared_inside() {
            if let Some(spec) = linked::find(child.kind) {
                (spec.check)(child, &Declarations::default(), report);
            }
        }
    }
}

/// What a declaration knows of: everything but what is in another account of its provider.
struct Worlds<'a> {
    /// The accounts that others of their provider stand beside: mostly none.
    beside: Vec<&'a InAccount>,
    is_whole: bool,
}

impl<'a> Worlds<'a> {
    fn of(forms: &[Forms<'a>], is_whole: bool) -> Worlds<'a> {
        let mut all: Vec<&InAccount> = Vec::new();
        for account in forms.iter().filter_map(|forms| forms.account) {
            if !all.contains(&account) {
                all.push(account);
            }
        }
        let beside = |account: &&InAccount| all.iter().any(|other| !other.sees(account));
        Worlds { beside: all.iter().copied().filter(beside).collect(), is_whole }
    }

    fn at(&self, forms: &[Forms<'a>], stage: Option<&str>) -> StageWorlds<'a> {
        let world = |own: Option<&InAccount>| {
            let is_seen = |other: &&Forms| match (own, other.account) {
                (Some(own), Some(other)) => own.sees(other),
                _ => true,
            };
            let (seen, mut lacking) = (forms.iter().filter(is_seen), Vec::new());
            let read = seen.filter_map(|forms| {
                let read = forms.at(stage);
                lacking.extend(forms.kind.filter(|_| read.is_none()));
                read
            });
            let read = read.collect();
            if self.is_whole { Declarations::whole(read, lacking) } else { Declarations::of(read) }
        };
        StageWorlds { all: world(None), own: self.beside.iter().map(|own| (*own, world(Some(own)))).collect() }
    }
}

/// The same in one stage.
struct StageWorlds<'a> {
    all: Declarations<'a>,
    own: Vec<(&'a InAccount, Declarations<'a>)>,
}

impl<'a> StageWorlds<'a> {
    fn of_account(&self, account: Option<&InAccount>) -> &Declarations<'a> {
        self.own.iter().find(|(own, _)| Some(*own) == account).map_or(&self.all, |(_, world)| world)
    }
}

/// Two declarations with what they have in common where no stage says otherwise.
type AlikePair = (usize, usize, &'static str, String);

/// Texts of one stage that must differ and do not. What is so in `always` has been said, whoever would say it here.
fn repeated(
    forms: &[Forms],
    stage: Option<&str>,
    at: &dyn Fn(usize) -> String,
    always: &mut HashSet<AlikePair>,
    found: &mut Vec<BrokenRule>,
) {
    let mut seen: HashMap<(&str, &str, &str, &str, String), usize> = HashMap::new();
    for (place, own) in forms.iter().enumerate() {
        let Some(block) = own.at(stage) else { continue };
        let Some(spec) = linked::find(block.kind) else { continue };
        for (field, within) in spec.unique {
            let Some(node) = block.get(field) else { continue };
            // As the APIs keep it: without white space around it.
            let Some(text) = node.text().map(str::trim) else { continue };
            let Some(scope) = within.and_then(|w| block.get(w)).map_or(Some(String::new()), scope) else { continue };
            let account = own.account.map_or("", |account| &account.name);
            let first = *seen.entry((spec.keyword, account, field, text, scope.clone())).or_insert(place);
            if first == place {
                continue;
            }
            let pair = (first, place, *field, text.to_owned());
            if stage.is_none() {
                always.insert(pair);
            } else if always.contains(&pair) {
                continue;
            }
            // Who says something else in this stage is wrong, not who always said it.
            let is_first = forms[first].said(stage).is_some() && own.said(stage).is_none();
            let (wrong, right) = if is_first { (first, place) } else { (place, first) };
            let (Some(block), Some(other)) = (forms[wrong].at(stage), forms[right].at(stage)) else { continue };
            let where_ = if scope.is_empty() { String::new() } else { format!(" on {}", referred(&scope)) };
            let message = format!(
                "`{}` {} has the {field} \"{text}\"{where_} already\nhelp: give one of the two another `{field}`",
                other.name,
                at(right)
            );
            let mistake =
                Mistake { code: codes::SAME_KEY, at: block.get(field).map_or(block.at, |node| node.at), message };
            found.push(BrokenRule { place: wrong, stage: stage.map(str::to_owned), mistake });
        }
    }
}

/// A value as a word, to compare by; nothing where it is not known whose it is.
fn scope(node: &Node) -> Option<String> {
    match &node.given {
        Given::Text(text) | Given::Word(text) | Given::Case(text, None) => Some(text.clone()),
        Given::Case(_, Some(held)) => scope(held),
        Given::Ref(name) => name.clone(),
        _ => Some(String::new()),
    }
}

/// Mistakes as they are shown: the same one in several stages is one.
pub(crate) fn shown(found: Vec<BrokenRule>, span: &dyn Fn(usize, Site) -> Span) -> Vec<ShownRule> {
    let mut all: Vec<(ShownRule, Vec<Option<String>>)> = Vec::new();
    let mut index: HashMap<(String, &str, String), usize> = HashMap::new();
    for BrokenRule { place, stage, mistake } in found {
        let span = span(place, mistake.at);
        let key = (format!("{span:?}"), mistake.code.code, mistake.message.clone());
        let at = *index.entry(key).or_insert_with(|| {
            all.push((ShownRule { place, code: mistake.code, span, message: mistake.message }, Vec::new()));
            all.len() - 1
        });
        all[at].1.push(stage);
    }
    let mut out = Vec::with_capacity(all.len());
    for (mut shown, stages) in all {
        if stages.iter().all(Option::is_some) {
            shown.message.push_str(&noted(stages.iter().flatten().map(String::as_str)));
        }
        out.push(shown);
    }
    out
}

/// The line that says in which stages something is wrong.
pub(crate) fn noted<'a>(stages: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = stages.map(|stage| format!("`{stage}`")).collect();
    format!("\nnote: in stage{} {}", if names.len() == 1 { "" } else { "s" }, names.join(" and "))
}
