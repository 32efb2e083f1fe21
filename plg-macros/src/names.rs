//! Who is declared: every name with its kind.

use crate::errors::Errors;
use crate::syntax::{DeclarationSyntax, StackSyntax};
use crate::unknown::unknown;
use plg_schema::{Spec, codes, kinds, similar};
use proc_macro2::Ident;
use std::collections::HashMap;

/// The names of a stack.
pub(crate) struct Symbols {
    /// The first declaration of each name.
    pub(crate) index: HashMap<String, usize>,
    /// The kind of each declaration; none where the kind is unknown.
    pub(crate) specs: Vec<Option<&'static Spec>>,
}

/// Finds every declaration's kind and name; a name with an unknown kind is still a name, so that
/// what refers to it stays silent.
pub(crate) fn collect(errors: &mut Errors, stack: &StackSyntax) -> Symbols {
    let mut names = Symbols { index: HashMap::new(), specs: Vec::new() };
    for (place, declaration) in stack.declarations.iter().enumerate() {
        names.specs.push(kind(errors, declaration));
        let name = declaration.name.to_string();
        if let Some(first) = names.index.get(&name) {
            let line = stack.declarations[*first].name.span().start().line;
            errors.at(
                codes::DECLARED_TWICE,
                declaration.name.span(),
                format!("`{name}` is declared twice\nnote: first on line {line}"),
            );
        } else {
            names.index.insert(name, place);
        }
        if !declaration.name.to_string().starts_with(|c: char| c.is_ascii_uppercase()) {
            let right = plg_schema::text::pascal(&declaration.name.to_string());
            errors.at(
                codes::NAME_CASE,
                declaration.name.span(),
                format!("names are written in PascalCase\nhelp: write `{right}`"),
            );
        }
    }
    for kind in &stack.unfinished {
        if kinds::find(&kind.to_string()).is_none() {
            errors.at(codes::UNKNOWN_KIND, kind.span(), unknown_kind(kind));
        }
    }
    names
}

fn kind(errors: &mut Errors, declaration: &DeclarationSyntax) -> Option<&'static Spec> {
    let spec = kinds::find(&declaration.kind.to_string());
    if spec.is_none() {
        errors.at(codes::UNKNOWN_KIND, declaration.kind.span(), unknown_kind(&declaration.kind));
    }
    spec
}

fn unknown_kind(kind: &Ident) -> String {
    unknown(&kind.to_string(), "kind of resource", kinds::ALL.iter().map(|s| s.keyword))
}

impl Symbols {
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
            let Some(spec) = self.specs[place].filter(|spec| !wanted.contains(&spec.keyword)) else {
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
        let kind = wanted.join(" or ");
        let mut message = format!("cannot find {kind} `{word}` in this stack");
        match self.closest(stack, &word, wanted) {
            Some(close) => {
                message += &format!("\nhelp: {} {kind} with a similar name exists: `{close}`", article(&kind))
            }
            None => {
                let all: Vec<String> = self.of(stack, wanted).map(|n| format!("`{n}`")).collect();
                if all.is_empty() {
                    message += &format!(
                        "\nhelp: declare it: `{} {word} {{ … }}`; another stack's is written as a path, `part::{word}`",
                        wanted[0]
                    );
                } else if all.len() < 10 {
                    message += &format!("\nhelp: declared here: {}", all.join(", "));
                }
            }
        }
        errors.at(codes::UNKNOWN_NAME, name.span(), message);
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
        stack
            .declarations
            .iter()
            .zip(&self.specs)
            .filter(|(_, spec)| spec.is_some_and(|s| wanted.contains(&s.keyword)))
            .map(|(d, _)| d.name.to_string())
    }

    fn closest(&self, stack: &StackSyntax, word: &str, wanted: &[&str]) -> Option<String> {
        let pool: Vec<String> = self.of(stack, wanted).collect();
        similar::closest(word, pool.iter().map(String::as_str)).map(str::to_owned)
    }
}

fn one_of(kinds: &[&str]) -> String {
    kinds.iter().map(|k| format!("{} {k}", article(k))).collect::<Vec<_>>().join(" or ")
}

/// `a` or `an`, as the word is spoken.
pub(crate) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}
