//! Where new crates take plg from.

use plg_cli::front::FrontFailure;
use std::path::{Component, Path, PathBuf};

/// Where new crates take plg from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A checkout, by its folder.
    Checkout(PathBuf),
    /// A checkout that was named relative to this folder, and is named relative to the new one.
    Beside(PathBuf),
    /// A release.
    Version(String),
    /// A git repository.
    Git(String),
}

impl Source {
    /// What was asked for; else the checkout that this program was built in, and where there is none any more, the release
    /// that it is of.
    pub(crate) fn of(given: Option<&str>) -> Result<Source, FrontFailure> {
        let Some(given) = given else {
            let built = Path::new(env!("CARGO_MANIFEST_DIR"));
            return Ok(match checkout(built) {
                Some(root) => Source::Checkout(root),
                None => Source::Version(env!("CARGO_PKG_VERSION").to_owned()),
            });
        };
        if given.starts_with(|c: char| c.is_ascii_digit() || "=^~".contains(c)) && !given.contains(['/', '"', '\\']) {
            return Ok(Source::Version(given.to_owned()));
        }
        if given.contains("://") || given.starts_with("git@") {
            return Ok(Source::Git(given.to_owned()));
        }
        let folder = Path::new(given);
        let root = checkout(folder).or_else(|| checkout(&folder.join("plg"))).ok_or_else(|| {
            FrontFailure::usage(
                format!("{given} is no checkout of plg: it has no folders plg and plg-core"),
                "`--plg FOLDER` with the folder of a checkout, `--plg 0.1` with a version, or `--plg https://…` with a git repository",
            )
        })?;
        Ok(if folder.is_absolute() { Source::Checkout(root) } else { Source::Beside(root) })
    }

    /// A note that nobody checked whether the source of plg exists. Cargo checks it in the first build.
    pub(crate) fn unasked(&self) -> Option<String> {
        match self {
            Source::Checkout(_) | Source::Beside(_) => None,
            Source::Version(version) => Some(format!(
                "plg is taken as version {version} from cargo's registry, and nobody asked whether it is there: the first build tells"
            )),
            Source::Git(address) => Some(format!(
                "plg is taken from {address}, and nobody asked whether it is there: the first build tells"
            )),
        }
    }

    /// Whether it is a folder on this machine.
    pub(crate) fn is_path(&self) -> bool {
        matches!(self, Source::Checkout(_) | Source::Beside(_))
    }

    /// The versions that a checkout was built and tested with, as a file of the new folder. Without them cargo takes the
    /// newest of each, which are more crates to build.
    pub(crate) fn lock(&self) -> Option<(String, String)> {
        let (Source::Checkout(root) | Source::Beside(root)) = self else { return None };
        let text = std::fs::read_to_string(root.join("Cargo.lock")).ok()?;
        Some(("Cargo.lock".to_owned(), text))
    }

    /// The same, as it is named in a folder that may not be there yet.
    pub(crate) fn seen_from(&self, folder: &Path) -> Source {
        match self {
            Source::Beside(root) => Source::Beside(relative(folder, root)),
            other => other.clone(),
        }
    }

    /// What stands in a `Cargo.toml` for one of plg's crates.
    pub(crate) fn entry(&self, name: &str) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Source::Checkout(root) | Source::Beside(root) => {
                format!("path = {}", quoted(&root.join(name).display().to_string()))
            }
            Source::Version(version) => format!("version = {}", quoted(version)),
            Source::Git(address) => format!("git = {}", quoted(address)),
        }
    }
}

/// The checkout that a folder is the crate `plg` of, without links.
fn checkout(plg: &Path) -> Option<PathBuf> {
    let plg = plg.canonicalize().ok()?;
    let root = plg.parent()?;
    let is_one = plg.join("Cargo.toml").is_file() && root.join("plg-core/Cargo.toml").is_file();
    is_one.then(|| root.to_owned())
}

/// The way from one folder to another.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to): (Vec<Component>, Vec<Component>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[common..].iter().map(|_| Component::ParentDir);
    let down = to[common..].iter().copied();
    let way: PathBuf = up.chain(down).collect();
    if way.as_os_str().is_empty() { ".".into() } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_told_apart() {
        assert_eq!(Source::of(Some("0.2")).unwrap(), Source::Version("0.2".into()));
        assert_eq!(Source::of(Some("=0.1.0")).unwrap().entry("plg"), r#"version = "=0.1.0""#);
        let git = Source::of(Some("https://git.example.com/plg")).unwrap();
        assert_eq!(git.entry("plg-core"), r#"git = "https://git.example.com/plg""#);
        assert!(Source::of(Some("/nowhere/at/all")).is_err());
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let root = Path::new(here).canonicalize().unwrap();
        for given in [None, Some(here), Some(env!("CARGO_MANIFEST_DIR"))] {
            assert_eq!(Source::of(given).unwrap(), Source::Checkout(root.clone()));
        }
    }

    #[test]
    fn the_way_between_folders() {
        assert_eq!(relative(Path::new("/a/b/shop"), Path::new("/a/plg")), Path::new("../../plg"));
        assert_eq!(relative(Path::new("/a"), Path::new("/a/vendor/plg")), Path::new("vendor/plg"));
        let beside = Source::Beside("/a/plg".into()).seen_from(Path::new("/a/shop"));
        assert_eq!(beside.entry("plg"), r#"path = "../plg/plg""#);
    }
}
