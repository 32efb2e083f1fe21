//! Finds secrets in a text, in every spelling, in one go over it.
//!
//! Everything hidden is at least eight bytes long, so that each occurrence begins with eight bytes that are known: a
//! window of eight bytes, in lower case, is one number, and a text is read once, number by number. A filter of 64 Ki
//! bits says of nearly every window that it is none of them.

use super::spelling::{plainer, readings};
use super::variable::{SHORTEST, parts};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use std::borrow::Cow;
use std::collections::HashMap;

/// What keys begin with that everybody may know.
const PREFIXES: &[&str] =
    &["phx_", "phc_", "phs_", "phr_", "pha_", "whsec_", "sk_live_", "sk_test_", "plg-key-1", "AGE-SECRET-KEY-1"];

/// The bits of the filter.
const FILTER: usize = 1 << 16;

/// What begins with a window.
#[derive(Debug, Clone, Default)]
struct Beginning {
    /// Enough by itself: the label that stands for it.
    part: Option<usize>,
    /// Longer texts that begin so, with the label of each.
    wholes: Vec<(Vec<u8>, usize)>,
}

/// Secrets, ready to be looked for.
#[derive(Clone)]
pub(super) struct Mask {
    labels: Vec<String>,
    known: HashMap<u64, Beginning>,
    filter: Vec<u64>,
}

impl Drop for Mask {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        for known in self.known.values_mut() {
            known.wholes.iter_mut().for_each(|(whole, _)| whole.zeroize());
        }
    }
}

impl Mask {
    pub(super) fn new() -> Self {
        Mask { labels: Vec::new(), known: HashMap::new(), filter: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Hides a credential: any part of it that is long enough, beyond what it begins with as all of its kind do.
    pub(super) fn credential(&mut self, secret: &str, label: &str) {
        let secret = secret.trim();
        let body = PREFIXES.iter().find_map(|prefix| secret.strip_prefix(prefix)).unwrap_or(secret);
        if body.len() < SHORTEST {
            return;
        }
        let label = self.label(label);
        for spelled in std::iter::once(body.to_owned()).chain(plainer(body)).chain(encoded(body)) {
            let folded = folded(spelled.as_bytes());
            for window in folded.windows(SHORTEST) {
                self.entry(window).part.get_or_insert(label);
            }
        }
    }

    /// Hides the value of a variable that a declaration names: as a whole, and what of an address is no host.
    pub(super) fn variable(&mut self, value: &str, label: &str) {
        let label = self.label(label);
        for part in parts(value) {
            for spelled in std::iter::once(part.to_owned()).chain(plainer(part)).chain(encoded(part)) {
                let whole = folded(spelled.as_bytes());
                if whole.len() >= SHORTEST {
                    let known = self.entry(&whole[..SHORTEST]);
                    if !known.wholes.iter().any(|(other, _)| *other == whole) {
                        known.wholes.push((whole, label));
                    }
                }
            }
        }
    }

    fn label(&mut self, label: &str) -> usize {
        self.labels.push(label.to_owned());
        self.labels.len() - 1
    }

    fn entry(&mut self, window: &[u8]) -> &mut Beginning {
        let key = window.iter().fold(0, |key: u64, byte| key << 8 | u64::from(*byte));
        self.filter.resize(FILTER / 64, 0);
        let bit = bit(key);
        self.filter[bit / 64] |= 1 << (bit % 64);
        self.known.entry(key).or_default()
    }

    /// A text without them.
    pub(super) fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_empty() || text.len() < SHORTEST {
            return Cow::Borrowed(text);
        }
        let mut found = Vec::new();
        self.find(text.as_bytes(), |from, to, label| found.push((from, to, label)));
        readings(text.as_bytes(), |reading| {
            let place = |at: usize| reading.places.get(at).copied().unwrap_or_default();
            self.find(&reading.bytes, |from, to, label| {
                found.push((place(from).0 as usize, place(to - 1).1 as usize, label));
            });
        });
        if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(self.without(text, found)) }
    }

    /// Whether a text is, or holds, any of them.
    pub(super) fn holds(&self, text: &str) -> bool {
        matches!(self.masked(text), Cow::Owned(_))
    }

    /// The text, with labels in the place of what was found.
    fn without(&self, text: &str, mut found: Vec<(usize, usize, usize)>) -> String {
        found.sort_unstable_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        let mut next = found.into_iter().peekable();
        while let Some((from, mut to, label)) = next.next() {
            // What overlaps or touches is one.
            while let Some((_, further, _)) = next.next_if(|(from, ..)| *from <= to) {
                to = to.max(further);
            }
            let (from, to) = (text.floor_char_boundary(from), text.ceil_char_boundary(to));
            out.push_str(&text[done..from.max(done)]);
            out.push_str(&self.labels[label]);
            done = to.max(done);
        }
        out.push_str(&text[done..]);
        out
    }

    fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize, usize)) {
        let mut key = 0_u64;
        for (at, byte) in text.iter().enumerate() {
            key = key << 8 | u64::from(byte.to_ascii_lowercase());
            let bit = bit(key);
            if self.filter[bit / 64] & 1 << (bit % 64) == 0 || at + 1 < SHORTEST {
                continue;
            }
            let Some(known) = self.known.get(&key) else { continue };
            let from = at + 1 - SHORTEST;
            if let Some(label) = known.part {
                found(from, at + 1, label);
            }
            for (whole, label) in &known.wholes {
                if text.get(from..from + whole.len()).is_some_and(|here| here.eq_ignore_ascii_case(whole)) {
                    found(from, from + whole.len(), *label);
                }
            }
        }
    }
}

/// Where a window stands in the filter.
fn bit(key: u64) -> usize {
    // The upper bits of the product depend on all of the window.
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize
}

fn folded(bytes: &[u8]) -> Vec<u8> {
    bytes.to_ascii_lowercase()
}

/// A text in base64, wherever in a longer text it began, and in both alphabets.
fn encoded(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let cases = [text.to_owned(), text.to_ascii_lowercase(), text.to_ascii_uppercase()];
    for (place, text) in cases.iter().enumerate() {
        if cases[..place].contains(text) {
            continue;
        }
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(text.as_bytes());
            for engine in [&STANDARD, &URL_SAFE] {
                let encoded = engine.encode(&bytes);
                // The first and the last character depend on what is around the text.
                let (from, to) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
                all.extend(encoded.get(from..to).map(str::to_owned));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}
