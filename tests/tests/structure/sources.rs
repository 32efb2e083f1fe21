//! A crate's modules: their files, what each defines, brings in, and names by a path.

use super::tokens::{Token, closed, tokens};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// `["plan", "step"]` is `crate::plan::step`.
pub(crate) type ModulePath = Vec<String>;

/// A module, in a file of its own or within another's.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Relative to the crate's `src`.
    pub(crate) file: String,
    /// Types, functions, constants and macros by name.
    pub(crate) defined: BTreeSet<String>,
    /// Structs, enums, unions, traits and aliases by name.
    pub(crate) types: BTreeSet<String>,
    /// Names that `use` brings in, with the path of each.
    pub(crate) brought: Vec<(String, ModulePath)>,
    /// Paths of which everything is brought in.
    pub(crate) all_of: Vec<ModulePath>,
    /// Every path in the code.
    pub(crate) named: BTreeSet<ModulePath>,
}

/// The modules of a crate, from its root.
pub(crate) fn modules(root: &Path) -> BTreeMap<ModulePath, Module> {
    let mut modules = BTreeMap::new();
    let src = root.parent().expect("a file is in a folder");
    read(src, root, src.to_owned(), Vec::new(), &mut modules);
    modules
}

fn read(src: &Path, file: &Path, folder: PathBuf, path: ModulePath, modules: &mut BTreeMap<ModulePath, Module>) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let name = file.strip_prefix(src).expect("it is below").to_string_lossy().replace('\\', "/");
    let tokens = tokens(&text);
    let mut children = Vec::new();
    walk(&tokens, &name, path, modules, &mut children);
    for child in children {
        let folder = child[modules_above(&child, &folder, src)..].iter().fold(folder.clone(), |f, part| f.join(part));
        let (beside, within) = (folder.with_extension("rs"), folder.join("mod.rs"));
        let file = if beside.is_file() { beside } else { within };
        read(src, &file, folder, child, modules);
    }
}

/// How many parts of a module's path its parent's folder already has.
fn modules_above(child: &ModulePath, folder: &Path, src: &Path) -> usize {
    folder.strip_prefix(src).expect("it is below").components().count().min(child.len())
}

/// Goes through a module's tokens; those of inline modules are modules of the same file.
fn walk(
    tokens: &[Token],
    file: &str,
    path: ModulePath,
    modules: &mut BTreeMap<ModulePath, Module>,
    children: &mut Vec<ModulePath>,
) {
    let mut module = Module { file: file.to_owned(), ..Module::default() };
    let (mut i, mut depth) = (0, 0);
    while i < tokens.len() {
        let next = tokens.get(i + 1).and_then(Token::word);
        match (&tokens[i], next) {
            (Token::Word(word), Some(name)) if word == "mod" => {
                let below: ModulePath = path.iter().cloned().chain([name.to_owned()]).collect();
                if tokens[i + 2].is("{") {
                    let end = closed(tokens, i + 2);
                    walk(&tokens[i + 3..end], file, below, modules, children);
                    i = end;
                } else {
                    children.push(below);
                    i += 2;
                }
            }
            (Token::Word(word), _) if word == "use" && !tokens[i + 1].is("<") => {
                let end = i + tokens[i..].iter().position(|token| token.is(";")).unwrap_or(0);
                brought(&tokens[i + 1..end], &[], &mut module);
                i = end;
            }
            (Token::Word(word), Some(name)) if depth == 0 => {
                if matches!(word.as_str(), "struct" | "enum" | "union" | "trait" | "type") {
                    module.types.insert(name.to_owned());
                    module.defined.insert(name.to_owned());
                } else if matches!(word.as_str(), "fn" | "const" | "static") {
                    module.defined.insert(name.to_owned());
                }
            }
            (Token::Sign('!'), Some(name)) if i > 0 && tokens[i - 1].is("macro_rules") => {
                module.defined.insert(name.to_owned());
            }
            (Token::Sign('{' | '(' | '['), _) => depth += 1,
            (Token::Sign('}' | ')' | ']'), _) => depth -= 1,
            _ => {}
        }
        let begins = i == 0 || !(tokens[i - 1].is("::") || tokens[i - 1].is("."));
        if begins && let Some(named) = named(&tokens[i..]) {
            module.named.insert(named);
        }
        i += 1;
    }
    modules.insert(path, module);
}

/// The path that tokens begin with, where it has more than one part.
fn named(tokens: &[Token]) -> Option<ModulePath> {
    let mut parts = vec![tokens.first()?.word()?.to_owned()];
    let mut rest = &tokens[1..];
    while let [Token::Path, Token::Word(word), ..] = rest {
        parts.push(word.clone());
        rest = &rest[2..];
    }
    (parts.len() > 1).then_some(parts)
}

/// Takes one tree of a `use` apart.
fn brought(tree: &[Token], above: &[String], module: &mut Module) {
    let mut path = above.to_vec();
    for (place, token) in tree.iter().enumerate() {
        match token {
            Token::Word(word) if word == "as" => {
                let alias = tree.get(place + 1).and_then(Token::word).unwrap_or("_");
                module.brought.push((alias.to_owned(), path));
                return;
            }
            Token::Word(word) => path.push(word.clone()),
            Token::Sign('*') => {
                module.all_of.push(path);
                return;
            }
            Token::Sign('{') => {
                let end = closed(tree, place);
                let mut start = place + 1;
                let mut i = start;
                while i <= end {
                    if i == end || tree[i].is(",") {
                        if i > start {
                            brought(&tree[start..i], &path, module);
                        }
                        start = i + 1;
                    } else if tree[i].is("{") {
                        i = closed(tree, i);
                    }
                    i += 1;
                }
                return;
            }
            _ => {}
        }
    }
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(last) = path.last() {
        module.brought.push((last.clone(), path));
    }
}
