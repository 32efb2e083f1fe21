//! Rules across parts and crates: every part's facts travel in a hidden macro, and the root collects them.
//!
//! A part emits a module `__the_only_stack_of_this_module` with a macro `own`, which hands its facts on, and with the modules of its own
//! parts, as `p0`, `p1` …. The root asks the first part with a list of those still to be asked; each answer comes back
//! to `stack!` itself, and from there to [`next`], which asks the next one, until all have answered and the rules are held.

use crate::accounts::{self, AccountUse, StageAccounts};
use crate::composition::Composition;
use crate::declarations::Lowered;
use crate::errors::Errors;
use crate::facts::{self, Fact};
use crate::header::{Header, PartPath};
use crate::keys;
use crate::names::{Symbols, cannot_find};
use crate::order::{Circle, Edges, is_new, needs_itself, walk};
use crate::residents;
use crate::rules::{BrokenRule, Forms, ShownRule, between, shown, stages};
use crate::syntax::StackSyntax;
use crate::tokens::Tokens;
use plg_core::{Block, Given, Node, Site, codes, linked, referred, similar};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

/// The module of a part's facts. Named so that what rustc says of a module without a stack says it.
const FACTS: &str = "__the_only_stack_of_this_module";

/// What says that there are declarations of which nothing is told.
const UNTOLD: &str = "[null]";

/// How often facts of one hash were told in this process: two parts may be alike, down to where they stand.
static TOLD: Mutex<Option<HashMap<u64, u32>>> = Mutex::new(None);

/// A part: its module of facts. A root: the question to its first part.
pub(crate) fn emit(
    composition: &Composition,
    stack: &StackSyntax,
    names: &Symbols,
    header: &Header,
    lowered: &Lowered,
    is_read: bool,
) -> TokenStream {
    let is_part = header.name.is_empty();
    let module = |part: &PartPath| {
        let path = part.path.clone().stream();
        quote_spanned!(part.at=> #path::__the_only_stack_of_this_module)
    };
    let parts: Vec<TokenStream> = header.parts.iter().map(module).collect();
    let (text, spans) = if is_part || !parts.is_empty() {
        facts::write(stack, names, lowered, is_read)
    } else {
        ("[]".to_owned(), Vec::new())
    };
    let (count, sites) = (parts.len(), places(&spans));
    let text = Literal::string(&text);
    let id = format_ident!("__stack_facts_{}", hash(&text.to_string()));
    let word = id.to_string();
    let mut out = TokenStream::new();
    if !is_part && !parts.is_empty() {
        // What stands as a token does that somebody wrote in this file leaves no trace of macros behind.
        let anchor = Ident::new("at", header.parts_at);
        let macro_ = composition.macro_path(&header.root).stream();
        let (stages, spans) = facts::write_stages(&header.accounts);
        let (stages, stage_sites) = (Literal::string(&stages), places(&spans));
        out.extend(next(
            quote! { (#anchor #macro_) (#([#parts])*) [] (#word 0usize #text [#sites] #stages [#stage_sites]) },
        ));
    }
    // A root that is part of another one tells nothing: the start of its commands is where it is held.
    let (told, within) = if is_part {
        (quote!(#word #count #text [#sites]), &parts[..])
    } else {
        (quote!(#word 0usize #UNTOLD []), &[][..])
    };
    let (inner, outer): (Vec<Ident>, Vec<Ident>) =
        (0..within.len()).map(|n| (format_ident!("p{n}"), format_ident!("__stack_part_{n}"))).unzip();
    out.extend(quote! {
        // Of a stack in a function nobody asks for facts.
        #[allow(non_local_definitions)]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #id { ($join:path; $($state:tt)*) => { $join! { $($state)* (#told) } } }
        #(
            #[doc(hidden)]
            pub use #within as #outer;
        )*
        #[doc(hidden)]
        pub mod __the_only_stack_of_this_module {
            pub use #id as own;
            #(pub use super::#outer as #inner;)*
        }
    });
    out
}

/// A token at each place.
fn places(spans: &[Span]) -> TokenStream {
    let mut out = Tokens::default();
    for span in spans {
        out.one(Ident::new("s", *span));
    }
    out.stream()
}

/// A name for facts that no others have.
fn hash(text: &str) -> String {
    let mut hash = DefaultHasher::new();
    let crate_ = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    (text, crate_, format!("{:?}", Span::call_site())).hash(&mut hash);
    let hash = hash.finish();
    let mut told = TOLD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let times = told.get_or_insert_default().entry(hash).or_default();
    *times += 1;
    if *times == 1 { format!("{hash:016x}") } else { format!("{hash:016x}_{times}") }
}

/// One part with its facts.
struct Part {
    /// The last name of the path that the root has for it.
    module: Option<String>,
    facts: Vec<Fact>,
    /// Whether these are all of its declarations.
    is_read: bool,
    sites: Vec<Span>,
    /// The accounts of its stages, where it is the root.
    stages: Vec<StageAccounts>,
}

/// What `stack!` is asked by itself: what is behind `@join`.
pub(crate) fn asked(input: &TokenStream) -> Option<TokenStream> {
    let mut input = input.clone().into_iter();
    let is_sign = matches!(input.next()?, TokenTree::Punct(sign) if sign.as_char() == '@');
    let is_word = matches!(input.next()?, TokenTree::Ident(word) if word == "join");
    (is_sign && is_word).then(|| input.collect())
}

/// `(anchor macro) (those to ask) [the one just asked] (facts) (facts) …`: asks the next one, or holds the rules.
pub(crate) fn next(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let (Some(TokenTree::Group(head)), Some(TokenTree::Group(rest)), Some(TokenTree::Group(asked))) =
        (input.next(), input.next(), input.next())
    else {
        return TokenStream::new();
    };
    let mut macro_ = head.stream().into_iter();
    let Some(anchor) = macro_.next() else { return TokenStream::new() };
    let mut known: Vec<Group> = input
        .filter_map(|token| match token {
            TokenTree::Group(group) => Some(group),
            _ => None,
        })
        .collect();
    let mut rest: Vec<TokenTree> = rest.stream().into_iter().collect();
    if let (false, Some(last)) = (asked.stream().is_empty(), known.last()) {
        let asked = asked.stream();
        let within = (0..parts_of(last)).map(|n| {
            let part = format_ident!("p{n}");
            TokenTree::Group(Group::new(Delimiter::Bracket, quote!(#asked::#part)))
        });
        let within: Vec<TokenTree> = within.collect();
        rest.splice(0..0, within);
        // Before what it told: where it was found.
        known.insert(known.len() - 1, Group::new(Delimiter::Bracket, asked));
    }
    let mut rest = rest.into_iter();
    if let Some(TokenTree::Group(part)) = rest.next() {
        let path = part.stream();
        return quote! { #path::own! { #(#macro_)*; @join #head (#(#rest)*) [#path] #(#known)* } };
    }
    let errors = joined(known, anchor.span());
    let mut out = errors.to_compile_errors();
    out.extend(errors.to_warnings());
    out
}

/// What no part could say alone.
fn joined(known: Vec<Group>, anchor: Span) -> Errors {
    let mut errors = Errors::default();
    hold(&mut errors, &read(known, anchor));
    errors
}

/// The module that a path to facts leads through: `crm`, of `crate::crm::__the_only_stack_of_this_module`. Nothing of
/// a part of a part, whose name the root does not know.
fn module_of(path: &Group) -> Option<String> {
    let mut names = path.stream().into_iter().filter_map(|token| match token {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    });
    let last = names.by_ref().take_while(|name| name != FACTS).last();
    last.filter(|_| names.next().is_none())
}

/// How many parts somebody who told facts has.
fn parts_of(told: &Group) -> usize {
    let count = told.stream().into_iter().nth(1);
    count.and_then(|count| count.to_string().trim_end_matches("usize").parse().ok()).unwrap_or(0)
}

/// Everybody's facts, each once, the root's last.
fn read(known: Vec<Group>, anchor: Span) -> Vec<Part> {
    let mut seen = HashSet::new();
    let mut parts = Vec::new();
    let mut module = None;
    for told in known {
        if told.delimiter() == Delimiter::Bracket {
            module = module_of(&told);
            continue;
        }
        let told: Vec<TokenTree> = told.stream().into_iter().collect();
        let [id, _, told_text, TokenTree::Group(sites), more @ ..] = &told[..] else { continue };
        if !seen.insert(id.to_string()) {
            continue;
        }
        let text = |text: &TokenTree| {
            syn::parse_str::<syn::LitStr>(&text.to_string()).map(|text| text.value()).unwrap_or_default()
        };
        let spans = |sites: &Group| -> Vec<Span> {
            sites.stream().into_iter().map(|site| site.span().resolved_at(anchor)).collect()
        };
        // What was told by another version says nothing.
        let read = facts::read(&text(told_text));
        let (facts, is_read) = read.unwrap_or_default();
        let stages = match more {
            [stages, TokenTree::Group(sites)] => facts::read_stages(&text(stages), &spans(sites)).unwrap_or_default(),
            _ => Vec::new(),
        };
        parts.push(Part { module: module.take(), facts, is_read, sites: spans(sites), stages });
    }
    if !parts.is_empty() {
        parts.rotate_left(1);
    }
    parts
}

/// Holds the rules between declarations over all parts, and says what no part could say alone.
fn hold(errors: &mut Errors, parts: &[Part]) {
    let all: Vec<(usize, &Fact)> =
        parts.iter().enumerate().flat_map(|(part, own)| own.facts.iter().map(move |fact| (part, fact))).collect();
    let span = |place: usize, site: Site| {
        let (part, fact) = all[place];
        let sites = &parts[part].sites;
        let at = |site: Site| sites.get(usize::try_from(site.0).ok()?).copied();
        at(site).or_else(|| at(fact.at)).unwrap_or_else(Span::call_site)
    };
    let at = |place: usize| place_of(span(place, all[place].1.at));
    dangling(errors, parts, &all, &span);
    let again = declared_again(errors, &all, &span, &at);
    let known = DeclaredNames::of(&all);
    let resolved: Vec<Fact> = all.iter().map(|(part, fact)| known.resolved(*part, fact)).collect();
    let forms: Vec<Forms> = resolved.iter().map(forms).collect();
    // Without a root others may stand beside them.
    let is_whole = parts.iter().all(|part| part.is_read) && parts.iter().any(|part| !part.stages.is_empty());
    let mut found = between(&forms, is_whole, &at);
    found.retain(|broken| !again.contains(&broken.place));
    if !found.is_empty() {
        let own = alone(parts);
        found.retain(|broken| !own.contains(&key(broken)));
    }
    for ShownRule { code, span, message, .. } in shown(found, &span) {
        errors.at(code, span, message);
    }
    circles(errors, &all, &forms, &span);
    across(errors, &all, &known, &span);
    keys::hold(errors, &all, &|part, name| named(parts, &all, part, name), &span);
    // Only a root has any: what is put together without one is held once it is a part.
    let Some(stages) = parts.iter().map(|part| &part.stages).find(|stages| !stages.is_empty()) else { return };
    let is_known = errors.len() == 0;
    residents::hold(errors, stages, &uses(&all, &span), is_known, &place_of);
}

/// Every declaration, as far as its account goes.
fn uses(all: &[(usize, &Fact)], span: &dyn Fn(usize, Site) -> Span) -> Vec<AccountUse> {
    let one = |(place, (_, fact)): (usize, &(usize, &Fact))| AccountUse {
        account: fact.account.clone(),
        kind: fact.kind,
        name: fact.name.clone(),
        at: span(place, fact.at),
        said: fact.said.map(|said| span(place, said)),
    };
    all.iter().enumerate().map(one).collect()
}

/// References by a path to what is in another account of the same provider: each part has looked at its own.
fn across(errors: &mut Errors, all: &[(usize, &Fact)], known: &DeclaredNames, span: &dyn Fn(usize, Site) -> Span) {
    let declared: HashMap<String, &Fact> =
        all.iter().map(|(_, fact)| (plg_core::address(fact.kind, &fact.name), *fact)).collect();
    for (place, (part, fact)) in all.iter().enumerate() {
        let forms = fact.base.iter().chain(fact.stages.iter().filter_map(|(_, form)| form.as_ref()));
        for (.., node) in forms.flat_map(|form| &form.fields) {
            facts::each_reference(node, &mut |node: &Node| {
                let Given::Ref(Some(reference)) = &node.given else { return };
                let path = reference.contains(' ').then(|| known.address(*part, reference)).flatten();
                let Some(other) = path.and_then(|address| declared.get(&address)) else { return };
                if !fact.account.sees(&other.account) {
                    let message = accounts::across(&fact.name, &fact.account, &other.name, &other.account);
                    errors.at(codes::ACROSS_ACCOUNTS, span(place, node.at), message);
                }
            });
        }
    }
}

fn forms(fact: &Fact) -> Forms<'_> {
    Forms {
        kind: Some(fact.kind),
        account: Some(&fact.account),
        base: fact.base.as_ref(),
        stages: fact.stages.iter().map(|(stage, block)| (stage.as_str(), block.as_ref())).collect(),
    }
}

/// Where something is, in words.
fn place_of(span: Span) -> String {
    let line = span.start().line;
    if proc_macro::is_available() { format!("at {}:{line}", span.unwrap().file()) } else { format!("on line {line}") }
}

type BrokenKey = (usize, Option<String>, Site, &'static str);

fn key(broken: &BrokenRule) -> BrokenKey {
    (broken.place, broken.stage.clone(), broken.mistake.at, broken.mistake.code.code)
}

/// What each part has said of itself.
fn alone(parts: &[Part]) -> HashSet<BrokenKey> {
    let mut said = HashSet::new();
    let mut before = 0;
    for part in parts {
        let forms: Vec<Forms> = part.facts.iter().map(forms).collect();
        for mut broken in between(&forms, false, &|_| String::new()) {
            broken.place += before;
            said.insert(key(&broken));
        }
        before += part.facts.len();
    }
    said
}

/// References to a part that lead nowhere, where a declaration of the kind wanted is close and rustc would propose
/// another one: it knows names and no kinds. A name that nothing is close to may be what Rust calls a declaration by
/// another name, and is left to rustc, as is what it says well.
fn dangling(errors: &mut Errors, parts: &[Part], all: &[(usize, &Fact)], span: &dyn Fn(usize, Site) -> Span) {
    let names: HashSet<&str> = all.iter().map(|(_, fact)| &*fact.name).collect();
    let mut modules: HashMap<&str, Vec<&Part>> = HashMap::new();
    for part in parts {
        if let Some(module) = &part.module {
            modules.entry(module).or_default().push(part);
        }
    }
    for (place, (_, fact)) in all.iter().enumerate() {
        let forms = fact.base.iter().chain(fact.stages.iter().filter_map(|(_, form)| form.as_ref()));
        for (.., node) in forms.flat_map(|form| &form.fields) {
            facts::each_reference(node, &mut |node: &Node| {
                let Given::Ref(Some(reference)) = &node.given else { return };
                let Some((path, kinds)) = reference.split_once(' ') else { return };
                let mut steps = path.rsplit("::").map(str::trim);
                let (Some(name), Some(module)) = (steps.next(), steps.next()) else { return };
                let Some([part]) = modules.get(module).map(Vec::as_slice) else { return };
                let wanted: Vec<&str> = kinds.split(' ').collect();
                let own = part.facts.iter().filter(|own| wanted.contains(&own.kind));
                let declared: Vec<String> = own.map(|own| own.name.clone()).collect();
                let close = similar::closest(name, declared.iter().map(String::as_str));
                let is_proposed = || similar::closest(name, part.facts.iter().map(|own| own.name.as_str())) == close;
                if names.contains(name) || close.is_none() || is_proposed() {
                    return;
                }
                let message = cannot_find(name, &wanted, &format!("`{module}`"), &declared);
                errors.at(codes::UNKNOWN_NAME, span(place, node.at), message);
            });
        }
    }
}

/// The declaration that a name means in a part, of whatever kind: a bare one its own, and a path the one of that name in
/// the part of its module, or in all of them. Nothing where nobody or more than one has it.
fn named<'a>(parts: &[Part], all: &[(usize, &'a Fact)], part: usize, name: &str) -> Option<&'a Fact> {
    let mut steps = name.rsplit("::").map(str::trim);
    let (name, module) = (steps.next()?, steps.next());
    let mut meant: Vec<(usize, &Fact)> = all.iter().filter(|(_, fact)| fact.name == name).copied().collect();
    match module {
        None => meant.retain(|(own, _)| *own == part),
        Some(module) if meant.len() > 1 => meant.retain(|(own, _)| parts[*own].module.as_deref() == Some(module)),
        Some(_) => {}
    }
    match meant[..] {
        [(_, fact)] => Some(fact),
        _ => None,
    }
}

/// One address in two parts. Whoever has another's address is not looked at for the rest, as its key is the other's, too.
fn declared_again(
    errors: &mut Errors,
    all: &[(usize, &Fact)],
    span: &dyn Fn(usize, Site) -> Span,
    at: &dyn Fn(usize) -> String,
) -> HashSet<usize> {
    let mut first: HashMap<(&str, &str), usize> = HashMap::with_capacity(all.len());
    let mut again = HashSet::new();
    for (place, (part, fact)) in all.iter().enumerate() {
        let known = *first.entry((fact.kind, &fact.name)).or_insert(place);
        if known == place {
            continue;
        }
        again.insert(place);
        if all[known].0 != *part {
            let message = format!(
                "`{}` is declared twice\nnote: first {}\nhelp: give one of the two another name",
                fact.name,
                at(known)
            );
            errors.at(codes::DECLARED_TWICE, span(place, fact.at), message);
        }
    }
    again
}

/// Every declaration by its name, with the part it is in.
struct DeclaredNames<'a>(HashMap<&'a str, Vec<(usize, &'static str)>>);

impl<'a> DeclaredNames<'a> {
    fn of(all: &[(usize, &'a Fact)]) -> DeclaredNames<'a> {
        let mut known: HashMap<&str, Vec<_>> = HashMap::with_capacity(all.len());
        for (part, fact) in all {
            known.entry(&fact.name).or_default().push((*part, fact.kind));
        }
        DeclaredNames(known)
    }

    /// A declaration whose references are addresses.
    fn resolved(&self, part: usize, fact: &Fact) -> Fact {
        let form = |block: &Option<Block>| {
            let mut block = block.clone()?;
            self.block(part, &mut block);
            Some(block)
        };
        Fact {
            kind: fact.kind,
            name: fact.name.clone(),
            at: fact.at,
            account: fact.account.clone(),
            said: fact.said,
            base: form(&fact.base),
            stages: fact.stages.iter().map(|(stage, block)| (stage.clone(), form(block))).collect(),
        }
    }

    fn block(&self, part: usize, block: &mut Block) {
        block.fields.iter_mut().for_each(|(.., node)| self.node(part, node));
    }

    fn node(&self, part: usize, node: &mut Node) {
        match &mut node.given {
            Given::Ref(name) => *name = name.as_deref().and_then(|name| self.address(part, name)),
            Given::List(list) => list.iter_mut().for_each(|node| self.node(part, node)),
            Given::Record(fields) => fields.iter_mut().for_each(|(_, node)| self.node(part, node)),
            Given::Map(map) => map.iter_mut().for_each(|(.., node)| self.node(part, node)),
            Given::Case(_, Some(held)) => self.node(part, held),
            Given::Topic(subject, _) => self.node(part, subject),
            Given::Items(blocks) => blocks.iter_mut().for_each(|block| self.block(part, block)),
            _ => {}
        }
    }

    /// The address that a reference means: by its name in its own part, by the last name of its path in all of them.
    /// Nothing where nobody or more than one has it, such as what is known by another name.
    fn address(&self, part: usize, reference: &str) -> Option<String> {
        let (path, kinds) = reference.split_once(' ').map_or((reference, None), |(path, kinds)| (path, Some(kinds)));
        let name = referred(path);
        let is_meant = |(own, kind): &&(usize, &'static str)| match kinds {
            Some(kinds) => kinds.split(' ').any(|wanted| wanted == *kind),
            None => *own == part,
        };
        let mut meant: Vec<&str> = self.0.get(name)?.iter().filter(is_meant).map(|(_, kind)| *kind).collect();
        meant.dedup();
        match meant[..] {
            [kind] => Some(plg_core::address(kind, name)),
            _ => None,
        }
    }
}

/// Circles that lead through more than what one part sees.
fn circles(errors: &mut Errors, all: &[(usize, &Fact)], forms: &[Forms], span: &dyn Fn(usize, Site) -> Span) {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(all.len());
    for (place, (_, fact)) in all.iter().enumerate() {
        places.entry(plg_core::address(fact.kind, &fact.name)).or_insert(place);
    }
    let edges = |stage: Option<&str>| -> Edges<(Site, usize)> {
        let one = |(place, forms): (usize, &Forms)| {
            let mut needs = Vec::new();
            for node in forms.at(stage).into_iter().flat_map(needed) {
                facts::each_reference(node, &mut |node: &Node| {
                    if let Given::Ref(Some(address)) = &node.given
                        && let Some(target) = places.get(address)
                    {
                        needs.push((*target, (node.at, place)));
                    }
                });
            }
            needs
        };
        forms.iter().enumerate().map(one).collect()
    };
    let inside = vec![0; forms.len()];
    let (mut seen, own) = (Vec::new(), own_circles(all));
    for stage in stages(forms) {
        for Circle { path, at: (site, place) } in walk(&edges(stage), &inside).1 {
            let mut members = path[1..].to_vec();
            members.sort_unstable();
            if is_new(&mut seen, &path) && !own.contains(&members) {
                let names = path.iter().map(|place| all[*place].1.name.clone()).collect();
                errors.at(codes::CYCLE, span(place, site), needs_itself(names, stage));
            }
        }
    }
}

/// What a declaration says, without the fields that its parts apply.
fn needed(block: &Block) -> impl Iterator<Item = &Node> {
    let later = linked::find(block.kind).map_or(&[][..], |spec| spec.wire.applied_by_parts());
    let own = block.fields.iter().filter(|(name, ..)| !later.contains(&name.as_str()));
    own.map(|(.., node)| node)
}

/// The circles that each part has found by itself: what refers to one another by bare names.
fn own_circles(all: &[(usize, &Fact)]) -> HashSet<Vec<usize>> {
    let mut places: HashMap<(usize, &str), usize> = HashMap::new();
    for (place, (part, fact)) in all.iter().enumerate() {
        places.entry((*part, &fact.name)).or_insert(place);
    }
    let forms: Vec<Forms> = all.iter().map(|(_, fact)| self::forms(fact)).collect();
    let mut found = HashSet::new();
    for stage in stages(&forms) {
        let one = |(place, own): (usize, &Forms)| {
            let mut needs = Vec::new();
            for node in own.at(stage).into_iter().flat_map(needed) {
                facts::each_reference(node, &mut |node: &Node| {
                    if let Given::Ref(Some(name)) = &node.given
                        && let Some(target) = places.get(&(all[place].0, name.as_str()))
                    {
                        needs.push((*target, ()));
                    }
                });
            }
            needs
        };
        let edges: Edges<()> = forms.iter().enumerate().map(one).collect();
        for Circle { path, .. } in walk(&edges, &vec![0; forms.len()]).1 {
            let mut members = path[1..].to_vec();
            members.sort_unstable();
            found.insert(members);
        }
    }
    found
}

/// What the root would say of these parts, itself the last of them: each is what `build` made of it.
#[cfg(test)]
pub(crate) fn lines(expanded: Vec<TokenStream>) -> Vec<String> {
    let told = |out: TokenStream| {
        let tokens: Vec<TokenTree> = out.into_iter().collect();
        // A root asks its first part, and says last what it knows itself.
        let asks = tokens.windows(3).find_map(|tokens| match tokens {
            [TokenTree::Ident(own), TokenTree::Punct(_), TokenTree::Group(state)] if own == "own" => Some(state),
            _ => None,
        });
        if let Some(TokenTree::Group(facts)) = asks.and_then(|state| state.stream().into_iter().last()) {
            return facts;
        }
        let is_own = |token: &TokenTree| token.to_string().starts_with("__stack_facts_");
        let place = tokens.iter().position(is_own).expect("a part tells its facts");
        let TokenTree::Group(arms) = &tokens[place + 1] else { panic!("a macro has arms") };
        let Some(TokenTree::Group(arm)) = arms.stream().into_iter().last() else { panic!("an arm is in braces") };
        let Some(TokenTree::Group(call)) = arm.stream().into_iter().last() else { panic!("it calls in braces") };
        let Some(TokenTree::Group(facts)) = call.stream().into_iter().last() else { panic!("facts are last") };
        facts
    };
    let mut known: Vec<Group> = expanded.into_iter().map(told).collect();
    known.rotate_right(1);
    let parts = known.split_off(1);
    for (place, part) in parts.into_iter().enumerate() {
        let name = format_ident!("part{place}");
        known.extend([Group::new(Delimiter::Bracket, quote!(crate::#name::__the_only_stack_of_this_module)), part]);
    }
    let errors = joined(known, Span::call_site());
    let warned = errors.warned().into_iter().map(|line| format!("warning: {line}"));
    errors.lines().into_iter().chain(warned).collect()
}
