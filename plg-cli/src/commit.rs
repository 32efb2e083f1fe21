//! Which commit the stack's sources are at, for the history.

use crate::environment;
use plg_runtime::store::By;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

/// What is known of the sources: their commit, and whether they differ from it.
pub(crate) type SourceCommit = (Option<String>, bool);

/// Who finds it out, or what was found out.
static ASKED: Mutex<Option<JoinHandle<SourceCommit>>> = Mutex::new(None);
static KNOWN: OnceLock<SourceCommit> = OnceLock::new();

/// Begins to find it out: `git` may take longer in a large repository than everything that is asked of accounts.
pub(crate) fn ask() {
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    if asked.is_none() && KNOWN.get().is_none() {
        *asked = std::thread::Builder::new().spawn(look).ok();
    }
}

/// Who is at work, and on which commit.
pub(crate) fn who() -> By {
    let holder = plg_runtime::store::Holder::me("", "");
    let (commit, dirty) = known();
    By { user: holder.user, host: holder.host, commit, dirty }
}

/// The commit, and whether the sources differ from it.
pub(crate) fn known() -> SourceCommit {
    let asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner).take();
    KNOWN.get_or_init(|| asked.and_then(|asked| asked.join().ok()).unwrap_or_else(look)).clone()
}

fn look() -> SourceCommit {
    let commit = current();
    let dirty = commit.is_some() && is_dirty();
    (commit, dirty)
}

/// The commit: what CI says it is, else what the nearest repository is at.
pub(crate) fn current() -> Option<String> {
    let said =
        ["GITHUB_SHA", "CI_COMMIT_SHA", "BUILDKITE_COMMIT", "CIRCLE_SHA1"].into_iter().find_map(environment::get);
    said.filter(|text| is_hash(text)).or_else(|| of(&std::env::current_dir().ok()?))
}

/// Whether the sources differ from that commit, as far as `git` can be asked: files that it does not know are no
/// difference.
pub(crate) fn is_dirty() -> bool {
    std::env::current_dir().is_ok_and(|here| differs(&here))
}

fn differs(from: &Path) -> bool {
    // Only looks: takes no lock, and runs nothing that a repository's settings name.
    let asked = Command::new("git")
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain", "--untracked-files=no"])
        .current_dir(from)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    asked.is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
}

fn of(from: &Path) -> Option<String> {
    let top = from.ancestors().find(|folder| folder.join(".git").exists())?;
    let git = folder(&top.join(".git"))?;
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(name) = head.trim().strip_prefix("ref: ") else {
        return Some(head.trim().to_owned()).filter(|h| is_hash(h));
    };
    // A work tree shares the names of the repository it belongs to.
    let shared = fs::read_to_string(git.join("commondir")).map_or(git.clone(), |path| git.join(path.trim()));
    let loose = |folder: &Path| fs::read_to_string(folder.join(name)).ok();
    let packed = || {
        let all = fs::read_to_string(shared.join("packed-refs")).ok()?;
        all.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix(' ').map(str::to_owned))
    };
    let found = loose(&git).or_else(|| loose(&shared)).or_else(packed)?;
    Some(found.trim().to_owned()).filter(|hash| is_hash(hash))
}

/// `.git` is a folder, or a file that says where it is.
fn folder(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let text = fs::read_to_string(path).ok()?;
    Some(path.parent()?.join(text.trim().strip_prefix("gitdir: ")?))
}

fn is_hash(text: &str) -> bool {
    text.len() >= 40 && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_packed_and_detached() {
        let top = tempfile::tempdir().unwrap();
        let (git, hash) = (top.path().join(".git"), "0123456789abcdef0123456789abcdef01234567");
        let inner = top.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(of(&inner), None);
        fs::write(git.join("packed-refs"), format!("# pack-refs with: peeled\n{hash} refs/heads/main\n")).unwrap();
        assert_eq!(of(&inner).as_deref(), Some(hash));
        let other = hash.replace('0', "f");
        fs::write(git.join("refs/heads/main"), format!("{other}\n")).unwrap();
        assert_eq!(of(&inner), Some(other));
        fs::write(git.join("HEAD"), format!("{hash}\n")).unwrap();
        assert_eq!(of(&inner).as_deref(), Some(hash));
        fs::write(git.join("HEAD"), "garbage").unwrap();
        assert_eq!(of(&inner), None);
    }

    #[test]
    fn dirty_is_what_differs_from_the_commit() {
        let top = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let given = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
            let run = Command::new("git").args(given).args(arguments).current_dir(top.path()).output();
            run.is_ok_and(|output| output.status.success())
        };
        if !git(&["init", "-q"]) {
            eprintln!("NOT CHECKED: git is not installed");
            return;
        }
        fs::write(top.path().join("stack.rs"), "one").unwrap();
        assert!(git(&["add", "."]) && git(&["commit", "-q", "-m", "one"]));
        assert!(!differs(top.path()));
        fs::write(top.path().join("notes"), "of mine").unwrap();
        assert!(!differs(top.path()), "what git does not know is no difference");
        fs::write(top.path().join("stack.rs"), "two").unwrap();
        assert!(differs(top.path()));
    }
}
