//! The generated TypeScript, compiled by the real compiler against the types of the real clients.
//!
//! `PLG_NODE_MODULES` names a folder with `typescript`, `prettier`, `posthog-node` and `posthog-js`.

use crate::common::{awkward, names, run, several, tools, without_event, write};
use plg_codegen::{AppNames, Language};
use std::fs;
use std::path::Path;
use std::process::Command;

const CONFIG: &str = r#"{
  "compilerOptions": {
    "strict": true, "noEmit": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true,
    "noUnusedLocals": true, "verbatimModuleSyntax": true, "isolatedModules": true,
    "target": "es2022", "lib": ["es2022", "dom", "dom.iterable"], "module": "nodenext", "types": [],
    "skipLibCheck": true
  },
  "include": ["*.ts", "plg/**/*.ts"]
}"#;

/// A folder with generated files, the tools and an application.
fn project(modules: &Path, names: &AppNames, sources: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(Language::Typescript, names, &folder.path().join("plg"));
    for source in sources {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/typescript").join(source);
        fs::copy(from, folder.path().join(source)).expect("the folder can be written");
    }
    fs::write(folder.path().join("tsconfig.json"), CONFIG).expect("the folder can be written");
    fs::write(folder.path().join("package.json"), r#"{ "type": "module" }"#).expect("the folder can be written");
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        fs::canonicalize(modules).expect("the tools are there"),
        folder.path().join("node_modules"),
    )
    .expect("the folder can be written");
    folder
}

fn compile(folder: &Path) -> Result<String, String> {
    run(Command::new("node").current_dir(folder).args([
        "node_modules/typescript/bin/tsc",
        "--pretty",
        "false",
        "-p",
        ".",
    ]))
}

#[test]
fn right_uses_compile_and_each_wrong_one_is_refused() {
    let Some(modules) = tools("PLG_NODE_MODULES") else { return };
    let folder = project(&modules, &names(), &["right.ts", "wrong.ts"]);
    compile(folder.path()).unwrap_or_else(|said| panic!("{said}"));
}

#[test]
fn a_removed_event_breaks_the_build_where_it_is_still_sent() {
    let Some(modules) = tools("PLG_NODE_MODULES") else { return };
    let folder = project(&modules, &without_event(&names(), "PlanDowngraded"), &["right.ts"]);
    let said = compile(folder.path()).unwrap_err();
    assert_eq!(said.lines().filter(|line| line.contains("error TS")).count(), 1, "{said}");
    assert!(said.starts_with("right.ts(") && said.contains("\"plan_downgraded\""), "{said}");
}

#[test]
fn each_account_has_a_namespace() {
    let Some(modules) = tools("PLG_NODE_MODULES") else { return };
    let folder = project(&modules, &several(), &["right.ts", "accounts.ts"]);
    compile(folder.path()).unwrap_or_else(|said| panic!("{said}"));
}

#[test]
fn awkward_words_compile_too() {
    let Some(modules) = tools("PLG_NODE_MODULES") else { return };
    let folder = project(&modules, &awkward(), &[]);
    compile(folder.path()).unwrap_or_else(|said| panic!("{said}"));
}

#[test]
fn prettier_would_change_nothing() {
    let Some(modules) = tools("PLG_NODE_MODULES") else { return };
    for names in [names(), awkward(), several()] {
        let folder = project(&modules, &names, &[]);
        let mut check = Command::new("node");
        check.current_dir(folder.path()).args(["node_modules/prettier/bin/prettier.cjs", "--check", "plg"]);
        run(&mut check).unwrap_or_else(|said| panic!("{said}"));
        plg_json_is_formatted(folder.path(), &names);
    }
}

fn plg_json_is_formatted(folder: &Path, names: &AppNames) {
    write(Language::Json, names, &folder.join("json"));
    let mut check = Command::new("node");
    check.current_dir(folder).args(["node_modules/prettier/bin/prettier.cjs", "--check", "json"]);
    run(&mut check).unwrap_or_else(|said| panic!("{said}"));
}
