//! What the workspace is built from: `deny.toml` says what may be, and this holds it without network or other tools.
//!
//! Sources and versions are those of `Cargo.lock`, for every platform and feature. Licences are those of the packages
//! that are built here: of others nothing is on this machine.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(workspace().join(name)).expect("it is there")
}

fn policy() -> toml::Table {
    read("deny.toml").parse().expect("it is TOML")
}

fn texts(policy: &toml::Table, section: &str, key: &str) -> BTreeSet<String> {
    let list = policy[section][key].as_array().expect("a list");
    list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Name, version and source of every package of the lock file.
fn packages() -> Vec<(String, String, Option<String>)> {
    let lock: toml::Table = read("Cargo.lock").parse().expect("it is TOML");
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let all = lock["package"].as_array().expect("a list");
    all.iter()
        .map(|p| (text(p, "name").expect("a name"), text(p, "version").expect("a version"), text(p, "source")))
        .collect()
}

/// The crates of the workspace, as its members call themselves.
fn own() -> BTreeSet<String> {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("it is TOML");
    let members = manifest["workspace"]["members"].as_array().expect("a list");
    let name = |member: &toml::Value| -> String {
        let manifest: toml::Table =
            read(&format!("{}/Cargo.toml", member.as_str().expect("a folder"))).parse().expect("it is TOML");
        manifest["package"]["name"].as_str().expect("a name").to_owned()
    };
    members.iter().map(name).collect()
}

#[test]
fn everything_is_from_one_registry() {
    let own = own();
    let mut registries = BTreeSet::new();
    for (name, version, source) in packages() {
        match source {
            Some(source) => {
                assert!(source.starts_with("registry+"), "{name} {version} is from {source}");
                registries.insert(source);
            }
            None => assert!(own.contains(&name), "{name} is from a folder"),
        }
    }
    assert_eq!(registries.len(), 1, "{registries:?}");
}

#[test]
fn a_second_version_has_a_reason() {
    let policy = policy();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, version, _) in packages() {
        let version = version.split('+').next().unwrap_or_default().to_owned();
        versions.entry(name).or_default().insert(version);
    }
    let skipped: BTreeMap<String, bool> = policy["bans"]["skip"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            let reasoned = one.get("reason").and_then(toml::Value::as_str).is_some_and(|reason| !reason.is_empty());
            (one["crate"].as_str().expect("a name").to_owned(), reasoned)
        })
        .collect();
    for (name, all) in versions.iter().filter(|(_, all)| all.len() > 1) {
        let left: Vec<&String> = all.iter().filter(|v| !skipped.contains_key(&format!("{name}@{v}"))).collect();
        assert!(left.len() <= 1, "{name} is there as {all:?}: deny.toml has to say why, or one has to go");
    }
    for (one, reasoned) in &skipped {
        assert!(*reasoned, "{one} has no reason");
        let (name, version) = one.split_once('@').expect("name@version");
        let all = versions.get(name).filter(|all| all.contains(version));
        assert!(all.is_some_and(|all| all.len() > 1), "deny.toml names {one}, which is no second version any more");
    }
}

#[test]
fn every_licence_is_allowed() {
    let allowed = texts(&policy(), "licenses", "allow");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace()).args(["metadata", "--offline", "--format-version", "1"]);
    let platform = Command::new("rustc").arg("-vV").output().expect("rustc starts").stdout;
    let platform = String::from_utf8_lossy(&platform).into_owned();
    let platform = platform.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names it");
    let output = command.args(["--filter-platform", platform]).output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let packages = metadata["packages"].as_array().expect("a list");
    assert!(packages.len() > 100);
    for package in packages {
        let name = &package["name"];
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} names no licence"));
        assert!(permits(licence, &allowed), "{name} is under {licence}, which deny.toml does not allow");
    }
}

/// Whether an expression of licences can be met with those allowed.
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any(&words, &mut at, allowed);
    met && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut name = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&name)
}

#[test]
fn expressions_of_licences_are_read() {
    let allowed: BTreeSet<String> = ["MIT", "ISC", "Unicode-3.0"].map(String::from).into();
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR MIT",
    ] {
        assert!(permits(good, &allowed), "{good}");
    }
    for bad in
        ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0 WITH LLVM-exception", "(MIT OR ISC) AND GPL-3.0", "", "MIT MIT"]
    {
        assert!(!permits(bad, &allowed), "{bad}");
    }
}

#[test]
fn every_dependency_has_its_reason_beside_it() {
    let manifest = read("Cargo.toml");
    let section = manifest.split("[workspace.dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    let mut before = "";
    let mut own = 0;
    for line in section.expect("it has dependencies").lines() {
        if line.contains(" = ") && !line.starts_with('#') && !line.contains("path = \"") {
            assert!(before.starts_with("# "), "no reason stands above `{line}`");
            own += 1;
        }
        before = line;
    }
    assert!(own > 30);
    // Only there: a crate takes what the workspace names.
    for (name, text) in manifests() {
        for line in text.split("dependencies]").skip(1).flat_map(|rest| rest.split("\n[").next().unwrap_or("").lines())
        {
            let outside = line.contains(" = ") && !line.starts_with('#') && !line.contains("workspace");
            assert!(!outside || line.contains("path = \""), "{name} names a version of its own: {line}");
        }
    }
}

fn manifests() -> Vec<(String, String)> {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("it is TOML");
    let members = manifest["workspace"]["members"].as_array().expect("a list");
    let names = members.iter().filter_map(|name| name.as_str().map(str::to_owned));
    names.map(|name| (name.clone(), read(&format!("{name}/Cargo.toml")))).collect()
}

/// `idna_adapter` 1.2 brings sixteen crates of tables for names of hosts that no API of ours has; `Cargo.lock` keeps 1.1.
#[test]
fn no_tables_of_unicode_are_built_for_names_of_hosts() {
    let tables: Vec<String> =
        packages().into_iter().map(|(name, ..)| name).filter(|name| name.starts_with("icu_")).collect();
    assert!(tables.is_empty(), "{tables:?}: `cargo update -p idna_adapter --precise 1.1.0`");
}
