//! Which folder `.plg` is in.

use std::path::{Path, PathBuf};

/// The folder given, else the nearest one above `from` with a `.plg`, else the nearest with a
/// `Cargo.lock` or `.git`, else `from`: so that the same stack has one state, whichever folder of
/// the workspace it is deployed from.
pub(crate) fn find(given: Option<&Path>, from: &Path) -> PathBuf {
    if let Some(given) = given {
        return given.to_owned();
    }
    let nearest = |names: &[&str]| from.ancestors().find(|folder| names.iter().any(|n| folder.join(n).exists()));
    nearest(&[".plg"]).or_else(|| nearest(&["Cargo.lock", ".git"])).unwrap_or(from).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_state_wins_over_the_workspace() {
        let top = tempfile::tempdir().unwrap();
        let inner = top.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(top.path().join("Cargo.lock"), "").unwrap();
        assert_eq!(find(None, &inner), top.path());
        std::fs::create_dir(top.path().join("a/.plg")).unwrap();
        assert_eq!(find(None, &inner), top.path().join("a"));
        assert_eq!(find(Some(Path::new("/x")), &inner), Path::new("/x"));
    }
}
