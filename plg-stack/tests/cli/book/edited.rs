//! The stack of this repository with a line edited as a page says, built beside it.

#[allow(dead_code, unreachable_pub, reason = "of what builds programs here, this needs a part")]
#[path = "../../../../tests/src/alone.rs"]
mod alone;

use std::fs;
use std::path::{Path, PathBuf};

/// The program after `sed -i` with these arguments: `'s/FROM/TO/' FILE`.
pub(super) fn program(edit: &str) -> PathBuf {
    let (script, file) = edit.rsplit_once(' ').expect("a script and a file");
    let parts: Vec<&str> = script.trim_matches('\'').split('/').collect();
    let ["s", from, to, ""] = parts.as_slice() else { panic!("{script} is not read here") };
    let folder = tempfile::tempdir().expect("a folder");
    let stack = folder.path().join("plg-stack");
    copy(&alone::workspace().join("plg-stack/src"), &stack.join("src"));
    let file = folder.path().join(file);
    let text = fs::read_to_string(&file).expect("the page names a source of the stack");
    assert_eq!(text.matches(from).count(), 1, "{from} is in {} once", file.display());
    fs::write(&file, text.replace(from, to)).expect("a file");

    let manifest = fs::read_to_string(alone::workspace().join("Cargo.toml")).expect("it is there");
    let profiles =
        manifest.split("[profile.dev]").nth(1).and_then(|rest| rest.split("[profile.dev.package.plg-stack]").next());
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"plg-stack\"]\n\n[profile.dev]{}",
        profiles.expect("the workspace has profiles").split("# A stack").next().unwrap_or_default()
    );
    fs::write(folder.path().join("Cargo.toml"), workspace).expect("a file");
    let plg = alone::workspace().join("plg");
    // Under a name of its own, as the target folder has a program `plg-stack`.
    let package = format!(
        "[package]\nname = \"edited-stack\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\nname = \"plg_stack\"\n\n\
         [features]\ndefault = [\"cli\"]\ncli = [\"plg/cli\"]\n\n[dependencies]\n\
         plg = {{ path = {plg:?}, default-features = false, features = [\"attio\", \"posthog\"] }}\n"
    );
    fs::write(stack.join("Cargo.toml"), package).expect("a file");
    alone::program(folder.path(), "edited-stack", &[], "edited-stack")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("it has a name");
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("it is copied");
        }
    }
}
