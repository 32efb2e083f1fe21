//! A snapshot as it is written and read: JSON that ends with a checksum over all before it.

use super::StoreError;
use super::formats::{STATE, is_read};
use super::history::Deployed;
use super::journal::Intent;
use super::state::{Entry, State, Watched};
use ring::digest::{Context, SHA256, digest};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

/// The snapshot, with the requests whose outcome nobody knew when it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Flat")]
pub(super) struct Snapshot {
    #[serde(flatten)]
    pub(super) state: State,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) pending: Vec<Intent>,
    /// Where the state was moved to: nothing is deployed from here any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<String>,
    /// It was put here whole, and the journal beside it is not its own yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) placed: bool,
}

/// A snapshot as it is read: a flattened state would be read into a copy first.
#[derive(Deserialize)]
struct Flat {
    version: u32,
    lineage: String,
    serial: u64,
    #[serde(default)]
    sequence: u64,
    stack: String,
    stage: String,
    #[serde(default)]
    accounts: BTreeMap<String, String>,
    #[serde(default)]
    workspace: Option<String>,
    #[serde(default)]
    project: Option<String>,
    resources: BTreeMap<String, Entry>,
    #[serde(default)]
    history: Vec<Deployed>,
    #[serde(default)]
    begun: Option<Box<Deployed>>,
    #[serde(default)]
    watched: Vec<Watched>,
    #[serde(default)]
    archived: BTreeMap<String, BTreeSet<String>>,
    #[serde(default)]
    returning: BTreeMap<String, BTreeSet<String>>,
    #[serde(default)]
    pending: Vec<Intent>,
    #[serde(default)]
    moved: Option<String>,
    #[serde(default)]
    placed: bool,
}

impl From<Flat> for Snapshot {
    fn from(flat: Flat) -> Self {
        #[rustfmt::skip]
        let Flat {
            version, lineage, serial, sequence, stack, stage, accounts, workspace, project, resources, history, begun, watched,
            archived, returning, pending, moved, placed,
        } = flat;
        #[rustfmt::skip]
        let mut state = State {
            version, lineage, serial, sequence, stack, stage, accounts, workspace, project, resources, history, begun, watched,
            archived, returning,
        };
        state.name_accounts();
        Snapshot { state, pending, moved, placed }
    }
}

impl Snapshot {
    /// As the bytes of a file.
    pub(super) fn write(&self, path: &Path) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        write_checked(&mut bytes, self).map_err(StoreError::io("write", path))?;
        Ok(bytes)
    }
}

/// A snapshot of what is in memory, written without a copy of it.
#[derive(Serialize)]
pub(super) struct Written<'a> {
    #[serde(flatten)]
    pub(super) state: &'a State,
    #[serde(skip_serializing_if = "<[Intent]>::is_empty")]
    pub(super) pending: &'a [Intent],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) placed: bool,
}

impl State {
    /// The file of it, to be put where no journal is beside it yet.
    ///
    /// # Errors
    /// When it is no JSON, which it always is.
    pub fn placed(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        write_checked(&mut bytes, &Written { state: self, pending: &[], placed: true })?;
        Ok(bytes)
    }
}

/// How much is written, and summed, at once.
const PIECE: usize = 64 << 10;
/// What ends every JSON object that is written in lines.
const END: &[u8] = b"\n}";
/// What stands around the checksum, which is the last that is written.
const BEFORE: &[u8] = b",\n  \"checksum\": \"";
const AFTER: &[u8] = b"\"\n}\n";
/// Hexadecimal digits of it.
const DIGITS: usize = 64;

/// Writes a value that is an object with the checksum of all before it at its end.
pub(super) fn write_checked(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut summed = Summed { out, sum: Context::new(&SHA256), held: Vec::with_capacity(PIECE + 1_024) };
    serde_json::to_writer_pretty(&mut summed, value)?;
    summed.finish()
}

struct Summed<'a> {
    out: &'a mut dyn Write,
    /// That of ring: the fewest instructions where a processor has none for it.
    sum: Context,
    held: Vec<u8>,
}

impl Summed<'_> {
    /// Lets go of all but the last bytes, which may be the end.
    fn pass(&mut self, keep: usize) -> io::Result<()> {
        let most = self.held.len().saturating_sub(keep);
        self.sum.update(&self.held[..most]);
        self.out.write_all(&self.held[..most])?;
        self.held.drain(..most);
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.pass(END.len())?;
        if self.held != END {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let sum = hex(self.sum.finish().as_ref());
        self.out.write_all(&[BEFORE, &sum, AFTER].concat())
    }
}

impl Write for Summed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() > PIECE {
            self.pass(END.len())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| b"0123456789abcdef"[usize::from(digit)]).collect()
}

/// Whether a text is as it was written; none where it has no checksum.
fn is_whole(bytes: &[u8]) -> Option<bool> {
    let rest = bytes.strip_suffix(AFTER)?;
    let (rest, sum) = rest.split_at_checked(rest.len().checked_sub(DIGITS)?)?;
    let content = rest.strip_suffix(BEFORE)?;
    Some(hex(digest(&SHA256, content).as_ref()) == sum)
}

/// Where a text comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SnapshotSource {
    /// plg's own place, which nobody else writes.
    Place,
    /// A file that was given, and may have been edited.
    Given,
}

/// Reads a snapshot, and says in which format it was.
pub(super) fn parse_snapshot(path: &Path, bytes: &[u8], source: SnapshotSource) -> Result<(Snapshot, u32), StoreError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let damaged = |what: String| StoreError::Damaged { path: path.to_owned(), what };
    let whole = is_whole(bytes);
    if whole == Some(false) {
        return Err(damaged(match source {
            SnapshotSource::Place => "its checksum does not match: a part of it is lost, or somebody edited it".into(),
            SnapshotSource::Given => {
                "its checksum does not match: to push an edited state, remove the last field, `checksum`".into()
            }
        }));
    }
    // Checked as a whole, text need not be checked again piece by piece.
    let parsed = match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str::<Snapshot>(text),
        Err(_) => serde_json::from_slice(bytes),
    };
    // A later format may have another shape, and is no damage.
    let version = match &parsed {
        Ok(snapshot) => snapshot.state.version,
        Err(error) => match serde_json::from_slice(bytes) {
            Ok(Version { version }) if version > STATE => version,
            _ => return Err(damaged(error.to_string())),
        },
    };
    if version > STATE {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known: STATE });
    }
    let mut snapshot = parsed.map_err(|error| damaged(error.to_string()))?;
    if !is_read("state", version) {
        return Err(damaged(format!("there never was a format {version}")));
    }
    if version > 1 && whole.is_none() && source == SnapshotSource::Place {
        return Err(damaged("its checksum is missing: its end is lost, or somebody edited it".into()));
    }
    snapshot.state.version = STATE;
    Ok((snapshot, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(resources: usize) -> Snapshot {
        let mut state = State::new("shop", "prod");
        (state.serial, state.sequence) = (3, 7);
        for number in 0..resources {
            let entry = Entry { kind: "cohort".into(), id: number.to_string(), ..Entry::default() };
            state.resources.insert(format!("cohort.C{number}"), entry);
        }
        Snapshot { state, pending: Vec::new(), moved: None, placed: false }
    }

    fn parse(bytes: &[u8]) -> Result<Snapshot, StoreError> {
        parse_snapshot(Path::new("state.json"), bytes, SnapshotSource::Place).map(|(snapshot, _)| snapshot)
    }

    #[test]
    fn one_flipped_bit_is_refused_wherever_it_is() {
        let bytes = snapshot(1).write(Path::new("s")).unwrap();
        assert_eq!(parse(&bytes).unwrap(), snapshot(1).with_lineage(&bytes));
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1 << bit;
                let read = parse(&flipped);
                assert!(matches!(read, Err(StoreError::Damaged { .. })), "bit {bit} of byte {place}: {read:?}");
            }
        }
    }

    impl Snapshot {
        fn with_lineage(mut self, of: &[u8]) -> Self {
            self.state.lineage =
                serde_json::from_slice::<serde_json::Value>(of).unwrap()["lineage"].as_str().unwrap().into();
            self
        }
    }

    #[test]
    fn a_large_one_is_summed_in_pieces() {
        let large = snapshot(2_000);
        let bytes = large.write(Path::new("s")).unwrap();
        assert!(bytes.len() > 3 * PIECE);
        assert_eq!(parse(&bytes).unwrap(), large);
        assert!(parse(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn what_was_edited_is_refused_in_place_and_taken_when_it_is_given() {
        let bytes = snapshot(1).write(Path::new("s")).unwrap();
        let edited = String::from_utf8(bytes).unwrap().replace("cohort.C0", "cohort.C9");
        let given = |text: &str| parse_snapshot(Path::new("f"), text.as_bytes(), SnapshotSource::Given);
        assert!(given(&edited).is_err(), "the checksum is of something else");
        let without: serde_json::Value = serde_json::from_str(&edited).unwrap();
        let mut without = without.as_object().unwrap().clone();
        without.remove("checksum");
        let without = serde_json::to_string_pretty(&without).unwrap();
        assert!(given(&without).unwrap().0.state.resources.contains_key("cohort.C9"));
        let Err(StoreError::Damaged { what, .. }) = parse(without.as_bytes()) else { panic!("it was taken") };
        assert!(what.contains("somebody edited it"), "{what}");
    }

    #[test]
    fn later_formats_are_newer_and_those_that_never_were_are_damage() {
        for later in ["{\"version\": 99}", "{\"version\": 3, \"resources\": []}"] {
            assert!(matches!(parse(later.as_bytes()), Err(StoreError::Newer { known: STATE, .. })), "{later}");
        }
        let first = serde_json::json!({ "version": 1, "lineage": "l", "serial": 1, "stack": "s", "stage": "t", "resources": {} });
        assert_eq!(parse_snapshot(Path::new("s"), first.to_string().as_bytes(), SnapshotSource::Place).unwrap().1, 1);
        let never = first.to_string().replace("\"version\":1", "\"version\":0");
        assert!(matches!(parse(never.as_bytes()), Err(StoreError::Damaged { .. })));
    }
}
