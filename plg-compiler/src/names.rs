//! Who is declared: every name with its kind.

use crate::composition::Composition;
use crate::errors::Errors;
use crate::syntax::{DeclarationSyntax, StackSyntax};
use crate::unknown::unknown;
use plg_core::{Spec, codes, linked, similar};
use proc_macro2::Ident;
use std::collections::HashMap;

/// The names of a stack.
pub(crate) struct Symbols {
    /// The first declaration of each name.
    pub(crate) index: HashMap<String, usize>,
    /// The kind of each declaration: the one that was probably meant where there is none of this name, or none.
    pub(crate) specs: Vec<Option<&'static Spec>>,
}

/// What `stack!` itself calls the whole stack.
pub(crate) const STACK: &str = "STACK";

/// Finds every declaration's kind and name; a name with an unknown kind is still a name, so that
/// what refers to it stays silent.
pub(crate) fn collect(errors: &mut Errors, composition: &Composition, stack: &StackSyntax) -> Symbols {
    let mut names = Symbols { index: HashMap::new(), specs: Vec::new() };
    for (place, declaration) in stack.declarations.iter().enumerate() {
        names.specs.push(kind(errors, composition, declaration));
        let name = declaration.name.to_string();
        if let Some(first) = names.index.get(&name) {
            let line = stack.declarations[*first].name.span().start().line;
            errors.at(
                codes::DECLARED_TWICE,
                declaration.name.span(),
                format!(
                    "`{name}` is declared twice\nnote: first on line {line}\nhelp: give one of the two another name"
                ),
            );
        } else {
            names.index.insert(name, place);
        }
        check_case(errors, &declaration.name);
        if declaration.name == STACK {
            let message = format!("`{STACK}` is the name of everything declared here\nhelp: write `Stack`");
            errors.at(codes::SAME_IN_RUST, declaration.name.span(), message);
        }
    }
    for kind in &stack.unfinished {
        if linked::find(&kind.to_string()).is_none() {
            errors.at(codes::UNKNOWN_KIND, kind.span(), unknown_kind(composition, kind));
        }
    }
    names
}

fn kind(errors: &mut Errors, composition: &Composition, declaration: &DeclarationSyntax) -> Option<&'static Spec> {
    let word = declaration.kind.to_string();
    linked::find(&word).or_else(|| {
        errors.at(codes::UNKNOWN_KIND, declaration.kind.span(), unknown_kind(composition, &declaration.kind));
        if composition.lacking_of_kind(&word).is_some() {
            return None;
        }
        similar::closest(&word, linked::kinds().map(|spec| spec.keyword)).and_then(linked::find)
    })
}

/// Says so where a name is not in PascalCase.
pub(crate) fn check_case(errors: &mut Errors, name: &Ident) {
    let written = name.to_string();
    if is_pascal(&written) {
        return;
    }
    let right = plg_core::text::pascal(&written);
    let help = if is_pascal(&right) { format!("\nhelp: write `{right}`") } else { String::new() };
    errors.at(codes::NAME_CASE, name.span(), format!("names are written in PascalCase{help}"));
}

/// Whether it starts as a type does: with a capital, or a letter of a script that has none.
fn is_pascal(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
}

fn unknown_kind(composition: &Composition, kind: &Ident) -> String {
    let word = kind.to_string();
    if let Some(lacking) = composition.lacking_of_kind(&word) {
        return format!(
            "`{word}` is a kind of {}'s, which this build does not know\nhelp: {}",
            lacking.title,
            lacking.help()
        );
    }
    let known = linked::kinds().map(|spec| spec.keyword);
    let of_others = composition.lacking.iter().flat_map(|one| one.kinds).copied();
    if similar::closest(&word, known.clone()).is_none()
        && let Some(close) = similar::closest(&word, of_others)
        && let Some(lacking) = composition.lacking_of_kind(close)
    {
        let (title, help) = (lacking.title, lacking.help());
        return format!("`{word}` is not a kind of resource\nhelp: did you mean `{close}`? It is {title}'s: {help}");
    }
    // What the kinds of several providers end in.
    let ends = known.clone().filter(|kind| kind.strip_suffix(&*word).is_some_and(|front| front.ends_with('_')));
    let ends: Vec<String> = ends.map(|kind| format!("`{kind}`")).collect();
    if ends.len() > 1 {
        return format!("`{word}` is not a kind of resource\nhelp: did you mean {}?", ends.join(" or "));
    }
    unknown(&word, "kind of resource", known)
}

impl Symbols {
    /// Whether there is no such kind, and one was taken for it that was probably meant.
    pub(crate) fn is_unsure(&self, kind: &Ident) -> bool {
        linked::find(&kind.to_string()).is_none()
    }

    /// The declaration a bare name means, if it is one of the kinds wanted; else says that it is not.
    pub(crate) fn find(
        &self,
        errors: &mut Errors,
        stack: &StackSyntax,
        name: &Ident,
        wanted: &[&str],
    ) -> Option<usize> {
        let word = name.to_string();
        if let Some(&place) = self.index.get(&word) {
            let other = self.specs[place].filter(|spec| !wanted.contains(&spec.keyword));
            let Some(spec) = other.filter(|_| !self.is_unsure(&stack.declarations[place].kind)) else {
                return Some(place);
            };
            let close = self.closest(stack, &word, wanted);
            let message = format!(
                "expected {}, but `{word}` is {} {}{}",
                one_of(wanted),
                article(spec.keyword),
                spec.keyword,
                close.map_or(String::new(), |close| format!("\nhelp: did you mean `{close}`?")),
            );
            errors.at(codes::OTHER_KIND, name.span(), message);
            return None;
        }
        let declared: Vec<String> = self.of(stack, wanted).collect();
        errors.at(codes::UNKNOWN_NAME, name.span(), cannot_find(&word, wanted, "this stack", &declared));
        None
    }

    /// The declaration a bare name means, of whatever kind; else says that there is none.
    pub(crate) fn any(&self, errors: &mut Errors, stack: &StackSyntax, name: &Ident) -> Option<usize> {
        let word = name.to_string();
        if let Some(&place) = self.index.get(&word) {
            return Some(place);
        }
        let pool: Vec<String> = stack.declarations.iter().map(|own| own.name.to_string()).collect();
        let help = match similar::closest(&word, pool.iter().map(String::as_str)) {
            Some(close) => format!("a declaration with a similar name exists: `{close}`"),
            None => format!("another stack's is written as a path, `part::{word}`; text is in quotes"),
        };
        let message = format!("cannot find a declaration `{word}` in this stack\nhelp: {help}");
        errors.at(codes::UNKNOWN_NAME, name.span(), message);
        None
    }

    fn of<'a>(&'a self, stack: &'a StackSyntax, wanted: &'a [&str]) -> impl Iterator<Item = String> + 'a {
        let of_kind = |place: &usize| self.specs[*place].is_some_and(|spec| wanted.contains(&spec.keyword));
        let name = |place: usize| (place, stack.declarations[place].name.to_string());
        let named = (0..stack.declarations.len()).filter(of_kind).map(name);
        // The first of each name.
        named.filter(|(place, name)| self.index.get(name) == Some(place)).map(|(_, name)| name)
    }

    fn closest(&self, stack: &StackSyntax, word: &str, wanted: &[&str]) -> Option<String> {
        let pool: Vec<String> = self.of(stack, wanted).filter(|name| name != word).collect();
        similar::closest(word, pool.iter().map(String::as_str)).map(str::to_owned)
    }
}

/// "cannot find …", with the name that was probably meant among those of the kinds wanted that are `declared` there.
/// `place` is where that is: "this stack", or the module of a part.
pub(crate) fn cannot_find(word: &str, wanted: &[&str], place: &str, declared: &[String]) -> String {
    let kind = wanted.join(" or ");
    let message = format!("cannot find {kind} `{word}` in {place}");
    if let Some(close) = similar::closest(word, declared.iter().map(String::as_str)) {
        return format!("{message}\nhelp: {} {kind} with a similar name exists: `{close}`", article(&kind));
    }
    match declared.len() {
        0 => format!(
            "{message}\nhelp: declare it: `{} {word} {{ … }}`; another stack's is written as a path, `part::{word}`",
            wanted[0]
        ),
        1..10 => {
            let all: Vec<String> = declared.iter().map(|name| format!("`{name}`")).collect();
            format!("{message}\nhelp: declared here: {}", all.join(", "))
        }
        _ => message,
    }
}

fn one_of(kinds: &[&str]) -> String {
    kinds.iter().map(|k| format!("{} {k}", article(k))).collect::<Vec<_>>().join(" or ")
}

/// `a` or `an`, as the word is spoken.
pub(crate) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}
