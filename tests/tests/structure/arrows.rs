//! Which file of a crate needs which, by the paths in it.

use super::sources::{Module, ModulePath, modules};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

/// What was found for a path within a module. None while it is being looked for: names that stand for one another in a
/// circle lead nowhere.
type Found = HashMap<(ModulePath, ModulePath), Option<String>>;

/// The files of a crate, and the arrows between them.
#[derive(Debug)]
pub(crate) struct Crate {
    modules: BTreeMap<ModulePath, Module>,
    /// Every name that a module has, whether it says it itself or brings it in.
    names: BTreeMap<ModulePath, BTreeSet<String>>,
    /// Every file with each name that it defines.
    defined: HashSet<(String, String)>,
    /// From a file to those that it needs.
    pub(crate) arrows: BTreeMap<String, BTreeSet<String>>,
}

impl Crate {
    /// Reads the crate whose root is at a path.
    pub(crate) fn read(root: &Path) -> Self {
        let modules = modules(root);
        let of = |m: &Module| m.defined.iter().map(|name| (m.file.clone(), name.clone())).collect::<Vec<_>>();
        let defined = modules.values().flat_map(of).collect();
        let mut read = Crate { modules, names: BTreeMap::new(), defined, arrows: BTreeMap::new() };
        read.names = read.all_names();
        let mut found = Found::new();
        let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, module) in &read.modules {
            let from = arrows.entry(module.file.clone()).or_default();
            let brought = module.brought.iter().map(|(_, path)| path);
            for named in brought.chain(&module.all_of).chain(&module.named) {
                from.extend(read.file_of(path, named, &mut found).filter(|file| *file != module.file));
            }
        }
        read.arrows = arrows;
        read
    }

    /// The names of each module, with those of modules of which it brings in everything.
    fn all_names(&self) -> BTreeMap<ModulePath, BTreeSet<String>> {
        let mut names: BTreeMap<ModulePath, BTreeSet<String>> = self
            .modules
            .iter()
            .map(|(path, module)| {
                let brought = module.brought.iter().map(|(alias, _)| alias.clone());
                (path.clone(), module.defined.iter().cloned().chain(brought).collect())
            })
            .collect();
        for path in self.modules.keys() {
            if let Some((name, above)) = path.split_last() {
                names.entry(above.to_vec()).or_default().insert(name.clone());
            }
        }
        loop {
            let before: usize = names.values().map(BTreeSet::len).sum();
            for (path, module) in &self.modules {
                let all = module.all_of.iter().filter_map(|all| names.get(&self.module_of(path, all)?));
                let more: Vec<String> = all.flatten().cloned().collect();
                names.entry(path.clone()).or_default().extend(more);
            }
            if names.values().map(BTreeSet::len).sum::<usize>() == before {
                return names;
            }
        }
    }

    /// The module that a path leads to by modules alone.
    fn module_of(&self, within: &[String], path: &[String]) -> Option<ModulePath> {
        let mut at = within.to_vec();
        for (place, part) in path.iter().enumerate() {
            match part.as_str() {
                "crate" if place == 0 => at.clear(),
                "self" => {}
                "super" => drop(at.pop()?),
                name => at.push(name.to_owned()),
            }
        }
        self.modules.contains_key(&at).then_some(at)
    }

    /// Types by name.
    pub(crate) fn types(&self) -> impl Iterator<Item = (&str, &str)> {
        self.modules.values().flat_map(|m| m.types.iter().map(|name| (name.as_str(), m.file.as_str())))
    }

    /// The file that defines what a path means within a module; none where it is of another crate.
    fn file_of(&self, within: &[String], path: &[String], found: &mut Found) -> Option<String> {
        let asked = (within.to_vec(), path.to_vec());
        if let Some(known) = found.get(&asked) {
            return known.clone();
        }
        found.insert(asked.clone(), None);
        let file = self.look(within, path, found);
        found.insert(asked, file.clone());
        file
    }

    fn look(&self, within: &[String], path: &[String], found: &mut Found) -> Option<String> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.below(&[], rest, found),
            "self" => self.below(within, rest, found),
            "super" => {
                let (_, above) = within.split_last()?;
                if rest.first().is_some_and(|next| next == "super") {
                    return self.file_of(above, rest, found);
                }
                self.below(above, rest, found)
            }
            _ if self.knows(within, first) => self.below(within, path, found),
            _ => None,
        }
    }

    fn child(within: &[String], name: &str) -> ModulePath {
        within.iter().cloned().chain([name.to_owned()]).collect()
    }

    /// Whether a module says itself what a name is.
    fn knows(&self, within: &[String], name: &str) -> bool {
        let module = &self.modules[within];
        self.modules.contains_key(&Self::child(within, name))
            || module.defined.contains(name)
            // A crate's own name is brought in by that name.
            || module.brought.iter().any(|(alias, path)| alias == name && path.first().is_some_and(|first| first != name))
    }

    fn below(&self, within: &[String], path: &[String], found: &mut Found) -> Option<String> {
        let module = self.modules.get(within)?;
        let Some((first, rest)) = path.split_first() else { return Some(module.file.clone()) };
        if first == "self" {
            return self.below(within, rest, found);
        }
        let child = Self::child(within, first);
        if self.modules.contains_key(&child) {
            return self.below(&child, rest, found);
        }
        if module.defined.contains(first) {
            return Some(module.file.clone());
        }
        if let Some((_, target)) = module.brought.iter().find(|(alias, _)| alias == first) {
            let target: ModulePath = target.iter().chain(rest).cloned().collect();
            return self.file_of(within, &target, found);
        }
        let may_have = |all: &&ModulePath| {
            self.module_of(within, all).and_then(|of| self.names.get(&of)).is_none_or(|names| names.contains(first))
        };
        let inside = module.all_of.iter().filter(may_have).find_map(|all| {
            let target: ModulePath = all.iter().chain([first]).cloned().collect();
            let file = self.file_of(within, &target, found)?;
            self.defines(&file, first).then_some(file)
        });
        // What is left is made by a macro.
        Some(inside.unwrap_or_else(|| module.file.clone()))
    }

    fn defines(&self, file: &str, name: &str) -> bool {
        self.defined.contains(&(file.to_owned(), name.to_owned()))
    }

    /// Files that need one another in a circle, each circle once. A file may need those of the modules that its own
    /// is in: what a room shares stands at its door.
    pub(crate) fn circles(&self) -> Vec<BTreeSet<String>> {
        let needs = |file: &str| -> Vec<&String> {
            let all = self.arrows.get(file).into_iter().flatten();
            all.filter(|needed| !is_above(needed, file)).collect()
        };
        let reached: BTreeMap<&String, BTreeSet<&String>> = self
            .arrows
            .keys()
            .map(|file| {
                let mut seen = BTreeSet::new();
                let mut open = needs(file);
                while let Some(next) = open.pop() {
                    if seen.insert(next) {
                        open.extend(needs(next));
                    }
                }
                (file, seen)
            })
            .collect();
        let circle = |file: &String| -> BTreeSet<String> {
            reached[file].iter().filter(|other| reached[**other].contains(file)).map(|o| (*o).clone()).collect()
        };
        let all: BTreeSet<BTreeSet<String>> = self.arrows.keys().map(circle).filter(|c| c.len() > 1).collect();
        all.into_iter().collect()
    }
}

/// Whether a file is that of a module around another file's.
pub(crate) fn is_above(above: &str, file: &str) -> bool {
    let folder = match above {
        "lib.rs" | "main.rs" => return true,
        _ => above.strip_suffix("mod.rs").map_or_else(|| format!("{}/", above.trim_end_matches(".rs")), str::to_owned),
    };
    file.starts_with(&folder)
}
