//! The files that a stack is built from, and which of them changed.
//!
//! A file changed when its content did: a file that was only touched, or that a build script wrote again as it was, is no
//! reason to build.

use crate::found::{self, FoundStack, list, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

/// Folders that no source is in.
const NO_SOURCES: &[&str] = &["target", "node_modules"];

/// Where the sources of a stack are: those of its package, and of every package that it takes from a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SourceSet {
    /// Folders with all that is in them.
    pub(crate) trees: BTreeSet<PathBuf>,
    /// Single files.
    pub(crate) files: BTreeSet<PathBuf>,
}

impl SourceSet {
    /// Those of a stack, as cargo tells them; of what cargo cannot read, as little as is known.
    pub(crate) fn of(stack: &FoundStack) -> SourceSet {
        let mut set = SourceSet::default();
        let mut known: BTreeMap<PathBuf, Value> = BTreeMap::new();
        let folder = |manifest: &Path| manifest.parent().map(Path::to_owned);
        let mut open: Vec<PathBuf> = folder(&stack.manifest).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if !seen.insert(at.clone()) {
                continue;
            }
            if !known.contains_key(&at)
                && let Ok(workspace) = found::metadata(&at, Stdio::null())
            {
                let root = Path::new(text(&workspace, "workspace_root"));
                set.files.insert(root.join("Cargo.toml"));
                for package in list(&workspace, "packages") {
                    known.extend(folder(Path::new(text(package, "manifest_path"))).map(|at| (at, package.clone())));
                }
            }
            match known.get(&at) {
                Some(package) => {
                    set.add(&at, package);
                    let taken = list(package, "dependencies").iter().filter(|one| one["kind"] != "dev");
                    open.extend(taken.filter_map(|one| one["path"].as_str().map(PathBuf::from)));
                }
                None => set.add_usual(&at),
            }
        }
        set
    }

    /// Those of a package: its manifest, and what its library, its programs and its build script are in.
    fn add(&mut self, folder: &Path, package: &Value) {
        // A build script is one from the moment it is there.
        self.files.extend([folder.join("Cargo.toml"), folder.join("build.rs")]);
        for target in list(package, "targets") {
            let is_apart = |kind: &Value| ["test", "bench", "example"].iter().any(|apart| kind == apart);
            let root = Path::new(text(target, "src_path"));
            if list(target, "kind").iter().any(is_apart) {
                continue;
            }
            match root.parent() {
                // Beside the manifest, a folder has more than sources.
                Some(parent) if parent != folder => {
                    self.trees.insert(parent.to_owned());
                }
                _ => {
                    self.files.insert(root.to_owned());
                }
            }
        }
    }

    /// The same where cargo cannot read a package.
    fn add_usual(&mut self, folder: &Path) {
        self.trees.insert(folder.join("src"));
        self.files.extend([folder.join("Cargo.toml"), folder.join("build.rs")]);
    }

    /// Adds what a build says that it was made of, such as a file of `include_str!` beside `src`.
    pub(crate) fn add_used(&mut self, used: impl IntoIterator<Item = PathBuf>, target: &Path) {
        let is_new =
            |file: &PathBuf| !file.starts_with(target) && !self.trees.iter().any(|tree| file.starts_with(tree));
        let new: Vec<PathBuf> = used.into_iter().filter(is_new).collect();
        self.files.extend(new);
    }

    /// Every file that is there or named.
    fn every_file(&self) -> BTreeSet<PathBuf> {
        let mut files = self.files.clone();
        self.trees.iter().for_each(|tree| gather(tree, &mut files));
        files
    }

    /// The folders to watch: each with whether all that is in it counts.
    pub(crate) fn folders(&self) -> BTreeMap<PathBuf, bool> {
        let in_tree = |folder: &Path| self.trees.iter().any(|tree| folder.starts_with(tree));
        let beside = self.files.iter().chain(&self.trees).filter_map(|path| path.parent());
        let mut all: BTreeMap<PathBuf, bool> =
            beside.filter(|folder| !in_tree(folder)).map(|folder| (folder.to_owned(), false)).collect();
        all.extend(self.trees.iter().map(|tree| (tree.clone(), true)));
        all
    }
}

/// The files that a build wrote down as those it was made of: `program: file file …`, blanks in names with a backslash.
pub(crate) fn used(rules: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in rules.lines().filter_map(|line| line.split_once(": ").map(|(_, files)| files)) {
        let (mut name, mut letters) = (String::new(), line.chars().peekable());
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if letters.peek() == Some(&' ') => name.extend(letters.next()),
                ' ' => files.push(std::mem::take(&mut name)),
                letter => name.push(letter),
            }
        }
        files.push(name);
    }
    files.into_iter().filter(|name| !name.is_empty()).map(PathBuf::from).collect()
}

/// How a file was when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileMark {
    modified: Option<SystemTime>,
    length: u64,
    content: u64,
}

/// How every source was when they were looked at.
#[derive(Debug, Default)]
pub(crate) struct SeenSources(BTreeMap<PathBuf, FileMark>);

impl SeenSources {
    /// Looks at every source, and says which changed since the last time, are new, or are gone.
    pub(crate) fn look(&mut self, set: &SourceSet) -> Vec<PathBuf> {
        let files = set.every_file();
        let mut now = BTreeMap::new();
        let mut changed = Vec::new();
        for file in files {
            let before = self.0.get(&file);
            let Some(mark) = marked(&file, before) else { continue };
            if before.is_none_or(|before| (before.length, before.content) != (mark.length, mark.content)) {
                changed.push(file.clone());
            }
            now.insert(file, mark);
        }
        changed.extend(self.0.keys().filter(|file| !now.contains_key(*file)).cloned());
        self.0 = now;
        changed
    }

    /// Takes those that are new in the set as they are now, and forgets those that are not in it any more.
    pub(crate) fn learn(&mut self, set: &SourceSet) {
        let files = set.every_file();
        self.0.retain(|file, _| files.contains(file));
        for file in files.into_iter().filter(|file| !self.0.contains_key(file)).collect::<Vec<_>>() {
            if let Some(mark) = marked(&file, None) {
                self.0.insert(file, mark);
            }
        }
    }
}

/// A file as it is; nothing where there is none.
fn marked(file: &Path, before: Option<&FileMark>) -> Option<FileMark> {
    let about = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?;
    let (modified, length) = (about.modified().ok(), about.len());
    if let Some(before) =
        before.filter(|before| modified.is_some() && (before.modified, before.length) == (modified, length))
    {
        return Some(*before);
    }
    let mut hasher = DefaultHasher::new();
    // One that cannot be read is as one that is empty, until it can.
    std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    Some(FileMark { modified, length, content: hasher.finish() })
}

/// Every file below a folder, without those that editors keep beside the ones they edit.
fn gather(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(['.', '#']) || name.ends_with('~') || NO_SOURCES.contains(&&*name) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => gather(&entry.path(), files),
            Ok(_) => {
                files.insert(entry.path());
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    #[test]
    fn a_file_changed_when_its_content_did() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("src/part")).unwrap();
        fs::create_dir_all(path("src/target")).unwrap();
        fs::write(path("src/lib.rs"), "1").unwrap();
        fs::write(path("Cargo.toml"), "[package]").unwrap();
        let set = SourceSet { trees: [path("src")].into(), files: [path("Cargo.toml"), path("build.rs")].into() };
        let mut seen = SeenSources::default();
        assert_eq!(seen.look(&set), [path("Cargo.toml"), path("src/lib.rs")]);
        assert!(seen.look(&set).is_empty());
        for left_out in ["src/.lib.rs.swp", "src/lib.rs~", "src/#lib.rs#", "src/target/x.rs", "notes.md"] {
            fs::write(path(left_out), "2").unwrap();
        }
        fs::write(path("src/lib.rs"), "1").unwrap();
        assert!(seen.look(&set).is_empty(), "it was written as it was");
        fs::write(path("src/lib.rs"), "2").unwrap();
        fs::write(path("src/part/new.rs"), "").unwrap();
        fs::write(path("build.rs"), "").unwrap();
        assert_eq!(seen.look(&set), [path("build.rs"), path("src/lib.rs"), path("src/part/new.rs")]);
        fs::remove_dir_all(path("src/part")).unwrap();
        assert_eq!(seen.look(&set), [path("src/part/new.rs")]);
    }

    #[test]
    fn packages_that_a_stack_takes_from_folders_are_its_sources() {
        let folder = tempfile::tempdir().unwrap();
        // As cargo says it, where the temporary folder is a link.
        let root = folder.path().canonicalize().unwrap();
        let package = |at: &str, name: &str, rest: &str| {
            fs::create_dir_all(root.join(at).join("src")).unwrap();
            fs::write(root.join(at).join("src/lib.rs"), "").unwrap();
            let head = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
            fs::write(root.join(at).join("Cargo.toml"), head + rest).unwrap();
        };
        fs::create_dir(root.join("shops")).unwrap();
        fs::write(
            root.join("shops/Cargo.toml"),
            "[workspace]\nmembers = [\"shop\", \"crm\", \"site\"]\nresolver = \"3\"\n",
        )
        .unwrap();
        package(
            "shops/shop",
            "shop",
            "[dependencies]\ncrm = { path = \"../crm\" }\n[dev-dependencies]\nsite = { path = \"../site\" }\n",
        );
        package("shops/crm", "crm", "[dependencies]\nwords = { path = \"../../words\" }\n");
        package("shops/site", "site", "");
        package("words", "words", "");
        let manifest = root.join("shops/shop/Cargo.toml");
        let target = root.join("shops/target");
        let set = SourceSet::of(&FoundStack {
            package: "shop".into(),
            manifest,
            program: "shop".into(),
            target,
            shared: None,
        });
        assert_eq!(set.trees, ["shops/crm/src", "shops/shop/src", "words/src"].map(|at| root.join(at)).into());
        let mut files: BTreeSet<PathBuf> = [root.join("shops/Cargo.toml")].into();
        let folders = ["shops/crm", "shops/shop", "words"].map(|at| root.join(at));
        files.extend(folders.iter().flat_map(|at| [at.join("Cargo.toml"), at.join("build.rs")]));
        assert_eq!(set.files, files);
    }

    #[test]
    fn what_a_package_is_built_from() {
        let target = |kind: &str, path: &str| json!({ "kind": [kind], "src_path": path });
        let package = json!({ "targets": [
            target("lib", "/a/src/lib.rs"), target("bin", "/a/main.rs"), target("custom-build", "/a/build.rs"),
            target("test", "/a/tests/all.rs"), target("example", "/a/examples/one.rs"),
        ] });
        let mut set = SourceSet::default();
        set.add(Path::new("/a"), &package);
        assert_eq!(set.trees, [PathBuf::from("/a/src")].into());
        assert_eq!(set.files, ["/a/Cargo.toml", "/a/build.rs", "/a/main.rs"].map(PathBuf::from).into());
        let written = "/a/target/debug/a: /a/src/lib.rs /a/my\\ texts/one.md /a/target/out.rs\n\n";
        set.add_used(used(written), Path::new("/a/target"));
        assert!(set.files.contains(Path::new("/a/my texts/one.md")) && set.files.len() == 4, "{:?}", set.files);
        let folders: Vec<(PathBuf, bool)> = set.folders().into_iter().collect();
        assert_eq!(
            folders,
            [("/a", false), ("/a/my texts", false), ("/a/src", true)].map(|(at, all)| (at.into(), all))
        );
    }
}
