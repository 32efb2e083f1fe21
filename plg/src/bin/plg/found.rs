//! Which package's program is the stack of a folder.

use plg_cli::front::FrontFailure;
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A stack's package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundStack {
    /// The package's name.
    pub(crate) package: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest: PathBuf,
    /// The program that deploys it.
    pub(crate) program: String,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// The package's feature that takes the command line as a shared library, where there is one.
    pub(crate) shared: Option<String>,
}

/// The cargo that is used: the one that started this program, or the usual one.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The stack of a folder: the package that was named, or the one that the folder is in, or the only one of the workspace.
pub(crate) fn find(here: &Path, wanted: Option<&str>) -> Result<FoundStack, FrontFailure> {
    // Cargo prints its own messages, in its own colours.
    find_with(here, wanted, Stdio::inherit())
}

/// The same, and nobody hears what cargo has to say.
pub(crate) fn find_again(here: &Path, wanted: Option<&str>) -> Result<FoundStack, FrontFailure> {
    find_with(here, wanted, Stdio::null())
}

fn find_with(here: &Path, wanted: Option<&str>, said: Stdio) -> Result<FoundStack, FrontFailure> {
    if !here.ancestors().any(|folder| folder.join("Cargo.toml").is_file()) {
        return Err(FrontFailure::usage(
            format!("no stack in {} or a folder above it", here.display()),
            "change to the folder of a stack, or create one: `plg new NAME`",
        ));
    }
    choose(&metadata(here, said)?, here, wanted)
}

/// The workspace of a folder, as cargo tells it. Nothing is fetched for that. What cargo has to say goes to `said`.
pub(crate) fn metadata(here: &Path, said: Stdio) -> Result<Value, FrontFailure> {
    let mut command = Command::new(cargo());
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(here);
    let output = command.stdin(Stdio::null()).stderr(said).output().map_err(no_cargo)?;
    if !output.status.success() {
        return Err(FrontFailure::usage(
            format!("cargo cannot read the package in {}", here.display()),
            "fix the error that cargo printed above",
        ));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| FrontFailure::unusable(format!("cargo's answer cannot be read: {error}"), "update cargo"))
}

/// Why nothing can be built.
pub(crate) fn no_cargo(error: std::io::Error) -> FrontFailure {
    FrontFailure::unusable(
        format!("cargo cannot be started: {error}"),
        "plg builds a stack with cargo: install Rust with rustup, or set CARGO to the path of cargo",
    )
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn choose(workspace: &Value, here: &Path, wanted: Option<&str>) -> Result<FoundStack, FrontFailure> {
    let stacks: Vec<&Value> = list(workspace, "packages").iter().filter(|package| is_stack(package)).collect();
    let names = || stacks.iter().map(|package| format!("`{}`", text(package, "name"))).collect::<Vec<_>>().join(", ");
    let root = text(workspace, "workspace_root");
    let folder = |package: &Value| Path::new(text(package, "manifest_path")).parent().map(Path::to_owned);
    let around = |package: &Value| folder(package).is_some_and(|folder| here.starts_with(folder));
    let chosen = match wanted {
        Some(name) => stacks.iter().find(|package| text(package, "name") == name).ok_or_else(|| {
            let all = if stacks.is_empty() { "none".to_owned() } else { names() };
            FrontFailure::usage(
                format!("the workspace in {root} has no stack `{name}`"),
                format!(
                    "its stacks are: {all}. A stack is a package with a program that depends on `plg` with the feature `cli`"
                ),
            )
        })?,
        // The innermost of those that this folder is in.
        None => match stacks
            .iter()
            .filter(|package| around(package))
            .max_by_key(|package| text(package, "manifest_path").len())
        {
            Some(here) => here,
            None => match stacks.as_slice() {
                [one] => one,
                [] => {
                    return Err(FrontFailure::usage(
                        format!(
                            "no package in {root} is a stack: none has a program and depends on `plg` with the feature `cli`"
                        ),
                        "change to the folder of a stack, or create one: `plg new NAME`",
                    ));
                }
                _ => {
                    return Err(FrontFailure::usage(
                        format!("the workspace in {root} has several stacks: {}", names()),
                        format!("choose one, as in `plg -p {} plan`, or change to its folder", text(stacks[0], "name")),
                    ));
                }
            },
        },
    };
    Ok(FoundStack {
        package: text(chosen, "name").to_owned(),
        manifest: text(chosen, "manifest_path").into(),
        program: program(chosen)?,
        target: text(workspace, "target_directory").into(),
        shared: shared(chosen),
    })
}

/// The feature of a package that is `plg`'s feature `shared` and nothing else. There is no such library on Windows.
fn shared(package: &Value) -> Option<String> {
    let called = |one: &Value| one["rename"].as_str().unwrap_or("plg").to_owned();
    let plg: Vec<String> =
        list(package, "dependencies").iter().filter(|one| text(one, "name") == "plg").map(called).collect();
    let is_it = |parts: &Value| {
        parts.as_array().is_some_and(
            |parts| matches!(parts.as_slice(), [part] if plg.iter().any(|plg| *part == format!("{plg}/shared"))),
        )
    };
    let features = package["features"].as_object().filter(|_| cfg!(unix))?;
    features.iter().find(|(_, parts)| is_it(parts)).map(|(name, _)| name.clone())
}

fn programs(package: &Value) -> impl Iterator<Item = &str> {
    let is_program = |target: &&Value| list(target, "kind").iter().any(|kind| kind == "bin");
    list(package, "targets").iter().filter(is_program).map(|target| text(target, "name"))
}

/// The program of a package: the one that `cargo run` would run, or the one that is named as the package is.
fn program(package: &Value) -> Result<String, FrontFailure> {
    let all: Vec<&str> = programs(package).collect();
    let name = text(package, "name");
    match package["default_run"].as_str() {
        Some(run) => Ok(run.to_owned()),
        None if all.len() == 1 || all.contains(&name) => {
            Ok((*all.iter().find(|n| **n == name).unwrap_or(&all[0])).to_owned())
        }
        None => Err(FrontFailure::usage(
            format!("the package `{name}` has several programs: {}", all.join(", ")),
            "name the one that deploys the stack in its Cargo.toml: `default-run = \"…\"` under `[package]`",
        )),
    }
}

/// Whether a package deploys a stack: it has a program, and takes `plg` with its command line, always or by a feature. An
/// application takes the names alone.
fn is_stack(package: &Value) -> bool {
    let plg = list(package, "dependencies").iter().filter(|one| text(one, "name") == "plg" && one["kind"].is_null());
    let takes = |one: &Value| {
        let called = one["rename"].as_str().unwrap_or("plg");
        let by_feature = [format!("{called}/cli"), format!("{called}?/cli"), format!("{called}/default")];
        let features = package["features"].as_object().into_iter().flat_map(|all| all.values());
        one["uses_default_features"] == true
            || list(one, "features").iter().any(|feature| feature == "cli" || feature == "default")
            || features
                .filter_map(Value::as_array)
                .flatten()
                .any(|part| by_feature.iter().any(|feature| part == feature))
    };
    programs(package).next().is_some() && plg.into_iter().any(takes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, plg: &Value) -> Value {
        json!({
            "name": name, "manifest_path": format!("/home/ann/{name}/Cargo.toml"), "default_run": null,
            "targets": [{ "name": name, "kind": ["bin"] }, { "name": name, "kind": ["lib"] }],
            "features": { "cli": ["plg/cli"], "default": ["cli"] }, "dependencies": [plg],
        })
    }

    fn plg() -> Value {
        json!({ "name": "plg", "kind": null, "rename": null, "uses_default_features": false, "features": ["attio"] })
    }

    fn workspace(packages: &[Value]) -> Value {
        json!({ "packages": packages, "workspace_root": "/home/ann", "target_directory": "/home/ann/target" })
    }

    fn chosen(all: &Value, here: &str, wanted: Option<&str>) -> Result<String, String> {
        choose(all, Path::new(here), wanted).map(|stack| stack.package).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn a_stack_takes_the_command_line_and_an_application_does_not() {
        assert!(is_stack(&package("shop", &plg())));
        let mut application = package("web", &plg());
        application["features"] = json!({});
        assert!(!is_stack(&application));
        application["dependencies"][0]["features"] = json!(["attio", "cli"]);
        assert!(is_stack(&application));
        application["dependencies"][0]["kind"] = json!("dev");
        assert!(!is_stack(&application));
        let mut renamed = package("shop", &plg());
        renamed["dependencies"][0]["rename"] = json!("my_plg");
        assert!(!is_stack(&renamed), "its feature is another crate's");
        renamed["features"] = json!({ "cli": ["my_plg/cli"] });
        assert!(is_stack(&renamed));
        renamed["targets"] = json!([{ "name": "shop", "kind": ["lib"] }]);
        assert!(!is_stack(&renamed));
    }

    #[test]
    #[cfg(unix)]
    fn a_stack_says_by_which_feature_its_command_line_is_shared() {
        let mut shop = package("shop", &plg());
        assert_eq!(shared(&shop), None);
        shop["features"]["quick"] = json!(["plg/shared"]);
        assert_eq!(shared(&shop).as_deref(), Some("quick"));
        shop["features"]["quick"] = json!(["plg/shared", "plg/postgres"]);
        assert_eq!(shared(&shop), None, "it would turn on something else, too");
        shop["features"]["quick"] = json!(["other/shared"]);
        assert_eq!(shared(&shop), None, "it is another crate's");
    }

    #[test]
    fn the_folder_decides_where_there_are_several() {
        let one = workspace(&[package("shop", &plg())]);
        assert_eq!(chosen(&one, "/home/ann", None).as_deref(), Ok("shop"));
        assert_eq!(chosen(&one, "/home/ann/shop/src", None).as_deref(), Ok("shop"));
        let two = workspace(&[package("shop", &plg()), package("site", &plg())]);
        assert_eq!(chosen(&two, "/home/ann/site/src", None).as_deref(), Ok("site"));
        assert_eq!(chosen(&two, "/home/ann/site", Some("shop")).as_deref(), Ok("shop"));
        let several = chosen(&two, "/home/ann", None).unwrap_err();
        assert!(
            several.contains("several stacks: `shop`, `site`") && several.contains("plg -p shop plan"),
            "{several}"
        );
        assert!(chosen(&two, "/home/ann", Some("web")).unwrap_err().contains("no stack `web`"));
        assert!(chosen(&workspace(&[]), "/home/ann", None).unwrap_err().contains("plg new NAME"));
    }

    #[test]
    fn the_program_is_the_one_that_cargo_would_run() {
        let mut shop = package("shop", &plg());
        assert_eq!(program(&shop).unwrap(), "shop");
        shop["targets"] = json!([{ "name": "a", "kind": ["bin"] }, { "name": "b", "kind": ["bin"] }]);
        assert!(format!("{:?}", program(&shop).unwrap_err()).contains("several programs: a, b"));
        shop["default_run"] = json!("b");
        assert_eq!(program(&shop).unwrap(), "b");
    }
}
