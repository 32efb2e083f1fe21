//! How a journal is written and read: a line a record, each with a checksum and a number.
//!
//! ```text
//! <checksum> {"base":{"version":2,"lineage":…,"serial":N,"sequence":S,"stack":…,"stage":…}}
//! <checksum> <S + 1> {"intent":{…}}
//! <checksum> <S + 2> {"settled":{…}}
//! ```
//!
//! A checksum is the first 16 hex digits of the SHA-256 of what follows it on its line. The first line names the
//! snapshot that the journal continues and is there as soon as the journal is, as both come by one rename. Lines of
//! format 1 have no number: they are numbered by their place.

use super::StoreError;
use super::formats::JOURNAL;
use super::journal::{Base, JournalRecord};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;

/// What most lines fit in, in bytes.
const USUAL: usize = 1_024;
/// Letters of a checksum.
const CHECKSUM: usize = 16;
/// Room for a checksum, a number, and a space after each.
const ROOM: usize = CHECKSUM + 1 + 20 + 1;

/// A line whose number is not known yet.
#[derive(Debug)]
pub(crate) struct Line {
    bytes: Vec<u8>,
    start: usize,
}

impl Line {
    /// The line of a record.
    pub(crate) fn of(record: &JournalRecord) -> Result<Line, serde_json::Error> {
        let mut bytes = Vec::with_capacity(USUAL);
        bytes.resize(ROOM, b' ');
        serde_json::to_writer(&mut bytes, record)?;
        bytes.push(b'\n');
        Ok(Line { bytes, start: ROOM - CHECKSUM - 1 })
    }

    /// Numbers it.
    pub(crate) fn number(&mut self, sequence: u64) {
        let mut digits = [0; 20];
        let mut rest = &mut digits[..];
        // A number of 64 bits has at most 20 digits.
        let _ = write!(rest, "{sequence}");
        let left = rest.len();
        let length = digits.len() - left;
        let place = ROOM - 1 - length;
        self.bytes[place..ROOM - 1].copy_from_slice(&digits[..length]);
        self.start = place - CHECKSUM - 1;
    }

    /// Its bytes, checksum first.
    pub(crate) fn finish(&mut self) -> &[u8] {
        let end = self.bytes.len() - 1;
        let sum = checksum(&self.bytes[self.start + CHECKSUM + 1..end]);
        self.bytes[self.start..self.start + CHECKSUM].copy_from_slice(&sum);
        &self.bytes[self.start..]
    }
}

/// The first line.
pub(crate) fn first(base: Base) -> Result<Vec<u8>, serde_json::Error> {
    Line::of(&JournalRecord::Base(base)).map(|mut line| line.finish().to_vec())
}

/// The first eight bytes of a SHA-256, in hexadecimal.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = [0; CHECKSUM];
    for (pair, byte) in out.chunks_exact_mut(2).zip(Sha256::digest(bytes)) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    out
}

/// A journal that is whole, apart from a torn end.
#[derive(Debug)]
pub(crate) struct Journal {
    /// What it continues.
    pub(crate) base: Base,
    /// What came after that.
    pub(crate) records: Vec<JournalRecord>,
    /// The number of the last record.
    pub(crate) last: u64,
    /// Whether something was cut off its end that was never promised to anybody.
    pub(crate) torn: bool,
}

/// Reads a journal. A last line that is torn was never promised to anybody: it is dropped.
///
/// # Errors
/// Where anything else is not as it was written.
pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Result<Journal, StoreError> {
    let damaged = |what: String| Err(StoreError::Damaged { path: path.to_owned(), what });
    if bytes.iter().all(|byte| *byte == 0) {
        let what = if bytes.is_empty() { "it is empty" } else { "it holds nothing but zeros" };
        return damaged(format!("{what}: its records are lost"));
    }
    let (line, mut rest) = cut(bytes).unwrap_or_default();
    let base = match read(line) {
        Some((_, JournalRecord::Base(base))) => base,
        Some(_) => return damaged("its first line, which names the snapshot that it continues, is missing".into()),
        None => return damaged("its first line, which names the snapshot that it continues, cannot be read".into()),
    };
    if base.version > JOURNAL {
        return Err(StoreError::Newer { path: path.to_owned(), found: base.version, known: JOURNAL });
    }
    let mut journal = Journal { last: base.sequence, records: Vec::new(), torn: false, base };
    let mut number = 1;
    while !rest.is_empty() {
        number += 1;
        let Some((line, after)) = cut(rest) else {
            journal.torn = true;
            break;
        };
        let next = journal.last + 1;
        match read(line) {
            Some((sequence, record)) if numbered(&journal.base, sequence, next) => journal.records.push(record),
            Some((Some(sequence), _)) => {
                return damaged(format!("record {sequence} follows record {} in line {number}", journal.last));
            }
            Some((None, _)) => return damaged(format!("line {number} has no number")),
            // Of a write that was cut off by a power cut, blocks may be missing before its end.
            None if line.contains(&0) && after.iter().all(|byte| *byte == 0) => {
                journal.torn = true;
                break;
            }
            None => return damaged(format!("line {number} does not match its checksum")),
        }
        journal.last = next;
        rest = after;
    }
    Ok(journal)
}

/// Every line that is whole, with its number where it has one, and how many are not.
pub(crate) fn whole_lines(bytes: &[u8]) -> (Vec<(Option<u64>, JournalRecord)>, usize) {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| line.iter().any(|byte| *byte != 0));
    let (whole, lost): (Vec<_>, Vec<_>) = lines.map(read).partition(Option::is_some);
    (whole.into_iter().flatten().collect(), lost.len())
}

fn numbered(base: &Base, sequence: Option<u64>, next: u64) -> bool {
    if base.version == 1 { sequence.is_none() } else { sequence == Some(next) }
}

fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn read(line: &[u8]) -> Option<(Option<u64>, JournalRecord)> {
    let text = std::str::from_utf8(line).ok()?;
    let (sum, rest) = text.split_once(' ')?;
    if sum.as_bytes() != checksum(rest.as_bytes()) {
        return None;
    }
    if rest.starts_with('{') {
        return Some((None, serde_json::from_str(rest).ok()?));
    }
    let (sequence, json) = rest.split_once(' ')?;
    Some((Some(sequence.parse().ok()?), serde_json::from_str(json).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StateEvent;

    fn base() -> Base {
        Base { version: 2, lineage: "l".into(), serial: 3, sequence: 7, stack: "s".into(), stage: "t".into() }
    }

    fn lines() -> Vec<Vec<u8>> {
        let mut lines = vec![first(base()).unwrap()];
        for sequence in 8..11 {
            let record =
                JournalRecord::StateEvent(StateEvent::Forget { address: format!("a.B{sequence}"), archived: false });
            let mut line = Line::of(&record).unwrap();
            line.number(sequence);
            lines.push(line.finish().to_vec());
        }
        lines
    }

    fn damage(bytes: &[u8]) -> String {
        match parse(Path::new("j"), bytes) {
            Err(StoreError::Damaged { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_torn_tail_is_dropped_wherever_it_is_torn() {
        let all = lines();
        let (two, whole) = (all[..3].concat(), all.concat());
        for cut in two.len()..whole.len() {
            let journal = parse(Path::new("j"), &whole[..cut]).unwrap();
            assert_eq!((journal.records.len(), journal.last, journal.torn), (2, 9, cut > two.len()), "cut at {cut}");
            // The disk may leave zeros for the blocks that were not written any more.
            let zeros = [&whole[..cut], &[0; 40][..]].concat();
            assert_eq!(parse(Path::new("j"), &zeros).unwrap().last, 9, "zeros from {cut}");
        }
        assert_eq!(parse(Path::new("j"), &whole).unwrap().last, 10);
        let mut holed = whole.clone();
        let end = holed.len();
        holed[end - 30..end - 10].fill(0);
        assert!(parse(Path::new("j"), &holed).unwrap().torn);
    }

    #[test]
    fn damage_is_no_torn_tail() {
        let all = lines();
        let whole = all.concat();
        for place in 0..whole.len() {
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[place] ^= 1 << bit;
                // The very last newline may be one that was not written any more.
                let torn = place + 1 == whole.len() || flipped[place] == 0;
                assert!(torn || parse(Path::new("j"), &flipped).is_err(), "bit {bit} of byte {place}");
            }
        }
        assert!(damage(&[]).contains("empty"));
        assert!(damage(&vec![0; whole.len()]).contains("zeros"));
        assert!(
            damage(&whole[10..]).contains("its first line, which names the snapshot that it continues, cannot be read")
        );
        for length in [20, all[0].len() - 1] {
            assert!(
                damage(&all[0][..length])
                    .contains("its first line, which names the snapshot that it continues, cannot be read"),
                "{length}"
            );
        }
        assert!(damage(&all[1..].concat()).contains("is missing"));
        assert!(damage(&[&all[0][..], &all[1], &all[3]].concat()).contains("record 10 follows record 8"));
        assert!(damage(&[&all[0][..], &all[1], &all[1]].concat()).contains("record 8 follows record 8"));
        assert!(damage(&[&all[0][..], &all[0]].concat()).contains("no number"));
    }

    #[test]
    fn lines_of_the_first_format_have_no_number() {
        let old = |json: &str| [&checksum(json.as_bytes())[..], b" ", json.as_bytes(), b"\n"].concat();
        let mut whole = old(r#"{"base":{"version":1,"lineage":"l","serial":0}}"#);
        whole.extend(old(r#"{"change":{"forget":{"address":"a.B"}}}"#));
        let journal = parse(Path::new("j"), &whole).unwrap();
        assert_eq!((journal.base.version, journal.records.len(), journal.last), (1, 1, 1));
        let newer = old(r#"{"base":{"version":99,"lineage":"l","serial":0,"more":1}}"#);
        assert!(matches!(parse(Path::new("j"), &newer), Err(StoreError::Newer { found: 99, .. })));
    }

    #[test]
    fn what_is_whole_of_a_damaged_journal_is_found() {
        let mut bytes = lines().concat();
        bytes[20] ^= 1;
        let (whole, lost) = whole_lines(&bytes);
        let numbers: Vec<_> = whole.iter().map(|(number, _)| *number).collect();
        assert_eq!((numbers, lost), (vec![Some(8), Some(9), Some(10)], 1));
    }
}
