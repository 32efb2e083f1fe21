//! A provider of somebody else's: the files of `docs/providers.md`, built and used as they stand there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::alone::{cargo, program, target, workspace};

/// Every file on the page: its path, and what is in it.
fn files() -> Vec<(String, String)> {
    let page = fs::read_to_string(workspace().join("docs/providers.md")).expect("the page");
    let blocks = page.split("\n```").skip(1).step_by(2);
    let named = |block: &str| {
        let (_, text) = block.split_once('\n')?;
        let path = text.lines().next()?.strip_prefix("// ").or_else(|| text.lines().next()?.strip_prefix("# "))?;
        path.contains('/').then(|| (path.to_owned(), format!("{text}\n")))
    };
    blocks.filter_map(named).collect()
}

/// Writes them into a workspace. What is there already and the same stays as it is, so that nothing is built anew.
fn write(folder: &Path) {
    let plg = format!("{}/", workspace().display());
    let mut members = Vec::new();
    let put = |path: &str, text: String| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(&path, text).expect("a file");
        }
    };
    for (path, text) in files() {
        if let Some(name) = path.strip_suffix("/Cargo.toml") {
            members.push(format!("\"{name}\""));
            put(&path, text.replace("../plg/", &plg));
        } else {
            put(&path, text);
        }
    }
    assert_eq!(members.len(), 4, "{members:?}");
    let profile = "[profile.dev]\ndebug = \"line-tables-only\"\nincremental = false\n[profile.dev.package.\"*\"]\ndebug = false\n";
    put("Cargo.toml", format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n{profile}", members.join(", ")));
}

struct Desk {
    program: PathBuf,
    root: tempfile::TempDir,
}

impl Desk {
    fn ends(&self, with: i32, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.program);
        command.current_dir(self.root.path()).env_clear().env("PLG_ROOT", self.root.path());
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(with), "{arguments:?}\n{out}\n{err}");
        out
    }
}

#[test]
fn a_provider_of_somebody_else_is_as_good_as_any() {
    let folder = target().join("outsider");
    write(&folder);
    let at = folder.clone();
    // The provider's own tests.
    cargo(&at, "test", &["-p", "plg-beacon", "--target-dir", target().to_str().expect("UTF-8")]);
    let desk = Desk { program: program(&at, "watched", &[], "watched"), root: tempfile::tempdir().expect("a folder") };

    let out = desk.ends(0, &["deploy"]);
    for line in ["  Beacon\n", "+ monitor.Checkout", "+ monitor.Home", "+ feature_flag.OnePageCheckout", "3 created"] {
        assert!(out.contains(line), "{line}: {out}");
    }
    assert!(desk.ends(0, &["plan", "--detailed-exitcode"]).contains("3 unchanged"));
    assert!(desk.ends(0, &["output", "monitor.Home"]).contains("\"id\": \""));
    let source = desk.ends(0, &["import"]);
    for line in
        ["beacon: { key: env(\"BEACON_API_KEY_PROD\") }", "/// Where people pay.\n    monitor Checkout {", "every: 1"]
    {
        assert!(source.contains(line), "{line}: {source}");
    }
    assert!(desk.ends(0, &["explain", "P0306"]).contains("a number out of range"));
    assert!(desk.ends(3, &["plan", "--stage", "prod"]).is_empty(), "its key is asked for");
    assert!(desk.ends(0, &["destroy", "--yes", "--allow-loss"]).contains("3 deleted"));

    // And the compiler says of its kinds what it says of any.
    let source = folder.join("watched/src/lib.rs");
    let good = fs::read_to_string(&source).expect("it is there");
    let wrong = good.replace("monitor Home {", "monitr Home {").replace("every: 1 ", "every: 61 ");
    fs::write(&source, wrong).expect("a file");
    let built = std::panic::catch_unwind(|| program(&folder, "watched", &[], "watched"));
    fs::write(&source, good).expect("a file");
    let said = built.expect_err("it does not compile");
    let said = said.downcast_ref::<String>().expect("what cargo said");
    for line in ["`monitr`", "`monitor`", "a monitor looks every 1 to 60 minutes", "write `every: 60`"] {
        assert!(said.contains(line), "{line}: {said}");
    }
}
