//! Versions in conditions.

use semver::{Version, VersionReq};

/// A version as people write it: a `v` before it is dropped, parts that are missing are 0, zeros before a number go.
pub(crate) fn read(text: &str) -> Option<Version> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    Version::parse(&format!("{}{rest}", whole(core)?)).ok()
}

/// `1.2` as `1.2.0`.
fn whole(core: &str) -> Option<String> {
    let mut parts = core.split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<u64>>>()?;
    if parts.len() > 3 {
        return None;
    }
    parts.resize(3, 0);
    Some(format!("{}.{}.{}", parts[0], parts[1], parts[2]))
}

/// Whether a version is in the range that a filter names: `sign` is that of a range of Cargo's.
pub(crate) fn is_in(version: &Version, sign: &str, range: &str) -> Option<bool> {
    let range = match sign {
        "" => range.trim().strip_prefix('v').unwrap_or(range.trim()).to_owned(),
        sign => format!("{sign}{}", read(range)?),
    };
    VersionReq::parse(&range).ok().map(|range| range.matches(version))
}
