//! What is published can be: each crate says what it is, has its licences, names the versions of its neighbours, and is
//! whole without this repository around it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn manifest(path: &str) -> toml::Table {
    read(path).parse().expect("it is TOML")
}

/// The folders of all members, and of those that are published.
fn members() -> (Vec<String>, Vec<String>) {
    let root = manifest("Cargo.toml");
    let all = root["workspace"]["members"].as_array().expect("a list");
    let all: Vec<String> = all.iter().filter_map(|member| member.as_str().map(str::to_owned)).collect();
    let is_published = |folder: &&String| !package(folder).contains_key("publish");
    let published = all.iter().filter(is_published).cloned().collect();
    (all, published)
}

fn package(folder: &str) -> toml::Table {
    manifest(&format!("{folder}/Cargo.toml"))["package"].as_table().expect("a table").clone()
}

fn list(package: &toml::Table, key: &str) -> Vec<String> {
    let list = package.get(key).and_then(toml::Value::as_array).into_iter().flatten();
    list.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Our own crates among the dependencies of a crate, by name, as they are written.
fn own(folder: &str, table: &str) -> BTreeMap<String, toml::Value> {
    let manifest = manifest(&format!("{folder}/Cargo.toml"));
    let dependencies = manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten();
    let own = dependencies.filter(|(name, _)| *name == "plg" || name.starts_with("plg-"));
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[test]
fn what_is_published_is_what_lies_in_folders_of_plg() {
    let (all, published) = members();
    assert!(published.len() > 10, "{published:?}");
    for folder in &published {
        // `.ci/package` looks there.
        assert!(folder.starts_with("plg"), "{folder} has to say `publish.workspace = true`");
        assert_eq!(package(folder)["name"].as_str(), Some(folder.as_str()));
    }
    for folder in all.iter().filter(|folder| !published.contains(folder)) {
        assert!(
            read(&format!("{folder}/Cargo.toml")).contains("publish.workspace = true"),
            "{folder} would be published"
        );
    }
}

#[test]
fn each_says_what_it_is() {
    for folder in members().1 {
        let package = package(&folder);
        let description = package["description"].as_str().expect("a description");
        assert!(description.len() > 20 && !description.ends_with('.'), "{folder}: {description}");
        let (keywords, categories) = (list(&package, "keywords"), list(&package, "categories"));
        assert!((1..=5).contains(&keywords.len()) && (1..=5).contains(&categories.len()), "{folder}");
        let is_word = |word: &String| {
            word.len() <= 20 && word.starts_with(|c: char| c.is_ascii_alphabetic()) && !word.contains([' ', '"'])
        };
        assert!(keywords.iter().all(is_word), "{folder}: {keywords:?}");
        for key in ["version", "edition", "rust-version", "license"] {
            assert!(package[key].get("workspace").is_some(), "{folder}: `{key}` is the workspace's");
        }
        assert_eq!(package["readme"].as_str(), Some("README.md"), "{folder}");
        assert!(read(&format!("{folder}/README.md")).starts_with(&format!("# {folder}\n")), "{folder}");
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(read(&format!("{folder}/{licence}")), read(licence), "{folder}");
        }
    }
}

#[test]
fn neighbours_are_named_with_the_one_version() {
    let root = manifest("Cargo.toml");
    let version = root["workspace"]["package"]["version"].as_str().expect("a version");
    let (_, published) = members();
    for (name, said) in root["workspace"]["dependencies"].as_table().expect("a table") {
        if published.contains(name) {
            assert_eq!(said["version"].as_str(), Some(format!("={version}").as_str()), "{name}");
        }
    }
    for folder in &published {
        for (name, said) in own(folder, "dependencies") {
            assert!(published.contains(&name), "{folder} is published, and {name} is not");
            assert!(said.get("workspace").is_some(), "{folder}: {name} without a version");
        }
        // With a version, a crate could not be published before what it is only tested with, which waits for it.
        for (name, said) in own(folder, "dev-dependencies") {
            assert!(said.get("path").is_some() && said.get("version").is_none(), "{folder}: {name} by path alone");
        }
    }
}

#[test]
fn the_checklist_has_them_in_the_order_in_which_they_can_be_published() {
    let page = read("docs/releasing.md");
    let section = page.split("## The order of publishing").nth(1).and_then(|rest| rest.split("\n## ").next());
    let lines = section.expect("it has the order").lines();
    let order: Vec<&str> = lines.filter_map(|line| line.split_once(". `")?.1.split('`').next()).collect();
    let (_, published) = members();
    let named: BTreeSet<&str> = order.iter().copied().collect();
    assert_eq!(named, published.iter().map(String::as_str).collect::<BTreeSet<_>>());
    for (at, folder) in order.iter().enumerate() {
        for name in own(folder, "dependencies").into_keys() {
            assert!(order[..at].contains(&name.as_str()), "{folder} stands before {name}");
        }
    }
}

/// Every file of a folder, but for what is built and what the crate leaves out.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        match entry.is_dir() {
            true if entry.ends_with("target") => {}
            true => files(&entry, found),
            false => found.push(entry),
        }
    }
}

#[test]
fn each_package_is_whole() {
    for folder in members().1 {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(workspace()).args(["package", "--list", "--allow-dirty", "--offline", "-p", &folder]);
        let output = command.output().expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let packed = String::from_utf8_lossy(&output.stdout).into_owned();
        let packed: BTreeSet<&str> = packed.lines().collect();
        let root = workspace().join(&folder);
        let left_out = list(&package(&folder), "exclude");
        let mut all = Vec::new();
        files(&root, &mut all);
        for file in &all {
            let name = file.strip_prefix(&root).expect("it is inside").to_string_lossy().replace('\\', "/");
            let is_out = left_out.iter().any(|out| format!("/{name}").starts_with(&format!("{out}/")));
            // A folder with a `Cargo.toml` of its own is another package to cargo, and left out.
            assert!(is_out || packed.contains(name.as_str()), "{folder}: {name} would not be published");
            let Some(text) = file.extension().filter(|e| *e == "rs").and_then(|_| std::fs::read_to_string(file).ok())
            else {
                continue;
            };
            for named in text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let at = file.parent().expect("it is in a folder").join(named);
                // What only looks like it, in a comment or a test's text, names no file.
                let (Ok(at), Ok(root)) = (at.canonicalize(), root.canonicalize()) else { continue };
                assert!(is_out || at.starts_with(&root), "{folder}: {name} includes {named}, which is outside");
            }
        }
    }
}
